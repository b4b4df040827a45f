#include "server/backup/backup_log.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "common/identity/private_file.h"

namespace trellis {
namespace {

using nlohmann::json;

bool StillThere(const std::string& folder) {
  std::error_code error;
  return std::filesystem::exists(folder + "/backup.json", error);
}

}  // namespace

BackupLog::BackupLog(std::string data) : file_(std::move(data) + "/backups.json") {
  const absl::StatusOr<std::string> text = ReadPrivateFile(file_);
  const json listed = json::parse(text.value_or("[]"), nullptr, /*allow_exceptions=*/false);
  for (const json& entry : listed.is_array() ? listed : json::array()) {
    if (!entry.is_object() || !entry.value("takenMs", json()).is_number_integer()) continue;
    entries_.push_back({entry.value("folder", ""), entry.value("takenMs", int64_t{0})});
  }
  Work();
}

absl::Status BackupLog::Add(const std::string& folder, int64_t taken_ms) {
  std::lock_guard lock(mutex_);
  entries_.push_back({folder, taken_ms});
  if (entries_.size() > kMost) entries_.erase(entries_.begin());
  json listed = json::array();
  for (const Entry& entry : entries_) {
    listed.push_back({{"folder", entry.folder}, {"takenMs", entry.taken_ms}});
  }
  absl::Status written = WritePrivateFile(file_, listed.dump(1));
  if (written.ok()) Work();
  return written;
}

void BackupLog::Work() {
  int64_t newest = 0;
  int64_t oldest_there = 0;
  for (const Entry& entry : entries_) {
    newest = std::max(newest, entry.taken_ms);
    if (!StillThere(entry.folder)) continue;
    oldest_there = oldest_there == 0 ? entry.taken_ms : std::min(oldest_there, entry.taken_ms);
  }
  newest_ms_ = newest;
  horizon_ms_ = oldest_there != 0 ? oldest_there : newest;
}

}  // namespace trellis
