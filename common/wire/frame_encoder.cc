#include "common/wire/frame_compression.h"
#include "common/wire/frame_format.h"
#include "common/wire/frame_plain.h"
#include "common/wire/fresh_run.h"
#include "common/wire/state_run.h"

namespace trellis {
namespace {

// Streams shorter than this share a block with their neighbour: statistics of their own cost more.
constexpr size_t kMinBlock = 256;

std::vector<size_t> BlocksOf(const FrameStreams& streams) {
  std::vector<size_t> blocks;
  const size_t a = streams.a.size();
  const size_t b = streams.b.size();
  const size_t c = streams.c.size();
  if (a > kMinBlock && b + c > kMinBlock) blocks.push_back(a);
  if (b > kMinBlock && c > kMinBlock) blocks.push_back(a + b);
  return blocks;
}

}  // namespace

FrameStreams EncodeFrameStreams(const std::vector<Delta>& items, const FrameBodyOptions& options) {
  FrameTables tables(options.epoch);
  FreshRunEncoder fresh(options, &tables);
  StateRunEncoder state(&tables);
  FrameStreams states;
  std::vector<uint64_t> runs = {0};  // fresh first
  bool in_fresh = true;
  for (const Delta& item : items) {
    const bool is_fresh = fresh.Add(item);
    if (!is_fresh) state.Add(item, &states);
    if (is_fresh != in_fresh) runs.push_back(0);
    in_fresh = is_fresh;
    ++runs.back();
  }
  FrameStreams body;
  fresh.Encode(&body);

  FrameStreams streams;
  AppendVarint(&streams.a, runs.size());
  for (const uint64_t run : runs) AppendVarint(&streams.a, run);
  tables.Encode(&streams);
  streams.a += body.a + states.a;
  streams.b += body.b + states.b;
  streams.c += body.c + states.c;
  streams.d += body.d + states.d;
  return streams;
}

std::string EncodeFrameBody(const std::vector<Delta>& items, const FrameBodyOptions& options) {
  const FrameStreams streams = EncodeFrameStreams(items, options);
  std::string plain;
  plain.reserve(streams.a.size() + streams.b.size() + streams.c.size());
  plain += streams.a;
  plain += streams.b;
  plain += streams.c;
  const bool with_dictionary = options.dictionary != 0 && options.dictionary == ShippedDictionary();
  std::string packed;
  CompressFrame(plain, BlocksOf(streams), with_dictionary, options.zstd_level, &packed);
  const bool stored = packed.size() >= plain.size();

  std::string body;
  const FramePacking packing = stored            ? FramePacking::kStored
                               : with_dictionary ? FramePacking::kDictionary
                                                 : FramePacking::kCompressed;
  body.push_back(static_cast<char>(kFrameVersion << 2 | static_cast<uint8_t>(packing)));
  AppendVarint(&body, streams.a.size());
  AppendVarint(&body, streams.b.size());
  AppendVarint(&body, streams.c.size());
  AppendVarint(&body, streams.d.size());
  body += stored ? plain : packed;
  body += streams.d;
  return body;
}

}  // namespace trellis
