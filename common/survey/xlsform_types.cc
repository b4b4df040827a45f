#include "common/survey/xlsform_types.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

namespace trellis {
namespace {

using enum FormItemType;

struct TypeWord {
  std::string_view word;  // today's spelling first
  FormItemType type;
};

constexpr TypeWord kWords[] = {
    {"text", kText},
    {"string", kText},
    {"phone number", kText},
    {"integer", kInteger},
    {"int", kInteger},
    {"decimal", kDecimal},
    {"date", kDate},
    {"time", kTime},
    {"dateTime", kDateTime},
    {"datetime", kDateTime},
    {"note", kNote},
    {"acknowledge", kAcknowledge},
    {"trigger", kTrigger},
    {"calculate", kCalculate},
    {"hidden", kHidden},
    {"barcode", kBarcode},
    {"geopoint", kGeopoint},
    {"geotrace", kGeotrace},
    {"geoshape", kGeoshape},
    {"image", kImage},
    {"photo", kImage},
    {"audio", kAudio},
    {"video", kVideo},
    {"file", kFile},
    {"range", kRange},
    {"start", kStart},
    {"end", kEnd},
    {"today", kToday},
    {"audit", kAudit},
    {"begin_group", kBeginGroup},
    {"begin group", kBeginGroup},
    {"end_group", kEndGroup},
    {"end group", kEndGroup},
    {"begin_repeat", kBeginRepeat},
    {"begin repeat", kBeginRepeat},
    {"end_repeat", kEndRepeat},
    {"end repeat", kEndRepeat},
};

constexpr std::string_view kProperties[] = {"deviceid", "uri:deviceid", "phonenumber",  "username",
                                            "email",    "simserial",    "subscriberid", "uri:username"};

struct SelectWord {
  std::string_view begin;
  FormItemType type;
};

constexpr SelectWord kSelects[] = {
    {"select_one ", kSelectOne},
    {"select one from ", kSelectOne},
    {"select1 ", kSelectOne},
    {"select_multiple ", kSelectMultiple},
    {"select all that apply from ", kSelectMultiple},
    {"rank ", kRank},
};

struct Mapping {
  FormItemType type;
  std::string_view bind;
  std::string_view control;
};

constexpr Mapping kXForms[] = {
    {kText, "string", "input"},
    {kInteger, "int", "input"},
    {kDecimal, "decimal", "input"},
    {kDate, "date", "input"},
    {kTime, "time", "input"},
    {kDateTime, "dateTime", "input"},
    {kSelectOne, "string", "select1"},
    {kSelectMultiple, "string", "select"},
    {kRank, "odk:rank", "odk:rank"},
    {kNote, "string", "input"},
    {kAcknowledge, "string", "trigger"},
    {kTrigger, "", "trigger"},
    {kCalculate, "string", ""},
    {kHidden, "string", ""},
    {kBarcode, "barcode", "input"},
    {kGeopoint, "geopoint", "input"},
    {kGeotrace, "geotrace", "input"},
    {kGeoshape, "geoshape", "input"},
    {kImage, "binary", "upload"},
    {kAudio, "binary", "upload"},
    {kVideo, "binary", "upload"},
    {kFile, "binary", "upload"},
    {kRange, "int", "range"},
    {kStart, "dateTime", ""},
    {kEnd, "dateTime", ""},
    {kToday, "date", ""},
    {kDeviceProperty, "string", ""},
    {kAudit, "binary", ""},
};

// Words with one blank between them.
std::string Squeezed(std::string_view text) {
  std::string squeezed;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!blank) {
      squeezed += c;
    } else if (!squeezed.empty() && squeezed.back() != ' ') {
      squeezed += ' ';
    }
  }
  if (!squeezed.empty() && squeezed.back() == ' ') squeezed.pop_back();
  return squeezed;
}

std::optional<TypeCell> ParseSelect(std::string_view cell) {
  const auto* found = std::find_if(std::begin(kSelects), std::end(kSelects),
                                   [&](const SelectWord& word) { return cell.starts_with(word.begin); });
  if (found == std::end(kSelects)) return std::nullopt;
  std::string_view rest = cell.substr(found->begin.size());
  TypeCell parsed{found->type, "", false, ""};
  for (const std::string_view other : {" or_other", " or specify other"}) {
    if (!rest.ends_with(other)) continue;
    parsed.or_other = true;
    rest.remove_suffix(other.size());
  }
  if (rest.empty() || rest.find(' ') != std::string_view::npos) return std::nullopt;
  parsed.list = std::string(rest);
  return parsed;
}

const Mapping* MappingOf(FormItemType type) {
  const auto* found = std::find_if(std::begin(kXForms), std::end(kXForms),
                                   [&](const Mapping& one) { return one.type == type; });
  return found == std::end(kXForms) ? nullptr : found;
}

}  // namespace

std::optional<TypeCell> ParseTypeCell(std::string_view cell) {
  const std::string text = Squeezed(cell);
  const auto* found = std::find_if(std::begin(kWords), std::end(kWords),
                                   [&](const TypeWord& word) { return word.word == text; });
  if (found != std::end(kWords)) return TypeCell{found->type, "", false, ""};
  if (std::find(std::begin(kProperties), std::end(kProperties), text) != std::end(kProperties)) {
    return TypeCell{kDeviceProperty, "", false, text};
  }
  return ParseSelect(text);
}

std::string TypeCellText(FormItemType type, std::string_view list, bool or_other) {
  for (const SelectWord& select : kSelects) {
    if (select.type == type)
      return std::string(select.begin) + std::string(list) + (or_other ? " or_other" : "");
  }
  for (const TypeWord& word : kWords) {
    if (word.type == type) return std::string(word.word);
  }
  return "deviceid";
}

std::string_view XFormType(FormItemType type) {
  const Mapping* mapping = MappingOf(type);
  return mapping == nullptr ? "" : mapping->bind;
}

std::string_view XFormControl(FormItemType type) {
  const Mapping* mapping = MappingOf(type);
  return mapping == nullptr ? "" : mapping->control;
}

}  // namespace trellis
