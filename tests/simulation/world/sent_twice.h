// Counts the bytes that go out again after a cut, beside what the cuts allow for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "common/causal/record_state.h"

namespace trellis::simulation {

class SentTwice {
 public:
  // `direction` names sender and receiver.
  void OnFrame(const std::string& direction, const std::string& scope, const std::vector<Delta>& items,
               size_t bytes);
  // A link was cut while the sender's window was so large; or a frame was nacked or put off.
  void Allow(size_t bytes) { allowed_ += bytes; }

  uint64_t again() const { return again_; }
  uint64_t allowed() const { return allowed_; }
  // What is wrong; nullopt if nothing is.
  std::optional<std::string> Check() const;

 private:
  std::set<std::tuple<std::string, std::string, RecordId, std::string>> sent_;
  uint64_t again_ = 0;
  uint64_t allowed_ = 0;
};

}  // namespace trellis::simulation
