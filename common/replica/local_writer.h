// Turns a write request into changed records: preconditions, dots, stamps, deltas.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/replica/draft.h"
#include "common/replica/record_change.h"
#include "common/replica/record_indexer.h"
#include "common/replica/replica.h"
#include "common/time/hybrid_time.h"

namespace trellis {

// A record larger than this is refused when written: it has to fit a frame whole.
inline constexpr size_t kMaxRecordBytes = 512 * 1024;

// What is wrong with a request whatever the store holds.
absl::Status CheckRequest(const WriteRequest& request);

// One request within one draft. What it is given must outlive it.
class LocalWriter {
 public:
  struct Place {
    Draft* draft = nullptr;
    HashKey key{};
    Epoch epoch = 0;
    HybridClock* clock = nullptr;
    const RecordIndexer* indexer = nullptr;
  };
  // REQUIRES: CheckRequest(request) is OK.
  LocalWriter(const Place& place, const WriteRequest& request) : place_(place), request_(request) {}

  absl::StatusOr<WriteOutcome> Run();

 private:
  // What one write does to a cell; no bytes: emptied.
  struct CellChange {
    CellKey key;
    std::optional<std::string> bytes;
  };

  absl::StatusOr<std::optional<WriteOutcome>> FindRepeated() const;
  absl::Status RememberRequest(const WriteOutcome& outcome);
  void JoinNamesake(const RecordId& id, RecordState* state) const;  // for a planted fault
  absl::StatusOr<WrittenRecord> WriteRecord(const RecordWrite& write);
  absl::StatusOr<std::optional<StoredRecord>> LoadBefore(const RecordWrite& write) const;
  absl::Status CheckPreconditions(const RecordWrite& write, const StoredRecord& before) const;
  absl::StatusOr<std::vector<CellChange>> ChangesOf(const RecordWrite& write,
                                                    const std::optional<StoredRecord>& before) const;
  absl::StatusOr<WrittenRecord> Apply(const RecordWrite& write, const std::optional<StoredRecord>& before,
                                      const std::vector<CellChange>& changes);

  const Place place_;
  const WriteRequest& request_;
};

}  // namespace trellis
