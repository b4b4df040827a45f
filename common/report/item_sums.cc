#include "common/report/item_sums.h"

namespace trellis {

void ItemSums::AddPerson(const std::vector<int32_t>& scores) {
  ++persons;
  for (size_t a = 0; a < scores.size(); ++a) {
    sums[a] += scores[a];
    for (size_t b = 0; b < scores.size(); ++b) {
      products[a * scores.size() + b] += int64_t{scores[a]} * scores[b];
    }
  }
}

void ItemSums::Add(const ItemSums& other) {
  persons += other.persons;
  for (size_t i = 0; i < sums.size(); ++i) sums[i] += other.sums[i];
  for (size_t i = 0; i < products.size(); ++i) products[i] += other.products[i];
}

double ItemSums::Covariance(size_t a, size_t b, int divisor) const {
  // The difference of two large products is taken in whole numbers.
  const __int128 n = persons;
  const __int128 scatter = n * products[a * items() + b] - static_cast<__int128>(sums[a]) * sums[b];
  return static_cast<double>(scatter) / static_cast<double>(n * (n - 1)) /
         (static_cast<double>(divisor) * divisor);
}

std::map<GroupKey, ItemSums> SumItems(const SurveyCut& cut, const WaveDefinition& wave,
                                      const ReportInput& input, const Scale& scale) {
  std::map<GroupKey, ItemSums> groups;
  for (const WaveResponses& responses : input.responses) {
    if (responses.wave != wave.id) continue;
    std::vector<int> questions;
    for (const ScaleItem& item : scale.items) {
      const int question = responses.columns->QuestionIndex(item.code);
      if (question >= 0) questions.push_back(question);
    }
    if (questions.size() != scale.items.size()) continue;
    const SiteInfo* site = input.FindSite(responses.site);
    std::vector<int32_t> scores(questions.size());
    VisitAnswers(
        *responses.columns, questions, {.group_by = cut.attributes, .until_ms = cut.until_ms},
        [&](const GroupKey& values, std::span<const uint8_t> codes) {
          for (size_t i = 0; i < codes.size(); ++i) {
            const auto& table = scale.items[i].score;
            if (codes[i] >= table.size() || !table[codes[i]]) return;
            scores[i] = *table[codes[i]];
          }
          const std::string label = site != nullptr ? site->label : responses.site;
          groups.try_emplace(cut.KeyOf(label, values), scores.size()).first->second.AddPerson(scores);
        });
  }
  return groups;
}

}  // namespace trellis
