// Any bytes as a message of a session: refused, or a message that comes back the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/wire/messages_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const trellis::Direction direction : {trellis::Direction::kUp, trellis::Direction::kDown}) {
    const auto decoded = trellis::DecodeMessage(bytes, direction);
    if (!decoded.ok()) continue;
    const auto again = trellis::DecodeMessage(trellis::EncodeMessage(*decoded, direction), direction);
    if (!again.ok() || !(*again == *decoded)) std::abort();
  }
  return 0;
}
