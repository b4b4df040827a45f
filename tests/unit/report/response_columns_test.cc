#include "common/report/response_columns.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "common/report/column_blocks.h"
#include "common/report/column_scan.h"
#include "common/time/random.h"

namespace trellis {
namespace {

const ColumnLayout kLayout{{{"A", 5}, {"B", 5}, {"C", 1}, {"D", 13}, {"E", 40}}, {"role", "grade"}};

RecordId Id(uint64_t number) {
  RecordId id;
  for (int b = 0; b < 8; ++b) id.bytes[b] = static_cast<uint8_t>(number >> (56 - 8 * b));
  return id;
}

ResponseRow RandomRow(uint64_t number, SeededRandom* random) {
  ResponseRow row{
      .identity = {Id(number), "key" + std::to_string(number), static_cast<int64_t>(number * 1000)}};
  row.complete = random->Chance(0.9);
  for (const QuestionColumn& question : kLayout.questions) {
    row.answers.push_back(static_cast<uint8_t>(random->Below(question.options + 3)));
  }
  row.attributes = {random->Chance(0.1) ? "" : "role" + std::to_string(random->Below(4)),
                    "grade" + std::to_string(random->Below(3))};
  return row;
}

// What a scan must give, counted row by row.
std::map<GroupKey, AnswerCounts> CountPlainly(const std::vector<ResponseRow>& rows, bool by_role) {
  std::map<GroupKey, AnswerCounts> counts;
  for (const ResponseRow& row : rows) {
    AnswerCounts one{.rows = 1, .complete = row.complete};
    for (size_t q = 0; q < row.answers.size(); ++q) {
      one.codes.emplace_back(kLayout.questions[q].options + 3);
      one.codes[q][row.answers[q]] = 1;
    }
    counts[by_role ? GroupKey{row.attributes[0]} : GroupKey{}].Add(one);
  }
  return counts;
}

void ExpectEqual(const std::map<GroupKey, AnswerCounts>& a, const std::map<GroupKey, AnswerCounts>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (const auto& [key, counts] : a) {
    ASSERT_TRUE(b.contains(key));
    EXPECT_EQ(counts.rows, b.at(key).rows);
    EXPECT_EQ(counts.complete, b.at(key).complete);
    EXPECT_EQ(counts.codes, b.at(key).codes);
  }
}

TEST(ResponseColumns_, CountWhatRowByRowCountingGives) {
  SeededRandom random(1);
  ResponseColumns columns(kLayout);
  for (uint64_t i = 0; i < 5000; ++i) ASSERT_TRUE(columns.Put(RandomRow(i, &random)).ok());
  ExpectEqual(CountAnswers(columns, {}), CountPlainly(columns.RowsById(), false));
  ExpectEqual(CountAnswers(columns, {.group_by = {"role"}}), CountPlainly(columns.RowsById(), true));
  int64_t rows = 0;
  for (const auto& [key, counts] : CountAnswers(columns, {.group_by = {"role", "grade", "none"}})) {
    EXPECT_EQ(key.size(), 3u);
    rows += counts.rows;
  }
  EXPECT_EQ(rows, 5000);
  EXPECT_EQ(CountAnswers(columns, {.until_ms = 2'999'000}).at({}).rows, 3000);
}

TEST(ResponseColumns_, GiveBackRowsAsPut) {
  SeededRandom random(2);
  ResponseColumns columns(kLayout);
  for (uint64_t i = 0; i < 600; ++i) {
    const ResponseRow row = RandomRow(i, &random);
    ASSERT_TRUE(columns.Put(row).ok());
    EXPECT_EQ(columns.Get(row.identity.id), row);
  }
  EXPECT_FALSE(columns.Get(Id(9999)));
}

TEST(ResponseColumns_, RebuiltEqualIncrementalWhateverTheOrder) {
  SeededRandom random(3);
  ResponseColumns incremental(kLayout);
  std::map<RecordId, ResponseRow> model;
  for (int step = 0; step < 12'000; ++step) {
    const uint64_t number = random.Below(3000);
    if (random.Chance(0.2)) {
      EXPECT_EQ(incremental.Remove(Id(number)), model.erase(Id(number)) > 0);
    } else {
      const ResponseRow row = RandomRow(number, &random);
      ASSERT_TRUE(incremental.Put(row).ok());
      model[row.identity.id] = row;
    }
  }
  ResponseColumns rebuilt(kLayout);
  for (auto row = model.rbegin(); row != model.rend(); ++row) ASSERT_TRUE(rebuilt.Put(row->second).ok());
  EXPECT_EQ(incremental.size(), model.size());
  EXPECT_EQ(incremental.RowsById(), rebuilt.RowsById());
  ExpectEqual(CountAnswers(incremental, {.group_by = {"role"}}),
              CountAnswers(rebuilt, {.group_by = {"role"}}));
  const std::vector<std::vector<ScoredQuestion>> scales{
      {{0, {std::nullopt, 1, 2, 3, 4, 5}}, {1, {std::nullopt, 5, 4, 3, 2, 1}}}};
  const auto a = ScorePersons(incremental, scales, {.group_by = {"grade"}});
  const auto b = ScorePersons(rebuilt, scales, {.group_by = {"grade"}});
  ASSERT_EQ(a.size(), b.size());
  for (const auto& [key, histograms] : a) {
    EXPECT_EQ(histograms[0].PersonMeans(1).mean, b.at(key)[0].PersonMeans(1).mean);
    EXPECT_EQ(histograms[0].PersonMeans(1).variance, b.at(key)[0].PersonMeans(1).variance);
  }
}

TEST(ResponseColumns_, RefuseWhatDoesNotFitAndChangeNothing) {
  ResponseColumns columns(kLayout);
  SeededRandom random(4);
  ResponseRow row = RandomRow(1, &random);
  row.answers[0] = 8;
  EXPECT_EQ(columns.Put(row).code(), absl::StatusCode::kInvalidArgument);
  row.answers.pop_back();
  EXPECT_EQ(columns.Put(row).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(columns.size(), 0u);
}

TEST(ResponseColumns_, PersonMeansCountOnlyEnoughAnswers) {
  ResponseColumns columns({{{"A", 5}, {"B", 5}, {"C", 5}}, {}});
  const auto put = [&](uint64_t number, std::vector<uint8_t> answers) {
    ASSERT_TRUE(columns.Put({.identity = {Id(number)}, .complete = true, .answers = answers}).ok());
  };
  put(1, {1, 2, 3});
  put(2, {5, 0, 4});
  put(3, {5, 6, 7});  // one answer of three: no score
  put(4, {0, 0, 0});
  const std::vector<std::optional<int32_t>> plain{std::nullopt, 1, 2, 3, 4, 5};
  const std::vector<std::optional<int32_t>> reversed{std::nullopt, 5, 4, 3, 2, 1};
  const std::vector<std::vector<ScoredQuestion>> scales{{{0, plain}, {1, plain}, {2, reversed}}};
  const ScoreHistogram histogram = ScorePersons(columns, scales, {}).at({})[0];
  EXPECT_EQ(histogram.Persons(1), 3);
  EXPECT_EQ(histogram.Persons(2), 2);
  EXPECT_EQ(histogram.Answers(1), 6);
  EXPECT_DOUBLE_EQ(histogram.PersonMeans(2).mean, ((1 + 2 + 3) / 3.0 + (5 + 2) / 2.0) / 2);
}

struct StoredBlocks {
  std::string header;
  std::map<int, std::string> segments, identities, deltas;

  void Take(ResponseColumns* columns) {
    const ColumnChanges changes = columns->Changes();
    columns->Saved();
    if (changes.header) header = *changes.header;
    for (const auto& [from, to] : {std::pair(&changes.segments, &segments),
                                   {&changes.identities, &identities},
                                   {&changes.delta_rows, &deltas}}) {
      for (const auto& [number, bytes] : *from) {
        if (bytes) {
          (*to)[number] = *bytes;
        } else {
          to->erase(number);
        }
      }
    }
  }
};

TEST(ResponseColumns_, ComeBackFromTheirBlocks) {
  SeededRandom random(5);
  ResponseColumns columns(kLayout);
  StoredBlocks stored;
  for (int step = 0; step < 4000; ++step) {
    const uint64_t number = random.Below(2600);
    if (random.Chance(0.1)) {
      columns.Remove(Id(number));
    } else {
      ASSERT_TRUE(columns.Put(RandomRow(number, &random)).ok());
    }
    if (random.Chance(0.02)) stored.Take(&columns);
  }
  stored.Take(&columns);
  const auto loaded =
      ResponseColumns::FromBlocks(stored.header, stored.segments, stored.identities, stored.deltas);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->RowsById(), columns.RowsById());
  ExpectEqual(CountAnswers(*loaded, {.group_by = {"role"}}), CountAnswers(columns, {.group_by = {"role"}}));
}

TEST(ResponseColumns_, DamagedBlocksAreRefusedOrHarmless) {
  SeededRandom random(6);
  ResponseColumns columns(kLayout);
  for (uint64_t i = 0; i < 300; ++i) ASSERT_TRUE(columns.Put(RandomRow(i, &random)).ok());
  StoredBlocks stored;
  stored.Take(&columns);
  for (int attempt = 0; attempt < 400; ++attempt) {
    StoredBlocks damaged = stored;
    std::string* blocks[] = {&damaged.header, &damaged.segments[0], &damaged.identities[0],
                             &damaged.deltas.begin()->second};
    std::string& block = *blocks[random.Below(4)];
    if (random.Chance(0.5)) {
      block.resize(random.Below(block.size()));
    } else {
      block[random.Below(block.size())] ^= static_cast<char>(1 << random.Below(8));
    }
    const auto loaded =
        ResponseColumns::FromBlocks(damaged.header, damaged.segments, damaged.identities, damaged.deltas);
    if (loaded.ok()) CountAnswers(*loaded, {.group_by = {"role"}});
  }
}

TEST(ResponseColumns_, AttributeAddedLaterIsUnknownForRowsBefore) {
  SeededRandom random(7);
  ResponseColumns columns(kLayout);
  for (uint64_t i = 0; i < 300; ++i) ASSERT_TRUE(columns.Put(RandomRow(i, &random)).ok());
  columns.AddAttribute("team");
  ResponseRow row = RandomRow(300, &random);
  row.attributes.push_back("blue");
  ASSERT_TRUE(columns.Put(row).ok());
  const auto counts = CountAnswers(columns, {.group_by = {"team"}});
  EXPECT_EQ(counts.at({""}).rows, 300);
  EXPECT_EQ(counts.at({"blue"}).rows, 1);
}

}  // namespace
}  // namespace trellis
