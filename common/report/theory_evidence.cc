// R22: for each indicator of a theory of action the findings by direction × strength, two or more independent
// sources wanted; whether its metric reached its target; then the verdict of each side, IF met? THEN moved?,
// and of the theory.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "common/report/calendar.h"
#include "common/report/cycle_metrics.h"
#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"
#include "common/report/staff_places.h"
#include "common/report/theory_verdict.h"

namespace trellis {
namespace {

struct Side {
  std::vector<Verdict> verdicts;
};

ReportCell VerdictCell(Verdict verdict) { return ReportCell::Text(VerdictName(verdict)); }

const char* TheoryVerdictName(Verdict if_side, Verdict then_side) {
  if (if_side == Verdict::kInsufficient || then_side == Verdict::kInsufficient)
    return "insufficient evidence";
  if (if_side == Verdict::kNotSupported) return "not tried as meant: the IF side was not met";
  if (if_side == Verdict::kSupported && then_side == Verdict::kSupported) return "supported";
  if (if_side == Verdict::kSupported && then_side == Verdict::kNotSupported) return "not supported";
  return "mixed";
}

void AddTheory(const TheoryFact& theory, const ReportParameters& parameters, const ReportInput& input,
               const ReportThresholds& thresholds, Report* report) {
  Side sides[2];
  std::vector<ReportRow> rows;
  for (const TheoryFact::Indicator& indicator : theory.indicators) {
    const IndicatorVerdict found =
        VerdictOf(theory.evidence, indicator.code, DayOf(parameters.moment_ms()), thresholds);
    sides[indicator.then_side].verdicts.push_back(found.verdict);
    ReportCell balance = ReportCell::Missing(CellUnit::kNumber);
    if (found.sources > 0) {
      balance = {.value = found.balance, .n = found.sources, .method = "direction weighted by strength"};
    }
    const MetricFact* metric = indicator.metric.empty() ? nullptr : input.FindMetric(indicator.metric);
    ReportCell target = ReportCell::Missing(CellUnit::kText);
    if (metric != nullptr) {
      target = MetricStanding(*metric, parameters, input, static_cast<int64_t>(thresholds.min_n_staff));
    }
    rows.push_back({{{"theory", theory.code},
                     {"side", indicator.then_side ? "THEN" : "IF"},
                     {"indicator", indicator.code}},
                    {{"verdict", VerdictCell(found.verdict)},
                     {"sources", ReportCell::Count(found.sources)},
                     {"balance", balance},
                     {"target", target}}});
  }
  const Verdict if_side = Combine(sides[0].verdicts), then_side = Combine(sides[1].verdicts);
  report->rows.push_back({{{"theory", theory.code}},
                          {{"verdict", ReportCell::Text(TheoryVerdictName(if_side, then_side))},
                           {"ifMet", VerdictCell(if_side)},
                           {"thenMoved", VerdictCell(then_side)}}});
  for (ReportRow& row : rows) report->rows.push_back(std::move(row));
}

}  // namespace

IndicatorVerdict VerdictOf(const std::vector<TheoryFact::Evidence>& evidence, const std::string& indicator,
                           std::optional<int64_t> until_day, const ReportThresholds& thresholds) {
  std::map<std::string, std::tuple<int, int64_t, int>> strongest;  // source -> strength, day, −direction
  for (const TheoryFact::Evidence& finding : evidence) {
    if (finding.indicator != indicator || finding.strength <= 0) continue;
    if (until_day && finding.day && *finding.day > *until_day) continue;
    const std::tuple entry(finding.strength, finding.day.value_or(INT64_MIN), -finding.direction);
    const auto [at, fresh] = strongest.emplace(finding.independence, entry);
    if (!fresh) at->second = std::max(at->second, entry);
  }
  IndicatorVerdict found{.sources = static_cast<int>(strongest.size())};
  double weight = 0, sum = 0;
  for (const auto& [source, entry] : strongest) {
    weight += std::get<0>(entry);
    sum -= std::get<2>(entry) * std::get<0>(entry);
  }
  if (weight > 0) found.balance = sum / weight;
  if (found.sources < static_cast<int>(thresholds.evidence_sources)) return found;
  if (found.balance >= thresholds.evidence_balance) {
    found.verdict = Verdict::kSupported;
  } else if (found.balance <= -thresholds.evidence_balance) {
    found.verdict = Verdict::kNotSupported;
  } else {
    found.verdict = Verdict::kMixed;
  }
  return found;
}

Verdict Combine(const std::vector<Verdict>& verdicts) {
  if (verdicts.empty()) return Verdict::kInsufficient;
  for (Verdict verdict : verdicts) {
    if (verdict == Verdict::kInsufficient) return verdict;
  }
  const bool alike =
      std::all_of(verdicts.begin(), verdicts.end(), [&](Verdict verdict) { return verdict == verdicts[0]; });
  return alike ? verdicts[0] : Verdict::kMixed;
}

const char* VerdictName(Verdict verdict) {
  static constexpr const char* kNames[] = {"insufficient", "not supported", "mixed", "supported"};
  return kNames[static_cast<size_t>(verdict)];
}

absl::StatusOr<Report> TheoryEvidenceReport(const ReportParameters& parameters, const ReportInput& input) {
  const ReportThresholds thresholds = ReportThresholds::For("theory-evidence", input.thresholds);
  const auto only = SelectSite(parameters, input);
  if (!only.ok()) return only.status();
  const std::vector<std::string> wanted = SplitList(NamedParameter(parameters, "theory"));
  Report report = StartPracticeReport("theory-evidence", parameters, input, thresholds);
  report.thresholds.emplace_back("evidence-sources", thresholds.evidence_sources);
  report.thresholds.emplace_back("evidence-balance", thresholds.evidence_balance);
  report.estimator = "each independent source once, by its strongest finding; direction weighted by strength";
  bool found = wanted.empty();
  for (const TheoryFact& theory : input.practice.theories) {
    const bool named = std::find(wanted.begin(), wanted.end(), theory.code) != wanted.end() ||
                       std::find(wanted.begin(), wanted.end(), theory.id) != wanted.end();
    if (!wanted.empty() && !named) continue;
    if (*only != nullptr && !theory.site.empty() && theory.site != (*only)->id) continue;
    found = true;
    AddTheory(theory, parameters, input, thresholds, &report);
  }
  if (!found) {
    return absl::NotFoundError(
        fmt::format("there is no theory of action '{}' here", NamedParameter(parameters, "theory")));
  }
  return report;
}

}  // namespace trellis
