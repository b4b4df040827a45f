#include "tests/bench/figure.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

namespace trellis {
namespace {

std::string Number(double value) {
  if (value >= 100) return fmt::format("{:.0f}", value);
  return value >= 1 ? fmt::format("{:.2f}", value) : fmt::format("{:.3f}", value);
}

}  // namespace

void PrintFigures(const std::vector<Figure>& figures, bool json) {
  for (const Figure& figure : figures) {
    if (json) {
      nlohmann::ordered_json line = {{"name", figure.name}, {"value", figure.value}, {"unit", figure.unit}};
      if (figure.ceiling) {
        line["ceiling"] = *figure.ceiling;
        line["ceilingName"] = figure.ceiling_name;
        line["ratio"] = figure.value / *figure.ceiling;
      }
      if (!figure.note.empty()) line["note"] = figure.note;
      std::cout << line.dump() << std::endl;
      continue;
    }
    std::string ceiling;
    if (figure.ceiling) {
      ceiling = fmt::format("{} {} ({:.2f} of it)", figure.ceiling_name, Number(*figure.ceiling),
                            figure.value / *figure.ceiling);
    }
    std::cout << fmt::format("{:<46} {:>10} {:<10} {}{}{}", figure.name, Number(figure.value), figure.unit,
                             ceiling, ceiling.empty() || figure.note.empty() ? "" : "; ", figure.note)
              << std::endl;
  }
}

double Seconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "trellis-bench-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) std::abort();
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace trellis
