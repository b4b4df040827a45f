// What finds records other than by id. But for `indexed` rows are empty; the keys say it all.
//
//   kinds     := 'k' scope:big32 kind:big32 id:16                       deleted records too
//   fields    := 'x' scope:big32 kind:big32 field:big32 value id:16
//   conflicts := 'c' scope:big32 id:16                                  records a person must look at
//   indexed   := 'y' kind name -> signature                             of what stands in fields and
//   conflicts for
//                                 the kind's records (replica/record_indexer.h); no row: as of an unknown
//                                 kind
//
// An index value ends where it ends (record/index_entries.h): none is a prefix of another, so what follows
// does not change the order.
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

// All entries of a kind.
std::string FieldIndexPrefix(ScopeNumber scope, KindNumber kind);
// All entries of a field, in the order of (value, id).
std::string FieldIndexPrefix(ScopeNumber scope, KindNumber kind, uint32_t field);
std::string FieldIndexKey(ScopeNumber scope, KindNumber kind, uint32_t field, std::string_view value,
                          const RecordId& id);
// (value, id) of a key; the value is valid as long as the key.
std::pair<std::string_view, RecordId> FieldIndexEntryOfKey(std::string_view key);

std::string ConflictPrefix(ScopeNumber scope);
std::string ConflictKey(ScopeNumber scope, const RecordId& id);

std::string IndexedPrefix();
std::string IndexedKey(std::string_view kind);
std::string_view KindOfIndexedKey(std::string_view key);

// The id every key of the other tables above ends with.
RecordId IdAtEndOfKey(std::string_view key);

}  // namespace trellis
