#include "common/record/describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace trellis {
namespace {

using Json = nlohmann::ordered_json;

std::string RoleNames(const std::vector<Role>& roles) {
  std::string names;
  for (const Role role : roles) names += (names.empty() ? "" : ", ") + std::string(RoleName(role));
  return names;
}

std::string Bounds(std::optional<double> min, std::optional<double> max) {
  if (min && max) return fmt::format("{} to {}", *min, *max);
  if (min) return fmt::format("from {}", *min);
  return max ? fmt::format("up to {}", *max) : "";
}

void Append(std::string* notes, const std::string& note) {
  if (!note.empty()) *notes += (notes->empty() ? "" : ", ") + note;
}

// "required, up to 200 characters, refers to Staff".
std::string Notes(const FieldInfo& field, bool top) {
  std::string notes;
  if (field.required) Append(&notes, "required");
  if (field.repeated) Append(&notes, field.IsSet() ? PolicyName(field.policy) : "list");
  const char* counted = field.repeated ? " elements" : field.type == FieldType::kText ? " characters" : "";
  if (const std::string bounds = Bounds(field.min, field.max); !bounds.empty())
    Append(&notes, bounds + counted);
  if (const std::string each = Bounds(field.item_min, field.item_max); !each.empty()) {
    Append(&notes, "each " + each + (field.type == FieldType::kText ? " characters" : ""));
  }
  Append(&notes, field.unit);
  if (!field.format.empty()) Append(&notes, field.format == "date" ? "YYYY-MM-DD" : field.format);
  if (!field.refers_to.empty()) Append(&notes, "refers to " + field.refers_to);
  if (!top) return notes;
  if (!field.repeated && field.policy != CellPolicy::kRegister) Append(&notes, PolicyName(field.policy));
  Append(&notes, fmt::format("seen by {}", VisibilityName(field.visibility)));
  Append(&notes, fmt::format("{} data", DataClassName(field.data_class)));
  if (field.index) Append(&notes, "indexed");
  return notes;
}

void DescribeFields(const std::vector<FieldInfo>& fields, int depth, std::string* out) {
  const std::string indent(static_cast<size_t>(depth) * 4 + 2, ' ');
  for (const FieldInfo& field : fields) {
    const std::string notes = Notes(field, depth == 0);
    *out += fmt::format("{}{}  {}{}\n", indent, field.json_name, TypeName(field.type),
                        notes.empty() ? "" : " (" + notes + ")");
    if (!field.meaning.empty()) *out += fmt::format("{}    {}\n", indent, field.meaning);
    for (const EnumValueInfo& code : field.codes) {
      *out +=
          fmt::format("{}    - {}{}\n", indent, code.name, code.meaning.empty() ? "" : ": " + code.meaning);
    }
    DescribeFields(field.members, depth + 1, out);
  }
}

Json RolesJson(const std::vector<Role>& roles) {
  Json out = Json::array();
  for (const Role role : roles) out.push_back(RoleName(role));
  return out;
}

Json FieldJson(const FieldInfo& field, bool top) {
  Json out = {{"name", field.json_name}, {"type", TypeName(field.type)}};
  if (field.repeated) out["repeated"] = true;
  if (field.required) out["required"] = true;
  if (!field.meaning.empty()) out["meaning"] = field.meaning;
  if (top) {
    out["merge"] = PolicyName(field.policy);
    out["visibility"] = VisibilityName(field.visibility);
    out["dataClass"] = DataClassName(field.data_class);
    if (field.index) out["indexed"] = true;
  }
  if (field.min) out["min"] = *field.min;
  if (field.max) out["max"] = *field.max;
  if (field.item_min) out["itemMin"] = *field.item_min;
  if (field.item_max) out["itemMax"] = *field.item_max;
  if (!field.unit.empty()) out["unit"] = field.unit;
  if (!field.format.empty()) out["format"] = field.format;
  if (!field.refers_to.empty()) out["refersTo"] = field.refers_to;
  for (const FieldInfo& member : field.members) {
    if (field.element_key == member.number) out["elementKey"] = member.json_name;
  }
  for (const EnumValueInfo& code : field.codes) {
    Json entry = {{"name", code.name}};
    if (!code.meaning.empty()) entry["meaning"] = code.meaning;
    out["codes"].push_back(entry);
  }
  for (const FieldInfo& member : field.members) out["fields"].push_back(FieldJson(member, false));
  return out;
}

std::string ExampleText(const FieldInfo& field) {
  if (field.format == "date") return "2026-09-01";
  if (field.format == "cds") return "34739730000000";
  if (field.format == "language") return "en";
  if (field.format == "email") return "name@example.org";
  if (field.format == "url") return "https://example.org/";
  std::string text = field.format == "code"    ? "CODE-1"
                     : field.refers_to.empty() ? "text"
                                               : field.refers_to + "-1";
  const double max = field.repeated ? field.item_max.value_or(64) : field.max.value_or(64);
  if (static_cast<double>(text.size()) > max) text.resize(static_cast<size_t>(max));
  const double min = field.repeated ? field.item_min.value_or(0) : field.min.value_or(0);
  while (static_cast<double>(text.size()) < min) text += "x";
  return text;
}

double ExampleNumber(const FieldInfo& field) {
  const auto& min = field.repeated ? field.item_min : field.min;
  const auto& max = field.repeated ? field.item_max : field.max;
  return std::clamp(1.0, min.value_or(1), std::max(min.value_or(1), max.value_or(1)));
}

Json ExampleObject(const std::vector<FieldInfo>& fields);

Json ExampleValue(const FieldInfo& field) {
  switch (field.type) {
    case FieldType::kBool:
      return true;
    case FieldType::kInteger:
      return static_cast<int64_t>(std::lround(ExampleNumber(field)));
    case FieldType::kNumber:
      return ExampleNumber(field);
    case FieldType::kText:
      return ExampleText(field);
    case FieldType::kBytes:
      return "";
    case FieldType::kCode:
      return field.codes.empty() ? "" : field.codes.front().name;
    case FieldType::kMoment:
      return "2026-09-01T16:00:00Z";
    case FieldType::kMessage:
      return ExampleObject(field.members);
  }
  return nullptr;
}

Json ExampleObject(const std::vector<FieldInfo>& fields) {
  Json out = Json::object();
  for (const FieldInfo& field : fields) {
    if (field.visibility == Visibility::kNobody) continue;
    if (!field.repeated) {
      out[field.json_name] = ExampleValue(field);
      continue;
    }
    out[field.json_name] = Json::array({ExampleValue(field)});
    const double least = field.min.value_or(0);
    while (static_cast<double>(out[field.json_name].size()) < least)
      out[field.json_name].push_back(ExampleValue(field));
  }
  return out;
}

}  // namespace

std::string DescribeText(const KindInfo& kind) {
  std::string out = fmt::format("{}: {}\n", kind.name, kind.meaning);
  out += fmt::format("Stands: {}. Written by: {}.", HomeName(kind.home), RoleNames(kind.writers));
  if (kind.shared_writers != kind.writers) {
    out += fmt::format(" In the shared scope by: {}.", RoleNames(kind.shared_writers));
  }
  if (!kind.readers.empty()) out += fmt::format(" Read by: {}.", RoleNames(kind.readers));
  if (kind.append_only) out += " Never changed once written, only deleted.";
  if (const FieldInfo* code = kind.Find(kind.code_field))
    out += fmt::format(" Called by: {}.", code->json_name);
  out += "\n\n";
  DescribeFields(kind.fields, 0, &out);
  return out;
}

std::string DescribeJson(const KindInfo& kind) {
  Json out = {{"kind", kind.name},
              {"fullName", kind.full_name},
              {"meaning", kind.meaning},
              {"home", HomeName(kind.home)}};
  if (const FieldInfo* code = kind.Find(kind.code_field)) out["codeField"] = code->json_name;
  if (kind.append_only) out["appendOnly"] = true;
  out["writers"] = RolesJson(kind.writers);
  if (kind.shared_writers != kind.writers) out["sharedWriters"] = RolesJson(kind.shared_writers);
  if (!kind.readers.empty()) out["readers"] = RolesJson(kind.readers);
  for (const FieldInfo& field : kind.fields) out["fields"].push_back(FieldJson(field, true));
  return out.dump();
}

std::string ExampleJson(const KindInfo& kind) { return ExampleObject(kind.fields).dump(2); }

}  // namespace trellis
