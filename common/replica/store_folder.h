// A store on disk as server and daemon open it: the folder's lock, the engine, the anchor, the replica.
//
//   FOLDER/lock      who has it
//   FOLDER/store/    the engine
//   FOLDER/anchor    how far the store was durable; a copy stands in the anchor copy's folder
//   FOLDER/ballast   room kept for a full disk
//   FOLDER/store.*   a salvage (salvage.h)
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/replica/replica.h"
#include "common/replica/rescue.h"
#include "common/storage/rocksdb_engine.h"

namespace trellis {

class AnchorWriter;
class FolderLock;
class LiveReplica;

struct StoreFolderOptions {
  std::string folder;
  std::string anchor_copy;  // a folder, made if it is not there; empty: no copy
  // Its disk holds the anchors too. Another than the machine's is neither checked nor locked.
  RocksDbOptions engine;
  HashKey district_key{};
  const Clock* clock = nullptr;
  Random* random = nullptr;
  const KindRegistry* kinds = nullptr;
  bool salvage = true;           // of a damaged store; false: it is refused
  bool renew_old_epochs = true;  // at a session's start, where no other session is disturbed by it
};

// Thread-safe where Replica is.
class StoreFolder {
 public:
  // kFailedPrecondition: the folder is taken or unfit, or the store is of a newer format (not a byte of it
  // has changed); kDataLoss: damaged, and not to be salvaged; kResourceExhausted: no room for a salvage.
  static absl::StatusOr<std::unique_ptr<StoreFolder>> Open(const StoreFolderOptions& options);
  // Drains the anchor and lets go of the folder.
  ~StoreFolder();
  StoreFolder(const StoreFolder&) = delete;
  StoreFolder& operator=(const StoreFolder&) = delete;

  // The same for as long as this lives, though the store behind may be closed and opened again.
  Replica* replica() const;
  // As Engine's. kUnavailable while the store is closed.
  absl::Status Checkpoint(const std::string& to) const;
  // Reads everything: checksums, and that feed, digests and indexes are what the records give. kDataLoss if
  // not.
  absl::Status Verify() const;
  // To be called about every second.
  void Tick();

  // The store was found behind its anchor or damaged, and nobody has said yet that every scope was
  // reconciled: sync compares digests first (ExchangeConfig::reconcile).
  bool in_rescue() const { return rescue_.active(); }
  // So many acknowledged changes are missing, as far as can be told; what peers hold of them comes back by
  // sync.
  uint64_t changes_lost() const { return rescue_.changes_lost(); }
  // Wall time at which it came to that, in this opening of the folder: what was compared before says nothing
  // of it.
  int64_t rescue_since_ms() const { return rescue_since_ms_; }
  // The same of a rescue that was finished since the folder was opened; 0: there was none.
  uint64_t changes_reconciled() const { return rescue_.changes_reconciled(); }
  // Every scope has been reconciled.
  absl::Status FinishRescue() { return rescue_.Finish(replica()); }

  // Of the anchor's last write.
  absl::Status anchor_status() const;

 private:
  explicit StoreFolder(const StoreFolderOptions& options);
  absl::StatusOr<std::unique_ptr<Replica>> OpenStore(const absl::Status& why);
  // What the store lacks of what its anchor says, as BehindAnchor; salvages a damaged one first.
  absl::StatusOr<std::optional<uint64_t>> MakeReadable(const absl::Status& why);
  absl::StatusOr<std::unique_ptr<Replica>> OpenReplica(std::optional<uint64_t> behind);
  void CloseStore();

  const StoreFolderOptions options_;
  bool salvaged_ = false;  // in this run, because of what a read met
  // In the order they are opened; closed in reverse.
  std::unique_ptr<FolderLock> lock_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<AnchorWriter> anchor_;
  std::unique_ptr<LiveReplica> live_;
  Rescue rescue_;
  std::atomic<int64_t> rescue_since_ms_{0};
};

}  // namespace trellis
