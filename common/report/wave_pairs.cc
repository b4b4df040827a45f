#include "common/report/wave_pairs.h"

#include <optional>
#include <set>
#include <string>

namespace trellis {
namespace {

// What one person answered to each scale's items.
struct PersonAnswers {
  GroupKey group;
  std::vector<std::vector<std::optional<int32_t>>> scores;     // [scale][item]
  std::vector<std::vector<std::optional<int32_t>>> favorable;  // [scale][item]
  std::string site;
  bool is_staff = false;
};

std::optional<int32_t> At(const std::vector<std::optional<int32_t>>& table, uint8_t code) {
  return code < table.size() ? table[code] : std::nullopt;
}

// Where the columns have each scale's items; -1: nowhere.
std::vector<std::vector<int>> ItemIndexes(const std::vector<Scale>& scales, const ResponseColumns& columns) {
  std::vector<std::vector<int>> indexes;
  for (const Scale& scale : scales) {
    std::vector<int>& of_scale = indexes.emplace_back();
    for (const ScaleItem& item : scale.items) of_scale.push_back(columns.QuestionIndex(item.code));
  }
  return indexes;
}

PersonAnswers AnswersOf(const ResponseRow& row, const std::vector<Scale>& scales,
                        const std::vector<std::vector<int>>& indexes) {
  PersonAnswers answers;
  for (size_t s = 0; s < scales.size(); ++s) {
    auto& scores = answers.scores.emplace_back();
    auto& favorable = answers.favorable.emplace_back();
    for (size_t i = 0; i < scales[s].items.size(); ++i) {
      const uint8_t code = indexes[s][i] < 0 ? kBlankCode : row.answers[indexes[s][i]];
      scores.push_back(At(scales[s].items[i].score, code));
      favorable.push_back(At(scales[s].items[i].favorable, code));
    }
  }
  return answers;
}

GroupKey GroupOf(const SurveyCut& cut, const ResponseColumns& columns, const ResponseRow& row,
                 const std::string& site) {
  GroupKey key;
  if (cut.keyed_by_site()) key.push_back(cut.PlaceOf(site));
  for (const std::string& attribute : cut.attributes) {
    const int index = columns.AttributeIndex(attribute);
    const std::string value = index < 0 ? "" : row.attributes[index];
    key.push_back(value.empty() ? kNotGiven : value);
  }
  return key;
}

std::map<std::string, PersonAnswers> ByPerson(const SurveyCut& cut, const WaveDefinition& wave,
                                              const ReportInput& input, const std::vector<Scale>& scales,
                                              int64_t* ambiguous) {
  std::map<std::string, PersonAnswers> persons;
  std::set<std::string> repeated;
  for (const WaveResponses& responses : input.responses) {
    if (responses.wave != wave.id) continue;
    const SiteInfo* site = input.FindSite(responses.site);
    const auto indexes = ItemIndexes(scales, *responses.columns);
    for (const ResponseRow& row : responses.columns->RowsById()) {
      if (row.identity.respondent_key.empty()) continue;
      if (cut.until_ms && row.identity.submitted_ms > *cut.until_ms) continue;
      const auto known = input.staff_ids.find(row.identity.respondent_key);
      const std::string& key = known == input.staff_ids.end() ? row.identity.respondent_key : known->second;
      PersonAnswers answers = AnswersOf(row, scales, indexes);
      answers.group = GroupOf(cut, *responses.columns, row, site != nullptr ? site->label : responses.site);
      answers.site = site != nullptr ? site->label : responses.site;
      answers.is_staff = known != input.staff_ids.end();
      if (!persons.emplace(key, std::move(answers)).second) repeated.insert(key);
    }
  }
  for (const std::string& key : repeated) persons.erase(key);
  *ambiguous += static_cast<int64_t>(repeated.size());
  return persons;
}

std::optional<double> ScaleMean(const std::vector<std::optional<int32_t>>& scores, const Scale& scale) {
  int answered = 0;
  int64_t sum = 0;
  for (const auto& score : scores) {
    if (!score) continue;
    ++answered;
    sum += *score;
  }
  if (answered < scale.least_answered) return std::nullopt;
  return static_cast<double>(sum) / answered / scale.divisor;
}

void CountBoth(const std::vector<std::optional<int32_t>>& before,
               const std::vector<std::optional<int32_t>>& after, PairedCounts* counts) {
  for (size_t i = 0; i < before.size(); ++i) {
    if (!before[i] || !after[i]) continue;
    double& cell = *after[i] ? (*before[i] ? counts->both : counts->first_only)
                             : (*before[i] ? counts->second_only : counts->neither);
    cell += 1;
  }
}

}  // namespace

WavePairs PairWaves(const SurveyCut& cut, const WaveDefinition& earlier, const ReportInput& input,
                    const std::vector<Scale>& before, const std::vector<Scale>& after) {
  WavePairs pairs;
  const auto first = ByPerson(cut, earlier, input, before, &pairs.ambiguous);
  const auto second = ByPerson(cut, *cut.wave, input, after, &pairs.ambiguous);
  for (const auto& [key, later] : second) {
    const auto found = first.find(key);
    if (found == first.end()) continue;
    std::vector<PairedScores>& group = pairs.groups[later.group];
    group.resize(after.size());
    for (size_t s = 0; s < after.size(); ++s) {
      const auto mean_before = ScaleMean(found->second.scores[s], before[s]);
      const auto mean_after = ScaleMean(later.scores[s], after[s]);
      if (mean_before && mean_after) group[s].differences.push_back(*mean_after - *mean_before);
      CountBoth(found->second.favorable[s], later.favorable[s], &group[s].favorable);
    }
  }
  return pairs;
}

std::vector<PersonChange> ChangesByPerson(const SurveyCut& cut, const WaveDefinition& earlier,
                                          const ReportInput& input, const std::vector<Scale>& scales) {
  int64_t ambiguous = 0;
  const auto first = ByPerson(cut, earlier, input, scales, &ambiguous);
  const auto second = ByPerson(cut, *cut.wave, input, scales, &ambiguous);
  std::vector<PersonChange> changes;
  for (const auto& [key, later] : second) {
    const auto found = first.find(key);
    if (found == first.end()) continue;
    PersonChange& change = changes.emplace_back(PersonChange{key, later.is_staff, later.site, {}});
    for (size_t s = 0; s < scales.size(); ++s) {
      const auto before = ScaleMean(found->second.scores[s], scales[s]);
      const auto after = ScaleMean(later.scores[s], scales[s]);
      change.changes.push_back(before && after ? std::optional(*after - *before) : std::nullopt);
    }
  }
  return changes;
}

}  // namespace trellis
