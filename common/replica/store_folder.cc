#include "common/replica/store_folder.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/replica/anchor.h"
#include "common/replica/derived_check.h"
#include "common/replica/folder_lock.h"
#include "common/replica/live_replica.h"
#include "common/replica/migration.h"
#include "common/replica/salvage.h"

namespace trellis {
namespace {

std::string StorePath(const StoreFolderOptions& options) { return options.folder + "/store"; }

std::vector<std::string> AnchorFiles(const StoreFolderOptions& options) {
  std::vector<std::string> files = {options.folder + "/anchor"};
  if (!options.anchor_copy.empty()) files.push_back(options.anchor_copy + "/anchor");
  return files;
}

bool IsOnTheMachine(const StoreFolderOptions& options) {
  return options.engine.disk.file_system() == Disk().file_system();
}

// Behind the anchor, or what stands against opening the store; nothing of it is changed.
absl::StatusOr<std::optional<uint64_t>> Look(const StoreFolderOptions& options) {
  RocksDbOptions plain = options.engine;
  plain.ballast_file.clear();
  const absl::StatusOr<std::unique_ptr<Engine>> store = OpenRocksDbToRead(StorePath(options), plain);
  const std::optional<AnchorState> anchor = ReadAnchors(plain.disk, AnchorFiles(options));
  if (absl::IsNotFound(store.status())) {
    if (!anchor.has_value() || anchor->durable == 0) return std::optional<uint64_t>();
    return std::optional<uint64_t>(anchor->durable);
  }
  if (!store.ok()) return store.status();
  const std::unique_ptr<const ReadView> view = (*store)->Snapshot();
  if (absl::Status known = CheckFormat(*view); !known.ok()) return known;
  return BehindAnchor(*view, anchor);
}

}  // namespace

StoreFolder::StoreFolder(const StoreFolderOptions& options) : options_(options) {}

absl::StatusOr<std::unique_ptr<StoreFolder>> StoreFolder::Open(const StoreFolderOptions& options) {
  auto store = std::unique_ptr<StoreFolder>(new StoreFolder(options));
  if (IsOnTheMachine(options)) {
    if (absl::Status status = PrepareDataFolder(options.folder); !status.ok()) return status;
    if (!options.anchor_copy.empty()) {
      if (absl::Status status = PrepareDataFolder(options.anchor_copy); !status.ok()) return status;
    }
    absl::StatusOr<std::unique_ptr<FolderLock>> lock = FolderLock::Take(options.folder);
    if (!lock.ok()) return lock.status();
    store->lock_ = *std::move(lock);
  }
  LiveReplica::Hooks hooks;
  hooks.open = [folder = store.get()](const absl::Status& why) { return folder->OpenStore(why); };
  hooks.must_reopen = [folder = store.get()](const absl::Status& status) {
    if (!folder->engine_->Broken().ok()) return true;
    return absl::IsDataLoss(status) && folder->options_.salvage && !folder->salvaged_;
  };
  hooks.renew_old_epochs = options.renew_old_epochs;
  store->live_ = std::make_unique<LiveReplica>(options.clock, std::move(hooks));
  if (absl::Status opened = store->live_->Open(); !opened.ok()) return opened;
  return store;
}

absl::StatusOr<std::unique_ptr<Replica>> StoreFolder::OpenStore(const absl::Status& why) {
  if (engine_ != nullptr && why.ok()) return OpenReplica(std::nullopt);  // only the epoch is to be another
  CloseStore();
  const absl::StatusOr<std::optional<uint64_t>> behind = MakeReadable(why);
  if (!behind.ok()) return behind.status();
  RocksDbOptions open = options_.engine;
  open.ballast_file = options_.folder + "/ballast";
  absl::StatusOr<std::unique_ptr<Engine>> engine = OpenRocksDb(StorePath(options_), open);
  if (!engine.ok()) return engine.status();
  engine_ = *std::move(engine);
  absl::StatusOr<std::unique_ptr<Replica>> replica = OpenReplica(*behind);
  if (!replica.ok()) CloseStore();
  return replica;
}

absl::StatusOr<std::optional<uint64_t>> StoreFolder::MakeReadable(const absl::Status& why) {
  if (absl::Status ended = FinishSalvage(options_.folder, options_.engine.disk); !ended.ok()) return ended;
  absl::StatusOr<std::optional<uint64_t>> behind = Look(options_);
  const bool more_behind_damage =
      behind.ok() && behind->has_value() && HasMoreBehindDamage(options_.folder, options_.engine.disk);
  const bool met_in_reading = absl::IsDataLoss(why) && behind.ok();
  if (!absl::IsDataLoss(behind.status()) && !more_behind_damage && !met_in_reading) return behind;
  if (!options_.salvage)
    return behind.ok() ? absl::DataLossError(std::string(why.message())) : behind.status();
  salvaged_ = salvaged_ || met_in_reading;
  if (absl::Status salvaged = SalvageStore(options_.folder, options_.engine); !salvaged.ok()) return salvaged;
  return Look(options_);
}

absl::StatusOr<std::unique_ptr<Replica>> StoreFolder::OpenReplica(std::optional<uint64_t> behind) {
  Replica::Options open;
  open.district_key = options_.district_key;
  open.clock = options_.clock;
  open.random = options_.random;
  open.kinds = options_.kinds;
  open.rescue = behind.has_value();
  open.on_durable = [this](uint64_t durable) {
    if (anchor_ != nullptr) anchor_->Note(durable);
  };
  absl::StatusOr<std::unique_ptr<Replica>> replica = Replica::Open(engine_.get(), open);
  if (!replica.ok()) return replica.status();
  if (absl::Status status = rescue_.Open(replica->get(), behind); !status.ok()) return status;
  if (rescue_.active() && (behind.has_value() || rescue_since_ms_ == 0)) {
    rescue_since_ms_ = options_.clock->WallMs();
  }
  const absl::StatusOr<uint64_t> durable = DurableSeqOf(*engine_->Snapshot());
  if (!durable.ok()) return durable.status();
  anchor_.reset();
  anchor_ = std::make_unique<AnchorWriter>(options_.engine.disk, AnchorFiles(options_),
                                           AnchorState{(*replica)->epoch(), *durable, {}},
                                           [engine = engine_.get()] { return engine->LiveLogFiles(); });
  return replica;
}

void StoreFolder::CloseStore() {
  anchor_.reset();
  engine_.reset();
}

StoreFolder::~StoreFolder() {
  live_.reset();
  CloseStore();
}

Replica* StoreFolder::replica() const { return live_.get(); }

absl::Status StoreFolder::Checkpoint(const std::string& to) const {
  return live_->WhileOpen([&] { return engine_->Checkpoint(to); });
}

absl::Status StoreFolder::Verify() const {
  return live_->WhileOpen([&] {
    absl::Status sound = engine_->Verify();
    if (!sound.ok()) return sound;
    return CheckDerived(*engine_->Snapshot(), options_.district_key, RecordIndexer(options_.kinds));
  });
}

void StoreFolder::Tick() { live_->Tick(); }

absl::Status StoreFolder::anchor_status() const {
  absl::Status status;
  const absl::Status open = live_->WhileOpen([&] {
    status = anchor_->status();
    return absl::OkStatus();
  });
  return open.ok() ? status : open;
}

}  // namespace trellis
