#include "common/session/session.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/session/fake_store.h"

namespace trellis {
namespace {

using session::Received;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Session, TwoStoresExchangeWhatTheyHoldAndVerify) {
  FakeStore site(1), server(2);
  for (uint8_t i = 0; i < 40; ++i) site.Write(i, i);
  for (uint8_t i = 30; i < 60; ++i) server.Write(i, 100 + i);
  Ends ends(&site, &server);
  ends.Settle();
  EXPECT_EQ(site.records.size(), 60u);
  EXPECT_EQ(site.Digest(), server.Digest());
  EXPECT_TRUE(ends.site.Standing()[0].verified);
  EXPECT_TRUE(ends.server.Standing()[0].verified);
  EXPECT_EQ(ends.site.Standing()[0].pushed, site.seq());
  EXPECT_EQ(ends.site.Standing()[0].pulled, server.seq());
}

TEST(Session, LiveWriteGoesOverAndIsVerifiedAgain) {
  FakeStore site(1), server(2);
  site.Write(1, 1);
  Ends ends(&site, &server);
  ends.Settle();
  server.Write(1, 2);
  ends.StepServer(session::Committed{"F1"});
  ends.Settle();
  EXPECT_EQ(site.records.at(IdOf(1)).values, (std::set<int>{1, 2}));
  EXPECT_EQ(ends.site.Standing()[0].pulled, server.seq());
  EXPECT_EQ(ends.server.Standing()[0].pushed, server.seq());
  ends.Tick(1000);
  ends.Settle();
  EXPECT_TRUE(ends.site.Standing()[0].verified);
  EXPECT_TRUE(ends.server.Standing()[0].verified);
  EXPECT_THAT(ends.to_server, IsEmpty());
}

TEST(Session, SingleWritesInARowAreAnsweredTogetherAndComparedWhenQuiet) {
  FakeStore site(1), server(2);
  Ends ends(&site, &server);
  ends.Settle();
  ends.said.clear();
  for (uint8_t i = 0; i < 20; ++i) {
    site.Write(i, i);
    ends.StepSite(session::Committed{"F1"});
    ends.Settle();
    EXPECT_EQ(server.records.size(), i + 1u);
    EXPECT_EQ(ends.server.Standing()[0].pulled, site.seq());
  }
  EXPECT_EQ(CountSaid<Ack>(ends), 1);
  EXPECT_EQ(CountSaid<AtHead>(ends), 0);
  ends.Tick(500);
  ends.Settle();
  EXPECT_EQ(CountSaid<Ack>(ends), 2);
  EXPECT_EQ(CountSaid<AtHead>(ends), 0);
  EXPECT_EQ(ends.site.Standing()[0].pushed, site.seq());
  ends.Tick(1600);
  ends.Settle();
  EXPECT_LE(CountSaid<AtHead>(ends), 3);
  EXPECT_TRUE(ends.site.Standing()[0].verified);
  EXPECT_TRUE(ends.server.Standing()[0].verified);
}

TEST(Session, WritesNowAndThenAreNotEachCompared) {
  FakeStore site(1), server(2);
  Ends ends(&site, &server);
  ends.Settle();
  ends.said.clear();
  for (int64_t second = 0; second < 300; ++second) {
    if (second % 5 == 0) {
      site.Write(static_cast<uint8_t>(second / 5), 1);
      ends.StepSite(session::Committed{"F1"});
    }
    ends.Tick(second * 1000);
    ends.Settle();
  }
  EXPECT_EQ(server.records.size(), 60u);
  EXPECT_LE(CountSaid<AtHead>(ends), 60);
  for (int64_t second = 300; second < 340; ++second) {
    ends.Tick(second * 1000);
    ends.Settle();
  }
  EXPECT_TRUE(ends.site.Standing()[0].verified);
  EXPECT_TRUE(ends.server.Standing()[0].verified);
}

TEST(Session, AckThatMustNotWaitAnswersThoseHeld) {
  FakeStore site(1), server(2);
  Ends ends(&site, &server);
  ends.Settle();
  server.refuses = {IdOf(9)};
  for (uint8_t i = 0; i < 10; ++i) {
    site.Write(i, i);
    ends.StepSite(session::Committed{"F1"});
    ends.Settle();
  }
  EXPECT_EQ(CountSaid<Ack>(ends), 2);
  EXPECT_EQ(ends.site.Standing()[0].pushed, site.seq());
  EXPECT_EQ(ends.site.flow().unacknowledged(), 0u);
}

TEST(Session, AckOfAFrameNotSentEndsIt) {
  FakeStore site(1), server(2);
  Ends ends(&site, &server);
  ends.Settle();
  Ack ack;
  ack.number = 7;
  ack.scope = "F1";
  ends.StepSite(Received{ack});
  EXPECT_TRUE(ends.site.closed());
}

TEST(Session, SecondConnectionSendsNothingAgain) {
  FakeStore site(1), server(2);
  for (uint8_t i = 0; i < 40; ++i) site.Write(i, i);
  Ends(&site, &server).Settle();
  Ends again(&site, &server);
  again.Settle();
  EXPECT_EQ(CountSaid<Frame>(again), 0);
  EXPECT_TRUE(again.site.Standing()[0].verified);
}

TEST(Session, ReopenedStoreResumesByItsLineage) {
  FakeStore site(1), server(2);
  for (uint8_t i = 0; i < 40; ++i) site.Write(i, i);
  Ends(&site, &server).Settle();
  site.Reopen(3);
  server.Reopen(4);
  site.Write(50, 1);
  Ends again(&site, &server);
  again.Settle();
  EXPECT_EQ(CountSaid<Frame>(again), 1);
  EXPECT_TRUE(again.server.Standing()[0].verified);
}

TEST(Session, RewoundServerIsRefilled) {
  FakeStore site(1), server(2);
  for (uint8_t i = 0; i < 20; ++i) site.Write(i, i);
  Ends(&site, &server).Settle();
  FakeStore image = server;
  for (uint8_t i = 0; i < 20; ++i) site.Write(i, 100);
  server.Write(70, 7);
  Ends(&site, &server).Settle();
  server = image;
  server.Reopen(5);
  server.Write(71, 8);
  Ends again(&site, &server);
  again.Settle();
  EXPECT_EQ(site.Digest(), server.Digest());
  EXPECT_TRUE(server.records.contains(IdOf(70)));
  EXPECT_TRUE(site.records.contains(IdOf(71)));
}

TEST(Session, NackedRecordIsSentWholeAndNothingIsLost) {
  FakeStore site(1), server(2);
  for (uint8_t i = 0; i < 200; ++i) site.Write(i, i);
  server.nack_once = {IdOf(3), IdOf(150)};
  Ends ends(&site, &server);
  ends.Settle();
  EXPECT_EQ(site.Digest(), server.Digest());
  EXPECT_TRUE(ends.site.Standing()[0].verified);
}

TEST(Session, EqualStoresThatForgotTheirCursorsCompareInsteadOfSending) {
  FakeStore site(1), server(2);
  for (uint8_t i = 0; i < 40; ++i) site.Write(i, i);
  server.Write(60, 6);
  Ends(&site, &server).Settle();
  site.cursors.clear();
  server.cursors.clear();
  Ends again(&site, &server);
  again.Settle();
  EXPECT_EQ(CountSaid<Frame>(again), 0);
  EXPECT_TRUE(again.site.Standing()[0].verified);
  EXPECT_TRUE(again.server.Standing()[0].verified);
}

TEST(Session, UnequalStoresThatForgotTheirCursorsSendFromTheStart) {
  FakeStore site(1), server(2);
  for (uint8_t i = 0; i < 40; ++i) site.Write(i, i);
  Ends(&site, &server).Settle();
  site.Write(41, 1);
  server.cursors.clear();
  Ends again(&site, &server);
  again.Settle();
  EXPECT_EQ(site.Digest(), server.Digest());
  EXPECT_TRUE(again.site.Standing()[0].verified);
  EXPECT_TRUE(again.server.Standing()[0].verified);
}

TEST(Session, FirstFramesTravelWithHelloFromTheGuess) {
  FakeStore site(1), server(2);
  site.Write(1, 1);
  Ends(&site, &server).Settle();
  for (uint8_t lane = 0; lane < session::kLanes; ++lane) site.guess.push_back({1, lane, site.seq()});
  site.Write(2, 2);
  Ends again(&site, &server);
  again.StepSite(session::Started{});
  ASSERT_EQ(again.to_server.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<Hello>(again.to_server[0]));
  EXPECT_TRUE(std::holds_alternative<Frame>(again.to_server[1]));
  again.Settle();
  EXPECT_EQ(CountSaid<Frame>(again), 1);
  EXPECT_TRUE(again.server.Standing()[0].verified);
}

TEST(Session, TooHighAGuessIsMadeGood) {
  FakeStore site(1), server(2);
  for (uint8_t i = 0; i < 20; ++i) site.Write(i, i);
  for (uint8_t lane = 0; lane < session::kLanes; ++lane) site.guess.push_back({1, lane, 15});
  Ends ends(&site, &server);
  ends.Settle();
  EXPECT_EQ(site.Digest(), server.Digest());
  EXPECT_TRUE(ends.site.Standing()[0].verified);
}

TEST(Session, RecordSetAsideNeitherBlocksNorSpoilsTheVerdict) {
  FakeStore site(1), server(2);
  for (uint8_t i = 0; i < 20; ++i) site.Write(i, i);
  server.refuses = {IdOf(7)};
  Ends ends(&site, &server);
  ends.Settle();
  EXPECT_EQ(server.records.size(), 19u);
  EXPECT_TRUE(ends.site.Standing()[0].verified);
  EXPECT_TRUE(ends.server.Standing()[0].verified);
  EXPECT_EQ(CountSaid<Narrow>(ends), 0);
}

TEST(Session, WhatDiffersIsFoundAndRepairedBothWays) {
  FakeStore site(1), server(2);
  for (uint8_t i = 0; i < 40; ++i) site.Write(i, i);
  Ends(&site, &server).Settle();
  // Damage that no cursor tells of.
  site.records.at(IdOf(3)).values.insert(333);
  server.records.at(IdOf(9)).values.insert(999);
  server.records.erase(IdOf(20));
  Ends again(&site, &server);
  again.Settle();
  EXPECT_EQ(CountSaid<Narrow>(again), 1);
  EXPECT_EQ(site.Digest(), server.Digest());
  EXPECT_TRUE(site.records.at(IdOf(9)).values.contains(999));
  EXPECT_TRUE(server.records.at(IdOf(3)).values.contains(333));
  EXPECT_TRUE(server.records.contains(IdOf(20)));
  EXPECT_TRUE(again.site.Standing()[0].verified);
  EXPECT_TRUE(again.server.Standing()[0].verified);
  EXPECT_FALSE(again.site.Standing()[0].repairing);
}

TEST(Session, WhatCannotBeMendedIsTriedEverMoreRarely) {
  FakeStore site(1), server(2);
  site.Write(1, 1);
  Ends(&site, &server).Settle();
  site.records.at(IdOf(1)).values.insert(5);
  server.ignores.insert(IdOf(1));
  Ends ends(&site, &server);
  for (int64_t second = 0; second < 600; ++second) {
    ends.Settle();
    ends.Tick(second * 1000);
  }
  EXPECT_LT(CountSaid<Narrow>(ends), 15);
  EXPECT_GT(CountSaid<Narrow>(ends), 3);
}

TEST(Session, FullDiskPutsTheSenderOff) {
  FakeStore site(1), server(2);
  for (uint8_t i = 0; i < 20; ++i) site.Write(i, i);
  server.Write(50, 1);
  server.full = true;
  Ends ends(&site, &server);
  ends.Tick(0);
  ends.Settle();
  EXPECT_TRUE(site.records.contains(IdOf(50)));
  EXPECT_TRUE(server.cursors[std::make_pair(Epoch{1}, uint8_t{3})] == 0);
  server.full = false;
  ends.Tick(1000);
  ends.Settle();
  EXPECT_FALSE(server.records.contains(IdOf(1)));
  ends.Tick(6000);
  ends.Settle();
  EXPECT_EQ(site.Digest(), server.Digest());
  EXPECT_TRUE(ends.site.Standing()[0].verified);
}

TEST(Session, UnacknowledgedBytesNeverExceedTheWindow) {
  FakeStore site(1), server(2);
  site.bytes_per_item = 3000;
  for (uint8_t i = 0; i < 250; ++i) site.Write(i, i);
  Ends ends(&site, &server);
  ends.StepSite(session::Started{});
  while (ends.DeliverOne()) {
    EXPECT_LE(ends.site.flow().unacknowledged(), ends.site.flow().limits().window_bytes);
  }
  EXPECT_EQ(site.Digest(), server.Digest());
}

TEST(Session, UrgentLanesGoFirst) {
  FakeStore site(1), server(2);
  for (uint8_t i = 0; i < 10; ++i) site.Write(i, i, 4);
  site.Write(20, 1, 0);
  site.Write(21, 1, 2);
  Ends ends(&site, &server);
  ends.Settle();
  std::vector<int> lanes;
  for (const SyncMessage& message : ends.said) {
    if (const auto* frame = std::get_if<Frame>(&message)) lanes.push_back(frame->lane);
  }
  EXPECT_THAT(lanes, ElementsAre(0, 2, 4));
}

TEST(Session, PushOnlyScopeIsNeverSentDown) {
  FakeStore site(1), server(2);
  site.Write(1, 1);
  server.Write(2, 2);
  SessionConfig config;
  config.scopes = {{"F1", false, true}};
  Ends ends(&site, &server, config, config);
  ends.Settle();
  EXPECT_TRUE(server.records.contains(IdOf(1)));
  EXPECT_FALSE(site.records.contains(IdOf(2)));
  EXPECT_EQ(ends.site.Standing()[0].pushed, site.seq());
}

// ---- wrong words ----

std::string ReasonAfter(Ends* ends, SyncMessage message) {
  ends->StepServer(Received{std::move(message)});
  return ends->server_store->closed.has_value() ? ends->server_store->closed->reason : "";
}

TEST(Session, FrameBeforeHelloEndsIt) {
  FakeStore site(1), server(2);
  Ends ends(&site, &server);
  EXPECT_NE(ReasonAfter(&ends, Frame{"F1"}), "");
}

TEST(Session, SecondHelloEndsIt) {
  FakeStore site(1), server(2);
  Ends ends(&site, &server);
  ends.Settle();
  EXPECT_NE(ReasonAfter(&ends, Hello{}), "");
  EXPECT_TRUE(server.closed->fatal);
}

TEST(Session, FrameOfAScopeNotGrantedEndsIt) {
  FakeStore site(1), server(2);
  Ends ends(&site, &server);
  ends.Settle();
  Frame frame{"F10", 3, 1, 0, 5, true, 1, 1, "x"};
  EXPECT_NE(ReasonAfter(&ends, frame), "");
  EXPECT_TRUE(server.closed->fatal);
  EXPECT_TRUE(server.records.empty());
}

TEST(Session, ProtocolsWithoutACommonVersionAreTurnedAway) {
  for (const auto& [newest, oldest] :
       {std::pair<uint32_t, uint32_t>{0, 0}, {kOldestSyncProtocolVersion - 1, 1}, {999, 999}}) {
    FakeStore site(1), server(2);
    Ends ends(&site, &server);
    Hello hello;
    hello.protocol = newest;
    hello.oldest_protocol = oldest;
    EXPECT_THAT(ReasonAfter(&ends, hello), testing::HasSubstr("upgrade")) << newest;
  }
}

TEST(Session, ServerThatAdmitsNobodySaysWhenToComeBack) {
  FakeStore site(1), server(2);
  SessionConfig config;
  config.retry_after_ms = 7000;
  Ends ends(&site, &server, {}, config);
  ends.Settle();
  ASSERT_TRUE(site.closed.has_value());
  EXPECT_EQ(site.closed->retry_after_ms, 7000u);
  EXPECT_FALSE(site.closed->fatal);
}

TEST(Session, SilenceEndsIt) {
  FakeStore site(1), server(2);
  site.Write(1, 1);
  Ends ends(&site, &server);
  ends.Tick(0);
  ends.StepSite(session::Started{});
  ends.StepSite(session::Ticked{Session::kSilenceMs});
  EXPECT_FALSE(site.closed.has_value());
  ends.StepSite(session::Ticked{Session::kSilenceMs + 1});
  ASSERT_TRUE(site.closed.has_value());
  EXPECT_FALSE(site.closed->fatal);
}

TEST(Session, IdleConnectionStaysOpen) {
  FakeStore site(1), server(2);
  Ends ends(&site, &server);
  ends.Settle();
  for (int64_t minute = 0; minute < 10; ++minute) ends.Tick(minute * 60'000);
  EXPECT_FALSE(site.closed.has_value());
  EXPECT_FALSE(server.closed.has_value());
}

}  // namespace
}  // namespace trellis
