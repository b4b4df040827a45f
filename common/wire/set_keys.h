// Which fields of a kind are sets, found out from the records themselves, so that the cells of a message can
// be told apart again by whoever has only its bytes (common/record/message_cells.h has the rule).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/causal/record_state.h"
#include "common/record/wire_reader.h"
#include "common/wire/frame_streams.h"

namespace trellis {

// Element keys of a set field come from this subfield of each element; 0: from the whole element.
struct SetKey {
  uint32_t field = 0;
  uint32_t key_subfield = 0;
};

class SetKeys {
 public:
  // Whether the cells of a record follow from its message and these rules, together with all records noted
  // before; appends the message's fields. False: nothing is noted, `fields` is undefined.
  bool Note(const std::vector<Cell>& cells, std::vector<WireField>* fields);
  // Takes back the last Note.
  void Forget();
  void Encode(FrameStreams* out) const;
  bool Read(FrameReader* in);
  // Null: a plain field.
  const SetKey* Find(uint32_t field) const;

 private:
  bool NoteCell(const Cell& cell, const WireField* begin, const WireField* end);
  bool NoteElement(const Cell& cell, const WireField& element);

  std::vector<SetKey> sets_;
  std::vector<uint32_t> plain_;
  size_t sets_before_ = 0;
  size_t plain_before_ = 0;
};

}  // namespace trellis
