// The feed: one live entry per record over all lanes of its scope, in the order of change.
//
//   key := 'f' scope:big32 lane:byte seq:big64      row := id:16
#pragma once

#include <string>
#include <string_view>

#include "common/tables/stored_record.h"
#include "common/tables/table_names.h"

namespace trellis {

std::string FeedKey(ScopeNumber scope, Lane lane, uint64_t seq);
std::string FeedLanePrefix(ScopeNumber scope, Lane lane);
uint64_t FeedSeqOfKey(std::string_view key);

}  // namespace trellis
