// R11 to R22, R27, R28 on small made-up districts, against numbers computed by hand.
#include <gtest/gtest.h>

#include "common/report/calendar.h"
#include "common/report/inequality.h"
#include "common/report/network_statistics.h"
#include "common/report/responsiveness.h"
#include "common/report/theory_verdict.h"
#include "tests/unit/report/district_fixture.h"
#include "tests/unit/report/reference_numbers.h"

namespace trellis {
namespace {

void AddStaff(District* district, const std::string& site, int from, int count, const char* begin = "",
              const char* end = "") {
  for (int i = from; i < from + count; ++i) {
    domain::v1::Staff staff;
    staff.set_staff_unique_id("S" + std::to_string(i));
    district->Put(site, staff);
    domain::v1::Assignment assignment;
    assignment.set_staff("S" + std::to_string(i));
    assignment.set_organization("ID-" + site);
    assignment.set_full_time_equivalency(1);
    assignment.set_begin_date(begin);
    assignment.set_end_date(end);
    district->Put(site, assignment);
  }
}

District TwoSchools(int staff = 20) {
  District district;
  district.AddSchool("North");
  district.AddSchool("South");
  AddStaff(&district, "North", 0, staff);
  AddStaff(&district, "South", 100, staff);
  return district;
}

TEST(Inequality_, GiniAndTheilOfKnownSpreads) {
  EXPECT_DOUBLE_EQ(*Gini({3, 3, 3}), 0);
  EXPECT_DOUBLE_EQ(*Gini({0, 0, 0, 8}), 0.75);
  EXPECT_DOUBLE_EQ(*Gini({1, 2, 3}), 2.0 / 9);
  EXPECT_NEAR(*Theil(std::vector<double>{0, 2}), std::log(2.0), 1e-12);
  EXPECT_FALSE(Gini({0, 0}));
}

TEST(Inequality_, CorrelationsAndSlopeWithinGroups) {
  const std::vector<double> x{1, 2, 3, 4}, y{1, 4, 9, 16};
  EXPECT_NEAR(Pearson(x, y, 0.95)->r, 0.9843740, 1e-6);
  EXPECT_DOUBLE_EQ(Spearman(x, y, 0.95)->r, 1);
  EXPECT_NEAR(Spearman(std::vector<double>{1, 2, 2, 3}, std::vector<double>{1, 2, 3, 4}, 0.95)->r, 0.9486833,
              1e-6);
  // Two groups on parallel lines of slope 2, far apart.
  const auto slope =
      SlopeWithin(std::vector<double>{1, 2, 3, 1, 2, 3}, std::vector<double>{2, 4, 6, 52, 54, 57},
                  std::vector<int>{0, 0, 0, 1, 1, 1}, 0.95);
  EXPECT_NEAR(slope->slope, 2.25, 1e-12);
  EXPECT_DOUBLE_EQ(slope->df, 3);
}

TEST(Reference, NetworkOfColemansHighSchool) {
  TRELLIS_REQUIRE_TEST_DATA();
  const auto reference = ReferenceNumbers()["sna_coleman_fall"];
  std::set<std::pair<size_t, size_t>> ties;
  for (const auto& row : ReadCsv("reference/sna_coleman_fall_edges.csv")) {
    ties.emplace(std::stoul(row.at("from")) - 1, std::stoul(row.at("to")) - 1);
  }
  const auto found = StatisticsOf(reference["n"].get<size_t>(), ties);
  EXPECT_NEAR(found->density, reference["density"].get<double>(), 1e-6);
  EXPECT_NEAR(found->dyadic_reciprocity, reference["reciprocity_dyadic"].get<double>(), 1e-6);
  EXPECT_NEAR(*found->edge_reciprocity, reference["reciprocity_edgewise"].get<double>(), 1e-6);
  EXPECT_EQ(found->isolates, reference["isolates"].get<int64_t>());
  EXPECT_NEAR(found->indegree_centralization, reference["indegree_centralization"].get<double>(), 1e-6);
}

TEST(Network_, ExternalInternalIndex) {
  EXPECT_DOUBLE_EQ(*ExternalInternalIndex({0, 0, 1}, {{0, 1}, {0, 2}, {2, 1}}), 1.0 / 3);
}

TEST(Responsiveness_, MedianCountsTheUnansweredAsStillWaiting) {
  EXPECT_DOUBLE_EQ(*MedianWait({{1, true}, {2, true}, {3, true}, {4, true}}), 2);
  // Waiting after 1: 4/5; 3 still waits; after 4: 4/5 · 1/2.
  EXPECT_DOUBLE_EQ(*MedianWait({{1, true}, {3, false}, {3, false}, {4, true}, {9, false}}), 4);
  EXPECT_FALSE(MedianWait({{1, true}, {5, false}, {5, false}}));
}

TEST(Responsiveness_, CountsWorkingDays) {
  District district = TwoSchools();
  const auto log = [&](const char* sent, const char* answered) {
    domain::v1::CommunicationLog message;
    message.set_from_organization("ID-North");
    message.set_to_organization("ID-South");
    message.set_practice("welcome");
    message.mutable_sent_time()->set_seconds(*ParseDay(sent) * 86400 + 36000);
    if (*answered) message.mutable_responded_time()->set_seconds(*ParseDay(answered) * 86400 + 36000);
    district.Put("North", message);
  };
  log("2027-01-08", "2027-01-11");  // Friday to Monday: one working day
  log("2027-01-04", "2027-01-08");  // four
  log("2027-01-04", "");
  const auto report = district.Run("responsiveness");
  ASSERT_TRUE(report.ok()) << report.status();
  const ReportCell& cell = District::CellOf(*report, {{"practice", "welcome"}}, "answeredInTime");
  EXPECT_EQ(*cell.numerator, 1);
  EXPECT_EQ(*cell.denominator, 3);
  EXPECT_DOUBLE_EQ(*District::CellOf(*report, {{"practice", "welcome"}}, "medianWorkingDays").value, 4);
}

TEST(Turnover_, PartsThoseOfTheFirstCensus) {
  District district;
  district.AddSchool("North");
  district.AddSchool("South");
  AddStaff(&district, "North", 0, 20);
  AddStaff(&district, "South", 100, 20);
  AddStaff(&district, "North", 40, 10, "2024-08-01", "2026-06-30");  // leave
  for (int i = 60; i < 70; ++i) {                                    // move
    domain::v1::Assignment assignment;
    assignment.set_staff("S" + std::to_string(i));
    assignment.set_organization("ID-North");
    assignment.set_end_date("2026-06-30");
    district.Put("North", assignment);
    assignment.set_organization("ID-South");
    assignment.set_begin_date("2026-07-01");
    assignment.clear_end_date();
    district.Put("South", assignment);
  }
  const auto report = district.Run("turnover");
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_DOUBLE_EQ(*District::CellOf(*report, {{"site", "North"}}, "stayed").value, 0.5);
  EXPECT_DOUBLE_EQ(*District::CellOf(*report, {{"site", "North"}}, "moved").value, 0.25);
  EXPECT_DOUBLE_EQ(*District::CellOf(*report, {{"site", "North"}}, "left").value, 0.25);
  EXPECT_EQ(*District::CellOf(*report, {{"site", "(all)"}}, "left").denominator, 60);
}

TEST(Attendance_, ReleaseForLearningIsNoAbsence) {
  District district = TwoSchools(10);
  const auto absence = [&](const char* staff, domain::v1::AbsenceCategory category, double hours) {
    domain::v1::Absence message;
    message.set_staff(staff);
    message.set_date("2027-01-05");
    message.set_category(category);
    if (hours > 0) message.set_hours(hours);
    district.Put("North", message);
  };
  absence("S0", domain::v1::ABSENCE_CATEGORY_SICK_LEAVE, 0);  // the whole day
  absence("S1", domain::v1::ABSENCE_CATEGORY_PERSONAL, 3.5);
  absence("S2", domain::v1::ABSENCE_CATEGORY_PROFESSIONAL_LEARNING_RELEASE, 7);
  const auto report = district.Run("attendance", {.named = {{"from", "2027-01-04"}, {"to", "2027-01-10"}}});
  ASSERT_TRUE(report.ok()) << report.status();
  const ReportCell& cell = District::CellOf(*report, {{"site", "North"}}, "attendance");
  EXPECT_DOUBLE_EQ(*cell.denominator, 10 * 5 * 7);
  EXPECT_DOUBLE_EQ(*cell.value, 1 - 10.5 / 350);
  EXPECT_DOUBLE_EQ(*District::CellOf(*report, {{"site", "North"}}, "releasedHours").value, 7);
}

TEST(Uptake_, CountsThoseSeenOftenEnough) {
  District district = TwoSchools();
  domain::v1::Initiative initiative;
  initiative.set_code("TALK");
  initiative.add_expected_organizations("ID-North");
  initiative.set_min_observations(2);
  district.Put("shared", initiative);
  const auto observe = [&](const std::string& unit, bool in_use) {
    domain::v1::ImplementationObservation seen;
    seen.set_initiative("TALK");
    seen.set_unit(unit);
    seen.set_in_use(in_use);
    seen.set_date("2026-11-02");
    district.Put("North", seen);
  };
  for (const char* unit : {"a", "b", "c"}) {
    observe(unit, true);
    observe(unit, true);
  }
  observe("d", true);  // once
  observe("e", true);
  observe("e", false);  // half
  const auto report = district.Run("uptake");
  ASSERT_TRUE(report.ok()) << report.status();
  const ReportCell& cell = District::CellOf(*report, {{"initiative", "TALK"}, {"site", "North"}}, "uptake");
  EXPECT_EQ(*cell.numerator, 3);
  EXPECT_EQ(*cell.denominator, 20);
}

TEST(MeetingVoice_, SharesAndDecisions) {
  District district = TwoSchools();
  domain::v1::Meeting meeting;
  meeting.set_state(domain::v1::MEETING_STATE_HELD);
  const std::string id = district.Put("North", meeting).ToString();
  domain::v1::Decision decision;
  decision.set_meeting(id);
  district.Put("North", decision);
  domain::v1::MeetingVoice voice;
  voice.set_meeting(id);
  voice.set_present(10);
  voice.set_spoke(5);
  voice.set_turns(20);
  district.Put("North", voice);
  voice.set_spoke(0);
  voice.set_turns(0);
  district.Put("North", voice);
  const auto report = district.Run("meeting-voice", {.site = "North"});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_DOUBLE_EQ(*District::CellOf(*report, {{"site", "North"}}, "spoke").value, 0.25);
  EXPECT_DOUBLE_EQ(*District::CellOf(*report, {{"site", "North"}}, "turnsGini").value, 0.5);
  EXPECT_DOUBLE_EQ(*District::CellOf(*report, {{"site", "North"}}, "decisionsPerMeeting").value, 1);
}

TEST(BeyondContract_, CountsPersonsNotMemberships) {
  District district = TwoSchools();
  domain::v1::Membership membership;
  membership.set_beyond_contract(true);
  for (const char* staff : {"S0", "S0", "S1"}) {
    membership.set_staff(staff);
    district.Put("North", membership);
  }
  membership.set_staff("S2");
  membership.set_end_date("2026-06-30");
  district.Put("North", membership);
  const auto report = district.Run("beyond-contract");
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_DOUBLE_EQ(*District::CellOf(*report, {{"site", "North"}}, "beyondContract").value, 0.1);
}

TEST(ResourceEquity_, PerFteAndRatio) {
  District district = TwoSchools(10);
  domain::v1::ResourceAllocation money;
  money.set_organization("ID-North");
  money.set_amount(3000);
  district.Put("shared", money);
  money.set_organization("ID-South");
  money.set_amount(1000);
  district.Put("shared", money);
  domain::v1::SubCoverage coverage;
  coverage.set_requested(4);
  coverage.set_filled(3);
  district.Put("North", coverage);
  const auto report = district.Run("resource-equity");
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_DOUBLE_EQ(*District::CellOf(*report, {{"site", "North"}}, "moneyPerFte").value, 300);
  EXPECT_DOUBLE_EQ(*District::CellOf(*report, {{"site", "North"}}, "moneyPerFteToDistrict").value, 1.5);
  EXPECT_DOUBLE_EQ(*District::CellOf(*report, {{"measure", "moneyPerFte"}}, "gini").value, 0.25);
  EXPECT_DOUBLE_EQ(*District::CellOf(*report, {{"site", "North"}}, "fillRate").value, 0.75);
}

TEST(AlignmentCoverage_, StandardsGoalsAndOrphans) {
  District district = TwoSchools();
  domain::v1::StandardsFramework framework;
  framework.set_code("QPLS");
  for (const char* code : {"DATA", "EQUITY"}) framework.add_standards()->set_code(code);
  const std::string id = district.Put("shared", framework).ToString();
  domain::v1::Goal goal;
  goal.set_code("G1");
  district.Put("shared", goal);
  goal.set_code("G2");
  district.Put("shared", goal);
  domain::v1::Activity activity;
  activity.set_code("A1");
  activity.set_hours(6);
  activity.add_goals("G1");
  district.Put("shared", activity);
  activity.set_code("A2");
  activity.clear_goals();
  district.Put("shared", activity);
  domain::v1::Alignment alignment;
  alignment.set_activity("A1");
  alignment.set_framework(id);
  alignment.set_standard("DATA");
  district.Put("shared", alignment);
  const auto report = district.Run("alignment-coverage");
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_DOUBLE_EQ(*District::CellOf(*report, {{"framework", "QPLS"}}, "covered").value, 0.5);
  EXPECT_DOUBLE_EQ(*District::CellOf(*report, {{"standard", "DATA"}}, "hours").value, 6);
  EXPECT_EQ(District::CellOf(*report, {{"measure", "goals with learning"}}, "covered").text, "without: G2");
  EXPECT_EQ(District::CellOf(*report, {{"measure", "learning with a goal"}}, "covered").text, "without: A2");
}

TEST(TheoryEvidence_, TwoIndependentSourcesAreWanted) {
  using Finding = TheoryFact::Evidence;
  const std::vector<Finding> same{{"I", "survey", 4, 1, {}}, {"I", "survey", 3, 1, {}}};
  EXPECT_EQ(VerdictOf(same, "I", {}, {}).verdict, Verdict::kInsufficient);
  const std::vector<Finding> two{{"I", "survey", 4, 1, {}}, {"I", "visits", 3, 1, {}}};
  EXPECT_EQ(VerdictOf(two, "I", {}, {}).verdict, Verdict::kSupported);
  const std::vector<Finding> torn{{"I", "survey", 4, 1, {}}, {"I", "visits", 3, -1, {}}};
  EXPECT_EQ(VerdictOf(torn, "I", {}, {}).verdict, Verdict::kMixed);
  EXPECT_NEAR(VerdictOf(torn, "I", {}, {}).balance, 1.0 / 7, 1e-12);
  const std::vector<Finding> against{{"I", "survey", 1, -1, {}}, {"I", "visits", 3, -1, {}}};
  EXPECT_EQ(VerdictOf(against, "I", {}, {}).verdict, Verdict::kNotSupported);
}

TEST(TheoryEvidence_, VerdictOfBothSides) {
  District district = TwoSchools();
  domain::v1::TheoryOfAction theory;
  theory.set_code("D8");
  for (const auto& [code, side] : {std::pair("OPEN", domain::v1::INDICATOR_SIDE_IF),
                                   std::pair("GROWTH", domain::v1::INDICATOR_SIDE_THEN)}) {
    auto* indicator = theory.add_indicators();
    indicator->set_code(code);
    indicator->set_side(side);
    for (const char* source : {"visits", "survey"}) {
      auto* finding = theory.add_evidence();
      finding->set_indicator(code);
      finding->set_source(source);
      finding->set_strength(domain::v1::EVIDENCE_STRENGTH_STRONG);
      finding->set_direction(domain::v1::EVIDENCE_DIRECTION_SUPPORTS);
    }
  }
  district.Put("shared", theory);
  const auto report = district.Run("theory-evidence");
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(District::CellOf(*report, {{"theory", "D8"}}, "verdict").text, "supported");
  EXPECT_EQ(District::CellOf(*report, {{"indicator", "OPEN"}}, "sources").value, 2);
}

TEST(PartnerAccess_, HidesFewAndCountsSeats) {
  District district = TwoSchools();
  domain::v1::PartnerEvent event;
  event.set_time_band(domain::v1::TIME_BAND_EVENING);
  auto* came = event.add_attended();
  came->set_group("families");
  came->set_count(30);
  auto* asked = event.add_invited();
  asked->set_group("families");
  asked->set_count(60);
  district.Put("shared", event);
  domain::v1::CommitteeSeat seat;
  seat.set_for_group("families");
  seat.set_holder("A parent");
  district.Put("North", seat);
  seat.clear_holder();
  district.Put("North", seat);
  const auto report = district.Run("partner-access");
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_DOUBLE_EQ(*District::CellOf(*report, {{"time", "evening"}}, "attended").value, 30);
  EXPECT_DOUBLE_EQ(*District::CellOf(*report, {{"group", "families"}}, "attendedOfInvited").value, 0.5);
  EXPECT_DOUBLE_EQ(*District::CellOf(*report, {{"seatsFor", "families"}}, "filled").value, 0.5);
}

TEST(GuskeyCoverage_, LevelsAndChain) {
  District district = TwoSchools();
  domain::v1::Activity activity;
  activity.set_code("A1");
  district.Put("shared", activity);
  domain::v1::ApplicationEvidence evidence;
  evidence.set_activity("A1");
  for (int level : {1, 2, 4}) {
    evidence.set_guskey_level(static_cast<uint32_t>(level));
    district.Put("North", evidence);
  }
  domain::v1::Outcome outcome;
  outcome.set_activity("A1");
  district.Put("North", outcome);
  const auto report = district.Run("guskey-coverage");
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(District::CellOf(*report, {{"activity", "A1"}}, "levels").text, "1, 2, 4, 5");
  EXPECT_DOUBLE_EQ(*District::CellOf(*report, {{"activity", "A1"}}, "chain").value, 0.4);
}

TEST(DosageOutcome_, SetsHoursBesideTheChangeOfPersons) {
  District district = TwoSchools();
  domain::v1::Activity activity;
  activity.set_code("A1");
  district.Put("shared", activity);
  for (int i = 0; i < 20; ++i) {
    domain::v1::Participation part;
    part.set_staff("S" + std::to_string(i));
    part.set_activity("A1");
    part.set_state(domain::v1::PARTICIPATION_STATE_ATTENDED);
    part.set_verified_hours(i);
    district.Put("North", part);
    domain::v1::Outcome outcome;
    outcome.set_staff("S" + std::to_string(i));
    outcome.set_measure("confidence");
    outcome.set_before(1);
    outcome.set_value(1 + 0.5 * i);
    district.Put("North", outcome);
  }
  const auto report = district.Run("dosage-outcome");
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_NEAR(*District::CellOf(*report, {{"outcome", "confidence"}}, "pearson").value, 1, 1e-9);
  EXPECT_NEAR(*District::CellOf(*report, {{"outcome", "confidence"}}, "slope").value, 0.5, 1e-9);
  EXPECT_EQ(District::CellOf(*report, {{"hours", "50 h and more"}}, "change").state, CellState::kMissing);
}

TEST(Readiness_, TiersByTheLowestOfThree) {
  District district = TwoSchools();
  domain::v1::Survey survey = District::TrustSurvey(3);
  survey.mutable_questions(1)->set_construct("COMMUNITY");
  survey.mutable_questions(1)->set_reversed(false);
  survey.mutable_questions(2)->set_construct("EFFICACY");
  district.Put("shared", survey);
  domain::v1::Wave wave = District::TrustWave("W", "2026-09-01");
  for (const char* site : {"North", "South"}) {
    auto* eligible = wave.add_eligibility();
    eligible->set_organization("ID-" + std::string(site));
    eligible->set_invited(20);
  }
  district.Put("shared", wave);
  for (int i = 0; i < 20; ++i) {
    auto response = District::MakeResponse("W", {i < 18 ? 5 : 1, i < 16 ? 4 : 2, i < 15 ? 4 : 2});
    district.Put("North", response);
    response = District::MakeResponse("W", {i < 8 ? 5 : 1, i < 16 ? 4 : 2, i < 15 ? 4 : 2});
    district.Put("South", response);
  }
  domain::v1::AgreementReview review;
  review.set_agreement("NORMS");
  review.set_holds(domain::v1::AGREEMENT_HOLDS_HOLDS);
  review.set_date("2026-10-01");
  district.Put("North", review);
  const auto report = district.Run("readiness");
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(District::CellOf(*report, {{"site", "North"}}, "tier").text, "ready");
  EXPECT_EQ(District::CellOf(*report, {{"site", "South"}}, "tier").text, "build community first");
}

}  // namespace
}  // namespace trellis
