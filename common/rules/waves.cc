#include <fmt/format.h>
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <map>

#include "common/rules/rule_families.h"
#include "trellis/domain/v1/metric.pb.h"

namespace trellis {
namespace {

namespace v1 = domain::v1;
using google::protobuf::util::MessageDifferencer;

// Unless the threshold of that code says otherwise. So many kinds of respondents may be told apart by all
// attributes together: role x grade x years x race told 84 % of a staff of 24 apart.
constexpr double kBudget = 200;
constexpr double kAnonymousBudget = 24;
constexpr double kMinN = 10;

double ThresholdOr(const std::string& code, double otherwise, RecordView* view) {
  const std::optional<ViewedRecord> record = view->Find("Threshold", code, "shared");
  const auto* threshold = record ? dynamic_cast<const v1::Threshold*>(record->message.get()) : nullptr;
  return threshold != nullptr && threshold->has_value() ? threshold->value() : otherwise;
}

void Refuse(Findings* found, const char* rule, const char* field, std::string problem) {
  found->push_back({rule, field, std::move(problem), /*refuses=*/true});
}

bool IsGiven(const std::string& attribute) { return attribute == "site" || attribute == "language"; }

// How many cells a table has, as far as the bands are declared.
double CellsOf(const v1::DisaggregationTable& table, const std::map<std::string, int>& bands,
               const v1::Wave& wave) {
  double cells = 1;
  for (const std::string& attribute : table.attributes()) {
    if (attribute == "site") {
      cells *= std::max(1, wave.eligibility_size());
    } else if (const auto found = bands.find(attribute); found != bands.end()) {
      cells *= found->second;
    }
  }
  return cells;
}

void CheckPlan(const v1::Wave& wave, RecordView* view, Findings* found) {
  if (wave.disaggregation_plan().empty()) {
    Refuse(found, "plan-missing", "disaggregationPlan",
           "is empty: say by which attributes results may be broken down; it is fixed once the wave opens");
  }
  std::map<std::string, int> bands;
  double kinds = 1;
  for (const v1::WaveAttribute& attribute : wave.attributes()) {
    bands[attribute.attribute()] = attribute.bands_size();
    kinds *= std::max(1, attribute.bands_size());
  }
  const bool anonymous = wave.mode() == v1::WAVE_MODE_ANONYMOUS;
  const double budget = anonymous ? ThresholdOr("attribute-budget-anonymous", kAnonymousBudget, view)
                                  : ThresholdOr("attribute-budget", kBudget, view);
  if (kinds > budget) {
    Refuse(found, "attribute-budget", "attributes",
           fmt::format(
               "together tell {} kinds of respondents apart; the budget is {}: ask for fewer attributes or "
               "coarser bands",
               kinds, budget));
  }
  double invited = 0;
  for (const v1::Eligibility& group : wave.eligibility()) invited += group.invited();
  const double min_n = wave.has_min_n() ? wave.min_n() : ThresholdOr("min-n-staff", kMinN, view);
  for (const v1::DisaggregationTable& table : wave.disaggregation_plan()) {
    for (const std::string& attribute : table.attributes()) {
      if (bands.empty() || IsGiven(attribute) || bands.count(attribute) != 0) continue;
      Refuse(
          found, "plan-attribute-unknown", "disaggregationPlan",
          fmt::format("{} breaks down by {}, which respondents are not asked for", table.code(), attribute));
    }
    const double cells = CellsOf(table, bands, wave);
    if (invited > 0 && cells > 1 && invited / cells < min_n) {
      Refuse(found, "plan-too-fine", "disaggregationPlan",
             fmt::format(
                 "{} cuts {} invited into {} cells, fewer than {} each: nearly all would be hidden; leave an "
                 "attribute out",
                 table.code(), invited, cells, min_n));
    }
  }
}

void CheckLanguages(const v1::Wave& wave, const v1::Survey& survey, Findings* found) {
  const std::string own = survey.language().empty() ? "en" : survey.language();
  for (const std::string& language : wave.languages()) {
    if (language == own) continue;
    std::string holes;
    for (const std::string& hole : MissingWordings(survey, language))
      holes += (holes.empty() ? "" : ", ") + hole;
    if (holes.empty()) continue;
    Refuse(found, "translation-incomplete", "languages",
           fmt::format("{} is not complete in the survey; missing: {}", language, holes));
  }
}

}  // namespace

void CheckWave(const v1::Wave& wave, const RuledRecord& record, RecordView* view, Findings* found) {
  if (wave.state() != v1::WAVE_STATE_OPEN) return;
  const std::optional<ViewedRecord> place = view->Find("Survey", wave.survey(), record.scope);
  const auto* survey = place ? dynamic_cast<const v1::Survey*>(place->message.get()) : nullptr;
  if (survey == nullptr) {
    Refuse(found, "survey-missing", "survey", fmt::format("{} is not here: enter it first", wave.survey()));
  } else {
    if (survey->state() != v1::SURVEY_STATE_PUBLISHED) {
      Refuse(found, "survey-unpublished", "survey",
             fmt::format("is not published: trellis surveys publish {}", wave.survey()));
    }
    CheckLanguages(wave, *survey, found);
  }
  CheckPlan(wave, view, found);
  if (wave.audience() == v1::AUDIENCE_STUDENTS && wave.consent() == v1::CONSENT_BASIS_UNSPECIFIED) {
    Refuse(found, "consent-missing", "consent", "is empty: say on what ground pupils are asked");
  }
  if (wave.eligibility().empty()) {
    found->push_back({"eligibility-missing", "eligibility",
                      "says nobody was invited: without it there is no response rate"});
  }
}

void CheckFixed(const v1::Wave& wave, const v1::Wave& before, Findings* found) {
  if (before.state() != v1::WAVE_STATE_OPEN && before.state() != v1::WAVE_STATE_CLOSED) return;
  const auto same = [](const auto& a, const auto& b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(),
                      [](const auto& x, const auto& y) { return MessageDifferencer::Equals(x, y); });
  };
  const auto fixed = [&](bool unchanged, const char* field) {
    if (unchanged) return;
    Refuse(found, "wave-fixed", field,
           "is fixed once the wave is open: respondents were told; make another wave");
  };
  fixed(same(wave.disaggregation_plan(), before.disaggregation_plan()), "disaggregationPlan");
  fixed(same(wave.attributes(), before.attributes()), "attributes");
  fixed(wave.survey() == before.survey(), "survey");
  fixed(wave.consent() == before.consent(), "consent");
  if (wave.state() == v1::WAVE_STATE_PLANNED) {
    Refuse(found, "wave-fixed", "state", "an opened wave is closed, not planned anew");
  }
}

}  // namespace trellis
