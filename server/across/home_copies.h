// Copies what people took part in at other sites to their home site: the rule is in the README.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/service/record_store.h"

namespace trellis {

// Follows the feeds of all sites' scopes. Not thread-safe; blocks on the store.
class HomeCopies {
 public:
  explicit HomeCopies(const RecordStore& store) : store_(store) {}

  // Takes in what was committed since, `most` records of a scope at most in one call. How many copies were
  // written; 0: everything stands as it should, or more calls are needed for what changes nothing.
  absl::StatusOr<int> CatchUp(size_t most);

 private:
  struct Original {
    std::string scope;
    RecordId id;
    StoredRecord stored;
  };
  absl::Status ReadHomes();
  absl::Status FollowScope(const std::string& scope, size_t most);
  // A Staff record as it stands now: where its person is at home, and what follows from a change of that.
  absl::Status TakeStaff(const std::string& scope, const RecordId& id, const StoredRecord& stored);
  void PutHome(const std::string& scope, const RecordId& id, std::set<std::string> names);
  absl::Status JudgeAllOf(const std::set<std::string>& names);
  // Its copy stands where it should, and nowhere else.
  absl::Status Judge(const Original& original);
  // Empty: at home where the record stands, or nobody's person.
  std::string HomeOf(const std::string& staff, const std::string& host) const;
  absl::Status Place(const Original& original, const std::string& home);
  absl::Status TakeAway(const Original& original, const std::string& home);
  absl::Status Write(RecordWrite write);  // ABORTED: changed meanwhile by somebody else
  RecordId CopyId(const Original& original) const;

  RecordStore store_;
  bool homes_read_ = false;
  std::map<std::string, std::set<std::string>> homes_;  // staff id or unique id -> scopes of Staff records
  std::map<std::pair<std::string, RecordId>, std::set<std::string>> names_;  // Staff record -> its names
  std::map<std::string, uint64_t> followed_;                                 // scope -> seq taken in
  int written_ = 0;
};

}  // namespace trellis
