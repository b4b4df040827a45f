// Two ends of different releases: what they agree on, and what people are told where they cannot.
#include "common/session/protocol_window.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/session/fake_store.h"

namespace trellis {
namespace {

constexpr uint32_t kNow = kSyncProtocolVersion;

SessionConfig Speaking(uint32_t oldest, uint32_t newest) {
  SessionConfig config;
  config.protocols = {oldest, newest};
  return config;
}

// The only Welcome said; nullopt if there was none.
std::optional<Welcome> WelcomeSaid(const Ends& ends) {
  for (const SyncMessage& message : ends.said) {
    if (const auto* welcome = std::get_if<Welcome>(&message)) return *welcome;
  }
  return std::nullopt;
}

void ExpectTheyMeetAt(uint32_t version, const SessionConfig& site_speaks,
                      const SessionConfig& server_speaks) {
  FakeStore site(1), server(2);
  for (uint8_t i = 0; i < 20; ++i) site.Write(i, i);
  server.Write(40, 1);
  Ends ends(&site, &server, site_speaks, server_speaks);
  EXPECT_EQ(ends.site.protocol(), 0u);
  ends.Settle();
  EXPECT_EQ(ends.site.protocol(), version);
  EXPECT_EQ(ends.server.protocol(), version);
  ASSERT_TRUE(WelcomeSaid(ends).has_value());
  EXPECT_EQ(WelcomeSaid(ends)->protocol, version);
  EXPECT_EQ(site.Digest(), server.Digest());
  EXPECT_TRUE(ends.site.Standing()[0].verified);
}

TEST(ProtocolWindow, ReleasesBesideEachOther_MeetAtTheNewestBothSpeak) {
  ExpectTheyMeetAt(kNow, Speaking(kNow - 1, kNow), Speaking(kNow, kNow + 1));
  ExpectTheyMeetAt(kNow, Speaking(kNow, kNow + 1), Speaking(kNow - 1, kNow));
  ExpectTheyMeetAt(kNow + 1, Speaking(kNow, kNow + 1), Speaking(kNow, kNow + 1));
  ExpectTheyMeetAt(kNow, Speaking(kNow, kNow), Speaking(kNow - 1, kNow + 1));
}

void ExpectTurnedAway(const SessionConfig& site_speaks, const SessionConfig& server_speaks,
                      const std::string& whom) {
  FakeStore site(1), server(2);
  site.Write(1, 1);
  Ends ends(&site, &server, site_speaks, server_speaks);
  ends.Settle();
  ASSERT_TRUE(site.closed.has_value());
  ASSERT_TRUE(server.closed.has_value());
  EXPECT_TRUE(site.closed->fatal);
  EXPECT_THAT(server.closed->reason, testing::HasSubstr("upgrade the " + whom));
  EXPECT_EQ(site.closed->reason, server.closed->reason) << "people at both ends read the same";
  EXPECT_TRUE(server.records.empty());
  EXPECT_FALSE(WelcomeSaid(ends).has_value());
}

TEST(ProtocolWindow, ReleasesTooFarApart_TellBothEndsWhoMustUpgrade) {
  ExpectTurnedAway(Speaking(kNow - 1, kNow), Speaking(kNow + 1, kNow + 2), "site's trellisd");
  ExpectTurnedAway(Speaking(kNow + 1, kNow + 2), Speaking(kNow - 1, kNow), "district's trellis-server");
}

TEST(ProtocolWindow, ServerThatChoosesWhatTheSiteDoesNotSpeak_IsLeft) {
  FakeStore site(1), server(2);
  Ends ends(&site, &server);
  ends.StepSite(session::Started{});
  Welcome welcome;
  welcome.protocol = kNow + 1;
  ends.StepSite(session::Received{welcome});
  ASSERT_TRUE(site.closed.has_value());
  EXPECT_THAT(site.closed->reason, testing::HasSubstr("upgrade the site's trellisd"));
}

TEST(ProtocolWindow, ThisRelease_SpeaksAtMostTwoVersions) {
  EXPECT_LE(kOldestSyncProtocolVersion, kSyncProtocolVersion);
  EXPECT_LE(kSyncProtocolVersion - kOldestSyncProtocolVersion, 1u) << "the last two are served, no more";
}

}  // namespace
}  // namespace trellis
