#include "common/storage/rocksdb_engine.h"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/checkpoint.h>
#include <sys/statvfs.h>

#include <atomic>
#include <utility>

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

class RocksDbEngine final : public Engine {
 public:
  RocksDbEngine(std::unique_ptr<rocksdb::DB> db, std::string folder, size_t reserve_bytes)
      : db_(std::move(db)), folder_(std::move(folder)), reserve_bytes_(reserve_bytes) {}

  std::unique_ptr<const ReadView> Snapshot() const override {
    return std::make_unique<RocksDbView>(db_.get());
  }

  absl::Status Commit(const WriteBatch& batch, Durability durability) override {
    if (broken_.load()) return absl::UnavailableError(kBroken);
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

  absl::Status CheckRoom() const override {
    struct statvfs room {};
    if (statvfs(folder_.c_str(), &room) != 0) return absl::OkStatus();
    const uint64_t free_bytes = static_cast<uint64_t>(room.f_bavail) * room.f_frsize;
    if (free_bytes >= reserve_bytes_) return absl::OkStatus();
    return absl::ResourceExhaustedError(
        fmt::format("the disk of {} has {} MiB left; free some space: nothing is written below {} MiB",
                    folder_, free_bytes >> 20, reserve_bytes_ >> 20));
  }

  absl::Status Verify() const override {
    const rocksdb::Status status = db_->VerifyChecksum();
    return status.ok() ? absl::OkStatus() : ReadError(status);
  }

 private:
  // A failed write may be there after reopening, and RocksDB's own recovery from it is not to be trusted.
  absl::Status Fail(const rocksdb::Status& status) {
    broken_.store(true);
    const std::string text =
        fmt::format("writing to {} failed, whether it is stored is unknown: {}", folder_, status.ToString());
    return status.IsNoSpace() ? absl::ResourceExhaustedError(text) : absl::UnavailableError(text);
  }

  std::unique_ptr<rocksdb::DB> db_;
  std::string folder_;
  size_t reserve_bytes_;
  std::atomic<bool> broken_{false};
};

rocksdb::Options ToRocksDb(const RocksDbOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes, /*num_shard_bits=*/2);
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(8));
  table.block_size = 8 * 1024;
  table.format_version = 5;

  rocksdb::Options db;
  db.create_if_missing = true;
  // Point-in-time recovery drops acknowledged commits in silence after one flipped bit; this refuses.
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  db.track_and_verify_wals_in_manifest = true;
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
  db.bottommost_compression_opts.enabled = true;
  db.bottommost_compression_opts.max_dict_bytes = 16 * 1024;
  db.info_log_level = rocksdb::WARN_LEVEL;
  db.keep_log_file_num = 4;
  db.max_log_file_size = 1 << 20;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  db.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return db;
}

absl::Status OpenError(const std::string& folder, const rocksdb::Status& status) {
  const std::string text = status.ToString();
  if (status.IsIOError() && text.find("lock") != std::string::npos) {
    return absl::FailedPreconditionError(
        fmt::format("the store in {} is in use by another opener; stop that first", folder));
  }
  if (status.IsCorruption()) {
    return absl::DataLossError(fmt::format("the store in {} is damaged: {}", folder, text));
  }
  return absl::UnavailableError(fmt::format("the store in {} cannot be opened: {}", folder, text));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Engine>> OpenRocksDb(const std::string& folder,
                                                    const RocksDbOptions& options) {
  rocksdb::DB* raw = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(ToRocksDb(options), folder, &raw);
  if (!status.ok()) return OpenError(folder, status);
  return std::unique_ptr<Engine>(
      std::make_unique<RocksDbEngine>(std::unique_ptr<rocksdb::DB>(raw), folder, options.reserve_bytes));
}

}  // namespace trellis
