#include "common/replica/writer_check.h"

#include <fmt/format.h>

#include "common/causal/lifecycle.h"
#include "common/record/cell_policy.h"
#include "common/tables/store_tables.h"

namespace trellis {
namespace {

// All of the state the vouchers beside `item` prove.
Context ProvenBy(const VoucherKey& key, std::string_view scope, const Delta& item) {
  Context proven;
  if (!item.whole) return proven;  // a voucher is over all values of a state
  for (const Voucher& voucher : item.vouchers) {
    if (IsSound(key, scope, item.id, item.kind, item.cells, voucher)) proven.Join(voucher.context);
  }
  return proven;
}

}  // namespace

absl::StatusOr<WriterCheck::Finding> WriterCheck::Look(const Delta& item, const Context& held) {
  Finding finding;
  if (item.context.CoveredBy(held)) return finding;
  const Context proven = ProvenBy(rule_.key, scope_, item);
  finding.vouched = item.context.CoveredBy(proven);
  if (finding.vouched) return finding;
  const bool erased = PresenceOf({item.kind, item.context, item.cells}) == Presence::kErased;
  for (const Context::Entry& entry : item.context.entries()) {
    if (entry.n <= held.Get(entry.writer) || entry.n <= proven.Get(entry.writer)) continue;
    // An erasure leaves nothing that a made-up context could hide, nor does it tell whose the writers were.
    if (erased) continue;
    const absl::StatusOr<bool> own = IsPeers(entry.writer);
    if (!own.ok()) return own.status();
    if (*own) continue;
    finding.forged = fmt::format(
        "it names write {} of another store ({:016x}) that this server never saw and did not vouch for",
        entry.n, entry.writer);
  }
  for (const Cell& cell : item.cells) {
    for (const Sibling& sibling : cell.siblings) {
      if (held.Covers(sibling.dot) || proven.Covers(sibling.dot)) continue;
      if (sibling.actor.starts_with(kDistrictActorPrefix)) {
        finding.forged = fmt::format("field {} is signed {} but was not written at the district",
                                     cell.key.field, sibling.actor);
      }
    }
  }
  return finding;
}

absl::StatusOr<bool> WriterCheck::IsPeers(Writer writer) {
  if (const auto it = known_.find(writer); it != known_.end()) return it->second;
  const std::string key = WriterKey(writer);
  const auto row = draft_->Get(key);
  if (!row.ok()) return row.status();
  bool own = row->has_value() && **row == rule_.owner;
  if (!row->has_value()) {
    const absl::StatusOr<bool> ours = IsOwnEpoch(writer);
    if (!ours.ok()) return ours.status();
    own = !*ours;
    if (own) draft_->Put(key, rule_.owner);
  }
  known_[writer] = own;
  return own;
}

absl::StatusOr<bool> WriterCheck::IsOwnEpoch(Writer writer) const {
  const auto openings = draft_->ScanPrefix(EpochPrefix());
  if (!openings.ok()) return openings.status();
  for (const auto& [key, bytes] : *openings) {
    if (DecodeEpochRow(bytes).value_or(EpochRow()).epoch == writer) return true;
  }
  return false;
}

}  // namespace trellis
