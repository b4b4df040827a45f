#include "common/replica/rebuild.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/replica/books.h"
#include "common/replica/index_upkeep.h"
#include "common/replica/record_change.h"
#include "common/replica/rescue.h"
#include "common/tables/feed_table.h"
#include "common/tables/index_tables.h"
#include "common/tables/key_codec.h"
#include "common/tables/record_table.h"
#include "common/tables/scope_tables.h"
#include "common/tables/set_aside_table.h"
#include "common/tables/store_tables.h"

namespace trellis {
namespace {

constexpr char kRebuildFact[] = "store/rebuild";
constexpr char kDropDamage[] = "drop damage";
constexpr size_t kBatchBytes = 1 << 20;

class Rebuild {
 public:
  Rebuild(Engine* engine, const ReadView& view, const KindBook& kinds, const HashKey& key,
          const RecordIndexer& indexer, bool drop_damage)
      : engine_(engine),
        view_(view),
        kinds_(kinds),
        key_(key),
        indexer_(indexer),
        drop_damage_(drop_damage) {}

  absl::Status Scope(const ScopeFacts& facts) {
    number_ = facts.number;
    head_ = facts.head;
    head_.records = 0;
    head_.digest = {};
    leaves_ = {};
    for (const Table table :
         {Table::kFeed, Table::kLeaves, Table::kKindIndex, Table::kFieldIndex, Table::kConflicts}) {
      if (absl::Status status = Clear(table); !status.ok()) return status;
    }
    if (absl::Status status = CountRows(); !status.ok()) return status;
    if (absl::Status status = ScanRecords(); !status.ok()) return status;
    if (facts.head.records > head_.records) {
      missing_ += facts.head.records - head_.records;
    } else if (facts.head.digest != head_.digest) {
      ++missing_;
    }
    for (uint32_t bucket = 0; bucket < kDigestBuckets; ++bucket) {
      if (leaves_[bucket].records == 0) continue;
      batch_.Put(LeafKey(number_, static_cast<uint8_t>(bucket)), EncodeLeafRow(leaves_[bucket]));
    }
    batch_.Put(HeadKey(number_), EncodeHeadRow(head_));
    return Flush(0);
  }
  // Views are made again from the feeds.
  absl::Status Views() {
    if (absl::Status status = ClearPrefix(TableKey(Table::kViews)); !status.ok()) return status;
    return Flush(0);
  }
  // Changes the scopes' heads told of that the records do not show; at least so many.
  uint64_t missing() const { return missing_; }

 private:
  // What the head counts beside records; the head itself may have been lost.
  absl::Status CountRows() {
    head_.lineage_rows = 0;
    head_.set_aside = 0;
    const std::string lineage = LineagePrefix(number_);
    absl::Status status =
        view_.Scan(lineage, PrefixEnd(lineage), false, [this](std::string_view key, std::string_view) {
          head_.lineage_rows = RowOfLineageKey(key) + 1;
          return true;
        });
    if (!status.ok()) return status;
    const std::string set_aside = SetAsideScopePrefix(number_);
    return view_.Scan(set_aside, PrefixEnd(set_aside), false, [this](std::string_view, std::string_view) {
      ++head_.set_aside;
      return true;
    });
  }

  absl::Status Flush(size_t above) {
    if (batch_.bytes() <= above) return absl::OkStatus();
    absl::Status status = engine_->Commit(batch_, Durability::kBuffered);
    batch_ = WriteBatch();
    return status;
  }

  // Every row of the scope in the table goes.
  absl::Status Clear(Table table) {
    std::string prefix = TableKey(table);
    AppendBig32(&prefix, number_);
    return ClearPrefix(prefix);
  }

  absl::Status ClearPrefix(const std::string& prefix) {
    absl::Status problem;
    const absl::Status status =
        view_.Scan(prefix, PrefixEnd(prefix), false, [&](std::string_view key, std::string_view) {
          batch_.Delete(std::string(key));
          problem = Flush(kBatchBytes);
          return problem.ok();
        });
    return problem.ok() ? status : problem;
  }

  absl::Status ScanRecords() {
    const std::string prefix = RecordPrefix(number_);
    absl::Status problem;
    const absl::Status status =
        view_.Scan(prefix, PrefixEnd(prefix), false, [&](std::string_view key, std::string_view row) {
          problem = Record(RecordIdOfKey(key), row);
          if (absl::IsDataLoss(problem) && drop_damage_) {
            batch_.Delete(std::string(key));
            problem = absl::OkStatus();
          }
          if (problem.ok()) problem = Flush(kBatchBytes);
          return problem.ok();
        });
    return problem.ok() ? status : problem;
  }

  absl::Status Record(const RecordId& id, std::string_view row) {
    const absl::StatusOr<StoredRecord> record =
        ReadRecord(row, [this](KindNumber kind) { return kinds_.Name(kind); });
    if (!record.ok()) return record.status();
    if (!kinds_.Find(record->state.kind).has_value()) return absl::DataLossError(kDamagedRow);
    const Hash128 version = VersionHash(key_, id, record->state);
    LeafRow& leaf = leaves_[BucketOf(id)];
    ++leaf.records;
    leaf.digest += version;
    ++head_.records;
    head_.digest += version;
    head_.seq = std::max(head_.seq, record->seq);
    const KindNumber kind = *kinds_.Find(record->state.kind);
    batch_.Put(FeedKey(number_, record->lane, record->seq), std::string(id.view()));
    batch_.Put(KindIndexKey(number_, kind, id), "");
    if (indexer_.NeedsAttention(record->state)) batch_.Put(ConflictKey(number_, id), "");
    for (const IndexEntry& entry : indexer_.EntriesOf(record->state)) {
      batch_.Put(FieldIndexKey(number_, kind, entry.field, entry.value, id), "");
    }
    return absl::OkStatus();
  }

  Engine* engine_;
  const ReadView& view_;
  const KindBook& kinds_;
  const HashKey& key_;
  const RecordIndexer& indexer_;
  const bool drop_damage_;
  uint64_t missing_ = 0;
  WriteBatch batch_;
  ScopeNumber number_ = 0;
  HeadRow head_;
  std::array<LeafRow, kDigestBuckets> leaves_;
};

}  // namespace

absl::Status RequireRebuild(const ReadView& view, WriteBatch* batch) {
  const auto marked = view.Get(MetaKey(kRebuildFact));
  if (marked.ok() && !marked->has_value()) batch->Put(MetaKey(kRebuildFact), "1");
  return marked.status();
}
void RequireRebuildDroppingDamage(WriteBatch* batch) { batch->Put(MetaKey(kRebuildFact), kDropDamage); }

absl::Status RebuildIfNeeded(Engine* engine, const HashKey& key, const RecordIndexer& indexer) {
  std::unique_ptr<const ReadView> view = engine->Snapshot();
  const auto marked = view->Get(MetaKey(kRebuildFact));
  if (!marked.ok()) return marked.status();
  if (!marked->has_value()) return absl::OkStatus();

  ScopeBook scopes;
  if (absl::Status status = scopes.Load(*view); !status.ok()) return status;
  KindBook kinds;
  if (absl::Status status = kinds.Load(*view); !status.ok()) return status;
  Rebuild rebuild(engine, *view, kinds, key, indexer, marked->value_or("") == kDropDamage);
  if (absl::Status status = rebuild.Views(); !status.ok()) return status;
  for (const std::string& scope : scopes.Names()) {
    if (absl::Status status = rebuild.Scope(*scopes.Find(scope)); !status.ok()) return status;
  }
  const auto rescue = view->Get(MetaKey(kRescueFact));
  if (!rescue.ok()) return rescue.status();
  WriteBatch done;
  if (absl::Status noted = NoteIndexed(*view, indexer, &done); !noted.ok()) return noted;
  view.reset();
  if (rebuild.missing() > 0 && !rescue->value_or("").empty()) {
    done.Put(MetaKey(kRescueFact), AddLost(**rescue, rebuild.missing()));
  }
  done.Delete(MetaKey(kRebuildFact));
  return engine->Commit(done, Durability::kSynced);
}

}  // namespace trellis
