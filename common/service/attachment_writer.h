// Use cases that write files given as evidence: offered, sent in parts, taken off, erased.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/service/attachment_reader.h"
#include "common/service/record_writer.h"

namespace trellis {

struct ErasedParts {
  size_t erased = 0;
  size_t kept = 0;  // other files are made of them too
};

// Thread-safe; blocks until durable.
class AttachmentWriter {
 public:
  using Part = std::pair<size_t, std::string>;  // number and bytes

  // `writer` outlives it.
  AttachmentWriter(const RecordStore& store, RecordWriter* writer)
      : store_(store), reader_(store), writer_(writer) {}

  // Idempotent: the same file for the same record is the same attachment. The record names it when this
  // returns, and the answer says which parts are still to be sent.
  absl::StatusOr<AttachmentAnswer> Create(const Principal& principal, const RecordName& about,
                                          const FileOffer& offer) const;
  // As AttachmentReader::Find, for who attached it or may attach files to the record it is of.
  absl::StatusOr<AttachmentAnswer> FindToSend(const Principal& principal, const AttachmentName& name) const;
  // One commit. Each part is held to what was announced: FILE_INVALID. Parts that are here already cost
  // nothing.
  absl::Status AddParts(const Principal& principal, const AttachmentAnswer& attachment,
                        const std::vector<Part>& parts) const;
  absl::Status Delete(const Principal& principal, const AttachmentName& name) const;
  // For who attached it, and who administers its scope.
  absl::StatusOr<ErasedParts> Erase(const Principal& principal, const AttachmentName& name) const;

 private:
  absl::StatusOr<ScopeName> ScopeFor(const FoundRecord& about) const;
  absl::Status CheckQuota(const std::string& scope, int64_t more_bytes) const;
  absl::StatusOr<uint32_t> FreeGeneration(const std::string& scope, const FileOffer& offer) const;
  absl::StatusOr<AttachmentAnswer> FindOrMake(const Principal& principal, const FoundRecord& about,
                                              const std::string& scope, const FileOffer& offer) const;
  absl::Status WriteNew(const Principal& principal, const std::string& scope, const RecordId& id,
                        const domain::v1::Attachment& record) const;
  // Makes the record name the attachment, or not any more.
  absl::Status PutReference(const Principal& principal, const FoundRecord& about, const RecordId& id,
                            bool named, bool only_try) const;
  absl::Status DropReference(const Principal& principal, const AttachmentAnswer& attachment) const;
  absl::Status TakeOff(const Principal& principal, const AttachmentAnswer& attachment) const;
  absl::Status Mark(const Principal& principal, const AttachmentAnswer& attachment,
                    RecordWrite::Type type) const;
  absl::StatusOr<std::vector<RecordId>> PartsOnlyOf(const AttachmentAnswer& attachment) const;

  const RecordStore store_;
  const AttachmentReader reader_;
  RecordWriter* const writer_;
};

}  // namespace trellis
