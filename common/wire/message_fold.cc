#include "common/wire/message_fold.h"

#include <algorithm>
#include <utility>

#include "trellis/sync/v1/sync.pb.h"

namespace trellis {
namespace {

namespace pb = trellis::sync::v1;

// Scopes named by a number; a store syncs a handful.
constexpr size_t kMostScopes = 64;

// shape := (place << 5 | lane << 2 | lane_end << 1 | complete) + 1
constexpr uint32_t kPlaceShift = 5;
constexpr uint32_t kLaneShift = 2;
constexpr uint32_t kLaneMask = 7;

absl::Status Senseless() {
  return absl::InvalidArgumentError("sync message refused: it refers to a message that was not sent");
}

}  // namespace

std::optional<size_t> MessageFold::Trail::PlaceOf(const std::string& scope) const {
  const auto it =
      std::find_if(scopes_.begin(), scopes_.end(), [&](const Scope& s) { return s.name == scope; });
  if (it == scopes_.end() && scopes_.size() >= kMostScopes) return std::nullopt;
  return static_cast<size_t>(it - scopes_.begin());
}

void MessageFold::Trail::Note(const pb::Frame& frame) {
  last_number_ = frame.number();
  unanswered_.push_back({frame.number(), frame.scope(), frame.lane(), frame.epoch(), frame.hi()});
  const std::optional<size_t> place = PlaceOf(frame.scope());
  if (!place.has_value() || frame.lane() >= session::kLanes) return;
  if (*place == scopes_.size()) scopes_.push_back({frame.scope()});
  scopes_[*place].epoch = frame.epoch();
  scopes_[*place].hi[frame.lane()] = frame.hi();
}

void MessageFold::Trail::FoldFrame(pb::Frame* frame) {
  const std::optional<size_t> place = PlaceOf(frame->scope());
  const bool folds = place.has_value() && frame->lane() < session::kLanes && !frame->scope().empty() &&
                     frame->number() == last_number_ + 1 && frame->epoch() != 0 && frame->items() != 0 &&
                     frame->hi() > frame->prev() && frame->head() >= frame->hi();
  const Scope before = place.has_value() && *place < scopes_.size() ? scopes_[*place] : Scope();
  Note(*frame);
  if (!folds) return;
  frame->set_shape((static_cast<uint32_t>(*place) << kPlaceShift | frame->lane() << kLaneShift |
                    static_cast<uint32_t>(frame->lane_end()) << 1 |
                    static_cast<uint32_t>(frame->complete())) +
                   1);
  if (frame->scope() == before.name) frame->clear_scope();
  if (frame->epoch() == before.epoch) frame->clear_epoch();
  frame->set_head(frame->head() - frame->hi());
  frame->set_hi(frame->hi() - frame->prev());
  frame->set_prev(frame->prev() == before.hi[frame->lane()] ? 0 : frame->prev() + 1);
  if (frame->items() == 1) frame->clear_items();
  frame->clear_number();
  frame->clear_lane();
  frame->clear_lane_end();
  frame->clear_complete();
}

absl::Status MessageFold::Trail::UnfoldFrame(pb::Frame* frame) {
  if (frame->shape() != 0) {
    const uint32_t shape = frame->shape() - 1;
    const size_t place = shape >> kPlaceShift;
    const uint32_t lane = shape >> kLaneShift & kLaneMask;
    if (lane >= session::kLanes || place > scopes_.size() || place >= kMostScopes ||
        (place == scopes_.size()) == frame->scope().empty()) {
      return Senseless();
    }
    const Scope before = place < scopes_.size() ? scopes_[place] : Scope();
    if (frame->scope().empty()) frame->set_scope(before.name);
    if (frame->epoch() == 0) frame->set_epoch(before.epoch);
    frame->set_prev(frame->prev() == 0 ? before.hi[lane] : frame->prev() - 1);
    uint64_t hi = 0;
    uint64_t head = 0;
    if (__builtin_add_overflow(frame->prev(), frame->hi(), &hi) ||
        __builtin_add_overflow(hi, frame->head(), &head)) {
      return Senseless();
    }
    frame->set_hi(hi);
    frame->set_head(head);
    if (frame->items() == 0) frame->set_items(1);
    frame->set_number(last_number_ + 1);
    frame->set_lane(lane);
    frame->set_lane_end((shape & 2) != 0);
    frame->set_complete((shape & 1) != 0);
    frame->clear_shape();
  }
  Note(*frame);
  return absl::OkStatus();
}

void MessageFold::Trail::FoldAck(pb::Ack* ack) {
  const auto of = std::find_if(unanswered_.begin(), unanswered_.end(),
                               [&](const Unanswered& u) { return u.number == ack->number(); });
  if (of == unanswered_.end()) return;
  const auto more = static_cast<uint64_t>(of - unanswered_.begin());
  const Unanswered frame = std::move(*of);
  unanswered_.erase(unanswered_.begin(), of + 1);
  if (ack->scope() != frame.scope || ack->lane() != frame.lane || ack->epoch() != frame.epoch) return;
  ack->clear_number();
  ack->clear_scope();
  ack->clear_lane();
  ack->clear_epoch();
  ack->set_more(more);
  ack->set_cursor(ack->cursor() == frame.hi ? 0 : ack->cursor() + 1);
}

absl::Status MessageFold::Trail::UnfoldAck(pb::Ack* ack) {
  if (ack->number() != 0) {
    while (!unanswered_.empty() && unanswered_.front().number <= ack->number()) unanswered_.pop_front();
    return absl::OkStatus();
  }
  if (ack->more() >= unanswered_.size()) return Senseless();
  const auto of = unanswered_.begin() + static_cast<ptrdiff_t>(ack->more());
  ack->set_number(of->number);
  ack->set_scope(of->scope);
  ack->set_lane(of->lane);
  ack->set_epoch(of->epoch);
  ack->clear_more();
  ack->set_cursor(ack->cursor() == 0 ? of->hi : ack->cursor() - 1);
  unanswered_.erase(unanswered_.begin(), of + 1);
  return absl::OkStatus();
}

template <typename Proto>
void MessageFold::FoldCase(Proto* proto) {
  if (proto->has_frame()) sent_.FoldFrame(proto->mutable_frame());
  if (proto->has_ack()) received_.FoldAck(proto->mutable_ack());
}

template <typename Proto>
absl::Status MessageFold::UnfoldCase(Proto* proto) {
  if (proto->has_frame()) return received_.UnfoldFrame(proto->mutable_frame());
  if (proto->has_ack()) return sent_.UnfoldAck(proto->mutable_ack());
  return absl::OkStatus();
}

void MessageFold::Fold(pb::SyncRequest* proto) { FoldCase(proto); }
void MessageFold::Fold(pb::SyncResponse* proto) { FoldCase(proto); }
absl::Status MessageFold::Unfold(pb::SyncRequest* proto) { return UnfoldCase(proto); }
absl::Status MessageFold::Unfold(pb::SyncResponse* proto) { return UnfoldCase(proto); }

}  // namespace trellis
