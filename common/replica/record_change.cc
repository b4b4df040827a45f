#include "common/replica/record_change.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "common/causal/lifecycle.h"
#include "common/replica/history.h"
#include "common/tables/feed_table.h"
#include "common/tables/history_table.h"
#include "common/tables/index_tables.h"
#include "common/tables/record_table.h"
#include "common/tables/set_aside_table.h"
#include "common/time/planted.h"

namespace trellis {

absl::StatusOr<StoredRecord> ReadRecord(std::string_view row, const NameOfKind& name_of) {
  std::optional<DecodedRecord> decoded = DecodeRecordRow(row);
  if (!decoded.has_value()) return absl::DataLossError(kDamagedRow);
  decoded->record.state.kind = name_of(decoded->kind);
  if (decoded->record.state.kind.empty()) return absl::DataLossError(kDamagedRow);
  return std::move(decoded->record);
}

RecordChanges::RecordChanges(Draft* draft, ScopeFacts* scope, const HashKey& key,
                             const RecordIndexer* indexer)
    : draft_(draft), scope_(scope), key_(key), indexer_(indexer), name_of_([draft](KindNumber number) {
        return draft->NameOfKind(number);
      }) {}

absl::StatusOr<std::optional<StoredRecord>> RecordChanges::Load(const RecordId& id) const {
  const auto row = draft_->Get(RecordKey(scope_->number, id));
  if (!row.ok()) return row.status();
  return Decode(*row);
}

absl::StatusOr<std::optional<StoredRecord>> RecordChanges::Decode(
    const std::optional<std::string>& row) const {
  if (!row.has_value()) return std::optional<StoredRecord>();
  absl::StatusOr<StoredRecord> record = ReadRecord(*row, name_of_);
  if (!record.ok()) return record.status();
  return std::optional<StoredRecord>(*std::move(record));
}

absl::Status RecordChanges::Store(const RecordId& id, const StoredRecord* before, const Author& author,
                                  StoredRecord* after) {
  if (PresenceOf(after->state) == Presence::kErased) {
    // Digests of what is gone would let somebody try out what it was.
    std::erase_if(after->vouchers, [](const Voucher& voucher) { return !voucher.gone.empty(); });
  }
  after->seq = ++scope_->head.seq;
  if (Planted(Fault::kFeedEntryNotMoved) && before != nullptr) {
    after->seq = before->seq;
    after->lane = before->lane;
  }
  after->version = VersionHash(key_, id, after->state);
  if (before != nullptr) {
    if (!Planted(Fault::kFeedEntryStays)) {
      draft_->DeleteUnread(FeedKey(scope_->number, before->lane, before->seq));
    }
    draft_->AddToDigest(scope_, id, 0, after->version, VersionHash(key_, id, before->state));
  } else {
    draft_->AddToDigest(scope_, id, 1, after->version, {});
  }
  draft_->PutUnread(FeedKey(scope_->number, after->lane, after->seq), std::string(id.view()));
  const KindNumber kind = draft_->NumberOfKind(after->state.kind);
  draft_->Put(RecordKey(scope_->number, id), EncodeRecordRow(*after, kind));
  ++draft_->counters().durable;
  StoreIndexes(id, before, *after, kind);
  if (PresenceOf(after->state) == Presence::kErased) return ForgetErased(id);
  return before != nullptr ? StoreHistory(id, *before, author, *after) : absl::OkStatus();
}

void RecordChanges::StoreIndexes(const RecordId& id, const StoredRecord* before, const StoredRecord& after,
                                 KindNumber kind) {
  if (before == nullptr) draft_->PutUnread(KindIndexKey(scope_->number, kind, id), "");

  const bool attention = indexer_->NeedsAttention(after.state);
  if (attention != (before != nullptr && indexer_->NeedsAttention(before->state))) {
    if (attention) {
      draft_->PutUnread(ConflictKey(scope_->number, id), "");
    } else {
      draft_->DeleteUnread(ConflictKey(scope_->number, id));
    }
  }

  using Entries = std::vector<IndexEntry>;
  const Entries old_entries = before != nullptr ? indexer_->EntriesOf(before->state) : Entries();
  const Entries new_entries = indexer_->EntriesOf(after.state);
  Entries gone;
  Entries added;
  std::set_difference(old_entries.begin(), old_entries.end(), new_entries.begin(), new_entries.end(),
                      std::back_inserter(gone));
  std::set_difference(new_entries.begin(), new_entries.end(), old_entries.begin(), old_entries.end(),
                      std::back_inserter(added));
  if (Planted(Fault::kIndexNotCleared)) gone.clear();
  for (const auto& entry : gone) {
    draft_->DeleteUnread(FieldIndexKey(scope_->number, kind, entry.field, entry.value, id));
  }
  for (const auto& entry : added) {
    draft_->PutUnread(FieldIndexKey(scope_->number, kind, entry.field, entry.value, id), "");
  }
}

absl::Status RecordChanges::StoreHistory(const RecordId& id, const StoredRecord& before, const Author& author,
                                         const StoredRecord& after) {
  const std::vector<HistoryEntry> entries =
      HistoryBetween(before.state, after.state, author.actor, author.at);
  if (!entries.empty()) {
    draft_->PutUnread(HistoryKey(scope_->number, id, after.seq), EncodeHistoryRow(entries));
  }
  return absl::OkStatus();
}

absl::Status RecordChanges::ForgetErased(const RecordId& id) {
  const auto history = draft_->ScanPrefix(HistoryPrefix(scope_->number, id));
  if (!history.ok()) return history.status();
  for (const auto& [key, value] : *history) draft_->DeleteUnread(key);
  if (scope_->head.set_aside == 0) return absl::OkStatus();
  const auto items = draft_->ScanPrefix(SetAsidePrefix(scope_->number, id));
  if (!items.ok()) return items.status();
  for (const auto& [key, value] : *items) draft_->Delete(key);
  scope_->head.set_aside -= items->size();
  return absl::OkStatus();
}

}  // namespace trellis
