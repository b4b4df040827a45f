#include "tests/disk/hostile_disk.h"

#include <rocksdb/env.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace trellis {
namespace {

using rocksdb::IOStatus;
using Options = rocksdb::IOOptions;
using Debug = rocksdb::IODebugContext;

std::string_view View(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }
IOStatus Missing(const std::string& path) { return IOStatus::PathNotFound("no such file", path); }

class SequentialFile final : public rocksdb::FSSequentialFile {
 public:
  SequentialFile(HostileDisk* disk, std::shared_ptr<DiskNode> node) : disk_(disk), node_(std::move(node)) {}
  IOStatus Read(size_t n, const Options&, rocksdb::Slice* result, char* scratch, Debug*) override {
    IOStatus status = disk_->Read(*node_, at_, n, result, scratch);
    if (status.ok()) at_ += result->size();
    return status;
  }
  IOStatus Skip(uint64_t n) override {
    at_ += n;
    return IOStatus::OK();
  }

 private:
  HostileDisk* disk_;
  std::shared_ptr<DiskNode> node_;
  uint64_t at_ = 0;
};

class RandomAccessFile final : public rocksdb::FSRandomAccessFile {
 public:
  RandomAccessFile(HostileDisk* disk, std::shared_ptr<DiskNode> node) : disk_(disk), node_(std::move(node)) {}
  IOStatus Read(uint64_t offset, size_t n, const Options&, rocksdb::Slice* result, char* scratch,
                Debug*) const override {
    return disk_->Read(*node_, offset, n, result, scratch);
  }

 private:
  HostileDisk* disk_;
  std::shared_ptr<DiskNode> node_;
};

class WritableFile final : public rocksdb::FSWritableFile {
 public:
  WritableFile(HostileDisk* disk, std::string path, std::shared_ptr<DiskNode> node)
      : disk_(disk), path_(std::move(path)), node_(std::move(node)) {}
  using FSWritableFile::Append;
  IOStatus Append(const rocksdb::Slice& bytes, const Options&, Debug*) override {
    return disk_->Append(path_, node_.get(), View(bytes));
  }
  IOStatus Truncate(uint64_t size, const Options&, Debug*) override {
    return disk_->Truncate(path_, node_.get(), size);
  }
  IOStatus Allocate(uint64_t, uint64_t bytes, const Options&, Debug*) override {
    return disk_->Append(path_, node_.get(), std::string(bytes, '\0'));
  }
  // RocksDB allocates ahead; what is only allocated is nothing to this disk.
  void PrepareWrite(size_t, size_t, const Options&, Debug*) override {}
  IOStatus Close(const Options&, Debug*) override { return IOStatus::OK(); }
  IOStatus Flush(const Options&, Debug*) override { return IOStatus::OK(); }
  IOStatus Sync(const Options&, Debug*) override { return disk_->Sync(path_, node_.get()); }
  IOStatus RangeSync(uint64_t, uint64_t, const Options&, Debug*) override { return IOStatus::OK(); }
  bool IsSyncThreadSafe() const override { return true; }
  uint64_t GetFileSize(const Options&, Debug*) override { return disk_->SizeOf(*node_); }

 private:
  HostileDisk* disk_;
  std::string path_;
  std::shared_ptr<DiskNode> node_;
};

class InPlaceFile final : public rocksdb::FSRandomRWFile {
 public:
  InPlaceFile(HostileDisk* disk, std::string path, std::shared_ptr<DiskNode> node)
      : disk_(disk), path_(std::move(path)), node_(std::move(node)) {}
  IOStatus Write(uint64_t offset, const rocksdb::Slice& bytes, const Options&, Debug*) override {
    return disk_->WriteAt(path_, node_.get(), offset, View(bytes));
  }
  IOStatus Read(uint64_t offset, size_t n, const Options&, rocksdb::Slice* result, char* scratch,
                Debug*) const override {
    return disk_->Read(*node_, offset, n, result, scratch);
  }
  IOStatus Flush(const Options&, Debug*) override { return IOStatus::OK(); }
  IOStatus Sync(const Options&, Debug*) override { return disk_->Sync(path_, node_.get()); }
  IOStatus Close(const Options&, Debug*) override { return IOStatus::OK(); }

 private:
  HostileDisk* disk_;
  std::string path_;
  std::shared_ptr<DiskNode> node_;
};

class Folder final : public rocksdb::FSDirectory {
 public:
  Folder(HostileDisk* disk, std::string path, std::shared_ptr<DiskNode> node)
      : disk_(disk), path_(std::move(path)), node_(std::move(node)) {}
  IOStatus Fsync(const Options&, Debug*) override { return disk_->Sync(path_, node_.get()); }

 private:
  HostileDisk* disk_;
  std::string path_;
  std::shared_ptr<DiskNode> node_;
};

class NamedLock final : public rocksdb::FileLock {
 public:
  explicit NamedLock(std::string path) : path(std::move(path)) {}
  const std::string path;
};

class SilentLogger final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
  size_t GetLogFileSize() const override { return 0; }
};

}  // namespace

HostileDisk::HostileDisk() = default;
HostileDisk::HostileDisk(DiskTree tree) : tree_(std::move(tree)) {}

void HostileDisk::SetAfterCall(AfterCall after_call) {
  std::lock_guard lock(mutex_);
  after_call_ = std::move(after_call);
}

void HostileDisk::FailAfter(DiskCall call, uint64_t skip, uint64_t count) {
  std::lock_guard lock(mutex_);
  Failing& failing = failing_[call];
  failing.from = failing.seen + skip;
  failing.until = failing.from + count;
}

void HostileDisk::Heal() {
  std::lock_guard lock(mutex_);
  for (auto& [call, failing] : failing_) failing.until = failing.from = 0;
}

void HostileDisk::LieAboutSync(bool lie) {
  std::lock_guard lock(mutex_);
  lie_ = lie;
}

void HostileDisk::HoldSyncs(bool hold) {
  std::lock_guard lock(mutex_);
  hold_ = hold;
  held_changed_.notify_all();
}

void HostileDisk::AwaitHeldSync() {
  std::unique_lock lock(mutex_);
  held_changed_.wait(lock, [&] { return held_ > 0; });
}

void HostileDisk::SetCapacity(std::optional<uint64_t> bytes) {
  std::lock_guard lock(mutex_);
  capacity_ = bytes;
}

uint64_t HostileDisk::failures() const {
  std::lock_guard lock(mutex_);
  return failures_;
}

uint64_t HostileDisk::calls(DiskCall call) const {
  std::lock_guard lock(mutex_);
  const auto it = failing_.find(call);
  return it == failing_.end() ? 0 : it->second.seen;
}

DiskTree HostileDisk::PowerLoss(Survival survival, SeededRandom* random) const {
  std::lock_guard lock(mutex_);
  return tree_.AfterPowerLoss(survival, random);
}

uint64_t HostileDisk::Used() const {
  std::lock_guard lock(mutex_);
  return tree_.Used();
}

std::map<std::string, std::string> HostileDisk::Content() const {
  std::lock_guard lock(mutex_);
  return tree_.Content();
}

void HostileDisk::Put(const std::string& file, std::string bytes) {
  std::lock_guard lock(mutex_);
  auto node = std::make_shared<DiskNode>();
  *node->bytes = std::move(bytes);
  DiskTree::Sync(node.get());
  tree_.Link(file, std::move(node));
  tree_ = tree_.AfterPowerLoss(Survival::kEverything, nullptr);
}

void HostileDisk::Rot(const std::string& file, size_t at) {
  std::lock_guard lock(mutex_);
  const std::shared_ptr<DiskNode> node = tree_.Find(file);
  DiskTree::WriteAt(node.get(), at, std::string(1, static_cast<char>((*node->bytes)[at] ^ 1)));
  DiskTree::Sync(node.get());
}

IOStatus HostileDisk::CheckLocked(DiskCall call, const std::string& path) {
  Failing& failing = failing_[call];
  const uint64_t number = failing.seen++;
  if (number < failing.from || number >= failing.until) return IOStatus::OK();
  ++failures_;
  return IOStatus::IOError("injected", path);
}

void HostileDisk::TellLocked(std::string_view call, const std::string& path) {
  if (after_call_) after_call_(tree_, call, path);
}

uint64_t HostileDisk::RoomLocked() const {
  if (!capacity_.has_value()) return UINT64_MAX;
  return *capacity_ - std::min(*capacity_, tree_.Used());
}

IOStatus HostileDisk::Read(const DiskNode& file, uint64_t offset, size_t n, rocksdb::Slice* result,
                           char* scratch) {
  std::lock_guard lock(mutex_);
  if (IOStatus status = CheckLocked(DiskCall::kRead, ""); !status.ok()) return status;
  const std::string& bytes = *file.bytes;
  const size_t from = std::min<size_t>(offset, bytes.size());
  const size_t got = std::min(n, bytes.size() - from);
  std::memcpy(scratch, bytes.data() + from, got);
  *result = rocksdb::Slice(scratch, got);
  return IOStatus::OK();
}

IOStatus HostileDisk::Append(const std::string& path, DiskNode* file, std::string_view bytes) {
  std::lock_guard lock(mutex_);
  if (IOStatus status = CheckLocked(DiskCall::kWrite, path); !status.ok()) return status;
  const uint64_t room = RoomLocked();
  DiskTree::Append(file, bytes.substr(0, room));
  TellLocked("append", path);
  return room < bytes.size() ? IOStatus::NoSpace("the disk is full", path) : IOStatus::OK();
}

IOStatus HostileDisk::WriteAt(const std::string& path, DiskNode* file, uint64_t offset,
                              std::string_view bytes) {
  std::lock_guard lock(mutex_);
  if (IOStatus status = CheckLocked(DiskCall::kWrite, path); !status.ok()) return status;
  DiskTree::WriteAt(file, offset, bytes);
  TellLocked("write", path);
  return IOStatus::OK();
}

IOStatus HostileDisk::Truncate(const std::string& path, DiskNode* file, uint64_t size) {
  std::lock_guard lock(mutex_);
  if (IOStatus status = CheckLocked(DiskCall::kWrite, path); !status.ok()) return status;
  DiskTree::Truncate(file, size);
  TellLocked("truncate", path);
  return IOStatus::OK();
}

IOStatus HostileDisk::Sync(const std::string& path, DiskNode* node) {
  std::unique_lock lock(mutex_);
  if (hold_) {
    ++held_;
    held_changed_.notify_all();
    held_changed_.wait(lock, [&] { return !hold_; });
    --held_;
  }
  if (IOStatus status = CheckLocked(DiskCall::kSync, path); !status.ok()) return status;
  if (!lie_) DiskTree::Sync(node);
  TellLocked("sync", path);
  return IOStatus::OK();
}

uint64_t HostileDisk::SizeOf(const DiskNode& file) const {
  std::lock_guard lock(mutex_);
  return file.bytes->size();
}

IOStatus HostileDisk::LinkLocked(const std::string& path, std::shared_ptr<DiskNode> node) {
  if (IOStatus status = CheckLocked(DiskCall::kFolder, path); !status.ok()) return status;
  if (!tree_.Link(path, std::move(node))) return Missing(path);
  TellLocked("make", path);
  return IOStatus::OK();
}

IOStatus HostileDisk::NewSequentialFile(const std::string& path, const rocksdb::FileOptions&,
                                        std::unique_ptr<rocksdb::FSSequentialFile>* file, Debug*) {
  std::lock_guard lock(mutex_);
  std::shared_ptr<DiskNode> node = tree_.Find(path);
  if (node == nullptr || node->is_folder) return Missing(path);
  *file = std::make_unique<SequentialFile>(this, std::move(node));
  return IOStatus::OK();
}

IOStatus HostileDisk::NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions&,
                                          std::unique_ptr<rocksdb::FSRandomAccessFile>* file, Debug*) {
  std::lock_guard lock(mutex_);
  std::shared_ptr<DiskNode> node = tree_.Find(path);
  if (node == nullptr || node->is_folder) return Missing(path);
  *file = std::make_unique<RandomAccessFile>(this, std::move(node));
  return IOStatus::OK();
}

IOStatus HostileDisk::NewWritableFile(const std::string& path, const rocksdb::FileOptions&,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file, Debug*) {
  std::lock_guard lock(mutex_);
  auto node = std::make_shared<DiskNode>();
  if (IOStatus status = LinkLocked(path, node); !status.ok()) return status;
  *file = std::make_unique<WritableFile>(this, path, std::move(node));
  return IOStatus::OK();
}

IOStatus HostileDisk::NewRandomRWFile(const std::string& path, const rocksdb::FileOptions&,
                                      std::unique_ptr<rocksdb::FSRandomRWFile>* file, Debug*) {
  std::lock_guard lock(mutex_);
  std::shared_ptr<DiskNode> node = tree_.Find(path);
  if (node == nullptr || node->is_folder) return Missing(path);
  *file = std::make_unique<InPlaceFile>(this, path, std::move(node));
  return IOStatus::OK();
}

IOStatus HostileDisk::NewDirectory(const std::string& path, const Options&,
                                   std::unique_ptr<rocksdb::FSDirectory>* folder, Debug*) {
  std::lock_guard lock(mutex_);
  std::shared_ptr<DiskNode> node = tree_.Find(path);
  if (node == nullptr || !node->is_folder) return Missing(path);
  *folder = std::make_unique<Folder>(this, path, std::move(node));
  return IOStatus::OK();
}

IOStatus HostileDisk::FileExists(const std::string& path, const Options&, Debug*) {
  std::lock_guard lock(mutex_);
  return tree_.Find(path) != nullptr ? IOStatus::OK() : IOStatus::NotFound(path);
}

IOStatus HostileDisk::GetChildren(const std::string& path, const Options&, std::vector<std::string>* names,
                                  Debug*) {
  std::lock_guard lock(mutex_);
  const std::shared_ptr<DiskNode> node = tree_.Find(path);
  if (node == nullptr || !node->is_folder) return IOStatus::NotFound(path);
  names->clear();
  for (const auto& [name, child] : node->entries) names->push_back(name);
  return IOStatus::OK();
}

IOStatus HostileDisk::DeleteFile(const std::string& path, const Options&, Debug*) {
  std::lock_guard lock(mutex_);
  if (IOStatus status = CheckLocked(DiskCall::kFolder, path); !status.ok()) return status;
  if (!tree_.Unlink(path)) return Missing(path);
  TellLocked("delete", path);
  return IOStatus::OK();
}

IOStatus HostileDisk::Truncate(const std::string& path, size_t size, const Options&, Debug*) {
  std::shared_ptr<DiskNode> node;
  {
    std::lock_guard lock(mutex_);
    node = tree_.Find(path);
  }
  return node == nullptr ? Missing(path) : Truncate(path, node.get(), size);
}

IOStatus HostileDisk::CreateDir(const std::string& path, const Options&, Debug*) {
  std::lock_guard lock(mutex_);
  if (tree_.Find(path) != nullptr) return IOStatus::IOError("exists", path);
  auto node = std::make_shared<DiskNode>();
  node->is_folder = true;
  return LinkLocked(path, std::move(node));
}

IOStatus HostileDisk::CreateDirIfMissing(const std::string& path, const Options& options, Debug* debug) {
  {
    std::lock_guard lock(mutex_);
    if (tree_.Find(path) != nullptr) return IOStatus::OK();
  }
  return CreateDir(path, options, debug);
}

IOStatus HostileDisk::DeleteDir(const std::string& path, const Options&, Debug*) {
  std::lock_guard lock(mutex_);
  if (IOStatus status = CheckLocked(DiskCall::kFolder, path); !status.ok()) return status;
  const std::shared_ptr<DiskNode> node = tree_.Find(path);
  if (node == nullptr || !node->is_folder) return Missing(path);
  if (!node->entries.empty()) return IOStatus::IOError("not empty", path);
  tree_.Unlink(path);
  TellLocked("delete", path);
  return IOStatus::OK();
}

IOStatus HostileDisk::GetFileSize(const std::string& path, const Options&, uint64_t* size, Debug*) {
  std::lock_guard lock(mutex_);
  const std::shared_ptr<DiskNode> node = tree_.Find(path);
  if (node == nullptr) return Missing(path);
  *size = node->bytes->size();
  return IOStatus::OK();
}

IOStatus HostileDisk::GetFileModificationTime(const std::string& path, const Options&, uint64_t* time,
                                              Debug*) {
  *time = 0;
  return IOStatus::OK();
}

IOStatus HostileDisk::RenameFile(const std::string& from, const std::string& to, const Options&, Debug*) {
  std::lock_guard lock(mutex_);
  if (IOStatus status = CheckLocked(DiskCall::kFolder, to); !status.ok()) return status;
  if (!tree_.Rename(from, to)) return Missing(from);
  TellLocked("rename", to);
  return IOStatus::OK();
}

IOStatus HostileDisk::LinkFile(const std::string& from, const std::string& to, const Options&, Debug*) {
  std::lock_guard lock(mutex_);
  std::shared_ptr<DiskNode> node = tree_.Find(from);
  if (node == nullptr) return Missing(from);
  return LinkLocked(to, std::move(node));
}

IOStatus HostileDisk::LockFile(const std::string& path, const Options&, rocksdb::FileLock** lock, Debug*) {
  std::lock_guard guard(mutex_);
  if (!locked_.insert(path).second) return IOStatus::IOError("lock " + path, "already held");
  if (tree_.Find(path) == nullptr) tree_.Link(path, std::make_shared<DiskNode>());
  *lock = new NamedLock(path);
  return IOStatus::OK();
}

IOStatus HostileDisk::UnlockFile(rocksdb::FileLock* lock, const Options&, Debug*) {
  std::lock_guard guard(mutex_);
  const std::unique_ptr<NamedLock> named(static_cast<NamedLock*>(lock));
  locked_.erase(named->path);
  return IOStatus::OK();
}

IOStatus HostileDisk::GetTestDirectory(const Options&, std::string* path, Debug*) {
  *path = "/";
  return IOStatus::OK();
}

IOStatus HostileDisk::NewLogger(const std::string&, const Options&, std::shared_ptr<rocksdb::Logger>* logger,
                                Debug*) {
  *logger = std::make_shared<SilentLogger>();
  return IOStatus::OK();
}

IOStatus HostileDisk::GetAbsolutePath(const std::string& path, const Options&, std::string* absolute,
                                      Debug*) {
  *absolute = path;
  return IOStatus::OK();
}

IOStatus HostileDisk::GetFreeSpace(const std::string&, const Options&, uint64_t* bytes, Debug*) {
  std::lock_guard lock(mutex_);
  *bytes = RoomLocked();
  return IOStatus::OK();
}

IOStatus HostileDisk::IsDirectory(const std::string& path, const Options&, bool* is_folder, Debug*) {
  std::lock_guard lock(mutex_);
  const std::shared_ptr<DiskNode> node = tree_.Find(path);
  if (node == nullptr) return Missing(path);
  *is_folder = node->is_folder;
  return IOStatus::OK();
}

}  // namespace trellis
