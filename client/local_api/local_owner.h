// Whom the local socket speaks for: the account the daemon was joined with.
#pragma once

#include <atomic>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "client/agent/membership.h"
#include "common/access/principal.h"
#include "common/service/record_store.h"

namespace trellis {

// The account's record and role grants say what it may do, as soon as they have come; until then it leads its
// site, as the joining code said. A disabled account is refused. Thread-safe.
class LocalOwner {
 public:
  // `store.replica` must outlive it.
  LocalOwner(const RecordStore& store, const Membership& membership);
  ~LocalOwner();
  LocalOwner(const LocalOwner&) = delete;

  // As of the last Refresh: never blocks on the disk. PERMISSION_DENIED for a disabled account.
  absl::StatusOr<Principal> Get() const;
  // Reads the records again if the site's scope has changed since. An error keeps what was known.
  absl::Status Refresh();

 private:
  struct Facts;

  absl::StatusOr<Facts> Read() const;

  const RecordStore store_;
  const std::string site_;
  const std::string account_;   // record id
  const std::string username_;  // what is written as the actor
  uint64_t listener_ = 0;
  std::atomic<bool> stale_ = true;
  mutable std::mutex mutex_;
  absl::StatusOr<Principal> principal_;
};

}  // namespace trellis
