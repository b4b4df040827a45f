// The identity of a record within its scope: 128 bits, UUID-shaped, written as a UUID.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/time/hybrid_time.h"

namespace trellis {

struct RecordId {
  std::array<uint8_t, 16> bytes{};
  friend auto operator<=>(const RecordId&, const RecordId&) = default;

  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
  // Lower-case 8-4-4-4-12.
  std::string ToString() const;
  // Takes 36-character UUID text, either case; nullopt otherwise.
  static std::optional<RecordId> Parse(std::string_view text);
  // REQUIRES: 16 bytes.
  static RecordId FromBytes(std::string_view bytes);
};

// Secret of the district that derived ids and digests are keyed by (16 bytes). Not secret from sites.
using HashKey = std::array<uint8_t, 16>;

// The id a fresh record gets without being told on the wire: UUIDv7-shaped, its time the milliseconds of the
// raw stamp, its random bits SipHash-2-4-128 over (scope, writer, n) under the district's key. Predictable
// to whoever knows the writer: never a secret, never a ballot's.
RecordId DeriveRecordId(const HashKey& key, std::string_view scope, uint64_t writer, uint64_t n,
                        int64_t raw_ms);

}  // namespace trellis
