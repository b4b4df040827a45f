#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "common/rules/rule_families.h"
#include "common/survey/condition.h"

namespace trellis {
namespace {

namespace v1 = domain::v1;

constexpr size_t kNamedHoles = 10;

void Refuse(Findings* found, const char* rule, std::string problem) {
  found->push_back({rule, "questions", std::move(problem), /*refuses=*/true});
}

bool Asks(const v1::Question& question) {
  return !question.retired() && question.form() != v1::QUESTION_FORM_NOTE;
}

bool HasChoices(const v1::Question& question) {
  return question.form() == v1::QUESTION_FORM_SINGLE_CHOICE ||
         question.form() == v1::QUESTION_FORM_MULTIPLE_CHOICE;
}

bool Stands(const google::protobuf::RepeatedPtrField<v1::Translation>& translations,
            const std::string& language) {
  return std::any_of(translations.begin(), translations.end(), [&](const v1::Translation& translation) {
    return translation.language() == language && !translation.text().empty();
  });
}

// A condition that cannot be read would be met by nobody, or by all.
void CheckCondition(const std::string& text, const std::string& what, const std::set<std::string>& codes,
                    Findings* found) {
  if (text.empty()) return;
  const absl::StatusOr<Condition> condition = Condition::Parse(text);
  if (!condition.ok()) {
    return Refuse(found, "condition-unreadable",
                  fmt::format("{}: {}", what, std::string(condition.status().message())));
  }
  for (const std::string& name : condition->names()) {
    if (codes.count(name) != 0) continue;
    Refuse(found, "condition-names-nothing",
           fmt::format("{} depends on an answer to {}, which is not asked", what, name));
  }
}

// An even scale has no middle: its favorable choices are said, not counted off.
bool WantsFavorable(const v1::Question& question) {
  if (question.construct().empty() || question.form() != v1::QUESTION_FORM_SINGLE_CHOICE) return false;
  const auto& choices = question.choices();
  const auto scored =
      std::count_if(choices.begin(), choices.end(), [](const auto& c) { return !c.not_scored(); });
  return scored % 2 == 0 &&
         std::none_of(choices.begin(), choices.end(), [](const auto& choice) { return choice.favorable(); });
}

void CheckQuestion(const v1::Question& question, const v1::Survey& survey, const std::set<std::string>& codes,
                   Findings* found) {
  const auto has = [](const auto& list, const std::string& code) {
    return std::any_of(list.begin(), list.end(), [&](const auto& one) { return one.code() == code; });
  };
  if (HasChoices(question) && question.choices_size() < 2) {
    Refuse(found, "question-without-choices", fmt::format("{} wants at least two choices", question.code()));
  }
  if (!question.construct().empty() && !has(survey.constructs(), question.construct())) {
    Refuse(found, "construct-missing",
           fmt::format("{} counts towards {}, which is not among the constructs", question.code(),
                       question.construct()));
  }
  if (!question.section().empty() && !has(survey.sections(), question.section())) {
    Refuse(found, "section-missing",
           fmt::format("{} stands in section {}, which is not there", question.code(), question.section()));
  }
  CheckCondition(question.shown_if(), "whether " + question.code() + " is shown", codes, found);
  CheckCondition(question.valid_if(), "whether an answer to " + question.code() + " is valid", codes, found);
  if (WantsFavorable(question)) {
    found->push_back(
        {"favorable-not-said", "questions",
         fmt::format("{} has an even scale: say which choices are favorable, or percent favorable "
                     "leaves it out",
                     question.code())});
  }
}

}  // namespace

std::vector<std::string> MissingWordings(const v1::Survey& survey, const std::string& language) {
  std::vector<std::string> missing;
  const auto want = [&](const std::string& text, const auto& translations, const std::string& what) {
    if (!text.empty() && !Stands(translations, language)) missing.push_back(what);
  };
  want(survey.title(), survey.title_translations(), "the title");
  want(survey.introduction(), survey.introduction_translations(), "the introduction");
  for (const v1::Section& section : survey.sections()) {
    want(section.title(), section.translations(), "the title of section " + section.code());
    want(section.introduction(), section.introduction_translations(),
         "the introduction of section " + section.code());
  }
  for (const v1::Question& question : survey.questions()) {
    if (question.retired()) continue;
    want(question.text(), question.translations(), question.code());
    want(question.hint(), question.hint_translations(), "the hint of " + question.code());
    for (const v1::Choice& choice : question.choices()) {
      want(choice.text(), choice.translations(),
           fmt::format("choice \"{}\" of {}", choice.text(), question.code()));
    }
  }
  if (missing.size() > kNamedHoles) {
    const size_t more = missing.size() - kNamedHoles;
    missing.resize(kNamedHoles);
    missing.push_back(fmt::format("{} more", more));
  }
  return missing;
}

void CheckSurvey(const v1::Survey& survey, Findings* found) {
  if (survey.state() != v1::SURVEY_STATE_PUBLISHED) return;
  std::set<std::string> codes;
  bool asks = false;
  for (const v1::Question& question : survey.questions()) {
    asks = asks || Asks(question);
    if (!codes.insert(question.code()).second) {
      Refuse(found, "code-twice", fmt::format("{} is the code of two questions", question.code()));
    }
  }
  if (!asks) Refuse(found, "survey-empty", "there is no question to answer");
  for (const v1::Question& question : survey.questions()) {
    if (!question.retired()) CheckQuestion(question, survey, codes, found);
  }
  for (const v1::Section& section : survey.sections()) {
    CheckCondition(section.shown_if(), "whether section " + section.code() + " is shown", codes, found);
  }
  for (const v1::SurveyLanguage& language : survey.languages()) {
    std::string holes;
    for (const std::string& hole : MissingWordings(survey, language.language())) {
      holes += (holes.empty() ? "" : ", ") + hole;
    }
    if (holes.empty()) continue;
    found->push_back({"translation-incomplete", "languages",
                      fmt::format("{} has no wording for: {}", language.language(), holes),
                      /*refuses=*/true});
  }
}

void CheckSlots(const v1::Survey& survey, const v1::Survey& before, Findings* found) {
  if (before.version() == 0 && before.state() != v1::SURVEY_STATE_PUBLISHED) return;
  std::map<uint32_t, std::string> held;
  for (const v1::Question& question : before.questions()) held[question.slot()] = question.code();
  for (const v1::Question& question : survey.questions()) {
    const auto old = held.find(question.slot());
    if (old == held.end()) continue;
    if (old->second != question.code()) {
      Refuse(found, "slot-taken",
             fmt::format(
                 "slot {} belongs to {} for good: give {} another, and retire {} instead of replacing it",
                 question.slot(), old->second, question.code(), old->second));
    }
    held.erase(old);
  }
  for (const auto& [slot, code] : held) {
    Refuse(found, "slot-taken",
           fmt::format("{} may have been answered: retire it (retired: true) and keep slot {}", code, slot));
  }
}

}  // namespace trellis
