#include "common/exchange/frame_builder.h"

#include <algorithm>
#include <utility>

namespace trellis {
namespace {

// Feed entries one frame takes at most: bounds the work of a reading when most entries are left out.
constexpr size_t kMostEntries = 4096;
// Columns and zstd shrink real records ten to thirty times (FORMAT.md); a frame is not made larger on the
// strength of a better figure than this.
constexpr double kMostShrinkage = 16;

size_t StateBytes(const Delta& delta) {
  size_t bytes = 32 + delta.kind.size() + 16 * delta.context.entries().size();
  for (const Cell& cell : delta.cells) {
    bytes += 8 + cell.key.element.size();
    for (const Sibling& sibling : cell.siblings) bytes += 40 + sibling.actor.size() + sibling.bytes.size();
  }
  return bytes;
}

size_t StateBytes(const std::vector<Delta>& items) {
  size_t bytes = 0;
  for (const Delta& delta : items) bytes += StateBytes(delta);
  return bytes;
}

}  // namespace

absl::StatusOr<session::FrameBuilt> FrameBuilder::Build(const session::BuildFrame& wish,
                                                        uint64_t dictionary) {
  FrameRequest request;
  request.scope = wish.scope;
  request.lane = static_cast<Lane>(wish.lane);
  request.after = wish.after;
  request.peer_lineage = *wish.peer_lineage;
  request.max_items = kMostEntries;
  request.max_bytes = static_cast<size_t>(static_cast<double>(wish.target_bytes) * shrinkage_);
  request.whole = wish.whole;
  request.sent = wish.sent;
  request.vouch = vouch_;
  request.until = wish.until;
  while (true) {
    absl::StatusOr<ReplicaFrame> frame = replica_->BuildFrame(request);
    if (!frame.ok()) return frame.status();
    session::FrameBuilt built{wish.scope, wish.lane, frame->epoch, frame->hi, frame->lane_end};
    built.items = static_cast<uint32_t>(frame->items.size());
    built.head = frame->head;
    built.complete = frame->complete;
    if (frame->items.empty()) return built;
    built.body = codec_->Encode(wish.scope, frame->epoch, dictionary, frame->items);
    Learn(StateBytes(frame->items), built.body.size());
    if (built.body.size() <= wish.limit_bytes) return built;
    if (frame->items.size() == 1) {
      if (wish.alone) return built;
      return session::FrameBuilt{wish.scope, wish.lane, frame->epoch, 0, false, 0, true, ""};
    }
    request.max_items = std::max<size_t>(1, frame->items.size() / 2);
  }
}

absl::StatusOr<session::RepairBuilt> FrameBuilder::BuildRepair(const session::BuildRepair& wish,
                                                               uint64_t dictionary) {
  session::RepairBuilt built;
  built.scope = wish.scope;
  std::vector<Delta> states;
  const auto budget = static_cast<size_t>(static_cast<double>(wish.target_bytes) * shrinkage_);
  size_t bytes = 0;
  for (const RecordId& id : wish.ids) {
    absl::StatusOr<std::optional<StoredRecord>> record = replica_->Get(wish.scope, id);
    if (!record.ok()) return record.status();
    ++built.taken;
    if (!record->has_value()) continue;
    states.push_back(WholeDelta(id, (*record)->state, (*record)->version));
    states.back().vouchers = std::move((*record)->vouchers);
    if (vouch_.has_value()) {
      states.back().vouchers = {VouchFor(vouch_->key, wish.scope, id, (*record)->state)};
    }
    bytes += StateBytes(states.back());
    if (bytes >= budget) break;
  }
  if (!states.empty()) built.body = codec_->Encode(wish.scope, 0, dictionary, states);
  return built;
}

void FrameBuilder::Learn(size_t state_bytes, size_t body_bytes) {
  const double measured =
      static_cast<double>(state_bytes) / static_cast<double>(std::max<size_t>(1, body_bytes));
  shrinkage_ = std::clamp((shrinkage_ + measured) / 2, 1.0, kMostShrinkage);
}

}  // namespace trellis
