// Tells sessions what happens in the store they share: commits in the scopes they hold, and the passing of
// seconds.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "common/replica/replica.h"
#include "common/rpc/sync_session.h"

namespace trellis {

// Thread-safe.
class SyncHub {
 public:
  // `replica` must outlive the hub.
  explicit SyncHub(Replica* replica);
  ~SyncHub();

  void Add(const std::shared_ptr<SyncSession>& session);
  void Remove(const SyncSession* session);
  // Sessions with the peer of that name.
  std::vector<std::shared_ptr<SyncSession>> OfPeer(std::string_view peer) const;
  std::vector<std::shared_ptr<SyncSession>> All() const;

 private:
  using Members = std::map<const SyncSession*, std::shared_ptr<SyncSession>>;

  void Committed(std::string_view scope);
  void TickEachSecond();

  Replica* const replica_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  Members members_;
  std::map<std::string, Members, std::less<>> by_scope_;
  uint64_t listener_ = 0;
  std::thread ticker_;
};

}  // namespace trellis
