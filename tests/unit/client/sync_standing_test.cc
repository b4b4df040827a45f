#include "client/agent/sync_standing.h"

#include <gtest/gtest.h>

namespace trellis {
namespace {

ExchangeStatus Crossed() {
  ExchangeStatus status;
  status.welcomed = true;
  status.scopes = {{.scope = "shared",
                    .head = 5,
                    .pushed = 5,
                    .pulled = 9,
                    .peer_head = 9,
                    .verified = true,
                    .verified_at_ms = 100},
                   {.scope = "S1!up", .head = 3, .pushed = 3}};
  return status;
}

TEST(SyncStandingTest, Crossed_MeansAcknowledgedBothWays) {
  EXPECT_TRUE(AllCrossed(Crossed()));
  for (const auto& spoil : std::initializer_list<void (*)(ExchangeStatus*)>{
           [](ExchangeStatus* s) { s->welcomed = false; }, [](ExchangeStatus* s) { s->closed = true; },
           [](ExchangeStatus* s) { s->scopes[0].head = 6; },
           [](ExchangeStatus* s) { s->scopes[0].peer_head = 10; },
           [](ExchangeStatus* s) { s->scopes[0].repairing = true; },
           [](ExchangeStatus* s) { s->scopes[1].head = 4; }}) {
    ExchangeStatus status = Crossed();
    spoil(&status);
    EXPECT_FALSE(AllCrossed(status));
  }
}

TEST(SyncStandingTest, Verified_MustBeAsRecentAsAskedFor) {
  EXPECT_TRUE(AllVerifiedSince(Crossed(), 100));
  EXPECT_FALSE(AllVerifiedSince(Crossed(), 101));
  ExchangeStatus changed = Crossed();
  changed.scopes[0].verified = false;
  EXPECT_FALSE(AllVerifiedSince(changed, 0));
}

TEST(SyncStandingTest, Sentence_SaysWhenTheServerWasLastHeard) {
  SyncStanding standing;
  EXPECT_NE(SentenceOf(standing, 0).find("not been reached yet"), std::string::npos);
  standing.last_contact_ms = 1;
  EXPECT_NE(SentenceOf(standing, 3 * 24 * 3'600'000LL + 1).find("3 days ago"), std::string::npos);
}

}  // namespace
}  // namespace trellis
