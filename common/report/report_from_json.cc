#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "common/report/calendar.h"
#include "common/report/report_format.h"

namespace trellis {
namespace {

using Json = nlohmann::ordered_json;

template <typename T>
std::optional<T> Optional(const Json& json, const char* name) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_number()) return std::nullopt;
  return found->get<T>();
}

std::string Text(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<int64_t> Moment(const Json& json, const char* name) { return ParseMoment(Text(json, name)); }

ReportCell CellFrom(const Json& json) {
  ReportCell cell;
  cell.state = CellStateNamed(Text(json, "state"));
  cell.unit = CellUnitNamed(Text(json, "unit"));
  cell.value = Optional<double>(json, "value");
  cell.text = Text(json, "text");
  cell.n = Optional<int64_t>(json, "n");
  cell.numerator = Optional<double>(json, "numerator");
  cell.denominator = Optional<double>(json, "denominator");
  cell.sd = Optional<double>(json, "sd");
  cell.se = Optional<double>(json, "se");
  cell.low = Optional<double>(json, "low");
  cell.high = Optional<double>(json, "high");
  cell.confidence = Optional<double>(json, "confidence");
  cell.statistic = Optional<double>(json, "statistic");
  cell.df = Optional<double>(json, "df");
  cell.p = Optional<double>(json, "p");
  cell.adjusted_p = Optional<double>(json, "adjustedP");
  cell.method = Text(json, "method");
  return cell;
}

Cut CutFrom(const Json& json) {
  Cut cut{.complete = json.value("complete", false)};
  for (const Json& site : json.value("sites", Json::array())) {
    cut.sites.push_back({.site = Text(site, "site"),
                         .site_id = Text(site, "siteId"),
                         .included_up_to_ms = Moment(site, "includedUpTo"),
                         .missing_since_ms = Moment(site, "missingSince"),
                         .state = Text(site, "state"),
                         .set_aside = site.value("setAside", uint64_t{0}),
                         .refilling = site.value("refilling", false)});
  }
  return cut;
}

ReportRow RowFrom(const Json& json) {
  ReportRow row;
  for (const auto& [name, value] : json.at("group").items()) {
    row.group.emplace_back(name, value.get<std::string>());
  }
  for (const auto& [name, cell] : json.at("cells").items()) row.cells.emplace_back(name, CellFrom(cell));
  return row;
}

Report ReportFrom(const Json& json) {
  Report report;
  report.name = Text(json, "report");
  report.title = Text(json, "title");
  report.number = Text(json, "number");
  report.snapshot_id = Text(json, "snapshotId");
  report.definition_version = json.value("definitionVersion", 1);
  report.generated_at_ms = Moment(json, "generatedAt");
  report.estimator = Text(json, "estimator");
  for (const auto& [name, value] : json.at("parameters").items()) {
    report.parameters.emplace_back(name, value.get<std::string>());
  }
  for (const auto& [name, value] : json.at("thresholds").items()) {
    report.thresholds.emplace_back(name, value.get<double>());
  }
  report.cut = CutFrom(json.at("cut"));
  report.pending_not_shown = json.value("pendingNotShown", int64_t{0});
  for (const Json& row : json.at("rows")) report.rows.push_back(RowFrom(row));
  for (const Json& note : json.at("notes")) report.notes.push_back(note.get<std::string>());
  return report;
}

}  // namespace

absl::StatusOr<Report> ReportFromJson(const std::string& json) {
  const Json parsed = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  try {
    return ReportFrom(parsed);
  } catch (const Json::exception& problem) {
    return absl::InvalidArgumentError(fmt::format("this is no report as JSON: {}", problem.what()));
  }
}

}  // namespace trellis
