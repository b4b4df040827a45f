#include "common/report/survey_cut.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace trellis {
namespace {

std::string Codes(const std::vector<SurveyDefinition>& surveys) {
  std::string codes;
  for (const SurveyDefinition& survey : surveys) codes += (codes.empty() ? "" : ", ") + survey.code;
  return codes;
}

absl::StatusOr<const SurveyDefinition*> SelectSurvey(const ReportParameters& parameters,
                                                     const ReportInput& input, const WaveDefinition* wave) {
  std::string name = parameters.survey;
  if (name.empty() && wave != nullptr) name = wave->survey;
  if (name.empty() && input.surveys.size() == 1) return &input.surveys[0];
  if (name.empty()) {
    return absl::InvalidArgumentError(
        input.surveys.empty()
            ? std::string("there is no survey here yet; create one and a wave of it first")
            : fmt::format("say which survey with --survey; there are {}", Codes(input.surveys)));
  }
  const SurveyDefinition* survey = input.FindSurvey(name);
  if (survey == nullptr) {
    return absl::NotFoundError(fmt::format(
        "there is no survey '{}' here; `trellis records list Survey` shows those there are", name));
  }
  return survey;
}

bool Declared(const WaveDefinition& wave, const std::vector<std::string>& attributes) {
  if (attributes.empty()) return true;
  return std::any_of(wave.plan.begin(), wave.plan.end(), [&](const std::vector<std::string>& table) {
    return std::all_of(attributes.begin(), attributes.end(), [&](const std::string& attribute) {
      return std::find(table.begin(), table.end(), attribute) != table.end();
    });
  });
}

std::string PlanText(const WaveDefinition& wave) {
  std::string text;
  for (const auto& table : wave.plan) {
    std::string names;
    for (const std::string& attribute : table) names += (names.empty() ? "" : ",") + attribute;
    text += (text.empty() ? "" : "; ") + names;
  }
  return text.empty() ? "site alone" : text;
}

absl::Status SelectGroups(const ReportParameters& parameters, const ReportInput& input, SurveyCut* cut) {
  if (!parameters.site.empty()) {
    cut->site = input.FindSite(parameters.site);
    if (cut->site == nullptr) {
      return absl::NotFoundError(fmt::format(
          "there is no site '{}' here; `trellis sites list` shows those there are", parameters.site));
    }
  }
  std::set<std::string> seen;
  for (const std::string& attribute : parameters.by) {
    if (!seen.insert(attribute).second) continue;
    if (attribute == "site") {
      cut->by_site = true;
    } else {
      cut->attributes.push_back(attribute);
    }
  }
  if (!parameters.free_slicing && !Declared(*cut->wave, cut->attributes)) {
    return absl::FailedPreconditionError(fmt::format(
        "wave {} does not declare a breakdown by {}; its disaggregation plan, fixed before it opened, "
        "allows: {}",
        cut->wave->code, fmt::join(cut->attributes, ","), PlanText(*cut->wave)));
  }
  return absl::OkStatus();
}

std::string Shown(const std::string& value) { return value.empty() ? kNotGiven : value; }

}  // namespace

int64_t LeastN(const WaveDefinition& wave, const ReportThresholds& thresholds) {
  const double usual =
      wave.audience == WaveAudience::kStaff ? thresholds.min_n_staff : thresholds.min_n_public;
  const double chosen = wave.min_n ? static_cast<double>(*wave.min_n) : usual;
  return static_cast<int64_t>(std::max(chosen, ReportThresholds::kLeastMinN));
}

const WaveDefinition* LatestWave(const ReportInput& input, std::string_view survey_id) {
  const WaveDefinition* latest = nullptr;
  for (const WaveDefinition& wave : input.waves) {
    if (wave.survey != survey_id) continue;
    if (latest == nullptr ||
        std::pair(latest->open_date, latest->code) < std::pair(wave.open_date, wave.code)) {
      latest = &wave;
    }
  }
  return latest;
}

absl::StatusOr<SurveyCut> SelectTurnoutCut(const ReportParameters& parameters, const ReportInput& input,
                                           const ReportThresholds& thresholds) {
  SurveyCut cut;
  if (!parameters.wave.empty()) {
    cut.wave = input.FindWave(parameters.wave);
    if (cut.wave == nullptr) {
      return absl::NotFoundError(fmt::format(
          "there is no wave '{}' here; `trellis records list Wave` shows those there are", parameters.wave));
    }
  }
  const auto survey = SelectSurvey(parameters, input, cut.wave);
  if (!survey.ok()) return survey.status();
  cut.survey = *survey;
  if (cut.wave == nullptr) cut.wave = LatestWave(input, cut.survey->id);
  if (cut.wave == nullptr) {
    return absl::FailedPreconditionError(
        fmt::format("survey {} has no wave yet; open one first", cut.survey->code));
  }
  if (cut.wave->survey != cut.survey->id) {
    return absl::InvalidArgumentError(
        fmt::format("wave {} is not one of survey {}; leave --survey out or name the other wave",
                    cut.wave->code, cut.survey->code));
  }
  if (absl::Status status = SelectGroups(parameters, input, &cut); !status.ok()) return status;
  cut.until_ms = parameters.as_of_ms;
  cut.min_n = LeastN(*cut.wave, thresholds);
  return cut;
}

absl::StatusOr<SurveyCut> SelectCut(const ReportParameters& parameters, const ReportInput& input,
                                    const ReportThresholds& thresholds) {
  absl::StatusOr<SurveyCut> cut = SelectTurnoutCut(parameters, input, thresholds);
  if (!cut.ok() || !cut->wave->pools_small_sites) return cut;
  for (const SiteInfo& site : input.sites) {
    if (site.pool.empty()) continue;
    if (!input.whole_district) {
      return absl::FailedPreconditionError(fmt::format(
          "in wave {} {} is shown together with the other schools of pool {}, whose answers are not "
          "here: read the district's figures with `trellis snapshots list`",
          cut->wave->code, site.label, site.pool));
    }
    cut->pools[site.label] = site.pool + " (pool)";
  }
  return cut;
}

const std::string& SurveyCut::PlaceOf(const std::string& site_label) const {
  const auto found = pools.find(site_label);
  return found == pools.end() ? site_label : found->second;
}

GroupKey SurveyCut::KeyOf(const std::string& site_label, const GroupKey& values) const {
  GroupKey key;
  if (keyed_by_site()) key.push_back(PlaceOf(site_label));
  for (const std::string& value : values) key.push_back(Shown(value));
  return key;
}

std::vector<std::pair<std::string, std::string>> SurveyCut::Describe(const Scale* scale,
                                                                     const GroupKey& key) const {
  std::vector<std::pair<std::string, std::string>> group;
  if (scale != nullptr) group.emplace_back(scale->dimension, scale->code);
  size_t next = 0;
  if (keyed_by_site()) {
    group.emplace_back("site", key[0]);
    next = 1;
  }
  for (const std::string& attribute : attributes) group.emplace_back(attribute, key[next++]);
  return group;
}

GroupScores ScoreGroups(const SurveyCut& cut, const WaveDefinition& wave, const ReportInput& input,
                        const std::vector<Scale>& scales) {
  GroupScores groups;
  if (cut.keyed_by_site() && cut.attributes.empty()) {
    for (const SiteInfo& site : input.sites) groups[{cut.PlaceOf(site.label)}].resize(scales.size());
  }
  for (const WaveResponses& responses : input.responses) {
    if (responses.wave != wave.id) continue;
    const SiteInfo* site = input.FindSite(responses.site);
    const auto bound = BindScales(scales, *responses.columns);
    const auto scored =
        ScorePersons(*responses.columns, bound, {.group_by = cut.attributes, .until_ms = cut.until_ms});
    for (const auto& [values, histograms] : scored) {
      std::vector<ScaleScores>& into =
          groups[cut.KeyOf(site != nullptr ? site->label : responses.site, values)];
      into.resize(scales.size());
      for (size_t s = 0; s < scales.size(); ++s) {
        into[s].scores.Add(histograms[2 * s]);
        into[s].favorable.Add(histograms[2 * s + 1]);
      }
    }
  }
  return groups;
}

Moments MeansOf(const ScaleScores& scores, const Scale& scale) {
  Moments moments = scores.scores.PersonMeans(scale.least_answered);
  moments.mean /= scale.divisor;
  moments.variance /= static_cast<double>(scale.divisor) * scale.divisor;
  return moments;
}

std::pair<int64_t, int64_t> FavorableOf(const ScaleScores& scores) {
  return {scores.favorable.Sum(1), scores.favorable.Answers(1)};
}

}  // namespace trellis
