#include "server/ingest/lineage_watch.h"

namespace trellis {

bool LineageWatch::Continues(const std::string& peer, const std::vector<LineageRow>& rows) {
  std::lock_guard lock(mutex_);
  std::map<Epoch, Epoch>& next = next_[peer];
  bool continues = true;
  for (size_t i = 0; i + 1 < rows.size(); ++i) {
    const auto [it, fresh] = next.emplace(rows[i].epoch, rows[i + 1].epoch);
    if (!fresh && it->second != rows[i + 1].epoch) {
      continues = false;
      it->second = rows[i + 1].epoch;  // told once
    }
  }
  while (next.size() > kMaxOpenings) next.erase(next.begin());
  return continues;
}

}  // namespace trellis
