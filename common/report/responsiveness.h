// Waiting times of which some are not over yet.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace trellis {

struct Wait {
  double length = 0;
  bool over = false;  // false: still waiting after `length`
};

// The least time t at which the product-limit estimate of still waiting, Π(1 − dᵢ/nᵢ) over the times up to t,
// is at most a half (Kaplan and Meier 1958). nullopt while more than half may still wait.
std::optional<double> MedianWait(std::vector<Wait> waits);

}  // namespace trellis
