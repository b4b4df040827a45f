#include "common/record/validation.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "common/record/message_cells.h"
#include "common/record/text_format.h"
#include "common/record/wire_reader.h"

namespace trellis {
namespace {

namespace pb = google::protobuf;

constexpr size_t kMaxViolations = 20;
// 0001-01-01 and 9999-12-31, as Timestamp has it.
constexpr int64_t kLeastSecond = -62135596800;
constexpr int64_t kGreatestSecond = 253402300799;

std::string Number(double value) { return fmt::format("{}", value); }

// "between 1 and 20", "at least 1", "at most 20".
std::string Range(std::optional<double> min, std::optional<double> max) {
  if (min && max) return fmt::format("between {} and {}", Number(*min), Number(*max));
  return min ? "at least " + Number(*min) : "at most " + Number(*max);
}

bool Outside(double value, std::optional<double> min, std::optional<double> max) {
  return (min && value < *min) || (max && value > *max);
}

class Validator {
 public:
  void Check(const pb::Message& message, const std::vector<FieldInfo>& fields, const std::string& prefix,
             int depth) {
    if (depth > kMaxMessageDepth)
      return Add(prefix, fmt::format("is nested more than {} deep", kMaxMessageDepth));
    for (const FieldInfo& field : fields) {
      if (found_.size() >= kMaxViolations) return;
      const std::string path = prefix.empty() ? field.json_name : prefix + "." + field.json_name;
      if (field.repeated) {
        CheckRepeated(message, field, path, depth);
      } else {
        CheckSingular(message, field, path, depth);
      }
    }
  }

  std::vector<FieldViolation> Take() { return std::move(found_); }

 private:
  void Add(const std::string& path, std::string problem) {
    if (found_.size() < kMaxViolations) found_.push_back({path, std::move(problem)});
  }

  void CheckSingular(const pb::Message& message, const FieldInfo& field, const std::string& path, int depth) {
    // A plain number that is 0 is not said to be missing by anyone, so it is held against the bounds as well.
    const bool plain_number = field.type == FieldType::kInteger && !field.optional && field.min;
    if (!message.GetReflection()->HasField(message, field.descriptor)) {
      if (field.required) return Add(path, "is required: " + Wanted(field));
      if (!plain_number) return;
    }
    CheckValue(message, field, -1, field.min, field.max, path, depth);
  }

  void CheckRepeated(const pb::Message& message, const FieldInfo& field, const std::string& path, int depth) {
    const int size = message.GetReflection()->FieldSize(message, field.descriptor);
    if (size == 0 && field.required) return Add(path, "is required: " + Wanted(field));
    if (size > 0 && Outside(size, field.min, field.max)) {
      return Add(path, fmt::format("has {} elements: give {}", size, Range(field.min, field.max)));
    }
    for (int i = 0; i < size && found_.size() < kMaxViolations; ++i) {
      CheckValue(message, field, i, field.item_min, field.item_max, fmt::format("{}[{}]", path, i), depth);
    }
    if (field.element_key != 0) CheckKeys(message, field, path);
  }

  // Elements with one key would become one cell holding both.
  void CheckKeys(const pb::Message& message, const FieldInfo& field, const std::string& path) {
    const int size = message.GetReflection()->FieldSize(message, field.descriptor);
    std::set<std::string> seen;
    for (int i = 0; i < size; ++i) {
      const std::string element =
          message.GetReflection()->GetRepeatedMessage(message, field.descriptor, i).SerializeAsString();
      const std::string key = KeyOfElement(element, field.element_key);
      if (seen.insert(key).second) continue;
      const auto member =
          std::find_if(field.members.begin(), field.members.end(),
                       [&](const FieldInfo& member) { return member.number == field.element_key; });
      Add(fmt::format("{}[{}]", path, i),
          fmt::format("has the same {} as another: each must have its own",
                      member == field.members.end() ? "key" : member->json_name));
    }
  }

  void CheckValue(const pb::Message& message, const FieldInfo& field, int index, std::optional<double> min,
                  std::optional<double> max, const std::string& path, int depth) {
    switch (field.type) {
      case FieldType::kText:
        return CheckText(Text(message, field, index), field, min, max, path);
      case FieldType::kInteger:
      case FieldType::kNumber:
        return CheckNumber(NumberOf(message, field, index), field, min, max, path);
      case FieldType::kCode:
        return CheckCode(message, field, index, path);
      case FieldType::kMoment:
        return CheckMoment(Member(message, field, index), path);
      case FieldType::kMessage:
        return Check(Member(message, field, index), field.members, path, depth + 1);
      case FieldType::kBool:
      case FieldType::kBytes:
        return;
    }
  }

  void CheckText(const std::string& text, const FieldInfo& field, std::optional<double> min,
                 std::optional<double> max, const std::string& path) {
    if (auto problem = TextProblem(text)) return Add(path, *problem);
    const auto size = static_cast<double>(CountCharacters(text));
    if (Outside(size, min, max)) {
      return Add(path, fmt::format("has {} characters: give {}", Number(size), Range(min, max)));
    }
    if (field.format.empty() || (text.empty() && !field.repeated)) return;
    if (text.empty()) return Add(path, "is empty: " + Wanted(field));
    if (auto problem = FormatProblem(field.format, text)) Add(path, fmt::format("\"{}\" {}", text, *problem));
  }

  void CheckNumber(double value, const FieldInfo& field, std::optional<double> min, std::optional<double> max,
                   const std::string& path) {
    if (!std::isfinite(value)) return Add(path, "is not a finite number");
    if (!Outside(value, min, max)) return;
    Add(path, fmt::format("is {}: give {}{}{}", Number(value), Range(min, max), field.unit.empty() ? "" : " ",
                          field.unit));
  }

  void CheckCode(const pb::Message& message, const FieldInfo& field, int index, const std::string& path) {
    const pb::Reflection& reflection = *message.GetReflection();
    const int value = index < 0 ? reflection.GetEnumValue(message, field.descriptor)
                                : reflection.GetRepeatedEnumValue(message, field.descriptor, index);
    if (index < 0 && value == 0 && !field.required) return;
    const bool known = std::any_of(field.codes.begin(), field.codes.end(),
                                   [&](const EnumValueInfo& code) { return code.number == value; });
    if (!known) Add(path, fmt::format("is {}, which is not a known code: {}", value, Wanted(field)));
  }

  void CheckMoment(const pb::Message& moment, const std::string& path) {
    const pb::Descriptor* descriptor = moment.GetDescriptor();
    const int64_t seconds = moment.GetReflection()->GetInt64(moment, descriptor->FindFieldByNumber(1));
    const int32_t nanos = moment.GetReflection()->GetInt32(moment, descriptor->FindFieldByNumber(2));
    if (seconds < kLeastSecond || seconds > kGreatestSecond || nanos < 0 || nanos > 999'999'999) {
      Add(path, "is not a time of the years 1 to 9999: write it as 2026-09-01T08:00:00Z");
    }
  }

  static std::string Text(const pb::Message& message, const FieldInfo& field, int index) {
    const pb::Reflection& reflection = *message.GetReflection();
    return index < 0 ? reflection.GetString(message, field.descriptor)
                     : reflection.GetRepeatedString(message, field.descriptor, index);
  }

  static const pb::Message& Member(const pb::Message& message, const FieldInfo& field, int index) {
    const pb::Reflection& reflection = *message.GetReflection();
    return index < 0 ? reflection.GetMessage(message, field.descriptor)
                     : reflection.GetRepeatedMessage(message, field.descriptor, index);
  }

  static double NumberOf(const pb::Message& message, const FieldInfo& field, int index) {
    const pb::Reflection& r = *message.GetReflection();
    const pb::FieldDescriptor* f = field.descriptor;
    switch (f->cpp_type()) {
      case pb::FieldDescriptor::CPPTYPE_INT32:
        return index < 0 ? r.GetInt32(message, f) : r.GetRepeatedInt32(message, f, index);
      case pb::FieldDescriptor::CPPTYPE_UINT32:
        return index < 0 ? r.GetUInt32(message, f) : r.GetRepeatedUInt32(message, f, index);
      case pb::FieldDescriptor::CPPTYPE_INT64:
        return static_cast<double>(index < 0 ? r.GetInt64(message, f)
                                             : r.GetRepeatedInt64(message, f, index));
      case pb::FieldDescriptor::CPPTYPE_UINT64:
        return static_cast<double>(index < 0 ? r.GetUInt64(message, f)
                                             : r.GetRepeatedUInt64(message, f, index));
      case pb::FieldDescriptor::CPPTYPE_FLOAT:
        return index < 0 ? r.GetFloat(message, f) : r.GetRepeatedFloat(message, f, index);
      default:
        return index < 0 ? r.GetDouble(message, f) : r.GetRepeatedDouble(message, f, index);
    }
  }

  // What a value of the field looks like.
  static std::string Wanted(const FieldInfo& field) {
    if (field.type == FieldType::kCode) {
      std::string codes = "give one of";
      for (const EnumValueInfo& code : field.codes)
        codes += (&code == &field.codes.front() ? " " : ", ") + code.name;
      return codes;
    }
    std::string meaning = field.meaning.substr(0, field.meaning.find(". "));
    while (!meaning.empty() && meaning.back() == '.') meaning.pop_back();
    const std::string wanted =
        fmt::format("give a {}", field.format == "date" ? "date" : TypeName(field.type));
    return meaning.empty() ? wanted : fmt::format("{} ({})", wanted, meaning);
  }

  std::vector<FieldViolation> found_;
};

// Walks the wire with the schema at hand, so that the field at fault can be named before the parser only
// says no. Empty: nothing found.
std::string FindWireProblem(std::string_view bytes, const pb::Descriptor* descriptor,
                            const std::string& prefix, int depth) {
  if (depth > kMaxMessageDepth)
    return fmt::format("{} is nested more than {} deep", prefix, kMaxMessageDepth);
  WireReader reader(bytes);
  WireField field;
  while (reader.Next(&field)) {
    const pb::FieldDescriptor* known = field.number <= static_cast<uint32_t>(pb::FieldDescriptor::kMaxNumber)
                                           ? descriptor->FindFieldByNumber(static_cast<int>(field.number))
                                           : nullptr;
    if (known == nullptr || field.type != WireType::kSized) continue;
    const std::string path = prefix.empty() ? known->json_name() : prefix + "." + known->json_name();
    if (known->type() == pb::FieldDescriptor::TYPE_STRING && !IsUtf8(field.payload)) {
      return path + " is not UTF-8: save the text as UTF-8";
    }
    if (known->type() == pb::FieldDescriptor::TYPE_MESSAGE) {
      std::string problem = FindWireProblem(field.payload, known->message_type(), path, depth + 1);
      if (!problem.empty()) return problem;
    }
  }
  return reader.ok() ? ""
                     : (prefix.empty() ? "the record" : prefix) + " is not a well-formed protobuf message";
}

}  // namespace

std::vector<FieldViolation> FindViolations(const KindInfo& kind, const pb::Message& message) {
  Validator validator;
  validator.Check(message, kind.fields, "", 1);
  return validator.Take();
}

absl::Status ToStatus(const KindInfo& kind, const std::vector<FieldViolation>& violations) {
  if (violations.empty()) return absl::OkStatus();
  std::string text = kind.name + ": ";
  for (const FieldViolation& violation : violations) {
    if (&violation != &violations.front()) text += "; ";
    text += violation.field + " " + violation.problem;
  }
  return absl::InvalidArgumentError(text);
}

absl::Status ValidateMessage(const KindInfo& kind, const pb::Message& message) {
  return ToStatus(kind, FindViolations(kind, message));
}

absl::StatusOr<std::unique_ptr<pb::Message>> ParseRecord(const KindInfo& kind, std::string_view bytes) {
  if (bytes.size() > kMaxMessageBytes) {
    return absl::InvalidArgumentError(
        fmt::format("{}: the record has {} bytes; the most is {}: make it smaller", kind.name, bytes.size(),
                    kMaxMessageBytes));
  }
  std::string problem = FindWireProblem(bytes, kind.descriptor, "", 1);
  std::unique_ptr<pb::Message> message(
      pb::MessageFactory::generated_factory()->GetPrototype(kind.descriptor)->New());
  if (problem.empty() && !message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    problem = "the record is not a well-formed protobuf message";
  }
  if (!problem.empty()) return absl::InvalidArgumentError(fmt::format("{}: {}", kind.name, problem));
  return message;
}

absl::Status ValidateBytes(const KindInfo& kind, std::string_view bytes) {
  const auto message = ParseRecord(kind, bytes);
  return message.ok() ? ValidateMessage(kind, **message) : message.status();
}

}  // namespace trellis
