// What an equal comparison of digests leaves behind at both ends: a statement signed by the district.
//
//   statement := 1 scope server_epoch:8 server_seq site_epoch:8 site_seq records digest:16 left_out at_ms
//                numbers are varints unless said otherwise (at_ms zigzag), 8: little-endian; scope
//                length-prefixed
//   kept      := statement signature, each length-prefixed, as a fact of the store "sync/receipt/PEER/SCOPE"
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/replica/replica.h"

namespace trellis {

// Both ends held the same records of the scope when it was said.
struct VerifiedCut {
  std::string scope;
  Epoch server_epoch = 0;
  uint64_t server_seq = 0;
  Epoch site_epoch = 0;
  uint64_t site_seq = 0;
  uint64_t records = 0;
  Hash128 digest;
  uint64_t left_out = 0;  // ids set aside at either end, not compared
  int64_t at_ms = 0;      // the server's wall clock
  friend bool operator==(const VerifiedCut&, const VerifiedCut&) = default;
};

std::string EncodeStatement(const VerifiedCut& cut);
std::optional<VerifiedCut> DecodeStatement(std::string_view statement);

// What is signed: the statement, and that it is one.
std::string ReceiptText(std::string_view statement);

struct KeptReceipt {
  VerifiedCut cut;
  std::string statement;
  std::string signature;
};
absl::Status KeepReceipt(Replica* replica, const std::string& peer, const std::string& scope,
                         std::string_view statement, std::string_view signature);
// nullopt: there was no equal comparison yet.
absl::StatusOr<std::optional<KeptReceipt>> ReadReceipt(const Replica& replica, const std::string& peer,
                                                       const std::string& scope);

// At a site: a server restored from a backup goes on from before what the receipt says it held; then the
// receipt says nothing of it, nor of backups it takes from now on, and goes. `told`: the lineage of the
// server as it now opens the scope.
absl::Status ForgetReceiptOfAnotherTimeline(Replica* replica, const std::string& peer,
                                            const std::string& scope, const Lineage& told);

// At a site: the time up to which what its server held is in a verified backup as well, by the server's
// clock, as it last said. 0: in none, as far as is known. Never goes back: an old backup stays one.
absl::StatusOr<int64_t> ReadBackedUpTo(const Replica& replica, const std::string& peer);
absl::Status NoteBackedUpTo(Replica* replica, const std::string& peer, int64_t backed_up_to_ms);

}  // namespace trellis
