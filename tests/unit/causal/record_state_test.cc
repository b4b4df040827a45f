#include "common/causal/record_state.h"

#include <gtest/gtest.h>

namespace trellis {
namespace {

RecordState Fresh() {
  const Sibling write{{5, 2}, {1000, 1}, {990, 1}, "ann", ""};
  Sibling title = write;
  title.bytes = "title";
  Sibling hours = write;
  hours.bytes = "hours";
  return {"Goal", Context(write.dot), {{{1, ""}, {title}}, {{4, ""}, {hours}}}};
}

TEST(FreshWrite, OneWriteOfOneWriterIsFresh) {
  const RecordState state = Fresh();
  const Sibling* write = FreshWrite(state);
  ASSERT_NE(write, nullptr);
  EXPECT_EQ(write->dot, (Dot{5, 2}));
}

TEST(FreshWrite, ASecondWriteIsNot) {
  RecordState edited = Fresh();
  edited.context.Raise({5, 3});
  EXPECT_EQ(FreshWrite(edited), nullptr);
  RecordState other_stamp = Fresh();
  other_stamp.cells[1].siblings[0].effective.ms = 1;
  EXPECT_EQ(FreshWrite(other_stamp), nullptr);
  EXPECT_EQ(FreshWrite(RecordState{}), nullptr);
}

TEST(CanonicalBytes, TellEveryPartApart) {
  const HashKey key{};
  const RecordId id{};
  const RecordState state = Fresh();
  const Hash128 version = VersionHash(key, id, state);
  EXPECT_EQ(VersionHash(key, id, Fresh()), version);

  std::vector<RecordState> variants(8, state);
  variants[0].kind = "Metric";
  variants[1].context.Raise({9, 1});
  variants[2].cells[0].siblings[0].bytes = "Title";
  variants[3].cells[0].siblings[0].raw.counter = 2;
  variants[4].cells[0].siblings[0].effective.ms = 991;
  variants[5].cells[0].siblings[0].actor = "bob";
  variants[6].cells[0].key.element = "x";
  variants[7].cells.pop_back();
  for (const RecordState& variant : variants) EXPECT_NE(VersionHash(key, id, variant), version);

  RecordId other_id;
  other_id.bytes[3] = 1;
  EXPECT_NE(VersionHash(key, other_id, state), version);
}

TEST(CanonicalBytes, GoldenBytes) {
  const RecordState state{"K", Context(Dot{3, 1}), {{{2, "e"}, {{{3, 1}, {-1, 2}, {-2, 0}, "a", "v"}}}}};
  EXPECT_EQ(CanonicalBytes(state), std::string("\x01K"
                                               "\x01\x03\x01"
                                               "\x01\x02\x01"
                                               "e"
                                               "\x01\x03\x01\x01\x02\x03\x00\x01"
                                               "a"
                                               "\x01v",
                                               20));
}

TEST(RecordState, FindsCellsByKey) {
  RecordState state = Fresh();
  EXPECT_NE(state.Find({4, ""}), nullptr);
  EXPECT_EQ(state.Find({4, "x"}), nullptr);
  state.FindOrInsert({2, ""});
  EXPECT_EQ(state.cells[1].key, (CellKey{2, ""}));
}

}  // namespace
}  // namespace trellis
