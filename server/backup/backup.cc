#include "server/backup/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "common/identity/private_file.h"
#include "common/replica/store_check.h"
#include "common/storage/rocksdb_engine.h"
#include "server/backup/backup_log.h"
#include "server/backup/recovery_kit.h"

namespace trellis {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr char kManifest[] = "/backup.json";
constexpr char kSealedFiles[] = "/keys.sealed";
constexpr char kRevocations[] = "revocations.json";
// What makes the folder a district; it comes last.
constexpr char kLast[] = "keys/district.json";
// Stands in the data folder from the first step of a restore to its last.
constexpr char kRestoring[] = "/restoring";
// Everything beside the store that the server needs, below the data folder; the token for people's
// convenience.
constexpr const char* kFiles[] = {"keys/authority.key", "keys/authority.crt", "keys/server.key",
                                  "keys/bundle.key",    "keys/tokens.json",   "enrolment.json",
                                  "admin.token",        kRevocations,         kLast};
constexpr size_t kMaxFileBytes = 256u << 20;

absl::Status FolderError(std::string_view what, const std::string& path, const std::error_code& error) {
  return absl::FailedPreconditionError(fmt::format("cannot {} {}: {}", what, path, error.message()));
}

// What was written on the folder's file system so far survives power loss.
absl::Status MakeDurable(const std::string& folder) {
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && syncfs(fd) == 0;
  const std::error_code error(errno, std::generic_category());
  if (fd >= 0) close(fd);
  return synced ? absl::OkStatus() : FolderError("sync", folder, error);
}

// One JSON object: name -> text of each file that is there.
absl::StatusOr<std::string> CollectFiles(const std::string& data) {
  json files = json::object();
  for (const char* name : kFiles) {
    absl::StatusOr<std::string> text = ReadPrivateFile(fmt::format("{}/{}", data, name), kMaxFileBytes);
    if (text.ok()) {
      files[name] = *std::move(text);
    } else if (text.status().code() != absl::StatusCode::kNotFound) {
      return text.status();
    }
  }
  return files.dump();
}

absl::Status PutFiles(const std::string& data, const std::string& collected) {
  const json files = json::parse(collected, nullptr, /*allow_exceptions=*/false);
  if (!files.is_object() || !files.contains(kLast))
    return absl::DataLossError("the backup's keys are incomplete");
  for (const char* name : kFiles) {
    if (!files.contains(name) || !files[name].is_string()) continue;
    const std::string path = fmt::format("{}/{}", data, name);
    // Whoever was shut out since the backup stays shut out: a list that is there is the newer one.
    if (name == std::string_view(kRevocations) && fs::exists(path)) continue;
    if (absl::Status written = WritePrivateFile(path, files[name].get<std::string>()); !written.ok())
      return written;
  }
  return absl::OkStatus();
}

absl::Status VerifyCopy(const std::string& store, const HashKey& key) {
  const absl::StatusOr<std::unique_ptr<Engine>> copy = OpenRocksDbToRead(store, {});
  if (!copy.ok()) return copy.status();
  return CheckStore(*(*copy)->Snapshot(), key).status();
}

absl::StatusOr<json> ReadManifest(const std::string& from) {
  absl::StatusOr<std::string> text = ReadPrivateFile(from + kManifest);
  if (!text.ok()) {
    return absl::FailedPreconditionError(fmt::format("{} is no backup, or one that was never finished ({})",
                                                     from, std::string(text.status().message())));
  }
  json manifest = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!manifest.is_object() || manifest.value("format", 0) != 1) {
    return absl::FailedPreconditionError("this backup is of another version of trellis-server");
  }
  return manifest;
}

absl::StatusOr<std::string> OpenSealedFiles(const std::string& from, const json& manifest,
                                            std::string_view kit_text) {
  absl::StatusOr<std::string> page = std::string(kit_text);
  if (kit_text.empty()) page = ReadPrivateFile(manifest.value("recoveryKitFile", ""));
  if (!page.ok()) return absl::FailedPreconditionError("name the recovery kit (--recovery-kit FILE)");
  absl::StatusOr<RecoveryKit> kit = ParseRecoveryKit(*page);
  if (!kit.ok()) return kit.status();
  absl::StatusOr<std::string> sealed = ReadPrivateFile(from + kSealedFiles, kMaxFileBytes);
  if (!sealed.ok()) return sealed.status();
  return OpenWithKit(*sealed, *kit);
}

// Replaces what an earlier restore that was cut short left.
absl::Status CopyStore(const std::string& from, const std::string& data) {
  std::error_code error;
  const std::string partial = data + "/store.partial";
  for (const std::string& left : {partial, data + "/store"}) {
    fs::remove_all(left, error);
    if (error) return FolderError("clear", left, error);
  }
  fs::copy(from + "/store", partial, fs::copy_options::recursive, error);
  if (error) return FolderError("copy the store to", partial, error);
  if (absl::Status durable = MakeDurable(partial); !durable.ok()) return durable;
  fs::rename(partial, data + "/store", error);
  if (error) return FolderError("name", data + "/store", error);
  return MakeDurable(data);
}

}  // namespace

absl::Status WriteBackup(const BackupSource& source, const std::string& to, const Clock& clock) {
  std::error_code error;
  if (fs::exists(to, error) && !fs::is_empty(to, error)) {
    return absl::AlreadyExistsError(
        fmt::format("{} is there already; name a new folder for each backup", to));
  }
  const std::string partial = to + ".partial";
  fs::remove_all(partial, error);
  if (error) return FolderError("clear", partial, error);
  if (absl::Status made = MakePrivateFolder(partial); !made.ok()) return made;
  const int64_t taken_ms = clock.WallMs();  // what was acknowledged before is in it
  if (absl::Status copied = source.checkpoint(partial + "/store"); !copied.ok()) return copied;
  if (absl::Status whole = VerifyCopy(partial + "/store", source.district_key); !whole.ok()) return whole;
  absl::StatusOr<std::string> files = CollectFiles(source.data);
  if (!files.ok()) return files.status();
  absl::StatusOr<std::string> sealed = SealForKit(*files, source.recovery_public_key);
  if (!sealed.ok()) return sealed.status();
  if (absl::Status written = WritePrivateFile(partial + kSealedFiles, *sealed); !written.ok()) return written;
  if (absl::Status durable = MakeDurable(partial); !durable.ok()) return durable;
  const json manifest = {{"format", 1},
                         {"district", source.district},
                         {"districtName", source.district_name},
                         {"takenMs", taken_ms},
                         {"recoveryKitFile", source.recovery_kit_file}};
  if (absl::Status written = WritePrivateFile(partial + kManifest, manifest.dump(1)); !written.ok())
    return written;
  fs::remove(to, error);  // an empty folder of that name
  fs::rename(partial, to, error);
  if (error) return FolderError("name", to, error);
  if (absl::Status durable = MakeDurable(to); !durable.ok()) return durable;
  return source.log->Add(to, taken_ms);
}

bool RestoreWasCutShort(const std::string& data) {
  std::error_code error;
  return fs::exists(data + kRestoring, error) && !fs::exists(fmt::format("{}/{}", data, kLast), error);
}

absl::Status RestoreBackup(const std::string& from, const std::string& data, std::string_view kit_text) {
  absl::StatusOr<json> manifest = ReadManifest(from);
  if (!manifest.ok()) return manifest.status();
  std::error_code error;
  const bool has_store = fs::exists(data + "/store", error) && !RestoreWasCutShort(data);
  if (has_store || fs::exists(fmt::format("{}/{}", data, kLast), error)) {
    return absl::FailedPreconditionError(fmt::format(
        "{} already holds a district; move it away first (its revocations.json is worth keeping)", data));
  }
  absl::StatusOr<std::string> files = OpenSealedFiles(from, *manifest, kit_text);
  if (!files.ok()) return files.status();
  for (const std::string& folder : {data, data + "/keys"}) {
    if (absl::Status made = MakePrivateFolder(folder); !made.ok()) return made;
  }
  if (absl::Status begun = WritePrivateFile(data + kRestoring, from + "\n"); !begun.ok()) return begun;
  if (absl::Status copied = CopyStore(from, data); !copied.ok()) return copied;
  if (absl::Status put = PutFiles(data, *files); !put.ok()) return put;
  fs::remove(data + kRestoring, error);
  // What it came from is a backup of it.
  return BackupLog(data).Add(from, manifest->value("takenMs", int64_t{0}));
}

}  // namespace trellis
