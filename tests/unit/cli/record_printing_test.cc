#include "client/cli/record_printing.h"

#include <gtest/gtest.h>

#include <sstream>

#include "trellis/domain/v1/action_step.pb.h"

namespace trellis {
namespace {

records::v1::Record StepRecord() {
  domain::v1::ActionStep step;
  step.set_code("STEP-1");
  step.set_title("Visit classrooms");
  records::v1::Record record;
  record.set_id("018f0000-0000-7000-8000-000000000001");
  record.set_kind("ActionStep");
  record.set_code("STEP-1");
  record.mutable_data()->PackFrom(step);
  return record;
}

TEST(DataFromJson, TakesTheKindsJson) {
  const auto any = DataFromJson("ActionStep", R"({"code":"STEP-1","title":"Visit classrooms"})");
  ASSERT_TRUE(any.ok()) << any.status();
  domain::v1::ActionStep step;
  ASSERT_TRUE(any->UnpackTo(&step));
  EXPECT_EQ(step.title(), "Visit classrooms");
}

TEST(DataFromJson, SaysWhatIsWrong) {
  EXPECT_EQ(DataFromJson("Nonsense", "{}").status().code(), absl::StatusCode::kInvalidArgument);
  const auto unknown_field = DataFromJson("ActionStep", R"({"titel":"x"})");
  ASSERT_FALSE(unknown_field.ok());
  EXPECT_NE(std::string(unknown_field.status().message()).find("titel"), std::string::npos);
}

TEST(PrintRecordTable, ShowsCodeAndTitle) {
  std::ostringstream out;
  PrintRecordTable({StepRecord()}, out);
  EXPECT_NE(out.str().find("STEP-1"), std::string::npos);
  EXPECT_NE(out.str().find("Visit classrooms"), std::string::npos);
}

TEST(PrintConflicts, ShowsEveryValueWithItsVersion) {
  records::v1::Record record = StepRecord();
  auto* conflict = record.add_conflicts();
  conflict->set_field("title");
  for (const char* value : {"Visit classrooms", "Visit all classrooms"}) {
    auto* version = conflict->add_versions();
    version->set_version(std::string("v-") + value);
    version->mutable_value()->set_string_value(value);
    version->set_actor("ann");
  }
  conflict->mutable_versions(0)->set_shown(true);
  std::ostringstream out;
  PrintConflicts(record, out);
  EXPECT_NE(out.str().find("shown: Visit classrooms  by ann"), std::string::npos);
  EXPECT_NE(out.str().find("kept:  Visit all classrooms"), std::string::npos);
  EXPECT_NE(out.str().find("--take v-Visit all classrooms"), std::string::npos);
}

}  // namespace
}  // namespace trellis
