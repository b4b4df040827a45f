#include "common/replica/migration.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>

#include "common/replica/rebuild.h"
#include "common/tables/key_codec.h"
#include "common/tables/scope_tables.h"
#include "common/tables/store_tables.h"

namespace trellis {
namespace {

absl::StatusOr<std::optional<uint64_t>> NumberAt(const ReadView& view, const std::string& key) {
  const auto row = view.Get(key);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<uint64_t>();
  const std::optional<uint64_t> number = DecodeNumber(**row);
  if (!number.has_value()) return absl::DataLossError(kDamagedRow);
  return number;
}

// What was indexed stood in one fact for all kinds. Whose entries stand there cannot be told from it, so that
// they are made once more.
absl::Status NoteIndexesByKind(Engine* engine) {
  WriteBatch batch;
  batch.Delete(MetaKey("store/indexes"));
  if (absl::Status marked = RequireRebuild(*engine->Snapshot(), &batch); !marked.ok()) return marked;
  return engine->Commit(batch, Durability::kBuffered);
}

constexpr std::array kSteps = {MigrationStep{1, &NoteIndexesByKind}};
static_assert(kSteps.back().from + 1 == kStoreFormat);

absl::StatusOr<bool> WasOpened(const ReadView& view) {
  bool opened = false;
  const absl::Status status = view.Scan(EpochPrefix(), PrefixEnd(EpochPrefix()), false,
                                        [&](std::string_view, std::string_view) { return !(opened = true); });
  if (!status.ok()) return status;
  return opened;
}

uint64_t LastFormat(std::span<const MigrationStep> steps) { return steps.back().from + 1; }

absl::Status RunStep(Engine* engine, const MigrationStep& step) {
  WriteBatch begin;
  begin.Put(StoreFormatKey(), EncodeNumber(step.from + 1));
  begin.Put(MigratingKey(), EncodeNumber(step.from));
  if (absl::Status begun = engine->Commit(begin, Durability::kSynced); !begun.ok()) return begun;
  if (absl::Status run = step.run(engine); !run.ok()) return run;
  WriteBatch end;
  end.Delete(MigratingKey());
  return engine->Commit(end, Durability::kSynced);
}

}  // namespace

std::span<const MigrationStep> MigrationSteps() { return kSteps; }

absl::StatusOr<uint64_t> FormatOf(const ReadView& view) {
  const absl::StatusOr<std::optional<uint64_t>> format = NumberAt(view, StoreFormatKey());
  if (!format.ok()) return format.status();
  return format->value_or(0);
}

absl::Status CheckFormat(const ReadView& view, std::span<const MigrationStep> steps) {
  const absl::StatusOr<uint64_t> format = FormatOf(view);
  if (!format.ok()) return format.status();
  const uint64_t first = steps.front().from;
  if (*format == 0 || (*format >= first && *format <= LastFormat(steps))) return absl::OkStatus();
  const std::string_view what_to_do =
      *format < first ? "open it once with a release in between" : "run the newer program that wrote it";
  return absl::FailedPreconditionError(fmt::format("the store has format {}, this program knows {} to {}: {}",
                                                   *format, first, LastFormat(steps), what_to_do));
}

absl::Status Migrate(Engine* engine, std::span<const MigrationStep> steps) {
  const std::unique_ptr<const ReadView> view = engine->Snapshot();
  if (absl::Status known = CheckFormat(*view, steps); !known.ok()) return known;
  const absl::StatusOr<uint64_t> format = FormatOf(*view);
  if (!format.ok()) return format.status();
  const absl::StatusOr<bool> opened_before = WasOpened(*view);
  if (!opened_before.ok()) return opened_before.status();
  if (*format == 0 && !*opened_before) return absl::OkStatus();
  const absl::StatusOr<std::optional<uint64_t>> unfinished = NumberAt(*view, MigratingKey());
  if (!unfinished.ok()) return unfinished.status();
  // 0: damage took the row. The steps pass over what they find done.
  const uint64_t from = std::min(*format, unfinished->value_or(*format));
  for (const MigrationStep& step : steps) {
    if (step.from < from) continue;
    if (absl::Status done = RunStep(engine, step); !done.ok()) return done;
  }
  return absl::OkStatus();
}

}  // namespace trellis
