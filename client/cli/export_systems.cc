// export oneroster, xapi, edfi, ics: records as other systems take them.
#include <fmt/format.h>

#include <algorithm>

#include "absl/time/time.h"
#include "client/cli/export_files.h"
#include "common/interchange/calendar_writer.h"
#include "common/interchange/edfi_writer.h"
#include "common/interchange/oneroster_writer.h"
#include "common/interchange/xapi_writer.h"
#include "trellis/domain/v1/action_step.pb.h"

namespace trellis {
namespace {

using domain::v1::ActionStep;
using domain::v1::Activity;
using domain::v1::Session;
using google::protobuf::util::TimeUtil;

void Tell(CommandLine& line, const std::vector<std::string>& notes) {
  for (const std::string& note : notes) line.err() << note << '\n';
}

// A moment or a day.
absl::StatusOr<std::optional<int64_t>> SinceMs(const std::string& text) {
  if (text.empty()) return std::optional<int64_t>();
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(text.size() == 10 ? "%Y-%m-%d" : absl::RFC3339_full, text, &time, &error)) {
    return absl::InvalidArgumentError(
        fmt::format("--since wants a day such as 2026-09-30, or a moment; {} is none", text));
  }
  return std::optional<int64_t>(absl::ToUnixMillis(time));
}

std::string DistrictName(const std::vector<HeldRecord<domain::v1::EducationOrganization>>& organizations) {
  for (const auto& record : organizations) {
    if (record.message.category() == domain::v1::ORGANIZATION_CATEGORY_LOCAL_EDUCATION_AGENCY) {
      return record.message.name();
    }
  }
  return "Trellis";
}

CalendarState StateOf(const Session& session) {
  return session.state() == domain::v1::SESSION_STATE_CANCELLED ? CalendarState::kCancelled
                                                                : CalendarState::kConfirmed;
}

CalendarState StateOf(const ActionStep& step) {
  switch (step.state()) {
    case domain::v1::ACTION_STEP_STATE_DONE:
      return CalendarState::kCompleted;
    case domain::v1::ACTION_STEP_STATE_DROPPED:
      return CalendarState::kCancelled;
    case domain::v1::ACTION_STEP_STATE_IN_PROGRESS:
      return CalendarState::kInProcess;
    default:
      return CalendarState::kNeedsAction;
  }
}

std::string Uid(const std::string& scope, const std::string& id) {
  return fmt::format("{}@{}.trellis.invalid", id, scope);
}

CalendarEntry EntryOf(const HeldRecord<Session>& record, const Activity* activity) {
  const Session& session = record.message;
  CalendarEntry entry;
  entry.uid = Uid(record.scope, record.id);
  entry.changed_ms = record.update_time_ms;
  entry.summary = session.title().empty() && activity != nullptr ? activity->title() : session.title();
  if (activity != nullptr) entry.description = activity->description();
  entry.location = session.place().empty() ? session.platform() : session.place();
  entry.state = StateOf(session);
  entry.start_ms = TimeUtil::TimestampToMilliseconds(session.start_time());
  if (session.has_end_time()) entry.end_ms = TimeUtil::TimestampToMilliseconds(session.end_time());
  if (activity != nullptr)
    entry.categories.assign(activity->topic_codes().begin(), activity->topic_codes().end());
  return entry;
}

CalendarEntry EntryOf(const HeldRecord<ActionStep>& record) {
  const ActionStep& step = record.message;
  CalendarEntry entry;
  entry.uid = Uid(record.scope, record.id);
  entry.changed_ms = record.update_time_ms;
  entry.summary = step.title();
  entry.description = step.description();
  entry.state = StateOf(step);
  entry.due_date = step.due_date();
  entry.completed_date = step.completed_date();
  if (step.has_percent_complete()) entry.percent_complete = step.percent_complete();
  return entry;
}

}  // namespace

absl::Status ExportOneRoster(CommandLine& line, const ExportFlags& flags) {
  const absl::StatusOr<std::optional<int64_t>> since = SinceMs(flags.since);
  if (!since.ok()) return since.status();
  auto organizations = HeldEverywhere<domain::v1::EducationOrganization>(line, flags);
  if (!organizations.ok()) return organizations.status();
  auto staff = HeldEverywhere<domain::v1::Staff>(line, flags);
  if (!staff.ok()) return staff.status();
  auto assignments = HeldEverywhere<domain::v1::Assignment>(line, flags);
  if (!assignments.ok()) return assignments.status();
  auto years = HeldEverywhere<domain::v1::SchoolYear>(line, flags);
  if (!years.ok()) return years.status();
  const std::string district = DistrictName(*organizations);
  const Roster roster{*std::move(organizations), *std::move(staff), *std::move(assignments),
                      *std::move(years)};
  const OneRosterFiles written = WriteOneRoster(roster, {.district = district, .changed_since_ms = *since});
  Tell(line, written.notes);
  if (absl::Status status = WriteFiles(flags.to, written.files); !status.ok()) return status;
  line.err() << fmt::format("{}: {} organizations, {} people, {} roles\n", flags.to,
                            roster.organizations.size(), roster.staff.size(), roster.assignments.size());
  return absl::OkStatus();
}

absl::Status ExportEdFi(CommandLine& line, const ExportFlags& flags) {
  EdFiSource source;
  const auto take = [&](auto* to) -> absl::Status {
    using Message = decltype(to->front().message);
    auto held = HeldEverywhere<Message>(line, flags);
    if (!held.ok()) return held.status();
    *to = *std::move(held);
    return absl::OkStatus();
  };
  for (const absl::Status& status :
       {take(&source.organizations), take(&source.staff), take(&source.assignments),
        take(&source.employments), take(&source.surveys), take(&source.activities),
        take(&source.participations)}) {
    if (!status.ok()) return status;
  }
  const EdFiFiles written = WriteEdFi(source, flags.name_space);
  Tell(line, written.notes);
  if (absl::Status status = WriteFiles(flags.to, written.files); !status.ok()) return status;
  line.err() << fmt::format("{}: {} resource files\n", flags.to, written.files.size());
  return absl::OkStatus();
}

absl::Status ExportXapi(CommandLine& line, const ExportFlags& flags) {
  auto participations = HeldEverywhere<domain::v1::Participation>(line, flags, flags.filter);
  if (!participations.ok()) return participations.status();
  auto staff = HeldEverywhere<domain::v1::Staff>(line, flags);
  if (!staff.ok()) return staff.status();
  auto activities = HeldEverywhere<Activity>(line, flags);
  if (!activities.ok()) return activities.status();
  auto sessions = HeldEverywhere<Session>(line, flags);
  if (!sessions.ok()) return sessions.status();
  const XapiStatements written =
      WriteXapi({*std::move(participations), *std::move(staff), *std::move(activities), *std::move(sessions)},
                flags.home_page.empty() ? "https://trellis.invalid/staff" : flags.home_page);
  Tell(line, written.notes);
  if (absl::Status status = WriteWhole(flags.to, written.json); !status.ok()) return status;
  line.err() << fmt::format("{}: {} statements\n", flags.to, written.statements);
  return absl::OkStatus();
}

absl::Status ExportCalendar(CommandLine& line, const ExportFlags& flags) {
  const auto activities = HeldEverywhere<Activity>(line, flags);
  if (!activities.ok()) return activities.status();
  const auto sessions = HeldEverywhere<Session>(line, flags);
  if (!sessions.ok()) return sessions.status();
  std::map<std::string, const HeldRecord<Activity>*> by_name;
  for (const auto& record : *activities) {
    for (const std::string& name : {record.id, record.message.code()}) by_name[name] = &record;
  }
  const auto asked = by_name.find(flags.activity);
  if (!flags.activity.empty() && asked == by_name.end()) {
    return absl::NotFoundError(fmt::format("no activity is called {}", flags.activity));
  }
  std::vector<CalendarEntry> entries;
  for (const auto& record : *sessions) {
    const auto activity = by_name.find(record.message.activity());
    const auto* of = activity == by_name.end() ? nullptr : activity->second;
    if (!flags.activity.empty() && of != asked->second) continue;
    const auto& leads = record.message.facilitators();
    if (!flags.staff.empty() && std::find(leads.begin(), leads.end(), flags.staff) == leads.end()) continue;
    if (record.message.has_start_time())
      entries.push_back(EntryOf(record, of == nullptr ? nullptr : &of->message));
  }
  const size_t meetings = entries.size();
  if (flags.activity.empty()) {
    const auto steps = HeldEverywhere<ActionStep>(line, flags);
    if (!steps.ok()) return steps.status();
    for (const auto& record : *steps) {
      const bool theirs = flags.staff.empty() || record.message.owner() == flags.staff;
      if (theirs && !record.message.template_() && !record.message.due_date().empty()) {
        entries.push_back(EntryOf(record));
      }
    }
  }
  const std::string name = asked == by_name.end() ? "Professional learning" : asked->second->message.title();
  const std::string calendar =
      WriteCalendar(name, entries, flags.due_as_events ? DueAs::kAllDayEvent : DueAs::kToDo);
  if (absl::Status status = WriteWhole(flags.to, calendar); !status.ok()) return status;
  line.err() << fmt::format("{}: {} sessions, {} days by which something is due\n", flags.to, meetings,
                            entries.size() - meetings);
  return absl::OkStatus();
}

}  // namespace trellis
