// The bytes of a text file as UTF-8, whatever program saved it.
#pragma once

#include <string>
#include <string_view>

namespace trellis {

struct DecodedText {
  std::string text;
  std::string note;  // what was assumed, in plain words; empty: it was UTF-8
};

// UTF-16 where a byte order mark says so. Else UTF-8; bytes that are none count as Windows-1252, one by one,
// as files put together from several sources hold both.
DecodedText DecodeText(std::string_view bytes);

}  // namespace trellis
