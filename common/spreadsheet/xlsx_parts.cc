#include "common/spreadsheet/xlsx_parts.h"

#include <map>
#include <string_view>

namespace trellis {
namespace {

// ECMA-376 part 1, 18.8.30: the formats that need no code and show days or times.
bool IsBuiltInDate(int format) {
  return (format >= 14 && format <= 22) || (format >= 27 && format <= 36) || (format >= 45 && format <= 47) ||
         (format >= 50 && format <= 58);
}

// Whether a format's code has a letter of a day or a time outside of quotes, brackets and escapes.
bool IsDateCode(std::string_view code) {
  for (size_t i = 0; i < code.size(); ++i) {
    switch (code[i]) {
      case '"':
        i = std::min(code.find('"', i + 1), code.size());
        break;
      case '[':
        i = std::min(code.find(']', i + 1), code.size());
        break;
      case '\\':
      case '_':
      case '*':
        ++i;
        break;
      case ';':
        return false;
      case 'd':
      case 'D':
      case 'm':
      case 'M':
      case 'y':
      case 'Y':
      case 'h':
      case 'H':
      case 's':
      case 'S':
        return true;
      default:
        break;
    }
  }
  return false;
}

}  // namespace

std::string RichText(const pugi::xml_node& element) {
  std::string text;
  for (const pugi::xml_node& child : element.children()) {
    if (std::string_view(child.name()) == "t") text += child.text().get();
    if (std::string_view(child.name()) == "r") text += child.child("t").text().get();
  }
  return text;
}

std::vector<std::string> SharedStrings(const pugi::xml_document& part) {
  std::vector<std::string> strings;
  for (const pugi::xml_node& element : part.child("sst").children("si")) strings.push_back(RichText(element));
  return strings;
}

std::vector<bool> DateFormats(const pugi::xml_document& styles) {
  const pugi::xml_node sheet = styles.child("styleSheet");
  std::map<int, bool> by_code;
  for (const pugi::xml_node& format : sheet.child("numFmts").children("numFmt")) {
    by_code[format.attribute("numFmtId").as_int()] = IsDateCode(format.attribute("formatCode").as_string());
  }
  std::vector<bool> dates;
  for (const pugi::xml_node& format : sheet.child("cellXfs").children("xf")) {
    const int id = format.attribute("numFmtId").as_int();
    const auto found = by_code.find(id);
    dates.push_back(found == by_code.end() ? IsBuiltInDate(id) : found->second);
  }
  return dates;
}

}  // namespace trellis
