// Crockford's base 32 (https://www.crockford.com/base32.html): what people read out and type.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace trellis {

// Upper case, most significant bit first, zero bits after the end; no grouping.
std::string EncodeBase32(std::string_view bytes);

// Takes either case, O for 0, I and L for 1, and passes over spaces and hyphens. nullopt on any other
// character, a length no encoding has, or bits after the end that are not zero.
std::optional<std::string> DecodeBase32(std::string_view text);

// "ABCDEFGH" in groups of `size` with hyphens between.
std::string Grouped(std::string_view text, size_t size);

}  // namespace trellis
