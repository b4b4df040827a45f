// Reads frozen reports back: at a site as at the server, with no link.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/report/report.h"
#include "common/service/record_reader.h"
#include "trellis/domain/v1/notice.pb.h"

namespace trellis {

// Whether the district's authority signed a statement.
using SnapshotCheck = std::function<absl::Status(std::string_view statement, std::string_view signature)>;

// The check against the certificate of the district's authority.
SnapshotCheck SignedBy(std::string authority_pem);

struct KeptSnapshot {
  domain::v1::ReportSnapshot record;  // its first part
  std::string json;                   // the report, whole
};

// Thread-safe; blocks on the store.
class SnapshotReader {
 public:
  SnapshotReader(const RecordStore& store, SnapshotCheck check) : reader_(store), check_(std::move(check)) {}

  // NOT_FOUND; DATA_LOSS while not all parts have come, or if the content is not what its digest says;
  // PERMISSION_DENIED if the district did not sign it, or the principal may not read it.
  absl::StatusOr<KeptSnapshot> Read(const Principal& principal, const std::string& code) const;
  absl::StatusOr<Report> ReadReport(const Principal& principal, const std::string& code) const;

 private:
  const RecordReader reader_;
  const SnapshotCheck check_;
};

// What is signed.
std::string SnapshotStatement(std::string_view code, std::string_view digest);
// Code of a part of the snapshot; the first has the snapshot's own.
std::string SnapshotPartCode(const std::string& code, uint32_t part);
// SHA-256, hex.
std::string SnapshotDigest(std::string_view json);
std::string PackSnapshot(const std::string& json);

}  // namespace trellis
