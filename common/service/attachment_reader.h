// Use cases that read files given as evidence: who may see one, which parts of it are here, its bytes. What
// files are kept as: common/attachment/README.md.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/attachment/attachment_plan.h"
#include "common/service/record_answer.h"
#include "common/service/record_locator.h"

namespace trellis {

// Of the catalog in common/rpc/error_reason.cc.
namespace reason {
inline constexpr char kFileIncomplete[] = "FILE_INCOMPLETE";
inline constexpr char kFileQuota[] = "FILE_QUOTA";
}  // namespace reason

struct AttachmentName {
  std::string id;
  std::string scope;  // empty: wherever it is
};

// An attachment as it stands here.
struct AttachmentAnswer {
  RecordId id;
  std::string scope;
  domain::v1::Attachment record;
  Stamp created;
  std::string created_by;
  std::vector<RecordId> parts;
  std::vector<size_t> missing;  // ascending, once CountParts has looked
  size_t erased = 0;            // of the missing ones, those erased with another file
};

struct AttachmentList {
  std::vector<AttachmentAnswer> attachments;  // counted, by id
  size_t not_here = 0;                        // named by the record, not here yet or not for the caller
};

// Thread-safe; blocks on the store.
class AttachmentReader {
 public:
  explicit AttachmentReader(const RecordStore& store) : store_(store) {}

  // For the principal, and live unless `with_deleted`; its parts not counted. NOT_FOUND in the same words for
  // whom it is not for.
  absl::StatusOr<AttachmentAnswer> Find(const Principal& principal, const AttachmentName& name,
                                        bool with_deleted) const;
  absl::StatusOr<AttachmentAnswer> Get(const Principal& principal, const AttachmentName& name) const;
  absl::StatusOr<AttachmentList> List(const Principal& principal, const RecordName& about) const;
  // Looks which parts are here; not at what is in them.
  absl::Status CountParts(AttachmentAnswer* attachment) const;
  // Its bytes, held to its id. DATA_LOSS if they are not what they should be.
  absl::StatusOr<std::string> ReadPart(const AttachmentAnswer& attachment, size_t part) const;

  // ---- for AttachmentWriter ----
  // In the scope, live unless `with_deleted`; nullopt: none.
  absl::StatusOr<std::optional<AttachmentAnswer>> Load(const std::string& scope, const RecordId& id,
                                                       bool with_deleted) const;
  // The record it was attached to, live; nullopt: not here, or gone.
  absl::StatusOr<std::optional<FoundRecord>> AboutOf(const AttachmentAnswer& attachment) const;

 private:
  absl::StatusOr<std::vector<std::string>> ScopesToLookIn(const std::string& scope) const;
  absl::StatusOr<bool> IsFor(const Principal& principal, const AttachmentAnswer& attachment) const;

  const RecordStore store_;
};

// The field of a kind that names its files; null: it holds none.
const FieldInfo* HolderField(const KindInfo& kind);
// What the field names, in a message of the kind.
std::vector<std::string> NamesIn(const FieldInfo& field, const google::protobuf::Message& message);
// The program itself, in the name of whom it acts for.
Principal OnBehalfOf(const Principal& principal);

}  // namespace trellis
