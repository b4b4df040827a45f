// The body of a frame: records as typed columns, compressed (the grammar stands in README.md).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/causal/record_state.h"
#include "common/record/hash.h"

namespace trellis {

struct FrameBodyOptions {
  HashKey district_key{};
  std::string_view scope;   // derived ids are keyed by it
  uint64_t dictionary = 0;  // compression dictionary by hash, as agreed at hello; 0: none
  int zstd_level = 3;
  // Frame.epoch: this writer is not spelled out, which saves eight bytes a frame. The same on both sides.
  // 0: every writer is spelled out.
  Epoch epoch = 0;
};

// What a sender may put in one frame, so that no receiver refuses it (frame_limits.h): records, and the sum
// of their CanonicalBytes. Columns are never longer than these.
inline constexpr size_t kMostFrameRecords = 8'192;
inline constexpr size_t kMostFrameStateBytes = 1u << 20;

// Deltas in order. Whole states that are one write of one writer go as *fresh* runs of columns; everything
// else as *state* runs. Their `version` is not carried for whole states: the receiver computes it.
// REQUIRES: at most kMostFrameRecords and kMostFrameStateBytes. Thread-safe.
std::string EncodeFrameBody(const std::vector<Delta>& items, const FrameBodyOptions& options);

// The same deltas, versions included. Every limit of README.md is checked before allocation; a malformed or
// hostile body gives InvalidArgument and bounded memory, never a crash. Thread-safe.
absl::StatusOr<std::vector<Delta>> DecodeFrameBody(std::string_view body, const FrameBodyOptions& options);

// Hash of the dictionary shipped with this release.
uint64_t ShippedDictionary();

}  // namespace trellis
