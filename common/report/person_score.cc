// R1: each person's scale score, the mean of the answered items if at least the set share of them (rounded
// up) is answered, else missing. Shown is how the scores are spread over the scale, never one person's.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"

namespace trellis {
namespace {

// Bands of one point of the scale, each from its lower bound up to the next; the last with its upper bound.
std::vector<double> BandBounds(const Scale& scale) {
  double least = INFINITY, greatest = -INFINITY;
  for (const ScaleItem& item : scale.items) {
    for (const auto& score : item.score) {
      if (!score) continue;
      least = std::min(least, static_cast<double>(*score) / scale.divisor);
      greatest = std::max(greatest, static_cast<double>(*score) / scale.divisor);
    }
  }
  constexpr double kMostBands = 20;
  const double width = std::max(1.0, std::ceil((greatest - least) / kMostBands));
  std::vector<double> bounds;
  for (double bound = least; bound < greatest; bound += width) bounds.push_back(bound);
  bounds.push_back(greatest);
  return bounds;
}

struct Band {
  std::string name;
  int64_t persons = 0;
};

std::vector<Band> Spread(const ScoreHistogram& scores, const Scale& scale,
                         const std::vector<double>& bounds) {
  std::vector<Band> bands;
  for (size_t b = 0; b + 1 < bounds.size(); ++b) {
    const bool last = b + 2 == bounds.size();
    bands.push_back({fmt::format("{} {} {}", bounds[b], last ? "to" : "to under", bounds[b + 1]), 0});
  }
  Band missing{"missing: too few items answered", 0};
  scores.ForEach([&](int answered, int64_t sum, int64_t persons) {
    if (answered < scale.least_answered || bands.empty()) {
      missing.persons += persons;
      return;
    }
    const double score = static_cast<double>(sum) / answered / scale.divisor;
    const auto above = std::upper_bound(bounds.begin(), bounds.end(), score) - bounds.begin();
    bands[static_cast<size_t>(std::clamp<ptrdiff_t>(above - 1, 0, static_cast<ptrdiff_t>(bands.size()) - 1))]
        .persons += persons;
  });
  bands.push_back(missing);
  return bands;
}

}  // namespace

absl::StatusOr<Report> PersonScoreReport(const ReportParameters& parameters, const ReportInput& input) {
  const ReportThresholds thresholds = ReportThresholds::For("person-score", input.thresholds);
  const auto cut = SelectCut(parameters, input, thresholds);
  if (!cut.ok()) return cut.status();
  const auto scales = SelectScales(parameters, *cut, thresholds);
  if (!scales.ok()) return scales.status();
  Report report = StartSurveyReport("person-score", parameters, input, *cut, thresholds);
  report.estimator = "persons by the mean of their answered items; missing if too few are answered";
  report.thresholds.emplace_back("scale-answered-share", thresholds.scale_answered_share);
  const GroupScores groups = ScoreGroups(*cut, *cut->wave, input, *scales);
  for (size_t s = 0; s < scales->size(); ++s) {
    const std::vector<double> bounds = BandBounds((*scales)[s]);
    std::map<GroupKey, GroupFacts> facts;
    std::map<GroupKey, int64_t> persons_of, all_of;
    std::vector<std::string> order;
    for (const auto& [key, scores] : groups) {
      order.clear();
      for (const Band& band : Spread(scores[s].scores, (*scales)[s], bounds)) {
        GroupKey of_band = key;
        of_band.push_back(band.name);
        order.push_back(band.name);
        facts[of_band] = {.counts = {band.persons}, .shares = {}};
        persons_of[of_band] = band.persons;
        all_of[key] += band.persons;
      }
    }
    // Everybody in one band tells each one's.
    for (auto& [of_band, fact] : facts) {
      const int64_t all = all_of[GroupKey(of_band.begin(), of_band.end() - 1)];
      fact.withheld = all > 0 && fact.counts[0] == all;
    }
    const auto hidden = HideGroups(facts, cut->min_n);
    for (const auto& [key, scores] : groups) {
      if (!cut->Shows(key)) continue;
      const auto band_of = [&around = key](const std::string& band) {
        GroupKey of_band = around;
        of_band.push_back(band);
        return of_band;
      };
      // Bands nobody is in would tell the number of persons where all the others are hidden.
      const bool any = std::any_of(order.begin(), order.end(), [&](const std::string& band) {
        return !hidden.at(band_of(band)) && persons_of[band_of(band)] > 0;
      });
      for (const std::string& band : order) {
        const GroupKey of_band = band_of(band);
        auto group = cut->Describe(&(*scales)[s], key);
        group.emplace_back("score", band);
        report.rows.push_back(
            {group,
             {{"persons", hidden.at(of_band) || (!any && all_of[key] > 0)
                              ? ReportCell::Hidden(CellUnit::kProportion)
                              : ProportionCell(persons_of[of_band], all_of[key], persons_of[of_band],
                                               thresholds.confidence)}}});
      }
    }
  }
  report.notes.push_back("One person's score is never shown here.");
  return report;
}

}  // namespace trellis
