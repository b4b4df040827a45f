#include "common/exchange/exchange.h"

#include <algorithm>
#include <deque>
#include <map>
#include <utility>

#include "common/causal/bytes.h"
#include "common/exchange/frame_builder.h"
#include "common/exchange/receipt.h"
#include "common/exchange/unreadable.h"
#include "common/exchange/wire_frame_codec.h"
#include "common/session/session.h"
#include "common/time/planted.h"
#include "common/wire/frame_body.h"
#include "fmt/format.h"

namespace trellis {
namespace {

static_assert(session::kLanes == kLaneCount);

// How long a peer whose frame found no room on our disk waits.
constexpr uint32_t kDiskFullRetryMs = 5'000;
// A guess for the next connection is written at most this often.
constexpr int64_t kRememberEveryMs = 60'000;
// Signing, keeping and sending a receipt costs more than a record: while records flow, one of them is for
// many.
constexpr int64_t kReceiptEveryMs = 5 * 60'000;

std::string GuessKey(const std::string& peer, const std::string& scope) {
  return fmt::format("sync/pushed/{}/{}", peer, scope);
}

// The epoch and each lane's seq, or one seq for all of them.
std::string EncodeGuess(const std::vector<LaneCursor>& guess) {
  std::string bytes;
  AppendVarint(&bytes, guess.front().epoch);
  for (const LaneCursor& cursor : guess) AppendVarint(&bytes, cursor.seq);
  return bytes;
}

std::vector<LaneCursor> DecodeGuess(std::string_view bytes) {
  ByteReader reader(bytes);
  const Epoch epoch = reader.Varint();
  uint64_t seq = 0;
  std::vector<LaneCursor> guess;
  for (uint8_t lane = 0; lane < session::kLanes; ++lane) {
    if (lane == 0 || !reader.AtEnd()) seq = reader.Varint();
    guess.push_back({epoch, lane, seq});
  }
  return reader.ok() ? guess : std::vector<LaneCursor>();
}

SessionConfig SessionConfigOf(const ExchangeConfig& config, Epoch epoch, const Clock& clock) {
  SessionConfig out;
  out.side = config.side;
  out.protocols = config.protocols;
  out.software = config.software;
  out.store = config.store;
  out.boot = epoch;
  out.wall_ms = clock.WallMs();
  out.scopes = config.scopes;
  out.flow = {config.frame_bytes, config.window_bytes};
  out.dictionary = ShippedDictionary();
  out.reconcile = config.reconcile;
  out.durability_horizon_ms = config.durability_horizon_ms;
  out.retry_after_ms = config.retry_after_ms;
  out.notices = config.notices;
  return out;
}

ReplicaFrame HeadOf(const Frame& frame) {
  ReplicaFrame head{frame.scope,   static_cast<Lane>(frame.lane), frame.epoch, frame.prev, frame.hi,
                    frame.lane_end};
  head.head = frame.head;
  return head;
}

}  // namespace

ApplyOptions ApplyOptionsOf(const ExchangeConfig& config, const Clock& clock) {
  ApplyOptions options;
  options.peer = config.peer;
  options.admit = config.admit;
  options.writers = config.writers;
  const bool lowers = config.side == Side::kServer || Planted(Fault::kClampByReceiver);
  options.receipt_ms = lowers ? clock.WallMs() : 0;
  return options;
}

absl::StatusOr<std::vector<LaneCursor>> RememberedPush(const Replica& replica, const std::string& peer,
                                                       const std::string& scope) {
  const absl::StatusOr<std::optional<std::string>> guess = replica.GetMeta(GuessKey(peer, scope));
  if (!guess.ok()) return guess.status();
  return guess->has_value() ? DecodeGuess(**guess) : std::vector<LaneCursor>();
}

class Exchange::Impl {
 public:
  Impl(Replica* replica, const Clock* clock, ExchangeConfig config)
      : replica_(replica),
        clock_(clock),
        config_(std::move(config)),
        wire_codec_(config_.district_key),
        codec_(config_.codec != nullptr ? config_.codec : &wire_codec_),
        builder_(replica, codec_, config_.writers),
        epoch_(replica->BeginSession()),
        session_(SessionConfigOf(config_, epoch_, *clock)) {}

  // Steps the event and everything that follows from it.
  void Run(session::Event event) {
    if (replica_->epoch() != epoch_ && !session_.closed()) event = Moved();
    Perform(session_.Step(std::move(event)));
    while (!results_.empty()) {
      session::Event result = std::move(results_.front());
      results_.pop_front();
      Perform(session_.Step(std::move(result)));
    }
    welcomed_ = welcomed_ || session_.live();
  }

  std::vector<SyncMessage> TakeOutgoing() { return std::exchange(outgoing_, {}); }
  const Session& session() const { return session_; }
  const Clock& clock() const { return *clock_; }
  ExchangeStatus Status() const;
  void RememberAll() const;
  // Reads along what the session does not look at.
  void Overhear(const SyncMessage& message);
  void Tick();

 private:
  void Perform(session::Effects effects) {
    for (session::Effect& effect : effects) {
      std::visit([this]<typename Concrete>(Concrete&& concrete) { Do(std::forward<Concrete>(concrete)); },
                 std::move(effect));
    }
  }

  void Do(const session::OpenScopes& open);
  void Do(session::Send send);
  void Do(const session::BuildFrame& build);
  void BuildWithoutReturns(session::BuildFrame build);  // for a planted fault
  void Do(session::ApplyFrame apply);
  void Do(const session::AdvanceCursors& advance);
  void Do(const session::ReadHead& read);
  void Do(const session::ReadBuckets& read);
  void Do(const session::ReadVersions& read);
  void Do(const session::BuildRepair& build);
  void Do(const session::ApplyRepair& apply);
  void Do(const session::Verdict& verdict);
  void Do(const session::KeepReceipt& keep);
  void Do(const session::RememberPushed& remember);
  void Do(session::Close close);

  absl::StatusOr<ScopeOpening> OpenScope(const std::string& scope);
  // Sequence and digest of one moment, the ids subtracted.
  absl::StatusOr<session::HeadRead> HeadWithout(const session::ReadHead& read);
  // The session asks only for what is granted; this is the wall behind it.
  bool Granted(const std::string& scope, bool sending);
  ApplyOptions OptionsOf() const;
  // A frame that failed: the connection ends, or, if it has failed before, it is kept as it came.
  void FrameFailed(const Frame& frame, uint64_t cursor_floor, const absl::Status& why);
  void CountSetAside(const ApplyOutcome& outcome);
  // Says and keeps the receipt of the last equal comparison, if it is time for one.
  void GiveReceipt(const std::string& scope);
  void NoteBackup(int64_t backed_up_to_ms);
  void Answer(session::Event event) { results_.push_back(std::move(event)); }
  void Fail(const absl::Status& status, bool fatal = false);
  // The store was opened again, or went on under another epoch, since the session began.
  static session::Failed Moved() { return {"the store was opened anew; the next session goes on"}; }

  Replica* replica_;
  const Clock* clock_;
  ExchangeConfig config_;
  WireFrameCodec wire_codec_;
  const FrameCodec* codec_;
  FrameBuilder builder_;
  const Epoch epoch_;
  Session session_;
  std::deque<session::Event> results_;
  std::vector<SyncMessage> outgoing_;
  std::map<std::string, int64_t> verified_at_ms_;
  std::map<std::string, int64_t> remembered_at_ms_;  // steady
  struct Comparison {
    std::optional<VerifiedCut> unreceipted;  // equal, and no receipt was given of it yet
    std::optional<int64_t> receipt_at_ms;    // steady, of the last receipt
  };
  std::map<std::string, Comparison> comparisons_;  // server
  int64_t backed_up_told_ms_ = 0;
  uint64_t set_aside_ = 0;
  uint64_t forged_ = 0;
  std::string forged_words_;
  session::Close close_;
  bool welcomed_ = false;
};

bool Exchange::Impl::Granted(const std::string& scope, bool sending) {
  const auto grant = std::find_if(config_.scopes.begin(), config_.scopes.end(),
                                  [&](const ScopeGrant& g) { return g.scope == scope; });
  if (Planted(Fault::kScopeByPrefix) || (sending && Planted(Fault::kScopeNotCheckedOnPull))) return true;
  const bool granted = grant != config_.scopes.end() &&
                       (sending ? MaySend(config_.side, *grant) : MayReceive(config_.side, *grant));
  if (!granted)
    Fail(absl::PermissionDeniedError(fmt::format("scope {} is not granted to this peer", scope)), true);
  return granted;
}

void Exchange::Impl::Fail(const absl::Status& status, bool fatal) {
  const uint32_t retry = absl::IsResourceExhausted(status) ? kDiskFullRetryMs : 0;
  Answer(session::Failed{std::string(status.message()), retry, fatal});
}

ApplyOptions Exchange::Impl::OptionsOf() const { return ApplyOptionsOf(config_, *clock_); }

absl::StatusOr<ScopeOpening> Exchange::Impl::OpenScope(const std::string& scope) {
  const absl::StatusOr<ScopeHead> head = replica_->BeginScope(scope);
  if (!head.ok()) return head.status();
  ScopeOpening opening;
  opening.scope = scope;
  opening.head = head->seq;
  const std::vector<LineageRow>& rows = head->lineage.rows();
  const size_t told = std::min(rows.size(), session::kLineageRowsTold);
  opening.lineage.assign(rows.end() - static_cast<ptrdiff_t>(told), rows.end());
  if (!config_.reconcile) {
    const absl::StatusOr<std::vector<PeerCursor>> cursors = replica_->Cursors(config_.peer, scope);
    if (!cursors.ok()) return cursors.status();
    for (const PeerCursor& c : *cursors)
      opening.cursors.push_back({c.epoch, static_cast<uint8_t>(c.lane), c.seq, c.seen});
  }
  if (config_.side == Side::kSite) {
    absl::StatusOr<std::vector<LaneCursor>> guess = RememberedPush(*replica_, config_.peer, scope);
    if (!guess.ok()) return guess.status();
    opening.guessed = *std::move(guess);
  }
  return opening;
}

void Exchange::Impl::Do(const session::OpenScopes& open) {
  session::ScopesOpened opened;
  for (const std::string& scope : open.scopes) {
    absl::StatusOr<ScopeOpening> opening = OpenScope(scope);
    if (!opening.ok()) return Fail(opening.status());
    opened.openings.push_back(*std::move(opening));
  }
  Answer(std::move(opened));
}

void Exchange::Impl::BuildWithoutReturns(session::BuildFrame build) {
  std::vector<LineageRow> rows;
  const auto cursors = replica_->Cursors(config_.peer, build.scope);
  for (const PeerCursor& cursor : *cursors) rows.push_back({cursor.epoch, Lineage::kOpenEnd});
  const Lineage all(std::move(rows));
  build.peer_lineage = &all;
  absl::StatusOr<session::FrameBuilt> built = builder_.Build(build, session_.dictionary());
  built.ok() ? Answer(*std::move(built)) : Fail(built.status());
}

void Exchange::Impl::Do(const session::BuildFrame& build) {
  if (!Granted(build.scope, true)) return;
  if (Planted(Fault::kSkipWhateverLineage)) return BuildWithoutReturns(build);
  absl::StatusOr<session::FrameBuilt> built = builder_.Build(build, session_.dictionary());
  if (built.ok() && replica_->epoch() != epoch_) return Answer(Moved());
  built.ok() ? Answer(*std::move(built)) : Fail(built.status());
}

void Exchange::Impl::Do(session::ApplyFrame apply) {
  Frame& frame = apply.frame;
  if (!Granted(frame.scope, false)) return;
  absl::StatusOr<std::vector<Delta>> items =
      codec_->Decode(frame.scope, frame.epoch, session_.dictionary(), frame.body);
  if (items.ok() && items->size() != frame.items) {
    items = absl::InvalidArgumentError(fmt::format("frame {} holds {} records, {} were announced",
                                                   frame.number, items->size(), frame.items));
  }
  if (!items.ok()) return FrameFailed(frame, apply.cursor_floor, items.status());
  ReplicaFrame merged = HeadOf(frame);
  merged.items = *std::move(items);
  ApplyOptions options = OptionsOf();
  options.cursor_floor = apply.cursor_floor;
  absl::StatusOr<ApplyOutcome> outcome = replica_->ApplyFrame(merged, options);
  session::FrameApplied applied{frame.scope, frame.lane, frame.number, apply.cursor_floor};
  if (absl::IsResourceExhausted(outcome.status())) {
    applied.retry_after_ms = kDiskFullRetryMs;
    return Answer(std::move(applied));
  }
  if (!outcome.ok()) return FrameFailed(frame, apply.cursor_floor, outcome.status());
  CountSetAside(*outcome);
  applied.cursor = outcome->cursor;
  applied.nacks = std::move(outcome->nacks);
  for (SetAside& item : outcome->set_aside) applied.set_aside.push_back({item.id, std::move(item.reason)});
  applied.changed = outcome->changed > 0;
  Answer(std::move(applied));
}

void Exchange::Impl::FrameFailed(const Frame& frame, uint64_t cursor_floor, const absl::Status& why) {
  if (!IsOfTheFrame(why)) return Fail(why);
  const absl::StatusOr<bool> enough = FailedOftenEnough(replica_, config_.peer, frame);
  if (!enough.ok() || !*enough) return Fail(why);
  ApplyOptions options = OptionsOf();
  options.cursor_floor = cursor_floor;
  const std::string reason = fmt::format("{} record(s) in a frame that cannot be taken: {}", frame.items,
                                         std::string(why.message()));
  const absl::StatusOr<uint64_t> cursor = replica_->SetFrameAside(HeadOf(frame), frame.body, reason, options);
  if (!cursor.ok()) return Fail(cursor.status());
  ++set_aside_;
  session::FrameApplied applied{frame.scope, frame.lane, frame.number, *cursor};
  applied.changed = true;  // the head is to be read again: there is one more id to leave out
  Answer(std::move(applied));
}

void Exchange::Impl::CountSetAside(const ApplyOutcome& outcome) {
  for (const SetAside& item : outcome.set_aside) {
    ++set_aside_;
    if (item.cause != SetAsideCause::kForged && item.cause != SetAsideCause::kCollision) continue;
    ++forged_;
    forged_words_ = item.reason;
  }
}

void Exchange::Impl::Do(const session::AdvanceCursors& advance) {
  if (!Granted(advance.scope, false)) return;
  const absl::Status status =
      replica_->AdvanceToHead(config_.peer, advance.scope, advance.epoch, advance.seq);
  // With no room the cursor stays behind what is held: true enough, and the next head moves it.
  if (!status.ok() && !absl::IsResourceExhausted(status)) Fail(status);
}

absl::StatusOr<session::HeadRead> Exchange::Impl::HeadWithout(const session::ReadHead& read) {
  while (true) {
    const absl::StatusOr<ScopeHead> head = replica_->Head(read.scope);
    if (!head.ok()) return head.status();
    const absl::StatusOr<std::vector<SetAside>> set_asides = replica_->SetAsides(read.scope);
    if (!set_asides.ok()) return set_asides.status();
    session::HeadRead result{read.scope, head->seq, head->records, head->digest, {}};
    for (const SetAside& item : *set_asides) result.set_aside.push_back(item.id);
    std::sort(result.set_aside.begin(), result.set_aside.end());
    result.set_aside.erase(std::unique(result.set_aside.begin(), result.set_aside.end()),
                           result.set_aside.end());
    std::vector<RecordId> without = result.set_aside;
    without.insert(without.end(), read.also_without.begin(), read.also_without.end());
    if (without.empty() || Planted(Fault::kSetAsideNotSubtracted)) return result;
    std::sort(without.begin(), without.end());
    without.erase(std::unique(without.begin(), without.end()), without.end());
    for (const RecordId& id : without) {
      const absl::StatusOr<std::optional<StoredRecord>> record = replica_->Get(read.scope, id);
      if (!record.ok()) return record.status();
      if (record->has_value()) result.digest -= (*record)->version;
    }
    const absl::StatusOr<ScopeHead> after = replica_->Head(read.scope);
    if (!after.ok()) return after.status();
    if (after->seq == head->seq) return result;
  }
}

void Exchange::Impl::Do(const session::ReadHead& read) {
  absl::StatusOr<session::HeadRead> head = HeadWithout(read);
  head.ok() ? Answer(*std::move(head)) : Fail(head.status());
}

void Exchange::Impl::Do(const session::ReadBuckets& read) {
  const absl::StatusOr<std::vector<BucketDigest>> buckets = replica_->Buckets(read.scope);
  if (!buckets.ok()) return Fail(buckets.status());
  session::BucketsRead result{read.scope, {}};
  for (const BucketDigest& b : *buckets) {
    if (b.records > 0) result.buckets.push_back({b.bucket, b.records, b.digest});
  }
  Answer(std::move(result));
}

void Exchange::Impl::Do(const session::ReadVersions& read) {
  const absl::StatusOr<std::vector<RecordVersion>> versions =
      replica_->BucketVersions(read.scope, read.bucket);
  if (!versions.ok()) return Fail(versions.status());
  session::VersionsRead result{read.scope, read.bucket, {}};
  for (const RecordVersion& v : *versions) result.entries.push_back({v.id, v.version});
  Answer(std::move(result));
}

void Exchange::Impl::Do(const session::BuildRepair& build) {
  if (!Granted(build.scope, true)) return;
  absl::StatusOr<session::RepairBuilt> built = builder_.BuildRepair(build, session_.dictionary());
  built.ok() ? Answer(*std::move(built)) : Fail(built.status());
}

void Exchange::Impl::Do(const session::ApplyRepair& apply) {
  const Repair& repair = apply.repair;
  if (!Granted(repair.scope, false)) return;
  const absl::StatusOr<std::vector<Delta>> states =
      codec_->Decode(repair.scope, 0, session_.dictionary(), repair.body);
  // Repair is the backstop: what it cannot mend is asked for again, ever more rarely (NarrowPace).
  if (!states.ok()) return Answer(session::RepairApplied{repair.scope, repair.number, false});
  const absl::StatusOr<ApplyOutcome> outcome = replica_->ApplyRepair(repair.scope, *states, OptionsOf());
  if (!outcome.ok()) return Fail(outcome.status());
  CountSetAside(*outcome);
  Answer(session::RepairApplied{repair.scope, repair.number, outcome->changed > 0});
}

void Exchange::Impl::Do(const session::Verdict& verdict) {
  if (!verdict.equal) return;
  verified_at_ms_[verdict.scope] = clock_->WallMs();
  if (!config_.sign) return;
  comparisons_[verdict.scope].unreceipted =
      VerifiedCut{verdict.scope,   verdict.epoch,  verdict.seq,      verdict.peer_epoch, verdict.peer_seq,
                  verdict.records, verdict.digest, verdict.left_out, clock_->WallMs()};
  GiveReceipt(verdict.scope);
}

void Exchange::Impl::GiveReceipt(const std::string& scope) {
  Comparison& comparison = comparisons_[scope];
  if (!comparison.unreceipted.has_value() || session_.closed()) return;
  const int64_t now_ms = clock_->SteadyMs();
  if (comparison.receipt_at_ms.has_value() && now_ms - *comparison.receipt_at_ms < kReceiptEveryMs) return;
  comparison.receipt_at_ms = now_ms;
  Receipt receipt{scope, EncodeStatement(*comparison.unreceipted), ""};
  comparison.unreceipted.reset();
  receipt.signature = config_.sign(receipt.statement);
  // Not kept for want of room, it is at the site all the same.
  KeepReceipt(replica_, config_.peer, scope, receipt.statement, receipt.signature).IgnoreError();
  outgoing_.push_back(std::move(receipt));
}

void Exchange::Impl::Do(const session::KeepReceipt& keep) {
  const Receipt& receipt = keep.receipt;
  const std::optional<VerifiedCut> cut = DecodeStatement(receipt.statement);
  if (!cut.has_value() || cut->scope != receipt.scope || !config_.is_signed) return;
  if (!config_.is_signed(receipt.statement, receipt.signature)) return;
  KeepReceipt(replica_, config_.peer, receipt.scope, receipt.statement, receipt.signature).IgnoreError();
}

void Exchange::Impl::Do(session::Send send) {
  auto* ack = std::get_if<Ack>(&send.message);
  if (ack != nullptr && config_.backed_up_to_ms != nullptr) {
    const int64_t newest_ms = *config_.backed_up_to_ms;
    if (newest_ms > backed_up_told_ms_) ack->backed_up_to_ms = static_cast<uint64_t>(newest_ms);
    backed_up_told_ms_ = newest_ms;
  }
  outgoing_.push_back(std::move(send.message));
}

void Exchange::Impl::NoteBackup(int64_t backed_up_to_ms) {
  if (config_.side != Side::kSite || backed_up_to_ms <= backed_up_told_ms_) return;
  backed_up_told_ms_ = backed_up_to_ms;
  NoteBackedUpTo(replica_, config_.peer, backed_up_to_ms).IgnoreError();
}

void Exchange::Impl::Overhear(const SyncMessage& message) {
  if (const auto* ack = std::get_if<Ack>(&message)) NoteBackup(static_cast<int64_t>(ack->backed_up_to_ms));
  const auto* welcome = std::get_if<Welcome>(&message);
  if (welcome == nullptr || config_.side != Side::kSite) return;
  for (const ScopeOpening& opening : welcome->scopes) {
    // Where it cannot be forgotten for want of room, it is at the next opening.
    ForgetReceiptOfAnotherTimeline(replica_, config_.peer, opening.scope, Lineage(opening.lineage))
        .IgnoreError();
  }
  NoteBackup(welcome->durability_horizon_ms);
}

void Exchange::Impl::Tick() {
  Run(session::Ticked{clock_->SteadyMs()});
  for (const auto& [scope, comparison] : comparisons_) GiveReceipt(scope);
}

void Exchange::Impl::Do(const session::RememberPushed& remember) {
  if (config_.side != Side::kSite) return;
  const auto last = remembered_at_ms_.find(remember.scope);
  const int64_t now_ms = clock_->SteadyMs();
  if (last != remembered_at_ms_.end() && now_ms - last->second < kRememberEveryMs) return;
  remembered_at_ms_[remember.scope] = now_ms;
  const absl::Status status = replica_->PutMeta(GuessKey(config_.peer, remember.scope),
                                                EncodeGuess({{remember.epoch, 0, remember.seq}}));
  if (!status.ok() && !absl::IsResourceExhausted(status)) Fail(status);
}

void Exchange::Impl::RememberAll() const {
  if (config_.side != Side::kSite) return;
  for (const ScopeGrant& grant : config_.scopes) {
    const std::vector<LaneCursor> pushed = session_.Pushed(grant.scope);
    if (pushed.empty()) continue;
    // Not kept, it costs the next connection its first frames, no more.
    replica_->PutMeta(GuessKey(config_.peer, grant.scope), EncodeGuess(pushed)).IgnoreError();
  }
}

void Exchange::Impl::Do(session::Close close) { close_ = std::move(close); }

ExchangeStatus Exchange::Impl::Status() const {
  ExchangeStatus status;
  status.welcomed = welcomed_;
  status.closed = session_.closed();
  status.welcome = session_.welcome();
  status.close_reason = close_.reason;
  status.retry_after_ms = close_.retry_after_ms;
  status.fatal = close_.fatal;
  status.peer_clock_offset_ms = session_.peer_clock_offset_ms();
  status.bytes_sent = session_.flow().sent();
  status.bytes_unacknowledged = session_.flow().unacknowledged();
  status.bytes_asked_again = session_.bytes_asked_again();
  status.forged = forged_;
  status.forged_words = forged_words_;
  status.set_aside = set_aside_;
  for (const Session::ScopeStanding& standing : session_.Standing()) {
    ScopeProgress progress;
    progress.scope = standing.scope;
    progress.head = standing.head;
    progress.pushed = standing.pushed;
    progress.pulled = standing.pulled;
    progress.peer_head = standing.peer_head;
    progress.verified = standing.verified;
    const auto verified_at = verified_at_ms_.find(standing.scope);
    if (verified_at != verified_at_ms_.end()) progress.verified_at_ms = verified_at->second;
    progress.repairing = standing.repairing;
    status.scopes.push_back(std::move(progress));
  }
  return status;
}

Exchange::Exchange(Replica* replica, const Clock* clock, ExchangeConfig config)
    : impl_(std::make_unique<Impl>(replica, clock, std::move(config))) {}
Exchange::~Exchange() = default;

void Exchange::Start() { impl_->Run(session::Started{}); }
void Exchange::Receive(const SyncMessage& message) {
  impl_->Overhear(message);
  impl_->Run(session::Received{message});
}
void Exchange::LocalCommit(std::string_view scope) { impl_->Run(session::Committed{std::string(scope)}); }
void Exchange::Ended() { impl_->RememberAll(); }
void Exchange::Tick() { impl_->Tick(); }
std::vector<SyncMessage> Exchange::TakeOutgoing() { return impl_->TakeOutgoing(); }
ExchangeStatus Exchange::Status() const { return impl_->Status(); }
bool Exchange::closed() const { return impl_->session().closed(); }
size_t Exchange::frame_bytes() const { return impl_->session().flow().limits().frame_bytes; }
size_t Exchange::window_bytes() const { return impl_->session().flow().limits().window_bytes; }

}  // namespace trellis
