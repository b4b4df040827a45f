// The server's word that it once held a state of a record: what a site cannot make up.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "common/causal/record_state.h"

namespace trellis {

// Known to the district's server alone.
using VoucherKey = std::array<uint8_t, 32>;

// A Voucher (record_state.h) is one code for a whole state, kept and sent beside it: over (scope, record,
// kind, context, and a digest of each value: cell, dot, raw stamp, actor, bytes). Effective stamps are not in
// it: they sink.
//
// It goes on proving what is left of that state after later writes: a value whose dot its context covers and
// that is live now was live then (a dot only ever goes from unknown to live to gone), so the digests of
// those, with the digests of the ones that went, are all that the code was made over.

// More vouchers than this do not stand beside one record: the oldest goes. One is the rule; two, when a state
// and a later one that does not contain it come from before and after a restore.
inline constexpr size_t kMostVouchers = 4;

Voucher VouchFor(const VoucherKey& key, std::string_view scope, const RecordId& id, const RecordState& state);

// Whether the server made it, for a state whose surviving values are those of `cells` that it covers.
bool IsSound(const VoucherKey& key, std::string_view scope, const RecordId& id, std::string_view kind,
             const std::vector<Cell>& cells, const Voucher& voucher);

// The voucher as it stands beside `after`, a state that knows all that `before` knew.
Voucher Carried(Voucher voucher, const std::vector<Cell>& before, const std::vector<Cell>& after);

// Both lists stand beside one state. Of two vouchers the one that covers the other stays.
std::vector<Voucher> JoinVouchers(std::vector<Voucher> older, std::vector<Voucher> newer);

}  // namespace trellis
