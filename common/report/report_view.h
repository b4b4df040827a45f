// What reports read, kept in memory as records come, change and go: responses as columns, the rest as the
// records are. The host feeds it from its own cursor into the feed, and asks it for a report's input.
//
// Where it stands depends only on the records that were applied last, not on the order they came in.
// Not thread-safe: the host lets either one Apply or several reports run.
#pragma once

#include <absl/status/status.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/report/practice_records.h"
#include "common/report/report_input.h"
#include "common/report/response_view.h"
#include "trellis/domain/v1/action_step.pb.h"
#include "trellis/domain/v1/activity.pb.h"
#include "trellis/domain/v1/assignment.pb.h"
#include "trellis/domain/v1/cycle.pb.h"
#include "trellis/domain/v1/metric.pb.h"
#include "trellis/domain/v1/organization.pb.h"
#include "trellis/domain/v1/participation.pb.h"
#include "trellis/domain/v1/staff.pb.h"
#include "trellis/domain/v1/wave.pb.h"

namespace trellis {

// The records reports read, besides responses.
struct ReportRecords {
  RecordsOf<domain::v1::EducationOrganization> organizations;
  RecordsOf<domain::v1::Survey> surveys;
  RecordsOf<domain::v1::Wave> waves;
  RecordsOf<domain::v1::Staff> staff;
  RecordsOf<domain::v1::Assignment> assignments;
  RecordsOf<domain::v1::Activity> activities;
  RecordsOf<domain::v1::Session> sessions;
  RecordsOf<domain::v1::Participation> participations;
  RecordsOf<domain::v1::ImprovementCycle> cycles;
  RecordsOf<domain::v1::Metric> metrics;
  RecordsOf<domain::v1::ActionStep> action_steps;
  RecordsOf<domain::v1::Threshold> thresholds;
  PracticeRecords practice;
};

class ReportView {
 public:
  // A record as it now shows: `kind` is its short or full name, `message` its wire bytes; nullopt where it is
  // deleted, erased or not to be shown. Kinds no report reads are passed over. InvalidArgument if the bytes
  // are no message of the kind; the record is then as if it were not there.
  absl::Status Apply(const std::string& scope, const RecordId& id, std::string_view kind,
                     std::optional<std::string_view> message);

  // Whether a record of the kind, by its full name, is in any report.
  static bool Reads(std::string_view kind);

  // The responses' columns at rest (ResponseView says how); all else is read from the records.
  ViewRowChanges Changes() const;
  void Saved() { responses_.Saved(); }
  absl::Status Restore(std::string_view key, std::string_view row) { return responses_.Restore(key, row); }
  absl::Status FinishRestore() { return responses_.FinishRestore(); }

  // Everything for a report over the scopes for which `in` holds; empty: all. `completeness` names sites by
  // their scope. The input points into this view: it is good until the next Apply.
  ReportInput Input(const std::function<bool(const std::string& scope)>& in,
                    const std::vector<SiteCut>& completeness) const;

 private:
  ReportRecords records_;
  ResponseView responses_;
};

}  // namespace trellis
