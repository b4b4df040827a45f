// What a site may say of other people's writes, before and after its server was restored.
#include "common/replica/set_aside_writer.h"
#include "tests/unit/replica/replica_fixture.h"

namespace trellis {
namespace {

WriterRule RuleOf(const std::string& owner, uint8_t key = 1) {
  WriterRule rule;
  rule.key[0] = key;
  rule.owner = owner;
  return rule;
}

class ForgeryTest : public testing::Test {
 protected:
  ForgeryTest() : server_(1, "server"), a_(2, "a"), b_(3, "b") {
    for (TestStore* store : {&server_, &a_, &b_}) EXPECT_TRUE((*store)->BeginScope(kScope).ok());
  }

  // To a site, and back from it; sites write no records of the district's kinds.
  void Down(TestStore* site) { SendAll(server_, site, {}, RuleOf(site->name())); }
  void Up(const TestStore& site, bool admit = true, uint8_t key = 1) {
    ApplyOptions options;
    options.writers = RuleOf(site.name(), key);
    if (!admit) {
      options.admit = [](std::string_view, const Delta&) { return absl::PermissionDeniedError("not yours"); };
    }
    SendAll(site, &server_, options);
  }
  ReplicaFrame FrameOf(const TestStore& store) {
    FrameRequest request;
    request.scope = kScope;
    request.max_items = 100;
    return *store->BuildFrame(request);
  }
  ApplyOutcome Push(const ReplicaFrame& frame, const TestStore& site) {
    ApplyOptions options;
    options.peer = site.name();
    options.writers = RuleOf(site.name());
    return *server_->ApplyFrame(frame, options);
  }
  // The server's disk as it was before `work`, with `work` done and lost.
  template <typename Work>
  void LoseAtTheServer(const Work& work) {
    const MemoryEngine::Image image = server_.engine().TakeImage();
    work();
    server_.Restore(image);
  }

  TestStore server_;
  TestStore a_;
  TestStore b_;
};

TEST_F(ForgeryTest, RestoredServer_TakesItsOwnWritesBackByTheirVoucher) {
  LoseAtTheServer([&] {
    ASSERT_TRUE(server_.Create(IdOf(1), 1, "district's").ok());
    Down(&a_);
  });
  Up(a_, /*admit=*/false);
  EXPECT_EQ(server_.Values(IdOf(1), 1), (std::vector<std::string>{"district's"}));
  EXPECT_TRUE(server_->SetAsides(kScope)->empty());
  EXPECT_EQ(server_.Get(IdOf(1)).version, a_.Get(IdOf(1)).version);
}

TEST_F(ForgeryTest, WithoutTheKey_NothingIsTakenOnTrust) {
  LoseAtTheServer([&] {
    ASSERT_TRUE(server_.Create(IdOf(1), 1, "district's").ok());
    Down(&a_);
  });
  Up(a_, /*admit=*/false, /*key=*/2);
  EXPECT_EQ(server_->Head(kScope)->records, 0u);
  ASSERT_EQ(server_->SetAsides(kScope)->size(), 1u);
  // And once the key is there again, a retry takes it.
  ApplyOptions options;
  options.peer = "a";
  options.writers = RuleOf("a");
  ASSERT_TRUE(server_->RetrySetAside(kScope, IdOf(1), options).ok());
  EXPECT_EQ(server_.Values(IdOf(1), 1), (std::vector<std::string>{"district's"}));
  EXPECT_TRUE(server_->SetAsides(kScope)->empty());
}

TEST_F(ForgeryTest, WhatTheSiteWroteOverIt_DoesNotUndoTheProof) {
  LoseAtTheServer([&] {
    RecordWrite write;
    write.kind = kKind;
    write.id = IdOf(1);
    write.cells = {{{1, ""}, TextField(1, "one")}, {{2, ""}, TextField(2, "two")}};
    ASSERT_TRUE(server_.Write(write).ok());
    Down(&a_);
    ASSERT_TRUE(a_.Update(IdOf(1), 1, "site's").ok());
  });
  Up(a_);
  EXPECT_EQ(server_.Values(IdOf(1), 1), (std::vector<std::string>{"site's"}));
  EXPECT_EQ(server_.Values(IdOf(1), 2), (std::vector<std::string>{"two"}));
  EXPECT_TRUE(server_->SetAsides(kScope)->empty());
}

TEST_F(ForgeryTest, AnotherSitesWork_ComesBackFromANeighbour) {
  LoseAtTheServer([&] {
    ASSERT_TRUE(b_.Create(IdOf(1), 1, "b's").ok());
    Up(b_);
    Down(&a_);
  });
  Up(a_);
  EXPECT_EQ(server_.Values(IdOf(1), 1), (std::vector<std::string>{"b's"}));
  Up(b_);
  EXPECT_TRUE(server_->SetAsides(kScope)->empty());
}

TEST_F(ForgeryTest, ChangedOnTheWay_IsSetAsideAsForged) {
  LoseAtTheServer([&] {
    ASSERT_TRUE(server_.Create(IdOf(1), 1, "district's").ok());
    Down(&a_);
  });
  ReplicaFrame frame = FrameOf(a_);
  frame.items[0].cells[0].siblings[0].bytes = TextField(1, "forged");
  const ApplyOutcome outcome = Push(frame, a_);
  ASSERT_EQ(outcome.set_aside.size(), 1u);
  EXPECT_EQ(outcome.set_aside[0].cause, SetAsideCause::kForged);
  EXPECT_EQ(outcome.cursor, frame.hi);
  EXPECT_EQ(server_->Head(kScope)->records, 0u);
}

TEST_F(ForgeryTest, ContextNamingWritesNeverMade_IsSetAside) {
  ASSERT_TRUE(server_.Create(IdOf(1), 1, "district's").ok());
  Down(&a_);
  ASSERT_TRUE(a_.Update(IdOf(1), 1, "site's").ok());
  ReplicaFrame frame = FrameOf(a_);
  frame.items[0].context.Raise({server_->epoch(), 999});
  EXPECT_EQ(Push(frame, a_).set_aside.size(), 1u);
  EXPECT_EQ(server_.Get(IdOf(1)).state.context.Get(server_->epoch()), 1u);
  EXPECT_EQ(server_.Values(IdOf(1), 1), (std::vector<std::string>{"district's"}));
}

TEST_F(ForgeryTest, WriterOfAnotherSite_IsNotThePushersToUse) {
  ASSERT_TRUE(b_.Create(IdOf(1), 1, "b's").ok());
  Up(b_);
  ASSERT_TRUE(b_.Create(IdOf(2), 1, "b's").ok());
  ReplicaFrame frame = FrameOf(b_);
  EXPECT_EQ(Push(frame, a_).set_aside.size(), 1u) << "only what is new";
  EXPECT_TRUE(Push(frame, b_).set_aside.empty());
  EXPECT_EQ(server_->Head(kScope)->records, 2u);
  EXPECT_TRUE(server_->SetAsides(kScope)->empty()) << "what a said of it is true by now";
}

TEST_F(ForgeryTest, SignedAsTheDistrict_IsSetAside) {
  ASSERT_TRUE(a_.Create(IdOf(1), 1, "x").ok());
  ReplicaFrame frame = FrameOf(a_);
  frame.items[0].cells[0].siblings[0].actor = "district/superintendent";
  EXPECT_EQ(Push(frame, a_).set_aside[0].cause, SetAsideCause::kForged);
}

TEST_F(ForgeryTest, OnesOwnWork_GoesDownWithoutAVoucher) {
  ASSERT_TRUE(a_.Create(IdOf(1), 1, "a's").ok());
  Up(a_);
  FrameRequest request;
  request.scope = kScope;
  request.max_items = 10;
  request.vouch = RuleOf("a");
  EXPECT_TRUE(server_->BuildFrame(request)->items[0].vouchers.empty());
  request.vouch = RuleOf("b");
  EXPECT_EQ(server_->BuildFrame(request)->items[0].vouchers.size(), 1u);
}

TEST_F(ForgeryTest, DistrictsEditBesideTheSitesOwn_IsAskedForWhole) {
  RecordWrite write;
  write.kind = kKind;
  write.id = IdOf(1);
  write.cells = {{{1, ""}, TextField(1, "1")}, {{2, ""}, TextField(2, "2")}, {{3, ""}, TextField(3, "3")}};
  ASSERT_TRUE(server_.Write(write).ok());
  Down(&a_);
  ASSERT_TRUE(a_.Update(IdOf(1), 3, "site's").ok());
  LoseAtTheServer([&] {
    ASSERT_TRUE(server_.Update(IdOf(1), 2, "district's").ok());
    Down(&a_);
  });
  Up(a_);
  EXPECT_EQ(server_.Values(IdOf(1), 2), (std::vector<std::string>{"district's"}));
  EXPECT_EQ(server_.Values(IdOf(1), 3), (std::vector<std::string>{"site's"}));
  EXPECT_TRUE(server_->SetAsides(kScope)->empty());
}

TEST_F(ForgeryTest, Erasure_KeepsNoDigestsAndComesBackAllTheSame) {
  LoseAtTheServer([&] {
    ASSERT_TRUE(server_.Create(IdOf(1), 1, "personal").ok());
    Down(&a_);
    ASSERT_TRUE(a_.Change(RecordWrite::Type::kErase, IdOf(1)).ok());
  });
  EXPECT_TRUE(a_.Get(IdOf(1)).vouchers.empty());
  Up(a_);
  EXPECT_EQ(PresenceOf(server_.Get(IdOf(1)).state), Presence::kErased);
}

TEST_F(ForgeryTest, MoreThanTheQuotaOfOnePeer_IsPutOffNotDropped) {
  ReplicaFrame frame;
  ASSERT_TRUE(a_.Create(IdOf(1), 1, "x").ok());
  frame = FrameOf(a_);
  const Delta item = frame.items[0];
  ApplyOptions options;
  options.peer = "a";
  options.admit = [](std::string_view, const Delta&) { return absl::PermissionDeniedError("not yours"); };
  for (uint64_t i = 0; i <= kMostSetAside; ++i) {
    frame.items.assign(1, item);
    frame.items[0].id.bytes[1] = static_cast<uint8_t>(i);
    frame.items[0].id.bytes[2] = static_cast<uint8_t>(i >> 8);
    const auto outcome = server_->ApplyFrame(frame, options);
    EXPECT_EQ(outcome.ok(), i < kMostSetAside);
    EXPECT_EQ(absl::IsResourceExhausted(outcome.status()), i == kMostSetAside);
  }
  options.peer = "b";
  EXPECT_TRUE(server_->ApplyFrame(frame, options).ok()) << "of one peer only";
}

TEST_F(ForgeryTest, UnreadableFrame_IsKeptWholeAndPassed) {
  ReplicaFrame frame;
  frame.scope = kScope;
  frame.epoch = 5;
  frame.hi = frame.head = 3;
  ApplyOptions options;
  options.peer = "a";
  EXPECT_EQ(*server_->SetFrameAside(frame, "garbage", "it cannot be read", options), 3u);
  EXPECT_EQ(*server_->SetFrameAside(frame, "garbage", "it cannot be read", options), 3u);
  server_.Crash();
  const auto items = *server_->SetAsideItems(kScope);
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0].frame, "garbage");
  EXPECT_EQ(items[0].cause, SetAsideCause::kUnreadable);
  EXPECT_EQ(*server_->Cursors("a", kScope), (std::vector<PeerCursor>{{5, Lane::kEdits, 3, 3}}));
}

}  // namespace
}  // namespace trellis
