// XlsFormOf.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "common/survey/survey_forms.h"

namespace trellis {
namespace {

using domain::v1::Question;
using domain::v1::Section;
using domain::v1::Survey;

FormItemType TypeOf(const Question& question) {
  switch (question.form()) {
    case domain::v1::QUESTION_FORM_SINGLE_CHOICE:
      return FormItemType::kSelectOne;
    case domain::v1::QUESTION_FORM_MULTIPLE_CHOICE:
      return FormItemType::kSelectMultiple;
    case domain::v1::QUESTION_FORM_NUMBER:
      return FormItemType::kDecimal;
    case domain::v1::QUESTION_FORM_DATE:
      return FormItemType::kDate;
    case domain::v1::QUESTION_FORM_NOTE:
      return FormItemType::kNote;
    default:
      return FormItemType::kText;
  }
}

class Writer {
 public:
  explicit Writer(const Survey& survey) : survey_(survey) {
    for (const Section& section : survey.sections())
      parts_[section.parent()].push_back({section.sort_order(), &section, nullptr});
    for (const Question& question : survey.questions()) {
      if (!question.retired())
        parts_[question.section()].push_back({question.sort_order(), nullptr, &question});
    }
    for (auto& [_, parts] : parts_) {
      std::stable_sort(parts.begin(), parts.end(),
                       [](const Part& a, const Part& b) { return a.order < b.order; });
    }
  }

  XlsForm Write() {
    form_.name = survey_.code();
    form_.id = survey_.code();
    form_.title = survey_.title();
    form_.default_language = Language(survey_.language());
    if (!survey_.introduction().empty()) form_.settings["introduction"] = survey_.introduction();
    if (!survey_.source().empty()) form_.settings["source"] = survey_.source();
    WriteParts("", 0);
    return std::move(form_);
  }

 private:
  struct Part {
    uint32_t order;
    const Section* section;
    const Question* question;
  };

  static std::string Language(const std::string& tag) {
    return fmt::format("({})", tag.empty() ? "en" : tag);
  }

  template <typename Translations>
  FormText Text(const std::string& own, const Translations& translations) const {
    FormText text;
    if (!own.empty()) text[Language(survey_.language())] = own;
    for (const auto& translation : translations) text[Language(translation.language())] = translation.text();
    return text;
  }

  FormItem& Add(FormItemType type, const std::string& name) {
    FormItem item;
    item.line = static_cast<int64_t>(form_.items.size()) + 2;
    item.type = type;
    item.name = name;
    form_.items.push_back(std::move(item));
    return form_.items.back();
  }

  // Sections nest by their parents; one that is its own ancestor is not reached. At most as deep as there are
  // sections.
  void WriteParts(const std::string& section, int depth) {  // NOLINT(misc-no-recursion)
    const auto parts = parts_.find(section);
    if (parts == parts_.end() || depth > survey_.sections_size()) return;
    for (const Part& part : parts->second) {
      if (part.question != nullptr) {
        WriteQuestion(*part.question);
        continue;
      }
      FormItem& group = Add(FormItemType::kBeginGroup, part.section->code());
      group.label = Text(part.section->title(), part.section->translations());
      group.hint = Text(part.section->introduction(), part.section->introduction_translations());
      group.relevant = part.section->shown_if();
      if (IsMatrix(part.section->code())) group.appearance = "table-list";
      WriteParts(part.section->code(), depth + 1);
      Add(FormItemType::kEndGroup, "");
    }
  }

  bool IsMatrix(const std::string& section) const {
    const auto parts = parts_.find(section);
    return parts != parts_.end() &&
           std::any_of(parts->second.begin(), parts->second.end(), [](const Part& part) {
             return part.question != nullptr && !part.question->matrix().empty();
           });
  }

  void WriteQuestion(const Question& question) {
    FormItem& item = Add(TypeOf(question), question.code());
    item.label = Text(question.text(), question.translations());
    item.hint = Text(question.hint(), question.hint_translations());
    item.required = question.required();
    item.relevant = question.shown_if();
    item.constraint = question.valid_if();
    if (!question.valid_if_message().empty()) {
      item.constraint_message[Language(survey_.language())] = question.valid_if_message();
    }
    if (!question.construct().empty()) item.extra["construct"] = question.construct();
    if (question.reversed()) item.extra["reversed"] = "yes";
    if (question.version() != 0) item.extra["version"] = fmt::format("{}", question.version());
    if (question.choices_size() > 0) item.list = ListOf(question);
  }

  // Questions with the same choices share a list.
  std::string ListOf(const Question& question) {
    std::string key;
    for (const auto& choice : question.choices()) key += choice.SerializeAsString() + '\n';
    const auto [place, added] = list_names_.emplace(key, question.code());
    if (!added) return place->second;
    std::vector<FormChoice>& list = form_.lists[question.code()];
    for (const auto& choice : question.choices()) {
      FormChoice row;
      row.name = choice.code().empty() ? fmt::format("{}", choice.value()) : choice.code();
      row.label = Text(choice.text(), choice.translations());
      row.extra["value"] = fmt::format("{}", choice.value());
      if (choice.favorable()) row.extra["favorable"] = "yes";
      if (choice.not_scored()) row.extra["not_scored"] = "yes";
      list.push_back(std::move(row));
    }
    return question.code();
  }

  const Survey& survey_;
  XlsForm form_;
  std::map<std::string, std::vector<Part>> parts_;  // by section
  std::map<std::string, std::string> list_names_;   // by content
};

}  // namespace

XlsForm XlsFormOf(const Survey& survey) { return Writer(survey).Write(); }

}  // namespace trellis
