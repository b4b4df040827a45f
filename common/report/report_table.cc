#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "common/report/calendar.h"
#include "common/report/report_format.h"
#include "common/report/report_layout.h"

namespace trellis {
namespace {

using Lines = std::vector<std::vector<std::string>>;

constexpr size_t kScreenWidth = 110;  // columns

// Columns on a screen of UTF-8 text: bytes that do not continue a character.
size_t Width(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(),
                                           [](char c) { return (static_cast<uint8_t>(c) & 0xc0) != 0x80; }));
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

std::string Head(const Report& report) {
  std::string text = fmt::format("{} ({})\n", report.title, report.number);
  std::vector<std::string> parameters;
  for (const auto& [name, value] : report.parameters) parameters.push_back(fmt::format("{} {}", name, value));
  text += PairsText("Of", parameters);
  if (const std::string cut = CutText(report.cut); !cut.empty()) text += cut + "\n";
  if (const std::string pending = PendingText(report); !pending.empty()) text += pending + "\n";
  return text;
}

// What the numbers rest on: after them.
std::string Foot(const Report& report) {
  std::string text = "\n";
  if (HidesSomething(report)) text += fmt::format("{}\n", kLegend);
  for (const std::string& note : report.notes) text += fmt::format("{}\n", note);
  if (!report.estimator.empty()) text += fmt::format("Computed as: {}\n", report.estimator);
  std::vector<std::string> thresholds;
  for (const auto& [name, value] : report.thresholds) thresholds.push_back(fmt::format("{} {}", name, value));
  return text + PairsText("Thresholds", thresholds);
}

}  // namespace

std::string ReportTable(const Report& report) {
  std::string text = Head(report);
  std::string section;
  for (const ReportBlock& block : LayOut(report)) {
    text += "\n";
    if (block.section != section) {
      section = block.section;
      text += fmt::format("{}\n", section);
    }
    text += LaidOut(block.lines);
  }
  if (report.rows.empty()) text += "\nNothing to show.\n";
  return text + Foot(report);
}

}  // namespace trellis
