#include "common/service/import/text_decoding.h"

#include <fmt/format.h>

#include <cstdint>
#include <iterator>

#include "common/record/text_format.h"

namespace trellis {
namespace {

// 0x80 to 0x9F of Windows-1252; 0: not assigned. The other bytes are their own code points.
constexpr uint16_t kWindows1252[] = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                     0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                     0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                     0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

void AppendCodePoint(uint32_t code, std::string* out) {
  if (code < 0x80) {
    out->push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out->push_back(static_cast<char>(0xC0 | (code >> 6)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else if (code < 0x10000) {
    out->push_back(static_cast<char>(0xE0 | (code >> 12)));
    out->push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else {
    out->push_back(static_cast<char>(0xF0 | (code >> 18)));
    out->push_back(static_cast<char>(0x80 | ((code >> 12) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
}

constexpr uint32_t kReplacement = 0xFFFD;

uint32_t CodePointOf1252(unsigned char byte) {
  if (byte < 0x80 || byte > 0x9F) return byte;
  const uint16_t code = kWindows1252[byte - 0x80];
  return code == 0 ? kReplacement : code;
}

std::string FromUtf16(std::string_view bytes, bool big_endian) {
  std::string text;
  const auto unit_at = [&](size_t at) {
    const auto first = static_cast<unsigned char>(bytes[at]);
    const auto second = static_cast<unsigned char>(bytes[at + 1]);
    return static_cast<uint32_t>(big_endian ? first << 8 | second : second << 8 | first);
  };
  for (size_t at = 2; at + 1 < bytes.size(); at += 2) {
    uint32_t code = unit_at(at);
    if (code >= 0xD800 && code < 0xDC00 && at + 3 < bytes.size()) {
      const uint32_t low = unit_at(at + 2);
      if (low >= 0xDC00 && low < 0xE000) {
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        at += 2;
      }
    }
    AppendCodePoint(code >= 0xD800 && code < 0xE000 ? kReplacement : code, &text);
  }
  return text;
}

// Length of the UTF-8 sequence at the front of `text`; 0: none is there.
size_t SequenceLength(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const size_t length = lead < 0x80   ? 1
                        : lead < 0xC2 ? 0
                        : lead < 0xE0 ? 2
                        : lead < 0xF0 ? 3
                        : lead < 0xF5 ? 4
                                      : 0;
  return length > 0 && length <= text.size() && IsUtf8(text.substr(0, length)) ? length : 0;
}

}  // namespace

DecodedText DecodeText(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    return {FromUtf16(bytes, bytes.starts_with("\xFE\xFF")), "read as UTF-16"};
  }
  if (IsUtf8(bytes)) return {std::string(bytes), ""};
  DecodedText decoded;
  decoded.text.reserve(bytes.size() + bytes.size() / 16);
  size_t strays = 0;
  while (!bytes.empty()) {
    const size_t length = SequenceLength(bytes);
    if (length > 0) {
      decoded.text.append(bytes.substr(0, length));
      bytes.remove_prefix(length);
      continue;
    }
    AppendCodePoint(CodePointOf1252(static_cast<unsigned char>(bytes.front())), &decoded.text);
    bytes.remove_prefix(1);
    ++strays;
  }
  decoded.note =
      fmt::format("{} bytes are not UTF-8 and were read as Windows-1252; look at accented names", strays);
  return decoded;
}

}  // namespace trellis
