// The reading half of ReplicaStore: every call takes one snapshot.
#include <algorithm>
#include <utility>

#include "common/causal/lifecycle.h"
#include "common/replica/replica_store.h"
#include "common/tables/cursor_table.h"
#include "common/tables/history_table.h"
#include "common/tables/index_tables.h"
#include "common/tables/key_codec.h"
#include "common/tables/record_table.h"
#include "common/tables/set_aside_table.h"
#include "common/tables/store_tables.h"

namespace trellis {
namespace {

// Records read at a time while scanning.
constexpr size_t kChunk = 256;
// DESIGN.md: a Hello carries the newest 64 lineage rows of a scope; older ones are not asked for.
constexpr size_t kLineageRowsRead = 64;

}  // namespace

ReplicaStore::ScopeView ReplicaStore::ViewOf(std::string_view scope) const {
  const std::optional<ScopeFacts> facts = path_.scopes().Find(scope);
  return {path_.engine()->Snapshot(), facts.has_value() ? facts->number : 0};
}

absl::StatusOr<StoredRecord> ReplicaStore::ReadWithVersion(const RecordId& id, std::string_view row) const {
  absl::StatusOr<StoredRecord> record = ReadRecord(row, name_of_);
  if (record.ok()) record->version = VersionHash(key_, id, record->state);
  return record;
}

absl::StatusOr<std::optional<StoredRecord>> ReplicaStore::Get(std::string_view scope,
                                                              const RecordId& id) const {
  const ScopeView place = ViewOf(scope);
  if (place.number == 0) return std::optional<StoredRecord>();
  const auto row = place.view->Get(RecordKey(place.number, id));
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<StoredRecord>();
  absl::StatusOr<StoredRecord> record = ReadWithVersion(id, **row);
  if (!record.ok()) return record.status();
  return std::optional<StoredRecord>(*std::move(record));
}

absl::Status ReplicaStore::VisitRecords(
    const ScopeView& scope, const std::vector<RecordId>& ids,
    const std::function<bool(const RecordId&, const StoredRecord&)>& visit, bool* stopped) const {
  std::vector<std::string> keys;
  keys.reserve(ids.size());
  for (const RecordId& id : ids) keys.push_back(RecordKey(scope.number, id));
  const auto rows = scope.view->MultiGet(keys);
  if (!rows.ok()) return rows.status();
  for (size_t i = 0; i < ids.size() && !*stopped; ++i) {
    if (!(*rows)[i].has_value()) continue;
    const absl::StatusOr<StoredRecord> record = ReadWithVersion(ids[i], *(*rows)[i]);
    if (!record.ok()) return record.status();
    *stopped = !visit(ids[i], *record);
  }
  return absl::OkStatus();
}

absl::Status ReplicaStore::VisitIndexed(
    const ScopeView& scope, std::string begin, const std::string& end,
    const std::function<bool(const RecordId&, const StoredRecord&)>& visit) const {
  bool stopped = false;
  while (!stopped) {
    std::vector<RecordId> ids;
    std::string last;
    absl::Status status = scope.view->Scan(begin, end, false, [&](std::string_view key, std::string_view) {
      ids.push_back(IdAtEndOfKey(key));
      last = std::string(key);
      return ids.size() < kChunk;
    });
    if (status.ok()) status = VisitRecords(scope, ids, visit, &stopped);
    if (!status.ok() || ids.size() < kChunk) return status;
    begin = last + '\0';
  }
  return absl::OkStatus();
}

absl::Status ReplicaStore::ScanKind(
    std::string_view scope, std::string_view kind, const RecordId& after, bool with_deleted,
    const std::function<bool(const RecordId&, const StoredRecord&)>& visit) const {
  const ScopeView place = ViewOf(scope);
  const std::optional<KindNumber> number = path_.kinds().Find(kind);
  if (place.number == 0 || !number.has_value()) return absl::OkStatus();
  const std::string prefix = KindIndexPrefix(place.number, *number);
  const std::string begin = after == RecordId() ? prefix : KindIndexKey(place.number, *number, after) + '\0';
  return VisitIndexed(place, begin, PrefixEnd(prefix), [&](const RecordId& id, const StoredRecord& record) {
    return IsLive(PresenceOf(record.state)) || with_deleted ? visit(id, record) : true;
  });
}

absl::Status ReplicaStore::ScanIndex(
    std::string_view scope, std::string_view kind, uint32_t field, std::string_view low,
    std::string_view high, const std::function<bool(std::string_view, const RecordId&)>& visit) const {
  const ScopeView place = ViewOf(scope);
  const std::optional<KindNumber> number = path_.kinds().Find(kind);
  if (place.number == 0 || !number.has_value()) return absl::OkStatus();
  const std::string prefix = FieldIndexPrefix(place.number, *number, field);
  return place.view->Scan(prefix + std::string(low), PrefixEnd(prefix), false,
                          [&](std::string_view key, std::string_view) {
                            const auto [value, id] = FieldIndexEntryOfKey(key);
                            if (!high.empty() && value >= high) return false;
                            return value < low || visit(value, id);
                          });
}

absl::Status ReplicaStore::ScanConflicts(
    std::string_view scope, const std::function<bool(const RecordId&, const StoredRecord&)>& visit) const {
  const ScopeView place = ViewOf(scope);
  if (place.number == 0) return absl::OkStatus();
  const std::string prefix = ConflictPrefix(place.number);
  return VisitIndexed(place, prefix, PrefixEnd(prefix), visit);
}

absl::StatusOr<std::vector<HistoryEntry>> ReplicaStore::History(std::string_view scope,
                                                                const RecordId& id) const {
  const ScopeView place = ViewOf(scope);
  std::vector<HistoryEntry> history;
  if (place.number == 0) return history;
  const std::string prefix = HistoryPrefix(place.number, id);
  bool damaged = false;
  const absl::Status status =
      place.view->Scan(prefix, PrefixEnd(prefix), false, [&](std::string_view, std::string_view row) {
        std::optional<std::vector<HistoryEntry>> entries = DecodeHistoryRow(row);
        damaged = !entries.has_value();
        if (!damaged) std::move(entries->begin(), entries->end(), std::back_inserter(history));
        return !damaged;
      });
  if (!status.ok()) return status;
  if (damaged) return absl::DataLossError(kDamagedRow);
  return history;
}

absl::StatusOr<ScopeHead> ReplicaStore::Head(std::string_view scope) const {
  ScopeHead head;
  head.epoch = path_.epoch();
  const ScopeView place = ViewOf(scope);
  if (place.number == 0) return head;
  const auto row = place.view->Get(HeadKey(place.number));
  if (!row.ok()) return row.status();
  const std::optional<HeadRow> decoded = row->has_value() ? DecodeHeadRow(**row) : HeadRow();
  if (!decoded.has_value()) return absl::DataLossError(kDamagedRow);
  head.seq = decoded->seq;
  head.records = decoded->records;
  head.digest = decoded->digest;
  std::vector<LineageRow> rows;
  const std::string prefix = LineagePrefix(place.number);
  const absl::Status status =
      place.view->Scan(prefix, PrefixEnd(prefix), true, [&](std::string_view, std::string_view bytes) {
        rows.push_back(DecodeLineageRow(bytes).value_or(LineageRow()));
        return rows.size() < kLineageRowsRead;
      });
  if (!status.ok()) return status;
  std::reverse(rows.begin(), rows.end());
  head.lineage = Lineage(std::move(rows));
  return head;
}

absl::StatusOr<std::vector<PeerCursor>> ReplicaStore::Cursors(std::string_view peer,
                                                              std::string_view scope) const {
  const ScopeView place = ViewOf(scope);
  std::vector<PeerCursor> cursors;
  if (place.number == 0) return cursors;
  const std::string prefix = CursorPrefix(peer, place.number);
  bool damaged = false;
  const absl::Status status =
      place.view->Scan(prefix, PrefixEnd(prefix), false, [&](std::string_view key, std::string_view bytes) {
        const std::optional<CursorRow> row = DecodeCursorRow(bytes);
        damaged = !row.has_value();
        for (int lane = 0; !damaged && lane < kLaneCount; ++lane) {
          if (!row->lanes[lane].has_value()) continue;
          cursors.push_back({CursorEpochOfKey(key), static_cast<Lane>(lane), *row->lanes[lane], row->seen});
        }
        return !damaged;
      });
  if (!status.ok()) return status;
  if (damaged) return absl::DataLossError(kDamagedRow);
  return cursors;
}

absl::StatusOr<std::vector<BucketDigest>> ReplicaStore::Buckets(std::string_view scope) const {
  std::vector<BucketDigest> buckets(kBuckets);
  for (uint32_t i = 0; i < kBuckets; ++i) buckets[i].bucket = i;
  const ScopeView place = ViewOf(scope);
  if (place.number == 0) return buckets;
  const std::string prefix = LeafPrefix(place.number);
  bool damaged = false;
  const absl::Status status =
      place.view->Scan(prefix, PrefixEnd(prefix), false, [&](std::string_view key, std::string_view bytes) {
        const std::optional<LeafRow> leaf = DecodeLeafRow(bytes);
        damaged = !leaf.has_value();
        if (!damaged) buckets[BucketOfKey(key)] = {BucketOfKey(key), leaf->records, leaf->digest};
        return !damaged;
      });
  if (!status.ok()) return status;
  if (damaged) return absl::DataLossError(kDamagedRow);
  return buckets;
}

absl::StatusOr<std::vector<RecordVersion>> ReplicaStore::BucketVersions(std::string_view scope,
                                                                        uint32_t bucket) const {
  const ScopeView place = ViewOf(scope);
  std::vector<RecordVersion> versions;
  if (place.number == 0) return versions;
  const std::string prefix = RecordPrefix(place.number);
  absl::Status problem;
  const absl::Status status =
      place.view->Scan(prefix, PrefixEnd(prefix), false, [&](std::string_view key, std::string_view row) {
        const RecordId id = RecordIdOfKey(key);
        if (BucketOf(id) != bucket) return true;
        const absl::StatusOr<StoredRecord> record = ReadWithVersion(id, row);
        if (record.ok()) versions.push_back({id, record->version});
        problem = record.status();
        return record.ok();
      });
  if (!status.ok()) return status;
  if (!problem.ok()) return problem;
  return versions;
}

absl::StatusOr<std::vector<SetAsideItem>> ReplicaStore::SetAsideItems(std::string_view scope) const {
  const ScopeView place = ViewOf(scope);
  std::vector<SetAsideItem> items;
  if (place.number == 0) return items;
  const std::string prefix = SetAsideScopePrefix(place.number);
  bool damaged = false;
  const absl::Status status =
      place.view->Scan(prefix, PrefixEnd(prefix), false, [&](std::string_view key, std::string_view row) {
        std::optional<SetAsideItem> item = DecodeSetAsideRow(SetAsideIdOfKey(key), row);
        damaged = !item.has_value();
        if (!damaged) items.push_back(*std::move(item));
        return !damaged;
      });
  if (!status.ok()) return status;
  if (damaged) return absl::DataLossError(kDamagedRow);
  return items;
}

absl::StatusOr<std::vector<SetAside>> ReplicaStore::SetAsides(std::string_view scope) const {
  const auto items = SetAsideItems(scope);
  if (!items.ok()) return items.status();
  std::vector<SetAside> ids;
  for (const SetAsideItem& item : *items) {
    if (ids.empty() || ids.back().id != item.delta.id)
      ids.push_back({item.delta.id, item.reason, item.cause});
  }
  return ids;
}

absl::StatusOr<std::optional<std::string>> ReplicaStore::GetMeta(std::string_view key) const {
  return path_.engine()->Snapshot()->Get(MetaKey(key));
}

}  // namespace trellis
