// Drives one sync session against a replica: performs what the session's state machine asks, hands back the
// messages to send. Knows no sockets and no threads, so the simulation drives it too.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/replica/replica.h"
#include "common/session/flow.h"
#include "common/session/messages.h"
#include "common/session/protocol_window.h"
#include "common/session/scope_grant.h"
#include "common/time/clock.h"

namespace trellis {

// Makes and reads the bodies of frames. Thread-safe.
class FrameCodec {
 public:
  virtual ~FrameCodec() = default;
  // `epoch`: of the frame, which is most often its records' only writer; 0: nothing is said of it.
  virtual std::string Encode(std::string_view scope, Epoch epoch, uint64_t dictionary,
                             const std::vector<Delta>& items) const = 0;
  virtual absl::StatusOr<std::vector<Delta>> Decode(std::string_view scope, Epoch epoch, uint64_t dictionary,
                                                    std::string_view body) const = 0;
};

struct ExchangeConfig {
  Side side = Side::kSite;
  ProtocolWindow protocols;
  std::string peer;      // stable name of the other store (certificate identity); keys the cursors
  std::string store;     // own name, for people
  std::string software;  // name and version
  HashKey district_key{};
  std::vector<ScopeGrant> scopes;
  AdmitDelta admit;  // asked for each incoming record
  // Server: whose writes the peer may send, and the key of what is vouched for on the way down.
  std::optional<WriterRule> writers;
  // Server: signs receipts; empty: none are given. Site: whether a receipt is signed by its district.
  std::function<std::string(std::string_view statement)> sign;
  std::function<bool(std::string_view statement, std::string_view signature)> is_signed;
  // Server: the time of the newest verified backup; moves while the exchange lives. May be null.
  const std::atomic<int64_t>* backed_up_to_ms = nullptr;
  // Kept by the agent from one connection to the next (DESIGN.md: a cut halves both; see AfterCut).
  size_t frame_bytes = FlowLimits().frame_bytes;
  size_t window_bytes = FlowLimits().window_bytes;
  int64_t durability_horizon_ms = 0;
  std::vector<std::string> notices;
  bool reconcile = false;             // the store is in rescue
  uint32_t retry_after_ms = 0;        // server: not 0: nobody is admitted now
  const FrameCodec* codec = nullptr;  // null: the columns of common/wire; another must outlive the exchange
};

// How what comes from the peer is taken into the store.
ApplyOptions ApplyOptionsOf(const ExchangeConfig& config, const Clock& clock);

// At a site: how far the peer was known to hold the scope's feed when a session last noted it; empty: never.
absl::StatusOr<std::vector<LaneCursor>> RememberedPush(const Replica& replica, const std::string& peer,
                                                       const std::string& scope);

struct ScopeProgress {
  std::string scope;
  uint64_t head = 0;       // own seq
  uint64_t pushed = 0;     // acknowledged durable by the peer, least over lanes
  uint64_t pulled = 0;     // own durable cursor in the peer's present epoch, least over lanes
  uint64_t peer_head = 0;  // as the peer last said
  bool verified = false;   // digests compared equal at the last valid cut
  int64_t verified_at_ms = 0;
  bool repairing = false;
};

struct ExchangeStatus {
  bool welcomed = false;
  bool closed = false;
  Welcome welcome;  // the peer's software, store, notices, durability horizon
  std::string close_reason;
  uint32_t retry_after_ms = 0;
  bool fatal = false;
  int64_t peer_clock_offset_ms = 0;   // peer's wall clock minus ours, at welcome
  uint64_t bytes_sent = 0;            // frame bodies
  uint64_t bytes_unacknowledged = 0;  // what a cut now would cost
  uint64_t bytes_asked_again = 0;     // of frames the peer did not take: sent again though nothing was cut
  uint64_t forged = 0;                // items of the peer set aside because they say what is not so
  std::string forged_words;           // why the last one was
  uint64_t set_aside = 0;             // items of the peer set aside for any reason
  std::vector<ScopeProgress> scopes;
};

// Not thread-safe: the owner calls it from one strand. Calls may block on the replica's disk.
class Exchange {
 public:
  Exchange(Replica* replica, const Clock* clock, ExchangeConfig config);
  ~Exchange();

  // The site's end speaks first.
  void Start();
  void Receive(const SyncMessage& message);
  // Something was committed to the scope from elsewhere than this exchange.
  void LocalCommit(std::string_view scope);
  // The connection is gone. What the peer acknowledged is remembered, so that the next one does not begin
  // with frames it has.
  void Ended();
  // Timers: call about every second.
  void Tick();
  // Messages to send, in order. Empty when nothing is to be said.
  std::vector<SyncMessage> TakeOutgoing();
  ExchangeStatus Status() const;
  // As Status().closed, at no cost.
  bool closed() const;
  // Values the agent keeps for the next connection; halved by AfterCut() if this one was cut.
  size_t frame_bytes() const;
  size_t window_bytes() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace trellis
