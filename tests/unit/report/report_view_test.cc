#include "common/report/report_view.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/report/report_format.h"
#include "common/time/random.h"
#include "tests/unit/report/district_fixture.h"

namespace trellis {
namespace {

TEST(ReportView_, ResponsesWaitForTheirSurvey) {
  District district;
  district.AddSchool("North");
  for (int i = 0; i < 12; ++i) district.AddResponse("North", "BASE", {4, 2});
  EXPECT_EQ(district.view.Input({}, {}).pending_responses, 12);
  district.Put("shared", District::TrustWave("BASE", "2026-09-01"));
  district.Put("shared", District::TrustSurvey(2));
  EXPECT_EQ(district.view.Input({}, {}).pending_responses, 0);
  EXPECT_EQ(*district.Run("construct-mean")->rows[0].Find("mean")->n, 12);
}

TEST(ReportView_, ResponsesWaitForAQuestionTheyAnswer) {
  District district;
  district.AddSchool("North");
  const RecordId survey = district.Put("shared", District::TrustSurvey(2));
  district.Put("shared", District::TrustWave("BASE", "2026-09-01"));
  for (int i = 0; i < 12; ++i) district.AddResponse("North", "BASE", {4, 2});
  for (int i = 0; i < 12; ++i) district.AddResponse("North", "BASE", {4, 2, 5});
  EXPECT_EQ(*district.Run("construct-mean")->rows[0].Find("mean")->n, 12);
  EXPECT_EQ(district.Run("construct-mean")->pending_not_shown, 12);
  district.Put("shared", survey, District::TrustSurvey(3));
  EXPECT_EQ(*district.Run("construct-mean")->rows[0].Find("mean")->n, 24);
  EXPECT_EQ(district.Run("construct-mean")->pending_not_shown, 0);
  district.Put("shared", survey, District::TrustSurvey(2));
  EXPECT_EQ(*district.Run("construct-mean")->rows[0].Find("mean")->n, 12);
}

TEST(ReportView_, AResponseAppliedAgainReplacesItselfAndOneRemovedGoes) {
  District district;
  district.AddSchool("North");
  district.Put("shared", District::TrustSurvey(2));
  district.Put("shared", District::TrustWave("BASE", "2026-09-01"));
  district.Put("shared", District::TrustWave("END", "2027-05-01"));
  std::vector<RecordId> ids;
  for (int i = 0; i < 20; ++i) ids.push_back(district.AddResponse("North", "BASE", {4, 2}));
  for (const RecordId& id : ids) district.Put("North", id, District::MakeResponse("BASE", {2, 4}));
  EXPECT_EQ(*district.Run("construct-mean", {.wave = "BASE"})->rows[0].Find("mean")->value, 2);
  district.Put("North", ids[0], District::MakeResponse("END", {2, 4}));  // of another wave after all
  ASSERT_TRUE(district.view.Apply("North", ids[1], "Response", std::nullopt).ok());
  EXPECT_EQ(*district.Run("construct-mean", {.wave = "BASE"})->rows[0].Find("mean")->n, 18);
}

TEST(ReportView_, ShowsOnlyTheScopesAsked) {
  District district;
  district.AddSchool("North");
  district.AddSchool("South");
  district.Put("shared", District::TrustSurvey(2));
  district.Put("shared", District::TrustWave("BASE", "2026-09-01"));
  district.AddResponse("North", "BASE", {4, 2});
  district.AddResponse("South", "BASE", {4, 2});
  const ReportInput input =
      district.view.Input([](const std::string& scope) { return scope == "shared" || scope == "North"; },
                          {{.site_id = "North"}, {.site_id = "South"}});
  ASSERT_EQ(input.sites.size(), 1u);
  EXPECT_EQ(input.sites[0].label, "North");
  EXPECT_EQ(input.responses.size(), 1u);
  EXPECT_EQ(input.completeness.size(), 1u);
}

TEST(ReportView_, RefusesBytesThatAreNoMessage) {
  ReportView view;
  EXPECT_EQ(view.Apply("shared", {}, "Survey", "\xff\xff\xff").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(view.Apply("shared", {}, "Announcement", "\xff").ok());
}

TEST(ReportView_, IsTheSameWhateverTheOrder) {
  struct Applied {
    std::string scope;
    RecordId id;
    std::string kind;
    std::string bytes;
  };
  std::vector<Applied> records;
  District ids;
  const auto add = [&](const std::string& scope, const auto& message) {
    records.push_back(
        {scope, ids.NextId(), message.GetDescriptor()->full_name(), message.SerializeAsString()});
  };
  add("shared", District::TrustSurvey(2));
  add("shared", District::TrustWave("BASE", "2026-09-01"));
  for (const char* name : {"North", "South"}) {
    domain::v1::EducationOrganization school;
    school.set_name(name);
    school.set_site(name);
    add("shared", school);
  }
  SeededRandom random(11);
  for (int i = 0; i < 700; ++i) {
    add(i % 3 ? "North" : "South",
        District::MakeResponse("BASE", {static_cast<int>(random.Below(6)), static_cast<int>(random.Below(6))},
                               i % 2 ? "teacher" : "aide"));
  }
  const auto run = [&] {
    District district;
    for (const Applied& record : records) {
      EXPECT_TRUE(district.view.Apply(record.scope, record.id, record.kind, record.bytes).ok());
    }
    return ReportContentJson(*district.Run("disaggregation")) +
           ReportContentJson(*district.Run("construct-mean", {.by = {"site"}}));
  };
  const std::string first = run();
  std::reverse(records.begin(), records.end());
  EXPECT_EQ(run(), first);
  for (size_t i = records.size() - 1; i > 0; --i) std::swap(records[i], records[random.Below(i + 1)]);
  EXPECT_EQ(run(), first);
}

}  // namespace
}  // namespace trellis
