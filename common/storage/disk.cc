#include "common/storage/disk.h"

#include <fmt/format.h>
#include <rocksdb/file_system.h>

#include <algorithm>
#include <utility>

namespace trellis {
namespace {

const rocksdb::IOOptions kPlain;

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

absl::Status ToStatus(const rocksdb::IOStatus& status, std::string_view deed, const std::string& path) {
  if (status.ok()) return absl::OkStatus();
  const std::string text = fmt::format("{} cannot be {}: {}", path, deed, status.ToString());
  if (status.IsNotFound() || status.IsPathNotFound()) return absl::NotFoundError(text);
  if (status.IsNoSpace()) return absl::ResourceExhaustedError(text);
  return absl::UnavailableError(text);
}

class FixedFileOnDisk final : public FixedFile {
 public:
  FixedFileOnDisk(std::string path, std::unique_ptr<rocksdb::FSRandomRWFile> file)
      : path_(std::move(path)), file_(std::move(file)) {}
  ~FixedFileOnDisk() override { file_->Close(kPlain, nullptr).PermitUncheckedError(); }

  absl::Status WriteAt(uint64_t offset, std::string_view bytes) override {
    return ToStatus(file_->Write(offset, {bytes.data(), bytes.size()}, kPlain, nullptr), "written", path_);
  }
  absl::Status Sync() override { return ToStatus(file_->Sync(kPlain, nullptr), "synced", path_); }

 private:
  std::string path_;
  std::unique_ptr<rocksdb::FSRandomRWFile> file_;
};

}  // namespace

Disk::Disk() : file_system_(rocksdb::FileSystem::Default()) {}
Disk::Disk(std::shared_ptr<rocksdb::FileSystem> file_system) : file_system_(std::move(file_system)) {}

bool Disk::Exists(const std::string& path) const {
  return file_system_->FileExists(path, kPlain, nullptr).ok();
}

absl::StatusOr<std::string> Disk::Read(const std::string& file) const {
  std::string bytes;
  const rocksdb::Status status = rocksdb::ReadFileToString(file_system_.get(), file, &bytes);
  if (status.ok()) return bytes;
  const std::string text = fmt::format("{} cannot be read: {}", file, status.ToString());
  if (status.IsNotFound() || status.IsPathNotFound()) return absl::NotFoundError(text);
  return absl::UnavailableError(text);
}

absl::StatusOr<std::string> Disk::ReadAt(const std::string& file, uint64_t offset, size_t bytes) const {
  std::unique_ptr<rocksdb::FSRandomAccessFile> in;
  rocksdb::IOStatus status = file_system_->NewRandomAccessFile(file, rocksdb::FileOptions(), &in, nullptr);
  std::string scratch(bytes, '\0');
  rocksdb::Slice got;
  if (status.ok()) status = in->Read(offset, bytes, kPlain, &got, scratch.data(), nullptr);
  if (!status.ok()) return ToStatus(status, "read", file);
  return std::string(got.data(), got.size());
}

uint64_t Disk::SizeOf(const std::string& file) const {
  uint64_t bytes = 0;
  return file_system_->GetFileSize(file, kPlain, &bytes, nullptr).ok() ? bytes : 0;
}

std::vector<std::string> Disk::List(const std::string& folder) const {
  std::vector<std::string> names;
  if (!file_system_->GetChildren(folder, kPlain, &names, nullptr).ok()) return {};
  std::erase_if(names, [](const std::string& name) { return name == "." || name == ".."; });
  std::sort(names.begin(), names.end());
  return names;
}

absl::Status Disk::Write(const std::string& file, std::string_view bytes) const {
  std::unique_ptr<rocksdb::FSWritableFile> out;
  rocksdb::IOStatus status = file_system_->NewWritableFile(file, rocksdb::FileOptions(), &out, nullptr);
  if (status.ok()) status = out->Append({bytes.data(), bytes.size()}, kPlain, nullptr);
  if (status.ok()) status = out->Sync(kPlain, nullptr);
  if (status.ok()) status = out->Close(kPlain, nullptr);
  return status.ok() ? SyncFolder(FolderOf(file)) : ToStatus(status, "written", file);
}

absl::Status Disk::MakeFolder(const std::string& folder) const {
  if (Exists(folder)) return absl::OkStatus();
  const rocksdb::IOStatus status = file_system_->CreateDirIfMissing(folder, kPlain, nullptr);
  return status.ok() ? SyncFolder(FolderOf(folder)) : ToStatus(status, "made", folder);
}

absl::Status Disk::Rename(const std::string& from, const std::string& to) const {
  const rocksdb::IOStatus status = file_system_->RenameFile(from, to, kPlain, nullptr);
  return status.ok() ? SyncFolder(FolderOf(to)) : ToStatus(status, "renamed", from);
}

absl::Status Disk::RemoveFile(const std::string& file) const {
  if (!Exists(file)) return absl::OkStatus();
  const rocksdb::IOStatus status = file_system_->DeleteFile(file, kPlain, nullptr);
  return status.ok() ? SyncFolder(FolderOf(file)) : ToStatus(status, "removed", file);
}

absl::Status Disk::RemoveFolder(const std::string& folder) const {
  if (!Exists(folder)) return absl::OkStatus();
  for (const std::string& name : List(folder)) {
    const std::string path = fmt::format("{}/{}", folder, name);
    const rocksdb::IOStatus status = file_system_->DeleteFile(path, kPlain, nullptr);
    if (!status.ok()) return ToStatus(status, "removed", path);
  }
  const rocksdb::IOStatus status = file_system_->DeleteDir(folder, kPlain, nullptr);
  return status.ok() ? SyncFolder(FolderOf(folder)) : ToStatus(status, "removed", folder);
}

absl::Status Disk::SyncFolder(const std::string& folder) const {
  std::unique_ptr<rocksdb::FSDirectory> directory;
  rocksdb::IOStatus status = file_system_->NewDirectory(folder, kPlain, &directory, nullptr);
  if (status.ok()) status = directory->Fsync(kPlain, nullptr);
  return ToStatus(status, "synced", folder);
}

absl::Status Disk::LinkOrCopy(const std::string& from, const std::string& to) const {
  if (file_system_->LinkFile(from, to, kPlain, nullptr).ok()) return absl::OkStatus();
  const absl::StatusOr<std::string> bytes = Read(from);
  return bytes.ok() ? Write(to, *bytes) : bytes.status();
}

absl::StatusOr<std::unique_ptr<FixedFile>> Disk::OpenFixed(const std::string& file, size_t bytes) const {
  uint64_t present = 0;
  const bool there = file_system_->GetFileSize(file, kPlain, &present, nullptr).ok();
  if (!there || present != bytes) {
    if (absl::Status made = Write(file, std::string(bytes, '\0')); !made.ok()) return made;
  }
  std::unique_ptr<rocksdb::FSRandomRWFile> opened;
  const rocksdb::IOStatus status =
      file_system_->NewRandomRWFile(file, rocksdb::FileOptions(), &opened, nullptr);
  if (!status.ok()) return ToStatus(status, "opened", file);
  return std::unique_ptr<FixedFile>(std::make_unique<FixedFileOnDisk>(file, std::move(opened)));
}

absl::Status Disk::Allocate(const std::string& file, uint64_t bytes) const {
  std::unique_ptr<rocksdb::FSWritableFile> out;
  rocksdb::IOStatus status = file_system_->NewWritableFile(file, rocksdb::FileOptions(), &out, nullptr);
  if (status.ok()) status = out->Allocate(0, bytes, kPlain, nullptr);
  if (status.ok()) status = out->Sync(kPlain, nullptr);
  if (status.ok()) status = out->Close(kPlain, nullptr);
  return status.ok() ? SyncFolder(FolderOf(file)) : ToStatus(status, "given room", file);
}

absl::StatusOr<uint64_t> Disk::FreeBytes(const std::string& folder) const {
  uint64_t bytes = 0;
  const rocksdb::IOStatus status = file_system_->GetFreeSpace(folder, kPlain, &bytes, nullptr);
  if (!status.ok()) return ToStatus(status, "asked for its free space", folder);
  return bytes;
}

}  // namespace trellis
