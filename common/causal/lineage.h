// The openings a scope's feed has lived through: which epoch owns which stretch of sequence numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "common/causal/context.h"

namespace trellis {

// One opening in which the scope was committed to or met a peer.
struct LineageRow {
  Epoch epoch = 0;
  uint64_t first_seq = 0;  // the first feed seq this epoch may allocate
  friend bool operator==(const LineageRow&, const LineageRow&) = default;
};

// Rows oldest first; first_seq never decreases. Value type.
class Lineage {
 public:
  // Without an end: the present epoch while it lives.
  static constexpr uint64_t kOpenEnd = UINT64_MAX;

  Lineage() = default;
  explicit Lineage(std::vector<LineageRow> rows) : rows_(std::move(rows)) {}

  const std::vector<LineageRow>& rows() const { return rows_; }
  bool empty() const { return rows_.empty(); }
  // REQUIRES: !empty().
  Epoch present() const { return rows_.back().epoch; }
  void Append(LineageRow row) { rows_.push_back(row); }

  // The last seq that belongs to `epoch` in this timeline: the next row's first_seq - 1, kOpenEnd for the
  // newest row; nullopt if the epoch is not in it.
  std::optional<uint64_t> EndOf(Epoch epoch) const;
  // Whether what stood at (epoch, seq) of some timeline is in the past of this one: the skip rule.
  bool Contains(Epoch epoch, uint64_t seq) const;

 private:
  std::vector<LineageRow> rows_;
};

}  // namespace trellis
