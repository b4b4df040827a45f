#include "common/service/import/edfi_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <pugixml.hpp>

#include "absl/status/status.h"
#include "common/service/import/json_rows.h"
#include "common/service/import/text_decoding.h"
#include "common/spreadsheet/zip_archive.h"

namespace trellis {
namespace {

using nlohmann::json;

constexpr int kDeepest = 12;

std::string ScalarText(const json& value) {
  if (value.is_string()) return std::string(TrimBlanks(value.get<std::string>()));
  if (value.is_number() || value.is_boolean()) return value.dump();
  return "";
}

bool Matches(std::string_view member, std::string_view name) {
  if (member == name) return true;
  return member.size() == name.size() + std::string_view("Descriptor").size() && member.starts_with(name) &&
         member.ends_with("Descriptor");
}

// Breadth before depth: the resource's own member counts before one of what it refers to.
std::string FindText(const json& value, std::string_view name, int depth) {
  if (!value.is_object() || depth == 0) return "";
  for (const auto& [member, held] : value.items()) {
    if (Matches(member, name)) return ScalarText(held);
  }
  for (const auto& [member, held] : value.items()) {
    if (std::string found = FindText(held, name, depth - 1); !found.empty()) return found;
  }
  return "";
}

std::string MemberName(std::string_view element) {
  std::string name(element.substr(element.find(':') == std::string_view::npos ? 0 : element.find(':') + 1));
  if (!name.empty() && name[0] >= 'A' && name[0] <= 'Z') name[0] = static_cast<char>(name[0] - 'A' + 'a');
  return name;
}

json FromXml(const pugi::xml_node& element, int depth) {
  json value = json::object();
  for (const pugi::xml_node& child : element.children()) {
    if (child.type() != pugi::node_element || depth == 0) continue;
    json held = FromXml(child, depth - 1);
    json& place = value[MemberName(child.name())];
    if (place.is_null()) {
      place = std::move(held);
    } else {
      if (!place.is_array()) place = json::array({std::move(place)});
      place.push_back(std::move(held));
    }
  }
  if (value.empty()) return element.text().get();
  return value;
}

absl::Status ReadXml(const std::string& file, const std::string& text, std::vector<EdFiResource>* resources) {
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(text.data(), text.size());
  const auto line_of = [&](ptrdiff_t offset) {
    const size_t end = std::min(static_cast<size_t>(std::max<ptrdiff_t>(offset, 0)), text.size());
    return 1 + std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(end), '\n');
  };
  if (!parsed) {
    return absl::InvalidArgumentError(fmt::format("{}: Line {}: the XML is damaged: {}", file,
                                                  line_of(parsed.offset), parsed.description()));
  }
  int64_t line = 1;
  size_t counted = 0;
  for (const pugi::xml_node& element : document.document_element().children()) {
    if (element.type() != pugi::node_element) continue;
    const auto at = static_cast<size_t>(std::max<ptrdiff_t>(element.offset_debug(), 0));
    line += std::count(text.begin() + static_cast<ptrdiff_t>(counted),
                       text.begin() + static_cast<ptrdiff_t>(at), '\n');
    counted = at;
    resources->push_back({file, line, EdFiTypeOf(element.name()), FromXml(element, kDeepest)});
  }
  return absl::OkStatus();
}

void AddJson(const std::string& file, const std::string& type, const JsonSlice& slice,
             std::vector<EdFiResource>* resources, std::vector<ImportRowError>* errors) {
  json value = json::parse(slice.text, nullptr, /*allow_exceptions=*/false);
  if (value.is_object()) {
    resources->push_back({file, slice.line, type, std::move(value)});
  } else {
    errors->push_back({file, slice.line, "", "is no resource: not a JSON object"});
  }
}

absl::Status ReadJson(const std::string& file, std::string_view text, std::vector<EdFiResource>* resources,
                      std::vector<ImportRowError>* errors) {
  const absl::StatusOr<std::vector<JsonSlice>> values = JsonValues(text);
  if (!values.ok()) return values.status();
  const std::string of_file = EdFiTypeOf(file.substr(0, file.rfind('.')));
  for (const JsonSlice& value : *values) {
    if (value.text.starts_with('[')) {
      const auto elements = JsonElements(value);
      if (!elements.ok()) return elements.status();
      for (const JsonSlice& element : *elements) AddJson(file, of_file, element, resources, errors);
      continue;
    }
    if (!value.text.starts_with('{'))
      return absl::InvalidArgumentError(fmt::format("{} is neither JSON nor XML", file));
    const auto members = JsonMembers(value);
    if (!members.ok()) return members.status();
    const bool of_arrays =
        !members->empty() && std::all_of(members->begin(), members->end(), [](const auto& member) {
          return member.second.text.starts_with('[');
        });
    if (!of_arrays) AddJson(file, of_file, value, resources, errors);
    for (const auto& [name, array] : *members) {
      if (!of_arrays) break;
      const auto elements = JsonElements(array);
      if (!elements.ok()) return elements.status();
      for (const JsonSlice& element : *elements) AddJson(file, EdFiTypeOf(name), element, resources, errors);
    }
  }
  return absl::OkStatus();
}

}  // namespace

std::string EdFiResource::Text(std::string_view name) const { return FindText(value, name, kDeepest); }

std::string EdFiResource::TextIn(std::string_view member, std::string_view name) const {
  const auto found = value.find(std::string(member));
  return found == value.end() ? "" : FindText(*found, name, kDeepest);
}

std::vector<EdFiResource> EdFiResource::Items(std::string_view singular, std::string_view plural) const {
  std::vector<EdFiResource> items;
  for (const std::string_view name : {singular, plural}) {
    const auto found = value.find(std::string(name));
    if (found == value.end()) continue;
    if (!found->is_array()) items.push_back({file, line, type, *found});
    for (const json& item : found->is_array() ? *found : json::array())
      items.push_back({file, line, type, item});
  }
  return items;
}

std::string EdFiTypeOf(std::string_view name) {
  if (const size_t slash = name.find_last_of("/\\:"); slash != std::string_view::npos)
    name.remove_prefix(slash + 1);
  std::string type;
  for (const char c : LowerAscii(name)) {
    if (c >= 'a' && c <= 'z') type.push_back(c);
  }
  if (type.ends_with("ies")) {
    type.resize(type.size() - 3);
    type.push_back('y');
  } else if (type.ends_with('s')) {
    type.pop_back();
  }
  return type;
}

absl::StatusOr<std::vector<EdFiResource>> ReadEdFiFiles(const std::map<std::string, std::string>& files,
                                                        std::vector<ImportRowError>* errors) {
  std::vector<EdFiResource> resources;
  for (const auto& [name, bytes] : files) {
    if (LooksLikeZip(bytes)) {
      const auto inside = ReadZip(bytes);
      if (!inside.ok()) return inside.status();
      const auto more = ReadEdFiFiles(*inside, errors);
      if (!more.ok()) return more.status();
      resources.insert(resources.end(), more->begin(), more->end());
      continue;
    }
    const std::string text = DecodeText(bytes).text;
    const size_t first = text.find_first_not_of("\xEF\xBB\xBF \t\r\n");
    if (first == std::string::npos) continue;
    const absl::Status read =
        text[first] == '<' ? ReadXml(name, text, &resources) : ReadJson(name, text, &resources, errors);
    if (!read.ok()) return read;
  }
  return resources;
}

}  // namespace trellis
