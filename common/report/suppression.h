// Small cells: which cells of jointly published tables must be hidden so that nothing about a few persons is
// shown or can be worked out by subtraction.
//
//   (1) hide a cell with 0 < n < min
//   (2) hide it too when 0 < total − n < min, and where the caller marks a survey proportion of exactly 0 or
//   100 % (3) in each line (row, column, parent) with exactly one hidden cell, hide the smallest remaining
//   with n > 0,
//       ties by id, to a fixed point; the total goes last, as it is the greatest; where the total is fixed
//       and nobody is in the other members, one of those is hidden
//   (4) no linear combination of what is shown gives a hidden cell: where the lines together still do, though
//       each alone does not, the smallest remaining cell of the lines concerned is hidden, and (3) resumed;
//       and the interval in which a hidden cell can lie, given all that is shown, is at least min wide for
//       persons and 1 for the parts of a proportion: else the same is done
//
// Everything about a hidden cell hides: n, percent, mean, SD. Which rule hid it is not told to anybody.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace trellis {

struct SuppressionCell {
  std::string id;
  // Persons behind each of the numbers shown together in this cell (a change has several); never empty. The
  // rules hold for each; the first orders cells by size.
  std::vector<int64_t> counts;
  // Hidden whatever its counts: a proportion of exactly 0 or 100 % of survey answers, or hidden elsewhere.
  bool withheld = false;
  // The parts of proportions, which add up over lines as the counts do: favorable answers, the others, …
  std::vector<int64_t> parts;
  // Published elsewhere just as it stands: shown unless withheld, and never hidden for others' sake.
  bool fixed = false;
};

// members add up to total, of whatever is shown.
struct SuppressionLine {
  std::optional<size_t> total;  // nullopt: not published
  std::vector<size_t> members;
};

struct SuppressionTable {
  std::vector<SuppressionCell> cells;
  // Margins before the finer lines under them: a coarser table is then hidden as it would be on its own.
  std::vector<SuppressionLine> lines;
};

// Whether each cell is hidden. Deterministic. REQUIRES: all cells have equally many counts, and parts.
std::vector<bool> Suppress(const SuppressionTable& table, int64_t min_n);

}  // namespace trellis
