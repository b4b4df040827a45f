// What many records of a frame have in common, said once: writers, kinds and actors, referred to by index.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "common/causal/context.h"
#include "common/wire/frame_streams.h"

namespace trellis {

class FrameTables {
 public:
  // Writer 0 of the table is `epoch`, unless that is 0.
  explicit FrameTables(Epoch epoch) : epoch_(epoch) {}

  uint64_t WriterIndex(Writer writer);
  uint64_t KindIndex(std::string_view kind) { return IndexOf(kind, &kinds_, &kind_index_); }
  uint64_t ActorIndex(std::string_view actor) { return IndexOf(actor, &actors_, &actor_index_); }
  void Encode(FrameStreams* out) const;

 private:
  using Index = absl::flat_hash_map<absl::string_view, uint64_t>;
  static uint64_t IndexOf(std::string_view value, std::vector<std::string_view>* values, Index* index);

  Epoch epoch_;
  std::vector<Writer> writers_;
  absl::flat_hash_map<Writer, uint64_t> writer_index_;
  std::vector<std::string_view> kinds_;
  Index kind_index_;
  std::vector<std::string_view> actors_;
  Index actor_index_;
};

// The same, read.
class FrameTableReader {
 public:
  bool Read(Epoch epoch, FrameReader* in);
  bool WriterAt(uint64_t index, FrameReader* in, Writer* writer) const;
  bool KindAt(uint64_t index, FrameReader* in, std::string_view* kind) const;
  bool ActorAt(uint64_t index, FrameReader* in, std::string_view* actor) const;
  size_t kinds() const { return kinds_.size(); }

 private:
  Epoch epoch_ = 0;
  std::vector<Writer> writers_;
  std::vector<std::string_view> kinds_;
  std::vector<std::string_view> actors_;
};

}  // namespace trellis
