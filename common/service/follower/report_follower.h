// Keeps a ReportView at the head of a store's feeds, its columns at rest beside them (README.md: rows,
// cursor, when it is made anew).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/record/kind_registry.h"
#include "common/replica/replica.h"
#include "common/replica/view_rows.h"
#include "common/report/report_view.h"

namespace trellis {

// Not thread-safe.
class ReportFollower {
 public:
  // Records taken in between two checkpoints at most: bounds what a start reads again, and a batch.
  static constexpr size_t kCheckpointRecords = 4096;

  // Both must outlive it.
  ReportFollower(Replica* replica, const KindRegistry* kinds) : replica_(replica), kinds_(kinds) {}

  // Takes in what was committed since, in every scope; the first time also what rests in the store.
  absl::Status CatchUp();
  // Writes what changed since the last one. What could not be written is written with the next.
  absl::Status Checkpoint();
  // Made from the feeds alone, whatever rests in the store; the next checkpoint replaces that.
  absl::Status Rebuild();

  const ReportView& view() const { return view_; }
  bool following() const { return loaded_; }
  // Records taken in that no checkpoint holds yet.
  size_t unsaved() const { return unsaved_; }
  // An erased record is among them.
  bool erased_unsaved() const { return erased_unsaved_; }
  // Whether columns rest in the store.
  absl::StatusOr<bool> Rests() const;

 private:
  void Reset();
  // Empty view, then rows and records, as of the present opening.
  absl::Status Load();
  // DataLoss if the rows cannot be taken up; then the view is as it may be.
  absl::Status ReadRows();
  absl::Status TakeRow(std::string_view key, std::string_view row, std::string* fingerprint);
  // Every record reports read that is no response.
  absl::Status ReadRecords();
  absl::Status FollowScopes();
  absl::Status FollowScope(const std::string& scope);
  void Take(const std::string& scope, const RecordId& id, const StoredRecord& stored);

  Replica* const replica_;
  const KindRegistry* const kinds_;
  ReportView view_;
  bool loaded_ = false;
  Epoch epoch_ = 0;                           // under which it was loaded
  bool replace_rows_ = false;                 // the rows there are count for nothing
  std::map<std::string, uint64_t> followed_;  // scope -> seq taken in
  std::set<std::string> moved_;               // scopes whose cursor is not saved
  size_t unsaved_ = 0;
  bool erased_unsaved_ = false;
};

}  // namespace trellis
