// What a caller says is coming, checked and made into an Attachment. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/attachment/attachment_part.h"
#include "common/record/validation.h"
#include "trellis/domain/v1/notice.pb.h"

namespace trellis {

struct FileOffer {
  std::string file_name;
  std::string media_type;  // empty: application/octet-stream
  std::string title;
  int64_t size_bytes = 0;
  std::string sha256;       // 32 bytes, of the whole
  std::string part_sha256;  // 32 bytes for each part
  std::string person;
  std::string taken_date;
};

// What is wrong with it, in words; empty: nothing. A file name is a name and no path, without control
// characters and without those that turn the direction of writing.
std::vector<FieldViolation> FindViolations(const FileOffer& offer);

// REQUIRES: FindViolations found nothing.
std::vector<Sha256> PartHashesOf(const FileOffer& offer);
domain::v1::Attachment AttachmentOf(const FileOffer& offer, uint32_t generation);

// The id of the attachment, the same whenever and wherever the file is attached to the record; `attempt`
// counts those deleted or erased before.
RecordId AttachmentId(uint32_t attempt, const std::string& scope, const std::string& about,
                      const FileOffer& offer);

// Ids of the parts in order; empty where an attachment is not what it should be.
std::vector<RecordId> PartIdsOf(const domain::v1::Attachment& attachment);

}  // namespace trellis
