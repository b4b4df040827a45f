#include "common/service/learning_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "absl/time/time.h"
#include "common/rpc/error_reason.h"
#include "common/service/stored_lookup.h"
#include "common/service/stored_view.h"
#include "trellis/domain/v1/activity.pb.h"
#include "trellis/domain/v1/participation.pb.h"
#include "trellis/domain/v1/staff.pb.h"

namespace trellis {
namespace {

using domain::v1::Activity;
using domain::v1::Participation;
using domain::v1::Session;
using domain::v1::Staff;

template <typename Message>
std::optional<Message> MessageOf(const std::optional<ViewedRecord>& record) {
  Message message;
  if (!record || !message.ParseFromString(record->message->SerializeAsString())) return std::nullopt;
  return message;
}

// Verified before claimed before signed in.
uint32_t MinutesOf(const Participation& participation) {
  constexpr double kMinutes = 60;
  if (participation.has_verified_hours()) {
    return static_cast<uint32_t>(std::lround(participation.verified_hours() * kMinutes));
  }
  if (participation.has_claimed_hours()) {
    return static_cast<uint32_t>(std::lround(participation.claimed_hours() * kMinutes));
  }
  return participation.minutes();
}

const char* StateOf(const Participation& participation) {
  switch (participation.state()) {
    case domain::v1::PARTICIPATION_STATE_ATTENDED:
      return "attended";
    case domain::v1::PARTICIPATION_STATE_PARTIALLY_ATTENDED:
      return "in part";
    case domain::v1::PARTICIPATION_STATE_COMPLETED:
      return "completed";
    default:
      return "";
  }
}

std::string DayOf(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d", absl::FromUnixSeconds(time.seconds()), absl::UTCTimeZone());
}

// A participation with what it is about.
struct Part {
  CredentialLine line;
  std::optional<Activity> activity;
};

std::optional<Part> PartOf(const ViewedRecord& record, StoredView* view) {
  const auto participation = MessageOf<Participation>(record);
  if (!participation || *StateOf(*participation) == '\0') return std::nullopt;
  const auto session = MessageOf<Session>(view->Find("Session", participation->session(), record.scope));
  const std::string name =
      participation->activity().empty() && session ? session->activity() : participation->activity();
  Part part;
  part.activity = MessageOf<Activity>(view->Find("Activity", name, record.scope));
  part.line.minutes = MinutesOf(*participation);
  part.line.state = StateOf(*participation);
  part.line.date = participation->date();
  if (part.line.date.empty() && session && session->has_start_time())
    part.line.date = DayOf(session->start_time());
  if (part.line.date.empty() && part.activity) part.line.date = part.activity->begin_date();
  part.line.title = part.activity ? part.activity->title() : name;
  if (session && !session->title().empty() && session->title() != part.line.title) {
    part.line.title += part.line.title.empty() ? session->title() : ": " + session->title();
  }
  if (part.activity) part.line.provider = part.activity->provider();
  return part;
}

absl::Status MayAsk(const Principal& principal, const ViewedRecord& staff, const std::string& code) {
  if (!principal.staff.empty() && (principal.staff == code || principal.staff == staff.id))
    return absl::OkStatus();
  const std::optional<ScopeName> scope = ScopeName::Parse(staff.scope);
  if (!scope) return absl::InternalError("a scope cannot be read");
  return RequireAccess(principal, Action::kUpdate, *scope, staff.kind);
}

bool InTime(const LearningRecordQuery& query, const std::string& date) {
  if (date.empty()) return true;
  return (query.from_date.empty() || date >= query.from_date) &&
         (query.to_date.empty() || date <= query.to_date);
}

}  // namespace

absl::StatusOr<Credential> GatherLearning(const RecordStore& store, const Principal& principal,
                                          const LearningRecordQuery& query) {
  const absl::StatusOr<StoredLookup> lookup = StoredLookup::Load(store);
  if (!lookup.ok()) return lookup.status();
  const absl::StatusOr<ImportLookup::Person> person = lookup->FindPerson(query.staff);
  if (!person.ok()) return ErrorWithReason(reason::kRecordNotFound, std::string(person.status().message()));
  StoredView view(store);
  const std::optional<ViewedRecord> record = view.Find("Staff", person->code, person->site);
  const std::optional<Staff> staff = MessageOf<Staff>(record);
  if (!staff)
    return ErrorWithReason(reason::kRecordNotFound, fmt::format("nobody is known as {}", query.staff));
  if (absl::Status may = MayAsk(principal, *record, staff->staff_unique_id()); !may.ok()) return may;

  Credential credential;
  credential.name = fmt::format("{} {}", staff->given_name(), staff->family_name());
  credential.staff_unique_id = staff->staff_unique_id();
  credential.issue_date =
      absl::FormatTime("%Y-%m-%d", absl::FromUnixMillis(store.clock->WallMs()), absl::UTCTimeZone());
  const std::vector<ViewedRecord> parts =
      view.Holding("Participation", "staff", {staff->staff_unique_id(), record->id});
  std::set<std::string> here;
  for (const ViewedRecord& one : parts) here.insert(one.id);
  for (const ViewedRecord& one : parts) {
    const auto participation = MessageOf<Participation>(one);
    const std::string copied = participation ? participation->copied_from() : "";
    if (!copied.empty() && here.contains(copied.substr(copied.find_last_of(" /:") + 1))) continue;
    std::optional<Part> part = PartOf(one, &view);
    if (!part || !InTime(query, part->line.date)) continue;
    if (!query.activity.empty()) {
      const bool asked = part->activity && part->activity->code() == query.activity;
      if (!asked) continue;
      credential.activity = part->activity->title();
    }
    credential.total_minutes += part->line.minutes;
    credential.lines.push_back(std::move(part->line));
  }
  std::stable_sort(credential.lines.begin(), credential.lines.end(),
                   [](const CredentialLine& a, const CredentialLine& b) {
                     return std::tie(a.date, a.title, a.minutes) < std::tie(b.date, b.title, b.minutes);
                   });
  for (const CredentialLine& line : credential.lines) {
    if (line.date.empty()) continue;
    if (credential.from_date.empty()) credential.from_date = line.date;
    credential.to_date = line.date;
  }
  credential.fingerprint = FingerprintOf(credential.lines);
  return credential;
}

}  // namespace trellis
