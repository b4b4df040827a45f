#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/timestamp.pb.h>

#include "common/rules/rule_families.h"

namespace trellis {
namespace {

namespace pb = google::protobuf;

struct Order {
  const char* first;
  const char* last;
};

// Wherever a kind has both fields.
constexpr Order kOrders[] = {
    {"begin_date", "end_date"},          {"open_date", "close_date"},
    {"hire_date", "end_date"},           {"opened_date", "resolved_date"},
    {"requested_date", "occurred_date"}, {"requested_date", "scheduled_date"},
    {"made_date", "due_date"},           {"certified_date", "expiry_date"},
    {"start_time", "end_time"},          {"sign_in_time", "sign_out_time"},
    {"sent_time", "responded_time"},     {"taught_date", "retaught_date"},
    {"agreed_date", "review_date"},      {"begin_date", "due_date"},
};

// A text that sorts as the moment does; empty: not said.
std::string MomentOf(const pb::Message& message, const FieldInfo& field) {
  const pb::FieldDescriptor* descriptor =
      message.GetDescriptor()->FindFieldByNumber(static_cast<int>(field.number));
  if (field.type == FieldType::kText) return message.GetReflection()->GetString(message, descriptor);
  if (field.type != FieldType::kMoment || !message.GetReflection()->HasField(message, descriptor)) return "";
  const auto& moment =
      static_cast<const pb::Timestamp&>(message.GetReflection()->GetMessage(message, descriptor));
  // Seconds since year 1, so that the text has no sign.
  return fmt::format("{:014}.{:09}", moment.seconds() + 62135596800, moment.nanos());
}

}  // namespace

void CheckDates(const RuledRecord& record, Findings* found) {
  for (const Order& order : kOrders) {
    const FieldInfo* first = record.kind->Find(std::string_view(order.first));
    const FieldInfo* last = record.kind->Find(std::string_view(order.last));
    if (first == nullptr || last == nullptr) continue;
    const std::string begin = MomentOf(*record.message, *first);
    const std::string end = MomentOf(*record.message, *last);
    if (begin.empty() || end.empty() || begin <= end) continue;
    found->push_back({"dates-out-of-order", last->json_name,
                      fmt::format("lies before {}: exchange or correct them", first->json_name),
                      /*refuses=*/true});
  }
}

}  // namespace trellis
