#include "common/service/import/cell_values.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>

#include <charconv>
#include <vector>

#include "absl/status/statusor.h"
#include "common/service/import/table.h"

namespace trellis {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

absl::Status Bad(std::string_view cell, std::string_view expected) {
  return absl::InvalidArgumentError(fmt::format("\"{}\" is not {}", cell, expected));
}

template <typename Number>
absl::StatusOr<Number> ParseNumber(std::string_view cell, std::string_view expected) {
  Number value{};
  const auto parsed = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != cell.data() + cell.size()) return Bad(cell, expected);
  return value;
}

std::string WithoutSeparators(std::string_view text) {
  std::string plain;
  for (const char c : LowerAscii(text)) {
    if (c != '_' && c != ' ' && c != '-') plain.push_back(c);
  }
  return plain;
}

// The names of an enum share a prefix, which people leave out.
absl::StatusOr<int> ParseCode(const FieldInfo& field, std::string_view cell) {
  const std::string wanted = WithoutSeparators(cell);
  std::vector<std::string> names;
  std::string prefix;
  if (const auto* zero = field.descriptor->enum_type()->FindValueByNumber(0)) {
    prefix = zero->name();
    const size_t cut = prefix.rfind("UNSPECIFIED");
    prefix.resize(cut == std::string::npos ? 0 : cut);
  }
  for (const EnumValueInfo& code : field.codes) {
    std::string_view name = code.name;
    if (name.substr(0, prefix.size()) == prefix) name.remove_prefix(prefix.size());
    if (WithoutSeparators(code.name) == wanted || WithoutSeparators(name) == wanted) return code.number;
    names.push_back(LowerAscii(name));
  }
  return Bad(cell, fmt::format("one of {}", fmt::join(names, ", ")));
}

absl::StatusOr<bool> ParseBool(std::string_view cell) {
  const std::string lower = LowerAscii(cell);
  if (lower == "true" || lower == "yes" || lower == "1" || lower == "y") return true;
  if (lower == "false" || lower == "no" || lower == "0" || lower == "n") return false;
  return Bad(cell, "yes or no");
}

// M/D/YYYY as spreadsheets write it; anything else as it is, for validation to judge.
std::string NormalDate(std::string_view cell) {
  const size_t first = cell.find('/');
  const size_t second = first == std::string_view::npos ? first : cell.find('/', first + 1);
  if (second == std::string_view::npos || cell.size() - second != 5) return std::string(cell);
  int month = 0, day = 0, year = 0;
  const auto read = [](std::string_view digits, int* out) {
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), *out);
    return parsed.ec == std::errc() && parsed.ptr == digits.data() + digits.size();
  };
  if (!read(cell.substr(0, first), &month) || !read(cell.substr(first + 1, second - first - 1), &day) ||
      !read(cell.substr(second + 1), &year)) {
    return std::string(cell);
  }
  return fmt::format("{:04}-{:02}-{:02}", year, month, day);
}

absl::Status SetMoment(const FieldDescriptor* field, std::string_view cell, Message* message) {
  std::string text = NormalDate(cell);
  if (text.size() == 10) text += "T00:00:00Z";
  google::protobuf::Timestamp time;
  if (!google::protobuf::util::TimeUtil::FromString(text, &time)) {
    return Bad(cell, "a time such as 2026-09-14T16:30:00Z, or a date");
  }
  message->GetReflection()->MutableMessage(message, field)->CopyFrom(time);
  return absl::OkStatus();
}

absl::Status SetText(const FieldInfo& field, std::string_view cell, Message* message) {
  const std::string value = field.format == "date" ? NormalDate(cell) : std::string(cell);
  const auto* reflection = message->GetReflection();
  if (field.repeated) {
    reflection->AddString(message, field.descriptor, value);
  } else {
    reflection->SetString(message, field.descriptor, value);
  }
  return absl::OkStatus();
}

absl::Status SetInteger(const FieldInfo& field, std::string_view cell, Message* message) {
  absl::StatusOr<int64_t> value = ParseNumber<int64_t>(cell, "a whole number");
  if (!value.ok()) return value.status();
  const auto* reflection = message->GetReflection();
  const auto* to = field.descriptor;
  const bool is_unsigned = to->cpp_type() == FieldDescriptor::CPPTYPE_UINT32;
  if (is_unsigned && (*value < 0 || *value > UINT32_MAX)) return Bad(cell, "a whole number from 0");
  if (!is_unsigned && to->cpp_type() == FieldDescriptor::CPPTYPE_INT32 &&
      *value != static_cast<int32_t>(*value)) {
    return Bad(cell, "a whole number of that size");
  }
  switch (to->cpp_type()) {
    case FieldDescriptor::CPPTYPE_UINT32:
      to->is_repeated() ? reflection->AddUInt32(message, to, static_cast<uint32_t>(*value))
                        : reflection->SetUInt32(message, to, static_cast<uint32_t>(*value));
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_INT32:
      to->is_repeated() ? reflection->AddInt32(message, to, static_cast<int32_t>(*value))
                        : reflection->SetInt32(message, to, static_cast<int32_t>(*value));
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_INT64:
      to->is_repeated() ? reflection->AddInt64(message, to, *value)
                        : reflection->SetInt64(message, to, *value);
      return absl::OkStatus();
    default:
      return absl::InvalidArgumentError(fmt::format("{} cannot be given in a table", field.name));
  }
}

absl::Status SetOne(const FieldInfo& field, std::string_view cell, Message* message) {
  const auto* reflection = message->GetReflection();
  const auto* to = field.descriptor;
  switch (field.type) {
    case FieldType::kText:
      return SetText(field, cell, message);
    case FieldType::kInteger:
      return SetInteger(field, cell, message);
    case FieldType::kNumber: {
      absl::StatusOr<double> value = ParseNumber<double>(cell, "a number");
      if (!value.ok()) return value.status();
      to->is_repeated() ? reflection->AddDouble(message, to, *value)
                        : reflection->SetDouble(message, to, *value);
      return absl::OkStatus();
    }
    case FieldType::kBool: {
      absl::StatusOr<bool> value = ParseBool(cell);
      if (!value.ok()) return value.status();
      to->is_repeated() ? reflection->AddBool(message, to, *value) : reflection->SetBool(message, to, *value);
      return absl::OkStatus();
    }
    case FieldType::kCode: {
      absl::StatusOr<int> value = ParseCode(field, cell);
      if (!value.ok()) return value.status();
      to->is_repeated() ? reflection->AddEnumValue(message, to, *value)
                        : reflection->SetEnumValue(message, to, *value);
      return absl::OkStatus();
    }
    case FieldType::kMoment:
      return SetMoment(to, cell, message);
    case FieldType::kBytes:
    case FieldType::kMessage:
      break;
  }
  return absl::InvalidArgumentError(fmt::format("{} cannot be given in a table", field.name));
}

}  // namespace

absl::Status SetFieldFromCell(const FieldInfo& field, std::string_view cell, Message* message) {
  if (!field.repeated) return cell.empty() ? absl::OkStatus() : SetOne(field, cell, message);
  while (!cell.empty()) {
    const size_t end = std::min(cell.find(';'), cell.size());
    const std::string_view value = TrimBlanks(cell.substr(0, end));
    if (!value.empty()) {
      if (absl::Status status = SetOne(field, value, message); !status.ok()) return status;
    }
    cell.remove_prefix(std::min(end + 1, cell.size()));
  }
  return absl::OkStatus();
}

}  // namespace trellis
