// R11: hours of professional learning per person against the change of an outcome: Pearson, Spearman, slope
// with an intercept for each school (formulas in inequality.h), mean change by bands of hours: none, (0,14),
// [14,50), 50 and more (after Yoon and others 2007, who found effects from 14 hours on). Needs outcomes
// linked to persons: of waves whose keys are staff, or Outcome records. An association, not an effect.
#include <algorithm>
#include <tuple>

#include "common/report/inequality.h"
#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"
#include "common/report/staff_places.h"
#include "common/report/wave_before.h"
#include "common/report/wave_pairs.h"

namespace trellis {
namespace {

struct LinkedOutcome {
  std::string staff;
  std::string site;
  double change = 0;
};
using Outcomes = std::map<std::string, std::vector<LinkedOutcome>>;  // by what was measured

Outcomes OutcomesOf(const ReportParameters& parameters, const ReportInput& input,
                    const ReportThresholds& thresholds, Report* report) {
  Outcomes outcomes;
  for (const OutcomeFact& outcome : input.practice.outcomes) {
    if (outcome.staff.empty() || !outcome.change) continue;
    outcomes[outcome.measure.empty() ? "outcome" : outcome.measure].push_back(
        {outcome.staff, outcome.site, *outcome.change});
  }
  ReportParameters of_wave = parameters;
  of_wave.by.clear();
  const auto cut = SelectCut(of_wave, input, thresholds);
  if (!cut.ok()) return outcomes;
  const auto earlier = EarlierWave(parameters, input, *cut->wave);
  if (!earlier.ok() || *earlier == nullptr) return outcomes;
  if (!cut->wave->linkable() || !(*earlier)->linkable()) {
    report->notes.push_back("Anonymous waves link nobody: their change cannot be set beside hours.");
    return outcomes;
  }
  const auto scales = SelectScales(of_wave, *cut, thresholds);
  if (!scales.ok()) return outcomes;
  report->parameters.emplace_back("wave", cut->wave->code);
  report->parameters.emplace_back("earlier", (*earlier)->code);
  for (const PersonChange& change : ChangesByPerson(*cut, **earlier, input, *scales)) {
    if (!change.is_staff) continue;
    for (size_t s = 0; s < scales->size(); ++s) {
      if (change.changes[s]) {
        outcomes[(*scales)[s].code].push_back({change.person, change.site, *change.changes[s]});
      }
    }
  }
  return outcomes;
}

struct Band {
  const char* name;
  double from;
  double below;
};
constexpr Band kBands[] = {
    {"none", 0, 0}, {"under 14 h", 0, 14}, {"14 to under 50 h", 14, 50}, {"50 h and more", 50, 1e300}};

const Band& BandOf(double hours) {
  if (hours <= 0) return kBands[0];
  if (hours < kBands[1].below) return kBands[1];
  return hours < kBands[2].below ? kBands[2] : kBands[3];
}

ReportCell CorrelationCell(const std::optional<Correlation>& found, int64_t n, double confidence,
                           const char* method) {
  if (!found) return ReportCell::Missing(CellUnit::kNumber);
  ReportCell cell{.value = found->r, .n = n, .p = found->p, .method = method};
  if (found->interval) {
    cell.low = found->interval->low;
    cell.high = found->interval->high;
    cell.confidence = confidence;
  }
  return cell;
}

ReportCell SlopeCell(const std::optional<Slope>& slope, int64_t n, double confidence) {
  if (!slope) return ReportCell::Missing(CellUnit::kNumber);
  return {.value = slope->slope,
          .n = n,
          .se = slope->standard_error,
          .low = slope->interval.low,
          .high = slope->interval.high,
          .confidence = confidence,
          .df = slope->df,
          .p = slope->p,
          .method = "least squares per hour, an intercept for each school"};
}

void AddMeasure(const std::string& measure, const std::vector<LinkedOutcome>& linked,
                const std::map<std::string, double>& hours, const ReportThresholds& thresholds,
                Report* report) {
  std::vector<double> x, y;
  std::vector<int> schools;
  std::map<std::string, int> number_of;
  std::map<GroupKey, std::vector<double>> banded;
  for (const Band& band : kBands) banded[{band.name}];
  for (const LinkedOutcome& outcome : linked) {
    const auto found = hours.find(outcome.staff);
    x.push_back(found == hours.end() ? 0 : found->second);
    y.push_back(outcome.change);
    schools.push_back(number_of.emplace(outcome.site, static_cast<int>(number_of.size())).first->second);
    banded[{BandOf(x.back()).name}].push_back(outcome.change);
  }
  const auto n = static_cast<int64_t>(x.size());
  const bool few = TooFew(n, thresholds);
  const auto hidden = ReportCell::Hidden(CellUnit::kNumber);
  report->rows.push_back({{{"outcome", measure}},
                          {{"pearson", few ? hidden
                                           : CorrelationCell(Pearson(x, y, thresholds.confidence), n,
                                                             thresholds.confidence, "Pearson, Fisher's z")},
                           {"spearman", few ? hidden
                                            : CorrelationCell(Spearman(x, y, thresholds.confidence), n,
                                                              thresholds.confidence, "Spearman, Fisher's z")},
                           {"slope", few ? hidden
                                         : SlopeCell(SlopeWithin(x, y, schools, thresholds.confidence), n,
                                                     thresholds.confidence)}}});
  std::map<GroupKey, GroupFacts> facts;
  for (const auto& [key, changes] : banded) {
    const Moments moments = MomentsOf(changes);
    facts[key] = {.counts = {moments.n}, .shares = {}, .withheld = moments.n > 1 && moments.variance == 0};
  }
  const auto hide = HideGroups(facts, static_cast<int64_t>(thresholds.min_n_staff));
  for (const Band& band : kBands) {
    report->rows.push_back({{{"outcome", measure}, {"hours", band.name}},
                            {{"change", hide.at({band.name}) ? hidden
                                                             : MeanCell(MomentsOf(banded[{band.name}]),
                                                                        thresholds.confidence)}}});
  }
}

}  // namespace

absl::StatusOr<Report> DosageOutcomeReport(const ReportParameters& parameters, const ReportInput& input) {
  const ReportThresholds thresholds = ReportThresholds::For("dosage-outcome", input.thresholds);
  const auto days = SelectDays(parameters);
  if (!days.ok()) return days.status();
  const auto site = SelectSite(parameters, input);
  if (!site.ok()) return site.status();
  ReportParameters of_waves = parameters;
  of_waves.named.erase("from");
  of_waves.named.erase("to");
  const auto earlier = of_waves.named.extract("earlier");
  if (!earlier.empty()) of_waves.named["from"] = earlier.mapped();
  Report report = StartPracticeReport("dosage-outcome", parameters, input, thresholds);
  report.estimator = "hours attended per person against the person's change; association, not effect";
  std::map<std::string, double> hours;
  for (const ParticipationFact& part : input.participations) {
    if (part.attended && days->Includes(part.day)) hours[part.staff] += part.hours;
  }
  Outcomes outcomes = OutcomesOf(of_waves, input, thresholds, &report);
  for (auto& [measure, linked] : outcomes) {
    if (*site != nullptr) {
      std::erase_if(linked, [&](const LinkedOutcome& outcome) {
        return outcome.site != (*site)->id && outcome.site != (*site)->label;
      });
    }
    // Where rows stood means nothing to what is said of them.
    std::sort(linked.begin(), linked.end(), [](const LinkedOutcome& a, const LinkedOutcome& b) {
      return std::tie(a.staff, a.change) < std::tie(b.staff, b.change);
    });
    AddMeasure(measure, linked, hours, thresholds, &report);
  }
  report.notes.push_back(
      "Hours and change going together is an association: it does not say one made the other.");
  if (outcomes.empty()) {
    report.notes.push_back(
        "No outcome is linked to persons here: it takes two named or confidential waves whose keys are "
        "staff, or "
        "Outcome records with before and after.");
  }
  return report;
}

}  // namespace trellis
