// Byte order of keys is the order of what they encode, and no key is a prefix of another's scope.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "common/tables/cursor_table.h"
#include "common/tables/feed_table.h"
#include "common/tables/history_table.h"
#include "common/tables/index_tables.h"
#include "common/tables/key_codec.h"
#include "common/tables/record_table.h"
#include "common/tables/scope_tables.h"

namespace trellis {
namespace {

RecordId AnyId() {
  const auto bytes = *rc::gen::container<std::vector<uint8_t>>(16, rc::gen::arbitrary<uint8_t>());
  return RecordId::FromBytes({reinterpret_cast<const char*>(bytes.data()), 16});
}
Lane AnyLane() { return static_cast<Lane>(*rc::gen::inRange(0, kLaneCount)); }
// Short, of few letters, so that prefixes of one another are common; 00 and FF among them.
std::string AnyText() {
  return *rc::gen::container<std::string>(rc::gen::element('\0', '\x01', 'a', '\xff'));
}

RC_GTEST_PROP(KeyOrder, OrderedText_SortsAsTextAndComesBack, ()) {
  const std::string a = AnyText();
  const std::string b = AnyText();
  std::string key_a;
  std::string key_b;
  AppendOrdered(&key_a, a);
  AppendOrdered(&key_b, b);
  RC_ASSERT((a < b) == (key_a < key_b));
  RC_ASSERT(a == b || !key_b.starts_with(key_a));
  KeyReader reader(key_a);
  RC_ASSERT(reader.Ordered() == a);
  RC_ASSERT(reader.ok() && reader.AtEnd());
}

RC_GTEST_PROP(KeyOrder, Feed_SortsByScopeLaneSeq, (uint32_t s1, uint32_t s2, uint64_t q1, uint64_t q2)) {
  const Lane l1 = AnyLane();
  const Lane l2 = AnyLane();
  RC_ASSERT((std::tuple(s1, l1, q1) < std::tuple(s2, l2, q2)) == (FeedKey(s1, l1, q1) < FeedKey(s2, l2, q2)));
  RC_ASSERT(FeedSeqOfKey(FeedKey(s1, l1, q1)) == q1);
}

RC_GTEST_PROP(KeyOrder, Records_SortByScopeAndId, (uint32_t s1, uint32_t s2)) {
  const RecordId a = AnyId();
  const RecordId b = AnyId();
  RC_ASSERT((std::tuple(s1, a) < std::tuple(s2, b)) == (RecordKey(s1, a) < RecordKey(s2, b)));
  RC_ASSERT(RecordIdOfKey(RecordKey(s1, a)) == a);
}

RC_GTEST_PROP(KeyOrder, History_SortsByScopeIdSeq, (uint32_t s, uint64_t q1, uint64_t q2)) {
  const RecordId a = AnyId();
  const RecordId b = AnyId();
  RC_ASSERT((std::tuple(a, q1) < std::tuple(b, q2)) == (HistoryKey(s, a, q1) < HistoryKey(s, b, q2)));
}

RC_GTEST_PROP(KeyOrder, Cursors_OfAPeerStandTogether, (uint32_t scope, uint64_t epoch)) {
  const std::string a = AnyText();
  const std::string b = AnyText();
  RC_PRE(a != b);
  RC_ASSERT(!CursorKey(b, scope, epoch).starts_with(CursorPrefix(a, scope)));
  RC_ASSERT(CursorEpochOfKey(CursorKey(a, scope, epoch)) == epoch);
}

RC_GTEST_PROP(KeyOrder, FieldIndex_SortsByValueThenId, (uint32_t scope, uint32_t kind, uint32_t field)) {
  // Values that end where they end: here, all of one length.
  const auto value = [] { return *rc::gen::container<std::string>(4, rc::gen::arbitrary<char>()); };
  const std::string v1 = value();
  const std::string v2 = value();
  const RecordId a = AnyId();
  const RecordId b = AnyId();
  const std::string k1 = FieldIndexKey(scope, kind, field, v1, a);
  const std::string k2 = FieldIndexKey(scope, kind, field, v2, b);
  RC_ASSERT((std::tuple(v1, a) < std::tuple(v2, b)) == (k1 < k2));
  RC_ASSERT(FieldIndexEntryOfKey(k1).first == v1);
  RC_ASSERT(FieldIndexEntryOfKey(k1).second == a);
}

RC_GTEST_PROP(KeyOrder, PrefixEnd_IsJustAboveEveryKeyOfThePrefix, ()) {
  const std::string prefix = AnyText();
  const std::string key = prefix + AnyText();
  const std::string end = PrefixEnd(prefix);
  RC_ASSERT(end.empty() || key < end);
  RC_ASSERT(end.empty() || !end.starts_with(prefix));
}

}  // namespace
}  // namespace trellis
