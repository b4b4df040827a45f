// What stands once for the whole store.
//
//   store  := 'a' "format"           -> number      a newer one is refused untouched
//             'a' "migrating"        -> number      the format it is still brought up from
//             (replica/migration.h) 'a' "durable"          -> number      changes committed since the store
//             was made
//   epochs := 'e' opening:big32      -> epoch:fixed64 wall_ms:zigzag
//   meta   := 'm' key                -> value
//   kinds  := 'n' name               -> number
//   writers:= 'w' writer:big64       -> owner         at a server: who was first to send that writer's writes
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/causal/context.h"
#include "common/tables/table_names.h"

namespace trellis {

// 1: one fact "store/indexes" said what was indexed of all kinds.
// 2: table 'y' says it kind by kind; table 'v' came.
inline constexpr uint64_t kStoreFormat = 2;

std::string StoreFormatKey();
std::string MigratingKey();
std::string DurableSeqKey();

struct EpochRow {
  Epoch epoch = 0;
  int64_t opened_ms = 0;
  friend bool operator==(const EpochRow&, const EpochRow&) = default;
};
std::string EpochPrefix();
std::string EpochKey(uint32_t opening);
uint32_t OpeningOfKey(std::string_view key);
std::string EncodeEpochRow(const EpochRow& row);
std::optional<EpochRow> DecodeEpochRow(std::string_view bytes);

std::string MetaKey(std::string_view name);

std::string WriterKey(Writer writer);

std::string KindPrefix();
std::string KindKey(std::string_view name);
std::string_view KindOfKey(std::string_view key);

}  // namespace trellis
