#include "common/report/response_placement.h"

#include <algorithm>

#include "common/survey/answers.h"

namespace trellis {
namespace {

// nullopt where the question has no such choice.
std::optional<uint8_t> ToColumnCode(uint8_t answer, const QuestionColumn& question) {
  switch (answer) {
    case 0:
    case kAnswerRefused:
      return kBlankCode;
    case kAnswerNotApplicable:
      return question.not_applicable();
    case kAnswerNotShown:
      return question.not_shown();
    default:
      if (answer > question.options) return std::nullopt;
      return answer;
  }
}

uint8_t FromColumnCode(uint8_t code, const QuestionColumn& question) {
  if (code == question.not_applicable()) return kAnswerNotApplicable;
  if (code == question.not_shown()) return kAnswerNotShown;
  return code;
}

}  // namespace

std::optional<PlainResponse> ReadResponse(const RecordId& id, const domain::v1::Response& message) {
  PlainResponse response{.identity = {id, message.respondent_key()},
                         .survey = message.survey(),
                         .wave = message.wave(),
                         .organization = message.organization(),
                         .complete = !message.partial()};
  if (response.identity.respondent_key.empty()) response.identity.respondent_key = message.staff();
  response.identity.submitted_ms =
      message.submit_time().seconds() * 1000 + message.submit_time().nanos() / 1'000'000;
  for (uint32_t answer : message.answers()) {
    if (answer > kAnswerNotShown || (answer > kAnswerLastPosition && answer < kAnswerRefused))
      return std::nullopt;
    response.answers.push_back(static_cast<uint8_t>(answer));
  }
  response.attributes = {{"role", message.role()},
                         {"grade_band", message.grade_band()},
                         {"years_band", message.years_band()},
                         {"race_ethnicity", message.race_ethnicity()},
                         {"language", message.language()}};
  for (const auto& attribute : message.attributes()) {
    std::string& value = response.attributes[attribute.attribute()];
    if (value.empty()) value = attribute.value();
  }
  return response;
}

SurveyLayout LayoutOf(const domain::v1::Survey& survey) {
  std::vector<const domain::v1::Question*> questions;
  for (const auto& question : survey.questions()) questions.push_back(&question);
  std::sort(questions.begin(), questions.end(),
            [](const auto* a, const auto* b) { return a->slot() < b->slot(); });
  SurveyLayout layout;
  for (const auto* question : questions) {
    if (question->form() != domain::v1::QUESTION_FORM_SINGLE_CHOICE ||
        question->choices_size() > kAnswerLastPosition) {
      layout.other_slots.push_back(question->slot());
      continue;
    }
    layout.questions.push_back({question->code(), question->choices_size()});
    layout.slots.push_back(question->slot());
  }
  return layout;
}

std::vector<std::string> UsualAttributes() {
  return {"role", "grade_band", "years_band", "race_ethnicity", "language"};
}

std::optional<ResponseRow> PlaceResponse(const PlainResponse& response, const SurveyLayout& layout,
                                         const std::vector<std::string>& attributes) {
  ResponseRow row{.identity = response.identity, .complete = response.complete};
  std::vector<bool> placed(response.answers.size());
  for (uint32_t slot : layout.other_slots) {
    if (slot - 1 < placed.size()) placed[slot - 1] = true;
  }
  for (size_t q = 0; q < layout.questions.size(); ++q) {
    const size_t at = layout.slots[q] - 1;
    const auto code = ToColumnCode(at < response.answers.size() ? response.answers[at] : kAnswerNotShown,
                                   layout.questions[q]);
    if (!code) return std::nullopt;
    row.answers.push_back(*code);
    if (at < placed.size()) placed[at] = true;
  }
  for (size_t at = 0; at < placed.size(); ++at) {
    if (!placed[at] && response.answers[at] != 0 && response.answers[at] != kAnswerNotShown)
      return std::nullopt;
  }
  for (const std::string& attribute : attributes) {
    const auto found = response.attributes.find(attribute);
    row.attributes.push_back(found == response.attributes.end() ? "" : found->second);
  }
  return row;
}

PlainResponse TakeUpResponse(const ResponseRow& row, const SurveyLayout& layout,
                             const std::vector<std::string>& attributes) {
  PlainResponse response{.identity = row.identity, .complete = row.complete};
  if (!layout.slots.empty()) response.answers.assign(layout.slots.back(), kAnswerNotShown);
  for (size_t q = 0; q < layout.questions.size(); ++q) {
    response.answers[layout.slots[q] - 1] = FromColumnCode(row.answers[q], layout.questions[q]);
  }
  for (size_t a = 0; a < attributes.size(); ++a) response.attributes[attributes[a]] = row.attributes[a];
  return response;
}

}  // namespace trellis
