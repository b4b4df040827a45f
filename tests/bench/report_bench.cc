// The report at the speed of memory: answers counted by question and role, and by what else a wave declares.
#include "tests/bench/report_bench.h"

#include <fmt/format.h>

#include <numeric>

#include "common/report/column_scan.h"
#include "tests/bench/figure.h"
#include "tests/bench/report_rows.h"

namespace trellis {
namespace {

Figure CountBy(const ResponseColumns& columns, const std::vector<std::string>& attributes,
               const std::string& what, int repeats) {
  const ScanScope scope{attributes, std::nullopt};
  size_t groups = 0;
  const double scan_ms = 1000 * BestSeconds(repeats, [&] { groups = CountAnswers(columns, scope).size(); });
  // The ceiling reads as many bytes as the scan must: three planes a question, and those of the attributes.
  size_t planes_a_row = kBenchQuestions * 3;
  for (const std::string& attribute : attributes) {
    planes_a_row += columns.segments().front().attribute_planes(columns.AttributeIndex(attribute)).size();
  }
  std::vector<uint64_t> planes(columns.size() / 64 * planes_a_row, 1);
  volatile uint64_t sum = 0;
  const double read_ms =
      1000 * BestSeconds(repeats, [&] { sum = std::accumulate(planes.begin(), planes.end(), uint64_t{0}); });
  const double millions = static_cast<double>(columns.size()) * kBenchQuestions / 1e6;
  return {fmt::format("{:.0f} M answers by question and {}", millions, what),
          scan_ms,
          "ms",
          read_ms,
          "reading the planes:",
          fmt::format("{} groups, one core, in cache", groups)};
}

}  // namespace

std::vector<Figure> BenchReport() {
  std::vector<Figure> figures;
  AddSiteReport(&figures);
  AddViewCost(&figures);
  AddColdColumns(&figures);
  figures.push_back(CountBy(MakeBenchColumns(60'000), {"role"}, "role", 15));
  {
    const ResponseColumns columns = MakeBenchColumns(416'667);
    figures.push_back(CountBy(columns, {"role"}, "role", 15));
    figures.push_back(CountBy(columns, {"grade_band"}, "grade band", 15));
    figures.push_back(CountBy(columns, {"role", "grade_band"}, "role, grade band", 15));
    figures.push_back(CountBy(columns, {"role", "grade_band", "years_band"}, "role, grade, years", 15));
    AddDuckDb(&figures);
  }
  figures.push_back(CountBy(MakeBenchColumns(4'166'667), {"role"}, "role", 15));
  return figures;
}

}  // namespace trellis
