#include "common/report/report_frame.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/report/calendar.h"
#include "common/report/proportions.h"
#include "common/report/report_catalog.h"

namespace trellis {
namespace {

std::string Join(const std::vector<std::string>& parts) {
  std::string joined;
  for (const std::string& part : parts) joined += (joined.empty() ? "" : ",") + part;
  return joined;
}

}  // namespace

Report StartReport(std::string_view slug, const ReportParameters& parameters, const ReportInput& input) {
  const ReportDescription& description = *FindReport(slug);
  Report report{.name = std::string(slug), .title = description.title, .number = description.number};
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) report.parameters.emplace_back(name, value);
  };
  add("site", parameters.site);
  add("by", Join(parameters.by));
  if (parameters.as_of_ms) add("asOf", FormatMoment(*parameters.as_of_ms));
  for (const auto& [name, value] : parameters.named) add(name.c_str(), value);
  const SiteInfo* only = parameters.site.empty() ? nullptr : input.FindSite(parameters.site);
  report.cut.complete = true;
  for (const SiteCut& site : input.completeness) {
    if (only != nullptr && site.site_id != only->id) continue;
    report.cut.complete = report.cut.complete && site.Complete();
    report.cut.sites.push_back(site);
  }
  report.pending_not_shown = input.pending_responses;
  return report;
}

Report StartSurveyReport(std::string_view slug, const ReportParameters& parameters, const ReportInput& input,
                         const SurveyCut& cut, const ReportThresholds& thresholds) {
  Report report = StartReport(slug, parameters, input);
  report.parameters.insert(report.parameters.begin(),
                           {{"survey", cut.survey->code}, {"wave", cut.wave->code}});
  if (const auto held = input.not_yet_shown.find(cut.wave->id); held != input.not_yet_shown.end()) {
    report.pending_not_shown += held->second;
    report.notes.push_back(fmt::format(
        "What came since is shown once at least {} persons changed in every cell that changes, or at "
        "the wave's close.",
        cut.min_n));
  }
  std::map<std::string, std::vector<std::string>> members;
  for (const auto& [site_label, pool] : cut.pools) members[pool].push_back(site_label);
  for (const auto& [pool, sites] : members) {
    report.notes.push_back(
        fmt::format("{}: {}, shown together because they are small.", pool, fmt::join(sites, ", ")));
  }
  report.thresholds = {{"min-n", static_cast<double>(cut.min_n)}, {"confidence", thresholds.confidence}};
  return report;
}

std::string NamedParameter(const ReportParameters& parameters, const std::string& name) {
  const auto found = parameters.named.find(name);
  return found == parameters.named.end() ? "" : found->second;
}

absl::StatusOr<std::vector<Scale>> SelectScales(const ReportParameters& parameters, const SurveyCut& cut,
                                                const ReportThresholds& thresholds,
                                                const std::set<std::string>& excluded_items) {
  const std::vector<std::string> items = SplitList(NamedParameter(parameters, "item"));
  const std::vector<std::string> constructs = SplitList(NamedParameter(parameters, "construct"));
  ScaleSelection selection{.per_item = !items.empty() || NamedParameter(parameters, "level") == "item",
                           .excluded = excluded_items};
  const std::vector<std::string>& named = selection.per_item ? items : constructs;
  selection.only = {named.begin(), named.end()};
  std::vector<Scale> scales = BuildScales(*cut.survey, selection, thresholds);
  for (const std::string& name : named) {
    const bool known =
        std::any_of(scales.begin(), scales.end(), [&](const Scale& s) { return s.code == name; });
    if (!known && excluded_items.empty()) {
      return absl::NotFoundError(fmt::format("survey {} has no {} '{}' that is scored", cut.survey->code,
                                             selection.per_item ? "item" : "construct", name));
    }
  }
  if (scales.empty() && excluded_items.empty()) {
    return absl::FailedPreconditionError(fmt::format(
        "survey {} has no {}; give its questions a construct, or ask with --param level=item",
        cut.survey->code, selection.per_item ? "scored question" : "construct with scored questions"));
  }
  return scales;
}

ReportCell MeanCell(const Moments& moments, double confidence) {
  if (moments.n == 0) return ReportCell::Missing(CellUnit::kNumber);
  ReportCell cell{.value = moments.mean, .n = moments.n};
  if (const auto interval = MeanInterval(moments, confidence)) {
    cell.sd = moments.Sd();
    cell.se = moments.StandardError();
    cell.low = interval->low;
    cell.high = interval->high;
    cell.confidence = confidence;
    cell.method = "mean over persons, t interval";
  }
  return cell;
}

ReportCell ProportionCell(int64_t numerator, int64_t denominator, int64_t n, double confidence) {
  if (denominator == 0) return ReportCell::Missing(CellUnit::kProportion);
  const Proportion proportion{static_cast<double>(numerator), static_cast<double>(denominator)};
  const auto interval = WilsonInterval(proportion, confidence);
  return {.unit = CellUnit::kProportion,
          .value = proportion.Value(),
          .n = n,
          .numerator = proportion.numerator,
          .denominator = proportion.denominator,
          .low = interval->low,
          .high = interval->high,
          .confidence = confidence,
          .method = "Wilson"};
}

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    if (comma > 0) parts.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

}  // namespace trellis
