#include "common/survey/xform.h"

#include <fmt/format.h>

#include <algorithm>
#include <pugixml.hpp>
#include <set>
#include <sstream>

namespace trellis {
namespace {

using pugi::xml_node;

constexpr const char* kListRoot = "root";

// A name of an XML element out of any text.
std::string ElementName(std::string_view text) {
  std::string name;
  for (const char c : text) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_' || c == '-' || c == '.' || (c & 0x80) != 0;
    name += fits ? c : '_';
  }
  const bool begins =
      !name.empty() && !(name[0] >= '0' && name[0] <= '9') && name[0] != '-' && name[0] != '.';
  return begins ? name : "_" + name;
}

bool IsSelect(FormItemType type) {
  return type == FormItemType::kSelectOne || type == FormItemType::kSelectMultiple ||
         type == FormItemType::kRank;
}

// Every language a form has wordings in; "default" stands for columns that name none.
std::set<std::string> LanguagesOf(const XlsForm& form) {
  std::set<std::string> languages;
  const auto take = [&](const FormText& text) {
    for (const auto& [language, _] : text) languages.insert(language);
  };
  for (const FormItem& item : form.items) {
    for (const FormText* text : {&item.label, &item.hint, &item.constraint_message, &item.required_message})
      take(*text);
  }
  for (const auto& [_, choices] : form.lists) {
    for (const FormChoice& choice : choices) take(choice.label);
  }
  return languages;
}

class XFormWriter {
 public:
  explicit XFormWriter(const XlsForm& form) : form_(form), languages_(LanguagesOf(form)) {
    multilingual_ =
        std::any_of(languages_.begin(), languages_.end(), [](const auto& one) { return !one.empty(); });
    FindPaths();
  }

  std::string Write() {
    xml_node html = document_.append_child("h:html");
    const std::pair<const char*, const char*> spaces[] = {{"xmlns", "http://www.w3.org/2002/xforms"},
                                                          {"xmlns:h", "http://www.w3.org/1999/xhtml"},
                                                          {"xmlns:jr", "http://openrosa.org/javarosa"},
                                                          {"xmlns:odk", "http://www.opendatakit.org/xforms"},
                                                          {"xmlns:orx", "http://openrosa.org/xforms"}};
    for (const auto& [prefix, uri] : spaces) html.append_attribute(prefix) = uri;
    xml_node head = html.append_child("h:head");
    head.append_child("h:title").text() = form_.title.c_str();
    model_ = head.append_child("model");
    model_.append_attribute("odk:xforms-version") = "1.0.0";
    if (multilingual_) itext_ = model_.append_child("itext");
    xml_node instance = model_.append_child("instance").append_child(Root().c_str());
    instance.append_attribute("id") = form_.id.c_str();
    if (!form_.version.empty()) instance.append_attribute("version") = form_.version.c_str();
    WriteLists();
    xml_node body = html.append_child("h:body");
    WriteItems(instance, body);
    WriteMeta(instance.append_child("meta"));
    std::ostringstream out;
    document_.save(out, "  ", pugi::format_indent | pugi::format_save_file_text, pugi::encoding_utf8);
    return out.str();
  }

 private:
  void WriteMeta(xml_node meta) {
    meta.append_child("instanceID");
    xml_node bind = Bind(fmt::format("/{}/meta/instanceID", Root()));
    bind.append_attribute("type") = "string";
    bind.append_attribute("readonly") = "true()";
    bind.append_attribute("jr:preload") = "uid";
    const auto name = form_.settings.find("instance_name");
    if (name == form_.settings.end()) return;
    meta.append_child("instanceName");
    xml_node calculated = Bind(fmt::format("/{}/meta/instanceName", Root()));
    calculated.append_attribute("type") = "string";
    calculated.append_attribute("calculate") = Expression(name->second).c_str();
  }

  std::string Root() const { return ElementName(form_.name); }

  void FindPaths() {
    std::vector<std::string> path = {"/" + Root()};
    for (const FormItem& item : form_.items) {
      if (item.type == FormItemType::kEndGroup || item.type == FormItemType::kEndRepeat) {
        if (path.size() > 1) path.pop_back();
        continue;
      }
      const std::string here = path.back() + "/" + ElementName(item.name);
      paths_.emplace(item.name, here);
      if (item.type == FormItemType::kBeginGroup || item.type == FormItemType::kBeginRepeat)
        path.push_back(here);
    }
  }

  // ${name} in an expression becomes the path of the question.
  std::string Expression(std::string_view text) const {
    std::string out;
    for (size_t at = 0; at < text.size();) {
      const size_t begin = text.find("${", at);
      const size_t end = begin == std::string_view::npos ? begin : text.find('}', begin);
      if (end == std::string_view::npos) return out + std::string(text.substr(at));
      out += text.substr(at, begin - at);
      const std::string name(text.substr(begin + 2, end - begin - 2));
      const auto path = paths_.find(name);
      out += path == paths_.end() ? name : fmt::format(" {} ", path->second);
      at = end + 1;
    }
    return out;
  }

  // A wording in an element; ${name} shows the answer.
  void Wording(xml_node element, std::string_view text) const {
    for (size_t at = 0; at < text.size();) {
      const size_t begin = text.find("${", at);
      const size_t end = begin == std::string_view::npos ? begin : text.find('}', begin);
      const std::string before(text.substr(at, end == std::string_view::npos ? end : begin - at));
      if (!before.empty()) element.append_child(pugi::node_pcdata).set_value(before.c_str());
      if (end == std::string_view::npos) return;
      element.append_child("output").append_attribute("value") =
          Expression(text.substr(begin, end - begin + 1)).c_str();
      at = end + 1;
    }
  }

  // A label or hint: in place, or by reference where the form speaks several languages.
  void Text(xml_node parent, const char* element, const std::string& id, const FormText& text) {
    if (text.empty()) return;
    xml_node node = parent.append_child(element);
    if (!multilingual_) return Wording(node, text.begin()->second);
    node.append_attribute("ref") = fmt::format("jr:itext('{}')", id).c_str();
    Translate(id, text);
  }
  void Translate(const std::string& id, const FormText& text) {
    for (const std::string& language : languages_) {
      const std::string name = language.empty() ? "default" : language;
      xml_node translation = itext_.find_child_by_attribute("translation", "lang", name.c_str());
      if (!translation) {
        translation = itext_.append_child("translation");
        translation.append_attribute("lang") = name.c_str();
        const bool is_default =
            form_.default_language.empty() ? language.empty() : language == form_.default_language;
        if (is_default) translation.append_attribute("default") = "true()";
      }
      const auto said = text.find(language);
      xml_node value = translation.append_child("text");
      value.append_attribute("id") = id.c_str();
      Wording(value.append_child("value"), said == text.end() ? "-" : said->second);
    }
  }
  std::string Message(const std::string& id, const FormText& text) {
    if (!multilingual_) return text.begin()->second;
    Translate(id, text);
    return fmt::format("jr:itext('{}')", id);
  }

  void WriteLists() {
    for (const auto& [name, choices] : form_.lists) {
      const bool used = std::any_of(
          form_.items.begin(), form_.items.end(),
          [list = name](const FormItem& item) { return IsSelect(item.type) && item.list == list; });
      if (!used) continue;
      xml_node instance = model_.append_child("instance");
      instance.append_attribute("id") = name.c_str();
      xml_node root = instance.append_child(kListRoot);
      for (size_t i = 0; i < choices.size(); ++i) {
        xml_node item = root.append_child("item");
        if (multilingual_) {
          const std::string id = fmt::format("{}-{}", name, i);
          item.append_child("itextId").text() = id.c_str();
          Translate(id, choices[i].label);
        } else if (!choices[i].label.empty()) {
          item.append_child("label").text() = choices[i].label.begin()->second.c_str();
        }
        item.append_child("name").text() = choices[i].name.c_str();
        for (const auto& [column, cell] : choices[i].extra)
          item.append_child(ElementName(column).c_str()).text() = cell.c_str();
      }
    }
  }

  xml_node Bind(const std::string& path) {
    xml_node bind = model_.append_child("bind");
    bind.append_attribute("nodeset") = path.c_str();
    return bind;
  }

  void WriteBind(const FormItem& item, const std::string& path) {
    const std::string_view type = XFormType(item.type);
    if (type.empty() && item.relevant.empty()) return;
    xml_node bind = Bind(path);
    const auto set = [&](const char* name, const std::string& value) {
      if (!value.empty()) bind.append_attribute(name) = value.c_str();
    };
    set("type", std::string(type));
    set("relevant", Expression(item.relevant));
    set("constraint", Expression(item.constraint));
    if (!item.constraint_message.empty()) {
      set("jr:constraintMsg", Message(path + ":jr:constraintMsg", item.constraint_message));
    }
    set("required", item.required ? "true()" : "");
    if (!item.required_message.empty())
      set("jr:requiredMsg", Message(path + ":jr:requiredMsg", item.required_message));
    set("readonly", item.type == FormItemType::kNote || item.read_only ? "true()" : "");
    WritePreload(item, set);
  }
  template <typename Set>
  void WritePreload(const FormItem& item, const Set& set) const {
    switch (item.type) {
      case FormItemType::kCalculate:
        return set("calculate", Expression(item.calculation));
      case FormItemType::kStart:
      case FormItemType::kEnd:
        set("jr:preload", "timestamp");
        return set("jr:preloadParams", item.type == FormItemType::kStart ? "start" : "end");
      case FormItemType::kToday:
        set("jr:preload", "date");
        return set("jr:preloadParams", "today");
      case FormItemType::kDeviceProperty:
        set("jr:preload", "property");
        return set("jr:preloadParams", item.calculation);
      default:
        return;
    }
  }

  void WriteControl(const FormItem& item, const std::string& path, xml_node body,
                    std::string_view appearance) {
    const std::string control(XFormControl(item.type));
    if (control.empty()) return;
    xml_node node = body.append_child(control.c_str());
    node.append_attribute("ref") = path.c_str();
    if (!appearance.empty()) node.append_attribute("appearance") = std::string(appearance).c_str();
    if (control == "upload") {
      const char* media = item.type == FormItemType::kImage   ? "image/*"
                          : item.type == FormItemType::kAudio ? "audio/*"
                          : item.type == FormItemType::kVideo ? "video/*"
                                                              : "application/*";
      node.append_attribute("mediatype") = media;
    }
    Text(node, "label", path + ":label", item.label);
    Text(node, "hint", path + ":hint", item.hint);
    if (IsSelect(item.type)) WriteItemset(item, node);
  }
  void WriteItemset(const FormItem& item, xml_node control) const {
    xml_node set = control.append_child("itemset");
    const std::string filter =
        item.choice_filter.empty() ? "" : fmt::format("[{}]", Expression(item.choice_filter));
    set.append_attribute("nodeset") =
        fmt::format("instance('{}')/{}/item{}", item.list, kListRoot, filter).c_str();
    set.append_child("value").append_attribute("ref") = "name";
    set.append_child("label").append_attribute("ref") = multilingual_ ? "jr:itext(itextId)" : "label";
  }

  // A group whose questions are rows of a table gets two more: its heading, and the row of the choices.
  struct Group {
    xml_node instance, body;
    std::string path;
    bool is_table = false;
    bool heads_table = false;  // the next select begins the table
  };

  Group Begin(const FormItem& item, Group& around) {
    Group group;
    group.path = around.path + "/" + ElementName(item.name);
    group.instance = around.instance.append_child(ElementName(item.name).c_str());
    group.is_table = item.appearance == "table-list";
    group.heads_table = group.is_table;
    WriteBind(item, group.path);
    xml_node body = around.body.append_child("group");
    body.append_attribute("ref") = group.path.c_str();
    const std::string appearance = group.is_table ? "field-list" : item.appearance;
    if (!appearance.empty()) body.append_attribute("appearance") = appearance.c_str();
    if (!group.is_table) Text(body, "label", group.path + ":label", item.label);
    group.body = body;
    if (item.type == FormItemType::kBeginRepeat) {
      group.body = body.append_child("repeat");
      group.body.append_attribute("nodeset") = group.path.c_str();
      WriteCount(item, group, around);
    }
    if (group.is_table && !item.label.empty()) {
      FormItem heading = item;
      heading.type = FormItemType::kNote;
      heading.name = fmt::format("generated_table_list_label_{}", item.line);
      heading.relevant.clear();
      heading.appearance.clear();
      WriteQuestion(heading, group);
    }
    return group;
  }

  // How often a repeat is asked stands in a question of its own, beside it.
  void WriteCount(const FormItem& item, Group& repeat, Group& around) {
    const auto count = item.extra.find("repeat_count");
    if (count == item.extra.end()) return;
    const std::string path = repeat.path + "_count";
    around.instance.insert_child_before((ElementName(item.name) + "_count").c_str(), repeat.instance);
    xml_node bind = Bind(path);
    bind.append_attribute("type") = "string";
    bind.append_attribute("readonly") = "true()";
    bind.append_attribute("calculate") = Expression(count->second).c_str();
    repeat.body.append_attribute("jr:count") = path.c_str();
  }

  void WriteQuestion(const FormItem& item, Group& group) {
    const std::string path = group.path + "/" + ElementName(item.name);
    xml_node leaf = group.instance.append_child(ElementName(item.name).c_str());
    if (!item.default_value.empty()) leaf.text() = item.default_value.c_str();
    WriteBind(item, path);
    WriteControl(item, path, group.body,
                 group.is_table && IsSelect(item.type) ? "list-nolabel" : item.appearance);
  }

  void WriteItems(xml_node instance, xml_node body) {
    std::vector<Group> open = {{instance, body, "/" + Root()}};
    for (const FormItem& item : form_.items) {
      switch (item.type) {
        case FormItemType::kBeginGroup:
        case FormItemType::kBeginRepeat:
          open.push_back(Begin(item, open.back()));
          break;
        case FormItemType::kEndGroup:
        case FormItemType::kEndRepeat:
          if (open.size() > 1) open.pop_back();
          break;
        default:
          if (open.back().heads_table && IsSelect(item.type)) {
            open.back().heads_table = false;
            WriteTableHead(item, open.back());
          }
          WriteQuestion(item, open.back());
      }
    }
  }
  void WriteTableHead(const FormItem& first, Group& group) {
    FormItem head;
    head.type = first.type;
    head.list = first.list;
    head.name = fmt::format("reserved_name_for_field_list_labels_{}", first.line);
    const std::string path = group.path + "/" + head.name;
    group.instance.append_child(head.name.c_str());
    WriteBind(head, path);
    WriteControl(head, path, group.body, "label");
  }

  const XlsForm& form_;
  const std::set<std::string> languages_;
  bool multilingual_ = false;
  std::map<std::string, std::string> paths_;  // by name
  pugi::xml_document document_;
  xml_node model_, itext_;
};

}  // namespace

std::string WriteXForm(const XlsForm& form) { return XFormWriter(form).Write(); }

}  // namespace trellis
