// Keeps reports as they were: immutable, signed snapshots that go to every site as records.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/service/record_reader.h"
#include "common/service/record_writer.h"
#include "common/service/report_host.h"
#include "common/service/snapshot_reader.h"

namespace trellis {

struct FreezeRequest {
  ReportQuery query;
  std::string cycle;  // it is frozen for, by id or code; empty: none
  // The stage whose gate is passed; unspecified: at none.
  domain::v1::CycleStage stage = domain::v1::CYCLE_STAGE_UNSPECIFIED;
};

struct FrozenReport {
  std::string code;
  uint32_t version = 1;
  std::string digest;  // SHA-256 of the JSON, hex
  bool created = true;
  // Where the next version is held back: persons more received than the newest shows.
  int64_t not_yet_shown = 0;
};

// Thread-safe; blocks until durable.
class ReportFreezer {
 public:
  // `writer` and `host` outlive it. `sign` vouches for a statement in the district's name, `check` knows such
  // a signature.
  ReportFreezer(const RecordStore& store, ReportHost* host, RecordWriter* writer,
                std::function<std::string(std::string_view)> sign, SnapshotCheck check)
      : store_(store),
        reader_(store),
        snapshots_(store, std::move(check)),
        host_(host),
        writer_(writer),
        sign_(std::move(sign)) {}

  // A snapshot is never changed: where the newest of the same report and subject has the same figures, and
  // the cycle has passed no further gate, that is the answer; else its next version is written, once enough
  // persons changed in every cell that did or the wave is closed (release_rule.h). PERMISSION_DENIED to whom
  // may not write snapshots.
  absl::StatusOr<FrozenReport> Freeze(const Principal& principal, const FreezeRequest& request);

 private:
  // nullopt: none of that name.
  absl::StatusOr<std::optional<KeptSnapshot>> Newest(const Principal& principal,
                                                     const std::string& base) const;
  // All in one commit.
  absl::Status WriteParts(const Principal& principal, const std::string& content,
                          domain::v1::ReportSnapshot* snapshot);

  const RecordStore store_;
  const RecordReader reader_;
  const SnapshotReader snapshots_;
  ReportHost* const host_;
  RecordWriter* const writer_;
  const std::function<std::string(std::string_view)> sign_;
};

}  // namespace trellis
