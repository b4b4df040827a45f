// What stands once for the whole store.
//
//   store  := 'a' "format"           -> number      a newer one is refused untouched
//             'a' "durable"          -> number      changes committed since the store was made
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

inline constexpr uint64_t kStoreFormat = 1;

std::string StoreFormatKey();
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
