#include "common/service/import/code_text.h"

#include "common/record/text_format.h"

namespace trellis {

std::string CodeOfText(std::string_view text, std::string_view otherwise) {
  constexpr size_t kLongestCode = 64, kLongestMade = 40;
  if (!text.empty() && text.size() <= kLongestCode && !FormatProblem("code", text)) return std::string(text);
  std::string code;
  for (const char c : text) {
    const bool lower = c >= 'a' && c <= 'z';
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (lower || plain) {
      code.push_back(lower ? static_cast<char>(c - 'a' + 'A') : c);
    } else if (!code.empty() && code.back() != '-') {
      code.push_back('-');
    }
    if (code.size() >= kLongestMade) break;
  }
  while (!code.empty() && code.back() == '-') code.pop_back();
  return code.empty() ? std::string(otherwise) : code;
}

}  // namespace trellis
