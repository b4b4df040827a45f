// Bytes that stores already exchange: what is in tests/data/frames must stay readable, and what is written
// must stay what it is (before compression, whose bytes differ from one zstd to the next). A changed grammar
// needs a new frame version beside the old. TRELLIS_WRITE_GOLDEN=1 writes the files of new frames.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "common/wire/frame_body.h"
#include "common/wire/frame_plain.h"
#include "tests/unit/wire/random_deltas.h"

namespace trellis {
namespace {

struct GoldenFrame {
  std::string name;
  std::vector<Delta> items;
};

FrameBodyOptions Options() {
  FrameBodyOptions options;
  options.district_key.fill(9);
  options.scope = "S0001";
  options.epoch = 0x1122'3344'5566'7788;
  return options;
}

Delta Goal(uint64_t n, std::string_view title, uint8_t stage) {
  std::string message = "\x0a";
  message.push_back(static_cast<char>(title.size()));
  message += title;
  message += "\x10";
  message.push_back(static_cast<char>(stage));
  message += "\x1a\x0a" + std::string("2026-09-0") + static_cast<char>('1' + n % 8);
  message += "\x22\x02\x08\x05";
  return FreshDelta(Options(), "trellis.domain.v1.Goal", {Options().epoch, n},
                    {1'790'000'000'000 + static_cast<int64_t>(n) * 977, 0}, message);
}

Delta EditOf(Delta delta) {
  delta.whole = false;
  delta.base = delta.context;
  delta.context.Raise({42, 7});
  delta.cells.resize(1);
  delta.cells.front().siblings.push_back(
      {{42, 7}, {1'790'000'100'000, 1}, {1'790'000'090'000, 2}, "lead", "\x0a\x01x"});
  delta.version = {1, 2};
  return delta;
}

std::vector<GoldenFrame> Frames() {
  std::vector<Delta> many;
  for (uint64_t n = 1; n <= 100; ++n)
    many.push_back(Goal(n, n % 3 == 0 ? "Read" : "Every student reads", n % 5));
  return {{"one", {Goal(1, "Trust", 2)}},
          {"many", many},
          {"edit", {EditOf(Goal(1, "Trust", 2))}},
          {"mixed", {Goal(1, "Trust", 2), EditOf(Goal(2, "Time", 1)), Goal(3, "Talk", 0)}}};
}

std::string Hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    out += kDigits[static_cast<uint8_t>(c) >> 4];
    out += kDigits[static_cast<uint8_t>(c) & 15];
  }
  return out;
}

std::string Unhex(const std::string& hex) {
  std::string out;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    out.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return out;
}

// A, B, C, D and the compressed body, one a line.
std::string LinesOf(const GoldenFrame& frame) {
  const FrameStreams streams = EncodeFrameStreams(frame.items, Options());
  std::string lines;
  for (const std::string& stream : {streams.a, streams.b, streams.c, streams.d}) lines += Hex(stream) + "\n";
  return lines;
}

TEST(GoldenFrames, AreWrittenAndReadAsEver) {
  for (const GoldenFrame& frame : Frames()) {
    SCOPED_TRACE(frame.name);
    const std::string path = std::string(TRELLIS_TEST_DATA) + "/frames/" + frame.name + ".hex";
    if (std::getenv("TRELLIS_WRITE_GOLDEN") != nullptr) {
      std::ofstream(path) << LinesOf(frame) << Hex(EncodeFrameBody(frame.items, Options())) << "\n";
    }
    std::ifstream file(path);
    std::string lines;
    std::string line;
    for (int i = 0; i < 4 && std::getline(file, line); ++i) lines += line + "\n";
    EXPECT_EQ(lines, LinesOf(frame));
    ASSERT_TRUE(std::getline(file, line));
    const auto decoded = DecodeFrameBody(Unhex(line), Options());
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_TRUE(*decoded == frame.items);
  }
}

}  // namespace
}  // namespace trellis
