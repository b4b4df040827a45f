// The way of one record, as far as this store can tell it. What is not known is said to be not known.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/service/record_locator.h"

namespace trellis {

// Named as in trace.proto.
enum class TraceStage { kWritten = 1, kReceived, kAcknowledged, kBackedUp, kMerged, kHandedOn, kReported };
enum class TraceAnswer { kYes = 1, kNotYet, kNotKnown };

struct TraceStep {
  TraceStage stage = TraceStage::kWritten;
  TraceAnswer answer = TraceAnswer::kNotKnown;
  std::string sentence;
  int64_t time_ms = 0;  // 0: not known
  std::string actor;
  std::string site;
};

// What only this side knows: how far other stores hold what this one holds. Thread-safe; may block on the
// store.
class RecordWay {
 public:
  virtual ~RecordWay() = default;
  // The store whose opening wrote, as in "at site Oak"; empty: not known.
  virtual absl::StatusOr<std::string> StoreOf(const std::string& scope, Epoch writer) const = 0;
  // From the writing to the acknowledgement, and on to other stores and reports.
  virtual absl::StatusOr<std::vector<TraceStep>> StepsOf(const FoundRecord& record) const = 0;
};

struct RecordTrace {
  FoundRecord record;
  std::vector<TraceStep> steps;
};

// Writes told at most, the newest.
inline constexpr size_t kMostWritesTraced = 16;

// Errors as LocateRecord. Deleted records are found by id.
absl::StatusOr<RecordTrace> TraceRecord(const RecordStore& store, const RecordWay& way,
                                        const Principal& principal, const RecordName& name);

}  // namespace trellis
