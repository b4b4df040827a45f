// R6: complete responses ÷ invited. Partial responses apart. Not defined for a site nobody was counted as
// invited at; shown at most 100 %, and said so, where more answered than were invited.
#include <algorithm>

#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"

namespace trellis {
namespace {

struct Turnout {
  int64_t invited = 0;
  int64_t complete = 0;
  int64_t partial = 0;
};

std::map<std::string, Turnout> TurnoutBySite(const SurveyCut& cut, const ReportInput& input) {
  std::map<std::string, Turnout> turnout;
  for (const SiteInfo& site : input.sites) turnout[site.label];
  for (const auto& [id, invited] : cut.wave->invited) {
    const SiteInfo* site = input.FindSite(id);
    turnout[site != nullptr ? site->label : id].invited += invited;
  }
  for (const WaveResponses& responses : input.responses) {
    if (responses.wave != cut.wave->id) continue;
    const SiteInfo* site = input.FindSite(responses.site);
    Turnout& at = turnout[site != nullptr ? site->label : responses.site];
    for (const auto& [key, counts] : CountAnswers(*responses.columns, {.until_ms = cut.until_ms})) {
      at.complete += counts.complete;
      at.partial += counts.rows - counts.complete;
    }
  }
  return turnout;
}

std::vector<std::pair<std::string, ReportCell>> RateCells(const Turnout& turnout, double confidence) {
  if (turnout.invited == 0) {
    const bool answered = turnout.complete + turnout.partial > 0;
    return {{"rate", answered ? ReportCell::NotApplicable(CellUnit::kProportion)
                              : ReportCell::Missing(CellUnit::kProportion)},
            {"complete", ReportCell::Count(turnout.complete)},
            {"partial", ReportCell::Count(turnout.partial)}};
  }
  ReportCell rate = ProportionCell(std::min(turnout.complete, turnout.invited), turnout.invited,
                                   turnout.invited, confidence);
  rate.numerator = static_cast<double>(turnout.complete);
  if (turnout.complete > turnout.invited) rate.text = "more responses than invited";
  return {{"rate", rate},
          {"complete", ReportCell::Count(turnout.complete)},
          {"partial", ReportCell::Count(turnout.partial)}};
}

void NoteSignals(const std::string& site, const Turnout& turnout, double target, Report* report) {
  if (turnout.invited == 0) return;
  if (turnout.complete > turnout.invited) {
    report->notes.push_back(site + ": more complete responses than were invited; check the number invited.");
  } else if (static_cast<double>(turnout.complete) < target * static_cast<double>(turnout.invited)) {
    report->notes.push_back(site + ": below the target. Not answering is a signal too, and not contentment.");
  }
}

}  // namespace

absl::StatusOr<Report> ResponseRateReport(const ReportParameters& parameters, const ReportInput& input) {
  const ReportThresholds thresholds = ReportThresholds::For("response-rate", input.thresholds);
  const auto cut = SelectTurnoutCut(parameters, input, thresholds);
  if (!cut.ok()) return cut.status();
  if (!cut->attributes.empty()) {
    return absl::InvalidArgumentError(
        "how many were invited is known by site only: break down by site or not at all");
  }
  Report report = StartSurveyReport("response-rate", parameters, input, *cut, thresholds);
  report.estimator = "complete responses divided by persons invited";
  report.thresholds.emplace_back("response-rate-target", thresholds.response_rate_target);
  std::map<GroupKey, Turnout> groups;
  bool uncounted = false;
  for (const auto& [site, turnout] : TurnoutBySite(*cut, input)) {
    uncounted = uncounted || (turnout.invited == 0 && turnout.complete > 0);
    Turnout& into = groups[cut->keyed_by_site() ? GroupKey{site} : GroupKey{}];
    // A district's rate is that of the sites where the number invited is known.
    if (!cut->keyed_by_site() && turnout.invited == 0 && !cut->wave->invited.empty()) continue;
    into.invited += turnout.invited;
    into.complete += turnout.complete;
    into.partial += turnout.partial;
  }
  std::map<GroupKey, GroupFacts> facts;
  for (const auto& [key, turnout] : groups) {
    // Where nobody was counted as invited, those who answered are all that is known of the group's size.
    const int64_t size = turnout.invited > 0 ? turnout.invited : turnout.complete + turnout.partial;
    facts[key] = {.counts = {size}, .shares = {}};
  }
  for (const auto& [key, hidden] : HideGroups(facts, cut->min_n)) {
    if (!cut->Shows(key)) continue;
    auto group = cut->Describe(nullptr, key);
    group.insert(group.begin(), {"wave", cut->wave->code});
    if (hidden) {
      report.rows.push_back({group,
                             {{"rate", ReportCell::Hidden(CellUnit::kProportion)},
                              {"complete", ReportCell::Hidden(CellUnit::kCount)},
                              {"partial", ReportCell::Hidden(CellUnit::kCount)}}});
      continue;
    }
    report.rows.push_back({group, RateCells(groups[key], thresholds.confidence)});
    NoteSignals(key.empty() ? cut->wave->code : key[0], groups[key], thresholds.response_rate_target,
                &report);
  }
  if (uncounted) {
    report.notes.push_back(
        "Where nobody was counted as invited (an open link) a response rate is not defined.");
  }
  return report;
}

}  // namespace trellis
