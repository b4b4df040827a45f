// Everything `trellis doctor` looks at, in words: the way to the server, what the server said, this machine.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/agent/sync_standing.h"
#include "client/link/link_diagnosis.h"

namespace trellis {

struct SiteFacts {
  LinkDiagnosis link;
  // Of the daemon; absent if none runs.
  std::optional<SyncStanding> standing;
  std::string site;
  std::optional<uint64_t> free_bytes;  // where the store stands
  bool in_rescue = false;
  uint64_t changes_lost = 0;  // if in rescue
  uint64_t set_aside = 0;     // records
};

// A clock further off than this from the server's is worth setting.
inline constexpr int64_t kClockWorthSettingMs = 5 * 60'000;
// Less room than this is soon used up.
inline constexpr uint64_t kLittleRoomBytes = 256u << 20;

std::vector<DiagnosisStep> DiagnoseSite(const SiteFacts& facts);

}  // namespace trellis
