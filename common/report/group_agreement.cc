#include "common/report/group_agreement.h"

#include <algorithm>
#include <set>

#include "common/report/item_sums.h"
#include "common/report/plan_pattern.h"
#include "common/report/report_frame.h"

namespace trellis {
namespace {

// σ²E: the variance if every scored choice were equally likely, mean over the items. For A choices one apart
// (A²−1)/12.
double ChanceVariance(const Scale& scale) {
  double sum = 0;
  for (const ScaleItem& item : scale.items) {
    std::set<int32_t> values;
    for (const auto& score : item.score) {
      if (score) values.insert(*score);
    }
    double mean = 0, variance = 0;
    for (int32_t value : values) mean += static_cast<double>(value) / static_cast<double>(values.size());
    for (int32_t value : values) variance += (value - mean) * (value - mean);
    sum +=
        variance / static_cast<double>(values.size()) / (static_cast<double>(scale.divisor) * scale.divisor);
  }
  return sum / static_cast<double>(scale.items.size());
}

double MeanItemVariance(const ItemSums& sums, int divisor) {
  double sum = 0;
  for (size_t i = 0; i < sums.items(); ++i) sum += sums.Covariance(i, i, divisor);
  return sum / static_cast<double>(sums.items());
}

}  // namespace

ConstructAgreement AgreementOf(const SurveyCut& cut, const ReportInput& input, const Scale& scale) {
  ConstructAgreement found;
  const double chance = ChanceVariance(scale);
  const std::vector<Scale> scales{scale};
  const GroupScores scored = ScoreGroups(cut, *cut.wave, input, scales);
  for (const auto& [key, scores] : scored) {
    found.groups[key].mean = MeansOf(scores[0], scale);
  }
  for (const auto& [key, sums] : SumItems(cut, *cut.wave, input, scale)) {
    if (sums.persons < 2 || !(chance > 0)) continue;
    found.groups[key].rwg = WithinGroupAgreement(MeanItemVariance(sums, scale.divisor),
                                                 static_cast<int>(scale.items.size()), chance);
  }
  std::map<GroupKey, GroupFacts> facts;
  std::vector<Moments> means;
  std::vector<double> rwg;
  int64_t persons = 0;
  for (const auto& [key, group] : found.groups) {
    // Where all scored the same the mean is each one's score.
    facts[key] = {
        .counts = {group.mean.n}, .shares = {}, .withheld = group.mean.n > 1 && group.mean.variance == 0};
    means.push_back(group.mean);
    persons += group.mean.n;
    if (group.rwg) rwg.push_back(*group.rwg);
  }
  WithholdAsPlanned(PlanPattern(cut, *cut.wave, input, scales, scored).Hide(0), &facts);
  for (const auto& [key, hidden] : HideGroups(facts, cut.min_n)) found.groups[key].hidden = hidden;
  found.hidden = persons < cut.min_n;
  found.variance = VarianceOfGroups(means);
  std::sort(rwg.begin(), rwg.end());
  if (!rwg.empty()) found.median_rwg = (rwg[(rwg.size() - 1) / 2] + rwg[rwg.size() / 2]) / 2;
  return found;
}

std::vector<std::pair<std::string, ReportCell>> GroupAgreementCells(const GroupAgreement& group,
                                                                    double confidence) {
  if (group.hidden) {
    return {{"mean", ReportCell::Hidden(CellUnit::kNumber)}, {"rwg", ReportCell::Hidden(CellUnit::kNumber)}};
  }
  ReportCell rwg = ReportCell::Missing(CellUnit::kNumber);
  if (group.rwg)
    rwg = {.value = group.rwg, .n = group.mean.n, .method = "rwg(j), uniform chance, at least 0"};
  return {{"mean", MeanCell(group.mean, confidence)}, {"rwg", rwg}};
}

}  // namespace trellis
