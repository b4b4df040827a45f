// The files a store stands on: the machine's own, or in tests a disk that loses, tears, lies and refuses.
// Whatever writes beside the engine (anchor, ballast, rescue) goes through here, so that the same tests hold
// for it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rocksdb {
class FileSystem;
}

namespace trellis {

// A file of fixed length written in place. Not thread-safe.
class FixedFile {
 public:
  virtual ~FixedFile() = default;
  virtual absl::Status WriteAt(uint64_t offset, std::string_view bytes) = 0;
  // What was written before survives power loss once this returned OK. Never to be called again after it
  // failed.
  virtual absl::Status Sync() = 0;
};

// A handle, cheap to copy. Thread-safe. Errors name the file: kNotFound if it is not there,
// kResourceExhausted if the disk is full, else kUnavailable.
class Disk {
 public:
  Disk();  // the machine's
  explicit Disk(std::shared_ptr<rocksdb::FileSystem> file_system);

  const std::shared_ptr<rocksdb::FileSystem>& file_system() const { return file_system_; }

  bool Exists(const std::string& path) const;
  absl::StatusOr<std::string> Read(const std::string& file) const;
  // Shorter where the file ends.
  absl::StatusOr<std::string> ReadAt(const std::string& file, uint64_t offset, size_t bytes) const;
  uint64_t SizeOf(const std::string& file) const;  // 0 if it is not there
  // Names in the folder, sorted; empty if there is no such folder.
  std::vector<std::string> List(const std::string& folder) const;

  // Each of these is durable when it returned OK: what it did to the folder is synced too.
  absl::Status Write(const std::string& file, std::string_view bytes) const;
  absl::Status MakeFolder(const std::string& folder) const;  // OK if it is there
  absl::Status Rename(const std::string& from, const std::string& to) const;
  absl::Status RemoveFile(const std::string& file) const;  // OK if it is not there
  // The folder and the files in it; not folders within folders. OK if it is not there.
  absl::Status RemoveFolder(const std::string& folder) const;
  absl::Status SyncFolder(const std::string& folder) const;

  // The second name of a file that never changes, or a copy where the disk knows no links. Not synced.
  absl::Status LinkOrCopy(const std::string& from, const std::string& to) const;
  // Makes the file with `bytes` zeros, durable, unless it has that length already.
  absl::StatusOr<std::unique_ptr<FixedFile>> OpenFixed(const std::string& file, size_t bytes) const;
  // A file that takes `bytes` of room, whatever stands in it.
  absl::Status Allocate(const std::string& file, uint64_t bytes) const;
  absl::StatusOr<uint64_t> FreeBytes(const std::string& folder) const;

 private:
  std::shared_ptr<rocksdb::FileSystem> file_system_;
};

}  // namespace trellis
