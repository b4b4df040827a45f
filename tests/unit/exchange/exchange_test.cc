#include "common/exchange/exchange.h"

#include <deque>

#include "common/causal/bytes.h"
#include "common/exchange/receipt.h"
#include "common/exchange/wire_frame_codec.h"
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

  ExchangeConfig Config(Side side, std::vector<ScopeGrant> scopes) {
    ExchangeConfig config = side == Side::kServer ? server_config_ : ExchangeConfig();
    config.side = side;
    if (side == Side::kSite) {
      config.is_signed = [](std::string_view statement, std::string_view signature) {
        return signature == "signed " + std::string(statement);
      };
    }
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

  void LetSecondsPass(int seconds) {
    for (int second = 0; second < seconds; ++second) {
      site_.clock.Advance(1000);
      server_.clock.Advance(1000);
      site_end_->Tick();
      server_end_->Tick();
      Settle();
    }
  }

  End site_;
  End server_;
  ExchangeConfig server_config_;  // what is not as usual
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
  LetSecondsPass(5);
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

// Reads no frame that holds a record saying "poison".
class PoisonedCodec final : public FrameCodec {
 public:
  std::string Encode(std::string_view scope, Epoch epoch, uint64_t dictionary,
                     const std::vector<Delta>& items) const override {
    return wire_.Encode(scope, epoch, dictionary, items);
  }
  absl::StatusOr<std::vector<Delta>> Decode(std::string_view scope, Epoch epoch, uint64_t dictionary,
                                            std::string_view body) const override {
    absl::StatusOr<std::vector<Delta>> items = wire_.Decode(scope, epoch, dictionary, body);
    for (const Delta& item : items.value_or(std::vector<Delta>())) {
      const bool poison = item.cells[0].siblings[0].bytes.find("poison") != std::string::npos;
      if (poison) return absl::InvalidArgumentError("it cannot be read");
    }
    return items;
  }

 private:
  WireFrameCodec wire_{HashKey{}};
};

TEST_F(ExchangeTest, FrameThatCannotBeRead_IsKeptAfterThreeTriesAndTheRestGoesOn) {
  const PoisonedCodec poisoned;
  server_config_.codec = &poisoned;
  site_.Create("F1", "poison");
  for (int connection = 1; connection <= 3; ++connection) {
    Connect();
    Settle();
    EXPECT_EQ(server_end_->closed(), connection < 3) << connection;
    if (connection == 1) EXPECT_FALSE(server_end_->Status().fatal);
  }
  ASSERT_EQ(server_.replica->SetAsideItems("F1")->size(), 1u);
  EXPECT_EQ(server_.replica->SetAsideItems("F1")->front().cause, SetAsideCause::kUnreadable);
  EXPECT_EQ(server_end_->Status().set_aside, 1u);
  site_.Create("F1", "sound");
  site_end_->LocalCommit("F1");
  Settle();
  EXPECT_EQ(server_.CountIn("F1"), 1u);
  LetSecondsPass(10);
  EXPECT_FALSE(server_end_->closed());
  EXPECT_FALSE(site_end_->Status().scopes[0].verified) << "one end lacks a record";
  // A program that can read it again: repair brings it.
  server_config_.codec = nullptr;
  Connect();
  Settle();
  LetSecondsPass(10);
  EXPECT_EQ(server_.CountIn("F1"), 2u);
  EXPECT_TRUE(site_end_->Status().scopes[0].verified);
}

TEST_F(ExchangeTest, EqualDigests_LeaveAReceiptAtBothEnds) {
  server_config_.sign = [](std::string_view statement) { return "signed " + std::string(statement); };
  for (int i = 0; i < 3; ++i) site_.Create("F1", "answer " + std::to_string(i));
  Connect();
  Settle();
  const auto at_site = *ReadReceipt(*site_.replica, "server", "F1");
  const auto at_server = *ReadReceipt(*server_.replica, "site 1", "F1");
  ASSERT_TRUE(at_site.has_value());
  ASSERT_TRUE(at_server.has_value());
  EXPECT_EQ(at_site->statement, at_server->statement);
  EXPECT_EQ(at_site->cut.records, 3u);
  EXPECT_EQ(at_site->cut.digest, site_.replica->Head("F1")->digest);
  EXPECT_EQ(at_site->cut.site_seq, 3u);
  EXPECT_EQ(at_site->cut.site_epoch, site_.replica->epoch());
  EXPECT_EQ(at_site->cut.server_epoch, server_.replica->epoch());
}

TEST_F(ExchangeTest, ReceiptOfATimelineTheServerLeft_SaysNothingAnyMore) {
  server_config_.sign = [](std::string_view statement) { return "signed " + std::string(statement); };
  for (int i = 0; i < 3; ++i) site_.Create("F1", "answer " + std::to_string(i));
  Connect();
  Settle();
  const VerifiedCut cut = (*ReadReceipt(*site_.replica, "server", "F1"))->cut;
  const auto told = [&](std::vector<LineageRow> rows) {
    EXPECT_TRUE(
        ForgetReceiptOfAnotherTimeline(site_.replica.get(), "server", "F1", Lineage(std::move(rows))).ok());
    return ReadReceipt(*site_.replica, "server", "F1")->has_value();
  };
  EXPECT_TRUE(told({{cut.server_epoch, 1}})) << "still in that epoch";
  EXPECT_TRUE(told({{cut.server_epoch, 1}, {7, cut.server_seq + 1}})) << "opened again since";
  EXPECT_FALSE(told({{cut.server_epoch, 1}, {7, cut.server_seq}})) << "restored from before it";
  EXPECT_FALSE(told({{cut.server_epoch, 1}})) << "gone for good";
}

TEST_F(ExchangeTest, ReceiptSignedByNobody_IsNotKept) {
  server_config_.sign = [](std::string_view) { return std::string("forged"); };
  Connect();
  Settle();
  EXPECT_TRUE(site_end_->Status().scopes[0].verified);
  EXPECT_FALSE(ReadReceipt(*site_.replica, "server", "F1")->has_value());
}

TEST_F(ExchangeTest, ReceiptsWhileRecordsFlow_AreFewAndCatchUp) {
  server_config_.sign = [](std::string_view statement) { return "signed " + std::string(statement); };
  Connect();
  Settle();
  for (int i = 0; i < 20; ++i) {
    site_.Create("F1", "answer " + std::to_string(i));
    site_end_->LocalCommit("F1");
    LetSecondsPass(5);
  }
  EXPECT_EQ((*ReadReceipt(*site_.replica, "server", "F1"))->cut.records, 0u) << "the first of the connection";
  LetSecondsPass(300);
  EXPECT_EQ((*ReadReceipt(*site_.replica, "server", "F1"))->cut.records, 20u);
}

TEST_F(ExchangeTest, SiteIsToldOfVerifiedBackups) {
  std::atomic<int64_t> newest{0};
  server_config_.backed_up_to_ms = &newest;
  Connect();
  Settle();
  EXPECT_EQ(*ReadBackedUpTo(*site_.replica, "server"), 0);
  newest = 1'790'000'000'500;
  site_.Create("F1", "x");
  site_end_->LocalCommit("F1");
  Settle();
  LetSecondsPass(2);
  EXPECT_EQ(*ReadBackedUpTo(*site_.replica, "server"), 1'790'000'000'500);
  EXPECT_TRUE(NoteBackedUpTo(site_.replica.get(), "server", 5).ok());
  EXPECT_EQ(*ReadBackedUpTo(*site_.replica, "server"), 1'790'000'000'500) << "never goes back";
}

TEST(Receipt, Statement_GivenBackWholeAndNothingElse) {
  const VerifiedCut cut{"F1", 1, 2, 3, 4, 5, {6, 7}, 8, 9};
  const std::string statement = EncodeStatement(cut);
  EXPECT_EQ(DecodeStatement(statement), cut);
  EXPECT_EQ(DecodeStatement(statement + "x"), std::nullopt);
  for (size_t size = 0; size < statement.size(); ++size) {
    EXPECT_EQ(DecodeStatement(statement.substr(0, size)), std::nullopt);
  }
}

}  // namespace
}  // namespace trellis
