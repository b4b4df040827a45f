#include "common/report/report_view.h"

#include <fmt/format.h>

#include "common/report/report_input_builder.h"

namespace trellis {
namespace {

constexpr std::string_view kPackage = "trellis.domain.v1.";

// False if the bytes are no such message.
template <typename Message>
bool Keep(const std::pair<std::string, RecordId>& key, const std::optional<std::string_view>& bytes,
          RecordsOf<Message>* records) {
  records->erase(key);
  if (!bytes) return true;
  Message message;
  if (!message.ParseFromArray(bytes->data(), static_cast<int>(bytes->size()))) return false;
  (*records)[key] = std::move(message);
  return true;
}

}  // namespace

absl::Status ReportView::Apply(const std::string& scope, const RecordId& id, std::string_view kind,
                               std::optional<std::string_view> message) {
  if (kind.substr(0, kPackage.size()) == kPackage) kind.remove_prefix(kPackage.size());
  const std::pair<std::string, RecordId> key{scope, id};
  bool understood = true;
  if (kind == "Response") {
    domain::v1::Response response;
    understood = !message || response.ParseFromArray(message->data(), static_cast<int>(message->size()));
    if (message && understood) {
      responses_.Put(scope, id, response);
    } else {
      responses_.Remove(scope, id);
    }
  } else if (kind == "Survey") {
    understood = Keep(key, message, &records_.surveys);
    const auto survey = records_.surveys.find(key);
    if (survey != records_.surveys.end()) {
      responses_.PutSurvey(id, survey->second);
    } else {
      responses_.RemoveSurvey(id);
    }
  } else if (kind == "EducationOrganization") {
    understood = Keep(key, message, &records_.organizations);
  } else if (kind == "Wave") {
    understood = Keep(key, message, &records_.waves);
  } else if (kind == "Staff") {
    understood = Keep(key, message, &records_.staff);
  } else if (kind == "Assignment") {
    understood = Keep(key, message, &records_.assignments);
  } else if (kind == "Activity") {
    understood = Keep(key, message, &records_.activities);
  } else if (kind == "Session") {
    understood = Keep(key, message, &records_.sessions);
  } else if (kind == "Participation") {
    understood = Keep(key, message, &records_.participations);
  } else if (kind == "ImprovementCycle") {
    understood = Keep(key, message, &records_.cycles);
  } else if (kind == "Metric") {
    understood = Keep(key, message, &records_.metrics);
  } else if (kind == "ActionStep") {
    understood = Keep(key, message, &records_.action_steps);
  } else if (kind == "Threshold") {
    understood = Keep(key, message, &records_.thresholds);
  }
  if (understood) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format("record {} in {} is no {}", id.ToString(), scope, kind));
}

ReportInput ReportView::Input(const std::function<bool(const std::string& scope)>& in,
                              const std::vector<SiteCut>& completeness) const {
  const auto reaches = [&](const std::string& scope) { return !in || in(scope); };
  return ReportInputBuilder(records_, responses_, reaches).Build(completeness);
}

}  // namespace trellis
