#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace trellis {

inline std::string Hex(std::string_view bytes) {
  std::string out;
  for (const char byte : bytes) out += fmt::format("{:02x}", static_cast<uint8_t>(byte));
  return out;
}

}  // namespace trellis
