// The engine on RocksDB: one folder, one column family, one log.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
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
};

// Opens the store in `folder`, making it if it is not there. kFailedPrecondition if another opener holds it;
// kDataLoss if it cannot be read as it stands.
absl::StatusOr<std::unique_ptr<Engine>> OpenRocksDb(const std::string& folder,
                                                    const RocksDbOptions& options = {});

}  // namespace trellis
