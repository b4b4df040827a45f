// A district in one thread: a server, sites, the network between them, and everything that can happen to
// them.
//
// Deterministic: what happens is what the caller asks for, in that order. A broken promise seen on the way is
// kept as the failure of the history.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/exchange/exchange.h"
#include "tests/simulation/world/ledger.h"
#include "tests/simulation/world/plain_codec.h"
#include "tests/simulation/world/sent_twice.h"
#include "tests/simulation/world/situations.h"
#include "tests/simulation/world/store.h"

namespace trellis::simulation {

// A link between a site and the server, with an exchange at each end that is still there.
struct Connection {
  int site = 0;
  uint64_t number = 0;
  std::unique_ptr<Exchange> site_end;
  std::unique_ptr<Exchange> server_end;
  std::deque<SyncMessage> up;
  std::deque<SyncMessage> down;
  bool cut = false;  // the site has given it up; what is under way to the server still comes
};

struct WorldConfig {
  uint64_t seed = 0;
  bool surveys = false;         // kinds are known, indexes and report views are kept
  size_t bytes_per_record = 0;  // padding in frames
  bool columns = false;         // the frame bodies of common/wire
  bool fence = true;            // a second session of the same opening ends the first
  // Digests that differ at a valid cut fail the history: repair is the backstop of every other mechanism and
  // must never be needed, unless the history damages a store.
  bool repair_expected = false;
  bool count_sent = false;  // bytes that go out twice are counted
  // Asked by the server for each incoming record.
  AdmitDelta server_admits;
  VoucherKey voucher_key{};  // of the server
};

class World {
 public:
  static constexpr int kServer = 0;

  explicit World(WorldConfig config);

  // The server is there from the beginning. Returns the store's index.
  int AddSite(const std::string& name, std::vector<ScopeGrant> grants, int64_t wall_ms);
  // -1 if there is none.
  int FindStore(const std::string& name) const;

  // ---- work ----
  absl::Status Write(int store, WriteRequest request);
  absl::Status Write(int store, std::vector<RecordWrite> records);
  std::optional<StoredRecord> Get(int store, const std::string& scope, const RecordId& id) const;

  // ---- links ----
  // Begins a session. A site has at most one link that is not cut.
  void Connect(int site);
  Connection* LinkOf(int site);
  // Delivers one message; false if none was under way there.
  bool DeliverUp(Connection* link);
  bool DeliverDown(Connection* link);
  // The site's end is gone, and whatever was coming down. What was going up is lost too, unless `late`.
  void Cut(Connection* link, bool late);
  void DropAllLinks();
  // Delivers until nothing is under way; false if that does not end.
  bool DeliverAll();
  // Time passes everywhere, and everybody's timers run.
  void Tick(int64_t ms);

  // ---- faults ----
  void Reopen(int store, bool power_lost);
  // The commit after `after` more.
  void FailNextCommit(int store, bool applied, int after = 0);
  size_t TakeImage(int store);
  // Of the image's own store.
  void Restore(int store, size_t image);
  // The image is of what the store once was, not of another timeline.
  bool IsOfThePast(int store, size_t image);
  // As Restore, by a disk that lied: the anchor knows better, and the store is rescued.
  void Rewind(int store, size_t image);
  int Clone(size_t image);
  int Clone(size_t image, const std::string& name);
  // Reopened by a program that knows all kinds, or none.
  void SetSchema(int store, bool knows_kinds);
  // Whether every write the store holds is held by the image or by another store as well.
  bool LosesNothing(int store, size_t image);
  void SetDiskFull(int store, bool full);
  // The next message on its way up is altered (hostile.cc).
  static constexpr size_t kHostileWays = 8;
  void Corrupt(Connection* link, size_t way, uint64_t detail);
  // The others' cursors pass all the store holds, unseen: what only digests can tell.
  absl::Status Overlook(int store);

  // ---- looking ----
  const std::vector<std::unique_ptr<Store>>& stores() const { return stores_; }
  Store& store(int index) { return *stores_[static_cast<size_t>(index)]; }
  std::vector<std::unique_ptr<Connection>>& links() { return links_; }
  struct ImageFacts {
    int store;
    Store::Image image;
  };
  const std::vector<ImageFacts>& images() const { return images_; }
  const Ledger& ledger() const { return ledger_; }
  Situations& situations() { return situations_; }
  uint64_t events() const { return events_; }
  // Of everything that happened, in order.
  uint64_t event_digest() const { return event_digest_; }
  const std::optional<std::string>& failure() const { return failure_; }
  void Fail(std::string what);
  // Names of two-way scopes of a site.
  std::vector<std::string> SharedScopes(int site) const;
  const HashKey& district_key() const { return district_.key; }
  void MixIntoDigest(uint64_t what) { Note(6, what); }
  // Wall times of the server at which frames came: what stamps may be lowered to.
  const std::set<int64_t>& receipts() const { return receipts_; }
  // What is wrong with the bytes sent again after cuts, if they are counted.
  std::optional<std::string> CheckSentTwice() const;
  // Tells the trace which records of the scope differ between the site and the server, and how.
  void TraceDifferences(int site, const std::string& scope);
  // Each event in words, if set.
  std::function<void(const std::string&)> trace;

 private:
  // A write of unknown outcome.
  struct Doubt {
    WriteRequest request;
    std::vector<RecordState> before;
  };

  void Open(int store);
  void Note(uint64_t what, uint64_t detail);
  // The write's dot; nullopt if nothing was written.
  std::optional<Dot> NoteWrite(int store, const RecordWrite& write, const RecordId& id,
                               const RecordState& old, bool acknowledged);
  void CheckStamp(int store, const RecordState& state, const Dot& dot);
  void CheckRepeated(const WriteRequest& request, const WriteOutcome& outcome);
  // These ids were told before.
  bool WasAnswered(const WriteRequest& request, const WriteOutcome& outcome) const;
  void SettleDoubt(int store);
  void CheckAnswered(int store);
  void PutBack(int store, size_t image, bool keep_anchor);
  RecordState StateOf(int store, const std::string& scope, const std::optional<RecordId>& id) const;
  Context ContextOf(int store, const std::string& scope, const RecordId& id) const;
  ExchangeConfig ConfigOf(int store, const Store& site) const;
  // Queues what an end said, and tells the other exchanges of its store what was committed.
  void Collect(Connection* link, bool site_side);
  void TellOthers(int store, const Exchange* except);
  void DropLinksOf(int store);
  void RemoveDeadLinks();
  void CountOnDelivery(const SyncMessage& message, const Connection& link, bool up);
  void TraceItems(const Frame& frame) const;
  void CheckWall(const SyncMessage& message, const Connection& link, bool up);
  void CheckTaint(const SyncMessage& message, const Store& site);
  void CheckQueue(const std::deque<SyncMessage>& queue);
  void CountSent(const SyncMessage& message, const Connection& link, bool up);
  void CountCut(const Exchange& end);

  WorldConfig config_;
  District district_;
  PlainCodec codec_;
  std::vector<std::unique_ptr<Store>> stores_;
  std::vector<std::unique_ptr<Connection>> links_;
  std::vector<ImageFacts> images_;
  std::map<int, Doubt> doubts_;
  Ledger ledger_;
  std::map<std::string, std::vector<RecordId>> answered_requests_;
  Situations situations_;
  uint64_t next_link_ = 1;
  uint64_t events_ = 0;
  uint64_t event_digest_ = 14695981039346656037u;
  std::optional<std::string> failure_;
  std::set<int64_t> receipts_;
  std::set<std::string> scopes_known_;
  SentTwice sent_twice_;
};

// The scope a frame, ack or other message speaks of; empty for those of a session.
std::string ScopeOf(const SyncMessage& message);
std::string Describe(const SyncMessage& message);

}  // namespace trellis::simulation
