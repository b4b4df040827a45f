#include "common/replica/store_folder.h"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "common/replica/anchor.h"
#include "common/replica/folder_lock.h"
#include "common/tables/key_codec.h"
#include "common/tables/scope_tables.h"
#include "common/tables/store_tables.h"

namespace trellis {
namespace {

// How many changes were lost, while the rescue lasts; empty afterwards.
constexpr char kRescueFact[] = "store/rescue";

absl::StatusOr<uint64_t> DurableSeqOf(const ReadView& view) {
  const auto row = view.Get(DurableSeqKey());
  if (!row.ok()) return row.status();
  return row->has_value() ? DecodeNumber(**row).value_or(0) : 0;
}

absl::StatusOr<bool> HoldsEpoch(const ReadView& view, Epoch epoch) {
  bool found = false;
  const absl::Status status =
      view.Scan(EpochPrefix(), PrefixEnd(EpochPrefix()), true, [&](std::string_view, std::string_view bytes) {
        found = DecodeEpochRow(bytes).value_or(EpochRow()).epoch == epoch;
        return !found;
      });
  if (!status.ok()) return status;
  return found;
}

// How many changes the store is behind what its anchor says; nullopt if it is not.
absl::StatusOr<std::optional<uint64_t>> BehindAnchor(const ReadView& view,
                                                     const std::optional<AnchorState>& anchor) {
  if (!anchor.has_value()) return std::optional<uint64_t>();
  const absl::StatusOr<uint64_t> durable = DurableSeqOf(view);
  if (!durable.ok()) return durable.status();
  const absl::StatusOr<bool> known = HoldsEpoch(view, anchor->epoch);
  if (!known.ok()) return known.status();
  if (*known && *durable >= anchor->durable) return std::optional<uint64_t>();
  return std::optional<uint64_t>(anchor->durable > *durable ? anchor->durable - *durable : 0);
}

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

  const auto rescue = replica_->GetMeta(kRescueFact);
  if (!rescue.ok()) return rescue.status();
  uint64_t lost_before = 0;
  if (rescue->has_value() && !(*rescue)->empty()) {
    in_rescue_ = true;
    std::from_chars((*rescue)->data(), (*rescue)->data() + (*rescue)->size(), lost_before);
  }
  changes_lost_ = lost_before;
  if (behind->has_value()) {
    in_rescue_ = true;
    changes_lost_ += **behind;
    absl::Status status = replica_->PutMeta(kRescueFact, fmt::format("{}", changes_lost_.load()));
    if (!status.ok()) return status;
  }

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

absl::Status StoreFolder::FinishRescue() {
  if (!in_rescue_) return absl::OkStatus();
  absl::Status status = replica_->PutMeta(kRescueFact, "");
  if (!status.ok()) return status;
  in_rescue_ = false;
  changes_lost_ = 0;
  return absl::OkStatus();
}

absl::Status StoreFolder::anchor_status() const { return anchor_->status(); }

}  // namespace trellis
