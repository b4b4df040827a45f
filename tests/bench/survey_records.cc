#include "tests/bench/survey_records.h"

#include <fmt/format.h>

#include "common/record/kind_registry.h"
#include "common/record/message_cells.h"
#include "tests/bench/workload.h"
#include "trellis/domain/v1/organization.pb.h"
#include "trellis/domain/v1/survey.pb.h"
#include "trellis/domain/v1/wave.pb.h"

namespace trellis {
namespace {

void Write(Replica* replica, const google::protobuf::Message& message) {
  const KindInfo* kind = KindRegistry::BuiltIn().Find(message.GetDescriptor()->full_name());
  RecordWrite write;
  write.scope = "shared";
  write.kind = kind->full_name;
  const auto cells = SplitMessage(message.SerializeAsString(), kind->split_rules);
  Check(cells.status());
  for (const MessageCell& cell : *cells) write.cells.push_back({{cell.field, cell.element}, cell.bytes});
  WriteRequest request;
  request.actor = "bench";
  request.records = {write};
  Check(replica->Write(request).status());
}

domain::v1::Survey SurveyOf(const std::string& code) {
  domain::v1::Survey survey;
  survey.set_code(code);
  survey.set_version(1);
  for (const char* construct : {"TRUST", "VOICE", "SAFETY", "GROWTH"}) {
    survey.add_constructs()->set_code(construct);
  }
  for (int slot = 1; slot <= 24; ++slot) {
    auto* question = survey.add_questions();
    question->set_slot(slot);
    question->set_code(fmt::format("Q{}", slot));
    question->set_form(domain::v1::QUESTION_FORM_SINGLE_CHOICE);
    question->set_construct(survey.constructs(slot % 4).code());
    question->set_version(1);
    for (int value = 1; value <= 5; ++value) {
      auto* choice = question->add_choices();
      choice->set_value(value);
      choice->set_favorable(value >= 4);
    }
  }
  return survey;
}

}  // namespace

void WriteSurveys(Replica* replica, const std::string& site) {
  domain::v1::EducationOrganization school;
  school.set_identifier(site);
  school.set_name(site);
  school.set_site(site);
  Write(replica, school);
  for (const char* survey : {"PLQ-2026", "SCHOOL-CLIMATE-2026"}) {
    Write(replica, SurveyOf(survey));
    for (int i = 1; i <= 3; ++i) {
      domain::v1::Wave wave;
      wave.set_code(fmt::format("{}-W{}", survey, i));
      wave.set_survey(survey);
      wave.set_open_date(fmt::format("2026-{:02}-01", 8 + i));
      wave.set_mode(domain::v1::WAVE_MODE_CONFIDENTIAL);
      wave.set_audience(domain::v1::AUDIENCE_STAFF);
      wave.set_survey_version(1);
      auto* table = wave.add_disaggregation_plan();
      table->set_code("role");
      table->add_attributes("role");
      Write(replica, wave);
    }
  }
}

}  // namespace trellis
