#include "common/wire/set_keys.h"

#include <algorithm>
#include <optional>

#include "common/record/message_cells.h"
#include "common/wire/wire_shape.h"

namespace trellis {
namespace {

std::optional<uint32_t> GuessSubfield(const WireField& element, const std::string& key) {
  if (ElementKey(element, 0) == key) return 0;
  if (element.type != WireType::kSized) return std::nullopt;
  WireReader reader(element.payload);
  WireField field;
  while (reader.Next(&field)) {
    if (ElementKey(element, field.number) == key) return field.number;
  }
  return std::nullopt;
}

}  // namespace

const SetKey* SetKeys::Find(uint32_t field) const {
  const auto it =
      std::find_if(sets_.begin(), sets_.end(), [&](const SetKey& set) { return set.field == field; });
  return it == sets_.end() ? nullptr : &*it;
}

bool SetKeys::NoteElement(const Cell& cell, const WireField& element) {
  if (const SetKey* set = Find(cell.key.field)) {
    return ElementKey(element, set->key_subfield) == cell.key.element;
  }
  if (std::find(plain_.begin(), plain_.end(), cell.key.field) != plain_.end()) return false;
  const std::optional<uint32_t> subfield = GuessSubfield(element, cell.key.element);
  if (!subfield) return false;
  sets_.push_back({cell.key.field, *subfield});
  return true;
}

bool SetKeys::NoteCell(const Cell& cell, const WireField* begin, const WireField* end) {
  const uint32_t number = cell.key.field;
  if (begin == end ||
      std::any_of(begin, end, [&](const WireField& field) { return field.number != number; })) {
    return false;
  }
  if (!cell.key.element.empty() || Find(number) != nullptr) {
    return end - begin == 1 && NoteElement(cell, *begin);
  }
  if (std::find(plain_.begin(), plain_.end(), number) == plain_.end()) plain_.push_back(number);
  return true;
}

bool SetKeys::Note(const std::vector<Cell>& cells, std::vector<WireField>* fields) {
  sets_before_ = sets_.size();
  plain_before_ = plain_.size();
  const CellKey* previous = nullptr;
  bool follows = true;
  for (const Cell& cell : cells) {
    const size_t begin = fields->size();
    follows = (previous == nullptr || *previous < cell.key) &&
              ParseExactly(cell.siblings.front().bytes, fields) &&
              NoteCell(cell, fields->data() + begin, fields->data() + fields->size());
    if (!follows) break;
    previous = &cell.key;
  }
  if (!follows) Forget();
  return follows;
}

void SetKeys::Forget() {
  sets_.resize(sets_before_);
  plain_.resize(plain_before_);
}

void SetKeys::Encode(FrameStreams* out) const {
  AppendVarint(&out->a, sets_.size());
  for (const SetKey& set : sets_) {
    AppendVarint(&out->a, set.field);
    AppendVarint(&out->a, set.key_subfield);
  }
}

bool SetKeys::Read(FrameReader* in) {
  const uint64_t count = in->a.Varint();
  if (!in->StreamsOk() || count > kMaxFieldsPerNode) return in->Fail("too many set fields");
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t field = in->a.Varint();
    const uint64_t subfield = in->a.Varint();
    if (!in->StreamsOk() || field > UINT32_MAX || subfield > UINT32_MAX) return in->Fail("no such field");
    sets_.push_back({static_cast<uint32_t>(field), static_cast<uint32_t>(subfield)});
  }
  return true;
}

}  // namespace trellis
