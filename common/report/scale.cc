#include "common/report/scale.h"

#include <algorithm>
#include <cmath>

namespace trellis {
namespace {

constexpr int kFineDivisor = 1000;

bool HasFractions(const QuestionDefinition& question) {
  return std::any_of(question.choices.begin(), question.choices.end(), [](const ChoiceDefinition& choice) {
    return choice.scored && choice.value != std::floor(choice.value);
  });
}

// What each choice scores, as keyed; nullopt where it is not scored.
std::vector<std::optional<double>> KeyedValues(const QuestionDefinition& question) {
  double least = INFINITY, greatest = -INFINITY;
  for (const ChoiceDefinition& choice : question.choices) {
    if (!choice.scored) continue;
    least = std::min(least, choice.value);
    greatest = std::max(greatest, choice.value);
  }
  std::vector<std::optional<double>> values;
  for (const ChoiceDefinition& choice : question.choices) {
    if (!choice.scored) {
      values.push_back(std::nullopt);
    } else {
      values.push_back(question.reversed ? least + greatest - choice.value : choice.value);
    }
  }
  return values;
}

std::vector<std::optional<int32_t>> FavorableCodes(const QuestionDefinition& question,
                                                   const std::vector<std::optional<double>>& keyed,
                                                   const ReportThresholds& thresholds) {
  const bool marked =
      std::any_of(question.choices.begin(), question.choices.end(),
                  [](const ChoiceDefinition& choice) { return choice.scored && choice.favorable; });
  std::vector<double> ordered;
  for (const auto& value : keyed) {
    if (value) ordered.push_back(*value);
  }
  const auto top = static_cast<size_t>(thresholds.favorable_top);
  if (!marked &&
      (ordered.size() != static_cast<size_t>(thresholds.favorable_options) || top > ordered.size())) {
    return {};
  }
  std::sort(ordered.rbegin(), ordered.rend());
  std::vector<std::optional<int32_t>> favorable{std::nullopt};
  for (size_t i = 0; i < keyed.size(); ++i) {
    if (!keyed[i]) {
      favorable.push_back(std::nullopt);
    } else {
      favorable.push_back(marked ? question.choices[i].favorable : *keyed[i] >= ordered[top - 1]);
    }
  }
  return favorable;
}

ScaleItem BuildItem(const QuestionDefinition& question, int divisor, const ReportThresholds& thresholds) {
  const std::vector<std::optional<double>> keyed = KeyedValues(question);
  ScaleItem item{.code = question.code, .score = {std::nullopt}};
  for (const auto& value : keyed) {
    item.score.push_back(value ? std::optional(static_cast<int32_t>(std::lround(*value * divisor)))
                               : std::nullopt);
  }
  item.favorable = FavorableCodes(question, keyed, thresholds);
  return item;
}

bool Usable(const QuestionDefinition& question) {
  return !question.retired && std::any_of(question.choices.begin(), question.choices.end(),
                                          [](const ChoiceDefinition& choice) { return choice.scored; });
}

Scale BuildScale(std::string dimension, std::string code,
                 const std::vector<const QuestionDefinition*>& questions,
                 const ReportThresholds& thresholds) {
  Scale scale{.dimension = std::move(dimension), .code = std::move(code)};
  for (const QuestionDefinition* question : questions) {
    if (HasFractions(*question)) scale.divisor = kFineDivisor;
  }
  for (const QuestionDefinition* question : questions) {
    scale.items.push_back(BuildItem(*question, scale.divisor, thresholds));
  }
  scale.least_answered = std::max(1, static_cast<int>(std::ceil(thresholds.scale_answered_share *
                                                                static_cast<double>(questions.size()))));
  return scale;
}

}  // namespace

bool Scale::has_favorable() const {
  return std::any_of(items.begin(), items.end(),
                     [](const ScaleItem& item) { return !item.favorable.empty(); });
}

std::vector<Scale> BuildScales(const SurveyDefinition& survey, const ScaleSelection& selection,
                               const ReportThresholds& thresholds) {
  const auto wanted = [&](const std::string& code) {
    return selection.only.empty() || selection.only.contains(code);
  };
  std::vector<Scale> scales;
  if (selection.per_item) {
    for (const QuestionDefinition& question : survey.questions) {
      if (!Usable(question) || !wanted(question.code) || selection.excluded.contains(question.code)) continue;
      scales.push_back(BuildScale("item", question.code, {&question}, thresholds));
    }
    return scales;
  }
  for (const ConstructDefinition& construct : survey.constructs) {
    if (!wanted(construct.code)) continue;
    std::vector<const QuestionDefinition*> questions;
    for (const QuestionDefinition& question : survey.questions) {
      if (question.construct == construct.code && Usable(question) &&
          !selection.excluded.contains(question.code)) {
        questions.push_back(&question);
      }
    }
    if (!questions.empty()) scales.push_back(BuildScale("construct", construct.code, questions, thresholds));
  }
  return scales;
}

std::vector<std::vector<ScoredQuestion>> BindScales(const std::vector<Scale>& scales,
                                                    const ResponseColumns& columns) {
  std::vector<std::vector<ScoredQuestion>> bound;
  for (const Scale& scale : scales) {
    std::vector<ScoredQuestion> scores, favorable;
    for (const ScaleItem& item : scale.items) {
      const int question = columns.QuestionIndex(item.code);
      if (question < 0) continue;
      scores.push_back({question, item.score});
      if (!item.favorable.empty()) favorable.push_back({question, item.favorable});
    }
    bound.push_back(std::move(scores));
    bound.push_back(std::move(favorable));
  }
  return bound;
}

}  // namespace trellis
