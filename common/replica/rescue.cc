#include "common/replica/rescue.h"

#include <fmt/format.h>

#include <charconv>
#include <string>

#include "common/tables/key_codec.h"
#include "common/tables/scope_tables.h"
#include "common/tables/store_tables.h"
#include "common/time/planted.h"

namespace trellis {
namespace {

uint64_t LostOf(std::string_view fact) {
  uint64_t lost = 0;
  std::from_chars(fact.data(), fact.data() + fact.size(), lost);
  return lost;
}

absl::StatusOr<bool> HoldsEpoch(const ReadView& view, Epoch epoch) {
  bool found = false;
  const absl::Status status =
      view.Scan(EpochPrefix(), PrefixEnd(EpochPrefix()), true, [&](std::string_view, std::string_view bytes) {
        found = DecodeEpochRow(bytes).value_or(EpochRow()).epoch == epoch;
        return !found;
      });
  if (!status.ok()) return status;
  return found;
}

}  // namespace

std::string AddLost(std::string_view fact, uint64_t more) { return fmt::format("{}", LostOf(fact) + more); }

absl::StatusOr<uint64_t> DurableSeqOf(const ReadView& view) {
  const auto row = view.Get(DurableSeqKey());
  if (!row.ok()) return row.status();
  return row->has_value() ? DecodeNumber(**row).value_or(0) : 0;
}

absl::StatusOr<std::optional<uint64_t>> BehindAnchor(const ReadView& view,
                                                     const std::optional<AnchorState>& anchor) {
  if (!anchor.has_value() || Planted(Fault::kRescueNotTold)) return std::optional<uint64_t>();
  const absl::StatusOr<uint64_t> durable = DurableSeqOf(view);
  if (!durable.ok()) return durable.status();
  const absl::StatusOr<bool> known = HoldsEpoch(view, anchor->epoch);
  if (!known.ok()) return known.status();
  if (*known && *durable >= anchor->durable) return std::optional<uint64_t>();
  return std::optional<uint64_t>(anchor->durable > *durable ? anchor->durable - *durable : 0);
}

absl::Status Rescue::Open(Replica* replica, std::optional<uint64_t> behind) {
  const auto noted = replica->GetMeta(kRescueFact);
  if (!noted.ok()) return noted.status();
  uint64_t lost_before = 0;
  if (noted->has_value() && !(*noted)->empty()) {
    active_ = true;
    lost_before = LostOf(**noted);
  }
  changes_lost_ = lost_before;
  if (!behind.has_value()) return absl::OkStatus();
  active_ = true;
  changes_lost_ += *behind;
  return replica->PutMeta(kRescueFact, fmt::format("{}", changes_lost_.load()));
}

absl::Status Rescue::Finish(Replica* replica) {
  if (!active_) return absl::OkStatus();
  absl::Status status = replica->PutMeta(kRescueFact, "");
  if (!status.ok()) return status;
  active_ = false;
  changes_reconciled_ = changes_lost_.exchange(0);
  return absl::OkStatus();
}

}  // namespace trellis
