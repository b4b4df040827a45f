#include <fmt/format.h>

#include <array>
#include <iterator>

#include "absl/status/status.h"
#include "common/wire/frame_compression.h"
#include "common/wire/frame_format.h"
#include "common/wire/fresh_run.h"
#include "common/wire/state_run.h"

namespace trellis {
namespace {

absl::Status Refused(std::string_view problem) {
  return absl::InvalidArgumentError(fmt::format("frame refused: {}", problem));
}

struct Header {
  FramePacking packing = FramePacking::kStored;
  uint64_t sizes[4] = {};  // of A, B, C, D
  uint64_t compressed() const { return sizes[0] + sizes[1] + sizes[2]; }
};

absl::Status ReadHeader(const FrameBodyOptions& options, ByteReader* in, Header* header) {
  const std::string_view first = in->Take(1);
  if (!in->ok()) return Refused("it is empty");
  const auto byte = static_cast<uint8_t>(first[0]);
  if (byte >> 2 != kFrameVersion || (byte & 3) > 2) {
    return Refused("it is of a version this one does not read; update the older end");
  }
  header->packing = static_cast<FramePacking>(byte & 3);
  if (header->packing == FramePacking::kDictionary && options.dictionary != ShippedDictionary()) {
    return Refused("it needs a compression dictionary that was not agreed on");
  }
  uint64_t left = kMaxPlainBytes;
  for (uint64_t& size : header->sizes) {
    size = in->Varint();
    if (size > left) return Refused(fmt::format("it holds more than {} bytes", kMaxPlainBytes));
    left -= size;
  }
  return in->ok() ? absl::OkStatus() : Refused("it ends too early");
}

// Lengths of the runs, fresh and state in turn.
bool ReadRuns(FrameReader* in, std::vector<uint64_t>* runs) {
  const uint64_t count = in->a.Varint();
  if (!in->StreamsOk()) return false;
  if (count > kMaxFrameRecords + 1) return in->Fail("too many runs");
  uint64_t left = kMaxFrameRecords;
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t run = in->a.Varint();
    if (run > left || (run == 0 && i > 0)) return in->Fail("too many records, or none in a run");
    left -= run;
    runs->push_back(run);
  }
  return in->StreamsOk();
}

bool ReadItems(const FrameBodyOptions& options, FrameReader* in, std::vector<Delta>* items) {
  std::vector<uint64_t> runs;
  FrameTableReader tables;
  if (!ReadRuns(in, &runs) || !tables.Read(options.epoch, in)) return false;
  uint64_t counts[2] = {};
  for (size_t i = 0; i < runs.size(); ++i) counts[i % 2] += runs[i];
  std::vector<Delta> records[2];
  if (!FreshRunDecoder(options, tables).Decode(counts[0], in, &records[0]) ||
      !StateRunDecoder(options, tables).Decode(counts[1], in, &records[1])) {
    return false;
  }
  if (!in->a.AtEnd() || !in->b.AtEnd() || !in->c.AtEnd() || !in->d.AtEnd()) {
    return in->Fail("a stream goes on after its end");
  }
  if (counts[1] == 0) {
    *items = std::move(records[0]);
    return true;
  }
  auto next = std::array{records[0].begin(), records[1].begin()};
  for (size_t i = 0; i < runs.size(); ++i) {
    const auto begin = next[i % 2];
    next[i % 2] += static_cast<ptrdiff_t>(runs[i]);
    std::move(begin, next[i % 2], std::back_inserter(*items));
  }
  return true;
}

}  // namespace

absl::StatusOr<std::vector<Delta>> DecodeFrameBody(std::string_view body, const FrameBodyOptions& options) {
  if (body.size() > kMaxBodyBytes) return Refused(fmt::format("it is longer than {} bytes", kMaxBodyBytes));
  ByteReader bytes(body);
  Header header;
  const absl::Status status = ReadHeader(options, &bytes, &header);
  if (!status.ok()) return status;
  const uint64_t d_size = header.sizes[3];
  if (d_size > bytes.remaining()) return Refused("it ends too early");
  const std::string_view packed = bytes.Take(bytes.remaining() - d_size);
  const std::string_view d = bytes.Take(d_size);

  std::string unpacked;
  std::string_view plain = packed;
  if (header.packing != FramePacking::kStored) {
    const bool with_dictionary = header.packing == FramePacking::kDictionary;
    if (!DecompressFrame(packed, with_dictionary, header.compressed(), &unpacked)) {
      return Refused("its bytes cannot be decompressed");
    }
    plain = unpacked;
  }
  if (plain.size() != header.compressed()) return Refused("it is longer or shorter than it says");
  FrameReader in(plain.substr(0, header.sizes[0]), plain.substr(header.sizes[0], header.sizes[1]),
                 plain.substr(header.sizes[0] + header.sizes[1]), d);
  std::vector<Delta> items;
  if (!ReadItems(options, &in, &items)) return Refused(in.problem());
  return items;
}

}  // namespace trellis
