#include "client/cli/record_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trellis/domain/v1/participation.pb.h"
#include "trellis/domain/v1/response.pb.h"

namespace trellis {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsSupersetOf;

std::string CellOf(const Sheet& sheet, const std::string& column, size_t row) {
  const auto& header = sheet.rows.at(0);
  const auto found = std::find(header.begin(), header.end(), column);
  EXPECT_NE(found, header.end()) << column;
  return found == header.end() ? "" : sheet.rows.at(row).at(static_cast<size_t>(found - header.begin()));
}

TEST(RowsOf, HoldEveryFieldByItsName) {
  domain::v1::Participation part;
  part.set_staff("S-1");
  part.set_state(domain::v1::PARTICIPATION_STATE_ATTENDED);
  part.set_minutes(90);
  part.add_goals("G1");
  part.add_goals("G2");
  records::v1::Record record;
  record.set_id("id-1");
  record.set_scope("oak");
  record.mutable_update_time()->set_seconds(1790000000);
  record.mutable_data()->PackFrom(part);
  records::v1::Record unknown = record;
  unknown.mutable_data()->set_type_url("type.googleapis.com/trellis.domain.v1.NotYetInvented");
  const Sheet sheet = RowsOf({record, unknown}, "Participation");
  ASSERT_EQ(sheet.rows.size(), 2u);
  EXPECT_THAT(sheet.rows[0], IsSupersetOf({"id", "scope", "staff", "minutes"}));
  EXPECT_EQ(CellOf(sheet, "state", 1), "PARTICIPATION_STATE_ATTENDED");
  EXPECT_EQ(CellOf(sheet, "minutes", 1), "90");
  EXPECT_EQ(CellOf(sheet, "goals", 1), "G1;G2");
  EXPECT_EQ(CellOf(sheet, "date", 1), "");
  EXPECT_EQ(CellOf(sheet, "update_time", 1), "2026-09-21T14:13:20Z");
}

TEST(ResponseRows, AreWhatAnImportTakes) {
  domain::v1::Survey survey;
  survey.set_code("S");
  for (const auto& [code, form] : {std::pair{"trust", domain::v1::QUESTION_FORM_SINGLE_CHOICE},
                                   std::pair{"topics", domain::v1::QUESTION_FORM_MULTIPLE_CHOICE},
                                   std::pair{"why", domain::v1::QUESTION_FORM_TEXT},
                                   std::pair{"later", domain::v1::QUESTION_FORM_SINGLE_CHOICE}}) {
    auto* question = survey.add_questions();
    question->set_slot(static_cast<uint32_t>(survey.questions_size()));
    question->set_code(code);
    question->set_form(form);
    question->add_choices()->set_value(4);
    question->add_choices()->set_text("Don't know");
    question->mutable_choices(1)->set_not_scored(true);
  }
  domain::v1::Response response;
  for (const uint32_t answer : {1u, 1u, 1u, 125u}) response.add_answers(answer);
  auto* selected = response.add_selections();
  selected->set_slot(2);
  selected->add_positions(1);
  selected->add_positions(2);
  auto* text = response.add_texts();
  text->set_slot(3);
  text->set_text("=because");
  records::v1::Record record;
  record.set_scope("oak");
  record.mutable_data()->PackFrom(response);
  Sheet sheet = ResponseRows({record}, survey);
  EXPECT_EQ(CellOf(sheet, "trust", 1), "4");
  EXPECT_EQ(CellOf(sheet, "topics", 1), "4;Don't know");
  EXPECT_EQ(CellOf(sheet, "why", 1), "=because");
  EXPECT_EQ(CellOf(sheet, "later", 1), "refused");
  EXPECT_EQ(CellOf(sheet, "site", 1), "oak");
  NeutralizeFormulas(&sheet);
  EXPECT_EQ(CellOf(sheet, "why", 1), "'=because");
}

TEST(NeutralizeFormulas, LeavesNumbers) {
  Sheet sheet{"s", {{"-5", "-5+1", "@x", "+1.5", ""}}};
  NeutralizeFormulas(&sheet);
  EXPECT_THAT(sheet.rows[0], ElementsAre("-5", "'-5+1", "'@x", "'+1.5", ""));
}

}  // namespace
}  // namespace trellis
