// Where each direction of a scope resumes. Pure functions: both ends
// work out the same answers from the same two openings.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/session/messages.h"
#include "common/session/step.h"

namespace trellis::session {

// DESIGN.md: a Hello carries the newest 64 lineage rows of a scope.
inline constexpr size_t kLineageRowsTold = 64;

// Where each lane of a direction resumes: from the sender's newest epoch the receiver has a cursor in, cut
// at that epoch's end in the sender's timeline. 0 where there is none.
struct ResumePoints {
  std::array<uint64_t, kLanes> lane{};
  bool known = false;  // some lane has a cursor
};
ResumePoints FindResumePoints(const ScopeOpening& sender, const std::vector<LaneCursor>& receiver_cursors);

// Nothing says where to resume although both ends hold records: digests are compared before a frame is sent.
bool ComparesFirst(const ScopeOpening& sender, const ScopeOpening& receiver);

// Why an opening cannot be taken; nullopt if it can.
std::optional<std::string> ProblemOf(const ScopeOpening& opening);

}  // namespace trellis::session
