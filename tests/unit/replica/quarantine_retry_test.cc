#include "common/replica/quarantine_retry.h"

#include <gtest/gtest.h>

#include "tests/unit/replica/replica_fixture.h"

namespace trellis {
namespace {

// What came from a site and is refused until `welcome` is set, as by a newer program.
class QuarantineRetryTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(a_.Create(IdOf(1), 1, "held").ok());
    FrameRequest request;
    request.scope = kScope;
    request.max_items = 10;
    const auto frame = a_->BuildFrame(request);
    ASSERT_TRUE(frame.ok());
    const auto applied = b_->ApplyFrame(*frame, Options());
    ASSERT_TRUE(applied.ok());
    ASSERT_EQ(applied->set_aside.size(), 1u);
  }

  ApplyOptions Options() {
    ApplyOptions options;
    options.peer = "a";
    options.admit = [this](std::string_view, const Delta&) {
      ++asked_;
      return welcome_ ? absl::OkStatus() : absl::FailedPreconditionError("not known yet");
    };
    return options;
  }
  OptionsOfPeer OfPeer() {
    return [this](const std::string&) { return Options(); };
  }

  TestStore a_{1, "a"};
  TestStore b_{2, "b"};
  bool welcome_ = false;
  int asked_ = 0;
};

TEST_F(QuarantineRetryTest, AtTheStart_EverythingIsTried) {
  welcome_ = true;
  QuarantineRetry retry(&*b_.operator->(), &b_.clock(), OfPeer());
  const auto outcome = retry.Tick();
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->tried, 1u);
  EXPECT_EQ(outcome->taken, 1u);
  EXPECT_TRUE(b_->SetAsides(kScope)->empty());
}

TEST_F(QuarantineRetryTest, WhenSomethingCame_ItIsTriedAgainButNotAtOnce) {
  QuarantineRetry retry(&*b_.operator->(), &b_.clock(), OfPeer());
  ASSERT_TRUE(retry.Tick().has_value());
  welcome_ = true;
  ASSERT_TRUE(b_.Create(IdOf(2), 1, "what it waited for").ok());
  EXPECT_FALSE(retry.Tick().has_value()) << "just tried";
  b_.clock().Advance(2 * QuarantineRetry::kLeastMs);
  const auto outcome = retry.Tick();
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->taken, 1u);
}

TEST_F(QuarantineRetryTest, WhatIsNeverTaken_IsTriedEverMoreRarely) {
  QuarantineRetry retry(&*b_.operator->(), &b_.clock(), OfPeer());
  asked_ = 0;
  for (int minute = 0; minute < 24 * 60; ++minute) {
    ASSERT_TRUE(b_.Create(IdOf(2), 1, "v").ok() || b_.Update(IdOf(2), 1, std::to_string(minute)).ok());
    retry.Tick();
    b_.clock().Advance(60'000);
  }
  EXPECT_LT(asked_, 40);
  EXPECT_GT(asked_, 20);
}

TEST_F(QuarantineRetryTest, WhenNothingCame_NothingIsTried) {
  QuarantineRetry retry(&*b_.operator->(), &b_.clock(), OfPeer());
  ASSERT_TRUE(retry.Tick().has_value());
  b_.clock().Advance(10 * QuarantineRetry::kMostMs);
  EXPECT_FALSE(retry.Tick().has_value());
}

}  // namespace
}  // namespace trellis
