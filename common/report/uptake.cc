// R12: uptake of an initiative: staff observed using ÷ staff expected, counting those observed at least m
// times (the initiative's own number, else a threshold) and using it in more than half of their observations;
// fidelity, the mean look-for score as a share of its greatest; both over time. Who is observed stands under
// a pseudonym.
#include <fmt/format.h>

#include <cmath>

#include "common/report/calendar.h"
#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"
#include "common/report/staff_places.h"

namespace trellis {
namespace {

struct Unit {
  int64_t observed = 0;
  int64_t using_it = 0;
};

struct Tally {
  std::map<std::string, Unit> units;  // by pseudonym
  std::vector<double> fidelity;       // by observation
  int64_t expected = 0;
};

// Of an observation's scores; nullopt if none counts.
std::optional<double> FidelityOf(const ObservationFact& observation, const InitiativeFact& initiative) {
  double sum = 0;
  int scored = 0;
  for (const auto& [look_for, score] : observation.scores) {
    const auto most = initiative.greatest_of.find(look_for);
    if (most == initiative.greatest_of.end() || !(most->second > 0)) continue;
    sum += std::min(1.0, score / most->second);
    ++scored;
  }
  return scored > 0 ? std::optional(sum / scored) : std::nullopt;
}

void AddObservation(const ObservationFact& observation, const InitiativeFact& initiative, Tally* tally) {
  Unit& unit = tally->units[observation.site + '\x1f' + observation.unit];
  ++unit.observed;
  unit.using_it += observation.in_use;
  if (const auto fidelity = FidelityOf(observation, initiative)) tally->fidelity.push_back(*fidelity);
}

bool Expected(const AssignmentFact& assignment, const InitiativeFact& initiative) {
  return (initiative.sites.empty() || initiative.sites.contains(assignment.site)) &&
         (initiative.classifications.empty() ||
          initiative.classifications.contains(assignment.classification)) &&
         (initiative.grade_bands.empty() || initiative.grade_bands.contains(assignment.grade_band));
}

class UptakeTables {
 public:
  UptakeTables(const ReportInput& input, const InitiativeFact& initiative, const DayRange& days,
               int64_t moment_day, const ReportThresholds& thresholds)
      : input_(input), initiative_(initiative), thresholds_(thresholds) {
    least_ = initiative.least_observations.value_or(static_cast<int64_t>(thresholds.uptake_observations));
    std::map<std::string, std::set<std::string>> expected;
    std::set<std::string> everybody;
    for (const AssignmentFact& assignment : input.assignments) {
      if (!Expected(assignment, initiative)) continue;
      if (!DaySpan{assignment.begin_day, assignment.end_day}.Has(moment_day)) continue;
      expected[assignment.site].insert(assignment.staff);
      everybody.insert(assignment.staff);
    }
    for (const auto& [site, staff] : expected) by_site_[site].expected = static_cast<int64_t>(staff.size());
    all_.expected = static_cast<int64_t>(everybody.size());
    for (const ObservationFact& observation : input.practice.observations) {
      if (observation.initiative != initiative.id || !days.Includes(observation.day)) continue;
      AddObservation(observation, initiative, &all_);
      AddObservation(observation, initiative, &by_site_[observation.site]);
      if (observation.day) {
        AddObservation(observation, initiative, &by_month_[FormatDay(*observation.day).substr(0, 7)]);
      }
    }
  }

  void AddTo(const SiteInfo* only, Report* report) {
    std::map<std::string, int64_t> persons;
    for (const auto& [site, tally] : by_site_) persons[site] = tally.expected;
    const auto hidden = HideSites(input_, persons, thresholds_);
    if (only == nullptr) {
      Push({{"initiative", initiative_.code}}, all_, TooFew(all_.expected, thresholds_), report);
    }
    for (const SiteInfo& site : input_.sites) {
      if ((only != nullptr && &site != only) || by_site_.find(site.id) == by_site_.end()) continue;
      Push({{"initiative", initiative_.code}, {"site", site.label}}, by_site_[site.id], hidden.at(site.id),
           report);
    }
    if (only != nullptr) return;
    for (auto& [month, tally] : by_month_) {
      tally.expected = all_.expected;
      Push({{"initiative", initiative_.code}, {"month", month}}, tally, TooFew(all_.expected, thresholds_),
           report);
    }
  }

 private:
  void Push(std::vector<std::pair<std::string, std::string>> group, const Tally& tally, bool hide,
            Report* report) const {
    if (hide) {
      report->rows.push_back({std::move(group),
                              {{"uptake", ReportCell::Hidden(CellUnit::kProportion)},
                               {"observedEnough", ReportCell::Hidden(CellUnit::kCount)},
                               {"fidelity", ReportCell::Hidden(CellUnit::kProportion)}}});
      return;
    }
    int64_t enough = 0, using_it = 0;
    for (const auto& [name, unit] : tally.units) {
      if (unit.observed < least_) continue;
      ++enough;
      using_it += 2 * unit.using_it > unit.observed;
    }
    ReportCell uptake = ProportionCell(std::min(using_it, tally.expected), tally.expected, tally.expected,
                                       thresholds_.confidence);
    if (using_it > tally.expected) uptake.text = "more observed using it than were expected to";
    // Of few observed persons only how many they are is told.
    ReportCell fidelity = ReportCell::Missing(CellUnit::kProportion);
    if (TooFew(static_cast<int64_t>(tally.units.size()), thresholds_)) {
      fidelity = ReportCell::Hidden(CellUnit::kProportion);
    } else if (!tally.fidelity.empty()) {
      fidelity = MeanCell(MomentsOf(tally.fidelity), thresholds_.confidence);
      fidelity.unit = CellUnit::kProportion;
      fidelity.method = "mean over observations, t interval";
    }
    report->rows.push_back(
        {std::move(group),
         {{"uptake", uptake}, {"observedEnough", ReportCell::Count(enough)}, {"fidelity", fidelity}}});
  }

  const ReportInput& input_;
  const InitiativeFact& initiative_;
  const ReportThresholds& thresholds_;
  int64_t least_ = 1;
  Tally all_;
  std::map<std::string, Tally> by_site_;
  std::map<std::string, Tally> by_month_;
};

}  // namespace

absl::StatusOr<Report> UptakeReport(const ReportParameters& parameters, const ReportInput& input) {
  const ReportThresholds thresholds = ReportThresholds::For("uptake", input.thresholds);
  const auto days = SelectDays(parameters);
  if (!days.ok()) return days.status();
  const auto site = SelectSite(parameters, input);
  if (!site.ok()) return site.status();
  const std::string wanted = NamedParameter(parameters, "initiative");
  Report report = StartPracticeReport("uptake", parameters, input, thresholds);
  report.thresholds.emplace_back("uptake-observations", thresholds.uptake_observations);
  report.estimator =
      "persons seen using it in more than half of at least m observations, divided by persons expected";
  bool found = false;
  for (const InitiativeFact& initiative : input.practice.initiatives) {
    if (!wanted.empty() && initiative.code != wanted && initiative.id != wanted) continue;
    found = true;
    UptakeTables(input, initiative, *days, DayOf(parameters.moment_ms()), thresholds).AddTo(*site, &report);
  }
  if (!wanted.empty() && !found) {
    return absl::NotFoundError(fmt::format("there is no initiative '{}' here", wanted));
  }
  return report;
}

}  // namespace trellis
