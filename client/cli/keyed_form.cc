#include "client/cli/keyed_form.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "common/paper/survey_form.h"

namespace trellis {
namespace {

namespace v1 = domain::v1;

// INVALID_ARGUMENT: a quote is not closed.
absl::StatusOr<std::vector<std::string>> Words(std::string_view line) {
  std::vector<std::string> words;
  for (size_t at = 0; at < line.size();) {
    if (line[at] == ' ' || line[at] == '\t' || line[at] == '\r') {
      ++at;
      continue;
    }
    const bool quoted = line[at] == '"';
    const size_t begin = at + (quoted ? 1 : 0);
    const size_t end = quoted ? line.find('"', begin) : line.find_first_of(" \t\r", begin);
    if (quoted && end == std::string_view::npos) {
      return absl::InvalidArgumentError("a quote is not closed: a text ends with \"");
    }
    words.emplace_back(line.substr(begin, end == std::string_view::npos ? end : end - begin));
    at = end == std::string_view::npos ? line.size() : end + (quoted ? 1 : 0);
  }
  return words;
}

absl::Status CheckChoice(const v1::Question& question, const std::string& word) {
  std::string all;
  for (int i = 0; i < question.choices_size(); ++i) {
    const std::string key = KeyedAs(question, i);
    if (key == word) return absl::OkStatus();
    all += (all.empty() ? "" : ", ") + key;
  }
  return absl::InvalidArgumentError(
      fmt::format("{}: {} is none of its choices ({}); . is left blank", question.code(), word, all));
}

}  // namespace

std::vector<const v1::Question*> KeyedQuestions(const v1::Survey& survey) {
  std::vector<std::pair<uint32_t, std::string>> sections;
  for (const v1::Section& section : survey.sections())
    sections.emplace_back(section.sort_order(), section.code());
  std::stable_sort(sections.begin(), sections.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  sections.emplace_back(0, "");
  std::vector<const v1::Question*> questions;
  for (const auto& [order, code] : sections) {
    const size_t begin = questions.size();
    for (const v1::Question& question : survey.questions()) {
      const bool asked = !question.retired() && question.form() != v1::QUESTION_FORM_NOTE;
      if (asked && question.section() == code) questions.push_back(&question);
    }
    std::sort(questions.begin() + static_cast<std::ptrdiff_t>(begin), questions.end(),
              [](const v1::Question* a, const v1::Question* b) {
                return std::pair(a->sort_order(), a->slot()) < std::pair(b->sort_order(), b->slot());
              });
  }
  return questions;
}

absl::StatusOr<std::vector<std::string>> ParseKeyedForm(const std::vector<const v1::Question*>& questions,
                                                        std::string_view line) {
  absl::StatusOr<std::vector<std::string>> words = Words(line);
  if (!words.ok()) return words.status();
  if (words->size() != questions.size()) {
    return absl::InvalidArgumentError(
        fmt::format("{} answers of {}: . stands for one left blank", words->size(), questions.size()));
  }
  for (size_t i = 0; i < questions.size(); ++i) {
    std::string& word = (*words)[i];
    const v1::Question& question = *questions[i];
    if (word == ".") {
      word.clear();
      continue;
    }
    if (question.choices().empty()) continue;
    std::istringstream parts(word);
    for (std::string part; std::getline(parts, part, ';');) {
      if (absl::Status status = CheckChoice(question, part); !status.ok()) return status;
      if (question.form() == v1::QUESTION_FORM_SINGLE_CHOICE && part.size() != word.size()) {
        return absl::InvalidArgumentError(fmt::format("{}: takes one choice", question.code()));
      }
    }
  }
  return words;
}

}  // namespace trellis
