// Writers, dots and contexts: which writes of a record a state holds or has superseded.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

namespace trellis {

// A random 64-bit number minted and synced each time a store is opened, before any session or write. It is
// at once the epoch of that opening and the writer of every write made in it, so a folder copied back,
// restored or cloned shares its past with the original but never a future id. 0 is never minted.
using Epoch = uint64_t;
using Writer = Epoch;

// One write to one record. Within a scope it means one content for ever. n counts a writer's writes in the
// scope from 1, allocated in the commit.
struct Dot {
  Writer writer = 0;
  uint64_t n = 0;
  friend auto operator<=>(const Dot&, const Dot&) = default;
};

// {writer -> n}: every write of that writer *to this record* up to n is in the state or superseded by it.
// Value type; entries sorted by writer, each n > 0.
class Context {
 public:
  struct Entry {
    Writer writer;
    uint64_t n;
    friend bool operator==(const Entry&, const Entry&) = default;
  };

  Context() = default;
  explicit Context(Dot dot) { Raise(dot); }

  uint64_t Get(Writer writer) const;
  bool Covers(Dot dot) const { return Get(dot.writer) >= dot.n; }
  // True iff every entry here is covered by `other`.
  bool CoveredBy(const Context& other) const;
  void Raise(Dot dot);
  // Pointwise maximum.
  void Join(const Context& other);

  bool empty() const { return entries_.empty(); }
  const std::vector<Entry>& entries() const { return entries_; }
  friend bool operator==(const Context&, const Context&) = default;

 private:
  std::vector<Entry> entries_;
};

}  // namespace trellis
