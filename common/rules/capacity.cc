#include <fmt/format.h>

#include <map>
#include <set>

#include "common/rules/rule_families.h"

namespace trellis {
namespace {

using domain::v1::Participation;

bool TakesAPlace(const Participation& part) {
  return part.state() == domain::v1::PARTICIPATION_STATE_REGISTERED ||
         part.state() == domain::v1::PARTICIPATION_STATE_ATTENDED ||
         part.state() == domain::v1::PARTICIPATION_STATE_PARTIALLY_ATTENDED ||
         part.state() == domain::v1::PARTICIPATION_STATE_COMPLETED;
}

// Rows of one person's participation in a session, by staff as it is named there; copies of another site's
// record and people who lead the session are left out.
std::map<std::string, int> PlacesTaken(const std::vector<std::string>& session, const std::string& without,
                                       RecordView* view) {
  std::map<std::string, int> rows;
  for (const ViewedRecord& record : view->Holding("Participation", "session", session)) {
    const auto* part = dynamic_cast<const Participation*>(record.message.get());
    if (part == nullptr || record.id == without || !TakesAPlace(*part) || !part->copied_from().empty())
      continue;
    if (part->role() == domain::v1::PARTICIPATION_ROLE_FACILITATOR) continue;
    ++rows[part->staff()];
  }
  return rows;
}

}  // namespace

void CheckSession(const domain::v1::Session& session, const RuledRecord& record, RecordView* view,
                  Findings* found) {
  if (record.id.empty()) return;
  std::vector<std::string> names = {record.id};
  if (!session.code().empty()) names.push_back(session.code());
  const std::map<std::string, int> taken = PlacesTaken(names, "", view);
  if (session.has_capacity() && taken.size() > session.capacity()) {
    found->push_back(
        {"session-overfull", "capacity",
         fmt::format("takes {} people and {} have a place: wait-list some, or find a larger room",
                     session.capacity(), taken.size())});
  }
  int twice = 0;
  for (const auto& [staff, rows] : taken) twice += rows > 1 ? 1 : 0;
  if (twice > 0) {
    found->push_back(
        {"participation-twice", "",
         fmt::format("{} people stand in it twice: delete the row that is a mistake; reports count "
                     "each person once",
                     twice)});
  }
}

void CheckRegistration(const Participation& part, const Participation* before, const RuledRecord& record,
                       RecordView* view, Findings* found) {
  if (part.state() != domain::v1::PARTICIPATION_STATE_REGISTERED || part.session().empty()) return;
  if (before != nullptr && TakesAPlace(*before) && before->session() == part.session()) return;
  const std::optional<ViewedRecord> place = view->Find("Session", part.session(), record.scope);
  const auto* session = place ? dynamic_cast<const domain::v1::Session*>(place->message.get()) : nullptr;
  if (session == nullptr || !session->has_capacity()) return;
  const std::map<std::string, int> taken = PlacesTaken(NamesOf(*place), record.id, view);
  if (taken.count(part.staff()) != 0 || taken.size() < session->capacity()) return;
  found->push_back({"session-full", "state",
                    fmt::format("the session takes {} people and is full as far as is known here: enrol with "
                                "state PARTICIPATION_STATE_WAITLISTED",
                                session->capacity()),
                    /*refuses=*/true});
}

}  // namespace trellis
