#include "tests/simulation/world/sent_twice.h"

#include "fmt/format.h"

namespace trellis::simulation {

void SentTwice::OnFrame(const std::string& direction, const std::string& scope,
                        const std::vector<Delta>& items, size_t bytes) {
  for (const Delta& item : items) {
    const bool is_new = sent_.insert({direction, scope, item.id, item.version.ToBytes()}).second;
    if (!is_new) again_ += bytes / items.size();
  }
}

std::optional<std::string> SentTwice::Check() const {
  if (again_ <= allowed_) return std::nullopt;
  return fmt::format("{} bytes were sent again, the cuts allow for {}", again_, allowed_);
}

}  // namespace trellis::simulation
