// Scans of response columns: how often each code was given, and each person's scale score, by group.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/report/means.h"
#include "common/report/response_columns.h"

namespace trellis {

// The values of the grouping attributes, in their order; an unknown value is empty.
using GroupKey = std::vector<std::string>;

struct ScanScope {
  // Attributes to group by; one that the columns do not have is unknown for every row.
  std::vector<std::string> group_by;
  // Only responses submitted at or before this moment.
  std::optional<int64_t> until_ms;
};

// Counts of one group; groups add up over sites.
struct AnswerCounts {
  int64_t rows = 0;
  int64_t complete = 0;
  std::vector<std::vector<int64_t>> codes;  // [question][code], as long as the question has codes

  void Add(const AnswerCounts& other);
};

// Only groups with rows appear.
std::map<GroupKey, AnswerCounts> CountAnswers(const ResponseColumns& columns, const ScanScope& scope);

// What an answer to one question adds to a scale: `score[code]` (nullopt: not an answer) for the codes 0…k+2.
struct ScoredQuestion {
  int question = 0;
  std::vector<std::optional<int32_t>> score;
};

// How many persons answered so many items of a scale with such a sum. Whole numbers, so what follows from it
// does not depend on the order of rows.
class ScoreHistogram {
 public:
  void AddPerson(int answered, int64_t sum, int64_t persons = 1) { persons_[{answered, sum}] += persons; }
  void Add(const ScoreHistogram& other);

  // Persons who answered at least `least` items. REQUIRES: least >= 1 (as below).
  int64_t Persons(int least) const;
  // Answers and their sum, of those persons.
  int64_t Answers(int least) const;
  int64_t Sum(int least) const;
  // Each (items answered, sum of their scores) with the persons of whom it is so, in this order.
  void ForEach(const std::function<void(int answered, int64_t sum, int64_t persons)>& visit) const;
  // Of the persons' means over their answered items.
  Moments PersonMeans(int least) const;

 private:
  std::map<std::pair<int, int64_t>, int64_t> persons_;  // (answered, sum) -> persons
};

// Calls `visit` with the group and the codes each row gave to `questions` (indexes of the layout), row by
// row: in the order rows stand, which means nothing.
void VisitAnswers(const ResponseColumns& columns, std::span<const int> questions, const ScanScope& scope,
                  const std::function<void(const GroupKey& group, std::span<const uint8_t> codes)>& visit);

// One histogram per scale. Persons who answered none of a scale's items are in it with (0, 0).
std::map<GroupKey, std::vector<ScoreHistogram>> ScorePersons(
    const ResponseColumns& columns, std::span<const std::vector<ScoredQuestion>> scales,
    const ScanScope& scope);

}  // namespace trellis
