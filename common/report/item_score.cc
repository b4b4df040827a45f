// R3: Σ nᵢ·10(k−i)/(k−1) ÷ Σ nᵢ over the k scored options of a question, 10 − score where it is reversed; a
// construct's is the unweighted mean of its questions' (New York City School Survey, scoring technical guide,
// 2011).
#include "common/report/item_score.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/report/plan_pattern.h"
#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"

namespace trellis {
namespace {

constexpr double kBestScore = 10;

// Whether the choices marked favorable stand towards the end of greater values; nullopt without marks.
std::optional<bool> MarksAtTop(const QuestionDefinition& question) {
  double marked = 0, others = 0;
  int marks = 0, rest = 0;
  for (const ChoiceDefinition& choice : question.choices) {
    if (!choice.scored) continue;
    (choice.favorable ? marked : others) += choice.value;
    ++(choice.favorable ? marks : rest);
  }
  if (marks == 0 || rest == 0) return std::nullopt;
  return marked / marks > others / rest;
}

struct ScoredItem {
  const QuestionDefinition* question = nullptr;
  size_t scale = 0;  // its number among the items
  std::vector<std::optional<double>> scores;
};

using CountsByGroup = std::map<GroupKey, std::map<std::string, std::vector<int64_t>>>;  // item -> by choice

CountsByGroup CountChoices(const SurveyCut& cut, const ReportInput& input) {
  CountsByGroup groups;
  if (cut.keyed_by_site() && cut.attributes.empty()) {
    for (const SiteInfo& site : input.sites) groups[{cut.PlaceOf(site.label)}];
  }
  for (const WaveResponses& responses : input.responses) {
    if (responses.wave != cut.wave->id) continue;
    const SiteInfo* site = input.FindSite(responses.site);
    const ScanScope scope{.group_by = cut.attributes, .until_ms = cut.until_ms};
    for (const auto& [values, counts] : CountAnswers(*responses.columns, scope)) {
      auto& items = groups[cut.KeyOf(site != nullptr ? site->label : responses.site, values)];
      for (size_t q = 0; q < counts.codes.size(); ++q) {
        const QuestionColumn& column = responses.columns->layout().questions[q];
        std::vector<int64_t>& into = items[column.item];
        into.resize(std::max(into.size(), static_cast<size_t>(column.options)));
        for (int code = 1; code <= column.options; ++code) into[code - 1] += counts.codes[q][code];
      }
    }
  }
  return groups;
}

std::vector<ScoredItem> ScoredItems(const SurveyCut& cut, const std::vector<Scale>& items) {
  std::vector<ScoredItem> scored;
  for (size_t s = 0; s < items.size(); ++s) {
    for (const QuestionDefinition& question : cut.survey->questions) {
      if (question.code != items[s].code) continue;
      auto scores = TenPointScores(question);
      if (!scores.empty()) scored.push_back({&question, s, std::move(scores)});
    }
  }
  return scored;
}

ReportCell ScoreCell(const Moments& score, double confidence) {
  ReportCell cell = MeanCell(score, confidence);
  if (cell.state != CellState::kValue) return cell;
  cell.numerator = score.mean * static_cast<double>(score.n);
  cell.denominator = static_cast<double>(score.n);
  if (!cell.method.empty()) cell.method = "mean of answers on 0 to 10, t interval";
  return cell;
}

class ItemScoreTables {
 public:
  ItemScoreTables(const SurveyCut& cut, const ReportInput& input, const ReportThresholds& thresholds)
      : cut_(cut), thresholds_(thresholds), groups_(CountChoices(cut, input)) {}

  // Rows of one question, of whose groups `planned` says which the plan hides; keeps its shown scores for the
  // constructs.
  void AddItem(const ScoredItem& item, const std::map<GroupKey, bool>& planned, Report* report) {
    std::map<GroupKey, Moments> scores;
    std::map<GroupKey, GroupFacts> facts;
    for (const auto& [key, counts] : groups_) {
      const auto found = counts.find(item.question->code);
      scores[key] = found == counts.end() ? Moments{} : ItemScore(found->second, item.scores);
      const Moments& score = scores[key];
      // Everybody having given the same answer tells each one's.
      facts[key] = {.counts = {score.n}, .shares = {}, .withheld = score.n > 1 && score.variance == 0};
    }
    WithholdAsPlanned(planned, &facts);
    for (const auto& [key, hidden] : HideGroups(facts, cut_.min_n)) {
      Construct& construct = constructs_[item.question->construct][key];
      construct.hidden = construct.hidden || hidden;
      if (scores[key].n > 0) {
        construct.sum += scores[key].mean;
        ++construct.items;
      }
      if (!cut_.Shows(key)) continue;
      auto group = cut_.Describe(nullptr, key);
      group.insert(group.begin(), {{"construct", item.question->construct}, {"item", item.question->code}});
      report->rows.push_back({group,
                              {{"score", hidden ? ReportCell::Hidden(CellUnit::kNumber)
                                                : ScoreCell(scores[key], thresholds_.confidence)}}});
    }
  }

  void AddConstructs(Report* report) const {
    for (const ConstructDefinition& definition : cut_.survey->constructs) {
      const auto found = constructs_.find(definition.code);
      if (found == constructs_.end()) continue;
      for (const auto& [key, construct] : found->second) {
        if (!cut_.Shows(key)) continue;
        auto group = cut_.Describe(nullptr, key);
        group.insert(group.begin(), {"construct", definition.code});
        report->rows.push_back({group, {{"score", CellOf(construct)}}});
      }
    }
  }

 private:
  struct Construct {
    double sum = 0;
    int items = 0;
    bool hidden = false;
  };

  static ReportCell CellOf(const Construct& construct) {
    if (construct.hidden) return ReportCell::Hidden(CellUnit::kNumber);
    if (construct.items == 0) return ReportCell::Missing(CellUnit::kNumber);
    return {.value = construct.sum / construct.items,
            .numerator = construct.sum,
            .denominator = construct.items,
            .method = "unweighted mean of the questions' scores"};
  }

  const SurveyCut& cut_;
  const ReportThresholds& thresholds_;
  const CountsByGroup groups_;
  std::map<std::string, std::map<GroupKey, Construct>> constructs_;
};

}  // namespace

std::vector<std::optional<double>> TenPointScores(const QuestionDefinition& question) {
  std::vector<double> values;
  for (const ChoiceDefinition& choice : question.choices) {
    if (choice.scored) values.push_back(choice.value);
  }
  std::sort(values.rbegin(), values.rend());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  if (values.size() < 2) return {};
  // Marks are set as keyed, so a reversed question's already stand at the other end.
  const bool greatest_best = MarksAtTop(question).value_or(!question.reversed);
  std::vector<std::optional<double>> scores;
  for (const ChoiceDefinition& choice : question.choices) {
    if (!choice.scored) {
      scores.push_back(std::nullopt);
      continue;
    }
    const auto rank = std::find(values.begin(), values.end(), choice.value) - values.begin();
    const double score = kBestScore * static_cast<double>(static_cast<ptrdiff_t>(values.size()) - 1 - rank) /
                         static_cast<double>(values.size() - 1);
    scores.push_back(greatest_best ? score : kBestScore - score);
  }
  return scores;
}

Moments ItemScore(std::span<const int64_t> counts, std::span<const std::optional<double>> scores) {
  Moments moments;
  double sum = 0;
  for (size_t i = 0; i < counts.size() && i < scores.size(); ++i) {
    if (!scores[i]) continue;
    moments.n += counts[i];
    sum += *scores[i] * static_cast<double>(counts[i]);
  }
  if (moments.n == 0) return moments;
  moments.mean = sum / static_cast<double>(moments.n);
  double squares = 0;
  for (size_t i = 0; i < counts.size() && i < scores.size(); ++i) {
    if (scores[i]) {
      squares += (*scores[i] - moments.mean) * (*scores[i] - moments.mean) * static_cast<double>(counts[i]);
    }
  }
  if (moments.n > 1) moments.variance = squares / static_cast<double>(moments.n - 1);
  return moments;
}

absl::StatusOr<Report> ItemScoreReport(const ReportParameters& parameters, const ReportInput& input) {
  const ReportThresholds thresholds = ReportThresholds::For("item-score", input.thresholds);
  const auto cut = SelectCut(parameters, input, thresholds);
  if (!cut.ok()) return cut.status();
  ReportParameters by_item = parameters;
  by_item.named["level"] = "item";
  const auto items = SelectScales(by_item, *cut, thresholds);
  if (!items.ok()) return items.status();
  const std::vector<std::string> constructs = SplitList(NamedParameter(parameters, "construct"));
  Report report = StartSurveyReport("item-score", parameters, input, *cut, thresholds);
  report.estimator =
      "sum of n·10(k−i)/(k−1) over the k scored choices from best to worst, divided by the answers; "
      "constructs: unweighted mean of their questions";
  ItemScoreTables tables(*cut, input, thresholds);
  const GroupScores groups = ScoreGroups(*cut, *cut->wave, input, *items);
  const PlanPattern pattern(*cut, *cut->wave, input, *items, groups);
  for (const ScoredItem& item : ScoredItems(*cut, *items)) {
    const bool wanted = constructs.empty() || std::find(constructs.begin(), constructs.end(),
                                                        item.question->construct) != constructs.end();
    if (wanted) tables.AddItem(item, pattern.Hide(item.scale), &report);
  }
  tables.AddConstructs(&report);
  return report;
}

}  // namespace trellis
