#include "client/agent/resend_meter.h"

#include <algorithm>
#include <variant>

namespace trellis {

void ResendMeter::BeginConnection() {
  welcomed_ = false;
  for (auto& [key, lane] : lanes_) {
    lane.sent_before = lane.sent;
    lane.acknowledged_before = lane.acknowledged;
  }
}

void ResendMeter::OnSent(const SyncMessage& message) {
  const auto* frame = std::get_if<Frame>(&message);
  if (frame == nullptr || frame->hi <= frame->prev) return;
  Lane& lane = lanes_[{frame->scope, frame->lane, frame->epoch}];
  lane.sent = std::max(lane.sent, frame->hi);
  // Before the welcome we went by what we believed the server to hold: below that, too, it is our doing.
  const uint64_t from = welcomed_ ? std::max(frame->prev, lane.acknowledged_before) : frame->prev;
  const uint64_t to = std::min(frame->hi, lane.sent_before);
  if (to <= from) return;
  resent_bytes_ += frame->body.size() * (to - from) / (frame->hi - frame->prev);
}

void ResendMeter::OnReceived(const SyncMessage& message) {
  if (std::holds_alternative<Welcome>(message)) welcomed_ = true;
  const auto* ack = std::get_if<Ack>(&message);
  if (ack == nullptr) return;
  Lane& lane = lanes_[{ack->scope, ack->lane, ack->epoch}];
  lane.acknowledged = std::max(lane.acknowledged, ack->cursor);
}

}  // namespace trellis
