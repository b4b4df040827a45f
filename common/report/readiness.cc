// R19: whether a school is ready to learn now or should build community first: ready if trust, community and
// efficacy are at the target (percent favorable, R4), the response rate (R6) is at its target and the shared
// agreement holds; build community first if any of the three is below the floor; else near; insufficient data
// if one is hidden or not asked, or fewer answered than the least share.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "common/report/calendar.h"
#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"
#include "common/report/staff_places.h"

namespace trellis {
namespace {

struct Pillar {
  const char* name;
  const char* word;  // a construct whose code or title holds it
};
constexpr Pillar kPillars[] = {{"trust", "trust"}, {"community", "commun"}, {"efficacy", "efficacy"}};

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return text;
}

// The construct a parameter names, else the first whose code or title says so; empty: none.
std::string ConstructOf(const Pillar& pillar, const ReportParameters& parameters,
                        const SurveyDefinition& survey) {
  std::string named = NamedParameter(parameters, pillar.name);
  if (!named.empty()) return named;
  for (const ConstructDefinition& construct : survey.constructs) {
    if (Lower(construct.code).find(pillar.word) != std::string::npos ||
        Lower(construct.title).find(pillar.word) != std::string::npos) {
      return construct.code;
    }
  }
  return "";
}

// A report's cell for each site.
std::map<std::string, ReportCell> BySite(const absl::StatusOr<Report>& report, const char* cell) {
  std::map<std::string, ReportCell> cells;
  if (!report.ok()) return cells;
  for (const ReportRow& row : report->rows) {
    if (const ReportCell* found = row.Find(cell)) cells[std::string(row.GroupValue("site"))] = *found;
  }
  return cells;
}

// Whether the newest review of every agreement reviewed there says it holds; nullopt: none was reviewed.
std::optional<bool> AgreementHolds(const ReportInput& input, const SiteInfo& site, int64_t day) {
  std::map<std::string, const AgreementReviewFact*> newest;
  for (const AgreementReviewFact& review : input.practice.agreement_reviews) {
    if (review.site != site.id || review.day.value_or(INT64_MIN) > day) continue;
    const AgreementReviewFact*& latest = newest[review.agreement];
    if (latest == nullptr || std::pair(latest->day, !latest->holds) < std::pair(review.day, !review.holds)) {
      latest = &review;
    }
  }
  if (newest.empty()) return std::nullopt;
  return std::all_of(newest.begin(), newest.end(), [](const auto& entry) { return entry.second->holds; });
}

struct Standing {
  std::vector<ReportCell> pillars;
  ReportCell response;
  std::optional<bool> agreement;
};

std::string TierOf(const Standing& standing, const ReportThresholds& thresholds) {
  const bool known = std::all_of(standing.pillars.begin(), standing.pillars.end(),
                                 [](const ReportCell& cell) { return cell.value.has_value(); });
  if (!known || !standing.response.value || *standing.response.value < thresholds.readiness_least_response) {
    return "insufficient data";
  }
  const auto [low, high] =
      std::minmax_element(standing.pillars.begin(), standing.pillars.end(),
                          [](const ReportCell& a, const ReportCell& b) { return *a.value < *b.value; });
  (void)high;
  if (*low->value < thresholds.readiness_floor) return "build community first";
  const bool ready = *low->value >= thresholds.readiness_target &&
                     *standing.response.value >= thresholds.response_rate_target &&
                     standing.agreement.value_or(false);
  return ready ? "ready" : "near";
}

const char* NextStep(const std::string& tier) {
  if (tier == "insufficient data") {
    return "hold a facilitated conversation, or visit a similar school; then ask again";
  }
  if (tier == "build community first") return "begin with relationships and a shared agreement";
  return tier == "near" ? "strengthen the lowest of the three; review the agreement" : "learn now";
}

}  // namespace

absl::StatusOr<Report> ReadinessReport(const ReportParameters& parameters, const ReportInput& input) {
  const ReportThresholds thresholds = ReportThresholds::For("readiness", input.thresholds);
  ReportParameters by_site = parameters;
  by_site.by = {"site"};
  by_site.named.clear();
  const auto cut = SelectCut(by_site, input, thresholds);
  if (!cut.ok()) return cut.status();
  by_site.wave = cut->wave->id;
  Report report = StartSurveyReport("readiness", parameters, input, *cut, thresholds);
  report.thresholds.emplace_back("readiness-target", thresholds.readiness_target);
  report.thresholds.emplace_back("readiness-floor", thresholds.readiness_floor);
  report.thresholds.emplace_back("response-rate-target", thresholds.response_rate_target);
  report.thresholds.emplace_back("readiness-least-response", thresholds.readiness_least_response);
  report.estimator = "percent favorable of trust, community and efficacy, response rate, agreement reviews";
  std::vector<std::map<std::string, ReportCell>> pillars;
  for (const Pillar& pillar : kPillars) {
    const std::string construct = ConstructOf(pillar, parameters, *cut->survey);
    ReportParameters of_pillar = by_site;
    of_pillar.named["construct"] = construct;
    pillars.push_back(construct.empty() ? std::map<std::string, ReportCell>{}
                                        : BySite(PercentFavorableReport(of_pillar, input), "favorable"));
    if (construct.empty()) {
      report.notes.push_back(fmt::format(
          "The survey has no construct named {}; name one with --param {}=CODE.", pillar.name, pillar.name));
    }
  }
  const auto responses = BySite(ResponseRateReport(by_site, input), "rate");
  for (const SiteInfo& site : input.sites) {
    if (site.department || !cut->Shows({site.label})) continue;
    const auto at = [&](const std::map<std::string, ReportCell>& cells) {
      auto found = cells.find(site.label);
      if (found == cells.end()) found = cells.find(cut->PlaceOf(site.label));
      return found == cells.end() ? ReportCell::Missing(CellUnit::kProportion) : found->second;
    };
    Standing standing{.response = at(responses),
                      .agreement = AgreementHolds(input, site, DayOf(parameters.moment_ms()))};
    ReportRow row{{{"site", site.label}}, {}};
    for (size_t p = 0; p < pillars.size(); ++p) {
      standing.pillars.push_back(at(pillars[p]));
      row.cells.emplace_back(kPillars[p].name, standing.pillars.back());
    }
    const std::string tier = TierOf(standing, thresholds);
    row.cells.emplace_back("response", standing.response);
    row.cells.emplace_back("agreement", ReportCell::Text(!standing.agreement   ? ""
                                                         : *standing.agreement ? "holds"
                                                                               : "does not hold"));
    row.cells.insert(row.cells.begin(), {"tier", ReportCell::Text(tier)});
    row.cells.emplace_back("nextStep", ReportCell::Text(NextStep(tier)));
    report.rows.push_back(std::move(row));
  }
  return report;
}

}  // namespace trellis
