// Keeps a ReportView at the head of a store's feeds: in memory, made again from the feed after a start.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "common/record/kind_registry.h"
#include "common/replica/replica.h"
#include "common/report/report_view.h"

namespace trellis {

// Not thread-safe.
class ReportFollower {
 public:
  // Both must outlive it.
  ReportFollower(const Replica* replica, const KindRegistry* kinds) : replica_(replica), kinds_(kinds) {}

  // Takes in what was committed since, in every scope.
  absl::Status CatchUp();
  const ReportView& view() const { return view_; }

 private:
  absl::Status FollowScope(const std::string& scope);

  const Replica* const replica_;
  const KindRegistry* const kinds_;
  ReportView view_;
  std::map<std::string, uint64_t> followed_;  // scope -> seq taken in
};

}  // namespace trellis
