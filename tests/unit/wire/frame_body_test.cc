#include "common/wire/frame_body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/causal/bytes.h"
#include "common/causal/lifecycle.h"
#include "tests/unit/wire/random_deltas.h"

namespace trellis {
namespace {

constexpr Epoch kEpoch = 0x1234'5678'9abc'def0;

FrameBodyOptions Options(bool dictionary = true, Epoch epoch = kEpoch) {
  FrameBodyOptions options;
  options.district_key.fill(7);
  options.scope = "S0001";
  options.dictionary = dictionary ? ShippedDictionary() : 0;
  options.epoch = epoch;
  return options;
}

void ExpectGivenBack(const std::vector<Delta>& deltas, const FrameBodyOptions& options) {
  const auto decoded = DecodeFrameBody(EncodeFrameBody(deltas, options), options);
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  ASSERT_EQ(decoded->size(), deltas.size());
  for (size_t i = 0; i < deltas.size(); ++i) ASSERT_TRUE((*decoded)[i] == deltas[i]) << "record " << i;
}

// field, wire type 0, value.
std::string Number(uint32_t field, uint64_t value) {
  std::string out;
  AppendVarint(&out, field << 3);
  AppendVarint(&out, value);
  return out;
}

std::string Sized(uint32_t field, std::string_view payload) {
  std::string out;
  AppendVarint(&out, field << 3 | 2);
  AppendSized(&out, payload);
  return out;
}

Delta Record(std::string_view message, uint64_t n = 1, const std::vector<SplitRule>& sets = {}) {
  return FreshDelta(Options(), "trellis.domain.v1.Goal", {kEpoch, n}, {1'790'000'000'000, 0}, message, sets);
}

TEST(FrameBody, AnyDeltas_AreGivenBack) {
  for (uint64_t seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE(seed);
    const FrameBodyOptions options = Options(seed % 2 == 0, seed % 3 == 0 ? 0 : kEpoch);
    ExpectGivenBack(RandomDeltas(seed).Make(seed % 97, options), options);
    if (HasFatalFailure()) return;
  }
}

TEST(FrameBody, AsManyRecordsAsAFrameTakes_AreGivenBack) {
  std::vector<Delta> deltas;
  while (deltas.size() < kMostFrameRecords)
    deltas.push_back(Record(Number(1, deltas.size()), deltas.size() + 1));
  ExpectGivenBack(deltas, Options());
}

TEST(FrameBody, AsManyBytesAsAFrameTakes_AreGivenBack) {
  const FrameBodyOptions options = Options();
  RandomDeltas random(5);
  std::vector<Delta> deltas;
  size_t bytes = 0;
  while (true) {
    Delta delta = deltas.size() % 3 == 0 ? random.State(options) : random.Fresh(options);
    bytes += CanonicalBytes({delta.kind, delta.context, delta.cells}).size();
    if (bytes > kMostFrameStateBytes || deltas.size() == kMostFrameRecords) break;
    deltas.push_back(std::move(delta));
  }
  ExpectGivenBack(deltas, options);
}

TEST(FrameBody, Vouchers_AreGivenBack) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    std::vector<Delta> deltas = RandomDeltas(seed).Make(20, Options());
    for (size_t i = 0; i < deltas.size(); ++i) {
      if (i % 4 == 1) deltas[i].vouchers = {{deltas[i].context, {}, {seed, i}}};
      if (i % 4 == 2) deltas[i].vouchers = {{Context({kEpoch + 1, 3}), {{1, 2}, {3, 4}}, {seed, i}}};
      if (i % 4 == 3) deltas[i].vouchers = {{deltas[i].context, {}, {1, 1}}, {Context({5, 6}), {}, {2, 2}}};
    }
    ExpectGivenBack(deltas, Options());
  }
}

TEST(FrameBody, VoucherForAFreshRecord_CostsItsCodeAlone) {
  Delta record = Record(Number(1, 5));
  const size_t plain = EncodeFrameBody({record}, Options()).size();
  record.vouchers = {{record.context, {}, {0x0123456789abcdef, 0xfedcba9876543210}}};
  EXPECT_LE(EncodeFrameBody({record}, Options()).size(), plain + 18);
}

TEST(FrameBody, NoRecords_AreGivenBack) { ExpectGivenBack({}, Options()); }

TEST(FrameBody, EmptyMessageInField_IsGivenBack) {
  ExpectGivenBack({Record(Sized(4, "")), Record(Sized(4, ""), 2)}, Options());
}

TEST(FrameBody, UnknownFieldsOfAnyNumber_AreGivenBack) {
  const std::string message = Number(1, UINT64_MAX) + Sized(5, "text") + Number((1U << 29) - 1, 7);
  ExpectGivenBack({Record(message), Record(message, 2)}, Options());
}

TEST(FrameBody, MessageNestedTenThousandDeep_IsGivenBack) {
  std::string message;
  for (int i = 0; i < 10'000; ++i) message = Sized(2, message);
  ExpectGivenBack({Record(message), Record(message, 2)}, Options());
}

TEST(FrameBody, MoreShapesThanANodeMayHave_AreGivenBack) {
  std::vector<Delta> records;
  for (uint64_t n = 1; n <= 3'000; ++n) {
    std::string message;
    for (uint32_t bit = 0; bit < 12; ++bit) {
      if (n >> bit & 1) message += Number(bit + 1, n);
    }
    records.push_back(Record(message, n));
  }
  ExpectGivenBack(records, Options());
}

TEST(FrameBody, MoreFieldsThanANodeMayHave_AreGivenBack) {
  std::vector<Delta> records;
  for (uint64_t n = 1; n <= 600; ++n) records.push_back(Record(Number(static_cast<uint32_t>(n), n), n));
  ExpectGivenBack(records, Options());
}

TEST(FrameBody, DatesOnAndOffTheCalendar_AreGivenBack) {
  std::vector<Delta> records;
  for (const char* date : {"2026-09-01", "0000-01-01", "9999-12-31", "2024-02-29"}) {
    records.push_back(Record(Sized(4, date), records.size() + 1));
  }
  ExpectGivenBack(records, Options());
  records.push_back(Record(Sized(4, "2026-02-29"), 9));
  ExpectGivenBack(records, Options());
}

TEST(FrameBody, SetElements_KeepTheirKeys) {
  const std::vector<SplitRule> sets = {{12, 0, SplitRule::Packing::kNever},
                                       {13, 2, SplitRule::Packing::kNever}};
  const std::string message = Sized(12, "data") + Sized(12, "equity") + Sized(12, std::string(40, 'k')) +
                              Sized(13, Number(1, 9) + Sized(2, "key")) +
                              Sized(13, Number(1, 9) + Sized(2, "other"));
  ExpectGivenBack({Record(message, 1, sets), Record(Sized(12, ""), 2, sets)}, Options());
}

TEST(FrameBody, FieldOnceASetAndOncePlain_IsGivenBack) {
  const std::string message = Sized(12, "data") + Sized(12, "equity");
  const std::vector<SplitRule> sets = {{12, 0, SplitRule::Packing::kNever}};
  ExpectGivenBack({Record(message), Record(message, 2, sets), Record(message, 3)}, Options());
}

TEST(FrameBody, KeyThatFollowsFromNothing_IsGivenBack) {
  Delta delta = Record(Sized(12, "data"));
  delta.cells.front().key.element = "chosen freely";
  delta.version = VersionOf(delta, Options());
  ExpectGivenBack({delta, Record(Sized(12, "data"), 2)}, Options());
}

TEST(FrameBody, DeletedRecord_IsGivenBack) {
  Delta delta = Record(Number(1, 1));
  const Dot dot{99, 4};
  delta.cells.insert(
      delta.cells.begin(),
      Cell{{kLifecycleField, ""},
           {{dot, {1, 2}, {1, 1}, "acct", EncodeLifecycle({LifecycleMark::kDeleted, delta.context})}}});
  delta.context.Raise(dot);
  delta.version = VersionOf(delta, Options());
  ExpectGivenBack({delta}, Options());
}

TEST(FrameBody, VersionOfWholeState_IsComputedByTheReceiver) {
  Delta delta = Record(Number(1, 1));
  const Hash128 version = delta.version;
  delta.version = {};
  const auto decoded = DecodeFrameBody(EncodeFrameBody({delta}, Options()), Options());
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->front().version, version);
}

TEST(FrameBody, IdOfAnotherScope_IsSpelledOut) {
  FrameBodyOptions elsewhere = Options();
  elsewhere.scope = "S0002";
  ExpectGivenBack({Record(Number(1, 1))}, elsewhere);
}

TEST(FrameBody, ConsecutiveRecordsAlike_CostAlmostNothing) {
  std::vector<Delta> records;
  for (uint64_t n = 1; n <= 1'000; ++n) records.push_back(Record(Number(1, 3) + Sized(2, "the same"), n));
  EXPECT_LT(EncodeFrameBody(records, Options()).size(), 150U);
}

TEST(FrameBody, OneRecord_IsShorterWithTheDictionary) {
  const Delta record = Record(Sized(1, "trust among staff has grown") + Sized(2, "en"));
  const size_t without = EncodeFrameBody({record}, Options(false)).size();
  EXPECT_LT(EncodeFrameBody({record}, Options(true)).size(), without);
}

TEST(FrameBody, DictionaryNotAgreedOn_IsRefused) {
  const std::string body = EncodeFrameBody({Record(Sized(1, "trust among staff has grown"))}, Options());
  const auto decoded = DecodeFrameBody(body, Options(false));
  EXPECT_EQ(decoded.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(FrameBody, UnknownDictionary_IsDoneWithout) {
  FrameBodyOptions options = Options();
  options.dictionary = 12'345;
  ExpectGivenBack({Record(Sized(1, "trust among staff has grown"))}, options);
}

TEST(FrameBody, EpochMissingAtTheReceiver_IsRefused) {
  const std::string body = EncodeFrameBody({Record(Number(1, 1))}, Options(true, kEpoch));
  EXPECT_FALSE(DecodeFrameBody(body, Options(true, 0)).ok());
}

}  // namespace
}  // namespace trellis
