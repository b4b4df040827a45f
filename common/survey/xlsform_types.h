// The words of an XLSForm's type column.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace trellis {

enum class FormItemType {
  kText,
  kInteger,
  kDecimal,
  kDate,
  kTime,
  kDateTime,
  kSelectOne,
  kSelectMultiple,
  kRank,
  kNote,
  kAcknowledge,
  kTrigger,  // the older acknowledge, which keeps no answer
  kCalculate,
  kHidden,
  kBarcode,
  kGeopoint,
  kGeotrace,
  kGeoshape,
  kImage,
  kAudio,
  kVideo,
  kFile,
  kRange,
  // What the device tells by itself.
  kStart,
  kEnd,
  kToday,
  kDeviceProperty,  // device id, phone number, user name …
  kAudit,
  // Structure.
  kBeginGroup,
  kEndGroup,
  kBeginRepeat,
  kEndRepeat,
};

struct TypeCell {
  FormItemType type = FormItemType::kText;
  std::string list;  // of select types
  bool or_other = false;
  std::string property;  // of kDeviceProperty, as XForms call it
};

// Nothing if the cell names no type of XLSForm. Its older spellings are taken: "begin group", "select one
// from yes_no", "int", "string".
std::optional<TypeCell> ParseTypeCell(std::string_view cell);

// How the type is written today, such as "select_one yes_no or_other".
std::string TypeCellText(FormItemType type, std::string_view list, bool or_other);

// The bind type of ODK XForms; empty: none (groups).
std::string_view XFormType(FormItemType type);
// The element of the body that asks for it; empty: none.
std::string_view XFormControl(FormItemType type);

}  // namespace trellis
