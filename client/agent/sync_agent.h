// Keeps a site's store in step with its server: connects, makes one session a connection, and waits before
// the next. Never in the way of local work.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "client/agent/backoff.h"
#include "client/agent/membership.h"
#include "client/agent/resend_meter.h"
#include "client/agent/suspend_watch.h"
#include "client/agent/sync_standing.h"
#include "client/link/link_diagnosis.h"
#include "common/rpc/channel_settings.h"
#include "common/rpc/executor.h"
#include "common/rpc/sync_call.h"
#include "common/rpc/sync_hub.h"
#include "common/session/flow.h"

namespace trellis {

// Thread-safe.
class SyncAgent {
 public:
  // A connection on which nothing moves for so long is given up, though it may look alive.
  static constexpr int64_t kWatchdogMs = 90'000;
  // From the start of an attempt to the server's welcome.
  static constexpr int64_t kWelcomeMs = 30'000;
  // How long is spent on finding out what stands between, after an attempt that was not answered.
  static constexpr std::chrono::milliseconds kProbe{10'000};

  struct Options {
    Membership membership;
    std::string software;
    std::optional<HttpProxy> proxy;
    Keepalive keepalive;
    bool reconcile = false;                          // the store is in rescue
    std::function<std::vector<std::string>()> also;  // sites held beside its own, as of now; empty: none
    Replica* replica = nullptr;
    SyncHub* hub = nullptr;
    Executor* executor = nullptr;
    const Clock* clock = nullptr;
    Random* random = nullptr;
  };
  // Begins at once, unless it was paused in an earlier run. Pointers must outlive the agent.
  explicit SyncAgent(Options options);
  // As Stop.
  ~SyncAgent();
  // Says good-bye and waits for the connection to end, for a second or two; ends waiting SyncNow calls.
  void Stop();

  SyncStanding Standing() const;
  // Looks at the way to the server now, beside whatever connection stands. Blocks for up to kProbe.
  LinkDiagnosis Diagnose() const;
  // To the server, while it answers; null: not connected now.
  std::shared_ptr<grpc::Channel> LiveChannel() const;
  // Kept over restarts.
  absl::Status Pause();
  absl::Status Resume();
  // A fresh connection instead of the one that stands: what is exchanged has changed.
  void Reconnect();
  // Waits until everything stored at both ends when it was called has crossed and the digests were compared
  // equal after that. DEADLINE_EXCEEDED, UNAVAILABLE (not connected), FAILED_PRECONDITION (paused) or
  // PERMISSION_DENIED (refused), each with how it stands.
  absl::Status SyncNow(std::chrono::milliseconds timeout);

 private:
  // One connection, shared with the callbacks of its session and call, which are over before it is.
  struct Connection;

  void Run();
  // Makes a connection and stays with it until nothing of it is left.
  void RunConnection(std::unique_lock<std::mutex>* lock);
  void Begin(const std::shared_ptr<Connection>& connection, bool reconcile);
  bool Stuck(Connection* connection, int64_t steady_ms) const;
  void Finish(const Connection& connection);
  // After an attempt that was not answered: says what stands between.
  void ExplainSilence(std::unique_lock<std::mutex>* lock);
  // Waits until the next attempt is due.
  void WaitForNextAttempt(std::unique_lock<std::mutex>* lock, int64_t wait_ms);
  std::shared_ptr<grpc::Channel> MakeChannel() const;
  void UpdateWord();
  // Waits for `reached` on a connection that is not about to be left; false if it did not come to that.
  bool WaitUntil(std::unique_lock<std::mutex>* lock, std::chrono::steady_clock::time_point deadline,
                 const std::function<bool()>& reached);

  const Options options_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> stopping_ = false;  // set with the mutex held
  bool paused_ = false;
  bool reconnect_ = false;  // a fresh connection is wanted now
  bool reconcile_;
  std::shared_ptr<Connection> connection_;  // null: none
  SyncStanding standing_;
  bool refused_ = false;
  FlowLimits limits_;
  ResendMeter resends_;
  SuspendWatch suspends_;
  Backoff backoff_;
  std::thread thread_;
};

}  // namespace trellis
