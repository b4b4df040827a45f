#include "common/report/report_view.h"

#include <fmt/format.h>

#include <set>

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

// Where it belongs by its kind; true also if it belongs nowhere.
template <typename... Message>
bool KeepAmong(std::string_view kind, const std::pair<std::string, RecordId>& key,
               const std::optional<std::string_view>& bytes, RecordsOf<Message>*... records) {
  bool understood = true;
  const auto keep = [&](auto* of_kind, const std::string& name) {
    if (kind != name) return false;
    understood = Keep(key, bytes, of_kind);
    return true;
  };
  (void)(keep(records, Message::descriptor()->name()) || ...);
  return understood;
}

// Calls `call` with every table of records but those of surveys, which the columns follow too.
template <typename Call>
auto WithTables(ReportRecords& records, const Call& call) {
  PracticeRecords& practice = records.practice;
  return call(&records.organizations, &records.waves, &records.staff, &records.assignments,
              &records.activities, &records.sessions, &records.participations, &records.cycles,
              &records.metrics, &records.action_steps, &records.thresholds, &practice.needs,
              &practice.employments, &practice.absences, &practice.calendars, &practice.communications,
              &practice.visit_requests, &practice.edges, &practice.meetings, &practice.voices,
              &practice.decisions, &practice.memberships, &practice.seats, &practice.partner_events,
              &practice.allocations, &practice.coverage, &practice.site_years, &practice.school_years,
              &practice.alignments, &practice.frameworks, &practice.goals, &practice.initiatives,
              &practice.look_fors, &practice.observations, &practice.outcomes, &practice.application_evidence,
              &practice.theories, &practice.evidence, &practice.agreement_reviews, &practice.rubrics,
              &practice.rubric_assessments, &practice.planning_answers);
}

template <typename Message>
const std::string& NameOf(const RecordsOf<Message>*) {
  return Message::descriptor()->full_name();
}

}  // namespace

bool ReportView::Reads(std::string_view kind) {
  static const auto* const kKinds = [] {
    ReportRecords records;
    auto* kinds = new std::set<std::string, std::less<>>{domain::v1::Response::descriptor()->full_name(),
                                                         domain::v1::Survey::descriptor()->full_name()};
    WithTables(records, [&](auto*... tables) { return (kinds->insert(NameOf(tables)).second && ...); });
    return kinds;
  }();
  return kKinds->contains(kind);
}

ViewRowChanges ReportView::Changes() const {
  ViewRowChanges changes;
  responses_.AddChanges(&changes);
  return changes;
}

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
  } else {
    understood =
        WithTables(records_, [&](auto*... tables) { return KeepAmong(kind, key, message, tables...); });
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
