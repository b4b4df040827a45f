// What is to be done by when, told from the dates in records. Nothing about it is stored.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "common/record/kind_info.h"
#include "common/rules/record_view.h"

namespace trellis {

struct DueItem {
  std::string date;   // YYYY-MM-DD
  std::string field;  // JSON name, such as dueDate or nextActions[NEXT-1].dueDate
  std::string owner;  // staff or account as the record names it; empty: nobody
};

// The next check-in on an approved learning plan: so many days after the last one, or after its approval.
std::vector<DueItem> DueCheckIn(const ViewedRecord& record, RecordView* view);

// Days by which something is to be done: of fields with the option `due`, unless the record's state or the
// element says that it is; check dates of a metric that nobody measured since; gates of a cycle's plan that
// are not reached; the day an observation kept for a time only is to be deleted. In the order of the fields.
std::vector<DueItem> DueIn(const KindInfo& kind, const google::protobuf::Message& message);

}  // namespace trellis
