// Use cases that read records: one, a page, its history, what is in conflict. Access is decided in each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/service/record_answer.h"
#include "common/service/record_locator.h"

namespace trellis {

struct ListQuery {
  std::string kind;
  std::string scope;
  std::string filter;    // AIP-160
  std::string order_by;  // AIP-132; empty: by id
  int64_t page_size = 0;
  std::string page_token;
  bool show_deleted = false;
};

struct RecordPage {
  std::vector<RecordAnswer> records;
  std::string next_page_token;  // empty: this was the last page
};

struct ConflictQuery {
  std::string kind;   // empty: all
  std::string scope;  // empty: every scope the principal reads
  int64_t page_size = 0;
  std::string page_token;
};

// One value that took another's place.
struct RecordChangeAnswer {
  std::string field;    // empty: the record as a whole
  std::string element;  // of a set field
  std::string what;     // created, set, cleared, deleted, restored, moved
  std::string actor;
  Stamp at;
  std::string before;  // JSON; empty: none
  std::string after;
};

// Thread-safe; blocks on the store.
class RecordReader {
 public:
  static constexpr int64_t kDefaultPage = 100;
  static constexpr int64_t kLargestPage = 1000;

  explicit RecordReader(const RecordStore& store) : store_(store) {}

  // Deleted ones too, by id.
  absl::StatusOr<RecordAnswer> Get(const Principal& principal, const RecordName& name) const;
  // A page without an order goes on after the last id, so it misses nothing that stays. With an order, the
  // list is made anew and goes on after the last record where that now stands, or at its old place.
  absl::StatusOr<RecordPage> List(const Principal& principal, const ListQuery& query) const;
  // Oldest first; fields the principal is not shown are left out.
  absl::StatusOr<std::vector<RecordChangeAnswer>> History(const Principal& principal,
                                                          const RecordName& name) const;
  // By scope, then id. Records whose only conflicts are in hidden fields are left out.
  absl::StatusOr<RecordPage> Conflicts(const Principal& principal, const ConflictQuery& query) const;

 private:
  RecordStore store_;
};

// What a page size asked for becomes. INVALID_ARGUMENT if negative.
absl::StatusOr<size_t> PageSize(int64_t asked);

}  // namespace trellis
