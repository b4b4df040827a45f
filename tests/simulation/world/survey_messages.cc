#include "tests/simulation/world/survey_messages.h"

#include <algorithm>
#include <vector>

#include "common/record/kind_registry.h"
#include "fmt/format.h"
#include "trellis/domain/v1/response.pb.h"
#include "trellis/domain/v1/survey.pb.h"
#include "trellis/domain/v1/wave.pb.h"

namespace trellis::simulation {
namespace {

constexpr uint32_t kSlots = 4;

// The message's cells, and those it does not have any more taken out.
void FillFrom(const google::protobuf::Message& message, const RecordState* present, RecordWrite* write) {
  write->kind = message.GetDescriptor()->full_name();
  const KindInfo* kind = KindRegistry::BuiltIn().Find(write->kind);
  const auto cells = SplitMessage(message.SerializeAsString(), kind->split_rules);
  for (const MessageCell& cell : *cells) write->cells.push_back({{cell.field, cell.element}, cell.bytes});
  for (const Cell& cell : present != nullptr ? present->cells : std::vector<Cell>()) {
    const bool kept = cell.key.field == kLifecycleField ||
                      std::any_of(write->cells.begin(), write->cells.end(),
                                  [&](const CellWrite& w) { return w.key == cell.key; });
    if (!kept) write->cells.push_back({cell.key, "", true});
  }
}

}  // namespace

void FillSurvey(uint32_t number, uint32_t variant, const RecordState* present, RecordWrite* write) {
  write->lane = Lane::kDefinitions;
  if (number % 4 == 3) {
    domain::v1::Wave wave;
    wave.set_code("W1");
    wave.set_survey(fmt::format("S{}", variant % 2));
    wave.set_mode(domain::v1::WAVE_MODE_CONFIDENTIAL);
    return FillFrom(wave, present, write);
  }
  domain::v1::Survey survey;
  survey.set_code(fmt::format("S{}", number % 2));
  for (uint32_t slot = 1; slot <= kSlots; ++slot) {
    // Two bits a slot: left out, a choice of three or of five, a text.
    const uint32_t form = variant >> (2 * slot - 2) & 3;
    if (form == 0) continue;
    domain::v1::Question* question = survey.add_questions();
    question->set_slot(slot);
    question->set_code(fmt::format("Q{}", slot));
    question->set_form(form == 3 ? domain::v1::QUESTION_FORM_TEXT : domain::v1::QUESTION_FORM_SINGLE_CHOICE);
    for (uint32_t choice = 0; choice < 1 + 2 * form && form != 3; ++choice) {
      question->add_choices()->set_value(choice);
    }
  }
  FillFrom(survey, present, write);
}

void FillResponse(uint32_t survey, uint64_t seed, const std::string& taint, RecordWrite* write) {
  write->lane = Lane::kResponses;
  domain::v1::Response response;
  response.set_survey(fmt::format("S{}", survey % 2));
  response.set_wave("W1");
  uint64_t answers = (seed + 1) * 0x9e3779b97f4a7c15u;
  for (uint32_t slot = 0; slot < kSlots; ++slot) {
    response.add_answers(static_cast<uint32_t>(answers >> 60 & 3));
    answers <<= 4;
  }
  response.set_role(fmt::format("role{}{}", seed % 3, taint));
  if (seed % 5 == 0) {
    domain::v1::ResponseAttribute* attribute = response.add_attributes();
    attribute->set_attribute(fmt::format("a{}", seed % 4));
    attribute->set_value("yes");
  }
  FillFrom(response, nullptr, write);
}

}  // namespace trellis::simulation
