#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "common/record/hash.h"
#include "common/report/calendar.h"
#include "common/report/report_format.h"

namespace trellis {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kStates = {"VALUE", "HIDDEN", "MISSING", "NOT_APPLICABLE"};
constexpr std::array kUnits = {"number", "proportion", "count", "hours", "days", "text"};

// The place of a name, 0 if it is none of them.
template <size_t kSize>
size_t PlaceOf(std::string_view name, const std::array<const char*, kSize>& names) {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? 0 : static_cast<size_t>(found - names.begin());
}

// Whole numbers without a fraction.
Json Number(double value) {
  if (value == std::floor(value) && std::fabs(value) < 9e15) return static_cast<int64_t>(value);
  return value;
}

Json CellJson(const ReportCell& cell) {
  Json json{{"state", NameOf(cell.state)}};
  if (cell.state != CellState::kValue) return json;
  json["unit"] = NameOf(cell.unit);
  const auto add = [&](const char* name, const std::optional<double>& value) {
    if (value && std::isfinite(*value)) json[name] = Number(*value);
  };
  add("value", cell.value);
  if (cell.n) json["n"] = *cell.n;
  add("numerator", cell.numerator);
  add("denominator", cell.denominator);
  add("sd", cell.sd);
  add("se", cell.se);
  add("low", cell.low);
  add("high", cell.high);
  add("confidence", cell.confidence);
  add("statistic", cell.statistic);
  add("df", cell.df);
  add("p", cell.p);
  add("adjustedP", cell.adjusted_p);
  if (!cell.method.empty()) json["method"] = cell.method;
  if (!cell.text.empty()) json["text"] = cell.text;
  return json;
}

Json CutJson(const Cut& cut) {
  Json sites = Json::array();
  const auto moment = [](const std::optional<int64_t>& ms) {
    return ms ? Json(FormatMoment(*ms)) : Json(nullptr);
  };
  for (const SiteCut& site : cut.sites) {
    sites.push_back({{"site", site.site},
                     {"siteId", site.site_id},
                     {"includedUpTo", moment(site.included_up_to_ms)},
                     {"missingSince", moment(site.missing_since_ms)},
                     {"setAside", site.set_aside},
                     {"refilling", site.refilling},
                     {"state", site.state}});
  }
  return {{"complete", cut.complete}, {"sites", std::move(sites)}};
}

Json RowJson(const ReportRow& row) {
  Json group = Json::object(), cells = Json::object();
  for (const auto& [name, value] : row.group) group[name] = value;
  for (const auto& [name, cell] : row.cells) cells[name] = CellJson(cell);
  return {{"group", std::move(group)}, {"cells", std::move(cells)}};
}

Json ReportAsJson(const Report& report, bool whole) {
  Json json{{"report", report.name}, {"title", report.title}, {"number", report.number}};
  if (whole) json["snapshotId"] = report.snapshot_id;
  json["definitionVersion"] = report.definition_version;
  if (whole && report.generated_at_ms) json["generatedAt"] = FormatMoment(*report.generated_at_ms);
  json["estimator"] = report.estimator;
  if (whole) {
    json["digest"] = ReportDigest(report);
    json["figuresDigest"] = FiguresDigest(report);
  }
  json["parameters"] = Json::object();
  for (const auto& [name, value] : report.parameters) json["parameters"][name] = value;
  json["thresholds"] = Json::object();
  for (const auto& [name, value] : report.thresholds) json["thresholds"][name] = Number(value);
  json["cut"] = CutJson(report.cut);
  json["pendingNotShown"] = report.pending_not_shown;
  json["rows"] = Json::array();
  for (const ReportRow& row : report.rows) json["rows"].push_back(RowJson(row));
  json["notes"] = report.notes;
  return json;
}

std::string Dump(const Json& json) {
  // Names come from people: what is not UTF-8 is replaced rather than refused.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

const char* NameOf(CellState state) { return kStates[static_cast<size_t>(state)]; }
const char* NameOf(CellUnit unit) { return kUnits[static_cast<size_t>(unit)]; }
CellState CellStateNamed(std::string_view name) { return static_cast<CellState>(PlaceOf(name, kStates)); }
CellUnit CellUnitNamed(std::string_view name) { return static_cast<CellUnit>(PlaceOf(name, kUnits)); }

std::string FiguresDigest(const Report& report) {
  Json json = Json::array();
  for (const ReportRow& row : report.rows) {
    Json figures = RowJson(row);
    for (const auto& [name, cell] : row.cells) {
      if (cell.unit == CellUnit::kDays) figures["cells"].erase(name);
    }
    json.push_back(std::move(figures));
  }
  for (const SiteCut& site : report.cut.sites) {
    if (!site.Complete()) json.push_back(site.site_id);
  }
  return KeyedHash(HashKey{}, Dump(json)).ToHex();
}

std::string ReportJson(const Report& report) { return Dump(ReportAsJson(report, true)); }

std::string ReportContentJson(const Report& report) { return Dump(ReportAsJson(report, false)); }

}  // namespace trellis
