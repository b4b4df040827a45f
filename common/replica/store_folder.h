// A store on disk as server and daemon open it: the folder's lock, the engine, the anchor, the replica.
//
//   FOLDER/lock      who has it
//   FOLDER/store/    the engine
//   FOLDER/anchor    how far the store was durable; a copy stands in the anchor copy's folder
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/replica/replica.h"
#include "common/replica/rescue.h"
#include "common/storage/rocksdb_engine.h"

namespace trellis {

class AnchorWriter;
class FolderLock;

struct StoreFolderOptions {
  std::string folder;
  std::string anchor_copy;  // a folder, made if it is not there; empty: no copy
  RocksDbOptions engine;
  HashKey district_key{};
  const Clock* clock = nullptr;
  Random* random = nullptr;
  const KindRegistry* kinds = nullptr;
};

// Thread-safe where Replica is.
class StoreFolder {
 public:
  // kFailedPrecondition: the folder is taken or unfit, or the store is of a newer format; kDataLoss: damaged.
  static absl::StatusOr<std::unique_ptr<StoreFolder>> Open(const StoreFolderOptions& options);
  // Drains the anchor and lets go of the folder.
  ~StoreFolder();
  StoreFolder(const StoreFolder&) = delete;
  StoreFolder& operator=(const StoreFolder&) = delete;

  Replica* replica() const { return replica_.get(); }
  Engine* engine() const { return engine_.get(); }

  // The store was found behind its anchor, at this opening or at one before, and nobody has said yet that
  // every scope was reconciled: sync compares digests first (ExchangeConfig::reconcile).
  bool in_rescue() const { return rescue_.active(); }
  // At most so many acknowledged changes are missing; what peers hold of them comes back by sync.
  uint64_t changes_lost() const { return rescue_.changes_lost(); }
  // Every scope has been reconciled.
  absl::Status FinishRescue() { return rescue_.Finish(replica_.get()); }

  // Of the anchor's last write.
  absl::Status anchor_status() const;

 private:
  StoreFolder() = default;
  absl::Status OpenReplica(const StoreFolderOptions& options);

  // In the order they are opened; closed in reverse.
  std::unique_ptr<FolderLock> lock_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<AnchorWriter> anchor_;
  std::unique_ptr<Replica> replica_;
  Rescue rescue_;
};

}  // namespace trellis
