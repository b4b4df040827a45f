// Judges a write by the rules that tie records together (common/rules), and by what this version can do.
#pragma once

#include <google/protobuf/message.h>

#include "absl/status/status.h"
#include "common/rules/rule_book.h"
#include "common/service/record_store.h"

namespace trellis {

// OK if the write may be made; RULE_BROKEN, naming each field, if not. What does not fit but is kept and
// shown for review goes to `shown`. `before` is null for a new record.
absl::Status JudgeWrite(const RecordStore& store, const Principal& principal, const RuledRecord& after,
                        const google::protobuf::Message* before, RecordView* view, Findings* shown);

}  // namespace trellis
