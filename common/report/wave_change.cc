// R5: how each construct moved between two waves. Where both waves link persons and enough are matched:
// paired t and paired Newcombe; else Welch and Newcombe. Anonymous waves are never paired; reworded items are
// left out.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "common/report/plan_pattern.h"
#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"
#include "common/report/wave_before.h"
#include "common/report/wave_pairs.h"

namespace trellis {
namespace {

absl::StatusOr<SurveyCut> SelectEarlier(const ReportParameters& parameters, const ReportInput& input,
                                        const ReportThresholds& thresholds, const SurveyCut& later) {
  const auto wave = EarlierWave(parameters, input, *later.wave);
  if (!wave.ok()) return wave.status();
  if (*wave == nullptr) {
    return absl::FailedPreconditionError(
        fmt::format("wave {} has no earlier wave to be compared with; name one with --param "
                    "from=WAVE, or set its baseline_wave",
                    later.wave->code));
  }
  ReportParameters same = parameters;
  same.survey = (*wave)->survey;
  same.wave = (*wave)->id;
  return SelectCut(same, input, thresholds);
}

// Items that cannot be compared, with why.
std::map<std::string, std::string> NotComparable(const SurveyCut& earlier, const SurveyCut& later) {
  std::map<std::string, std::string> reasons;
  const bool same_survey = earlier.survey == later.survey;
  for (const QuestionDefinition& question : later.survey->questions) {
    if (same_survey) {
      const uint32_t then = earlier.wave->survey_version, now = later.wave->survey_version;
      if (then > 0 && question.version > then && (now == 0 || question.version <= now)) {
        reasons[question.code] = "reworded";
      }
      continue;
    }
    const auto& before = earlier.survey->questions;
    const auto found = std::find_if(before.begin(), before.end(), [&](const QuestionDefinition& other) {
      return other.code == question.code;
    });
    if (found == before.end()) {
      reasons[question.code] = "not asked before";
    } else if (found->version != question.version || found->choices.size() != question.choices.size()) {
      reasons[question.code] = "reworded";
    }
  }
  if (same_survey) return reasons;
  for (const QuestionDefinition& question : earlier.survey->questions) {
    const auto& now = later.survey->questions;
    if (std::none_of(now.begin(), now.end(),
                     [&](const auto& other) { return other.code == question.code; })) {
      reasons[question.code] = "asked no more";
    }
  }
  return reasons;
}

// What one row compares.
struct Change {
  Moments before;
  Moments after;
  std::pair<int64_t, int64_t> favorable_before;
  std::pair<int64_t, int64_t> favorable_after;
  Moments paired;
  PairedCounts favorable_pairs;
  double correction_before = 1;
  double correction_after = 1;
  bool use_pairs = false;
};

ReportCell DifferenceCell(const Change& change, double confidence) {
  if (change.before.n == 0 || change.after.n == 0) return ReportCell::Missing(CellUnit::kNumber);
  const auto test = change.use_pairs ? PairedTest(change.paired, confidence, change.correction_after)
                                     : WelchTest(change.after, change.before, confidence,
                                                 change.correction_after, change.correction_before);
  ReportCell cell{.value = change.use_pairs ? change.paired.mean : change.after.mean - change.before.mean,
                  .method = change.use_pairs ? "paired t" : "Welch"};
  if (change.use_pairs) cell.n = change.paired.n;
  if (!test) return cell;
  cell.se = test->standard_error;
  cell.low = test->interval.low;
  cell.high = test->interval.high;
  cell.confidence = confidence;
  cell.statistic = test->t;
  cell.df = test->df;
  cell.p = test->p;
  return cell;
}

ReportCell FavorableDifferenceCell(const Change& change, double confidence) {
  const auto proportion = [](const std::pair<int64_t, int64_t>& parts) {
    return Proportion{static_cast<double>(parts.first), static_cast<double>(parts.second)};
  };
  const auto difference = change.use_pairs
                              ? NewcombePairedDifference(change.favorable_pairs, confidence)
                              : NewcombeDifference(proportion(change.favorable_after),
                                                   proportion(change.favorable_before), confidence);
  if (!difference) return ReportCell::Missing(CellUnit::kProportion);
  ReportCell cell{.unit = CellUnit::kProportion,
                  .value = difference->difference,
                  .low = difference->interval.low,
                  .high = difference->interval.high,
                  .confidence = confidence,
                  .method = change.use_pairs ? "Newcombe, paired" : "Newcombe"};
  if (change.use_pairs) cell.n = change.paired.n;
  return cell;
}

const std::pair<const char*, CellUnit> kCells[] = {{"before", CellUnit::kNumber},
                                                   {"after", CellUnit::kNumber},
                                                   {"change", CellUnit::kNumber},
                                                   {"favorableBefore", CellUnit::kProportion},
                                                   {"favorableAfter", CellUnit::kProportion},
                                                   {"favorableChange", CellUnit::kProportion},
                                                   {"matched", CellUnit::kCount}};

std::vector<std::pair<std::string, ReportCell>> ChangeCells(const Change& change, bool has_favorable,
                                                            const ReportCell& matched, double confidence) {
  const auto favorable = [&](const std::pair<int64_t, int64_t>& parts, int64_t n) {
    return has_favorable ? ProportionCell(parts.first, parts.second, n, confidence)
                         : ReportCell::NotApplicable(CellUnit::kProportion);
  };
  return {{"before", MeanCell(change.before, confidence)},
          {"after", MeanCell(change.after, confidence)},
          {"change", DifferenceCell(change, confidence)},
          {"favorableBefore", favorable(change.favorable_before, change.before.n)},
          {"favorableAfter", favorable(change.favorable_after, change.after.n)},
          {"favorableChange", has_favorable ? FavorableDifferenceCell(change, confidence)
                                            : ReportCell::NotApplicable(CellUnit::kProportion)},
          {"matched", matched}};
}

std::vector<std::pair<std::string, ReportCell>> HiddenCells() {
  std::vector<std::pair<std::string, ReportCell>> cells;
  for (const auto& [name, unit] : kCells) cells.emplace_back(name, ReportCell::Hidden(unit));
  return cells;
}

int64_t InvitedTo(const WaveDefinition& wave, const SurveyCut& cut, const GroupKey& key,
                  const ReportInput& input) {
  int64_t invited = 0;
  for (const auto& [id, count] : wave.invited) {
    const SiteInfo* site = input.FindSite(id);
    if (!cut.keyed_by_site() || (site != nullptr && cut.PlaceOf(site->label) == key[0])) invited += count;
  }
  return cut.attributes.empty() ? invited : 0;
}

// Both waves' scores and their pairs, and what is to be made of them.
class WaveComparison {
 public:
  WaveComparison(const SurveyCut& later, const SurveyCut& earlier, const ReportInput& input,
                 std::vector<Scale> before, std::vector<Scale> after)
      : later_(later),
        earlier_(earlier),
        input_(input),
        before_(std::move(before)),
        after_(std::move(after)) {
    scores_before_ = ScoreGroups(later_, *earlier_.wave, input_, before_);
    scores_after_ = ScoreGroups(later_, *later_.wave, input_, after_);
    pattern_before_.emplace(later_, *earlier_.wave, input_, before_, scores_before_);
    pattern_after_.emplace(later_, *later_.wave, input_, after_, scores_after_);
    linked_ = earlier_.wave->linkable() && later_.wave->linkable();
    if (linked_) pairs_ = PairWaves(later_, *earlier_.wave, input_, before_, after_);
  }

  bool linked() const { return linked_; }
  int64_t ambiguous() const { return pairs_.ambiguous; }
  const std::vector<Scale>& scales() const { return after_; }

  std::vector<ReportRow> Rows(size_t s, double confidence, bool corrected) const {
    std::map<GroupKey, Change> changes = Changes(s, corrected);
    const int64_t min_n = std::max(later_.min_n, earlier_.min_n);
    std::map<GroupKey, GroupFacts> facts, matched;
    for (const auto& [key, change] : changes) {
      facts[key] = {.counts = {change.after.n, change.before.n},
                    .shares = {change.favorable_before, change.favorable_after}};
    }
    WithholdAsPlanned(pattern_before_->Hide(s), &facts);
    WithholdAsPlanned(pattern_after_->Hide(s), &facts);
    const std::map<GroupKey, bool> hidden = HideGroups(facts, min_n);
    for (const auto& [key, change] : changes) {
      matched[key] = {.counts = {change.paired.n}, .shares = {}, .withheld = hidden.at(key)};
    }
    const std::map<GroupKey, bool> unmatched = HideGroups(matched, min_n);
    std::vector<ReportRow> rows;
    for (const auto& [key, hide] : hidden) {
      if (!changes.contains(key) && later_.Shows(key)) {
        rows.push_back({later_.Describe(&after_[s], key), HiddenCells()});
      }
    }
    for (auto& [key, change] : changes) {
      if (!later_.Shows(key)) continue;
      ReportRow& row = rows.emplace_back(ReportRow{later_.Describe(&after_[s], key), {}});
      if (hidden.at(key)) {
        row.cells = HiddenCells();
        continue;
      }
      change.use_pairs = linked_ && change.paired.n > 1 && !unmatched.at(key);
      ReportCell count = ReportCell::NotApplicable(CellUnit::kCount);
      if (linked_) {
        count = unmatched.at(key) ? ReportCell::Hidden(CellUnit::kCount) : ReportCell::Count(change.paired.n);
      }
      row.cells =
          ChangeCells(change, before_[s].has_favorable() && after_[s].has_favorable(), count, confidence);
    }
    return rows;
  }

 private:
  std::map<GroupKey, Change> Changes(size_t s, bool corrected) const {
    std::map<GroupKey, Change> changes;
    for (const auto& [key, scores] : scores_before_) {
      changes[key].before = MeansOf(scores[s], before_[s]);
      changes[key].favorable_before = FavorableOf(scores[s]);
    }
    for (const auto& [key, scores] : scores_after_) {
      changes[key].after = MeansOf(scores[s], after_[s]);
      changes[key].favorable_after = FavorableOf(scores[s]);
    }
    for (const auto& [key, pairs] : pairs_.groups) {
      changes[key].paired = MomentsOf(pairs[s].differences);
      changes[key].favorable_pairs = pairs[s].favorable;
    }
    for (auto& [key, change] : changes) {
      if (!corrected) continue;
      change.correction_before =
          FinitePopulationCorrection(change.before.n, InvitedTo(*earlier_.wave, later_, key, input_));
      change.correction_after =
          FinitePopulationCorrection(change.after.n, InvitedTo(*later_.wave, later_, key, input_));
    }
    return changes;
  }

  const SurveyCut& later_;
  const SurveyCut& earlier_;
  const ReportInput& input_;
  std::vector<Scale> before_;
  std::vector<Scale> after_;
  GroupScores scores_before_;
  GroupScores scores_after_;
  std::optional<PlanPattern> pattern_before_;
  std::optional<PlanPattern> pattern_after_;
  WavePairs pairs_;
  bool linked_ = false;
};

// Keeps the scales, and in them the items, that both have, in the same order.
void Align(std::vector<Scale>* before, std::vector<Scale>* after) {
  std::vector<Scale> kept_before, kept_after;
  for (Scale& now : *after) {
    const auto then = std::find_if(before->begin(), before->end(),
                                   [&](const Scale& scale) { return scale.code == now.code; });
    if (then == before->end()) continue;
    Scale aligned = *then;
    aligned.items.clear();
    std::erase_if(now.items, [&](const ScaleItem& item) {
      const auto found = std::find_if(then->items.begin(), then->items.end(),
                                      [&](const ScaleItem& other) { return other.code == item.code; });
      if (found == then->items.end()) return true;
      aligned.items.push_back(*found);
      return false;
    });
    if (now.items.empty()) continue;
    kept_before.push_back(std::move(aligned));
    kept_after.push_back(std::move(now));
  }
  *before = std::move(kept_before);
  *after = std::move(kept_after);
}

}  // namespace

absl::StatusOr<Report> WaveChangeReport(const ReportParameters& parameters, const ReportInput& input) {
  const ReportThresholds thresholds = ReportThresholds::For("wave-change", input.thresholds);
  const auto later = SelectCut(parameters, input, thresholds);
  if (!later.ok()) return later.status();
  const auto earlier = SelectEarlier(parameters, input, thresholds, *later);
  if (!earlier.ok()) return earlier.status();
  const std::map<std::string, std::string> left_out = NotComparable(*earlier, *later);
  std::set<std::string> excluded;
  for (const auto& [item, reason] : left_out) excluded.insert(item);
  auto after = SelectScales(parameters, *later, thresholds, excluded);
  if (!after.ok()) return after.status();
  auto before = SelectScales(parameters, *earlier, thresholds, excluded);
  if (!before.ok()) return before.status();
  Align(&*before, &*after);

  const WaveComparison comparison(*later, *earlier, input, *std::move(before), *std::move(after));
  Report report = StartSurveyReport("wave-change", parameters, input, *later, thresholds);
  report.parameters.insert(report.parameters.begin() + 2, {"earlierWave", earlier->wave->code});
  report.thresholds[0].second = static_cast<double>(std::max(later->min_n, earlier->min_n));
  report.estimator = comparison.linked()
                         ? "by person where matched (paired t, paired Newcombe), else Welch and "
                           "Newcombe; after minus before"
                         : "Welch and Newcombe, not by person; after minus before";
  const bool corrected = NamedParameter(parameters, "fpc") == "1";
  for (size_t s = 0; s < comparison.scales().size(); ++s) {
    for (ReportRow& row : comparison.Rows(s, thresholds.confidence, corrected)) {
      report.rows.push_back(std::move(row));
    }
  }
  for (const auto& [item, reason] : left_out)
    report.notes.push_back(fmt::format("{} is not compared: {}.", item, reason));
  if (!comparison.linked()) report.notes.push_back("An anonymous wave is never paired by person.");
  if (comparison.ambiguous() > 0) {
    report.notes.push_back("Persons who stand more than once in a wave are not matched.");
  }
  return report;
}

}  // namespace trellis
