// The four streams of a frame's body (README.md): A structure, B small symbols, C text, D what no compressor
// shortens. Written side by side, read side by side against one budget.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "common/causal/bytes.h"
#include "common/wire/frame_limits.h"

namespace trellis {

struct FrameStreams {
  std::string a;
  std::string b;
  std::string c;
  std::string d;
};

// What a body may still make its reader allocate.
class FrameBudget {
 public:
  bool TakeValues(uint64_t count) { return Take(count, &values_); }
  bool TakeCells(uint64_t count) { return Take(count, &cells_); }
  bool TakeFields(uint64_t count) { return Take(count, &fields_); }
  bool TakeRebuilt(uint64_t bytes) { return Take(bytes, &rebuilt_); }

 private:
  static bool Take(uint64_t amount, size_t* left) {
    if (amount > *left) return false;
    *left -= amount;
    return true;
  }

  size_t values_ = kMaxColumnValues;
  size_t cells_ = kMaxCells;
  size_t fields_ = kMaxFields;
  size_t rebuilt_ = kMaxRebuiltBytes;
};

// Reads a body. After the first failure everything that reads it returns false, and problem() says what was
// wrong. Views handed out live as long as the reader and the bytes it was made from.
class FrameReader {
 public:
  FrameReader(std::string_view a, std::string_view b, std::string_view c, std::string_view d)
      : a(a), b(b), c(c), d(d) {}
  FrameReader(const FrameReader&) = delete;
  FrameReader& operator=(const FrameReader&) = delete;

  // Always false, so that it can be returned.
  bool Fail(const char* problem) {
    if (problem_ == nullptr) problem_ = problem;
    return false;
  }
  bool StreamsOk() { return (a.ok() && b.ok() && c.ok() && d.ok()) || Fail("a stream ends too early"); }
  const char* problem() const { return problem_; }

  bool TakeValues(uint64_t count) { return budget_.TakeValues(count) || Fail("too many values"); }
  bool TakeCells(uint64_t count) { return budget_.TakeCells(count) || Fail("too many cells"); }
  bool TakeFields(uint64_t count) { return budget_.TakeFields(count) || Fail("too many fields"); }
  bool TakeRebuilt(uint64_t bytes) { return budget_.TakeRebuilt(bytes) || Fail("it would grow too large"); }

  // Keeps bytes that stand in no stream as such. REQUIRES: taken from the budget before.
  std::string_view Keep(std::string bytes) { return kept_.emplace_back(std::move(bytes)); }

  ByteReader a;
  ByteReader b;
  ByteReader c;
  ByteReader d;

 private:
  FrameBudget budget_;
  std::deque<std::string> kept_;
  const char* problem_ = nullptr;
};

}  // namespace trellis
