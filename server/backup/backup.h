// A backup taken while the server works, and its way back.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/record/record_id.h"
#include "common/time/clock.h"

namespace trellis {

class BackupLog;

struct BackupSource {
  std::string data;  // the server's data folder
  HashKey district_key{};
  BackupLog* log = nullptr;  // is told of it
  // Copies a consistent picture of the store into a folder, made; as Engine::Checkpoint.
  std::function<absl::Status(const std::string& folder)> checkpoint;
  std::string district;  // id
  std::string district_name;
  std::string recovery_public_key;
  std::string recovery_kit_file;
};

// Writes into `to` (made; must not exist or be empty), opens what it wrote and holds every scope's count and
// digest against its records (DATA_LOSS if they differ). It gets its name only when it is whole: what a
// killed backup leaves is `to`.partial, and taken away by the next. Thread-safe as the engine is.
absl::Status WriteBackup(const BackupSource& source, const std::string& to, const Clock& clock);

// Makes `data` from the backup. FAILED_PRECONDITION if a district is there already. `kit_text` is the
// recovery kit's page; empty: the one at the place it had at init. A second call makes anew what a first one
// that was cut short left.
absl::Status RestoreBackup(const std::string& from, const std::string& data, std::string_view kit_text);

// A restore into `data` was begun and never finished: nothing there may be used but by restoring again.
bool RestoreWasCutShort(const std::string& data);

}  // namespace trellis
