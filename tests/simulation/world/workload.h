// What people write in a history, from the words of a step; small enough a world that they meet.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/world/world.h"

namespace trellis::simulation {

// Every value names its scope, so that one that comes where it must not be is known.
std::string TaintOf(const std::string& scope);

// The wire bytes of a text value of a field.
std::string TextValue(uint32_t field, const std::string& text);
RecordId IdOfNumber(const std::string& scope, uint64_t number);
bool IsPoisoned(const Delta& delta);

class Workload {
 public:
  explicit Workload(World* world) : world_(world) {}

  // `write STORE SCOPE [insist] ITEM...` (step.h).
  void Write(int store, const std::string& scope, bool insist, const std::vector<std::string>& items);
  // The store's last request that had a request id, once more.
  void Again(int store);

 private:
  std::optional<RecordWrite> WriteOf(int store, const std::string& scope, const std::string& item);
  void FillCells(const std::string& op, const std::string& argument, bool exists, RecordWrite* write);
  void Count(const std::vector<RecordWrite>& writes);

  World* const world_;
  uint64_t next_value_ = 1;
  uint64_t next_request_ = 1;
  std::map<int, WriteRequest> last_request_;  // by store
};

}  // namespace trellis::simulation
