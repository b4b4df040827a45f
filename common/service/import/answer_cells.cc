#include "common/service/import/answer_cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "common/record/text_format.h"
#include "common/service/import/table.h"
#include "common/survey/skip_logic.h"

namespace trellis {
namespace {

using domain::v1::Choice;
using domain::v1::Question;
using domain::v1::Response;

// 1 being the first choice; 0: none.
uint32_t PositionOf(const Question& question, std::string_view cell) {
  double value = 0;
  const auto parsed = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  const bool number = parsed.ec == std::errc() && parsed.ptr == cell.data() + cell.size();
  for (int i = 0; number && i < question.choices_size(); ++i) {
    if (!question.choices(i).not_scored() && question.choices(i).value() == value) return i + 1;
  }
  for (int i = 0; i < question.choices_size(); ++i) {
    if (!question.choices(i).code().empty() && question.choices(i).code() == cell) return i + 1;
  }
  const std::string lower = LowerAscii(cell);
  for (int i = 0; i < question.choices_size(); ++i) {
    const Choice& choice = question.choices(i);
    if (!choice.text().empty() && LowerAscii(choice.text()) == lower) return i + 1;
    for (const auto& translation : choice.translations()) {
      if (translation.text() == cell) return i + 1;
    }
  }
  return 0;
}

// Numbers and days are kept as they are written; what is neither is refused.
absl::Status CheckWritten(const Question& question, std::string_view cell) {
  if (question.form() == domain::v1::QUESTION_FORM_DATE) {
    if (IsDate(cell)) return absl::OkStatus();
    return absl::InvalidArgumentError(
        fmt::format("\"{}\" is no day for {}: write it as 2026-09-30", cell, question.code()));
  }
  double value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error == std::errc() && end == cell.data() + cell.size()) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format("\"{}\" is no number for {}", cell, question.code()));
}

absl::Status NoSuchChoice(const Question& question, std::string_view cell) {
  std::vector<std::string> values;
  for (const Choice& choice : question.choices()) {
    values.push_back(choice.not_scored() ? choice.text() : fmt::format("{}", choice.value()));
  }
  return absl::InvalidArgumentError(fmt::format("\"{}\" is no choice of {}; its choices are {}", cell,
                                                question.code(), fmt::join(values, ", ")));
}

std::optional<uint32_t> SpecialAnswer(std::string_view cell) {
  if (cell.empty() || cell == "NA") return kAnswerBlank;
  const std::string lower = LowerAscii(cell);
  if (lower == "refused") return kAnswerRefused;
  if (lower == "not applicable" || lower == "n/a") return kAnswerNotApplicable;
  if (lower == "not shown") return kAnswerNotShown;
  return std::nullopt;
}

absl::StatusOr<uint32_t> TakeSelections(const Question& question, std::string_view cell, Response* response) {
  auto* selected = response->add_selections();
  selected->set_slot(question.slot());
  while (!cell.empty()) {
    const size_t end = std::min(cell.find(';'), cell.size());
    const std::string_view one = TrimBlanks(cell.substr(0, end));
    if (!one.empty()) {
      const uint32_t position = PositionOf(question, one);
      if (position == 0) return NoSuchChoice(question, one);
      selected->add_positions(position);
    }
    cell.remove_prefix(std::min(end + 1, cell.size()));
  }
  return kAnswerGiven;
}

}  // namespace

absl::StatusOr<uint32_t> TakeAnswer(const Question& question, std::string_view cell, Response* response) {
  if (question.form() == domain::v1::QUESTION_FORM_SINGLE_CHOICE) {
    if (const uint32_t position = cell.empty() ? 0 : PositionOf(question, cell)) return position;
  }
  if (const auto special = SpecialAnswer(cell)) return *special;
  switch (question.form()) {
    case domain::v1::QUESTION_FORM_MULTIPLE_CHOICE:
      return TakeSelections(question, cell, response);
    case domain::v1::QUESTION_FORM_NUMBER:
    case domain::v1::QUESTION_FORM_DATE:
      if (absl::Status status = CheckWritten(question, cell); !status.ok()) return status;
      [[fallthrough]];
    case domain::v1::QUESTION_FORM_TEXT: {
      auto* text = response->add_texts();
      text->set_slot(question.slot());
      text->set_text(std::string(cell));
      return kAnswerGiven;
    }
    default:
      return NoSuchChoice(question, cell);
  }
}

std::string AnswerForConditions(const Question& question, uint32_t answer, const Response& response) {
  if (question.form() == domain::v1::QUESTION_FORM_SINGLE_CHOICE) {
    const bool chosen = answer >= 1 && answer <= static_cast<uint32_t>(question.choices_size());
    return chosen ? ChoiceCode(question.choices(static_cast<int>(answer) - 1)) : "";
  }
  if (answer != kAnswerGiven) return "";
  for (const auto& text : response.texts()) {
    if (text.slot() == question.slot()) return text.text();
  }
  std::string codes;
  for (const auto& selected : response.selections()) {
    if (selected.slot() != question.slot()) continue;
    for (const uint32_t position : selected.positions()) {
      codes += (codes.empty() ? "" : " ") + ChoiceCode(question.choices(static_cast<int>(position) - 1));
    }
  }
  return codes;
}

}  // namespace trellis
