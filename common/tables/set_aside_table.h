// Items that could not be merged, kept whole until a later state covers them or a person decides.
//
//   key := 'q' scope:big32 id:16 item:big64        item: a hash of the item, so that it stands once
//   row := peer reason (cause << 1 | held):byte kind whole:byte context(base) context context(writers of
//   cells)
//          cells version:16 vouchers frame
//          cells, contexts and vouchers as in record_table.h
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/tables/stored_record.h"
#include "common/tables/table_names.h"

namespace trellis {

std::string SetAsideScopePrefix(ScopeNumber scope);
std::string SetAsidePrefix(ScopeNumber scope, const RecordId& id);
std::string SetAsideKey(ScopeNumber scope, const RecordId& id, std::string_view row);
RecordId SetAsideIdOfKey(std::string_view key);
std::string EncodeSetAsideRow(const SetAsideItem& item);
// The id is the key's.
std::optional<SetAsideItem> DecodeSetAsideRow(const RecordId& id, std::string_view row);

}  // namespace trellis
