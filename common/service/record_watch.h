// Follows the changes of one scope for one principal, from a place it can come back to.
//
// A resume token is a place in the store's feed: (epoch, seq). The feed keeps one live entry a record for
// ever, so a token never grows too old by itself; it is of no use after the store was restored to an earlier
// day, or at another store: OUT_OF_RANGE, list again and watch from there.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/record/filter.h"
#include "common/service/record_answer.h"

namespace trellis {

struct WatchQuery {
  std::string kind;  // empty: all the principal may read
  std::string scope;
  std::string filter;        // only with a kind
  std::string resume_token;  // empty: from now on
  bool from_start = false;   // what is there comes first
};

struct WatchedRecord {
  RecordAnswer record;       // deleted ones included
  std::string resume_token;  // goes on after it
};

// Not thread-safe.
class RecordWatch {
 public:
  static absl::StatusOr<std::unique_ptr<RecordWatch>> Open(const RecordStore& store,
                                                           const Principal& principal,
                                                           const WatchQuery& query);

  // What changed since the last call, at most `limit`; empty: everything was told. Blocks on the store.
  absl::StatusOr<std::vector<WatchedRecord>> Next(size_t limit);
  std::string resume_token() const;
  std::string scope() const { return scope_.ToString(); }

 private:
  RecordWatch(const RecordStore& store, Principal principal)
      : store_(store), principal_(std::move(principal)) {}
  absl::Status Begin(const WatchQuery& query);
  absl::Status Resume(const std::string& token, const ScopeHead& head);
  std::optional<RecordAnswer> Match(const RecordId& id, const StoredRecord& stored) const;

  RecordStore store_;
  Principal principal_;
  ScopeName scope_;
  const KindInfo* kind_ = nullptr;  // null: all
  std::optional<RecordFilter> filter_;
  Epoch epoch_ = 0;  // of the lineage row the place was taken in
  uint64_t seq_ = 0;
};

}  // namespace trellis
