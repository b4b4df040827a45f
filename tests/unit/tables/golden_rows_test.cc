// The bytes of every table, held still: a change of any line here is a new store format.
#include <gtest/gtest.h>

#include "common/tables/cursor_table.h"
#include "common/tables/feed_table.h"
#include "common/tables/history_table.h"
#include "common/tables/index_tables.h"
#include "common/tables/request_table.h"
#include "common/tables/scope_tables.h"
#include "common/tables/set_aside_table.h"
#include "common/tables/store_tables.h"
#include "tests/unit/tables/hex.h"

namespace trellis {
namespace {

const std::string kZeroId(32, '0');
const std::string kHashHex =
    "0100000000000000"
    "0200000000000000";
const Hash128 kHash{1, 2};

TEST(GoldenRows, Scopes) {
  EXPECT_EQ(ScopeNameKey("F1"), "sF1");
  EXPECT_EQ(ScopeNameOfKey("sF1"), "F1");
  EXPECT_EQ(Hex(EncodeNumber(300)), "ac02");
  EXPECT_EQ(DecodeNumber(EncodeNumber(300)), 300u);
  const HeadRow head{300, 5, kHash, 7, 1, 2};
  EXPECT_EQ(Hex(HeadKey(1)), "7000000001");
  EXPECT_EQ(Hex(EncodeHeadRow(head)),
            "ac02"
            "05" +
                kHashHex +
                "07"
                "01"
                "02");
  EXPECT_EQ(DecodeHeadRow(EncodeHeadRow(head)), head);
  EXPECT_EQ(Hex(LineageKey(1, 2)), "6c0000000100000002");
  EXPECT_EQ(Hex(EncodeLineageRow({5, 6})), "050000000000000006");
  EXPECT_EQ(DecodeLineageRow(EncodeLineageRow({5, 6})), (LineageRow{5, 6}));
  EXPECT_EQ(Hex(LeafKey(1, 255)), "6400000001ff");
  EXPECT_EQ(BucketOfKey(LeafKey(1, 255)), 255);
  EXPECT_EQ(Hex(EncodeLeafRow({9, kHash})), "09" + kHashHex);
  EXPECT_EQ(DecodeLeafRow(EncodeLeafRow({9, kHash})), (LeafRow{9, kHash}));
}

TEST(GoldenRows, Buckets) {
  RecordId id;
  EXPECT_EQ(BucketOf(id), 84);
  id.bytes[15] = 1;
  EXPECT_EQ(BucketOf(id), 131);
}

TEST(GoldenRows, FeedAndIndexes) {
  EXPECT_EQ(Hex(FeedKey(1, Lane::kEdits, 258)),
            "6600000001"
            "03"
            "0000000000000102");
  EXPECT_EQ(Hex(KindIndexKey(1, 2, RecordId())),
            "6b00000001"
            "00000002" +
                kZeroId);
  EXPECT_EQ(Hex(FieldIndexKey(1, 2, 3, "v", RecordId())),
            "7800000001"
            "00000002"
            "00000003"
            "76" +
                kZeroId);
  EXPECT_EQ(Hex(ConflictKey(1, RecordId())), "6300000001" + kZeroId);
}

TEST(GoldenRows, History) {
  EXPECT_EQ(Hex(HistoryKey(1, RecordId(), 2)), "6800000001" + kZeroId + "0000000000000002");
  const std::vector<HistoryEntry> entries = {{"ann", {5, 1}, {2, "k"}, "old", "new"}};
  EXPECT_EQ(Hex(EncodeHistoryRow(entries)),
            "01"
            "03616e6e"
            "0a"
            "01"
            "02"
            "016b"
            "036f6c64"
            "036e6577");
  EXPECT_EQ(DecodeHistoryRow(EncodeHistoryRow(entries)), entries);
  EXPECT_FALSE(DecodeHistoryRow("\x01").has_value());
}

TEST(GoldenRows, Cursors) {
  EXPECT_EQ(Hex(CursorKey("p", 1, 2)),
            "75"
            "700001"
            "00000001"
            "0000000000000002");
  CursorRow row;
  row.ordinal = 4;
  row.seen = 300;
  row.lanes[1] = 8;
  row.lanes[4] = 0;
  EXPECT_EQ(Hex(EncodeCursorRow(row)),
            "04"
            "ac02"
            "12"
            "08"
            "00");
  EXPECT_EQ(DecodeCursorRow(EncodeCursorRow(row)), row);
  EXPECT_FALSE(DecodeCursorRow("").has_value());
}

TEST(GoldenRows, Requests) {
  EXPECT_EQ(RequestKey("r"), "ir");
  EXPECT_EQ(Hex(RequestRingKey(1)), "6a0000000000000001");
  EXPECT_EQ(RequestOrdinalOfKey(RequestRingKey(1)), 1u);
  const RequestRow row{7, {{RecordId(), kHash}}};
  EXPECT_EQ(Hex(EncodeRequestRow(row)),
            "07"
            "01" +
                kZeroId + kHashHex);
  EXPECT_EQ(DecodeRequestRow(EncodeRequestRow(row)), row);
}

TEST(GoldenRows, Store) {
  EXPECT_EQ(StoreFormatKey(), "aformat");
  EXPECT_EQ(DurableSeqKey(), "adurable");
  EXPECT_EQ(MetaKey("x"), "mx");
  EXPECT_EQ(KindKey("K"), "nK");
  EXPECT_EQ(Hex(EpochKey(3)), "6500000003");
  EXPECT_EQ(OpeningOfKey(EpochKey(3)), 3u);
  EXPECT_EQ(Hex(EncodeEpochRow({5, -1})),
            "0500000000000000"
            "01");
  EXPECT_EQ(DecodeEpochRow(EncodeEpochRow({5, -1})), (EpochRow{5, -1}));
}

TEST(GoldenRows, SetAside_KeepsEvenWhatIsMalformed) {
  SetAsideItem item;
  item.peer = "site";
  item.reason = "why";
  item.held = true;
  item.cause = SetAsideCause::kCollision;
  item.delta.kind = "K";
  item.delta.base = Context({1, 1});
  item.delta.context = Context({1, 2});
  // A value of a writer its context does not know.
  item.delta.cells = {{{3, ""}, {{{9, 1}, {1, 0}, {1, 0}, "a", "b"}}}};
  item.delta.version = kHash;
  const std::string row = EncodeSetAsideRow(item);
  EXPECT_EQ(Hex(row),
            "0473697465"
            "03776879"
            "09"
            "014b"
            "00"
            "01"
            "0100000000000000"
            "01"
            "01"
            "0100000000000000"
            "02"
            "02"
            "0100000000000000"
            "02"
            "0900000000000000"
            "01"
            "01"
            "03"
            "00"
            "01"
            "01"
            "01"
            "02"
            "00"
            "0161"
            "0162" +
                kHashHex + "0000");
  const auto decoded = DecodeSetAsideRow(RecordId(), row);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->delta, item.delta);
  EXPECT_EQ(decoded->peer, item.peer);
  EXPECT_EQ(decoded->reason, item.reason);
  EXPECT_TRUE(decoded->held);
  EXPECT_EQ(decoded->cause, SetAsideCause::kCollision);
  EXPECT_NE(SetAsideKey(1, RecordId(), row), SetAsideKey(1, RecordId(), row + "x"));
  EXPECT_EQ(SetAsideIdOfKey(SetAsideKey(1, RecordId(), row)), RecordId());
}

TEST(GoldenRows, SetAside_KeepsAFrameAsItCame) {
  SetAsideItem item{"site", "why", SetAsideCause::kUnreadable};
  item.frame = "body";
  const auto decoded = DecodeSetAsideRow(RecordId(), EncodeSetAsideRow(item));
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->cause, SetAsideCause::kUnreadable);
  EXPECT_EQ(decoded->frame, "body");
}

TEST(GoldenRows, Writers) { EXPECT_EQ(Hex(WriterKey(5)), "770000000000000005"); }

}  // namespace
}  // namespace trellis
