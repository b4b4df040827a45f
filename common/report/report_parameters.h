// What the caller of a report asks for.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace trellis {

struct ReportParameters {
  std::string survey;  // id or code; empty: the wave's, or the only one
  std::string wave;    // id or code; empty: the latest of the survey
  std::string site;    // id, identifier, scope or name; empty: all
  // Attributes to break down by; "site" among them.
  std::vector<std::string> by;
  // The moment the report speaks of, ms since 1970-01-01 UTC: responses, transitions and measurements after
  // it are left out. nullopt: all there is; dates are then judged by now_ms.
  std::optional<int64_t> as_of_ms;
  // The time of day, given by the host.
  int64_t now_ms = 0;
  // Those of the report itself, as its description lists them.
  std::map<std::string, std::string> named;
  // Breaking down by what no plan declares: for a logged role that cannot publish.
  bool free_slicing = false;

  int64_t moment_ms() const { return as_of_ms.value_or(now_ms); }
};

}  // namespace trellis
