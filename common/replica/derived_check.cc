#include "common/replica/derived_check.h"

#include <fmt/format.h>

#include <array>
#include <map>
#include <string>
#include <string_view>

#include "common/replica/books.h"
#include "common/replica/record_change.h"
#include "common/tables/feed_table.h"
#include "common/tables/index_tables.h"
#include "common/tables/key_codec.h"
#include "common/tables/record_table.h"
#include "common/tables/scope_tables.h"

namespace trellis {
namespace {

constexpr std::array kDerived = {Table::kFeed, Table::kLeaves, Table::kKindIndex, Table::kFieldIndex,
                                 Table::kConflicts};

// The rows of a table, whatever their order: their number and the sum of their hashes.
struct RowSum {
  uint64_t rows = 0;
  Hash128 sum;
  void Add(std::string_view key, std::string_view value) {
    ++rows;
    sum += KeyedHash(HashKey{}, fmt::format("{}:{}{}", key.size(), key, value));
  }
  friend bool operator==(const RowSum&, const RowSum&) = default;
};

class ScopeCheck {
 public:
  ScopeCheck(const ReadView& view, const KindBook& kinds, const HashKey& key, const RecordIndexer& indexer,
             const ScopeFacts& facts)
      : view_(view), kinds_(kinds), key_(key), indexer_(indexer), facts_(facts) {}

  absl::Status Run(const std::string& scope) {
    const std::string records = RecordPrefix(facts_.number);
    absl::Status problem;
    absl::Status status =
        view_.Scan(records, PrefixEnd(records), false, [&](std::string_view key, std::string_view row) {
          problem = Record(RecordIdOfKey(key), row);
          return problem.ok();
        });
    if (!problem.ok()) return problem;
    if (!status.ok()) return status;
    for (uint32_t bucket = 0; bucket < kDigestBuckets; ++bucket) {
      if (leaves_[bucket].records == 0) continue;
      expected_[Table::kLeaves].Add(LeafKey(facts_.number, static_cast<uint8_t>(bucket)),
                                    EncodeLeafRow(leaves_[bucket]));
    }
    if (facts_.head.records != total_.records || facts_.head.digest != total_.digest) {
      return absl::DataLossError(fmt::format(
          "{}: the store counts {} records with digest {}, and holds {} with {}", scope, facts_.head.records,
          facts_.head.digest.ToHex(), total_.records, total_.digest.ToHex()));
    }
    for (const Table table : kDerived) {
      const absl::StatusOr<RowSum> stored = Stored(table);
      if (!stored.ok()) return stored.status();
      if (*stored == expected_[table]) continue;
      return absl::DataLossError(fmt::format("{}: table {} has {} rows, the records give {}", scope,
                                             static_cast<char>(table), stored->rows, expected_[table].rows));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Record(const RecordId& id, std::string_view row) {
    const absl::StatusOr<StoredRecord> record =
        ReadRecord(row, [this](KindNumber kind) { return kinds_.Name(kind); });
    if (!record.ok()) return record.status();
    const std::optional<KindNumber> kind = kinds_.Find(record->state.kind);
    if (!kind.has_value()) return absl::DataLossError(kDamagedRow);
    const Hash128 version = VersionHash(key_, id, record->state);
    for (LeafRow* leaf : {&leaves_[BucketOf(id)], &total_}) {
      ++leaf->records;
      leaf->digest += version;
    }
    const ScopeNumber scope = facts_.number;
    expected_[Table::kFeed].Add(FeedKey(scope, record->lane, record->seq), id.view());
    expected_[Table::kKindIndex].Add(KindIndexKey(scope, *kind, id), "");
    if (indexer_.NeedsAttention(record->state)) expected_[Table::kConflicts].Add(ConflictKey(scope, id), "");
    for (const IndexEntry& entry : indexer_.EntriesOf(record->state)) {
      expected_[Table::kFieldIndex].Add(FieldIndexKey(scope, *kind, entry.field, entry.value, id), "");
    }
    return absl::OkStatus();
  }

  absl::StatusOr<RowSum> Stored(Table table) const {
    std::string prefix = TableKey(table);
    AppendBig32(&prefix, facts_.number);
    RowSum sum;
    const absl::Status status =
        view_.Scan(prefix, PrefixEnd(prefix), false, [&](std::string_view key, std::string_view value) {
          const bool empty_leaf =
              table == Table::kLeaves && DecodeLeafRow(value).value_or(LeafRow{1, {}}).records == 0;
          if (!empty_leaf) sum.Add(key, value);
          return true;
        });
    if (!status.ok()) return status;
    return sum;
  }

  const ReadView& view_;
  const KindBook& kinds_;
  const HashKey& key_;
  const RecordIndexer& indexer_;
  const ScopeFacts& facts_;
  std::array<LeafRow, kDigestBuckets> leaves_;
  LeafRow total_;
  std::map<Table, RowSum> expected_;
};

}  // namespace

absl::Status CheckDerived(const ReadView& view, const HashKey& key, const RecordIndexer& indexer) {
  ScopeBook scopes;
  if (absl::Status status = scopes.Load(view); !status.ok()) return status;
  KindBook kinds;
  if (absl::Status status = kinds.Load(view); !status.ok()) return status;
  for (const std::string& scope : scopes.Names()) {
    const ScopeFacts facts = *scopes.Find(scope);
    if (absl::Status sound = ScopeCheck(view, kinds, key, indexer, facts).Run(scope); !sound.ok())
      return sound;
  }
  return absl::OkStatus();
}

}  // namespace trellis
