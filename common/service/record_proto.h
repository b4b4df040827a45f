// Records of the use cases as messages of the API, and requests the other way.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/service/record_importer.h"
#include "common/service/record_reader.h"
#include "trellis/records/v1/records.pb.h"

namespace trellis {

void EncodeRecord(const RecordAnswer& answer, records::v1::Record* out);
void EncodeChange(const RecordChangeAnswer& change, records::v1::RecordChange* out);
void EncodeImport(const ImportOutcome& outcome, records::v1::ImportRecordsResponse* out);
void EncodeKind(const KindInfo& kind, bool whole, records::v1::KindDescription* out);

// The kind a request means, which `data` may name as well, and the message's bytes.
struct DataOfRequest {
  std::string kind;
  std::string bytes;
};
// INVALID_ARGUMENT where the two disagree.
absl::StatusOr<DataOfRequest> DecodeData(const KindRegistry& kinds, const std::string& kind,
                                         const google::protobuf::Any& data);

// INVALID_ARGUMENT for a value that is none.
absl::Status JsonOfValue(const google::protobuf::Value& value, std::string* json);

absl::StatusOr<ImportRequest> DecodeImportOptions(const records::v1::ImportOptions& options);

}  // namespace trellis
