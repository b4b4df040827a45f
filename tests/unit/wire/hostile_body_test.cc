// Bodies nobody honest sends: refused, within bounds, and without a crash.
#define ZSTD_STATIC_LINKING_ONLY
#include <gtest/gtest.h>
#include <zstd.h>

#include <random>

#include "common/causal/bytes.h"
#include "common/wire/frame_body.h"
#include "common/wire/frame_limits.h"
#include "common/wire/frame_streams.h"
#include "tests/unit/wire/random_deltas.h"

namespace trellis {
namespace {

FrameBodyOptions Options() {
  FrameBodyOptions options;
  options.scope = "S0001";
  options.dictionary = ShippedDictionary();
  options.epoch = 77;
  return options;
}

std::string Header(uint8_t packing, uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
  std::string body(1, static_cast<char>(1 << 2 | packing));
  for (const uint64_t size : {a, b, c, d}) AppendVarint(&body, size);
  return body;
}

// Not compressed.
std::string Body(const FrameStreams& streams) {
  return Header(0, streams.a.size(), streams.b.size(), streams.c.size(), streams.d.size()) + streams.a +
         streams.b + streams.c + streams.d;
}

std::string Varints(std::initializer_list<uint64_t> values) {
  std::string out;
  for (const uint64_t value : values) AppendVarint(&out, value);
  return out;
}

void ExpectRefused(const std::string& body, std::string_view because = "") {
  const auto decoded = DecodeFrameBody(body, Options());
  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(decoded.status().ToString().find(std::string(because)), std::string::npos) << decoded.status();
}

// One run of `records` fresh records of one kind, all the same write; the node follows.
FrameStreams Fresh(uint64_t records) {
  FrameStreams streams;
  streams.a = Varints({1, records, 0, 1}) + "\x01k" + Varints({1});
  streams.c = Varints({1}) + "x";
  const auto constant = [&](uint64_t value) { return records > 1 ? Varints({0, value}) : Varints({value}); };
  streams.a += constant(0) + constant(0);                        // kind, writer
  streams.a += records > 1 ? Varints({1, 1, 2}) : Varints({1});  // n: 1, 2, 3 …
  for (int i = 0; i < 5; ++i) streams.a += constant(0);          // stamps, actor
  streams.a += Varints({0, records});                            // ids derived
  streams.a += Varints({0});                                     // no sets
  return streams;
}

TEST(HostileBody, OfTheBuilderHere_IsRightBeforeItIsMadeWrong) {
  FrameStreams streams = Fresh(3);
  streams.a += Varints({1, 1, 8}) + Varints({0}) + Varints({0, 42});  // one shape: field 1; plain; all 42
  const auto decoded = DecodeFrameBody(Body(streams), Options());
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(decoded->size(), 3U);
  EXPECT_EQ(decoded->back().cells.front().siblings.front().bytes, "\x08*");
}

TEST(HostileBody, TruncatedAtEveryByte_IsRefused) {
  const std::vector<Delta> deltas = RandomDeltas(3).Make(20, Options());
  const std::string body = EncodeFrameBody(deltas, Options());
  for (size_t size = 0; size < body.size(); ++size) {
    const auto decoded = DecodeFrameBody(std::string_view(body).substr(0, size), Options());
    ASSERT_FALSE(decoded.ok()) << size;
    ASSERT_EQ(decoded.status().code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST(HostileBody, WithBytesAfterItsEnd_IsRefused) {
  for (const uint64_t seed : {1, 2, 3}) {
    const std::string body = EncodeFrameBody(RandomDeltas(seed).Make(5, Options()), Options());
    ExpectRefused(body + '\0');
    ExpectRefused(body + body);
  }
  FrameStreams streams = Fresh(3);
  streams.a += Varints({1, 1, 8}) + Varints({0}) + Varints({0, 42});
  for (std::string FrameStreams::*stream :
       {&FrameStreams::a, &FrameStreams::b, &FrameStreams::c, &FrameStreams::d}) {
    FrameStreams longer = streams;
    (longer.*stream).push_back('\0');
    ExpectRefused(Body(longer), "after its end");
  }
}

// What is decoded from damaged bytes is either refused or some deltas that can be sent on.
TEST(HostileBody, Damaged_IsRefusedOrHarmless) {
  std::mt19937_64 random(9);
  for (uint64_t seed = 0; seed < 40; ++seed) {
    const std::string body = EncodeFrameBody(RandomDeltas(seed).Make(8, Options()), Options());
    for (int i = 0; i < 40; ++i) {
      std::string damaged = body;
      for (uint64_t flips = 1 + random() % 3; flips > 0; --flips) {
        damaged[random() % damaged.size()] = static_cast<char>(random());
      }
      const auto decoded = DecodeFrameBody(damaged, Options());
      if (!decoded.ok()) continue;
      const auto again = DecodeFrameBody(EncodeFrameBody(*decoded, Options()), Options());
      ASSERT_TRUE(again.ok()) << again.status();
      ASSERT_TRUE(*again == *decoded);
    }
  }
}

TEST(HostileBody, OfAnotherVersion_SaysSo) {
  ExpectRefused(std::string("\x09\x00\x00\x00\x00", 5), "update");
}

TEST(HostileBody, DeclaringMoreThanAMebibyte_IsRefused) {
  ExpectRefused(Header(1, kMaxPlainBytes, 1, 0, 0) + "x", "more than");
  ExpectRefused(Header(1, UINT64_MAX, UINT64_MAX, 3, 0) + "x", "more than");
}

TEST(HostileBody, LongerThanAnyFrame_IsRefused) {
  ExpectRefused(std::string(kMaxBodyBytes + 1, '\4'), "longer than");
}

std::string Compressed(const std::string& plain, int window_log) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_format, ZSTD_f_zstd1_magicless);
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
  std::string packed(ZSTD_compressBound(plain.size()), '\0');
  ZSTD_inBuffer in{plain.data(), plain.size(), 0};
  ZSTD_outBuffer out{packed.data(), packed.size(), 0};
  // Flushed before the end, so that the window is not narrowed to what there is.
  while (ZSTD_compressStream2(context, &out, &in, ZSTD_e_flush) != 0) {
  }
  while (ZSTD_compressStream2(context, &out, &in, ZSTD_e_end) != 0) {
  }
  ZSTD_freeCCtx(context);
  packed.resize(out.pos);
  return packed;
}

TEST(HostileBody, CompressionBomb_IsRefused) {
  const std::string bomb = Compressed(std::string(64 << 20, '\0'), 20);
  ASSERT_LT(bomb.size(), 16'384U);
  ExpectRefused(Header(1, 1'000, 0, 0, 0) + bomb, "decompressed");
  ExpectRefused(Header(1, kMaxPlainBytes, 0, 0, 0) + bomb, "decompressed");
}

TEST(HostileBody, LargeCompressionWindow_IsRefused) {
  const std::string plain = Varints({1, 0, 0, 0, 0});
  EXPECT_TRUE(DecodeFrameBody(Header(1, plain.size(), 0, 0, 0) + Compressed(plain, 20), Options()).ok());
  ExpectRefused(Header(1, plain.size(), 0, 0, 0) + Compressed(plain, 27), "decompressed");
}

TEST(HostileBody, TooManyRecords_IsRefused) {
  FrameStreams streams;
  streams.a = Varints({1, kMaxFrameRecords + 1, 0, 0, 0});
  ExpectRefused(Body(streams), "too many records");
  streams.a = Varints({2, kMaxFrameRecords, UINT64_MAX, 0, 0, 0});
  ExpectRefused(Body(streams), "too many records");
  streams.a = Varints({UINT64_MAX});
  ExpectRefused(Body(streams), "too many runs");
}

TEST(HostileBody, TablesOfHugeCounts_AreRefused) {
  FrameStreams streams;
  streams.a = Varints({1, 0, UINT64_MAX});
  ExpectRefused(Body(streams));
  streams.a = Varints({1, 0, 0, UINT64_MAX});
  ExpectRefused(Body(streams), "too many values");
}

TEST(HostileBody, RecordsOfNoShape_AreRefused) {
  FrameStreams streams = Fresh(3);
  streams.a += Varints({0});
  ExpectRefused(Body(streams), "shapes");
}

TEST(HostileBody, RecordsOfNoCells_AreRefused) {
  FrameStreams streams = Fresh(3);
  streams.a += Varints({1, 0});  // one shape without tags
  ExpectRefused(Body(streams), "no cells");
}

TEST(HostileBody, TooManyShapesTagsOrFields_AreRefused) {
  FrameStreams streams = Fresh(3);
  streams.a += Varints({kMaxShapes + 1});
  ExpectRefused(Body(streams), "too many shapes");
  streams = Fresh(3);
  streams.a += Varints({1, kMaxTagsPerShape + 1});
  ExpectRefused(Body(streams), "too many tags");
  streams = Fresh(3);
  streams.a += Varints({2, 200});
  for (uint64_t field = 1; field <= 200; ++field) AppendVarint(&streams.a, field << 3);
  streams.a += Varints({200});
  for (uint64_t field = 301; field <= 500; ++field) AppendVarint(&streams.a, field << 3);
  ExpectRefused(Body(streams), "too many fields");
}

TEST(HostileBody, TagsThatCannotBe_AreRefused) {
  for (const uint64_t tag :
       {uint64_t{0}, uint64_t{3 << 3 | 3}, uint64_t{3 << 3 | 7}, uint64_t{1} << 40, uint64_t{5}}) {
    FrameStreams streams = Fresh(3);
    streams.a += Varints({1, 1, tag});
    ExpectRefused(Body(streams), "tag");
  }
}

TEST(HostileBody, RepeatedOverAndOver_IsRefused) {
  FrameStreams streams = Fresh(100);
  streams.a += Varints({1, 1, 8}) + Varints({1}) + Varints({0, 1 << 20});  // each 2^20 times
  ExpectRefused(Body(streams), "too many values");
  streams = Fresh(100);
  streams.a += Varints({1, 1, 8}) + Varints({1}) + Varints({0, UINT64_MAX});
  ExpectRefused(Body(streams), "too many values");
}

TEST(HostileBody, RebuiltTooLarge_IsRefused) {
  FrameStreams streams = Fresh(8'000);
  const std::string large(4'000, 'x');
  streams.a +=
      Varints({1, 1, 10}) + Varints({0}) + Varints({0, large.size()});  // the same text in each record
  streams.c += large;
  ExpectRefused(Body(streams), "too large");
}

TEST(HostileBody, LengthsThatOverflow_AreRefused) {
  FrameStreams streams = Fresh(20);
  streams.a += Varints({1, 1, 10}) + Varints({0}) + Varints({3, uint64_t{1} << 62});  // fixed length × 20
  ExpectRefused(Body(streams), "longer than their bytes");
  streams = Fresh(20);
  streams.a += Varints({1, 1, 10}) + Varints({0}) + Varints({4, 0, uint64_t{1} << 61});
  ExpectRefused(Body(streams), "longer than their bytes");
}

TEST(HostileBody, MessagesNestedTooDeep_AreRefused) {
  FrameStreams streams = Fresh(10);
  for (int depth = 0; depth < 10'000; ++depth) streams.a += Varints({1, 1, 10}) + Varints({2});
  ExpectRefused(Body(streams), "nested too deep");
}

TEST(HostileBody, CellsOutOfOrder_AreRefused) {
  FrameStreams streams = Fresh(3);
  streams.a += Varints({1, 2, 2 << 3, 1 << 3}) + Varints({0, 0}) + Varints({0, 1}) + Varints({0, 1});
  ExpectRefused(Body(streams), "out of order");
}

TEST(HostileBody, StateOfCountlessEmptyCells_IsRefused) {
  FrameStreams streams;
  std::string item;
  for (size_t i = 0; i <= kMaxCells; ++i) item += std::string("\x2a\x00", 2);  // cells {}
  streams.a = Varints({2, 0, 1, 0, 1}) + std::string(1, '\0') + Varints({0}) + Varints({item.size()});
  streams.c = item;
  streams.d = std::string(32, '\0');
  ExpectRefused(Body(streams), "too many cells");
}

}  // namespace
}  // namespace trellis
