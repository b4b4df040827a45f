#include <iostream>
#include <set>
#include <string>

#include "tests/bench/figure.h"

int main(int argc, char** argv) {
  const std::vector<std::pair<std::string, trellis::Bench>> benches = {
      {"write", trellis::BenchWrites}, {"push", trellis::BenchPush},         {"pull", trellis::BenchPull},
      {"cut", trellis::BenchCut},      {"report", trellis::BenchReport},     {"memory", trellis::BenchMemory},
      {"link", trellis::BenchLink},    {"programs", trellis::BenchPrograms}, {"file", trellis::BenchFiles}};
  std::set<std::string> wanted;
  bool json = false;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--memory-child" && i + 1 < argc) return trellis::RunMemoryChild(argv[i + 1]);
    if (argument == "--link-child" && i + 1 < argc) return trellis::RunLinkChild(argv[i + 1]);
    if (argument == "--json") {
      json = true;
    } else {
      wanted.insert(argument);
    }
  }
  const bool all = wanted.empty();
  for (const auto& [name, bench] : benches) {
    if (all || wanted.erase(name) > 0) trellis::PrintFigures(bench(), json);
  }
  if (!wanted.empty()) {
    std::cerr << "there is no benchmark " << *wanted.begin() << "; there are";
    for (const auto& [name, bench] : benches) std::cerr << ' ' << name;
    std::cerr << '\n';
    return 2;
  }
  return 0;
}
