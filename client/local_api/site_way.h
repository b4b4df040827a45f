// What a site knows of a record's way: whether its district has said that it holds it.
#pragma once

#include <string>
#include <vector>

#include "client/agent/sync_agent.h"
#include "common/bundle/site_end.h"
#include "common/service/record_trace.h"

namespace trellis {

class SiteWay final : public RecordWay {
 public:
  // All must outlive the object.
  // `peer`: what the district is called where cursors are kept.
  SiteWay(const Replica* replica, const SiteEnd* end, const SyncAgent* agent, std::string peer,
          std::string site)
      : replica_(replica), end_(end), agent_(agent), peer_(std::move(peer)), site_(std::move(site)) {}

  absl::StatusOr<std::string> StoreOf(const std::string& scope, Epoch writer) const override;
  absl::StatusOr<std::vector<TraceStep>> StepsOf(const FoundRecord& record) const override;

 private:
  absl::StatusOr<TraceStep> Acknowledged(const FoundRecord& record) const;
  absl::StatusOr<TraceStep> BackedUp(const FoundRecord& record, bool acknowledged) const;

  const Replica* const replica_;
  const SiteEnd* const end_;
  const SyncAgent* const agent_;
  const std::string peer_;
  const std::string site_;
};

}  // namespace trellis
