// SurveyOf.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "common/record/text_format.h"
#include "common/survey/condition.h"
#include "common/survey/survey_forms.h"

namespace trellis {
namespace {

using domain::v1::Choice;
using domain::v1::Question;
using domain::v1::Section;
using domain::v1::Survey;
using domain::v1::Translation;

constexpr uint32_t kMostSlots = 255;

constexpr std::pair<std::string_view, std::string_view> kLanguages[] = {
    {"english", "en"}, {"spanish", "es"},    {"español", "es"}, {"french", "fr"},    {"français", "fr"},
    {"chinese", "zh"}, {"vietnamese", "vi"}, {"tagalog", "tl"}, {"arabic", "ar"},    {"russian", "ru"},
    {"korean", "ko"},  {"hmong", "hmn"},     {"punjabi", "pa"}, {"ukrainian", "uk"}, {"armenian", "hy"},
    {"german", "de"},  {"portuguese", "pt"}, {"farsi", "fa"},   {"japanese", "ja"},
};

bool IsYes(const std::map<std::string, std::string>& extra, const std::string& column) {
  const auto cell = extra.find(column);
  return cell != extra.end() &&
         (cell->second == "yes" || cell->second == "TRUE" || cell->second == "true" || cell->second == "1");
}

std::optional<double> Number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Whether the device tells it by itself: nothing a person is asked.
bool IsOfTheDevice(FormItemType type) {
  return type == FormItemType::kStart || type == FormItemType::kEnd || type == FormItemType::kToday ||
         type == FormItemType::kDeviceProperty || type == FormItemType::kAudit;
}

std::optional<domain::v1::QuestionForm> FormOf(FormItemType type) {
  switch (type) {
    case FormItemType::kText:
      return domain::v1::QUESTION_FORM_TEXT;
    case FormItemType::kInteger:
    case FormItemType::kDecimal:
      return domain::v1::QUESTION_FORM_NUMBER;
    case FormItemType::kDate:
      return domain::v1::QUESTION_FORM_DATE;
    case FormItemType::kNote:
      return domain::v1::QUESTION_FORM_NOTE;
    case FormItemType::kSelectOne:
      return domain::v1::QUESTION_FORM_SINGLE_CHOICE;
    case FormItemType::kSelectMultiple:
      return domain::v1::QUESTION_FORM_MULTIPLE_CHOICE;
    default:
      return std::nullopt;
  }
}

class Reader {
 public:
  Reader(const XlsForm& form, const Survey* known) : form_(form) {
    if (known != nullptr) result_.survey = *known;
    for (const Question& question : result_.survey.questions()) {
      known_[question.code()] = question;
      next_slot_ = std::max(next_slot_, question.slot() + 1);
    }
    FindOwnLanguage();
  }

  SurveyFromForm Read() {
    Survey& survey = result_.survey;
    survey.set_code(form_.id);
    survey.set_title(form_.title);
    survey.set_language(own_tag_);
    for (const auto& [name, set] : {std::pair{"introduction", &Survey::set_introduction<const std::string&>},
                                    std::pair{"source", &Survey::set_source<const std::string&>}}) {
      if (const auto cell = form_.settings.find(name); cell != form_.settings.end())
        (survey.*set)(cell->second);
    }
    survey.clear_questions();
    survey.clear_sections();
    for (const FormItem& item : form_.items) Take(item);
    RetireTheRest();
    CheckConditions();
    for (const std::string& tag : tags_) {
      const auto& languages = survey.languages();
      const bool there = std::any_of(languages.begin(), languages.end(),
                                     [&](const auto& one) { return one.language() == tag; });
      if (there) continue;
      auto* language = survey.add_languages();
      language->set_language(tag);
      language->set_state(domain::v1::TRANSLATION_STATE_DRAFT);
    }
    AddConstructs();
    return std::move(result_);
  }

 private:
  void Problem(const FormItem& item, const std::string& column, std::string problem) {
    result_.problems.push_back({"survey", item.line, column, std::move(problem)});
  }

  // The language of columns that name none, or the form's default, or the only one.
  void FindOwnLanguage() {
    std::set<std::string> languages;
    for (const FormItem& item : form_.items) {
      for (const auto& [language, _] : item.label) languages.insert(language);
    }
    own_ = languages.contains("") || languages.empty() ? "" : *languages.begin();
    if (languages.contains(form_.default_language)) own_ = form_.default_language;
    own_tag_ = LanguageTag(own_);
    if (own_tag_.empty()) own_tag_ = LanguageTag(form_.default_language);
    if (own_tag_.empty()) own_tag_ = "en";
  }

  // The wording in the survey's language, the others as translations.
  template <typename Translations>
  std::string Wording(const FormText& text, Translations* translations) {
    std::string own;
    for (const auto& [language, wording] : text) {
      if (language == own_) {
        own = wording;
        continue;
      }
      const std::string tag = LanguageTag(language);
      if (tag.empty()) {
        if (unknown_languages_.insert(language).second) {
          result_.problems.push_back(
              {"survey", 1, "label::" + language,
               fmt::format("\"{}\" names no language; write it as Español (es)", language)});
        }
        continue;
      }
      tags_.insert(tag);
      Translation* translation = translations->Add();
      translation->set_language(tag);
      translation->set_text(wording);
    }
    return own;
  }

  void Take(const FormItem& item) {
    switch (item.type) {
      case FormItemType::kBeginGroup:
        return BeginGroup(item);
      case FormItemType::kEndGroup:
        if (!open_.empty()) open_.pop_back();
        return;
      case FormItemType::kBeginRepeat:
      case FormItemType::kEndRepeat:
        if (item.type == FormItemType::kBeginRepeat) {
          Problem(item, "type", "a survey asks nothing repeatedly; ask each as a question of its own");
        }
        return;
      default:
        break;
    }
    if (IsOfTheDevice(item.type)) {
      result_.notes.push_back(
          fmt::format("{} (line {}) was left out: nothing is taken from the device", item.name, item.line));
      return;
    }
    if (FormOf(item.type)) return TakeQuestion(item);
    Problem(item, "type",
            fmt::format("a survey cannot ask for {}; ask in words, or leave the row out", item.type_text));
  }

  void BeginGroup(const FormItem& item) {
    Section* section = result_.survey.add_sections();
    section->set_code(item.name);
    std::string title = Wording(item.label, section->mutable_translations());
    section->set_title(title.empty() ? item.name : title);
    section->set_introduction(Wording(item.hint, section->mutable_introduction_translations()));
    section->set_sort_order(order_++);
    section->set_shown_if(item.relevant);
    if (!open_.empty()) section->set_parent(open_.back().section);
    open_.push_back({item.name, item.appearance == "table-list" ? item.name : std::string()});
  }

  void TakeQuestion(const FormItem& item) {
    Question question;
    question.set_code(item.name);
    const auto known = known_.find(item.name);
    if (known != known_.end()) {
      question.set_slot(known->second.slot());
      question.set_version(known->second.version());
      question.set_construct(known->second.construct());
      question.set_reversed(known->second.reversed());
    } else if (next_slot_ > kMostSlots) {
      return Problem(item, "name",
                     fmt::format("a survey has at most {} questions, the retired ones included", kMostSlots));
    } else {
      question.set_slot(next_slot_++);
    }
    question.set_form(*FormOf(item.type));
    const std::string text = Wording(item.label, question.mutable_translations());
    question.set_text(text.empty() ? item.name : text);
    question.set_hint(Wording(item.hint, question.mutable_hint_translations()));
    question.set_required(item.required);
    question.set_shown_if(item.relevant);
    question.set_valid_if(item.constraint);
    if (!item.constraint_message.empty()) {
      const auto own = item.constraint_message.find(own_);
      question.set_valid_if_message(
          own == item.constraint_message.end() ? item.constraint_message.begin()->second : own->second);
    }
    question.set_sort_order(order_++);
    if (!open_.empty()) {
      question.set_section(open_.back().section);
      question.set_matrix(open_.back().matrix);
    }
    if (const auto construct = item.extra.find("construct"); construct != item.extra.end())
      question.set_construct(construct->second);
    if (item.extra.contains("reversed")) question.set_reversed(IsYes(item.extra, "reversed"));
    if (const auto version = item.extra.find("version"); version != item.extra.end()) {
      question.set_version(
          static_cast<uint32_t>(std::clamp(Number(version->second).value_or(0), 0.0, 100000.0)));
    }
    TakeChoices(item, &question);
    if (!item.choice_filter.empty()) {
      result_.notes.push_back(fmt::format(
          "{} (line {}): all choices are offered, its choice_filter was left out", item.name, item.line));
    }
    *result_.survey.add_questions() = std::move(question);
  }

  void TakeChoices(const FormItem& item, Question* question) {
    const auto list = form_.lists.find(item.list);
    if (item.list.empty() || list == form_.lists.end()) return;
    for (const FormChoice& row : list->second) {
      Choice* choice = question->add_choices();
      choice->set_code(row.name);
      const std::string text = Wording(row.label, choice->mutable_translations());
      choice->set_text(text.empty() ? row.name : text);
      const auto value = row.extra.find("value");
      const std::optional<double> scored =
          value == row.extra.end() ? Number(row.name) : Number(value->second);
      choice->set_value(scored.value_or(question->choices_size()));
      choice->set_favorable(IsYes(row.extra, "favorable"));
      choice->set_not_scored(IsYes(row.extra, "not_scored"));
    }
  }

  void RetireTheRest() {
    std::set<std::string> asked;
    for (const Question& question : result_.survey.questions()) asked.insert(question.code());
    for (const auto& [code, question] : known_) {
      if (asked.contains(code)) continue;
      Question* kept = result_.survey.add_questions();
      *kept = question;
      if (!kept->retired())
        result_.notes.push_back(fmt::format("{} is no longer asked; its slot and old answers stay", code));
      kept->set_retired(true);
    }
  }

  // What cannot be read as a condition would be shown always: said, not guessed.
  void CheckConditions() {
    for (const FormItem& item : form_.items) {
      for (const auto& [column, text] :
           {std::pair{"relevant", &item.relevant}, std::pair{"constraint", &item.constraint}}) {
        if (text->empty() || !(FormOf(item.type) || item.type == FormItemType::kBeginGroup)) continue;
        const absl::StatusOr<Condition> condition = Condition::Parse(*text);
        if (!condition.ok()) Problem(item, column, std::string(condition.status().message()));
      }
    }
  }

  void AddConstructs() {
    std::set<std::string> known;
    for (const auto& construct : result_.survey.constructs()) known.insert(construct.code());
    for (const Question& question : result_.survey.questions()) {
      if (question.construct().empty() || !known.insert(question.construct()).second) continue;
      auto* construct = result_.survey.add_constructs();
      construct->set_code(question.construct());
      construct->set_title(question.construct());
      construct->set_sort_order(static_cast<uint32_t>(known.size()));
    }
  }

  struct Open {
    std::string section, matrix;
  };

  const XlsForm& form_;
  SurveyFromForm result_;
  std::map<std::string, Question> known_;
  uint32_t next_slot_ = 1;
  uint32_t order_ = 1;
  std::string own_, own_tag_;
  std::set<std::string> tags_, unknown_languages_;
  std::vector<Open> open_;
};

}  // namespace

std::string LanguageTag(const std::string& language) {
  const size_t open = language.rfind('(');
  const size_t close = language.rfind(')');
  if (open != std::string::npos && close != std::string::npos && open + 1 < close) {
    std::string tag = language.substr(open + 1, close - open - 1);
    if (!FormatProblem("language", tag)) return tag;
  }
  std::string lower = language;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (const auto& [name, tag] : kLanguages) {
    if (lower == name) return std::string(tag);
  }
  const bool is_tag = !language.empty() && language.size() <= 12 && !FormatProblem("language", language) &&
                      (language.size() <= 3 || language.find('-') != std::string::npos);
  return is_tag ? language : "";
}

SurveyFromForm SurveyOf(const XlsForm& form, const Survey* known) { return Reader(form, known).Read(); }

}  // namespace trellis
