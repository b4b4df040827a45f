// Keeps reports as they were: immutable, signed snapshots that go to every site as records.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/service/record_reader.h"
#include "common/service/record_writer.h"
#include "common/service/report_host.h"

namespace trellis {

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
  // `writer` and `host` outlive it. `sign` vouches for a statement in the district's name.
  ReportFreezer(const RecordStore& store, ReportHost* host, RecordWriter* writer,
                std::function<std::string(std::string_view)> sign)
      : store_(store), reader_(store), host_(host), writer_(writer), sign_(std::move(sign)) {}

  // A snapshot is never changed: where the newest of the same report and subject says the same, that is the
  // answer; else its next version is written, once enough persons changed in every cell that did or the wave
  // is closed (release_rule.h). PERMISSION_DENIED to whom may not write snapshots.
  absl::StatusOr<FrozenReport> Freeze(const Principal& principal, const ReportQuery& query,
                                      const std::string& cycle);

 private:
  const RecordStore store_;
  const RecordReader reader_;
  ReportHost* const host_;
  RecordWriter* const writer_;
  const std::function<std::string(std::string_view)> sign_;
};

// What is signed.
std::string SnapshotStatement(std::string_view code, std::string_view digest);
// The report as JSON from its snapshot's parts joined. DATA_LOSS if the digest is not that of the content.
absl::StatusOr<std::string> SnapshotJson(std::string_view content, std::string_view digest);

}  // namespace trellis
