// The rules that tie records together, or several fields of one. Pure: what they know of other records comes
// through a view. What can be said of one field stands in its proto.
#pragma once

#include <google/protobuf/message.h>

#include <string>

#include "common/record/kind_info.h"
#include "common/rules/finding.h"
#include "common/rules/record_view.h"

namespace trellis {

struct RuledRecord {
  const KindInfo* kind = nullptr;
  std::string scope;
  std::string id;  // empty: not made yet
  const google::protobuf::Message* message = nullptr;
};

// What does not fit in a record as it stands: asked after sync, at the district, where the truth is.
Findings CheckStanding(const RuledRecord& record, RecordView* view);

// What a write would bring about: findings of the record as it would stand that are not there yet, and steps
// that may not be taken from what is there (`before`; null for a new record). `by_district`: the writer acts
// for the district, or for the site whose own record it is.
Findings CheckWrite(const RuledRecord& after, const google::protobuf::Message* before, bool by_district,
                    RecordView* view);

}  // namespace trellis
