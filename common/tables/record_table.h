// Records: the state of each, and what is only local about it.
//
//   key   := 'r' scope:big32 id:16
//   row   := flags seq origin kind (fresh | general) [delta] [vouchers]    numbers are varints unless said
//   otherwise flags := lane (bits 0-2) | general form (8) | origin (bits 4-5) | has delta (64) | has vouchers
//   (128) origin  := nothing (0: self) | seq (1: of the fresh write's own writer) | epoch:fixed64 seq (2)
//   fresh   := writer:fixed64 n stamps actor ncells cell*         one dot, one pair of stamps, one actor
//   cell    := (size << 2 | has_element << 1 | has_field) [field] [element] bytes
//              without has_field the number is the one in the bytes' first tag
//   general := context ncells (field element nsiblings sibling*)*
//   sibling := writer_index n stamps actor bytes                  index into the context
//   stamps  := ms:zigzag (counter << 1 | effective differs) [effective_ms:zigzag effective_counter]
//   context := count (writer:fixed64 n)*
//   vouchers:= count ((ngone << 1 | own context) [context] gone:16* mac:16)*     without: the record's
//   context delta   := context base_seq base_epoch:fixed64 base_origin_seq count (field element)*
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/tables/stored_record.h"
#include "common/tables/table_names.h"

namespace trellis {

std::string RecordKey(ScopeNumber scope, const RecordId& id);
// Every record of the scope begins with it.
std::string RecordPrefix(ScopeNumber scope);
RecordId RecordIdOfKey(std::string_view key);

std::string EncodeRecordRow(const StoredRecord& record, KindNumber kind);

struct DecodedRecord {
  StoredRecord record;  // state.kind and version are left empty
  KindNumber kind = 0;
};
std::optional<DecodedRecord> DecodeRecordRow(std::string_view row);

}  // namespace trellis
