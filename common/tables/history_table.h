// The values each commit superseded. Local: neither merged nor digested; erasure clears it.
//
//   key   := 'h' scope:big32 id:16 seq:big64       seq of the change's feed entry
//   row   := count entry*
//   entry := actor ms:zigzag counter field element before after
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/tables/stored_record.h"
#include "common/tables/table_names.h"

namespace trellis {

std::string HistoryPrefix(ScopeNumber scope, const RecordId& id);
std::string HistoryKey(ScopeNumber scope, const RecordId& id, uint64_t seq);
std::string EncodeHistoryRow(const std::vector<HistoryEntry>& entries);
std::optional<std::vector<HistoryEntry>> DecodeHistoryRow(std::string_view row);

}  // namespace trellis
