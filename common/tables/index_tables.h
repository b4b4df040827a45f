// What finds records other than by id. Rows are empty; the keys say it all.
//
//   kinds     := 'k' scope:big32 kind:big32 id:16                       deleted records too
//   fields    := 'x' scope:big32 kind:big32 field:big32 value:ordered id:16
//   conflicts := 'c' scope:big32 id:16                                  records a person must look at
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "common/record/record_id.h"
#include "common/tables/table_names.h"

namespace trellis {

std::string KindIndexPrefix(ScopeNumber scope, KindNumber kind);
std::string KindIndexKey(ScopeNumber scope, KindNumber kind, const RecordId& id);

// All entries of a field; AppendOrderedBound of a value gives the bound of a range.
std::string FieldIndexPrefix(ScopeNumber scope, KindNumber kind, uint32_t field);
std::string FieldIndexKey(ScopeNumber scope, KindNumber kind, uint32_t field, std::string_view value,
                          const RecordId& id);
// (value, id) of a key.
std::pair<std::string, RecordId> FieldIndexEntryOfKey(std::string_view key);

std::string ConflictPrefix(ScopeNumber scope);
std::string ConflictKey(ScopeNumber scope, const RecordId& id);

// The id every key above ends with.
RecordId IdAtEndOfKey(std::string_view key);

}  // namespace trellis
