// What the district's server knows of a record's way: where it came from, and which sites have said that they
// hold it.
#pragma once

#include <atomic>
#include <map>
#include <string>
#include <vector>

#include "common/service/record_trace.h"
#include "server/enrolment/site_registry.h"
#include "server/ingest/site_health.h"

namespace trellis {

class DistrictWay final : public RecordWay {
 public:
  // All must outlive the object. `newest_backup_ms`: when the newest verified backup was taken; 0: there is
  // none; null: nobody keeps count.
  DistrictWay(const Replica* replica, const SiteRegistry* registry, const SiteHealth* health,
              const std::atomic<int64_t>* newest_backup_ms)
      : replica_(replica), registry_(registry), health_(health), newest_backup_ms_(newest_backup_ms) {}

  absl::StatusOr<std::string> StoreOf(const std::string& scope, Epoch writer) const override;
  absl::StatusOr<std::vector<TraceStep>> StepsOf(const FoundRecord& record) const override;

 private:
  struct Machine {
    std::string site;
    std::string peer;
  };
  std::vector<Machine> Machines() const;
  // The site one of whose machines has opened its store so; empty: none is known.
  absl::StatusOr<std::string> SiteOf(const std::string& scope, Epoch epoch) const;
  absl::StatusOr<TraceStep> BackedUp(const FoundRecord& record) const;
  absl::StatusOr<TraceStep> Received(const FoundRecord& record) const;
  absl::StatusOr<std::vector<TraceStep>> HandedOn(const FoundRecord& record) const;

  const Replica* const replica_;
  const SiteRegistry* const registry_;
  const SiteHealth* const health_;
  const std::atomic<int64_t>* const newest_backup_ms_;
};

}  // namespace trellis
