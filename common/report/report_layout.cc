#include "common/report/report_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "common/report/calendar.h"

namespace trellis {
namespace {

using Lines = std::vector<std::vector<std::string>>;

// The further columns of a cell that any row of the table fills.
struct Detail {
  const char* heading;  // nullptr: the interval, whose heading says its confidence
  std::string (*text)(const ReportCell&);
  bool (*present)(const ReportCell&);
  bool is_n = false;
};

const Detail kDetails[] = {
    {nullptr,
     [](const ReportCell& c) {
       return c.low ? fmt::format("{} … {}", NumberText(*c.low, c.unit), NumberText(*c.high, c.unit)) : "";
     },
     [](const ReportCell& c) { return c.low.has_value(); }},
    {"n", [](const ReportCell& c) { return c.n ? fmt::format("{}", *c.n) : ""; },
     [](const ReportCell& c) { return c.n.has_value(); }, true},
    {"SD", [](const ReportCell& c) { return c.sd ? NumberText(*c.sd, c.unit) : ""; },
     [](const ReportCell& c) { return c.sd.has_value(); }},
    {"p",
     [](const ReportCell& c) {
       const auto p = c.adjusted_p ? c.adjusted_p : c.p;
       return p ? (*p < 0.001 ? std::string("<0.001") : fmt::format("{:.3f}", *p)) : "";
     },
     [](const ReportCell& c) { return c.p.has_value(); }},
};

// Where a table has several intervals it shows those of differences alone, n with means, and no SD: it must
// fit a screen.
bool Crowded(const ReportRow& row) {
  return std::count_if(row.cells.begin(), row.cells.end(),
                       [](const auto& cell) { return cell.second.low.has_value(); }) > 2;
}

bool Fits(const Detail& detail, const ReportCell& cell, bool crowded) {
  if (!crowded) return true;
  const bool difference = cell.low && !cell.sd && !cell.numerator;
  return detail.is_n ? cell.sd.has_value() : difference;
}

// Rows in a run that have the same columns make one table.
bool SameColumns(const ReportRow& a, const ReportRow& b) {
  const auto same = [](const auto& x, const auto& y) { return x.first == y.first; };
  return a.GroupValue("section") == b.GroupValue("section") &&
         std::equal(a.group.begin(), a.group.end(), b.group.begin(), b.group.end(), same) &&
         std::equal(a.cells.begin(), a.cells.end(), b.cells.begin(), b.cells.end(), same);
}

bool AnyCrowded(std::span<const ReportRow> rows) { return std::any_of(rows.begin(), rows.end(), Crowded); }

bool Shows(const Detail& detail, std::span<const ReportRow> rows, size_t column, bool crowded) {
  return std::any_of(rows.begin(), rows.end(), [&](const ReportRow& row) {
    const ReportCell& cell = row.cells[column].second;
    return detail.present(cell) && Fits(detail, cell, crowded);
  });
}

std::string DetailText(const Detail& detail, const ReportCell& cell) {
  return cell.state == CellState::kHidden ? kHiddenPartMark : detail.text(cell);
}

Lines TableLines(std::span<const ReportRow> rows) {
  Lines lines(1 + rows.size());
  for (size_t g = 0; g < rows[0].group.size(); ++g) {
    if (rows[0].group[g].first == "section") continue;
    lines[0].push_back(Words(rows[0].group[g].first));
    for (size_t r = 0; r < rows.size(); ++r) lines[1 + r].push_back(rows[r].group[g].second);
  }
  const bool crowded = AnyCrowded(rows);
  for (size_t c = 0; c < rows[0].cells.size(); ++c) {
    lines[0].push_back(Words(rows[0].cells[c].first));
    for (size_t r = 0; r < rows.size(); ++r) lines[1 + r].push_back(ValueText(rows[r].cells[c].second));
    for (const Detail& detail : kDetails) {
      if (!Shows(detail, rows, c, crowded)) continue;
      lines[0].push_back(detail.heading != nullptr ? detail.heading : IntervalHeading(rows, c));
      for (size_t r = 0; r < rows.size(); ++r) {
        lines[1 + r].push_back(DetailText(detail, rows[r].cells[c].second));
      }
    }
  }
  return lines;
}

}  // namespace

std::string Words(const std::string& name) {
  std::string words;
  for (char c : name) {
    if (std::isupper(static_cast<unsigned char>(c))) words += ' ';
    words += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return words;
}

std::string NumberText(double value, CellUnit unit) {
  switch (unit) {
    case CellUnit::kProportion:
      return fmt::format("{:.1f} %", value * 100);
    case CellUnit::kCount:
    case CellUnit::kDays:
      return fmt::format("{:.0f}", value);
    case CellUnit::kHours:
      return fmt::format("{:.1f}", value);
    default:
      return fmt::format("{:.2f}", value);
  }
}

std::string ValueText(const ReportCell& cell) {
  switch (cell.state) {
    case CellState::kHidden:
      return kHiddenMark;
    case CellState::kMissing:
      return "–";
    case CellState::kNotApplicable:
      return "n/a";
    case CellState::kValue:
      break;
  }
  if (!cell.value) return cell.text;
  std::string text = NumberText(*cell.value, cell.unit);
  if (!cell.text.empty()) text += ": " + cell.text;
  return text;
}

bool IsHiddenMark(const std::string& text) { return text == kHiddenMark || text == kHiddenPartMark; }

std::string IntervalHeading(std::span<const ReportRow> rows, size_t column) {
  for (const ReportRow& row : rows) {
    const ReportCell& cell = row.cells[column].second;
    if (cell.low && cell.confidence) return fmt::format("{:g} % interval", *cell.confidence * 100);
  }
  return "interval";
}

bool ShowsInterval(std::span<const ReportRow> rows, size_t column) {
  return Shows(kDetails[0], rows, column, AnyCrowded(rows));
}

std::vector<ReportBlock> LayOut(const Report& report) {
  std::vector<ReportBlock> blocks;
  const ReportRow* const end = report.rows.data() + report.rows.size();
  for (const ReportRow* begin = report.rows.data(); begin != end;) {
    const ReportRow* next = begin + 1;
    while (next != end && SameColumns(*begin, *next)) ++next;
    const std::span<const ReportRow> rows(begin, next);
    blocks.push_back({std::string(begin->GroupValue("section")), TableLines(rows), rows});
    begin = next;
  }
  return blocks;
}

std::string CutText(const Cut& cut) {
  if (cut.sites.empty()) return "";
  std::vector<std::string> missing, without_daemon, set_aside, refilling;
  std::optional<int64_t> up_to;
  for (const SiteCut& site : cut.sites) {
    if (site.missing_since_ms) {
      missing.push_back(fmt::format("{} since {}", site.site, FormatMoment(*site.missing_since_ms)));
    } else if (!site.included_up_to_ms) {
      without_daemon.push_back(site.site);
    }
    if (site.refilling) refilling.push_back(site.site);
    if (site.set_aside > 0) set_aside.push_back(fmt::format("{} of {}", site.set_aside, site.site));
    if (site.included_up_to_ms) up_to = std::min(up_to.value_or(INT64_MAX), *site.included_up_to_ms);
  }
  std::string text = fmt::format("Sites: {} in", cut.sites.size() - missing.size() - without_daemon.size());
  if (up_to) text += fmt::format(", all up to {}", FormatMoment(*up_to));
  if (!missing.empty()) text += fmt::format("; not heard of: {}", fmt::join(missing, ", "));
  if (!refilling.empty()) text += fmt::format("; being refilled: {}", fmt::join(refilling, ", "));
  if (!set_aside.empty()) text += fmt::format("; records set aside: {}", fmt::join(set_aside, ", "));
  if (!without_daemon.empty()) {
    text += fmt::format("; no daemon, entered at the district: {}", fmt::join(without_daemon, ", "));
  }
  return text;
}

std::string PendingText(const Report& report) {
  if (report.pending_not_shown == 0) return "";
  return fmt::format("{} more received, not yet shown.", report.pending_not_shown);
}

bool HidesSomething(const Report& report) {
  return std::any_of(report.rows.begin(), report.rows.end(), [](const ReportRow& row) {
    return std::any_of(row.cells.begin(), row.cells.end(),
                       [](const auto& cell) { return cell.second.state == CellState::kHidden; });
  });
}

}  // namespace trellis
