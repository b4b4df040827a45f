// Runs reports over what a store holds: follows the feed of every scope into a ReportView, waits for the head
// before each report, and keeps to what the asking person may have computed. The same at a site and at the
// server.
//
// The view lives in memory; its columns also rest in the store (follower/README.md), kept there by a
// ReportKeeper.
#pragma once

#include <functional>
#include <memory>
#include <shared_mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/report/report_catalog.h"
#include "common/service/follower/report_follower.h"
#include "common/service/record_store.h"

namespace trellis {

// How far each site's records are in. Thread-safe; may block on the store.
class SiteCompleteness {
 public:
  virtual ~SiteCompleteness() = default;
  // Named by scope, in `site_id`.
  virtual absl::StatusOr<std::vector<SiteCut>> Sites() const = 0;
};

// A site's own daemon has all there is of it, up to now, unless its store lost something that the district
// is giving back.
class OwnCompleteness final : public SiteCompleteness {
 public:
  // Pointers must outlive the object.
  OwnCompleteness(std::string site, const Replica* replica, const Clock* clock,
                  std::function<bool()> refilling)
      : site_(std::move(site)), replica_(replica), clock_(clock), refilling_(std::move(refilling)) {}
  absl::StatusOr<std::vector<SiteCut>> Sites() const override;

 private:
  const std::string site_;
  const Replica* const replica_;
  const Clock* const clock_;
  const std::function<bool()> refilling_;
};

struct ReportQuery {
  std::string report;           // slug or number
  ReportParameters parameters;  // now_ms is set here
  bool require_complete = false;
};

// Thread-safe; blocks on the store.
class ReportHost {
 public:
  // `completeness` must outlive it.
  ReportHost(const RecordStore& store, const SiteCompleteness* completeness)
      : store_(store), completeness_(completeness), follower_(store.replica, store.kinds) {}

  // NOT_FOUND, PERMISSION_DENIED, INVALID_ARGUMENT as the report says, FAILED_PRECONDITION with
  // REPORT_INCOMPLETE.
  absl::StatusOr<Report> Run(const Principal& principal, const ReportQuery& query);

  // Takes in what was committed since. Run does so itself; a program may call it at its start, so that the
  // first report need not wait.
  absl::Status CatchUp();
  // Puts at rest in the store what changed in the view.
  absl::Status Checkpoint();

  // Whether a view rests in the store; false if that cannot be read.
  bool ViewRests() const;
  // Whether there is a view in memory: from the first CatchUp on.
  bool following() const;
  struct Unsaved {
    size_t records = 0;   // taken in since the last checkpoint
    bool erased = false;  // an erased one among them
  };
  Unsaved unsaved() const;

 private:
  // The sites whose numbers the principal may see. PERMISSION_DENIED if there is none.
  absl::StatusOr<std::vector<std::string>> AllowedSites(const Principal& principal) const;
  absl::StatusOr<std::vector<SiteCut>> CutsOf(const std::vector<std::string>& sites) const;

  const RecordStore store_;
  const SiteCompleteness* const completeness_;
  mutable std::shared_mutex mutex_;  // exclusive while the view changes, shared while reports read it
  ReportFollower follower_;
};

}  // namespace trellis
