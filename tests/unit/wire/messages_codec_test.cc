#include "common/wire/messages_codec.h"

#include <gtest/gtest.h>

#include "common/wire/message_limits.h"
#include "trellis/sync/v1/sync.pb.h"

namespace trellis {
namespace {

namespace pb = trellis::sync::v1;

RecordId Id(uint8_t byte) {
  RecordId id;
  id.bytes.fill(byte);
  return id;
}

ScopeOpening Opening() {
  ScopeOpening opening;
  opening.scope = "S0001";
  opening.lineage = {{UINT64_MAX, 1}, {7, 400}};
  opening.head = 512;
  opening.cursors = {{3, 0, 17}, {3, 4, UINT64_MAX}};
  opening.guessed = {{7, 2, 500}};
  opening.reconcile = true;
  return opening;
}

Hello AHello() {
  Hello hello;
  hello.software = "trellisd 0.1.0";
  hello.store = "Zoë's laptop";
  hello.boot = UINT64_MAX;
  hello.wall_ms = -1;
  hello.credit_bytes = 131'072;
  hello.dictionaries = {1, UINT64_MAX};
  hello.scopes = {Opening(), {}};
  return hello;
}

Welcome AWelcome() {
  Welcome welcome;
  welcome.software = "trellis-server 0.1.0";
  welcome.store = "district";
  welcome.boot = 9;
  welcome.wall_ms = 1'790'000'000'000;
  welcome.credit_bytes = 65'536;
  welcome.dictionary = 5;
  welcome.durability_horizon_ms = 1'789'000'000'000;
  welcome.retry_after_ms = 250;
  welcome.notices = {"The server will be restarted at six."};
  welcome.scopes = {Opening()};
  return welcome;
}

Frame AFrame() {
  Frame frame;
  frame.scope = "S0001";
  frame.lane = 4;
  frame.epoch = UINT64_MAX;
  frame.prev = 3;
  frame.hi = 90;
  frame.lane_end = true;
  frame.items = 12;
  frame.number = 2;
  frame.body = std::string("\0\xff body", 7);
  return frame;
}

std::vector<SyncMessage> BothWays() {
  Ack ack{2, "S0001", 3, 4, 90, {Id(1), Id(2)}, {{Id(3), "too many values"}}, 1'789'000'000'000, 1'000};
  AtHead at_head;
  at_head.scope = "shared";
  at_head.epoch = 6;
  at_head.seq = 10;
  at_head.your_cursor = 20;
  at_head.records = 30;
  at_head.digest = {1, UINT64_MAX};
  at_head.set_aside = {Id(9)};
  return {AFrame(),
          ack,
          at_head,
          Narrow{"S0001", {{0, 3, {1, 2}}, {255, 1, {3, 4}}}},
          Versions{"S0001", 255, {{Id(4), {5, 6}}}, true},
          Repair{"S0001", "body", 5},
          RepairAck{5, "S0001"},
          Bye{"The disk is full.", 60'000, true}};
}

void ExpectGivenBack(const SyncMessage& message, Direction direction) {
  const auto decoded = DecodeMessage(EncodeMessage(message, direction), direction);
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_TRUE(*decoded == message) << "case " << message.index();
}

TEST(MessagesCodec, EveryMessage_IsGivenBack) {
  ExpectGivenBack(AHello(), Direction::kUp);
  ExpectGivenBack(AWelcome(), Direction::kDown);
  for (const SyncMessage& message : BothWays()) {
    ExpectGivenBack(message, Direction::kUp);
    ExpectGivenBack(message, Direction::kDown);
  }
}

TEST(MessagesCodec, DefaultMessages_AreGivenBack) {
  ExpectGivenBack(Hello{}, Direction::kUp);
  ExpectGivenBack(Frame{}, Direction::kUp);
  ExpectGivenBack(Bye{}, Direction::kDown);
}

void ExpectRefused(const absl::StatusOr<SyncMessage>& decoded, std::string_view because) {
  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(decoded.status().ToString().find(std::string(because)), std::string::npos) << decoded.status();
}

TEST(MessagesCodec, NoCase_IsRefused) {
  ExpectRefused(DecodeMessage("", Direction::kUp), "no kind");
  ExpectRefused(DecodeMessage(EncodeMessage(AWelcome(), Direction::kDown), Direction::kUp), "no kind");
  ExpectRefused(DecodeMessage(EncodeMessage(AHello(), Direction::kUp), Direction::kDown), "no kind");
}

TEST(MessagesCodec, BytesThatAreNoProto_AreRefused) {
  ExpectRefused(DecodeMessage("\xff\xff", Direction::kUp), "not one this version reads");
  ExpectRefused(DecodeMessage(std::string(kMaxSyncMessageBytes + 1, 'x'), Direction::kUp), "not one");
}

TEST(MessagesCodec, UnknownFields_ArePassedOver) {
  std::string bytes = EncodeMessage(Bye{"Good night."}, Direction::kUp);
  bytes += "\xa2\x06\x03new";  // field 100
  const auto decoded = DecodeMessage(bytes, Direction::kUp);
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(std::get<Bye>(*decoded).reason, "Good night.");
}

TEST(MessagesCodec, IdOfAnotherLength_IsRefused) {
  pb::SyncRequest proto;
  proto.mutable_ack()->add_nacks("short");
  ExpectRefused(FromProto(proto), "record id");
}

TEST(MessagesCodec, DigestOfAnotherLength_IsRefused) {
  pb::SyncRequest proto;
  proto.mutable_at_head()->set_digest("short");
  ExpectRefused(FromProto(proto), "hash");
}

TEST(MessagesCodec, LaneThatDoesNotExist_IsRefused) {
  pb::SyncRequest proto;
  proto.mutable_frame()->set_lane(256);
  ExpectRefused(FromProto(proto), "lane 256");
}

TEST(MessagesCodec, TooMuchOfAnything_IsRefused) {
  Hello hello;
  hello.scopes.resize(kMaxScopes + 1);
  ExpectRefused(DecodeMessage(EncodeMessage(hello, Direction::kUp), Direction::kUp), "scopes");
  hello = {};
  hello.scopes.push_back({"S0001", std::vector<LineageRow>(kMaxLineageRows + 1)});
  ExpectRefused(DecodeMessage(EncodeMessage(hello, Direction::kUp), Direction::kUp), "lineage");
  hello.scopes = {{std::string(kMaxScopeBytes + 1, 'S')}};
  ExpectRefused(DecodeMessage(EncodeMessage(hello, Direction::kUp), Direction::kUp), "scope");
  Frame frame;
  frame.items = kMaxFrameRecords + 1;
  ExpectRefused(DecodeMessage(EncodeMessage(frame, Direction::kUp), Direction::kUp), "records");
  frame = {};
  frame.body.resize(kMaxBodyBytes + 1);
  ExpectRefused(DecodeMessage(EncodeMessage(frame, Direction::kUp), Direction::kUp), "body");
}

TEST(MessagesCodec, TruncatedAtEveryByte_IsRefused) {
  const std::string bytes = EncodeMessage(AHello(), Direction::kUp);
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodeMessage(bytes.substr(0, size), Direction::kUp).ok()) << size;
  }
}

}  // namespace
}  // namespace trellis
