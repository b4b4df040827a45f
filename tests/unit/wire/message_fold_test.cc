#include "common/wire/message_fold.h"

#include <gtest/gtest.h>

#include "common/wire/messages_codec.h"
#include "trellis/sync/v1/sync.pb.h"

namespace trellis {
namespace {

namespace pb = trellis::sync::v1;

Frame AFrame(uint64_t number, std::string scope, uint8_t lane, uint64_t prev, uint64_t hi) {
  Frame frame;
  frame.scope = std::move(scope);
  frame.lane = lane;
  frame.epoch = 0x1234567890abcdefu;
  frame.prev = prev;
  frame.hi = hi;
  frame.lane_end = true;
  frame.items = 1;
  frame.number = number;
  frame.body = "body";
  frame.head = hi;
  frame.complete = true;
  return frame;
}

Ack AnAck(const Frame& frame) {
  Ack ack;
  ack.number = frame.number;
  ack.scope = frame.scope;
  ack.lane = frame.lane;
  ack.epoch = frame.epoch;
  ack.cursor = frame.hi;
  return ack;
}

// A stream's two ends: frames go up, acknowledgements come down.
class MessageFoldTest : public testing::Test {
 protected:
  // The size it had on the wire.
  size_t Up(const Frame& frame) {
    pb::SyncRequest proto;
    ToProto(frame, &proto);
    site_.Fold(&proto);
    const std::string bytes = proto.SerializeAsString();
    pb::SyncRequest arrived;
    EXPECT_TRUE(arrived.ParseFromString(bytes));
    EXPECT_TRUE(server_.Unfold(&arrived).ok());
    const auto message = FromProto(arrived);
    EXPECT_TRUE(message.ok());
    EXPECT_EQ(std::get<Frame>(*message), frame);
    return bytes.size();
  }
  size_t Down(const Ack& ack) {
    pb::SyncResponse proto;
    ToProto(ack, &proto);
    server_.Fold(&proto);
    const std::string bytes = proto.SerializeAsString();
    pb::SyncResponse arrived;
    EXPECT_TRUE(arrived.ParseFromString(bytes));
    EXPECT_TRUE(site_.Unfold(&arrived).ok());
    const auto message = FromProto(arrived);
    EXPECT_TRUE(message.ok());
    EXPECT_EQ(std::get<Ack>(*message), ack);
    return bytes.size();
  }

  MessageFold site_;
  MessageFold server_;
};

TEST_F(MessageFoldTest, SingleWriteInARowCostsItsBodyAndTenBytes) {
  const Frame first = AFrame(1, "3473973-F1", 3, 700, 701);
  Up(first);
  EXPECT_EQ(Down(AnAck(first)), 2u);
  const Frame next = AFrame(2, "3473973-F1", 3, 701, 703);
  EXPECT_LE(Up(next), next.body.size() + 10);
  EXPECT_EQ(Down(AnAck(next)), 2u);
}

TEST_F(MessageFoldTest, WhatDoesNotFollowIsSaid) {
  Up(AFrame(1, "F1", 3, 0, 5));
  Frame odd = AFrame(2, "shared", 0, 17, 19);
  odd.items = 12;
  odd.head = 30;
  odd.lane_end = odd.complete = false;
  Up(odd);
  Frame back = AFrame(3, "F1", 3, 0, 5);  // gone back
  back.epoch = 77;
  Up(back);
  Ack ack = AnAck(odd);
  ack.cursor = 0;
  ack.nacks = {RecordId()};
  Down(ack);  // answers the first as well
  Down(AnAck(back));
}

TEST_F(MessageFoldTest, FrameThatFitsNoFoldGoesAsItIs) {
  Frame odd = AFrame(9, "F1", 3, 0, 5);
  Up(odd);
  Ack ack = AnAck(odd);
  ack.scope = "F2";
  Down(ack);
  Up(AFrame(10, "F1", 3, 5, 6));
}

TEST_F(MessageFoldTest, MoreScopesThanNumbersStillTravel) {
  for (uint64_t i = 1; i <= 200; ++i) Up(AFrame(i, "F" + std::to_string(i % 90), 4, i, i + 1));
}

TEST_F(MessageFoldTest, ReferenceToNothingIsRefused) {
  pb::SyncResponse ack;
  ack.mutable_ack();
  EXPECT_EQ(site_.Unfold(&ack).code(), absl::StatusCode::kInvalidArgument);
  pb::SyncRequest frame;
  frame.mutable_frame()->set_shape(1);
  EXPECT_EQ(server_.Unfold(&frame).code(), absl::StatusCode::kInvalidArgument);
  frame.mutable_frame()->set_scope("F1");
  frame.mutable_frame()->set_prev(UINT64_MAX);
  frame.mutable_frame()->set_hi(UINT64_MAX);
  EXPECT_EQ(server_.Unfold(&frame).code(), absl::StatusCode::kInvalidArgument);
  frame.mutable_frame()->set_shape(UINT32_MAX);
  EXPECT_EQ(server_.Unfold(&frame).code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace trellis
