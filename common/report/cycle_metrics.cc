#include "common/report/cycle_metrics.h"

#include <algorithm>
#include <cmath>

#include "common/report/calendar.h"
#include "common/report/report_definitions.h"

namespace trellis {
namespace {

bool InPercent(const MetricFact& metric) {
  return metric.unit.rfind("percent", 0) == 0 || metric.unit == "%";
}

ReportCell ValueCell(std::optional<double> value) {
  return value ? ReportCell{.value = value} : ReportCell::Missing(CellUnit::kNumber);
}

// Proportions are fractions in cells and percent in the metric's unit.
ReportCell FromReportCell(const ReportCell& found, const MetricFact& metric) {
  ReportCell cell{.state = found.state};
  if (found.state != CellState::kValue) return cell;
  const double factor = found.unit == CellUnit::kProportion && InPercent(metric) ? 100 : 1;
  const auto scaled = [factor](const std::optional<double>& part) {
    return part ? std::optional(*part * factor) : std::nullopt;
  };
  cell.value = scaled(found.value);
  cell.n = found.n;
  cell.low = scaled(found.low);
  cell.high = scaled(found.high);
  cell.confidence = found.confidence;
  cell.method = found.method;
  return cell;
}

ReportCell FromReport(const MetricFact& metric, const ReportParameters& parameters,
                      const ReportInput& input) {
  ReportParameters of_metric = parameters;
  of_metric.by.clear();
  of_metric.wave.clear();
  of_metric.survey = metric.survey;
  of_metric.named.clear();
  if (!metric.construct.empty()) of_metric.named["construct"] = metric.construct;
  absl::StatusOr<Report> report = absl::NotFoundError("");
  if (metric.report == "construct-mean") report = ConstructMeanReport(of_metric, input);
  if (metric.report == "percent-favorable") report = PercentFavorableReport(of_metric, input);
  if (metric.report == "response-rate") {
    of_metric.named.clear();
    report = ResponseRateReport(of_metric, input);
  }
  if (!report.ok() || report->rows.empty() || report->rows[0].cells.empty()) {
    return ReportCell::Missing(CellUnit::kNumber);
  }
  return FromReportCell(report->rows[0].cells[0].second, metric);
}

const MetricFact::Measurement* Latest(const MetricFact& metric, int64_t day, const std::string& site) {
  const MetricFact::Measurement* latest = nullptr;
  for (const MetricFact::Measurement& measurement : metric.measurements) {
    if (measurement.day > day || (!measurement.site.empty() && measurement.site != site)) continue;
    if (latest == nullptr || latest->day <= measurement.day) latest = &measurement;
  }
  return latest;
}

ReportCell CurrentCell(const MetricFact& metric, const ReportParameters& parameters, const ReportInput& input,
                       int64_t min_n) {
  if (!metric.report.empty() && !metric.survey.empty()) return FromReport(metric, parameters, input);
  const SiteInfo* site = parameters.site.empty() ? nullptr : input.FindSite(parameters.site);
  const auto* latest = Latest(metric, DayOf(parameters.moment_ms()), site != nullptr ? site->id : "");
  if (latest == nullptr) return ReportCell::Missing(CellUnit::kNumber);
  if (latest->n > 0 && latest->n < min_n) return ReportCell::Hidden(CellUnit::kNumber);
  ReportCell cell{.value = latest->value, .text = "measured " + FormatDay(latest->day)};
  if (latest->n > 0) cell.n = latest->n;
  return cell;
}

ReportCell MetCell(const MetricFact& metric, const ReportCell& current, int64_t day) {
  if (current.state == CellState::kHidden) return ReportCell::Hidden(CellUnit::kText);
  if (!metric.target || !current.value) return ReportCell::Missing(CellUnit::kText);
  bool met = false;
  switch (metric.direction) {
    case MetricFact::Direction::kUp:
      met = *current.value >= *metric.target;
      break;
    case MetricFact::Direction::kDown:
      met = *current.value <= *metric.target;
      break;
    case MetricFact::Direction::kMaintain:  // no further from the target than at the start
      met = std::fabs(*current.value - *metric.target) <=
            std::fabs(metric.baseline.value_or(*metric.target) - *metric.target);
      break;
  }
  if (met) return ReportCell::Text("met");
  return ReportCell::Text(metric.target_day && *metric.target_day < day ? "not met" : "not yet");
}

int64_t OverdueChecks(const MetricFact& metric, int64_t day) {
  if (!metric.report.empty()) return 0;
  return std::count_if(metric.check_days.begin(), metric.check_days.end(), [&](int64_t check) {
    if (check >= day) return false;
    return std::none_of(metric.measurements.begin(), metric.measurements.end(), [&](const auto& measurement) {
      return measurement.day >= check && measurement.day <= day;
    });
  });
}

}  // namespace

std::vector<ReportRow> MetricRows(const CycleFact& cycle, const ReportParameters& parameters,
                                  const ReportInput& input, int64_t min_n) {
  std::vector<ReportRow> rows;
  const int64_t day = DayOf(parameters.moment_ms());
  for (const std::string& id : cycle.metrics) {
    const MetricFact* metric = input.FindMetric(id);
    if (metric == nullptr) continue;
    const ReportCell current = CurrentCell(*metric, parameters, input, min_n);
    ReportRow row{{{"metric", metric->code}}, {}};
    if (!metric->unit.empty()) row.group.emplace_back("unit", metric->unit);
    row.cells = {{"baseline", ValueCell(metric->baseline)},
                 {"current", current},
                 {"target", ValueCell(metric->target)},
                 {"standing", MetCell(*metric, current, day)},
                 {"overdueChecks", ReportCell::Count(OverdueChecks(*metric, day))}};
    rows.push_back(std::move(row));
  }
  return rows;
}

ReportCell MetricStanding(const MetricFact& metric, const ReportParameters& parameters,
                          const ReportInput& input, int64_t min_n) {
  return MetCell(metric, CurrentCell(metric, parameters, input, min_n), DayOf(parameters.moment_ms()));
}

}  // namespace trellis
