#include "common/replica/salvage.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "common/record/hash.h"
#include "common/replica/rebuild.h"
#include "common/replica/rescue.h"
#include "common/storage/log_cleaning.h"
#include "common/storage/table_check.h"
#include "common/tables/key_codec.h"
#include "common/tables/scope_tables.h"
#include "common/tables/store_tables.h"

namespace trellis {
namespace {

constexpr size_t kBatchBytes = 1 << 20;
// Probes for the end of damage jump by powers of two in keys taken as numbers of so many bytes.
constexpr size_t kProbeBytes = 32;

// `key`, cut or filled to kProbeBytes, plus 2^bit; nullopt if that is beyond every such key. Greater than
// `key`.
std::optional<std::string> KeyPlus(std::string_view key, size_t bit) {
  std::string sum(key.substr(0, kProbeBytes));
  sum.resize(kProbeBytes, '\0');
  unsigned carry = 1u << (bit % 8);
  for (size_t i = kProbeBytes - bit / 8; i-- > 0 && carry != 0;) {
    carry += static_cast<unsigned char>(sum[i]);
    sum[i] = static_cast<char>(carry);
    carry >>= 8;
  }
  if (carry != 0) return std::nullopt;
  return sum;
}

bool CanBeRead(const ReadView& view, const std::string& from) {
  return view.Scan(from, "", false, [](std::string_view, std::string_view) { return false; }).ok();
}

// The first key after `damage` from where reading goes on, near enough: what can be read again is found by
// doubling the step, then halving it.
std::optional<std::string> AfterDamage(const ReadView& view, const std::string& damage) {
  std::string bad = damage;
  std::optional<std::string> good;
  size_t bit = 0;
  for (; !good.has_value(); ++bit) {
    if (bit == 8 * kProbeBytes) return std::nullopt;
    std::optional<std::string> probe = KeyPlus(damage, bit);
    if (!probe.has_value()) return std::nullopt;
    if (CanBeRead(view, *probe)) {
      good = std::move(probe);
    } else {
      bad = *std::move(probe);
    }
  }
  for (size_t step = bit; step-- > 0;) {
    const std::optional<std::string> probe = KeyPlus(bad, step);
    if (!probe.has_value() || *probe >= *good) continue;
    if (CanBeRead(view, *probe)) {
      good = probe;
    } else {
      bad = *probe;
    }
  }
  return good;
}

// Visits every row that can be read; the number of places passed over.
template <typename Visit>
int ReadAround(const ReadView& view, const Visit& visit) {
  int damaged = 0;
  std::string last;
  for (std::optional<std::string> from = std::string(); from.has_value();) {
    const absl::Status status =
        view.Scan(*from, "", false, [&](std::string_view key, std::string_view value) {
          last = key;
          visit(key, value);
          return true;
        });
    if (status.ok()) break;
    ++damaged;
    from = AfterDamage(view, std::max(last, *from));
  }
  return damaged;
}

bool IsLeftOut(Table table) {
  switch (table) {
    case Table::kCursors:
    case Table::kFeed:
    case Table::kLeaves:
    case Table::kKindIndex:
    case Table::kFieldIndex:
    case Table::kConflicts:
    case Table::kViews:
      return true;
    default:
      return false;
  }
}

bool BelongsToScope(Table table) {
  return table == Table::kHeads || table == Table::kLineage || table == Table::kRecords ||
         table == Table::kHistory || table == Table::kSetAside;
}

// Killed in the middle it begins anew, so nothing needs to be synced before the end.
class Copier {
 public:
  explicit Copier(Engine* to) : to_(to) {}

  void Take(std::string_view key, std::string_view value) {
    if (key.empty() || !status_.ok()) return;
    const Table table = static_cast<Table>(key[0]);
    if (IsLeftOut(table)) return;
    if (BelongsToScope(table) && (key.size() < 5 || !scopes_.contains(key.substr(1, 4)))) {
      return CountLost(table, key, value);
    }
    batch_.Put(std::string(key), std::string(value));
    if (batch_.bytes() >= kBatchBytes) Flush(Durability::kBuffered);
  }
  void TakeScopeName(std::string_view value) {
    const std::optional<uint64_t> number = DecodeNumber(value);
    if (!number.has_value()) return;
    std::string big;
    AppendBig32(&big, static_cast<uint32_t>(*number));
    scopes_.insert(std::move(big));
  }
  absl::Status Finish() {
    RequireRebuildDroppingDamage(&batch_);
    uint64_t lost = 0;
    for (const auto& [number, nameless] : nameless_) lost += std::max(nameless.counted, nameless.rows);
    batch_.Put(MetaKey(kRescueFact), AddLost("", lost));
    Flush(Durability::kSynced);
    return status_;
  }

 private:
  // Records of a scope whose name was lost.
  struct Nameless {
    uint64_t counted = 0;  // by its head
    uint64_t rows = 0;
  };

  void CountLost(Table table, std::string_view key, std::string_view value) {
    Nameless& nameless = nameless_[std::string(key.substr(0, 5).substr(1))];
    if (table == Table::kRecords) ++nameless.rows;
    if (table == Table::kHeads) nameless.counted = DecodeHeadRow(value).value_or(HeadRow()).records;
  }

  void Flush(Durability durability) {
    if (status_.ok()) status_ = to_->CheckRoom(Room::kWork);
    if (status_.ok()) status_ = to_->Commit(batch_, durability);
    batch_ = WriteBatch();
  }

  Engine* to_;
  std::set<std::string, std::less<>> scopes_;  // numbers of the scopes with a name, as they stand in keys
  std::map<std::string, Nameless> nameless_;
  WriteBatch batch_;
  absl::Status status_;
};

bool IsLog(const std::string& name) { return name.ends_with(".log"); }

std::string PathOf(const std::string& folder, const std::string& name) {
  return fmt::format("{}/{}", folder, name);
}

// The store's files as they can be read: logs cleaned, of two tables with the same bytes one (RocksDB ends
// the program when it meets a row twice).
absl::Status CopyFiles(const std::string& from, const std::string& to, const Disk& disk) {
  if (absl::Status made = disk.MakeFolder(to); !made.ok()) return made;
  std::set<Hash128> taken;
  for (const std::string& name : disk.List(from)) {
    const bool lists = name == "CURRENT" || name.starts_with("MANIFEST-");
    if (!IsLog(name) && !name.ends_with(".sst") && !lists) continue;
    if (name.ends_with(".sst") && !CheckTable(disk, PathOf(from, name)).ok()) continue;
    const absl::StatusOr<std::string> bytes = disk.Read(PathOf(from, name));
    if (!bytes.ok() || !taken.insert(KeyedHash(HashKey{}, *bytes)).second) continue;
    absl::Status copied = IsLog(name) ? disk.Write(PathOf(to, name), CleanLogOf(*bytes).bytes)
                          : lists     ? disk.Write(PathOf(to, name), *bytes)
                                      : disk.LinkOrCopy(PathOf(from, name), PathOf(to, name));
    if (!copied.ok()) return copied;
  }
  return absl::OkStatus();
}

// Opens what can be opened of the damaged store; kDataLoss if nothing can.
absl::StatusOr<std::unique_ptr<Engine>> OpenDamaged(const std::string& folder,
                                                    const RocksDbOptions& options) {
  const std::string repair = folder + "/store.repair";
  if (absl::Status copied = CopyFiles(folder + "/store", repair, options.disk); !copied.ok()) return copied;
  absl::StatusOr<std::unique_ptr<Engine>> engine = OpenRocksDbToRead(repair, options);
  if (engine.ok()) return engine;
  for (const std::string& name : options.disk.List(repair)) {
    if (name.ends_with(".sst") || IsLog(name)) continue;
    if (absl::Status removed = options.disk.RemoveFile(PathOf(repair, name)); !removed.ok()) return removed;
  }
  if (RepairRocksDb(repair, options).ok()) engine = OpenRocksDbToRead(repair, options);
  if (engine.ok()) return engine;
  return absl::DataLossError(fmt::format(
      "nothing of the store in {}/store can be read ({}); restore it from a backup, or move it away "
      "and serve: what the peers hold comes back",
      folder, std::string(engine.status().message())));
}

std::string FreeName(const std::string& folder, const Disk& disk) {
  int number = 1;
  while (disk.Exists(fmt::format("{}/store.damaged.{}", folder, number))) ++number;
  return fmt::format("{}/store.damaged.{}", folder, number);
}

absl::Status RemoveLeftovers(const std::string& folder, const Disk& disk) {
  // What repair sets apart stands in a folder of its own.
  for (const std::string name : {"/store.repair/lost", "/store.repair", "/store.salvage"}) {
    if (absl::Status removed = disk.RemoveFolder(folder + name); !removed.ok()) return removed;
  }
  return absl::OkStatus();
}

absl::Status FillSalvaged(const std::string& folder, const RocksDbOptions& options) {
  RocksDbOptions plain = options;
  plain.ballast_file.clear();
  const absl::StatusOr<std::unique_ptr<Engine>> from = OpenDamaged(folder, plain);
  if (!from.ok()) return from.status();
  const absl::StatusOr<std::unique_ptr<Engine>> to = OpenRocksDb(folder + "/store.salvage", plain);
  return to.ok() ? CopyReadable(*(*from)->Snapshot(), to->get()).status() : to.status();
}

}  // namespace

bool HasMoreBehindDamage(const std::string& folder, const Disk& disk) {
  const std::string store = folder + "/store";
  for (const std::string& name : disk.List(store)) {
    if (!IsLog(name)) continue;
    const absl::StatusOr<std::string> bytes = disk.Read(PathOf(store, name));
    if (bytes.ok() && CleanLogOf(*bytes).resumed) return true;
  }
  return false;
}

absl::StatusOr<int> CopyReadable(const ReadView& from, Engine* to) {
  Copier copier(to);
  ReadAround(from, [&](std::string_view key, std::string_view value) {
    if (!key.empty() && static_cast<Table>(key[0]) == Table::kScopes) copier.TakeScopeName(value);
  });
  const int damaged =
      ReadAround(from, [&](std::string_view key, std::string_view value) { copier.Take(key, value); });
  if (absl::Status status = copier.Finish(); !status.ok()) return status;
  return damaged;
}

absl::Status SalvageStore(const std::string& folder, const RocksDbOptions& options) {
  const Disk& disk = options.disk;
  if (absl::Status removed = RemoveLeftovers(folder, disk); !removed.ok()) return removed;
  absl::Status filled = FillSalvaged(folder, options);
  if (filled.ok()) filled = disk.Write(folder + "/store.salvage/WHOLE", "");
  if (!filled.ok()) {
    RemoveLeftovers(folder, disk).IgnoreError();
    return filled;
  }
  absl::Status moved = disk.Rename(folder + "/store", FreeName(folder, disk));
  return moved.ok() ? FinishSalvage(folder, disk) : moved;
}

absl::Status FinishSalvage(const std::string& folder, const Disk& disk) {
  const std::string salvage = folder + "/store.salvage";
  if (!disk.Exists(salvage) && !disk.Exists(folder + "/store.repair")) return absl::OkStatus();
  if (!disk.Exists(folder + "/store") && disk.Exists(salvage + "/WHOLE")) {
    if (absl::Status moved = disk.Rename(salvage, folder + "/store"); !moved.ok()) return moved;
    if (absl::Status done = disk.RemoveFile(folder + "/store/WHOLE"); !done.ok()) return done;
  }
  return RemoveLeftovers(folder, disk);
}

}  // namespace trellis
