// When the district's cycle reports are frozen without anybody asking: at each stage gate, and nightly.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/service/record_reader.h"
#include "common/service/report_freezer.h"
#include "trellis/domain/v1/cycle.pb.h"

namespace trellis {

// "HH:MM", UTC, as minutes after midnight; "off": nullopt inside. INVALID_ARGUMENT for anything else.
absl::StatusOr<std::optional<int>> ParseNightly(std::string_view text);

// One caller at a time; blocks on the store.
class CycleSchedule {
 public:
  static constexpr int64_t kRetryMs = 600'000;

  // `freezer` must outlive it. `nightly`: minutes after midnight, UTC.
  CycleSchedule(const RecordStore& store, ReportFreezer* freezer, std::optional<int> nightly)
      : store_(store), reader_(store), freezer_(freezer), nightly_(nightly) {}

  // Whether Run could find something to do: a change of what all share, the hour of the night, a retry.
  // Cheap.
  absl::StatusOr<bool> MayBeDue();
  // Freezes what is due; the codes of new snapshots. A cycle whose report fails is logged and does not hold
  // up the others.
  absl::StatusOr<std::vector<std::string>> Run();

 private:
  struct Cycle {
    std::string id;
    domain::v1::ImprovementCycle data;
  };

  absl::StatusOr<std::vector<Cycle>> Cycles() const;
  // The night now is in or after, as a count of days.
  int64_t Night() const;
  // Whether that night is still to be served. A store that has served none yet begins with the next.
  absl::StatusOr<bool> NightIsDue() const;
  absl::Status FreezeGate(const Cycle& cycle, std::vector<std::string>* frozen);
  absl::Status Freeze(const Cycle& cycle, domain::v1::CycleStage stage, std::vector<std::string>* frozen);

  const RecordStore store_;
  const RecordReader reader_;
  ReportFreezer* const freezer_;
  const std::optional<int> nightly_;
  std::optional<uint64_t> seen_;                // seq of the shared scope Run last looked at
  std::map<std::string, int64_t> retry_at_ms_;  // by the cycle's id: of those that failed
};

}  // namespace trellis
