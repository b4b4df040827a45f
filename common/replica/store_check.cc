#include "common/replica/store_check.h"

#include <fmt/format.h>

#include "common/replica/books.h"
#include "common/replica/record_change.h"
#include "common/tables/key_codec.h"
#include "common/tables/record_table.h"

namespace trellis {
namespace {

absl::Status CheckScope(const ReadView& view, const HashKey& key, const KindBook& kinds,
                        const std::string& name, const ScopeFacts& scope) {
  const std::string prefix = RecordPrefix(scope.number);
  uint64_t records = 0;
  Hash128 digest;
  absl::Status problem;
  absl::Status status =
      view.Scan(prefix, PrefixEnd(prefix), false, [&](std::string_view row_key, std::string_view row) {
        const absl::StatusOr<StoredRecord> record =
            ReadRecord(row, [&](KindNumber kind) { return kinds.Name(kind); });
        problem = record.status();
        if (!problem.ok()) return false;
        ++records;
        digest += VersionHash(key, RecordIdOfKey(row_key), record->state);
        return true;
      });
  if (!status.ok()) return status;
  if (!problem.ok()) return problem;
  if (records == scope.head.records && digest == scope.head.digest) return absl::OkStatus();
  return absl::DataLossError(
      fmt::format("{}: the store counts {} records with digest {}, and holds {} with {}", name,
                  scope.head.records, scope.head.digest.ToHex(), records, digest.ToHex()));
}

}  // namespace

absl::StatusOr<std::vector<CheckedScope>> CheckStore(const ReadView& view, const HashKey& key) {
  ScopeBook scopes;
  if (absl::Status status = scopes.Load(view); !status.ok()) return status;
  KindBook kinds;
  if (absl::Status status = kinds.Load(view); !status.ok()) return status;
  std::vector<CheckedScope> checked;
  for (const std::string& name : scopes.Names()) {
    const ScopeFacts scope = *scopes.Find(name);
    if (absl::Status status = CheckScope(view, key, kinds, name, scope); !status.ok()) return status;
    checked.push_back({name, scope.head});
  }
  return checked;
}

}  // namespace trellis
