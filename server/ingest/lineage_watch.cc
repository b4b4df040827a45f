#include "server/ingest/lineage_watch.h"

#include "common/causal/bytes.h"

namespace trellis {

bool LineageWatch::Continues(const std::string& peer, const std::vector<LineageRow>& rows,
                             const std::map<Epoch, uint64_t>& seen) {
  std::lock_guard lock(mutex_);
  std::map<Epoch, Epoch>& next = next_[peer];
  bool continues = true;
  for (size_t i = 0; i + 1 < rows.size(); ++i) {
    const auto [it, fresh] = next.emplace(rows[i].epoch, rows[i + 1].epoch);
    const bool other = it->second != rows[i + 1].epoch;
    if (!fresh && !other) continue;
    unsaved_.insert(peer);
    const auto known = seen.find(rows[i].epoch);
    const bool cut_short = known != seen.end() && known->second >= rows[i + 1].first_seq;
    if (other || cut_short) {
      continues = false;
      it->second = rows[i + 1].epoch;  // told once
    }
  }
  while (next.size() > kMaxOpenings) next.erase(next.begin());
  return continues;
}

bool LineageWatch::Remembers(const std::string& peer) const {
  std::lock_guard lock(mutex_);
  return next_.contains(peer);
}

void LineageWatch::Restore(const std::string& peer, std::string_view saved) {
  std::map<Epoch, Epoch> next;
  ByteReader reader(saved);
  while (reader.ok() && !reader.AtEnd() && next.size() < kMaxOpenings) {
    const Epoch opening = reader.Varint();
    next[opening] = reader.Varint();
  }
  if (!reader.ok()) next.clear();
  std::lock_guard lock(mutex_);
  next_.emplace(peer, std::move(next));
}

std::optional<std::string> LineageWatch::TakeUnsaved(const std::string& peer) {
  std::lock_guard lock(mutex_);
  if (unsaved_.erase(peer) == 0) return std::nullopt;
  std::string saved;
  for (const auto& [opening, after] : next_[peer]) {
    AppendVarint(&saved, opening);
    AppendVarint(&saved, after);
  }
  return saved;
}

}  // namespace trellis
