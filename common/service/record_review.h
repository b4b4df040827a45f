// What records show together: what does not fit, and what is due. Told anew at each call, over what is held
// here: an early warning at a site, the truth at the district.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/rules/due.h"
#include "common/rules/finding.h"
#include "common/rules/record_view.h"
#include "common/service/record_store.h"

namespace trellis {

struct ReviewQuery {
  std::string kind;   // empty: all
  std::string scope;  // empty: every one the principal reads
};

struct FoundProblem {
  ViewedRecord record;
  Finding finding;
};

struct DueWork {
  ViewedRecord record;
  DueItem item;
};

// Thread-safe; blocks on the store. Nothing is told of fields the principal is not shown.
class RecordReview {
 public:
  explicit RecordReview(const RecordStore& store) : store_(store) {}

  // By kind, scope and id. `rule` empty: all.
  absl::StatusOr<std::vector<FoundProblem>> Findings(const Principal& principal, const ReviewQuery& query,
                                                     const std::string& rule) const;
  // Due up to and including `until` (YYYY-MM-DD), earliest first; `owner` empty: everybody's.
  absl::StatusOr<std::vector<DueWork>> Due(const Principal& principal, const ReviewQuery& query,
                                           const std::string& until, const std::string& owner) const;
  // Today by the store's clock, YYYY-MM-DD, and so many days later.
  std::string Day(int days_later) const;

 private:
  using Visit = std::function<void(const KindInfo&, const ScopeName&, const ViewedRecord&)>;
  absl::Status VisitAll(const Principal& principal, const ReviewQuery& query, const Visit& visit) const;
  // Whether the principal is shown the field at the head of a path such as nextActions[N1].dueDate.
  bool IsShown(const Principal& principal, const ScopeName& scope, const ViewedRecord& record,
               const std::string& path) const;

  RecordStore store_;
};

}  // namespace trellis
