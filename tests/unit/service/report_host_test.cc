#include "common/service/report_host.h"

#include "tests/unit/service/service_fixture.h"
#include "trellis/domain/v1/organization.pb.h"
#include "trellis/domain/v1/response.pb.h"
#include "trellis/domain/v1/survey.pb.h"
#include "trellis/domain/v1/wave.pb.h"

namespace trellis {
namespace {

// Says what the test wants.
class ToldCompleteness final : public SiteCompleteness {
 public:
  absl::StatusOr<std::vector<SiteCut>> Sites() const override { return cuts; }
  std::vector<SiteCut> cuts;
};

// One survey, one wave, two schools with twenty responses each.
class Reports : public testing::Test {
 protected:
  Reports() : district_(""), host_(district_.store(), &completeness_) {
    district_.Create(Admin(), FromText<domain::v1::Survey>(R"(
        code: "S" title: "S" state: SURVEY_STATE_PUBLISHED constructs { code: "TRUST" title: "Trust" }
        questions { slot: 1 code: "T1" text: "T1" construct: "TRUST" form: QUESTION_FORM_SINGLE_CHOICE
          choices { value: 1 } choices { value: 2 } choices { value: 3 } choices { value: 4 favorable: true }
          choices { value: 5 favorable: true } })"));
    district_.Create(Admin(), FromText<domain::v1::Wave>(R"(
        code: "W" survey: "S" state: WAVE_STATE_OPEN open_date: "2026-09-01" close_date: "2026-09-30"
        audience: AUDIENCE_STAFF mode: WAVE_MODE_CONFIDENTIAL
        disaggregation_plan { code: "by-role" attributes: "role" })"));
    for (const char* site : {"oak", "elm"}) {
      domain::v1::EducationOrganization school;
      school.set_identifier(std::string("ID-") + site);
      school.set_name(site);
      school.set_site(site);
      district_.Create(Admin(), school);
      EXPECT_TRUE(district_.replica()->BeginScope(site).ok());
      for (int i = 0; i < 20; ++i) Answer(site, site[0] == 'o' ? 4 : 2);
      SiteCut& cut = completeness_.cuts.emplace_back();
      cut.site_id = site;
      cut.included_up_to_ms = 1;
    }
  }
  void Answer(const std::string& site, uint32_t answer) {
    domain::v1::Response response;
    response.set_survey("S");
    response.set_wave("W");
    response.add_answers(answer);
    district_.Create(Admin(), response, site);
  }
  absl::StatusOr<Report> Run(const Principal& principal, ReportQuery query = {}) {
    if (query.report.empty()) query.report = "construct-mean";
    return host_.Run(principal, query);
  }

  ServiceStore district_;
  ToldCompleteness completeness_;
  ReportHost host_;
};

TEST_F(Reports, CountWhatWasSavedBeforeTheyWereAsked) {
  EXPECT_NEAR(Run(Admin())->rows.at(0).Find("mean")->value.value(), 3.0, 1e-12);
  for (int i = 0; i < 40; ++i) Answer("oak", 5);
  const auto report = Run(Admin());
  EXPECT_EQ(report->rows.at(0).Find("mean")->n, 80);
  EXPECT_NEAR(report->rows.at(0).Find("mean")->value.value(), 4.0, 1e-12);
  EXPECT_TRUE(report->cut.complete);
  EXPECT_EQ(report->snapshot_id.rfind("construct-mean-", 0), 0u);
}

TEST_F(Reports, LeaveOutWhatWasDeleted) {
  const auto page = district_.reader().List(Admin(), {.kind = "Response", .scope = "elm", .page_size = 10});
  for (const RecordAnswer& response : page->records) {
    ASSERT_TRUE(
        district_.writer().Delete(Admin(), {{"Response", response.id.ToString(), "elm"}, "", ""}).ok());
  }
  EXPECT_EQ(Run(Admin())->rows.at(0).Find("mean")->n, 30);
}

TEST_F(Reports, ShowALeadTheOwnSiteAlone) {
  const auto report = Run(Lead("oak"));
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->rows.at(0).Find("mean")->n, 20);
  EXPECT_NEAR(report->rows.at(0).Find("mean")->value.value(), 4.0, 1e-12);
  ASSERT_EQ(report->cut.sites.size(), 1u);
  ReportQuery other;
  other.parameters.site = "elm";
  EXPECT_FALSE(Run(Lead("oak"), other).ok());
  EXPECT_EQ(ReasonIn(Run(PersonWith("nobody", {}))), "ACCESS_DENIED");
}

TEST_F(Reports, SayWhichSiteIsMissing) {
  completeness_.cuts[1].missing_since_ms = 5;
  const auto report = Run(Admin());
  EXPECT_FALSE(report->cut.complete);
  ReportQuery query;
  query.require_complete = true;
  const auto refused = Run(Admin(), query);
  EXPECT_EQ(ReasonIn(refused), "REPORT_INCOMPLETE");
  EXPECT_THAT(std::string(refused.status().message()), testing::HasSubstr("elm"));
}

TEST_F(Reports, SayTheSameAsAViewMadeAnew) {
  ASSERT_TRUE(Run(Admin()).ok());
  for (int i = 0; i < 15; ++i) Answer("elm", 5);
  ReportHost anew(district_.store(), &completeness_);
  ReportQuery query;
  query.report = "percent-favorable";
  query.parameters.by = {"site"};
  EXPECT_EQ(ReportDigest(*Run(Admin(), query)), ReportDigest(*anew.Run(Admin(), query)));
}

TEST_F(Reports, RefuseNamesThereAreNot) {
  ReportQuery query;
  query.report = "horoscope";
  EXPECT_EQ(ReasonIn(Run(Admin(), query)), "REPORT_NOT_FOUND");
}

TEST_F(Reports, SayWhoseRecordsAreSetAside) {
  completeness_.cuts[0].set_aside = 2;
  ReportQuery query;
  query.require_complete = true;
  const auto refused = Run(Admin(), query);
  EXPECT_EQ(ReasonIn(refused), "REPORT_INCOMPLETE");
  EXPECT_THAT(std::string(refused.status().message()), testing::HasSubstr("2 records set aside"));
}

TEST(OwnCompleteness, IsUpToNowUnlessTheStoreIsBeingRefilled) {
  ServiceStore oak("oak");
  bool refilling = false;
  const OwnCompleteness completeness("oak", oak.replica(), &oak.clock(), [&] { return refilling; });
  const auto cuts = completeness.Sites();
  EXPECT_EQ(cuts->at(0).site_id, "oak");
  EXPECT_EQ(cuts->at(0).included_up_to_ms, oak.clock().WallMs());
  EXPECT_TRUE(cuts->at(0).Complete());
  refilling = true;
  EXPECT_FALSE(completeness.Sites()->at(0).Complete());
}

}  // namespace
}  // namespace trellis
