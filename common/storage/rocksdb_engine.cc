#include "common/storage/rocksdb_engine.h"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/checkpoint.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "common/storage/ballast.h"
#include "common/storage/log_cleaning.h"
#include "common/storage/table_check.h"

namespace trellis {
namespace {

constexpr char kBroken[] = "the store refused an earlier write; close it and open it again";

std::string_view View(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }
rocksdb::Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

absl::Status ReadError(const rocksdb::Status& status) {
  return absl::DataLossError(fmt::format("the store cannot be read: {}", status.ToString()));
}

class RocksDbView final : public ReadView {
 public:
  explicit RocksDbView(rocksdb::DB* db) : db_(db), snapshot_(db->GetSnapshot()) {
    read_.snapshot = snapshot_;
  }
  ~RocksDbView() override { db_->ReleaseSnapshot(snapshot_); }
  RocksDbView(const RocksDbView&) = delete;
  RocksDbView& operator=(const RocksDbView&) = delete;

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    std::string value;
    const rocksdb::Status status = db_->Get(read_, ToSlice(key), &value);
    if (status.IsNotFound()) return std::optional<std::string>();
    if (!status.ok()) return ReadError(status);
    return std::optional<std::string>(std::move(value));
  }

  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      const std::vector<std::string>& keys) const override {
    const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
    std::vector<rocksdb::PinnableSlice> found(keys.size());
    std::vector<rocksdb::Status> statuses(keys.size());
    db_->MultiGet(read_, db_->DefaultColumnFamily(), keys.size(), slices.data(), found.data(),
                  statuses.data());
    std::vector<std::optional<std::string>> values(keys.size());
    for (size_t i = 0; i < keys.size(); ++i) {
      if (statuses[i].ok()) {
        values[i].emplace(found[i].data(), found[i].size());
      } else if (!statuses[i].IsNotFound()) {
        return ReadError(statuses[i]);
      }
    }
    return values;
  }

  absl::Status Scan(std::string_view begin, std::string_view end, bool reverse,
                    const std::function<bool(std::string_view, std::string_view)>& visit) const override {
    rocksdb::ReadOptions read = read_;
    const rocksdb::Slice lower = ToSlice(begin);
    const rocksdb::Slice upper = ToSlice(end);
    read.iterate_lower_bound = &lower;
    if (!end.empty()) read.iterate_upper_bound = &upper;
    const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(read));
    for (reverse ? it->SeekToLast() : it->SeekToFirst(); it->Valid(); reverse ? it->Prev() : it->Next()) {
      if (!visit(View(it->key()), View(it->value()))) break;
    }
    return it->status().ok() ? absl::OkStatus() : ReadError(it->status());
  }

 private:
  rocksdb::DB* db_;
  const rocksdb::Snapshot* snapshot_;
  rocksdb::ReadOptions read_;
};

// Why the store must be closed and opened again; empty while it need not. Thread-safe.
class Breakage {
 public:
  void Set(std::string reason) {
    std::lock_guard lock(mutex_);
    if (!broken_.exchange(true)) reason_ = std::move(reason);
  }
  absl::Status status() const {
    if (!broken_.load()) return absl::OkStatus();
    std::lock_guard lock(mutex_);
    return absl::UnavailableError(fmt::format("{} ({})", kBroken, reason_));
  }

 private:
  std::atomic<bool> broken_{false};
  mutable std::mutex mutex_;
  std::string reason_;
};

// RocksDB's own work failed (a flush, a compaction). Its ways of going on are not to be trusted.
class BackgroundWatch final : public rocksdb::EventListener {
 public:
  explicit BackgroundWatch(std::shared_ptr<Breakage> breakage) : breakage_(std::move(breakage)) {}
  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override {
    breakage_->Set(status->ToString());
  }

 private:
  const std::shared_ptr<Breakage> breakage_;
};

// Says nothing, so that a look leaves no trace.
class SilentLogger final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
  size_t GetLogFileSize() const override { return 0; }
};

// What an open store stands on.
struct Foundation {
  std::unique_ptr<rocksdb::Env> env;  // null: the machine's
  std::shared_ptr<Breakage> breakage = std::make_shared<Breakage>();
  std::unique_ptr<Ballast> ballast;
};

class RocksDbEngine final : public Engine {
 public:
  RocksDbEngine(Foundation foundation, std::unique_ptr<rocksdb::DB> db, std::string folder,
                const RocksDbOptions& options)
      : foundation_(std::move(foundation)),
        db_(std::move(db)),
        folder_(std::move(folder)),
        disk_(options.disk),
        reserve_bytes_(options.reserve_bytes) {}

  std::unique_ptr<const ReadView> Snapshot() const override {
    return std::make_unique<RocksDbView>(db_.get());
  }

  absl::Status Commit(const WriteBatch& batch, Durability durability) override {
    if (absl::Status broken = Broken(); !broken.ok()) return broken;
    // One allocation: the batch's bytes, and a header of at most twelve for each operation.
    rocksdb::WriteBatch rows(batch.bytes() + 12 * batch.operations().size() + 32);
    for (const WriteBatch::Operation& operation : batch.operations()) {
      const rocksdb::Status status =
          operation.is_put ? rows.Put(operation.key, operation.value) : rows.Delete(operation.key);
      if (!status.ok()) return Fail(status);
    }
    rocksdb::WriteOptions write;
    write.sync = durability == Durability::kSynced;
    const rocksdb::Status status = db_->Write(write, &rows);
    return status.ok() ? absl::OkStatus() : Fail(status);
  }

  absl::Status Checkpoint(const std::string& folder) override {
    rocksdb::Checkpoint* raw = nullptr;
    rocksdb::Status status = rocksdb::Checkpoint::Create(db_.get(), &raw);
    const std::unique_ptr<rocksdb::Checkpoint> checkpoint(raw);
    if (status.ok()) status = checkpoint->CreateCheckpoint(folder);
    if (status.ok()) return absl::OkStatus();
    return absl::UnavailableError(
        fmt::format("no checkpoint could be made in {}: {}", folder, status.ToString()));
  }

  std::vector<std::string> LiveLogFiles() const override {
    rocksdb::VectorLogPtr files;
    std::vector<std::string> names;
    if (!db_->GetSortedWalFiles(files).ok()) return names;
    for (const auto& file : files) {
      if (file->Type() == rocksdb::kAliveLogFile) names.push_back(file->PathName());
    }
    return names;
  }

  absl::Status CheckRoom(Room need) const override {
    uint64_t free_bytes = disk_.FreeBytes(folder_).value_or(UINT64_MAX);
    if (free_bytes >= reserve_bytes_) {
      if (foundation_.ballast != nullptr && free_bytes >= reserve_bytes_ + 2 * foundation_.ballast->bytes()) {
        foundation_.ballast->Keep();
      }
      return absl::OkStatus();
    }
    const uint64_t floor_bytes = std::min<uint64_t>(reserve_bytes_ / 4, kUpkeepBytes);
    if (need == Room::kUpkeep) {
      if (free_bytes < floor_bytes && foundation_.ballast != nullptr && foundation_.ballast->Release()) {
        free_bytes = disk_.FreeBytes(folder_).value_or(0);
      }
      if (free_bytes >= floor_bytes) return absl::OkStatus();
    }
    return absl::ResourceExhaustedError(
        fmt::format("the disk of {} has {} MiB left; free some space: nothing is written below {} MiB",
                    folder_, free_bytes >> 20, reserve_bytes_ >> 20));
  }

  absl::Status Broken() const override { return foundation_.breakage->status(); }

  absl::Status Verify() const override {
    const rocksdb::Status status = db_->VerifyChecksum();
    return status.ok() ? absl::OkStatus() : ReadError(status);
  }

 private:
  static constexpr uint64_t kUpkeepBytes = 1 << 20;

  // A failed write may be there after reopening, and RocksDB's own recovery from it is not to be trusted.
  absl::Status Fail(const rocksdb::Status& status) {
    foundation_.breakage->Set(status.ToString());
    const std::string text =
        fmt::format("writing to {} failed, whether it is stored is unknown: {}", folder_, status.ToString());
    return status.IsNoSpace() ? absl::ResourceExhaustedError(text) : absl::UnavailableError(text);
  }

  Foundation foundation_;
  std::unique_ptr<rocksdb::DB> db_;
  std::string folder_;
  Disk disk_;
  size_t reserve_bytes_;
};

rocksdb::Options ToRocksDb(const RocksDbOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes, /*num_shard_bits=*/2);
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  // As sharp as eight bits of Bloom's, in five and a half; it stands in memory and on disk.
  table.filter_policy.reset(rocksdb::NewRibbonFilterPolicy(8));
  table.block_size = 16 * 1024;
  table.format_version = 5;
  table.checksum = rocksdb::kCRC32c;  // table_check.h

  rocksdb::Options db;
  db.create_if_missing = true;
  // Point-in-time recovery drops acknowledged commits in silence after one flipped bit; this refuses.
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  // Logs are not tracked in the manifest: the anchor notices a missing one, and a store that once tracked
  // them cannot be opened to read by RocksDB 7.8 without it.
  db.paranoid_checks = true;
  db.write_buffer_size = options.write_buffer_bytes;
  db.max_write_buffer_number = 2;
  // A frame asks for ids that are mostly new: a filter says so without a search.
  db.memtable_whole_key_filtering = true;
  db.memtable_prefix_bloom_size_ratio = 0.05;
  db.memtable_insert_with_hint_prefix_extractor.reset(
      rocksdb::NewFixedPrefixTransform(options.run_prefix_bytes));
  db.target_file_size_base = 8 << 20;
  db.max_bytes_for_level_base = 32 << 20;
  db.level_compaction_dynamic_level_bytes = true;
  db.max_background_jobs = 2;
  db.max_open_files = 128;
  db.compression = rocksdb::kLZ4Compression;
  db.bottommost_compression = rocksdb::kZSTD;
  // Where nearly everything lies, written once for many reads. Against level 3 with an untrained dictionary
  // and blocks of 8 KiB: 117 bytes a record instead of 140.
  db.bottommost_compression_opts.enabled = true;
  db.bottommost_compression_opts.level = 6;
  db.bottommost_compression_opts.max_dict_bytes = 32 * 1024;
  db.bottommost_compression_opts.zstd_max_train_bytes = 1 << 20;
  db.bottommost_compression_opts.max_dict_buffer_bytes = 2 << 20;
  db.info_log_level = rocksdb::WARN_LEVEL;
  db.keep_log_file_num = 4;
  db.max_log_file_size = 1 << 20;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  db.max_bgerror_resume_count = 0;  // no going on after a failed flush or compaction: close and open again
  db.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return db;
}

bool IsDamage(const rocksdb::Status& status) {
  // A file the store lists and the disk does not have is damage too.
  return status.IsCorruption() || status.IsNotFound() || status.IsPathNotFound();
}

absl::Status OpenError(const std::string& folder, const rocksdb::Status& status) {
  const std::string text = status.ToString();
  if (status.IsIOError() && text.find("lock") != std::string::npos) {
    return absl::FailedPreconditionError(
        fmt::format("the store in {} is in use by another opener; stop that first", folder));
  }
  if (IsDamage(status)) {
    return absl::DataLossError(
        fmt::format("the store in {} is damaged: {}; restore it from a backup, or move it away and serve: "
                    "what the peers hold comes back",
                    folder, text));
  }
  const std::string refused = fmt::format("the store in {} cannot be opened: {}", folder, text);
  return status.IsNoSpace() ? absl::ResourceExhaustedError(refused) : absl::UnavailableError(refused);
}

// kNotFound: nothing of a store is there, or only one whose making was cut short. Where there is more,
// RocksDB without its CURRENT would begin a new store over the old.
absl::Status CheckFiles(const std::string& folder, const Disk& disk) {
  bool holds_something = false;
  bool has_current = false;
  for (const std::string& name : disk.List(folder)) {
    has_current = has_current || name == "CURRENT";
    if (name.ends_with(".sst")) {
      absl::Status sound = CheckTable(disk, fmt::format("{}/{}", folder, name));
      if (!sound.ok()) return OpenError(folder, rocksdb::Status::Corruption(std::string(sound.message())));
    }
    const bool holds_rows = name.ends_with(".sst") || name.ends_with(".log");
    holds_something = holds_something || (holds_rows && disk.SizeOf(fmt::format("{}/{}", folder, name)) > 0);
  }
  if (has_current) return absl::OkStatus();
  if (holds_something) return OpenError(folder, rocksdb::Status::Corruption("its file CURRENT is missing"));
  return absl::NotFoundError(fmt::format("there is no store in {}", folder));
}

Foundation FoundationFor(const RocksDbOptions& options, rocksdb::Options* db) {
  Foundation foundation;
  if (options.disk.file_system() != rocksdb::FileSystem::Default()) {
    foundation.env = rocksdb::NewCompositeEnv(options.disk.file_system());
    db->env = foundation.env.get();
  }
  if (!options.ballast_file.empty()) {
    foundation.ballast = std::make_unique<Ballast>(options.disk, options.ballast_file, options.ballast_bytes);
  }
  db->listeners.push_back(std::make_shared<BackgroundWatch>(foundation.breakage));
  return foundation;
}

// RocksDB takes damage at the end of its MANIFEST, or its loss, for an edit that was never written. Where
// that edit named a table whose log is gone, the rows between what the list knows of and the oldest log stand
// in no file it would read. kDataLoss if so. `db`: as for a look at the store.
absl::Status CheckListOfFiles(rocksdb::Options db, const std::string& folder, const Disk& disk) {
  std::map<uint64_t, std::string> logs;
  for (const std::string& name : disk.List(folder)) {
    uint64_t number = 0;
    std::from_chars(name.data(), name.data() + name.size(), number);
    if (name.ends_with(".log")) logs[number] = fmt::format("{}/{}", folder, name);
  }
  std::optional<uint64_t> first;
  for (auto log = logs.begin(); log != logs.end() && !first.has_value(); ++log) {
    const absl::StatusOr<std::string> bytes = disk.Read(log->second);
    if (bytes.ok()) first = FirstSequenceOf(*bytes);
  }
  if (!first.has_value()) return absl::OkStatus();
  db.wal_dir = folder.substr(0, folder.find_last_of('/'));  // where no log is
  rocksdb::DB* raw = nullptr;
  const rocksdb::Status status = rocksdb::DB::OpenForReadOnly(db, folder, &raw);
  const std::unique_ptr<rocksdb::DB> without_logs(raw);
  if (!status.ok()) return absl::OkStatus();  // an older program's list, which names the logs
  if (*first <= without_logs->GetLatestSequenceNumber() + 1) return absl::OkStatus();
  return OpenError(folder, rocksdb::Status::Corruption("its list of files is cut short"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Engine>> OpenRocksDb(const std::string& folder,
                                                    const RocksDbOptions& options) {
  const absl::Status files = CheckFiles(folder, options.disk);
  if (!files.ok() && !absl::IsNotFound(files)) return files;
  if (absl::Status made = options.disk.MakeFolder(folder); !made.ok()) return made;
  rocksdb::Options db = ToRocksDb(options);
  Foundation foundation = FoundationFor(options, &db);
  // Opening writes what the log holds into tables.
  const bool tight = options.disk.FreeBytes(folder).value_or(UINT64_MAX) < options.ballast_bytes;
  if (tight && foundation.ballast != nullptr) foundation.ballast->Release();
  rocksdb::DB* raw = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(db, folder, &raw);
  if (!status.ok()) return OpenError(folder, status);
  auto engine = std::make_unique<RocksDbEngine>(std::move(foundation), std::unique_ptr<rocksdb::DB>(raw),
                                                folder, options);
  engine->CheckRoom(Room::kWork).IgnoreError();  // puts the ballast where it was given up
  return engine;
}

absl::Status CompactRocksDb(const std::string& folder, const RocksDbOptions& options) {
  if (absl::Status files = CheckFiles(folder, options.disk); !files.ok()) return files;
  rocksdb::Options db = ToRocksDb(options);
  db.create_if_missing = false;
  const Foundation foundation = FoundationFor(options, &db);
  rocksdb::DB* raw = nullptr;
  rocksdb::Status status = rocksdb::DB::Open(db, folder, &raw);
  if (!status.ok()) return OpenError(folder, status);
  const std::unique_ptr<rocksdb::DB> store(raw);
  rocksdb::CompactRangeOptions whole;
  whole.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  status = store->Flush(rocksdb::FlushOptions());
  if (status.ok()) status = store->CompactRange(whole, nullptr, nullptr);
  return status.ok() ? absl::OkStatus() : OpenError(folder, status);
}

absl::StatusOr<std::unique_ptr<Engine>> OpenRocksDbToRead(const std::string& folder,
                                                          const RocksDbOptions& options) {
  if (absl::Status files = CheckFiles(folder, options.disk); !files.ok()) return files;
  rocksdb::Options db = ToRocksDb(options);
  // Only says what to do with logs an older program tracked: verify them. To forget them, which is the other
  // choice, RocksDB 7.8 would have to write, and ends the program instead.
  db.track_and_verify_wals_in_manifest = true;
  db.create_if_missing = false;
  db.info_log = std::make_shared<SilentLogger>();
  Foundation foundation = FoundationFor(options, &db);
  rocksdb::DB* raw = nullptr;
  const rocksdb::Status status = rocksdb::DB::OpenForReadOnly(db, folder, &raw);
  if (!status.ok()) return OpenError(folder, status);
  std::unique_ptr<rocksdb::DB> store(raw);
  if (absl::Status list = CheckListOfFiles(db, folder, options.disk); !list.ok()) return list;
  foundation.breakage->Set("it is open for a look only");
  return std::unique_ptr<Engine>(
      std::make_unique<RocksDbEngine>(std::move(foundation), std::move(store), folder, options));
}

absl::Status RepairRocksDb(const std::string& folder, const RocksDbOptions& options) {
  rocksdb::Options db = ToRocksDb(options);
  db.info_log = std::make_shared<SilentLogger>();
  const Foundation foundation = FoundationFor(options, &db);
  const rocksdb::Status status = rocksdb::RepairDB(folder, db);
  return status.ok() ? absl::OkStatus() : OpenError(folder, status);
}

}  // namespace trellis
