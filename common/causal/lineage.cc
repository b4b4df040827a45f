#include "common/causal/lineage.h"

#include "common/time/planted.h"

namespace trellis {

std::optional<uint64_t> Lineage::EndOf(Epoch epoch) const {
  for (size_t i = rows_.size(); i-- > 0;) {
    if (rows_[i].epoch != epoch) continue;
    return i + 1 < rows_.size() ? rows_[i + 1].first_seq - 1 : kOpenEnd;
  }
  return std::nullopt;
}

bool Lineage::Contains(Epoch epoch, uint64_t seq) const {
  const std::optional<uint64_t> end = EndOf(epoch);
  return end.has_value() && (seq <= *end || Planted(Fault::kSkipBeyondEnd));
}

}  // namespace trellis
