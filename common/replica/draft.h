// What a commit is about to change, seen as if it already had. Drafts nest: each job of a group works in a
// draft of its own over the group's, so that one that fails leaves nothing behind.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/replica/books.h"
#include "common/storage/engine.h"
#include "common/tables/scope_tables.h"

namespace trellis {

// Not thread-safe.
class Draft {
 public:
  // Store-wide numbers the commit path gives out.
  struct Counters {
    ScopeNumber next_scope = 1;
    KindNumber next_kind = 1;
    uint64_t next_request = 0;
    uint64_t durable = 0;  // changes committed since the store was made
  };

  // Of a group. What it is given must outlive it.
  Draft(const ReadView* view, const ScopeBook* scopes, const KindBook* kinds, Epoch epoch,
        const Counters& counters);
  // Of a job in `parent`.
  explicit Draft(const Draft* parent);
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  absl::StatusOr<std::optional<std::string>> Get(const std::string& key) const;
  // As Get for each key, in one read of the store.
  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      const std::vector<std::string>& keys) const;
  absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ScanPrefix(
      const std::string& prefix) const;

  void Put(std::string key, std::string value);
  void Delete(std::string key);
  // A row no job of the same group reads by its key: cheaper than Put. ScanPrefix sees it.
  void PutUnread(std::string key, std::string value) { batch_.Put(std::move(key), std::move(value)); }
  void DeleteUnread(std::string key) { batch_.Delete(std::move(key)); }

  // The scope as it stands here; nullopt if the store does not have it.
  std::optional<ScopeFacts> FindScope(std::string_view name) const;
  // To change it: makes the scope, and the lineage row of the present epoch, where there is none yet.
  ScopeFacts* OpenScope(std::string_view name);
  // A number for the kind, given now if it has none.
  KindNumber NumberOfKind(const std::string& name);
  std::string NameOfKind(KindNumber number) const;
  // Adds `records` (may be negative) and the difference of hashes to the record's leaf and to the scope.
  void AddToDigest(ScopeFacts* scope, const RecordId& id, int records, const Hash128& plus,
                   const Hash128& minus);
  Counters& counters() { return counters_; }

  bool empty() const { return batch_.empty() && leaves_.empty(); }
  size_t bytes() const { return batch_.bytes(); }
  // Takes over what a job's draft, made over this one, changed.
  void Absorb(Draft&& job);
  // Adds the rows written once a group: heads, leaves and the durable seq. Nothing may change afterwards.
  absl::Status Seal();

  const WriteBatch& batch() const { return batch_; }
  const std::map<std::string, ScopeFacts, std::less<>>& scopes() const { return scopes_changed_; }
  const std::map<std::string, KindNumber, std::less<>>& kinds() const { return kinds_added_; }

 private:
  struct LeafChange {
    int64_t records = 0;
    Hash128 digest;
  };

  // The value here or above; nullopt if no draft touched the key.
  std::optional<std::optional<std::string>> Staged(const std::string& key) const;
  void CollectStaged(const std::string& prefix, std::map<std::string, std::string>* rows) const;

  const Draft* parent_;
  const ReadView* view_;
  const ScopeBook* scope_book_;
  const KindBook* kind_book_;
  Epoch epoch_;
  Counters counters_;
  WriteBatch batch_;
  absl::flat_hash_map<std::string, size_t> staged_;  // key -> its last operation in batch_
  std::map<std::string, ScopeFacts, std::less<>> scopes_changed_;
  std::map<std::string, KindNumber, std::less<>> kinds_added_;
  std::map<std::pair<ScopeNumber, uint8_t>, LeafChange> leaves_;
};

}  // namespace trellis
