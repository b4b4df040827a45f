// Made-up deltas of every sort, from a seed.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "common/causal/record_state.h"
#include "common/record/message_cells.h"
#include "common/wire/frame_body.h"

namespace trellis {

class RandomDeltas {
 public:
  explicit RandomDeltas(uint64_t seed) : random_(seed) {}

  // Fresh records, states and deltas mixed; versions as the sender has them.
  std::vector<Delta> Make(size_t count, const FrameBodyOptions& options);
  Delta Fresh(const FrameBodyOptions& options);
  Delta State(const FrameBodyOptions& options);

 private:
  uint64_t Below(uint64_t bound) { return random_() % bound; }
  bool OneIn(uint64_t n) { return Below(n) == 0; }
  std::string Bytes(size_t most);
  std::string Text(size_t most);
  uint64_t Number();
  Stamp AnyStamp();
  Sibling AnySibling();
  // A message of the wire form, nested up to `depth`; now and then with what only escapes can carry.
  std::string Message(int depth);
  void AppendField(int depth, std::string* out);

  std::mt19937_64 random_;
  uint64_t n_ = 1;
};

// Whole, one write: the cells of this message.
Delta FreshDelta(const FrameBodyOptions& options, std::string_view kind, Dot dot, Stamp raw,
                 std::string_view message, const std::vector<SplitRule>& rules = {});
Hash128 VersionOf(const Delta& delta, const FrameBodyOptions& options);

}  // namespace trellis
