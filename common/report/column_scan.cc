#include "common/report/column_scan.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace trellis {
namespace {

bool Includes(const ScanScope& scope, const RowIdentity& identity) {
  return !scope.until_ms || identity.submitted_ms <= *scope.until_ms;
}

std::vector<int> AttributeIndexes(const ResponseColumns& columns, const ScanScope& scope) {
  std::vector<int> indexes;
  for (const std::string& attribute : scope.group_by) indexes.push_back(columns.AttributeIndex(attribute));
  return indexes;
}

GroupKey KeyOfRow(const ResponseColumns& columns, std::span<const int> attributes, const CodedRow& row) {
  GroupKey key;
  for (int attribute : attributes) {
    key.push_back(attribute < 0 ? "" : columns.dictionary(attribute)[row.attributes[attribute]]);
  }
  return key;
}

// The codes of the grouping attributes; of one the columns do not have, 0.
using GroupCodes = std::vector<uint16_t>;

GroupKey KeyOf(const ResponseColumns& columns, std::span<const int> attributes, const GroupCodes& codes) {
  GroupKey key;
  for (size_t a = 0; a < attributes.size(); ++a) {
    key.push_back(attributes[a] < 0 ? "" : columns.dictionary(attributes[a])[codes[a]]);
  }
  return key;
}

GroupCodes CodesOfRow(std::span<const int> attributes, const CodedRow& row) {
  GroupCodes codes;
  for (int attribute : attributes) codes.push_back(attribute < 0 ? 0 : row.attributes[attribute]);
  return codes;
}

struct GroupMask {
  GroupCodes codes;
  Plane rows;
};

// The rows of the segment, parted by the values of the attributes; no empty masks.
std::vector<GroupMask> MasksOf(const ResponseColumns& columns, const ColumnSegment& segment,
                               std::span<const int> attributes, const ScanScope& scope) {
  std::vector<GroupMask> masks{{{}, scope.until_ms ? segment.RowsUntil(*scope.until_ms) : segment.present()}};
  for (int attribute : attributes) {
    std::vector<GroupMask> parted;
    const size_t values = attribute < 0 ? 1 : columns.dictionary(attribute).size();
    for (size_t code = 0; code < values; ++code) {
      const Plane with =
          attribute < 0 ? segment.present() : segment.RowsWith(attribute, static_cast<uint16_t>(code));
      for (const GroupMask& mask : masks) {
        Plane rows;
        uint64_t any = 0;
        for (int w = 0; w < kPlaneWords; ++w) any |= rows.words[w] = mask.rows.words[w] & with.words[w];
        if (any == 0) continue;
        GroupMask& part = parted.emplace_back();
        part.codes.reserve(attributes.size());
        part.codes.assign(mask.codes.begin(), mask.codes.end());
        part.codes.push_back(static_cast<uint16_t>(code));
        part.rows = rows;
      }
    }
    masks = std::move(parted);
  }
  return masks;
}

struct GroupTally {
  int64_t rows = 0;
  int64_t complete = 0;
  std::vector<CodeTally> questions;
};

using Tallies = absl::flat_hash_map<GroupCodes, GroupTally>;

GroupTally& TallyOf(const ColumnLayout& layout, const GroupCodes& codes, Tallies* tallies) {
  const auto [at, fresh] = tallies->try_emplace(codes);
  if (fresh) {
    for (const QuestionColumn& question : layout.questions)
      at->second.questions.emplace_back(question.bits());
  }
  return at->second;
}

void TallySegment(const ColumnSegment& segment, const GroupMask& mask, GroupTally* tally) {
  tally->rows += CountRows(mask.rows);
  Plane complete = mask.rows;
  for (int w = 0; w < kPlaneWords; ++w) complete.words[w] &= segment.complete().words[w];
  tally->complete += CountRows(complete);
  for (int q = 0; q < segment.question_count(); ++q) {
    tally->questions[q].Add(segment.answer_planes(q), mask.rows, segment.words());
  }
}

// What an answer adds, packed: the number of answers above, the score less the scale's least below.
constexpr int kAnsweredShift = 40;

// A scale as one table per question: code -> packed addition.
struct PackedScale {
  int64_t least = 0;
  std::vector<std::pair<int, std::array<uint64_t, 256>>> questions;
};

PackedScale Pack(const std::vector<ScoredQuestion>& scale) {
  PackedScale packed;
  for (const ScoredQuestion& question : scale) {
    for (const auto& score : question.score)
      packed.least = std::min<int64_t>(packed.least, score.value_or(0));
  }
  for (const ScoredQuestion& question : scale) {
    std::array<uint64_t, 256> table{};
    for (size_t code = 0; code < question.score.size() && code < table.size(); ++code) {
      if (!question.score[code]) continue;
      table[code] =
          (uint64_t{1} << kAnsweredShift) + static_cast<uint64_t>(*question.score[code] - packed.least);
    }
    packed.questions.emplace_back(question.question, table);
  }
  return packed;
}

void AddPacked(const PackedScale& scale, uint64_t sum, int64_t persons, ScoreHistogram* histogram) {
  const int answered = static_cast<int>(sum >> kAnsweredShift);
  const auto above_least = static_cast<int64_t>(sum & ((uint64_t{1} << kAnsweredShift) - 1));
  histogram->AddPerson(answered, above_least + answered * scale.least, persons);
}

void AddRows(const PackedScale& scale, std::span<const uint64_t> sums, const Plane& rows,
             ScoreHistogram* histogram) {
  // Few sums differ: equal ones are counted together before the histogram is asked.
  absl::flat_hash_map<uint64_t, int64_t> persons;
  for (size_t w = 0; w * 64 < sums.size(); ++w) {
    for (uint64_t word = rows.words[w]; word != 0; word &= word - 1) {
      ++persons[sums[w * 64 + std::countr_zero(word)]];
    }
  }
  for (const auto& [sum, count] : persons) AddPacked(scale, sum, count, histogram);
}

}  // namespace

void AnswerCounts::Add(const AnswerCounts& other) {
  rows += other.rows;
  complete += other.complete;
  if (codes.size() < other.codes.size()) codes.resize(other.codes.size());
  for (size_t q = 0; q < other.codes.size(); ++q) {
    if (codes[q].size() < other.codes[q].size()) codes[q].resize(other.codes[q].size());
    for (size_t code = 0; code < other.codes[q].size(); ++code) codes[q][code] += other.codes[q][code];
  }
}

std::map<GroupKey, AnswerCounts> CountAnswers(const ResponseColumns& columns, const ScanScope& scope) {
  const std::vector<int> attributes = AttributeIndexes(columns, scope);
  Tallies tallies;
  for (const ColumnSegment& segment : columns.segments()) {
    for (const GroupMask& mask : MasksOf(columns, segment, attributes, scope)) {
      TallySegment(segment, mask, &TallyOf(columns.layout(), mask.codes, &tallies));
    }
  }
  for (const CodedRow& row : columns.delta()) {
    if (!Includes(scope, row.identity)) continue;
    GroupTally& tally = TallyOf(columns.layout(), CodesOfRow(attributes, row), &tallies);
    ++tally.rows;
    tally.complete += row.complete;
    for (size_t q = 0; q < row.answers.size(); ++q) tally.questions[q].AddRow(row.answers[q]);
  }
  std::map<GroupKey, AnswerCounts> counts;
  for (const auto& [codes, tally] : tallies) {
    AnswerCounts& group = counts[KeyOf(columns, attributes, codes)];
    group.rows = tally.rows;
    group.complete = tally.complete;
    for (size_t q = 0; q < tally.questions.size(); ++q) {
      group.codes.push_back(tally.questions[q].Counts());
      group.codes.back().resize(columns.layout().questions[q].options + 3);
    }
  }
  return counts;
}

void ScoreHistogram::Add(const ScoreHistogram& other) {
  for (const auto& [key, persons] : other.persons_) persons_[key] += persons;
}

int64_t ScoreHistogram::Persons(int least) const {
  int64_t persons = 0;
  for (auto at = persons_.lower_bound({least, INT64_MIN}); at != persons_.end(); ++at) persons += at->second;
  return persons;
}

int64_t ScoreHistogram::Answers(int least) const {
  int64_t answers = 0;
  for (auto at = persons_.lower_bound({least, INT64_MIN}); at != persons_.end(); ++at) {
    answers += at->first.first * at->second;
  }
  return answers;
}

int64_t ScoreHistogram::Sum(int least) const {
  int64_t sum = 0;
  for (auto at = persons_.lower_bound({least, INT64_MIN}); at != persons_.end(); ++at) {
    sum += at->first.second * at->second;
  }
  return sum;
}

void ScoreHistogram::ForEach(
    const std::function<void(int answered, int64_t sum, int64_t persons)>& visit) const {
  for (const auto& [key, persons] : persons_) visit(key.first, key.second, persons);
}

Moments ScoreHistogram::PersonMeans(int least) const {
  Moments moments{.n = Persons(least)};
  if (moments.n == 0) return moments;
  const auto begin = persons_.lower_bound({least, INT64_MIN});
  double sum = 0;
  for (auto at = begin; at != persons_.end(); ++at) {
    sum += static_cast<double>(at->first.second) / at->first.first * static_cast<double>(at->second);
  }
  moments.mean = sum / static_cast<double>(moments.n);
  double squares = 0;
  for (auto at = begin; at != persons_.end(); ++at) {
    const double off = static_cast<double>(at->first.second) / at->first.first - moments.mean;
    squares += off * off * static_cast<double>(at->second);
  }
  if (moments.n > 1) moments.variance = squares / static_cast<double>(moments.n - 1);
  return moments;
}

void VisitAnswers(const ResponseColumns& columns, std::span<const int> questions, const ScanScope& scope,
                  const std::function<void(const GroupKey& group, std::span<const uint8_t> codes)>& visit) {
  const std::vector<int> attributes = AttributeIndexes(columns, scope);
  std::vector<std::vector<uint8_t>> decoded(questions.size(), std::vector<uint8_t>(kSegmentRows));
  std::vector<uint8_t> codes(questions.size());
  for (const ColumnSegment& segment : columns.segments()) {
    for (size_t q = 0; q < questions.size(); ++q) {
      DecodeCodes(segment.answer_planes(questions[q]), segment.words(), decoded[q]);
    }
    for (const GroupMask& mask : MasksOf(columns, segment, attributes, scope)) {
      const GroupKey key = KeyOf(columns, attributes, mask.codes);
      for (size_t w = 0; w < static_cast<size_t>(segment.words()); ++w) {
        for (uint64_t word = mask.rows.words[w]; word != 0; word &= word - 1) {
          const size_t row = w * 64 + static_cast<size_t>(std::countr_zero(word));
          for (size_t q = 0; q < questions.size(); ++q) codes[q] = decoded[q][row];
          visit(key, codes);
        }
      }
    }
  }
  for (const CodedRow& row : columns.delta()) {
    if (!Includes(scope, row.identity)) continue;
    for (size_t q = 0; q < questions.size(); ++q) codes[q] = row.answers[questions[q]];
    visit(KeyOfRow(columns, attributes, row), codes);
  }
}

std::map<GroupKey, std::vector<ScoreHistogram>> ScorePersons(
    const ResponseColumns& columns, std::span<const std::vector<ScoredQuestion>> scales,
    const ScanScope& scope) {
  const std::vector<int> attributes = AttributeIndexes(columns, scope);
  std::vector<PackedScale> packed;
  for (const auto& scale : scales) packed.push_back(Pack(scale));
  std::map<GroupKey, std::vector<ScoreHistogram>> groups;
  const auto histograms_of = [&](const GroupKey& key) -> std::vector<ScoreHistogram>& {
    return groups.try_emplace(key, scales.size()).first->second;
  };
  std::vector<uint8_t> codes(kSegmentRows);
  std::vector<uint64_t> sums;
  for (const ColumnSegment& segment : columns.segments()) {
    const std::vector<GroupMask> masks = MasksOf(columns, segment, attributes, scope);
    for (size_t s = 0; s < packed.size(); ++s) {
      sums.assign(static_cast<size_t>(segment.words()) * 64, 0);
      for (const auto& [question, table] : packed[s].questions) {
        DecodeCodes(segment.answer_planes(question), segment.words(), codes);
        for (size_t row = 0; row < sums.size(); ++row) sums[row] += table[codes[row]];
      }
      for (const GroupMask& mask : masks)
        AddRows(packed[s], sums, mask.rows, &histograms_of(KeyOf(columns, attributes, mask.codes))[s]);
    }
  }
  for (const CodedRow& row : columns.delta()) {
    if (!Includes(scope, row.identity)) continue;
    std::vector<ScoreHistogram>& histograms = histograms_of(KeyOfRow(columns, attributes, row));
    for (size_t s = 0; s < packed.size(); ++s) {
      uint64_t sum = 0;
      for (const auto& [question, table] : packed[s].questions) sum += table[row.answers[question]];
      AddPacked(packed[s], sum, 1, &histograms[s]);
    }
  }
  return groups;
}

}  // namespace trellis
