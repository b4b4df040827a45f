#include "common/rpc/authenticator.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace trellis {
namespace {

class TokenAuthenticatorTest : public ::testing::Test {
 protected:
  absl::StatusOr<Principal> Check(const std::string& authorization,
                                  const std::string& peer = "ipv4:10.0.0.1:5") {
    return authenticator_.Check(authorization, peer);
  }

  ManualClock clock_{1'000'000};
  TokenAuthenticator authenticator_{[](const TokenHash& hash) -> std::optional<Principal> {
                                      if (hash != HashToken("good")) return std::nullopt;
                                      return Principal{.account = "token/1"};
                                    },
                                    &clock_};
};

TEST_F(TokenAuthenticatorTest, GoodToken_NamesItsPrincipal) {
  const auto principal = Check("Bearer good");
  ASSERT_TRUE(principal.ok());
  EXPECT_EQ(principal->account, "token/1");
}

TEST_F(TokenAuthenticatorTest, WhateverIsWrong_TheWordsAreTheSame) {
  const absl::Status wrong = Check("Bearer bad").status();
  EXPECT_TRUE(absl::IsUnauthenticated(wrong));
  for (const char* other : {"", "good", "Basic good", "Bearer ", "Bearer good "}) {
    EXPECT_EQ(Check(other).status(), wrong) << other;
  }
  EXPECT_EQ(Check("Bearer " + std::string(100'000, 'x')).status(), wrong);
}

TEST_F(TokenAuthenticatorTest, ManyWrongTokens_AreThrottledByAddress) {
  for (int i = 0; i < TokenAuthenticator::kFreeFailures; ++i) {
    EXPECT_TRUE(absl::IsUnauthenticated(Check("Bearer bad", fmt::format("ipv4:10.0.0.1:{}", i)).status()));
  }
  EXPECT_TRUE(absl::IsResourceExhausted(Check("Bearer bad").status()));
  EXPECT_TRUE(Check("Bearer good").ok());
  EXPECT_TRUE(absl::IsUnauthenticated(Check("Bearer bad", "ipv4:10.0.0.2:5").status()));
  clock_.Advance(TokenAuthenticator::kWindowMs);
  EXPECT_TRUE(absl::IsUnauthenticated(Check("Bearer bad").status()));
}

}  // namespace
}  // namespace trellis
