#include "tests/bench/report_rows.h"

#include <algorithm>
#include <limits>

#include "common/time/random.h"
#include "tests/bench/figure.h"
#include "tests/bench/workload.h"

namespace trellis {

const std::vector<std::string>& BenchRoles() {
  static const auto* const kRoles = new std::vector<std::string>{
      "teacher", "paraeducator", "specialist", "counselor", "coach", "administrator"};
  return *kRoles;
}

void ForEachBenchRow(size_t responses, const std::function<void(const ResponseRow& row)>& visit) {
  SeededRandom random(11);
  ResponseRow row;
  row.complete = true;
  row.answers.resize(kBenchQuestions);
  for (size_t i = 0; i < responses; ++i) {
    for (size_t byte = 0; byte < 8; ++byte) {
      row.identity.id.bytes[byte] = static_cast<uint8_t>(i >> (8 * byte));
    }
    for (uint8_t& answer : row.answers) answer = static_cast<uint8_t>(1 + random.Below(5));
    row.attributes = {BenchRoles()[std::min(random.Below(6), random.Below(6))],
                      random.Chance(0.5) ? "PK-2" : "3-5", random.Chance(0.5) ? "0-3" : "4-9"};
    visit(row);
  }
}

ResponseColumns MakeBenchColumns(size_t responses) {
  ColumnLayout layout;
  for (int i = 0; i < kBenchQuestions; ++i) layout.questions.push_back({"Q" + std::to_string(i + 1), 5});
  layout.attributes = {"role", "grade_band", "years_band"};
  ResponseColumns columns(layout);
  ForEachBenchRow(responses, [&](const ResponseRow& row) { Check(columns.Put(row)); });
  return columns;
}

double BestSeconds(int repeats, const std::function<void()>& work) {
  double best = std::numeric_limits<double>::max();
  for (int i = 0; i < repeats; ++i) best = std::min(best, Seconds(work));
  return best;
}

}  // namespace trellis
