#include "common/causal/record_state.h"

#include <algorithm>

#include "common/causal/bytes.h"

namespace trellis {
namespace {

constexpr auto kByKey = [](const Cell& cell, const CellKey& key) { return cell.key < key; };

void AppendStamp(std::string* out, const Stamp& stamp) {
  AppendZigzag(out, stamp.ms);
  AppendVarint(out, stamp.counter);
}

}  // namespace

const Cell* RecordState::Find(const CellKey& key) const {
  const auto it = std::lower_bound(cells.begin(), cells.end(), key, kByKey);
  return it != cells.end() && it->key == key ? &*it : nullptr;
}

Cell* RecordState::Find(const CellKey& key) {
  return const_cast<Cell*>(static_cast<const RecordState*>(this)->Find(key));
}

Cell& RecordState::FindOrInsert(const CellKey& key) {
  auto it = std::lower_bound(cells.begin(), cells.end(), key, kByKey);
  if (it == cells.end() || it->key != key) it = cells.insert(it, Cell{key, {}});
  return *it;
}

const Sibling* FreshWrite(const RecordState& state) {
  if (state.context.entries().size() != 1 || state.cells.empty()) return nullptr;
  const Sibling& first = state.cells.front().siblings.front();
  const Context::Entry& entry = state.context.entries().front();
  if (first.dot != Dot{entry.writer, entry.n}) return nullptr;
  for (const Cell& cell : state.cells) {
    if (cell.key.field == kLifecycleField || cell.siblings.size() != 1) return nullptr;
    const Sibling& sibling = cell.siblings.front();
    if (sibling.dot != first.dot || sibling.raw != first.raw || sibling.effective != first.effective ||
        sibling.actor != first.actor) {
      return nullptr;
    }
  }
  return &first;
}

std::string CanonicalBytes(const RecordState& state) {
  std::string out;
  constexpr size_t kUsualCell = 64;
  out.reserve(state.kind.size() + kUsualCell * (state.cells.size() + 1));
  AppendSized(&out, state.kind);
  AppendVarint(&out, state.context.entries().size());
  for (const Context::Entry& entry : state.context.entries()) {
    AppendVarint(&out, entry.writer);
    AppendVarint(&out, entry.n);
  }
  AppendVarint(&out, state.cells.size());
  for (const Cell& cell : state.cells) {
    AppendVarint(&out, cell.key.field);
    AppendSized(&out, cell.key.element);
    AppendVarint(&out, cell.siblings.size());
    for (const Sibling& sibling : cell.siblings) {
      AppendVarint(&out, sibling.dot.writer);
      AppendVarint(&out, sibling.dot.n);
      AppendStamp(&out, sibling.raw);
      AppendStamp(&out, sibling.effective);
      AppendSized(&out, sibling.actor);
      AppendSized(&out, sibling.bytes);
    }
  }
  return out;
}

Hash128 VersionHash(const HashKey& key, const RecordId& id, const RecordState& state) {
  std::string bytes(id.view());
  bytes += CanonicalBytes(state);
  return KeyedHash(key, bytes);
}

Delta WholeDelta(const RecordId& id, const RecordState& state, const Hash128& version) {
  return {id, state.kind, true, {}, state.context, state.cells, version};
}

}  // namespace trellis
