// What people do in a history: random writes, small enough a world that they meet.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/time/random.h"
#include "tests/simulation/world/world.h"

namespace trellis::simulation {

struct WorkloadConfig {
  uint64_t records_a_scope = 5;
  uint32_t fields = 3;
  bool poison = false;  // sites write values now and then that the server refuses
};

// The wire bytes of a text value of a field.
std::string TextValue(uint32_t field, const std::string& text);
RecordId IdOfNumber(const std::string& scope, uint64_t number);
bool IsPoisoned(const Delta& delta);

class Workload {
 public:
  Workload(World* world, SeededRandom* random, WorkloadConfig config)
      : world_(world), random_(random), config_(config) {}

  // One write, or a batch, at the store. `plain`: of values only, so that its outcome can be told later.
  void WriteSomething(int store, bool plain);

 private:
  std::string ChooseScope(int store);
  RecordWrite ChooseWrite(int store, const std::string& scope, const RecordId& id, bool plain);
  RecordWrite SetFields(int store, const std::string& scope, const RecordId& id, bool exists);
  void Count(const std::vector<RecordWrite>& writes);

  World* world_;
  SeededRandom* random_;
  WorkloadConfig config_;
  uint64_t next_value_ = 1;
};

}  // namespace trellis::simulation
