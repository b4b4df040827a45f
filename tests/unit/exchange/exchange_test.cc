#include "common/exchange/exchange.h"

#include <deque>

#include "common/causal/bytes.h"
#include "common/session/session.h"
#include "common/storage/memory_engine.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace trellis {
namespace {

std::string TextField(uint32_t field, const std::string& text) {
  std::string bytes;
  AppendVarint(&bytes, field << 3 | 2);
  AppendSized(&bytes, text);
  return bytes;
}

struct End {
  explicit End(uint64_t seed) : random(seed), clock(1'790'000'000'000) { Open(); }

  void Open() {
    replica.reset();
    Replica::Options options;
    options.clock = &clock;
    options.random = &random;
    replica = *Replica::Open(&engine, options);
  }
  RecordId Create(const std::string& scope, const std::string& text) {
    WriteRequest request;
    request.actor = "somebody";
    request.records.push_back(
        {RecordWrite::Type::kCreate, scope, "test.Thing", std::nullopt, {{{1, ""}, TextField(1, text)}}});
    return replica->Write(request)->records[0].id;
  }
  size_t CountIn(const std::string& scope) const { return replica->Head(scope)->records; }

  MemoryEngine engine;
  SeededRandom random;
  ManualClock clock;
  std::unique_ptr<Replica> replica;
};

class ExchangeTest : public testing::Test {
 protected:
  ExchangeTest() : site_(1), server_(2) {}

  static ExchangeConfig Config(Side side, std::vector<ScopeGrant> scopes) {
    ExchangeConfig config;
    config.side = side;
    config.peer = side == Side::kSite ? "server" : "site 1";
    config.scopes = std::move(scopes);
    return config;
  }
  void Connect(std::vector<ScopeGrant> at_site, std::vector<ScopeGrant> at_server) {
    up_.clear();
    down_.clear();
    site_end_ = std::make_unique<Exchange>(site_.replica.get(), &site_.clock, Config(Side::kSite, at_site));
    server_end_ =
        std::make_unique<Exchange>(server_.replica.get(), &server_.clock, Config(Side::kServer, at_server));
    site_end_->Start();
    Collect();
  }
  void Connect() { Connect({{"F1"}}, {{"F1"}}); }
  void Collect() {
    for (SyncMessage& m : site_end_->TakeOutgoing()) up_.push_back(std::move(m));
    for (SyncMessage& m : server_end_->TakeOutgoing()) down_.push_back(std::move(m));
  }
  void Settle() {
    Collect();
    for (int i = 0; i < 10'000 && (!up_.empty() || !down_.empty()); ++i) {
      if (!up_.empty()) {
        most_under_way_ = std::max(most_under_way_, site_end_->Status().bytes_unacknowledged);
        if (const auto* frame = std::get_if<Frame>(&up_.front())) frames_up_.push_back(*frame);
        server_end_->Receive(up_.front());
        up_.pop_front();
      }
      if (!down_.empty()) {
        if (const auto* frame = std::get_if<Frame>(&down_.front())) frames_down_.push_back(*frame);
        site_end_->Receive(down_.front());
        down_.pop_front();
      }
      Collect();
    }
  }

  End site_;
  End server_;
  std::unique_ptr<Exchange> site_end_;
  std::unique_ptr<Exchange> server_end_;
  std::deque<SyncMessage> up_;
  std::deque<SyncMessage> down_;
  std::vector<Frame> frames_up_;
  std::vector<Frame> frames_down_;
  uint64_t most_under_way_ = 0;
};

TEST_F(ExchangeTest, RecordsTravelBothWaysAsColumns) {
  for (int i = 0; i < 200; ++i) site_.Create("F1", "answer " + std::to_string(i));
  server_.Create("F1", "from the district");
  Connect();
  Settle();
  EXPECT_EQ(server_.CountIn("F1"), 201u);
  EXPECT_EQ(site_.replica->Head("F1")->digest, server_.replica->Head("F1")->digest);
  const ExchangeStatus status = site_end_->Status();
  ASSERT_EQ(status.scopes.size(), 1u);
  EXPECT_TRUE(status.welcomed);
  EXPECT_TRUE(status.scopes[0].verified);
  EXPECT_EQ(status.scopes[0].verified_at_ms, site_.clock.WallMs());
  EXPECT_EQ(status.scopes[0].pushed, status.scopes[0].head);
  EXPECT_EQ(status.bytes_unacknowledged, 0u);
}

TEST_F(ExchangeTest, LocalCommitGoesOverAtOnce) {
  Connect();
  Settle();
  server_.Create("F1", "live");
  server_end_->LocalCommit("F1");
  Settle();
  EXPECT_EQ(site_.CountIn("F1"), 1u);
  EXPECT_TRUE(site_end_->Status().scopes[0].verified);
}

TEST_F(ExchangeTest, ScopeNotGrantedIsNeitherOpenedNorSent) {
  server_.Create("F10", "another site's");
  server_.Create("F1", "mine");
  Connect({{"F1"}, {"F10"}}, {{"F1"}});
  Settle();
  EXPECT_EQ(site_.CountIn("F1"), 1u);
  EXPECT_EQ(site_.CountIn("F10"), 0u);
  for (const Frame& frame : frames_down_) EXPECT_EQ(frame.scope, "F1");
  EXPECT_EQ(site_end_->Status().scopes.size(), 1u);
}

TEST_F(ExchangeTest, ScopeWithoutPullIsNotSentDown) {
  server_.Create("F1!up", "other");
  site_.Create("F1!up", "sealed");
  Connect({{"F1!up", false, true}}, {{"F1!up", false, true}});
  Settle();
  EXPECT_EQ(server_.CountIn("F1!up"), 2u);
  EXPECT_EQ(site_.CountIn("F1!up"), 1u);
  EXPECT_TRUE(frames_down_.empty());
}

TEST_F(ExchangeTest, PushOfAScopeThatMayOnlyBeReadEndsTheConnection) {
  site_.Create("shared", "not allowed");
  Connect({{"shared"}}, {{"shared", true, false}});
  Settle();
  EXPECT_TRUE(server_end_->Status().closed);
  EXPECT_TRUE(server_end_->Status().fatal);
  EXPECT_EQ(server_.CountIn("shared"), 0u);
  EXPECT_TRUE(site_end_->Status().closed);
}

TEST_F(ExchangeTest, ForgedFrameBodyChangesNothing) {
  Connect();
  Settle();
  const Epoch epoch = site_.replica->epoch();
  Frame frame{"F1", 3, epoch, 0, 5};
  frame.items = 1;
  frame.number = 1;
  frame.body = "not columns";
  server_end_->Receive(frame);
  EXPECT_TRUE(server_end_->Status().closed);
  EXPECT_EQ(server_.CountIn("F1"), 0u);
}

TEST_F(ExchangeTest, FramesGrowButNeverBeyondTheWindow) {
  for (int i = 0; i < 400; ++i) {
    std::string text;
    for (int j = 0; j < 150; ++j) text += std::to_string(site_.random.Next());  // does not compress away
    site_.Create("F1", text);
  }
  Connect();
  Settle();
  EXPECT_EQ(server_.CountIn("F1"), 400u);
  EXPECT_LE(most_under_way_, FlowLimits::kMaxWindowBytes);
  ASSERT_GT(frames_up_.size(), 4u);
  size_t largest = 0;
  for (const Frame& frame : frames_up_) largest = std::max(largest, frame.body.size());
  EXPECT_GT(largest, 8 * 1024u);
  EXPECT_LE(largest, FlowLimits::kMaxWindowBytes);
}

TEST_F(ExchangeTest, SecondConnectionStartsFromTheGuessWithoutWaiting) {
  site_.Create("F1", "one");
  Connect();
  Settle();
  site_.Open();
  site_.Create("F1", "two");
  Connect();
  ASSERT_EQ(up_.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<Hello>(up_[0]));
  ASSERT_TRUE(std::holds_alternative<Frame>(up_[1]));
  EXPECT_EQ(std::get<Frame>(up_[1]).items, 1u);
  Settle();
  EXPECT_TRUE(site_end_->Status().scopes[0].verified);
}

TEST_F(ExchangeTest, FullDiskPutsPushesOffAndLetsPullsGoOn) {
  Connect();
  Settle();
  server_.Create("F1", "from the district");
  server_.engine.SetFull(true);
  site_.Create("F1", "pushed");
  site_end_->LocalCommit("F1");
  server_end_->LocalCommit("F1");
  Settle();
  EXPECT_FALSE(site_end_->Status().closed);
  EXPECT_EQ(site_.CountIn("F1"), 2u);
  EXPECT_EQ(server_.CountIn("F1"), 1u);
  server_.engine.SetFull(false);
  for (int second = 0; second < 6; ++second) {
    site_.clock.Advance(1000);
    site_end_->Tick();
    Settle();
  }
  EXPECT_EQ(server_.CountIn("F1"), 2u);
}

TEST_F(ExchangeTest, BrokenStoreEndsTheConnectionWithoutAnAck) {
  Connect();
  Settle();
  site_.Create("F1", "pushed");
  site_end_->LocalCommit("F1");
  server_.engine.FailNextCommit(false);
  Settle();
  EXPECT_TRUE(server_end_->closed());
  EXPECT_TRUE(site_end_->Status().closed);
  EXPECT_FALSE(site_end_->Status().fatal);
}

TEST_F(ExchangeTest, ServerThatAdmitsNobodySaysWhenToComeBack) {
  ExchangeConfig config = Config(Side::kServer, {{"F1"}});
  config.retry_after_ms = 9000;
  Connect();
  server_end_ = std::make_unique<Exchange>(server_.replica.get(), &server_.clock, config);
  Settle();
  EXPECT_TRUE(site_end_->Status().closed);
  EXPECT_EQ(site_end_->Status().retry_after_ms, 9000u);
}

TEST_F(ExchangeTest, StoreInRescueIsReconciledByDigest) {
  for (int i = 0; i < 20; ++i) site_.Create("F1", "answer " + std::to_string(i));
  Connect();
  Settle();
  frames_up_.clear();
  frames_down_.clear();
  ExchangeConfig config = Config(Side::kSite, {{"F1"}});
  config.reconcile = true;
  Connect();
  up_.clear();
  site_end_ = std::make_unique<Exchange>(site_.replica.get(), &site_.clock, config);
  site_end_->Start();
  Settle();
  EXPECT_TRUE(site_end_->Status().scopes[0].verified);
  EXPECT_TRUE(frames_down_.empty());
}

}  // namespace
}  // namespace trellis
