// The records of a frame that are not fresh: deltas, several writers, siblings, lifecycle. The state run of
// README.md: one StateItem each.
#pragma once

#include <vector>

#include "common/causal/record_state.h"
#include "common/wire/frame_body.h"
#include "common/wire/frame_tables.h"

namespace trellis {

class StateRunEncoder {
 public:
  explicit StateRunEncoder(FrameTables* tables) : tables_(tables) {}

  // The record must outlive the encoder.
  void Add(const Delta& record, FrameStreams* out);

 private:
  FrameTables* tables_;
};

class StateRunDecoder {
 public:
  StateRunDecoder(const FrameBodyOptions& options, const FrameTableReader& tables)
      : options_(options), tables_(tables) {}

  // Appends `count` records. False after in->Fail().
  bool Decode(size_t count, FrameReader* in, std::vector<Delta>* records);

 private:
  bool DecodeItem(FrameReader* in, Delta* record);

  const FrameBodyOptions& options_;
  const FrameTableReader& tables_;
};

}  // namespace trellis
