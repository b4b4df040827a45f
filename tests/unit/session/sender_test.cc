// What a sender sends again after something of a lane was not taken.
#include "common/session/sender.h"

#include <gtest/gtest.h>

namespace trellis::session {
namespace {

constexpr char kScope[] = "F1";
constexpr uint8_t kLane = 3;

class SenderTest : public testing::Test {
 protected:
  SenderTest() : sender_(FlowLimits()) {
    ScopeOpening mine;
    mine.scope = kScope;
    mine.lineage = {{7, 1}};
    mine.head = 30;
    ScopeOpening peer = mine;
    sender_.Open(mine);
    sender_.Resume(kScope, peer, ResumePoints());
    for (uint8_t lane = 0; lane < kLane; ++lane) BuildEmpty(lane);
  }

  void BuildEmpty(uint8_t lane) {
    ASSERT_EQ(sender_.Next(0)->lane, lane);
    FrameBuilt built{kScope, lane, 7, 30, true};
    ASSERT_FALSE((*sender_.OnBuilt(built)).has_value());
  }
  // The next frame of the lane, up to `hi`; its number.
  Frame Build(uint64_t hi) {
    const std::optional<BuildFrame> build = sender_.Next(0);
    EXPECT_EQ(build->lane, kLane);
    FrameBuilt built{kScope, kLane, 7, hi, hi == 30, 1};
    built.body = std::string(100, 'x');
    return **sender_.OnBuilt(built);
  }
  void AckWith(const Frame& frame, uint64_t cursor, std::vector<RecordId> nacks = {}) {
    Ack ack;
    ack.number = frame.number;
    ack.cursor = cursor;
    ack.nacks = std::move(nacks);
    ASSERT_TRUE(sender_.OnAck(ack, 0).ok());
  }

  Sender sender_;
};

TEST_F(SenderTest, NackedFrame_IsAllThatIsSentAgain) {
  const Frame first = Build(10);
  const Frame second = Build(20);
  const Frame third = Build(30);
  AckWith(first, 0, {RecordId()});
  AckWith(second, 0);  // taken, though the cursor cannot move over the gap
  AckWith(third, 0);
  const std::optional<BuildFrame> again = sender_.Next(0);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->after, 0u);
  EXPECT_EQ(again->until, 10u);
  EXPECT_EQ(again->whole.size(), 1u);
  const Frame repeated = Build(10);
  EXPECT_EQ(repeated.prev, 0u);
  BuildEmpty(4);
  EXPECT_FALSE(sender_.Next(0).has_value()) << "what was taken is not sent again";
  AckWith(repeated, 10);
  EXPECT_EQ(sender_.Confirmed(kScope), 30u);
  EXPECT_TRUE(sender_.AtHead(kScope));
  EXPECT_EQ(sender_.asked_again_bytes(), 100u);
}

TEST_F(SenderTest, SecondGap_KeepsWhatLiesBehindBoth) {
  const Frame first = Build(10);
  const Frame second = Build(20);
  const Frame third = Build(30);
  AckWith(first, 0, {RecordId()});
  AckWith(second, 0, {RecordId()});
  AckWith(third, 0);
  const Frame a = Build(5);
  const Frame b = Build(20);
  AckWith(a, 0, {RecordId()});
  AckWith(b, 0);
  const std::optional<BuildFrame> again = sender_.Next(0);
  EXPECT_EQ(again->until, 5u);
  AckWith(Build(5), 5);
  BuildEmpty(4);
  EXPECT_TRUE(sender_.AtHead(kScope));
  EXPECT_EQ(sender_.asked_again_bytes(), 300u);
}

TEST_F(SenderTest, NewEntries_GoOnFromBehindWhatWasTaken) {
  const Frame first = Build(10);
  const Frame second = Build(30);
  AckWith(first, 0, {RecordId()});
  AckWith(second, 0);
  AckWith(Build(10), 10);
  sender_.SetHead(kScope, 40);
  for (uint8_t lane = 0; lane < kLane; ++lane) {
    FrameBuilt built{kScope, lane, 7, 40, true};
    ASSERT_EQ(sender_.Next(0)->lane, lane);
    ASSERT_TRUE(sender_.OnBuilt(built).ok());
  }
  const std::optional<BuildFrame> next = sender_.Next(0);
  EXPECT_EQ(next->after, 30u);
  EXPECT_EQ(Build(40).prev, 10u) << "the receiver's cursor moves over what it took";
}

}  // namespace
}  // namespace trellis::session
