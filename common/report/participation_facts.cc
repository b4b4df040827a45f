#include "common/report/participation_facts.h"

#include <set>
#include <utility>

namespace trellis {
namespace {

bool MeantFor(const ActivityFact& activity, const AssignmentFact& assignment) {
  return (activity.sites.empty() || activity.sites.contains(assignment.site)) &&
         (activity.classifications.empty() || activity.classifications.contains(assignment.classification)) &&
         (activity.grade_bands.empty() || activity.grade_bands.contains(assignment.grade_band));
}

const char* ClassOf(const ActivityFact& activity) { return activity.mandatory ? "mandatory" : "voluntary"; }

// Calls `add` for each attendance list an activity's person at a site stands in.
template <typename Add>
void ForEachList(const ActivityFact& activity, const std::string& site, ParticipationCounts* counts,
                 Add add) {
  const std::string name = ClassOf(activity);
  add(counts->by_class[name]);
  add(counts->by_site[{name, site}]);
  if (!activity.sponsor.empty()) add(counts->by_sponsor[{name, activity.sponsor}]);
}

}  // namespace

bool DayRange::Overlaps(std::optional<int64_t> begin, std::optional<int64_t> end) const {
  if (from && end && *end < *from) return false;
  return !(to && begin && *begin > *to);
}

ParticipationCounts CountParticipation(const ReportInput& input, const DayRange& days,
                                       const std::string& only_site) {
  ParticipationCounts counts;
  std::map<std::string, const ActivityFact*> activities;
  for (const ActivityFact& activity : input.activities) {
    if (days.Overlaps(activity.begin_day, activity.end_day)) activities[activity.id] = &activity;
  }
  // (activity, person) -> sites at which the person is in its audience.
  std::map<std::pair<std::string, std::string>, std::set<std::string>> audience;
  for (const AssignmentFact& assignment : input.assignments) {
    if (!only_site.empty() && assignment.site != only_site) continue;
    if (!days.Overlaps(assignment.begin_day, assignment.end_day)) continue;
    counts.staff[assignment.site].insert(assignment.staff);
    counts.fte[assignment.site] += assignment.fte;
    counts.self_organized[assignment.site].audience.insert(assignment.staff);
    counts.self_organized_all.audience.insert(assignment.staff);
    const DayRange at_work{assignment.begin_day, assignment.end_day};
    for (const auto& [id, activity] : activities) {
      if (activity->self_organized || !MeantFor(*activity, assignment) ||
          !at_work.Overlaps(activity->begin_day, activity->end_day)) {
        continue;
      }
      audience[{id, assignment.staff}].insert(assignment.site);
      ForEachList(*activity, assignment.site, &counts,
                  [&](Attendance& list) { list.audience.insert(assignment.staff); });
    }
  }
  for (const SiteInfo& site : input.sites) {
    double& fte = counts.fte[site.id];
    if (fte == 0 && (only_site.empty() || site.id == only_site)) fte = site.staff_fte;
  }
  std::set<std::pair<std::string, std::string>> outside;
  for (const ParticipationFact& part : input.participations) {
    const auto activity = activities.find(part.activity);
    if (!part.attended || activity == activities.end() || !days.Includes(part.day)) continue;
    if (!only_site.empty() && part.site != only_site) continue;
    counts.hours[part.site] += part.hours;
    if (activity->second->self_organized) {
      if (!counts.self_organized_all.audience.contains(part.staff)) continue;
      counts.self_organized_all.attended.insert(part.staff);
      for (auto& [site, list] : counts.self_organized) {
        if (list.audience.contains(part.staff)) list.attended.insert(part.staff);
      }
      continue;
    }
    const auto sites = audience.find({part.activity, part.staff});
    if (sites == audience.end()) {
      outside.insert({part.activity, part.staff});
      continue;
    }
    for (const std::string& site : sites->second) {
      ForEachList(*activity->second, site, &counts,
                  [&](Attendance& list) { list.attended.insert(part.staff); });
    }
  }
  counts.outside_audience = static_cast<int64_t>(outside.size());
  return counts;
}

}  // namespace trellis
