// R16: the network of close connections: district–school density (pairs of a department and a school with a
// tie ÷ all such pairs), schools with no tie; among staff density, reciprocity, isolates, in-degree
// centralization, E–I index by site (formulas in network_statistics.h); participation in learning by number
// of ties.
#include <fmt/format.h>

#include "common/report/calendar.h"
#include "common/report/network_statistics.h"
#include "common/report/participation_facts.h"
#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"
#include "common/report/staff_places.h"

namespace trellis {
namespace {

struct StaffNetwork {
  std::vector<std::string> staff;
  std::vector<int> site;  // by staff
  std::set<std::pair<size_t, size_t>> ties;
};

StaffNetwork NetworkOf(const ReportInput& input, const StaffPlaces& places, int64_t day) {
  StaffNetwork network;
  std::map<std::string, size_t> number;
  int site_number = 0;
  for (const auto& [site, staff] : places.staff) {
    for (const std::string& person : staff) {
      if (!number.emplace(person, network.staff.size()).second) continue;
      network.staff.push_back(person);
      network.site.push_back(site_number);
    }
    ++site_number;
  }
  for (const TieFact& tie : input.practice.ties) {
    const auto from = number.find(tie.from_staff), to = number.find(tie.to_staff);
    if (from == number.end() || to == number.end() || !tie.span.Has(day)) continue;
    network.ties.emplace(from->second, to->second);
    if (tie.mutual) network.ties.emplace(to->second, from->second);
  }
  return network;
}

void AddDistrict(const ReportInput& input, int64_t day, Report* report) {
  std::map<std::string, bool> department;
  for (const SiteInfo& site : input.sites) department[site.id] = site.department;
  std::set<std::pair<std::string, std::string>> tied;  // department, school
  std::set<std::string> schools_tied;
  const auto add = [&](const std::string& office, const std::string& school) {
    const auto a = department.find(office), b = department.find(school);
    if (a == department.end() || b == department.end() || !a->second || b->second) return;
    tied.emplace(office, school);
    schools_tied.insert(school);
  };
  for (const TieFact& tie : input.practice.ties) {
    if (!tie.span.Has(day)) continue;
    add(tie.from_site, tie.to_site);
    add(tie.to_site, tie.from_site);
  }
  std::vector<std::string> without;
  int64_t departments = 0, schools = 0;
  for (const SiteInfo& site : input.sites) {
    ++(site.department ? departments : schools);
    if (!site.department && !schools_tied.contains(site.id)) without.push_back(site.label);
  }
  ReportCell density = ReportCell::Missing(CellUnit::kProportion);
  if (departments > 0 && schools > 0) {
    const auto pairs = static_cast<double>(departments * schools);
    density = {.unit = CellUnit::kProportion,
               .value = static_cast<double>(tied.size()) / pairs,
               .numerator = static_cast<double>(tied.size()),
               .denominator = pairs,
               .method = "pairs of a department and a school with a tie, divided by all"};
  }
  ReportCell none = ReportCell::Count(static_cast<int64_t>(without.size()));
  none.text = fmt::format("{}", fmt::join(without, "; "));
  report->rows.push_back(
      {{{"network", "departments and schools"}}, {{"density", density}, {"schoolsWithoutTie", none}}});
}

void AddStaff(const StaffNetwork& network, const ReportThresholds& thresholds, Report* report) {
  const auto n = static_cast<int64_t>(network.staff.size());
  const auto found = StatisticsOf(network.staff.size(), network.ties);
  const bool few = TooFew(n, thresholds);
  const auto cell = [&](std::optional<double> value, const char* method, CellUnit unit = CellUnit::kNumber) {
    if (few) return ReportCell::Hidden(unit);
    if (!found || !value) return ReportCell::Missing(unit);
    return ReportCell{.unit = unit, .value = value, .n = n, .method = method};
  };
  const NetworkStatistics numbers = found.value_or(NetworkStatistics{});
  // Who is an isolate is one of few where there are few.
  ReportCell isolates =
      cell(static_cast<double>(numbers.isolates), "neither names nor is named", CellUnit::kCount);
  if (isolates.value && TooFew(numbers.isolates, thresholds)) isolates = ReportCell::Hidden(CellUnit::kCount);
  report->rows.push_back(
      {{{"network", "staff"}},
       {{"density", cell(numbers.density, "ties divided by ordered pairs", CellUnit::kProportion)},
        {"dyadicReciprocity",
         cell(numbers.dyadic_reciprocity, "dyads alike both ways", CellUnit::kProportion)},
        {"edgeReciprocity", cell(numbers.edge_reciprocity, "ties returned", CellUnit::kProportion)},
        {"isolates", isolates},
        {"indegreeCentralization", cell(numbers.indegree_centralization, "Freeman, directed")},
        {"externalInternal", cell(ExternalInternalIndex(network.site, network.ties), "E-I index by site")}}});
}

const char* TieBand(int64_t ties) {
  if (ties == 0) return "no tie";
  return ties <= 2 ? "1 or 2 ties" : "3 ties or more";
}

void AddParticipation(const ReportInput& input, const StaffNetwork& network, const DayRange& days,
                      const ReportThresholds& thresholds, Report* report) {
  std::set<std::string> attended;
  for (const ParticipationFact& part : input.participations) {
    if (part.attended && days.Includes(part.day)) attended.insert(part.staff);
  }
  std::vector<int64_t> ties(network.staff.size());
  for (const auto& [from, to] : network.ties) {
    ++ties[from];
    if (!network.ties.contains({to, from})) ++ties[to];
  }
  std::map<std::string, std::pair<int64_t, int64_t>> bands;
  for (int64_t count : {0, 1, 3}) bands[TieBand(count)];
  for (size_t i = 0; i < network.staff.size(); ++i) {
    auto& [came, all] = bands[TieBand(ties[i])];
    ++all;
    came += attended.contains(network.staff[i]);
  }
  std::map<GroupKey, GroupFacts> facts;
  for (const auto& [name, counts] : bands) facts[{name}] = {.counts = {counts.second}, .shares = {}};
  const auto hidden = HideGroups(facts, static_cast<int64_t>(thresholds.min_n_staff));
  for (const auto& [name, counts] : bands) {
    report->rows.push_back(
        {{{"network", "staff"}, {"ties", name}},
         {{"participation", hidden.at({name}) ? ReportCell::Hidden(CellUnit::kProportion)
                                              : ProportionCell(counts.first, counts.second, counts.second,
                                                               thresholds.confidence)}}});
  }
}

}  // namespace

absl::StatusOr<Report> NetworkReport(const ReportParameters& parameters, const ReportInput& input) {
  const ReportThresholds thresholds = ReportThresholds::For("network", input.thresholds);
  const auto days = SelectDays(parameters);
  if (!days.ok()) return days.status();
  Report report = StartPracticeReport("network", parameters, input, thresholds);
  report.estimator = "over the staff at work and the ties that hold on the day of the report";
  const int64_t day = DayOf(parameters.moment_ms());
  AddDistrict(input, day, &report);
  const StaffNetwork network = NetworkOf(input, PlacesOn(input, day), day);
  AddStaff(network, thresholds, &report);
  AddParticipation(input, network, *days, thresholds, &report);
  report.notes.push_back("Ties are counted; no person is named.");
  return report;
}

}  // namespace trellis
