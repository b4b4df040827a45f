#include "common/replica/store_folder.h"

#include <utility>
#include <vector>

#include "common/replica/anchor.h"
#include "common/replica/folder_lock.h"

namespace trellis {
namespace {

std::vector<std::string> AnchorFiles(const StoreFolderOptions& options) {
  std::vector<std::string> files = {options.folder + "/anchor"};
  if (!options.anchor_copy.empty()) files.push_back(options.anchor_copy + "/anchor");
  return files;
}

}  // namespace

absl::StatusOr<std::unique_ptr<StoreFolder>> StoreFolder::Open(const StoreFolderOptions& options) {
  if (absl::Status status = PrepareDataFolder(options.folder); !status.ok()) return status;
  if (!options.anchor_copy.empty()) {
    if (absl::Status status = PrepareDataFolder(options.anchor_copy); !status.ok()) return status;
  }
  auto store = std::unique_ptr<StoreFolder>(new StoreFolder());
  absl::StatusOr<std::unique_ptr<FolderLock>> lock = FolderLock::Take(options.folder);
  if (!lock.ok()) return lock.status();
  store->lock_ = *std::move(lock);
  absl::StatusOr<std::unique_ptr<Engine>> engine = OpenRocksDb(options.folder + "/store", options.engine);
  if (!engine.ok()) return engine.status();
  store->engine_ = *std::move(engine);
  if (absl::Status status = store->OpenReplica(options); !status.ok()) return status;
  return store;
}

absl::Status StoreFolder::OpenReplica(const StoreFolderOptions& options) {
  const std::vector<std::string> anchors = AnchorFiles(options);
  const auto behind = BehindAnchor(*engine_->Snapshot(), ReadAnchors(anchors));
  if (!behind.ok()) return behind.status();

  Replica::Options open;
  open.district_key = options.district_key;
  open.clock = options.clock;
  open.random = options.random;
  open.kinds = options.kinds;
  open.rescue = behind->has_value();
  open.on_durable = [this](uint64_t durable) {
    if (anchor_ != nullptr) anchor_->Note(durable);
  };
  absl::StatusOr<std::unique_ptr<Replica>> replica = Replica::Open(engine_.get(), open);
  if (!replica.ok()) return replica.status();
  replica_ = *std::move(replica);

  if (absl::Status status = rescue_.Open(replica_.get(), *behind); !status.ok()) return status;

  const absl::StatusOr<uint64_t> durable = DurableSeqOf(*engine_->Snapshot());
  if (!durable.ok()) return durable.status();
  anchor_ = std::make_unique<AnchorWriter>(anchors, AnchorState{replica_->epoch(), *durable, {}},
                                           [engine = engine_.get()] { return engine->LiveLogFiles(); });
  return absl::OkStatus();
}

StoreFolder::~StoreFolder() {
  replica_.reset();
  anchor_.reset();
  engine_.reset();
}

absl::Status StoreFolder::anchor_status() const { return anchor_->status(); }

}  // namespace trellis
