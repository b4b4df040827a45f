#include "common/replica/index_upkeep.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/replica/books.h"
#include "common/replica/record_change.h"
#include "common/tables/index_tables.h"
#include "common/tables/key_codec.h"
#include "common/tables/record_table.h"

namespace trellis {
namespace {

constexpr size_t kBatchBytes = 1 << 20;

using Signatures = std::map<std::string, std::string>;  // by kind

absl::StatusOr<Signatures> StoredSignatures(const ReadView& view) {
  Signatures stored;
  const absl::Status status = view.Scan(IndexedPrefix(), PrefixEnd(IndexedPrefix()), false,
                                        [&](std::string_view key, std::string_view signature) {
                                          stored.emplace(KindOfIndexedKey(key), signature);
                                          return true;
                                        });
  if (!status.ok()) return status;
  return stored;
}

// The kinds whose row is not what the indexer says, with what it says; empty: no row.
Signatures Stale(const Signatures& stored, const RecordIndexer& indexer) {
  Signatures stale;
  for (const std::string& kind : indexer.Kinds()) {
    const auto row = stored.find(kind);
    if (row == stored.end() || row->second != indexer.SignatureOf(kind))
      stale[kind] = indexer.SignatureOf(kind);
  }
  for (const auto& [kind, signature] : stored) {
    if (indexer.SignatureOf(kind).empty()) stale[kind] = "";
  }
  return stale;
}

class KindIndexing {
 public:
  KindIndexing(Engine* engine, const ReadView& view, const KindBook& kinds, const RecordIndexer& indexer)
      : engine_(engine), view_(view), kinds_(kinds), indexer_(indexer) {}

  absl::Status Begin(const std::string& kind) {
    batch_.Delete(IndexedKey(kind));
    if (absl::Status cleared = ClearViews(); !cleared.ok()) return cleared;
    return Flush(0);
  }
  absl::Status Scope(ScopeNumber scope, KindNumber kind) {
    if (absl::Status status = ClearFields(scope, kind); !status.ok()) return status;
    std::set<RecordId> noted;
    absl::Status status = VisitKeys(ConflictPrefix(scope), [&](std::string_view key) {
      noted.insert(IdAtEndOfKey(key));
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    return VisitKeys(KindIndexPrefix(scope, kind),
                     [&](std::string_view key) { return Record(scope, kind, IdAtEndOfKey(key), noted); });
  }
  // The row and the last of its entries are in one batch.
  absl::Status End(const std::string& kind, const std::string& signature) {
    if (signature.empty()) {
      batch_.Delete(IndexedKey(kind));
    } else {
      batch_.Put(IndexedKey(kind), signature);
    }
    return Flush(kBatchBytes);
  }
  // Nothing is synced: what is lost with the power is made again.
  absl::Status Finish() { return Flush(0); }

 private:
  absl::Status Flush(size_t above) {
    if (batch_.bytes() <= above) return absl::OkStatus();
    absl::Status status = engine_->Commit(batch_, Durability::kBuffered);
    batch_ = WriteBatch();
    return status;
  }

  template <typename Visit>
  absl::Status VisitKeys(const std::string& prefix, const Visit& visit) {
    absl::Status problem;
    const absl::Status status =
        view_.Scan(prefix, PrefixEnd(prefix), false, [&](std::string_view key, std::string_view) {
          problem = visit(key);
          if (problem.ok()) problem = Flush(kBatchBytes);
          return problem.ok();
        });
    return problem.ok() ? status : problem;
  }

  // Views follow from what the kinds say too. Their rows are gone before any kind's row says it is done.
  absl::Status ClearViews() {
    if (std::exchange(views_cleared_, true)) return absl::OkStatus();
    return VisitKeys(TableKey(Table::kViews), [&](std::string_view key) {
      batch_.Delete(std::string(key));
      return absl::OkStatus();
    });
  }

  absl::Status ClearFields(ScopeNumber scope, KindNumber kind) {
    return VisitKeys(FieldIndexPrefix(scope, kind), [&](std::string_view key) {
      batch_.Delete(std::string(key));
      return absl::OkStatus();
    });
  }

  absl::Status Record(ScopeNumber scope, KindNumber kind, const RecordId& id,
                      const std::set<RecordId>& noted) {
    const auto row = view_.Get(RecordKey(scope, id));
    if (!row.ok()) return row.status();
    if (!row->has_value()) return absl::DataLossError(kDamagedRow);
    const absl::StatusOr<StoredRecord> record =
        ReadRecord(**row, [this](KindNumber number) { return kinds_.Name(number); });
    if (!record.ok()) return record.status();
    const bool attention = indexer_.NeedsAttention(record->state);
    if (attention && !noted.contains(id)) batch_.Put(ConflictKey(scope, id), "");
    if (!attention && noted.contains(id)) batch_.Delete(ConflictKey(scope, id));
    for (const IndexEntry& entry : indexer_.EntriesOf(record->state)) {
      batch_.Put(FieldIndexKey(scope, kind, entry.field, entry.value, id), "");
    }
    return absl::OkStatus();
  }

  Engine* engine_;
  const ReadView& view_;
  const KindBook& kinds_;
  const RecordIndexer& indexer_;
  WriteBatch batch_;
  bool views_cleared_ = false;
};

}  // namespace

absl::Status IndexAsDeclared(Engine* engine, const RecordIndexer& indexer) {
  const std::unique_ptr<const ReadView> view = engine->Snapshot();
  const absl::StatusOr<Signatures> stored = StoredSignatures(*view);
  if (!stored.ok()) return stored.status();
  const Signatures stale = Stale(*stored, indexer);
  if (stale.empty()) return absl::OkStatus();
  ScopeBook scopes;
  if (absl::Status status = scopes.Load(*view); !status.ok()) return status;
  KindBook kinds;
  if (absl::Status status = kinds.Load(*view); !status.ok()) return status;
  KindIndexing indexing(engine, *view, kinds, indexer);
  const std::vector<std::string> names = scopes.Names();
  for (const auto& [kind, signature] : stale) {
    const std::optional<KindNumber> number = kinds.Find(kind);
    // Never met: nothing of it stands anywhere.
    if (number.has_value()) {
      if (absl::Status begun = indexing.Begin(kind); !begun.ok()) return begun;
      for (const std::string& scope : names) {
        if (absl::Status done = indexing.Scope(scopes.Find(scope)->number, *number); !done.ok()) return done;
      }
    }
    if (absl::Status ended = indexing.End(kind, signature); !ended.ok()) return ended;
  }
  return indexing.Finish();
}

absl::Status NoteIndexed(const ReadView& view, const RecordIndexer& indexer, WriteBatch* batch) {
  const absl::StatusOr<Signatures> stored = StoredSignatures(view);
  if (!stored.ok()) return stored.status();
  for (const auto& [kind, signature] : *stored) batch->Delete(IndexedKey(kind));
  for (const std::string& kind : indexer.Kinds()) batch->Put(IndexedKey(kind), indexer.SignatureOf(kind));
  return absl::OkStatus();
}

}  // namespace trellis
