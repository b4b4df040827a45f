#include "common/replica/opening.h"

#include <memory>
#include <optional>
#include <string>

#include "common/replica/migration.h"
#include "common/replica/rebuild.h"
#include "common/tables/cursor_table.h"
#include "common/tables/key_codec.h"
#include "common/tables/scope_tables.h"
#include "common/tables/store_tables.h"
#include "common/time/planted.h"

namespace trellis {
namespace {

absl::StatusOr<uint32_t> NextOpening(const ReadView& view) {
  uint32_t next = 0;
  const absl::Status status =
      view.Scan(EpochPrefix(), PrefixEnd(EpochPrefix()), true, [&](std::string_view key, std::string_view) {
        next = OpeningOfKey(key) + 1;
        return false;
      });
  if (!status.ok()) return status;
  return next;
}

}  // namespace

absl::StatusOr<Epoch> MintEpoch(Engine* engine, const Clock& clock, Random* random, bool rescue) {
  if (absl::Status migrated = Migrate(engine); !migrated.ok()) return migrated;
  const std::unique_ptr<const ReadView> view = engine->Snapshot();
  const absl::StatusOr<uint64_t> format = FormatOf(*view);
  if (!format.ok()) return format.status();
  const absl::StatusOr<uint32_t> opening = NextOpening(*view);
  if (!opening.ok()) return opening.status();
  Epoch epoch = 0;
  while (epoch == 0) epoch = random->Next();
  if (Planted(Fault::kEpochMintedOnce) && *opening > 0) {
    const auto first = view->Get(EpochKey(0));
    if (first.ok() && first->has_value()) epoch = DecodeEpochRow(**first).value_or(EpochRow()).epoch;
  }

  WriteBatch batch;
  if (*format == 0) batch.Put(StoreFormatKey(), EncodeNumber(kStoreFormat));
  batch.Put(EpochKey(*opening), EncodeEpochRow({epoch, clock.WallMs()}));
  if (rescue) {
    if (absl::Status marked = RequireRebuild(*view, &batch); !marked.ok()) return marked;
    const absl::Status status = view->Scan(CursorTablePrefix(), PrefixEnd(CursorTablePrefix()), false,
                                           [&](std::string_view key, std::string_view) {
                                             batch.Delete(std::string(key));
                                             return true;
                                           });
    if (!status.ok()) return status;
  }
  const absl::Status status = engine->Commit(batch, Durability::kSynced);
  if (!status.ok()) return status;
  return epoch;
}

}  // namespace trellis
