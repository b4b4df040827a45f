// A small made-up district, fed to a view as records, for tests of reports.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "common/report/report_catalog.h"
#include "common/report/report_view.h"

namespace trellis {

class District {
 public:
  ReportView view;
  std::vector<SiteCut> completeness;
  int64_t now_ms = 1'800'000'000'000;  // 2027-01-15

  RecordId NextId() {
    ++last_id_;
    RecordId id;
    for (int b = 0; b < 8; ++b) id.bytes[b] = static_cast<uint8_t>(last_id_ >> (56 - 8 * b));
    return id;
  }

  template <typename Message>
  RecordId Put(const std::string& scope, const Message& message) {
    const RecordId id = NextId();
    Put(scope, id, message);
    return id;
  }
  template <typename Message>
  void Put(const std::string& scope, const RecordId& id, const Message& message) {
    EXPECT_TRUE(
        view.Apply(scope, id, message.GetDescriptor()->full_name(), message.SerializeAsString()).ok());
  }

  // A school whose scope is named as it is.
  RecordId AddSchool(const std::string& name) {
    domain::v1::EducationOrganization school;
    school.set_identifier("ID-" + name);
    school.set_name(name);
    school.set_site(name);
    return Put("shared", school);
  }

  // `items` five-point questions of construct TRUST; the second is reversed.
  static domain::v1::Survey TrustSurvey(int items) {
    domain::v1::Survey survey;
    survey.set_code("CLIMATE");
    survey.set_version(1);
    auto* construct = survey.add_constructs();
    construct->set_code("TRUST");
    construct->set_title("Trust");
    for (int slot = 1; slot <= items; ++slot) {
      auto* question = survey.add_questions();
      question->set_slot(slot);
      question->set_code("T" + std::to_string(slot));
      question->set_form(domain::v1::QUESTION_FORM_SINGLE_CHOICE);
      question->set_construct("TRUST");
      question->set_version(1);
      question->set_reversed(slot == 2);
      for (int value = 1; value <= 5; ++value) question->add_choices()->set_value(value);
    }
    return survey;
  }

  static domain::v1::Wave TrustWave(const std::string& code, const std::string& open_date) {
    domain::v1::Wave wave;
    wave.set_code(code);
    wave.set_survey("CLIMATE");
    wave.set_open_date(open_date);
    wave.set_mode(domain::v1::WAVE_MODE_CONFIDENTIAL);
    wave.set_audience(domain::v1::AUDIENCE_STAFF);
    wave.set_survey_version(1);
    auto* table = wave.add_disaggregation_plan();
    table->set_code("role");
    table->add_attributes("role");
    return wave;
  }

  RecordId AddResponse(const std::string& site, const std::string& wave, const std::vector<int>& answers,
                       const std::string& role = "", const std::string& key = "") {
    return Put(site, MakeResponse(wave, answers, role, key));
  }

  static domain::v1::Response MakeResponse(const std::string& wave, const std::vector<int>& answers,
                                           const std::string& role = "", const std::string& key = "") {
    domain::v1::Response response;
    response.set_survey("CLIMATE");
    response.set_wave(wave);
    for (int answer : answers) response.add_answers(answer);
    response.set_role(role);
    response.set_respondent_key(key);
    response.mutable_submit_time()->set_seconds(1'790'000'000);
    return response;
  }

  absl::StatusOr<Report> Run(const std::string& name, ReportParameters parameters = {}) const {
    parameters.now_ms = now_ms;
    const ReportInput input = view.Input({}, completeness);
    return RunReport(name, parameters, input);
  }

  // The row whose group has all these parts; fails the test if there is none.
  static const ReportRow& Row(const Report& report, const std::map<std::string, std::string>& parts) {
    for (const ReportRow& row : report.rows) {
      bool all = true;
      for (const auto& [name, value] : parts) all = all && row.GroupValue(name) == value;
      if (all) return row;
    }
    ADD_FAILURE() << "no such row";
    static const ReportRow kNone;
    return kNone;
  }

  static const ReportCell& CellOf(const Report& report, const std::map<std::string, std::string>& parts,
                                  const std::string& cell) {
    const ReportCell* found = Row(report, parts).Find(cell);
    if (found != nullptr) return *found;
    ADD_FAILURE() << "no cell " << cell;
    static const ReportCell kNone;
    return kNone;
  }

 private:
  uint64_t last_id_ = 0;
};

}  // namespace trellis
