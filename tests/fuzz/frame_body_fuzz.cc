// Any bytes as the body of a frame: refused, or deltas that can be sent on and come back the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/wire/frame_body.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  trellis::FrameBodyOptions options;
  options.scope = "S0001";
  options.dictionary = trellis::ShippedDictionary();
  options.epoch = 77;
  const auto decoded =
      trellis::DecodeFrameBody(std::string_view(reinterpret_cast<const char*>(data), size), options);
  if (!decoded.ok()) return 0;
  // A hostile body may decode to more than an honest sender puts in one frame: then half of it is sent on.
  std::vector<trellis::Delta> sent = *decoded;
  size_t bytes = 0;
  for (size_t i = 0; i < sent.size(); ++i) {
    bytes += trellis::CanonicalBytes({sent[i].kind, sent[i].context, sent[i].cells}).size();
    if (bytes > trellis::kMostFrameStateBytes / 2) sent.resize(i);
  }
  const auto again = trellis::DecodeFrameBody(trellis::EncodeFrameBody(sent, options), options);
  if (!again.ok() || *again != sent) std::abort();
  return 0;
}
