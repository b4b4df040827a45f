// One connection's conversation, as a state machine: events in, effects out. Pure; see step.h for the
// contract with the driver and README.md for the ladders.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/session/announce_pace.h"
#include "common/session/flow.h"
#include "common/session/held_ack.h"
#include "common/session/messages.h"
#include "common/session/narrowing.h"
#include "common/session/protocol_window.h"
#include "common/session/receiver.h"
#include "common/session/scope_grant.h"
#include "common/session/sender.h"
#include "common/session/step.h"
#include "common/session/verdict.h"

namespace trellis {

struct SessionConfig {
  Side side = Side::kSite;
  ProtocolWindow protocols;
  std::string software;
  std::string store;
  uint64_t boot = 0;    // epoch of the opening
  int64_t wall_ms = 0;  // own wall clock now
  std::vector<ScopeGrant> scopes;
  FlowLimits flow;
  uint64_t credit_bytes = 256 * 1024;  // unacknowledged bytes taken from the peer
  uint64_t dictionary = 0;             // compression dictionary shipped; 0: none
  bool reconcile = false;              // the store is in rescue
  // Server only.
  int64_t durability_horizon_ms = 0;
  uint32_t retry_after_ms = 0;  // not 0: nobody is admitted now
  std::vector<std::string> notices;
};

// Not thread-safe.
class Session {
 public:
  // No answer to what is under way, and no Hello or Welcome, for this long: the connection is given up.
  static constexpr int64_t kSilenceMs = 60'000;

  explicit Session(SessionConfig config);

  session::Effects Step(session::Event event);

  struct ScopeStanding {
    std::string scope;
    uint64_t head = 0;
    uint64_t pushed = 0;
    uint64_t pulled = 0;
    uint64_t peer_head = 0;
    bool verified = false;
    bool repairing = false;
  };
  std::vector<ScopeStanding> Standing() const;
  // What the peer is known to hold of a scope, lane by lane: the guess of the next session. Empty if this one
  // did not learn it.
  std::vector<LaneCursor> Pushed(const std::string& scope) const;
  bool live() const { return stage_ == Stage::kLive; }
  bool closed() const { return stage_ == Stage::kClosed; }
  // Peer's wall clock minus ours, as it said hello.
  int64_t peer_clock_offset_ms() const { return peer_clock_offset_ms_; }
  // The version both ends speak from the Welcome on; 0 before.
  uint32_t protocol() const { return protocol_; }
  // The compression dictionary both ends know; 0: none.
  uint64_t dictionary() const { return dictionary_; }
  const Flow& flow() const { return sender_.flow(); }
  uint64_t bytes_asked_again() const { return sender_.asked_again_bytes(); }
  // What the server said at welcome (site), or the site at hello (server: only software, store and boot).
  const Welcome& welcome() const { return peer_welcome_; }

 private:
  enum class Stage {
    kAwaitingHello,    // server
    kStarting,         // site, before Started
    kOpening,          // scopes are being opened
    kAwaitingWelcome,  // site: Hello sent
    kLive,
    kClosed,
  };

  struct Scope {
    ScopeGrant grant;
    ScopeOpening mine;
    ScopeOpening theirs;
    bool sends = false;
    bool receives = false;
    bool joined = false;  // both openings are known
    bool dirty = false;   // the head is to be read again
    std::optional<session::HeadRead> head;
    session::Comparison comparison;
    bool announce_again = false;
    session::AnnouncePace announce_pace;
    // Opening by comparison: ours to them, and theirs to us (README.md).
    bool comparing_out = false;
    bool compare_said = false;
    uint64_t compare_seq = 0;
    int answers_due = 0;
    bool comparing_in = false;
    bool compare_heard = false;
    // Repair.
    bool walked = false;       // server: the walk has ended, the site is to be told
    session::BucketWalk walk;  // server
    session::NarrowPace pace;  // site
    bool narrowing = false;    // site: from Narrow until kNoMoreBuckets
    std::optional<std::vector<Narrow::Bucket>> peer_buckets;  // server: while ours are read
    std::optional<Versions> peer_versions;                    // site: while ours are read
    uint64_t remembered = 0;
  };

  void SetStage(Stage stage) { stage_ = stage; }
  void Emit(session::Effect effect) { effects_.push_back(std::move(effect)); }
  void Say(SyncMessage message) { Emit(session::Send{std::move(message)}); }
  // Says Bye and ends.
  void Refuse(std::string reason, bool fatal);
  void End(std::string reason, uint32_t retry_after_ms, bool fatal);
  void EndUnlessOk(const absl::Status& status);
  Scope* Find(const std::string& name);

  // session.cc: events
  void On(session::Started event);
  void On(session::Received event);
  void On(const session::Committed& event);
  void On(session::Ticked event);
  void On(session::ScopesOpened event);
  void On(session::FrameBuilt event);
  void On(session::FrameApplied event);
  void On(session::HeadRead event);
  void On(session::BucketsRead event);
  void On(session::VersionsRead event);
  void On(session::RepairBuilt event);
  void On(const session::RepairApplied& event);
  void On(session::Failed event);
  // What can be done now: at most one effect with a result.
  void Pump();
  bool PumpRepair();

  // session_opening.cc
  void OnMessage(Hello hello);
  void OnMessage(Welcome welcome);
  void GrantWrongly(const std::string& name);  // for planted faults
  void OpenedAtSite(std::vector<ScopeOpening> openings);
  void OpenedAtServer(std::vector<ScopeOpening> openings);
  void Join(Scope* scope, ScopeOpening theirs);
  void FinishComparingOut(Scope* scope, const AtHead& head);
  void FinishComparingIn(Scope* scope);

  // session_messages.cc
  void OnMessage(Frame frame);
  void SayHeldAck();
  void OnMessage(const Ack& ack);
  void OnMessage(AtHead head);
  void OnMessage(Narrow narrow);
  void OnMessage(Versions versions);
  void OnMessage(Repair repair);
  void OnMessage(const RepairAck& ack);
  void OnMessage(Receipt receipt);
  void OnMessage(Bye bye);
  // Announces and judges what the last reading of the head allows.
  void Evaluate(Scope* scope);
  void Announce(Scope* scope);
  void BeginNarrowing(Scope* scope);
  void ContinueWalk(Scope* scope);
  std::vector<RecordId> LeftOut(const Scope& scope) const;

  SessionConfig config_;
  Stage stage_;
  std::map<std::string, Scope> scopes_;
  session::Sender sender_;
  session::Receiver receiver_;
  session::RepairQueue repairs_;
  session::HeldAck held_ack_;
  session::Effects effects_;
  bool awaiting_result_ = false;  // of an effect Pump asked for
  int64_t now_ms_ = 0;            // steady, of the last tick
  int64_t last_progress_ms_ = 0;
  bool ticked_ = false;
  Hello peer_hello_;
  Welcome peer_welcome_;
  int64_t peer_clock_offset_ms_ = 0;
  uint32_t protocol_ = 0;
  uint64_t dictionary_ = 0;
};

}  // namespace trellis
