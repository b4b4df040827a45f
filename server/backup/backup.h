// A backup taken while the server works, and its way back.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/storage/engine.h"
#include "common/time/clock.h"

namespace trellis {

struct BackupSource {
  std::string data;  // the server's data folder
  Engine* engine = nullptr;
  std::string district;  // id
  std::string district_name;
  std::string recovery_public_key;
  std::string recovery_kit_file;
};

// Writes into `to` (made; must not exist or be empty). It gets its name only when it is whole: what a killed
// backup leaves is `to`.partial, and taken away by the next. Thread-safe as the engine is.
absl::Status WriteBackup(const BackupSource& source, const std::string& to, const Clock& clock);

// Makes `data` from the backup. FAILED_PRECONDITION if a district is there already. `kit_text` is the
// recovery kit's page; empty: the one at the place it had at init.
absl::Status RestoreBackup(const std::string& from, const std::string& data, std::string_view kit_text);

}  // namespace trellis
