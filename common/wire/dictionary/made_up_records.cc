#include "common/wire/dictionary/made_up_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "common/record/message_cells.h"
#include "common/wire/wire_shape.h"

namespace trellis {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int64_t kDayMs = 86'400'000;

// Values that a field of this name usually has.
const std::map<std::string, std::vector<std::string>>& Vocabulary() {
  static const auto* const vocabulary = new std::map<std::string, std::vector<std::string>>{
      {"survey", {"CLIMATE-2026", "PLQ-2026", "NEEDS-2026", "STAFF-2027"}},
      {"wave", {"CLIMATE-2026-1", "PLQ-2026-1", "PLQ-2026-2", "NEEDS-2026-FALL", "SPRING-2027"}},
      {"language", {"en", "en", "en", "en", "es", "zh", "vi"}},
      {"role",
       {"teacher", "teacher", "teacher", "paraeducator", "counselor", "administrator", "specialist",
        "coach"}},
      {"grade_band", {"PK-2", "3-5", "6-8", "9-12"}},
      {"years_band", {"0-3", "4-9", "10-19", "20+"}},
      {"race_ethnicity",
       {"white", "hispanic_latino", "black", "asian", "two_or_more", "native_american", "pacific_islander",
        "prefer_not_to_say"}},
      {"standards",
       {"leadership", "resources", "data", "implementation", "outcomes", "learning-communities",
        "learning-designs", "equity"}},
  };
  return *vocabulary;
}

// How often a field is filled, in percent; others by their place in the kind.
uint64_t ShareOf(const FieldInfo& field, size_t place) {
  static const std::map<std::string, uint64_t> kShares = {
      {"answers", 100},       {"submit_time", 100},   {"language", 90},       {"role", 90},
      {"grade_band", 90},     {"years_band", 90},     {"race_ethnicity", 90}, {"texts", 10},
      {"comment", 15},        {"staff", 70},          {"date", 90},           {"claimed_hours", 80},
      {"goals", 60},          {"standards", 80},      {"reflection", 80},     {"session", 20},
      {"organization", 10},   {"attributes", 5},      {"selections", 10},     {"respondent_key", 10},
      {"partial", 3},         {"classification", 80}, {"verified_hours", 10}, {"verifier", 10},
      {"sign_in_method", 20}, {"minutes", 20}};
  if (field.required) return 100;
  const auto it = kShares.find(field.name);
  if (it != kShares.end()) return it->second;
  return place < 6 ? 85 : (place < 12 ? 45 : 15);
}

}  // namespace

uint64_t MadeUpRecords::Next() {  // splitmix64
  uint64_t z = state_ += 0x9e37'79b9'7f4a'7c15;
  z = (z ^ (z >> 30)) * 0xbf58'476d'1ce4'e5b9;
  z = (z ^ (z >> 27)) * 0x94d0'49bb'1331'11eb;
  return z ^ (z >> 31);
}

std::string MadeUpRecords::Digits(size_t count) {
  std::string digits;
  while (digits.size() < count) digits.push_back(static_cast<char>('0' + Below(10)));
  return digits;
}

std::string MadeUpRecords::Sentences(size_t most) {
  std::string text;
  for (size_t i = 1 + Below(most); i > 0; --i) {
    if (!text.empty()) text.push_back(' ');
    text += sentences_[Below(sentences_.size())];
  }
  return text;
}

std::string MadeUpRecords::Words(size_t count) {
  std::string sentence = sentences_[Below(sentences_.size())];
  size_t end = 0;
  for (size_t i = 0; i < count && end != std::string::npos; ++i) end = sentence.find(' ', end + 1);
  return sentence.substr(0, end);
}

std::string MadeUpRecords::CodeOf(const FieldInfo& field) {
  if (Chance(30)) {
    return fmt::format("{:08x}-{:04x}-7{:03x}-{:04x}-{:012x}", (now_ms_ >> 16) & 0xffffffff, now_ms_ & 0xffff,
                       Below(0x1000), 0x8000 + Below(0x4000), Below(uint64_t{1} << 48));
  }
  const char letter = field.name.empty() ? 'C' : static_cast<char>(field.name[0] - 'a' + 'A');
  return letter + Digits(4 + Below(2));
}

std::string MadeUpRecords::TextOf(const FieldInfo& field) {
  const auto known = Vocabulary().find(field.name);
  if (known != Vocabulary().end()) return known->second[Below(known->second.size())];
  if (field.format == "date") return TextOfDay((now_ms_ + static_cast<int64_t>(Below(60)) * kDayMs) / kDayMs);
  if (field.format == "language") return "en";
  if (field.format == "cds") return Digits(14);
  if (field.format == "email") return "name" + Digits(3) + "@district.example.org";
  if (field.format == "url") return "https://www.district.example.org/" + Digits(4);
  if (!field.refers_to.empty() || field.format == "code" || field.name == "code") return CodeOf(field);
  if (field.max.value_or(200) >= 1'000) return Sentences(4);
  return Words(2 + Below(5));
}

uint64_t MadeUpRecords::NumberOf(const FieldInfo& field) {
  if (field.name == "answers") return 1 + Below(5);
  const auto least = static_cast<uint64_t>(std::max(0.0, field.min.value_or(0)));
  const auto most = static_cast<uint64_t>(std::clamp(field.max.value_or(100), 1.0, 200.0));
  return least + Below(most);
}

void MadeUpRecords::Set(const FieldInfo& field, Message* message) {
  const FieldDescriptor* descriptor = field.descriptor;
  const Reflection* reflection = message->GetReflection();
  const auto put = [&](auto set, auto add, auto value) {
    if (descriptor->is_repeated()) {
      (reflection->*add)(message, descriptor, value);
    } else {
      (reflection->*set)(message, descriptor, value);
    }
  };
  switch (descriptor->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      put(&Reflection::SetString, &Reflection::AddString, TextOf(field));
      break;
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int value = field.codes.empty() ? 0 : field.codes[Below(field.codes.size())].number;
      put(&Reflection::SetEnumValue, &Reflection::AddEnumValue, value);
      break;
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      put(&Reflection::SetBool, &Reflection::AddBool, Chance(70));
      break;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      put(&Reflection::SetDouble, &Reflection::AddDouble, static_cast<double>(1 + Below(12)) / 2);
      break;
    case FieldDescriptor::CPPTYPE_UINT32:
      put(&Reflection::SetUInt32, &Reflection::AddUInt32, static_cast<uint32_t>(NumberOf(field)));
      break;
    case FieldDescriptor::CPPTYPE_INT32:
      put(&Reflection::SetInt32, &Reflection::AddInt32, static_cast<int32_t>(NumberOf(field)));
      break;
    case FieldDescriptor::CPPTYPE_UINT64:
      put(&Reflection::SetUInt64, &Reflection::AddUInt64, NumberOf(field));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      put(&Reflection::SetInt64, &Reflection::AddInt64,
          static_cast<int64_t>(field.name == "seconds" ? static_cast<uint64_t>(now_ms_ / 1000)
                                                       : NumberOf(field)));
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      Message* child = descriptor->is_repeated() ? reflection->AddMessage(message, descriptor)
                                                 : reflection->MutableMessage(message, descriptor);
      const FieldDescriptor* seconds = child->GetDescriptor()->FindFieldByName("seconds");
      if (field.type == FieldType::kMoment && seconds != nullptr) {
        child->GetReflection()->SetInt64(child, seconds, now_ms_ / 1'000);
      } else {
        Fill(field.members, child);
      }
      break;
    }
    default:
      break;
  }
}

void MadeUpRecords::Fill(const std::vector<FieldInfo>& fields, Message* message) {
  for (size_t i = 0; i < fields.size(); ++i) {
    const FieldInfo& field = fields[i];
    if (!Chance(ShareOf(field, i))) continue;
    const size_t times = field.name == "answers" ? 24 : (field.repeated ? 1 + Below(3) : 1);
    for (size_t time = 0; time < times; ++time) Set(field, message);
  }
}

Delta MadeUpRecords::Fresh(const KindInfo& kind) {
  now_ms_ += static_cast<int64_t>(Below(400'000));
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  const std::unique_ptr<Message> message(factory->GetPrototype(kind.descriptor)->New());
  Fill(kind.fields, message.get());
  const Dot dot{0x5eed, ++n_};
  const Stamp stamp{now_ms_, 0};
  Delta delta;
  delta.kind = kind.full_name;
  delta.whole = true;
  delta.context = Context(dot);
  delta.id = DeriveRecordId(HashKey{}, "", dot.writer, dot.n, stamp.ms);
  const std::string actor = sentences_[n_ % 7].substr(0, 1) + Digits(2);
  const absl::StatusOr<std::vector<MessageCell>> cells =
      SplitMessage(message->SerializeAsString(), kind.split_rules);
  for (const MessageCell& cell : cells.value()) {
    Cell& added = delta.cells.emplace_back();
    added.key = {cell.field, cell.element};
    added.siblings.push_back({dot, stamp, stamp, actor, cell.bytes});
  }
  return delta;
}

Delta MadeUpRecords::Edit(const KindInfo& kind) {
  Delta delta = Fresh(kind);
  delta.whole = false;
  delta.base = Context({0x5eed, n_ / 2 + 1});
  if (!delta.cells.empty()) delta.cells = {delta.cells[Below(delta.cells.size())]};
  return delta;
}

}  // namespace trellis
