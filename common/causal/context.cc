#include "common/causal/context.h"

#include <algorithm>

namespace trellis {
namespace {

constexpr auto kByWriter = [](const Context::Entry& entry, Writer writer) { return entry.writer < writer; };

}  // namespace

uint64_t Context::Get(Writer writer) const {
  const auto it = std::lower_bound(entries_.begin(), entries_.end(), writer, kByWriter);
  return it != entries_.end() && it->writer == writer ? it->n : 0;
}

bool Context::CoveredBy(const Context& other) const {
  return std::all_of(entries_.begin(), entries_.end(),
                     [&](const Entry& entry) { return other.Get(entry.writer) >= entry.n; });
}

void Context::Raise(Dot dot) {
  if (dot.n == 0) return;
  const auto it = std::lower_bound(entries_.begin(), entries_.end(), dot.writer, kByWriter);
  if (it != entries_.end() && it->writer == dot.writer) {
    it->n = std::max(it->n, dot.n);
  } else {
    entries_.insert(it, {dot.writer, dot.n});
  }
}

void Context::Join(const Context& other) {
  if (entries_.empty()) {
    entries_ = other.entries_;
    return;
  }
  for (const Entry& entry : other.entries_) Raise({entry.writer, entry.n});
}

}  // namespace trellis
