// The records of a frame that are whole, one write of one writer: the fresh run of README.md.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "common/causal/record_state.h"
#include "common/wire/frame_body.h"
#include "common/wire/frame_tables.h"
#include "common/wire/message_node.h"
#include "common/wire/set_keys.h"

namespace trellis {

// 2026-01-01: raw stamps stand as what lies between, which takes a byte less.
inline constexpr uint64_t kStampBase = 1'767'225'600'000;

class FreshRunEncoder {
 public:
  FreshRunEncoder(const FrameBodyOptions& options, FrameTables* tables)
      : options_(options), tables_(tables) {}

  // False, and nothing is added, if the record must go in a state run. The record must outlive the encoder.
  bool Add(const Delta& record);
  void Encode(FrameStreams* out);

 private:
  struct KindRows {
    NodeEncoder node;
    SetKeys sets;
  };
  enum IdForm : uint8_t { kDerived = 0, kTimed = 1, kRaw = 2, kVouched = 4 };  // kVouched: beside one of them

  bool AddToKind(const Delta& record, uint32_t row);
  uint8_t FormOf(const Delta& record) const;
  void WriteStamps(FrameStreams* out) const;
  void WriteIds(FrameStreams* out) const;

  const FrameBodyOptions& options_;
  FrameTables* tables_;
  std::vector<const Delta*> records_;
  std::vector<uint64_t> kind_of_row_;
  std::vector<std::unique_ptr<KindRows>> kinds_;  // by kind index; null where it has no row yet
  size_t kinds_used_ = 0;
  std::vector<WireField> fields_;  // scratch
};

class FreshRunDecoder {
 public:
  FreshRunDecoder(const FrameBodyOptions& options, const FrameTableReader& tables)
      : options_(options), tables_(tables) {}

  // Appends `count` records. False after in->Fail().
  bool Decode(size_t count, FrameReader* in, std::vector<Delta>* records);

 private:
  struct KindRows {
    std::vector<uint32_t> rows;
    NodeDecoder node;
    SetKeys sets;
  };
  // One write, as every cell of its record repeats it.
  struct Write {
    Dot dot;
    Stamp raw;
    Stamp effective;
    std::string_view actor;
  };

  bool ReadWrites(size_t count, FrameReader* in);
  bool ReadIds(FrameReader* in);
  bool ReadIdRun(uint64_t form, size_t begin, size_t count, FrameReader* in);
  bool ReadNodes(FrameReader* in);
  bool BuildCells(uint32_t row, KindRows* kind, FrameReader* in, std::vector<Cell>* cells);
  bool AddCell(const Write& write, CellKey key, std::string bytes, FrameReader* in, std::vector<Cell>* cells);

  const FrameBodyOptions& options_;
  const FrameTableReader& tables_;
  std::vector<Write> writes_;
  std::vector<int64_t> raw_ms_;
  std::vector<RecordId> ids_;
  std::vector<std::optional<Hash128>> macs_;  // of a voucher for the whole record
  std::vector<uint64_t> kind_of_row_;
  std::vector<std::unique_ptr<KindRows>> kinds_;
};

}  // namespace trellis
