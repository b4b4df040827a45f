#include "common/replica/view_rows.h"

#include "common/tables/view_table.h"
#include "tests/unit/replica/replica_fixture.h"

namespace trellis {
namespace {

using Rows = std::map<std::string, std::string>;

Rows RowsOf(const TestStore& store, std::string_view prefix = "") {
  Rows rows;
  EXPECT_TRUE(ViewRowsOf(store.operator->())
                  ->ScanViewRows(prefix,
                                 [&](std::string_view key, std::string_view row) {
                                   rows[std::string(key)] = row;
                                   return true;
                                 })
                  .ok());
  return rows;
}

absl::Status Write(const TestStore& store, const ViewChange& change) {
  return ViewRowsOf(store.operator->())->WriteViewRows(store->epoch(), change);
}

TEST(ViewRows, AreWrittenTakenAwayAndClearedByPrefix) {
  TestStore store(1);
  ASSERT_TRUE(Write(store, {{}, {{"g1a", "x"}, {"g1b", "y"}, {"g2", "z"}}}).ok());
  EXPECT_EQ(RowsOf(store), (Rows{{"g1a", "x"}, {"g1b", "y"}, {"g2", "z"}}));
  EXPECT_EQ(RowsOf(store, "g1"), (Rows{{"g1a", "x"}, {"g1b", "y"}}));
  ASSERT_TRUE(Write(store, {{"g1"}, {{"g1b", "new"}, {"g2", std::nullopt}}}).ok());
  EXPECT_EQ(RowsOf(store), (Rows{{"g1b", "new"}}));
}

TEST(ViewRows, OfAnotherOpening_AreRefused) {
  TestStore store(2);
  const Epoch before = store->epoch();
  store.Open();
  EXPECT_EQ(ViewRowsOf(store.operator->())->WriteViewRows(before, {{}, {{"c", "stale"}}}).code(),
            absl::StatusCode::kAborted);
  EXPECT_TRUE(RowsOf(store).empty());
}

TEST(ViewRows, OutliveAReopeningAndGoWithTheFeedsInARescue) {
  TestStore store(3);
  ASSERT_TRUE(Write(store, {{}, {{"c", "1"}}}).ok());
  store.Open();
  EXPECT_EQ(RowsOf(store), (Rows{{"c", "1"}}));
  store.Open(/*rescue=*/true);
  EXPECT_TRUE(RowsOf(store).empty());
}

TEST(ViewRows, AreNeverThereWithoutTheCommitsBeforeThem) {
  TestStore store(4);
  ASSERT_TRUE(store.Create(IdOf(1), 1, "a").ok());
  ASSERT_TRUE(Write(store, {{}, {{"c", "1"}}}).ok());
  store.Crash();  // nothing was synced since: the rows may go, and do here
  EXPECT_TRUE(RowsOf(store).empty());
  ASSERT_TRUE(Write(store, {{}, {{"c", "1"}}}).ok());
  ASSERT_TRUE(store.Create(IdOf(2), 1, "b").ok());
  store.Crash();
  EXPECT_EQ(RowsOf(store), (Rows{{"c", "1"}}));
}

TEST(ViewRows, StandUnderTheirOwnLetter) {
  EXPECT_EQ(ViewKey("c"), "vc");
  EXPECT_EQ(RowKeyOfViewKey("vc"), "c");
}

}  // namespace
}  // namespace trellis
