// A file system for RocksDB, in memory, over a disk that forgets what was not synced, and that fails on
// command: errors on the n-th read, write or sync, no room left, syncs that lie.
#pragma once

#include <rocksdb/file_system.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "common/storage/disk.h"
#include "tests/disk/disk_tree.h"

namespace trellis {

enum class DiskCall { kRead, kWrite, kSync, kFolder };  // kFolder: making, naming, removing

// Thread-safe.
class HostileDisk : public rocksdb::FileSystem {
 public:
  // Called after each call that changed something, one at a time, nothing else running on the disk meanwhile.
  using AfterCall = std::function<void(const DiskTree& tree, std::string_view call, const std::string& path)>;

  HostileDisk();
  explicit HostileDisk(DiskTree tree);

  // ---- faults ----
  void SetAfterCall(AfterCall after_call);
  // Calls of the sort number `skip` + 1 to `skip` + `count` from now on fail with an I/O error, and do
  // nothing.
  void FailAfter(DiskCall call, uint64_t skip, uint64_t count);
  void Heal();  // no such failures any more
  // Syncs return OK and do nothing.
  void LieAboutSync(bool lie);
  // A disk that takes its time: syncs begun from now on do not return until they are let go on.
  void HoldSyncs(bool hold);
  // Returns when one is held.
  void AwaitHeldSync();
  // The disk holds so many bytes and no more; what does not fit is written in part. nullopt: no end.
  void SetCapacity(std::optional<uint64_t> bytes);
  uint64_t failures() const;  // so many calls failed
  uint64_t calls(DiskCall call) const;

  DiskTree PowerLoss(Survival survival, SeededRandom* random) const;
  uint64_t Used() const;
  std::map<std::string, std::string> Content() const;
  // Replaces a file's bytes, durable.
  void Put(const std::string& file, std::string bytes);
  // Flips a bit of a byte where it lies, under whoever has the file open.
  void Rot(const std::string& file, size_t at);

  // ---- rocksdb::FileSystem ----
  const char* Name() const override { return "HostileDisk"; }
  using Options = rocksdb::IOOptions;
  using Debug = rocksdb::IODebugContext;
  rocksdb::IOStatus NewSequentialFile(const std::string& path, const rocksdb::FileOptions&,
                                      std::unique_ptr<rocksdb::FSSequentialFile>* file, Debug*) override;
  rocksdb::IOStatus NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions&,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* file, Debug*) override;
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions&,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file, Debug*) override;
  rocksdb::IOStatus NewRandomRWFile(const std::string& path, const rocksdb::FileOptions&,
                                    std::unique_ptr<rocksdb::FSRandomRWFile>* file, Debug*) override;
  rocksdb::IOStatus NewDirectory(const std::string& path, const Options&,
                                 std::unique_ptr<rocksdb::FSDirectory>* folder, Debug*) override;
  rocksdb::IOStatus FileExists(const std::string& path, const Options&, Debug*) override;
  rocksdb::IOStatus GetChildren(const std::string& path, const Options&, std::vector<std::string>* names,
                                Debug*) override;
  rocksdb::IOStatus DeleteFile(const std::string& path, const Options&, Debug*) override;
  rocksdb::IOStatus Truncate(const std::string& path, size_t size, const Options&, Debug*) override;
  rocksdb::IOStatus CreateDir(const std::string& path, const Options&, Debug*) override;
  rocksdb::IOStatus CreateDirIfMissing(const std::string& path, const Options&, Debug*) override;
  rocksdb::IOStatus DeleteDir(const std::string& path, const Options&, Debug*) override;
  rocksdb::IOStatus GetFileSize(const std::string& path, const Options&, uint64_t* size, Debug*) override;
  rocksdb::IOStatus GetFileModificationTime(const std::string& path, const Options&, uint64_t* time,
                                            Debug*) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to, const Options&,
                               Debug*) override;
  rocksdb::IOStatus LinkFile(const std::string& from, const std::string& to, const Options&, Debug*) override;
  rocksdb::IOStatus LockFile(const std::string& path, const Options&, rocksdb::FileLock** lock,
                             Debug*) override;
  rocksdb::IOStatus UnlockFile(rocksdb::FileLock* lock, const Options&, Debug*) override;
  rocksdb::IOStatus GetTestDirectory(const Options&, std::string* path, Debug*) override;
  rocksdb::IOStatus NewLogger(const std::string& path, const Options&,
                              std::shared_ptr<rocksdb::Logger>* logger, Debug*) override;
  rocksdb::IOStatus GetAbsolutePath(const std::string& path, const Options&, std::string* absolute,
                                    Debug*) override;
  rocksdb::IOStatus GetFreeSpace(const std::string& path, const Options&, uint64_t* bytes, Debug*) override;
  rocksdb::IOStatus IsDirectory(const std::string& path, const Options&, bool* is_folder, Debug*) override;

  // ---- for its files ----
  rocksdb::IOStatus Read(const DiskNode& file, uint64_t offset, size_t n, rocksdb::Slice* result,
                         char* scratch);
  rocksdb::IOStatus Append(const std::string& path, DiskNode* file, std::string_view bytes);
  rocksdb::IOStatus WriteAt(const std::string& path, DiskNode* file, uint64_t offset, std::string_view bytes);
  rocksdb::IOStatus Truncate(const std::string& path, DiskNode* file, uint64_t size);
  rocksdb::IOStatus Sync(const std::string& path, DiskNode* node);
  uint64_t SizeOf(const DiskNode& file) const;

 private:
  struct Failing {
    uint64_t seen = 0;
    uint64_t from = 0;
    uint64_t until = 0;
  };
  rocksdb::IOStatus CheckLocked(DiskCall call, const std::string& path);
  void TellLocked(std::string_view call, const std::string& path);
  uint64_t RoomLocked() const;
  rocksdb::IOStatus LinkLocked(const std::string& path, std::shared_ptr<DiskNode> node);

  mutable std::mutex mutex_;
  DiskTree tree_;
  AfterCall after_call_;
  std::map<DiskCall, Failing> failing_;
  uint64_t failures_ = 0;
  bool lie_ = false;
  bool hold_ = false;
  int held_ = 0;
  std::condition_variable held_changed_;
  std::optional<uint64_t> capacity_;
  std::set<std::string> locked_;
};

}  // namespace trellis
