#include "common/tables/record_table.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "common/causal/bytes.h"
#include "tests/unit/tables/hex.h"

namespace trellis {
namespace {

Sibling Write(Dot dot, int64_t ms, const std::string& actor, const std::string& bytes) {
  return {dot, {ms, 1}, {ms, 1}, actor, bytes};
}

StoredRecord Fresh() {
  StoredRecord record;
  record.state.context = Context({0x0102030405060708, 3});
  record.state.cells = {{{1, ""}, {Write({0x0102030405060708, 3}, 1000, "ann", "\x0a\x01x")}},
                        {{2, "k"}, {Write({0x0102030405060708, 3}, 1000, "ann", "\x12\x01y")}}};
  record.lane = Lane::kResponses;
  record.seq = 300;
  return record;
}

// The state and what is local, kind and version aside.
void ExpectSame(const StoredRecord& a, const StoredRecord& b) {
  EXPECT_EQ(a.state, b.state);
  EXPECT_EQ(a.lane, b.lane);
  EXPECT_EQ(a.seq, b.seq);
  EXPECT_EQ(a.origin, b.origin);
  EXPECT_EQ(a.delta, b.delta);
}

TEST(RecordRow, FreshForm_GoldenBytes) {
  EXPECT_EQ(Hex(EncodeRecordRow(Fresh(), 7)),
            "02"  // flags: lane 2
            "ac02"
            "07"  // seq, kind
            "0807060504030201"
            "03"  // writer, n
            "d00f"
            "02"
            "03616e6e"  // ms, counter, actor
            "02"        // cells
            "0c"
            "0a0178"  // 3 bytes, field in the tag
            "0e"
            "016b"
            "120179");  // 3 bytes, element k
  EXPECT_EQ(Hex(RecordKey(5, RecordId())), "7200000005" + std::string(32, '0'));
}

TEST(RecordRow, FreshOfThePushingWriter_NamesNoEpoch) {
  StoredRecord record = Fresh();
  record.origin = {0x0102030405060708, 9};
  const std::string row = EncodeRecordRow(record, 7);
  EXPECT_EQ(row.size(), EncodeRecordRow(Fresh(), 7).size() + 1);
  ExpectSame(DecodeRecordRow(row)->record, record);
  record.origin.epoch = 77;
  ExpectSame(DecodeRecordRow(EncodeRecordRow(record, 7))->record, record);
}

TEST(RecordRow, GeneralForm_ComesBackWhole) {
  StoredRecord record;
  record.state.context.Raise({1, 4});
  record.state.context.Raise({2, 9});
  Sibling lowered = Write({2, 9}, INT64_MAX, "", "");
  lowered.effective = {INT64_MIN, UINT32_MAX};
  record.state.cells = {{{0, ""}, {Write({1, 4}, 5, "a", "\x01")}},
                        {{70000, std::string("\0e", 2)}, {Write({1, 3}, -5, "b", "v"), lowered}}};
  record.origin = {UINT64_MAX, UINT64_MAX};
  record.delta = {record.state.context, {{0, ""}, {3, "x"}}, 12, {4, 5}};
  const auto decoded = DecodeRecordRow(EncodeRecordRow(record, 1));
  ASSERT_TRUE(decoded.has_value());
  ExpectSame(decoded->record, record);
  EXPECT_EQ(decoded->kind, 1u);
}

TEST(RecordRow, Vouchers_ComeBackAndCostEighteenBytesForTheWholeState) {
  StoredRecord record = Fresh();
  const size_t plain = EncodeRecordRow(record, 7).size();
  record.vouchers = {{record.state.context, {}, {1, 2}}};
  EXPECT_EQ(EncodeRecordRow(record, 7).size(), plain + 18);
  EXPECT_EQ(DecodeRecordRow(EncodeRecordRow(record, 7))->record.vouchers, record.vouchers);
  record.vouchers.push_back({Context({5, 6}), {{3, 4}, {5, 6}}, {7, 8}});
  EXPECT_EQ(DecodeRecordRow(EncodeRecordRow(record, 7))->record.vouchers, record.vouchers);
}

TEST(RecordRow, RecordWithoutValues_ComesBack) {
  StoredRecord record;
  record.state.context = Context({1, 1});
  ExpectSame(DecodeRecordRow(EncodeRecordRow(record, 1))->record, record);
}

TEST(RecordRow, Damage_NeverCrashes) {
  StoredRecord general = Fresh();
  general.state.context.Raise({9, 9});
  general.delta = {general.state.context, {{1, ""}}, 1, {2, 3}};
  for (const std::string& row : {EncodeRecordRow(Fresh(), 7), EncodeRecordRow(general, 7)}) {
    for (size_t cut = 0; cut < row.size(); ++cut)
      EXPECT_FALSE(DecodeRecordRow(row.substr(0, cut)).has_value());
    EXPECT_FALSE(DecodeRecordRow(row + "x").has_value());
    for (size_t i = 0; i < row.size() * 8; ++i) {
      std::string flipped = row;
      flipped[i / 8] = static_cast<char>(flipped[i / 8] ^ (1 << (i % 8)));
      DecodeRecordRow(flipped);
    }
  }
}

RC_GTEST_PROP(RecordRow, AnyFreshState_RoundTrips, (uint64_t writer, int64_t ms, std::string actor)) {
  StoredRecord record;
  const Dot dot{writer, *rc::gen::inRange<uint64_t>(1, 1 << 20)};
  record.state.context = Context(dot);
  const auto cells = *rc::gen::container<std::vector<std::string>>(rc::gen::arbitrary<std::string>());
  for (uint32_t i = 0; i < cells.size(); ++i) {
    std::string bytes;
    if (*rc::gen::arbitrary<bool>()) AppendVarint(&bytes, (i + 1) << 3 | 2);
    record.state.cells.push_back({{i + 1, *rc::gen::arbitrary<bool>() ? "" : "e"},
                                  {{dot, {ms, 0}, {ms - 1, 4}, actor, bytes + cells[i]}}});
  }
  record.seq = *rc::gen::arbitrary<uint64_t>();
  const auto decoded = DecodeRecordRow(EncodeRecordRow(record, 3));
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(decoded->record.state == record.state);
  RC_ASSERT(decoded->record.seq == record.seq);
}

}  // namespace
}  // namespace trellis
