// R10: distinct staff with at least one attended participation of the class ÷ distinct staff in the audience
// of at least one activity of it, mandatory and voluntary apart; by sponsor and site; self-organized PL;
// hours per FTE; schools at zero; Newcombe difference of each school to the rest.
#include <fmt/format.h>

#include "common/report/calendar.h"
#include "common/report/participation_facts.h"
#include "common/report/proportions.h"
#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"
#include "common/report/staff_places.h"

namespace trellis {
namespace {

struct Wanted {
  bool site = true;
  bool sponsor = true;
  bool totals = true;
};

absl::StatusOr<Wanted> SelectSections(const ReportParameters& parameters) {
  if (parameters.by.empty()) return Wanted{};
  Wanted wanted{.site = false, .sponsor = false, .totals = false};
  for (const std::string& part : parameters.by) {
    if (part == "site") {
      wanted.site = true;
    } else if (part == "sponsor") {
      wanted.sponsor = true;
    } else {
      return absl::InvalidArgumentError(
          fmt::format("participation breaks down by site or sponsor, not by '{}'", part));
    }
  }
  return wanted;
}

int64_t Size(const std::set<std::string>& people) { return static_cast<int64_t>(people.size()); }

class ParticipationTables {
 public:
  ParticipationTables(const ReportInput& input, const ParticipationCounts& counts, const SiteInfo* only,
                      int64_t min_n, double confidence)
      : input_(input), counts_(counts), only_(only), min_n_(min_n), confidence_(confidence) {}

  void AddTotals(Report* report) const {
    for (const auto& [name, list] : counts_.by_class) {
      report->rows.push_back({{{"requirement", name}}, {{"rate", RateCell(list, IsSmall(list))}}});
    }
    const Attendance& own = counts_.self_organized_all;
    report->rows.push_back({{{"approach", "self-organized"}}, {{"rate", RateCell(own, IsSmall(own))}}});
    double hours = 0, fte = 0;
    for (const auto& [site, amount] : counts_.hours) hours += amount;
    for (const auto& [site, amount] : counts_.fte) fte += amount;
    report->rows.push_back({{{"measure", "hours per FTE"}},
                            {{"hoursPerFte", HoursCell(hours, fte, Size(own.audience), IsSmall(own))}}});
  }

  // Sponsors' audiences overlap, so they are not parts of a total.
  void AddSponsors(Report* report) const {
    for (const auto& [key, list] : counts_.by_sponsor) {
      report->rows.push_back(
          {{{"requirement", key.first}, {"sponsor", key.second}}, {{"rate", RateCell(list, IsSmall(list))}}});
    }
  }

  void AddSites(Report* report) const {
    for (const auto& [name, all] : counts_.by_class) {
      std::map<GroupKey, GroupFacts> facts;
      for (const SiteInfo* site : Sites()) {
        facts[{site->label}] = {.counts = {Size(SiteList(name, site->id).audience)}, .shares = {}};
      }
      const auto hidden = HideGroups(facts, min_n_);
      std::vector<std::string> at_zero;
      for (const SiteInfo* site : Sites()) {
        const Attendance& list = SiteList(name, site->id);
        const bool hide = hidden.at({site->label});
        if (!hide && !list.audience.empty() && list.attended.empty()) at_zero.push_back(site->label);
        report->rows.push_back(
            {{{"requirement", name}, {"site", site->label}},
             {{"rate", RateCell(list, hide)}, {"differenceToRest", Difference(all, list, hide)}}});
      }
      report->rows.push_back(
          {{{"requirement", name}, {"measure", "schools at zero"}}, {{"schools", ZeroCell(at_zero)}}});
    }
    AddSiteHours(report);
  }

 private:
  std::vector<const SiteInfo*> Sites() const {
    std::vector<const SiteInfo*> sites;
    for (const SiteInfo& site : input_.sites) {
      if (only_ == nullptr || &site == only_) sites.push_back(&site);
    }
    return sites;
  }

  bool IsSmall(const Attendance& list) const {
    return !list.audience.empty() && Size(list.audience) < min_n_;
  }

  const Attendance& SiteList(const std::string& name, const std::string& site) const {
    static const Attendance kNobody;
    const auto found = counts_.by_site.find({name, site});
    return found == counts_.by_site.end() ? kNobody : found->second;
  }

  ReportCell RateCell(const Attendance& list, bool hide) const {
    if (hide) return ReportCell::Hidden(CellUnit::kProportion);
    return ProportionCell(Size(list.attended), Size(list.audience), Size(list.audience), confidence_);
  }

  // Of the persons at this school to those who are not in its audience.
  ReportCell Difference(const Attendance& all, const Attendance& list, bool hide) const {
    if (hide) return ReportCell::Hidden(CellUnit::kProportion);
    const auto part = [](int64_t attended, int64_t audience) {
      return Proportion{static_cast<double>(attended), static_cast<double>(audience)};
    };
    const auto difference = NewcombeDifference(
        part(Size(list.attended), Size(list.audience)),
        part(Size(all.attended) - Size(list.attended), Size(all.audience) - Size(list.audience)),
        confidence_);
    if (!difference) return ReportCell::Missing(CellUnit::kProportion);
    return {.unit = CellUnit::kProportion,
            .value = difference->difference,
            .low = difference->interval.low,
            .high = difference->interval.high,
            .confidence = confidence_,
            .method = "Newcombe"};
  }

  static ReportCell HoursCell(double hours, double fte, int64_t staff, bool hide) {
    if (hide) return ReportCell::Hidden(CellUnit::kHours);
    if (!(fte > 0)) return ReportCell::Missing(CellUnit::kHours);
    return {
        .unit = CellUnit::kHours, .value = hours / fte, .n = staff, .numerator = hours, .denominator = fte};
  }

  static ReportCell ZeroCell(const std::vector<std::string>& sites) {
    ReportCell cell = ReportCell::Count(static_cast<int64_t>(sites.size()));
    cell.text = fmt::format("{}", fmt::join(sites, "; "));
    return cell;
  }

  void AddSiteHours(Report* report) const {
    std::map<GroupKey, GroupFacts> facts;
    const auto at = [](const auto& map, const std::string& site) {
      const auto found = map.find(site);
      return found == map.end() ? decltype(found->second){} : found->second;
    };
    for (const SiteInfo* site : Sites()) {
      facts[{site->label}] = {.counts = {Size(at(counts_.staff, site->id))}, .shares = {}};
    }
    const auto hidden = HideGroups(facts, min_n_);
    for (const SiteInfo* site : Sites()) {
      const bool hide = hidden.at({site->label});
      const Attendance own = at(counts_.self_organized, site->id);
      report->rows.push_back(
          {{{"measure", "all learning"}, {"site", site->label}},
           {{"hoursPerFte",
             HoursCell(at(counts_.hours, site->id), at(counts_.fte, site->id), Size(own.audience), hide)},
            {"selfOrganized", RateCell(own, hide)}}});
    }
  }

  const ReportInput& input_;
  const ParticipationCounts& counts_;
  const SiteInfo* only_;
  int64_t min_n_;
  double confidence_;
};

}  // namespace

absl::StatusOr<Report> ParticipationReport(const ReportParameters& parameters, const ReportInput& input) {
  const ReportThresholds thresholds = ReportThresholds::For("participation", input.thresholds);
  const auto wanted = SelectSections(parameters);
  if (!wanted.ok()) return wanted.status();
  const auto days = SelectDays(parameters);
  if (!days.ok()) return days.status();
  const SiteInfo* only = nullptr;
  if (!parameters.site.empty()) {
    only = input.FindSite(parameters.site);
    if (only == nullptr)
      return absl::NotFoundError(fmt::format("there is no site '{}' here", parameters.site));
  }
  Report report = StartReport("participation", parameters, input);
  report.estimator = "distinct staff who attended divided by distinct staff in the audience";
  report.thresholds = {{"min-n", thresholds.min_n_staff}, {"confidence", thresholds.confidence}};
  // The whole district is counted even where one site is shown: its rest is the others.
  const ParticipationCounts counts = CountParticipation(input, *days, wanted->totals && only ? only->id : "");
  const ParticipationTables tables(input, counts, only, static_cast<int64_t>(thresholds.min_n_staff),
                                   thresholds.confidence);
  if (wanted->totals) tables.AddTotals(&report);
  if (wanted->sponsor) tables.AddSponsors(&report);
  if (wanted->site) tables.AddSites(&report);
  if (counts.outside_audience > 0) {
    report.notes.push_back("Some attended what was not meant for them; they are in no rate.");
  }
  report.notes.push_back("Not attending can have many reasons: time, substitutes, distance, duties, leave.");
  return report;
}

}  // namespace trellis
