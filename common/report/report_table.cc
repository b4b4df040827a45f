#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "common/report/calendar.h"
#include "common/report/report_format.h"

namespace trellis {
namespace {

using Lines = std::vector<std::vector<std::string>>;

constexpr size_t kScreenWidth = 110;  // columns

// Columns on a screen of UTF-8 text: bytes that do not continue a character.
size_t Width(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(),
                                           [](char c) { return (static_cast<uint8_t>(c) & 0xc0) != 0x80; }));
}

// favorableChange -> favorable change
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

std::string Aligned(const Lines& lines) {
  std::vector<size_t> widths(lines[0].size());
  for (const auto& line : lines) {
    for (size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], Width(line[i]));
  }
  std::string text;
  for (size_t l = 0; l < lines.size(); ++l) {
    std::string line = " ";
    for (size_t i = 0; i < lines[l].size(); ++i) {
      line += " " + lines[l][i] + std::string(widths[i] - Width(lines[l][i]) + 1, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
    if (l > 0) continue;
    std::string rule = " ";
    for (size_t width : widths) rule += " " + std::string(width, '-') + " ";
    rule.erase(rule.find_last_not_of(' ') + 1);
    text += rule + "\n";
  }
  return text;
}

// A single row that would not fit a screen: one line for each column.
std::string Upright(const Lines& lines) {
  size_t widest = 0;
  for (const std::string& heading : lines[0]) widest = std::max(widest, Width(heading));
  std::string text;
  for (size_t i = 0; i < lines[0].size(); ++i) {
    if (lines[1][i].empty()) continue;
    text +=
        fmt::format("  {}{}  {}\n", lines[0][i], std::string(widest - Width(lines[0][i]), ' '), lines[1][i]);
  }
  return text;
}

std::string LaidOut(const Lines& lines) {
  size_t width = 0;
  for (size_t i = 0; i < lines[0].size(); ++i) width += 2 + std::max(Width(lines[0][i]), Width(lines[1][i]));
  return lines.size() == 2 && width > kScreenWidth ? Upright(lines) : Aligned(lines);
}

// Broken between pairs where the line would not fit a screen.
std::string PairsText(const char* heading, const std::vector<std::string>& pairs) {
  if (pairs.empty()) return "";
  std::string text, line = fmt::format("{}: ", heading);
  for (size_t i = 0; i < pairs.size(); ++i) {
    const std::string piece = pairs[i] + (i + 1 < pairs.size() ? ", " : "");
    if (Width(line) + Width(piece) > kScreenWidth && i > 0) {
      text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
      line = "  ";
    }
    line += piece;
  }
  return text + line + "\n";
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
  return text + "\n";
}

std::string Head(const Report& report) {
  std::string text = fmt::format("{} ({})\n", report.title, report.number);
  std::vector<std::string> parameters, thresholds;
  for (const auto& [name, value] : report.parameters) parameters.push_back(fmt::format("{} {}", name, value));
  for (const auto& [name, value] : report.thresholds) thresholds.push_back(fmt::format("{} {}", name, value));
  text += PairsText("Of", parameters) + PairsText("Thresholds", thresholds);
  if (!report.estimator.empty()) text += "Computed as: " + report.estimator + "\n";
  text += CutText(report.cut);
  if (report.pending_not_shown > 0) {
    text += fmt::format("{} responses are here but cannot be placed yet and are not shown.\n",
                        report.pending_not_shown);
  }
  return text;
}

}  // namespace

std::string ReportTable(const Report& report) {
  std::string text = Head(report);
  const ReportRow* const end = report.rows.data() + report.rows.size();
  std::string_view section;
  for (const ReportRow* begin = report.rows.data(); begin != end;) {
    const ReportRow* next = begin + 1;
    while (next != end && SameColumns(*begin, *next)) ++next;
    text += "\n";
    if (begin->GroupValue("section") != section) {
      section = begin->GroupValue("section");
      text += fmt::format("{}\n", section);
    }
    text += LaidOut(TableLines(begin, next));
    begin = next;
  }
  if (report.rows.empty()) text += "\nNothing to show.\n";
  const bool hides = std::any_of(report.rows.begin(), report.rows.end(), [](const ReportRow& row) {
    return std::any_of(row.cells.begin(), row.cells.end(),
                       [](const auto& cell) { return cell.second.state == CellState::kHidden; });
  });
  if (hides || !report.notes.empty()) text += "\n";
  if (hides) text += "·hidden: too few persons, or it would give such a number away. –: nothing there.\n";
  for (const std::string& note : report.notes) text += note + "\n";
  return text;
}

}  // namespace trellis
