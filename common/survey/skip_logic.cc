#include "common/survey/skip_logic.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <tuple>
#include <vector>

namespace trellis {
namespace {

using domain::v1::Question;
using domain::v1::Section;

// Place of each section on the form: its own order after those of the sections around it.
std::vector<uint32_t> PlaceOf(const std::map<std::string, const Section*>& sections,
                              const std::string& code) {
  std::vector<uint32_t> place;
  const Section* section = nullptr;
  for (auto at = sections.find(code); at != sections.end() && place.size() <= sections.size();
       at = sections.find(section->parent())) {
    section = at->second;
    place.insert(place.begin(), section->sort_order());
  }
  return place;
}

}  // namespace

absl::StatusOr<SkipLogic> SkipLogic::Of(const domain::v1::Survey& survey) {
  SkipLogic logic;
  const auto add = [&](const std::string& whose, const std::string& text) -> absl::StatusOr<size_t> {
    absl::StatusOr<Condition> condition = Condition::Parse(text);
    if (!condition.ok()) {
      return absl::InvalidArgumentError(
          fmt::format("shown_if of {}: {}", whose, std::string(condition.status().message())));
    }
    logic.conditions_.push_back(*std::move(condition));
    return logic.conditions_.size() - 1;
  };
  std::map<std::string, const Section*> sections;
  std::map<std::string, size_t> of_section;
  for (const Section& section : survey.sections()) {
    sections[section.code()] = &section;
    if (section.shown_if().empty()) continue;
    absl::StatusOr<size_t> added = add(section.code(), section.shown_if());
    if (!added.ok()) return added.status();
    of_section[section.code()] = *added;
  }
  std::vector<std::pair<std::vector<uint32_t>, const Question*>> asked;
  for (const Question& question : survey.questions()) {
    if (question.retired()) continue;
    std::vector<uint32_t> place = PlaceOf(sections, question.section());
    place.push_back(question.sort_order());
    place.push_back(question.slot());
    asked.emplace_back(std::move(place), &question);
  }
  std::sort(asked.begin(), asked.end());
  for (const auto& [_, question] : asked) {
    Asked& one = logic.questions_.emplace_back();
    one.code = question->code();
    if (!question->shown_if().empty()) {
      absl::StatusOr<size_t> added = add(question->code(), question->shown_if());
      if (!added.ok()) return added.status();
      one.conditions.push_back(*added);
    }
    size_t around = 0;
    for (auto at = sections.find(question->section()); at != sections.end() && around <= sections.size();
         at = sections.find(at->second->parent()), ++around) {
      if (const auto found = of_section.find(at->first); found != of_section.end())
        one.conditions.push_back(found->second);
    }
  }
  return logic;
}

std::set<std::string> SkipLogic::NotShown(const std::map<std::string, std::string>& answers) const {
  std::set<std::string> not_shown;
  const Condition::Answers answer = [&](const std::string& code) {
    const auto found = answers.find(code);
    return found == answers.end() || not_shown.contains(code) ? std::string() : found->second;
  };
  for (const Asked& question : questions_) {
    const bool shown = std::all_of(question.conditions.begin(), question.conditions.end(),
                                   [&](size_t i) { return conditions_[i].Holds(answer); });
    if (!shown) not_shown.insert(question.code);
  }
  return not_shown;
}

std::string ChoiceCode(const domain::v1::Choice& choice) {
  return choice.code().empty() ? fmt::format("{}", choice.value()) : choice.code();
}

}  // namespace trellis
