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
  std::string heading;
  std::string (*text)(const ReportCell&);
  bool (*present)(const ReportCell&);
  bool is_n = false;
};

const Detail kDetails[] = {
    {"from … to",
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

Lines TableLines(const ReportRow* begin, const ReportRow* end) {
  Lines lines(1 + static_cast<size_t>(end - begin));
  for (size_t g = 0; g < begin->group.size(); ++g) {
    if (begin->group[g].first == "section") continue;
    lines[0].push_back(Words(begin->group[g].first));
    for (const ReportRow* row = begin; row != end; ++row) {
      lines[1 + static_cast<size_t>(row - begin)].push_back(row->group[g].second);
    }
  }
  const bool crowded = std::any_of(begin, end, Crowded);
  for (size_t c = 0; c < begin->cells.size(); ++c) {
    lines[0].push_back(Words(begin->cells[c].first));
    for (const ReportRow* row = begin; row != end; ++row) {
      lines[1 + static_cast<size_t>(row - begin)].push_back(ValueText(row->cells[c].second));
    }
    for (const Detail& detail : kDetails) {
      if (std::none_of(begin, end, [&](const ReportRow& row) {
            return detail.present(row.cells[c].second) && Fits(detail, row.cells[c].second, crowded);
          })) {
        continue;
      }
      lines[0].push_back(detail.heading);
      for (const ReportRow* row = begin; row != end; ++row) {
        lines[1 + static_cast<size_t>(row - begin)].push_back(detail.text(row->cells[c].second));
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
      return "·hidden";
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

std::vector<ReportBlock> LayOut(const Report& report) {
  std::vector<ReportBlock> blocks;
  const ReportRow* const end = report.rows.data() + report.rows.size();
  for (const ReportRow* begin = report.rows.data(); begin != end;) {
    const ReportRow* next = begin + 1;
    while (next != end && SameColumns(*begin, *next)) ++next;
    blocks.push_back({std::string(begin->GroupValue("section")), TableLines(begin, next),
                      std::span<const ReportRow>(begin, next)});
    begin = next;
  }
  return blocks;
}

std::string CutText(const Cut& cut) {
  if (cut.sites.empty()) return "";
  std::vector<std::string> missing;
  std::optional<int64_t> up_to;
  for (const SiteCut& site : cut.sites) {
    if (site.missing_since_ms) {
      missing.push_back(fmt::format("{} since {}", site.site, FormatMoment(*site.missing_since_ms)));
    }
    if (site.included_up_to_ms) up_to = std::min(up_to.value_or(INT64_MAX), *site.included_up_to_ms);
  }
  std::string text = fmt::format("Sites: {} in", cut.sites.size() - missing.size());
  if (up_to) text += fmt::format(", all up to {}", FormatMoment(*up_to));
  if (!missing.empty()) text += fmt::format("; not heard of: {}", fmt::join(missing, ", "));
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
