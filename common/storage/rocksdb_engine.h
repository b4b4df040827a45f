// The engine on RocksDB: one folder, one column family, one log.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/storage/disk.h"
#include "common/storage/engine.h"

namespace trellis {

struct RocksDbOptions {
  // Bytes of one memtable; at most two stand. Site boxes are small: the default keeps a daemon's resident
  // memory under 48 MiB.
  size_t write_buffer_bytes = 4 << 20;
  size_t block_cache_bytes = 4 << 20;
  // Keys that agree in so many bytes (of one table and scope: tables/table_names.h) mostly come in ascending
  // order: an insert starts from where the last one of its run ended. A fifth less work for a frame.
  size_t run_prefix_bytes = 5;
  // Commits are refused while the file system has less than this free, so that the log never meets a full
  // disk in the middle of a write.
  size_t reserve_bytes = 16 << 20;
  // Room kept for upkeep on a disk others filled (ballast.h); empty: none. At least what opening needs to put
  // a whole log into tables.
  std::string ballast_file;
  size_t ballast_bytes = 10 << 20;
  Disk disk;  // where the folder is
};

// Opens the store in `folder`, making it if nothing of one is there. kFailedPrecondition if another opener
// holds it; kDataLoss, naming the file, if it cannot be read as it stands; kUnavailable if the disk refuses.
absl::StatusOr<std::unique_ptr<Engine>> OpenRocksDb(const std::string& folder,
                                                    const RocksDbOptions& options = {});

// A look at the store that changes no byte of it: every Commit is refused. kNotFound if nothing of a store is
// there; else as OpenRocksDb.
absl::StatusOr<std::unique_ptr<Engine>> OpenRocksDbToRead(const std::string& folder,
                                                          const RocksDbOptions& options);

// Writes all of the store anew, as small as it gets: what it takes once at rest. Errors as OpenRocksDb.
absl::Status CompactRocksDb(const std::string& folder, const RocksDbOptions& options = {});

// Makes what lists the store's files again from the files that can be read, in place; those that cannot go to
// a folder of their own. Values deleted or replaced shortly before may come back: for rescue only.
absl::Status RepairRocksDb(const std::string& folder, const RocksDbOptions& options);

}  // namespace trellis
