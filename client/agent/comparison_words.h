// How far a scope has been compared with the server, in one sentence that claims no more than is so. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/exchange/exchange.h"
#include "common/exchange/receipt.h"

namespace trellis {

struct ComparedScope {
  bool compared = true;             // false: sent up only
  ScopeProgress now;                // `head` is the present one; `verified` only while connected
  uint64_t records = 0;             // held now
  std::optional<VerifiedCut> last;  // of the receipt kept
};

// Changes made here since the digests were last compared equal; nullopt: never compared.
std::optional<uint64_t> ChangesSinceComparison(const ComparedScope& scope);

// "verified at 2026-11-22 21:00:00 UTC: 120 records equal; 3 changes here since then".
std::string ComparisonWords(const ComparedScope& scope);

// "in a verified backup up to …", 0: "in no backup that the server has told of".
std::string BackupWords(int64_t backed_up_to_ms);

}  // namespace trellis
