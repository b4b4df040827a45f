// What stands once for each scope, and the leaves of its digest tree.
//
//   names   := 's' name                        -> number
//   heads   := 'p' scope:big32                 -> seq records digest:16 sent set_aside lineage_rows
//   lineage := 'l' scope:big32 row:big32       -> epoch:fixed64 first_seq          rows counted from 0
//   leaves  := 'd' scope:big32 bucket:byte     -> records digest:16
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/causal/lineage.h"
#include "common/record/hash.h"
#include "common/tables/table_names.h"

namespace trellis {

std::string ScopeNameKey(std::string_view name);
std::string ScopeNamePrefix();
std::string_view ScopeNameOfKey(std::string_view key);
std::string EncodeNumber(uint64_t number);
std::optional<uint64_t> DecodeNumber(std::string_view row);

struct HeadRow {
  uint64_t seq = 0;  // highest allocated, over all lanes
  uint64_t records = 0;
  Hash128 digest;
  uint64_t sent = 0;       // a hint: entries up to here have been put into some frame
  uint64_t set_aside = 0;  // items
  uint32_t lineage_rows = 0;
  friend bool operator==(const HeadRow&, const HeadRow&) = default;
};
std::string HeadKey(ScopeNumber scope);
std::string EncodeHeadRow(const HeadRow& head);
std::optional<HeadRow> DecodeHeadRow(std::string_view row);

std::string LineagePrefix(ScopeNumber scope);
std::string LineageKey(ScopeNumber scope, uint32_t row);
uint32_t RowOfLineageKey(std::string_view key);
std::string EncodeLineageRow(const LineageRow& row);
std::optional<LineageRow> DecodeLineageRow(std::string_view row);

inline constexpr uint32_t kDigestBuckets = 256;
// A record's bucket: a hash of its id, the same everywhere.
uint8_t BucketOf(const RecordId& id);

struct LeafRow {
  uint64_t records = 0;
  Hash128 digest;
  friend bool operator==(const LeafRow&, const LeafRow&) = default;
};
std::string LeafPrefix(ScopeNumber scope);
std::string LeafKey(ScopeNumber scope, uint8_t bucket);
uint8_t BucketOfKey(std::string_view key);
std::string EncodeLeafRow(const LeafRow& leaf);
std::optional<LeafRow> DecodeLeafRow(std::string_view row);

}  // namespace trellis
