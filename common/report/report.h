// What a report is: rows of named cells, with all that a reader needs to judge them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trellis {

enum class CellState {
  kValue,
  kHidden,         // too few persons, or it would give such a cell away; carries nothing else
  kMissing,        // there is nothing to compute it from
  kNotApplicable,  // it is not defined here; the report's notes say why
};

// How a cell's value prints; JSON and CSV carry the number as it is.
enum class CellUnit {
  kNumber,      // a score, a difference of scores, an effect size
  kProportion,  // a fraction; percent in tables
  kCount,
  kHours,
  kDays,
  kText,
};

struct ReportCell {
  CellState state = CellState::kValue;
  CellUnit unit = CellUnit::kNumber;
  std::optional<double> value;
  std::string text;
  std::optional<int64_t> n;  // persons
  std::optional<double> numerator;
  std::optional<double> denominator;
  std::optional<double> sd;
  std::optional<double> se;
  std::optional<double> low;
  std::optional<double> high;
  std::optional<double> confidence;
  std::optional<double> statistic;
  std::optional<double> df;
  std::optional<double> p;
  std::optional<double> adjusted_p;
  std::string method;

  static ReportCell Hidden(CellUnit unit) { return {.state = CellState::kHidden, .unit = unit}; }
  static ReportCell Missing(CellUnit unit) { return {.state = CellState::kMissing, .unit = unit}; }
  static ReportCell NotApplicable(CellUnit unit) {
    return {.state = CellState::kNotApplicable, .unit = unit};
  }
  static ReportCell Count(int64_t count) {
    return {.unit = CellUnit::kCount, .value = static_cast<double>(count)};
  }
  static ReportCell Text(std::string text) {
    return text.empty() ? Missing(CellUnit::kText)
                        : ReportCell{.unit = CellUnit::kText, .text = std::move(text)};
  }
};

struct ReportRow {
  std::vector<std::pair<std::string, std::string>> group;  // e.g. construct, site, role; in this order
  std::vector<std::pair<std::string, ReportCell>> cells;

  // nullptr if there is none.
  const ReportCell* Find(std::string_view cell) const;
  // Empty if the group has no such part.
  std::string_view GroupValue(std::string_view name) const;
};

// How far a site's records are in.
struct SiteCut {
  std::string site;
  std::string site_id;
  std::optional<int64_t> included_up_to_ms;
  std::optional<int64_t> missing_since_ms;
  std::string state;       // as the host says it: e.g. "live", "behind", "missing"
  uint64_t set_aside = 0;  // records of it held in quarantine: no number here includes them
  bool refilling = false;  // its records here were damaged or lost, and come back from the other side

  bool Complete() const { return !missing_since_ms && set_aside == 0 && !refilling; }
};

struct Cut {
  bool complete = false;  // every site that has a daemon is in, up to now, with nothing set aside
  std::vector<SiteCut> sites;
};

struct Report {
  std::string name;  // the slug it is called by
  std::string title;
  std::string number;  // R2
  int definition_version = 1;
  std::string estimator;
  std::vector<std::pair<std::string, std::string>> parameters;
  std::vector<std::pair<std::string, double>> thresholds;
  Cut cut;
  int64_t pending_not_shown = 0;  // responses at hand that no survey here can place yet
  std::vector<ReportRow> rows;
  std::vector<std::string> notes;
  // Set by the host, outside what the digest covers.
  std::string snapshot_id;
  std::optional<int64_t> generated_at_ms;
};

// 32 hex digits over everything but snapshot_id and generated_at: equal content, equal digest, wherever it
// was computed.
std::string ReportDigest(const Report& report);

// 32 hex digits over what the rows say, counts of days apart, and which sites are not in: equal for two
// reports between which nothing but time has passed.
std::string FiguresDigest(const Report& report);

}  // namespace trellis
