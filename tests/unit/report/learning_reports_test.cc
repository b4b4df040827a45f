#include <gtest/gtest.h>

#include "common/report/calendar.h"
#include "tests/unit/report/district_fixture.h"

namespace trellis {
namespace {

void AddStaff(District* district, const std::string& site, int from, int count) {
  for (int i = from; i < from + count; ++i) {
    domain::v1::Staff staff;
    staff.set_staff_unique_id("S" + std::to_string(i));
    district->Put(site, staff);
    domain::v1::Assignment assignment;
    assignment.set_staff("S" + std::to_string(i));
    assignment.set_organization("ID-" + site);
    assignment.set_classification(i % 2 ? domain::v1::STAFF_CLASSIFICATION_TEACHER
                                        : domain::v1::STAFF_CLASSIFICATION_COUNSELOR);
    assignment.set_full_time_equivalency(0.5);
    district->Put(site, assignment);
  }
}

void Attend(District* district, const std::string& site, const std::string& activity, int staff,
            double hours) {
  domain::v1::Participation part;
  part.set_staff("S" + std::to_string(staff));
  part.set_activity(activity);
  part.set_state(domain::v1::PARTICIPATION_STATE_ATTENDED);
  part.set_verified_hours(hours);
  district->Put(site, part);
}

// North: staff 0–19, South: 20–49, East: 50–53.
District Schools() {
  District district;
  for (const char* name : {"North", "South", "East"}) district.AddSchool(name);
  AddStaff(&district, "North", 0, 20);
  AddStaff(&district, "South", 20, 30);
  AddStaff(&district, "East", 50, 4);
  domain::v1::Activity activity;
  activity.set_code("SAFETY");
  activity.set_requirement(domain::v1::ACTIVITY_REQUIREMENT_MANDATORY);
  activity.set_sponsor("ID-North");
  district.Put("shared", activity);
  activity.set_code("BOOKS");
  activity.set_requirement(domain::v1::ACTIVITY_REQUIREMENT_VOLUNTARY);
  activity.add_audience_classifications(domain::v1::STAFF_CLASSIFICATION_TEACHER);
  district.Put("shared", activity);
  activity.set_code("OWN");
  activity.set_approach(domain::v1::ACTIVITY_APPROACH_SELF_ORGANIZED);
  district.Put("shared", activity);
  return district;
}

TEST(Participation_, CountsDistinctStaffByClass) {
  District district = Schools();
  for (int staff = 0; staff < 10; ++staff) {
    Attend(&district, "North", "SAFETY", staff, 2);
    Attend(&district, "North", "SAFETY", staff, 1);
  }
  Attend(&district, "North", "BOOKS", 1, 3);
  Attend(&district, "North", "BOOKS", 2, 3);  // a counselor: not meant for them
  Attend(&district, "South", "OWN", 21, 5);
  const auto report = district.Run("participation");
  ASSERT_TRUE(report.ok()) << report.status();
  const ReportCell& mandatory = District::CellOf(*report, {{"requirement", "mandatory"}}, "rate");
  EXPECT_EQ(*mandatory.numerator, 10);
  EXPECT_EQ(*mandatory.denominator, 54);
  const ReportCell& voluntary = District::CellOf(*report, {{"requirement", "voluntary"}}, "rate");
  EXPECT_EQ(*voluntary.numerator, 1);
  EXPECT_EQ(*voluntary.denominator, 27);
  EXPECT_EQ(*District::CellOf(*report, {{"approach", "self-organized"}}, "rate").numerator, 1);
  EXPECT_DOUBLE_EQ(*District::CellOf(*report, {{"measure", "hours per FTE"}}, "hoursPerFte").value,
                   41.0 / 27);
  EXPECT_EQ(
      *District::CellOf(*report, {{"sponsor", "North"}, {"requirement", "mandatory"}}, "rate").numerator, 10);
}

TEST(Participation_, BySiteHidesSmallSchoolsAndComparesToTheRest) {
  District district = Schools();
  for (int staff = 0; staff < 15; ++staff) Attend(&district, "North", "SAFETY", staff, 2);
  const auto report = district.Run("participation", {.by = {"site"}});
  ASSERT_TRUE(report.ok()) << report.status();
  const std::map<std::string, std::string> east{{"site", "East"}, {"requirement", "mandatory"}};
  EXPECT_EQ(District::CellOf(*report, east, "rate").state, CellState::kHidden);
  const std::map<std::string, std::string> north{{"site", "North"}, {"requirement", "mandatory"}};
  EXPECT_EQ(District::CellOf(*report, north, "rate").state, CellState::kHidden);  // its complement
  const std::map<std::string, std::string> south{{"site", "South"}, {"requirement", "mandatory"}};
  EXPECT_EQ(*District::CellOf(*report, south, "rate").value, 0);
  EXPECT_NEAR(*District::CellOf(*report, south, "differenceToRest").value, -15.0 / 24, 1e-12);
  const ReportCell& zero =
      District::CellOf(*report, {{"measure", "schools at zero"}, {"requirement", "mandatory"}}, "schools");
  EXPECT_EQ(*zero.value, 1);
  EXPECT_EQ(zero.text, "South");
}

TEST(Participation_, WhoHasNoAssignmentWorksAtHome) {
  District district;
  district.AddSchool("North");
  for (int i = 0; i < 12; ++i) {
    domain::v1::Staff staff;
    staff.set_staff_unique_id("S" + std::to_string(i));
    district.Put("North", staff);
  }
  domain::v1::Activity activity;
  activity.set_code("SAFETY");
  activity.set_requirement(domain::v1::ACTIVITY_REQUIREMENT_MANDATORY);
  district.Put("shared", activity);
  Attend(&district, "North", "SAFETY", 3, 1);
  const auto report = district.Run("participation");
  EXPECT_EQ(*District::CellOf(*report, {{"requirement", "mandatory"}}, "rate").denominator, 12);
  EXPECT_EQ(District::CellOf(*report, {{"measure", "hours per FTE"}}, "hoursPerFte").state,
            CellState::kMissing);
}

domain::v1::ImprovementCycle TrustCycle() {
  domain::v1::ImprovementCycle cycle;
  cycle.set_code("CYCLE-1");
  cycle.set_survey("CLIMATE");
  cycle.set_begin_date("2026-08-01");
  cycle.set_prediction_result(domain::v1::PREDICTION_RESULT_CONFIRMED);
  cycle.set_decision(domain::v1::CYCLE_DECISION_ADAPT);
  const auto add = [&](domain::v1::CycleStage to, const char* day, domain::v1::TransitionState state) {
    auto* transition = cycle.add_transitions();
    transition->set_to(to);
    transition->mutable_at()->set_seconds(*ParseDay(day) * 86'400);
    transition->set_state(state);
  };
  add(domain::v1::CYCLE_STAGE_IMPLEMENT, "2026-12-26", domain::v1::TRANSITION_STATE_ACCEPTED);
  add(domain::v1::CYCLE_STAGE_IDENTIFY_STRATEGIES, "2026-10-01", domain::v1::TRANSITION_STATE_ACCEPTED);
  add(domain::v1::CYCLE_STAGE_EVALUATE_RESULTS, "2027-01-10", domain::v1::TRANSITION_STATE_PROPOSED);
  auto* gate = cycle.add_planned_gates();
  gate->set_stage(domain::v1::CYCLE_STAGE_EVALUATE_RESULTS);
  gate->set_due_date("2027-01-05");
  gate = cycle.add_planned_gates();
  gate->set_stage(domain::v1::CYCLE_STAGE_IMPLEMENT);
  gate->set_due_date("2026-12-01");
  auto* action = cycle.add_next_actions();
  action->set_code("A1");
  action->set_description("Visit a similar school");
  auto* obstacle = cycle.add_obstacles();
  obstacle->set_code("O1");
  obstacle->set_description("No substitutes");
  return cycle;
}

TEST(CycleStatus_, FollowsAcceptedTransitions) {
  District district;
  district.Put("shared", TrustCycle());
  const auto report = district.Run("cycle-status", {.named = {{"cycle", "CYCLE-1"}}});
  ASSERT_TRUE(report.ok()) << report.status();
  const ReportRow& row = report->rows[0];
  EXPECT_EQ(row.Find("stage")->text, "implement");
  EXPECT_EQ(*row.Find("daysInStage")->value, 20);
  EXPECT_EQ(*row.Find("overdueGates")->value, 1);
  EXPECT_EQ(row.Find("overdueGates")->text, "evaluate results by 2027-01-05");
  EXPECT_EQ(row.Find("prediction")->text, "confirmed");
  EXPECT_EQ(row.Find("decision")->text, "adapt");
  EXPECT_EQ(*row.Find("nextActions")->value, 1);
  EXPECT_EQ(row.Find("openObstacles")->text, "No substitutes");
}

TEST(CycleStatus_, AsOfGoesBack) {
  District district;
  district.Put("shared", TrustCycle());
  const auto report = district.Run("cycle-status", {.as_of_ms = *ParseDay("2026-11-01") * 86'400'000});
  EXPECT_EQ(report->rows[0].Find("stage")->text, "identify strategies");
  EXPECT_EQ(*report->rows[0].Find("daysInStage")->value, 31);
  EXPECT_EQ(*District::CellOf(*report, {{"cycle", "(all)"}}, "predictionsConfirmed").value, 1);
}

TEST(CycleReport_, JoinsItsSections) {
  District district = Schools();
  district.Put("shared", District::TrustSurvey(2));
  district.Put("shared", District::TrustWave("BASE", "2026-09-01"));
  district.Put("shared", District::TrustWave("END", "2026-12-01"));
  for (int i = 0; i < 20; ++i) {
    district.AddResponse("North", "BASE", {3 + i % 2, 4}, "teacher", "k" + std::to_string(i));
    district.AddResponse("North", "END", {3 + i % 3, 4}, "teacher", "k" + std::to_string(i));
  }
  domain::v1::Metric metric;
  metric.set_code("TRUST-MEAN");
  metric.set_direction(domain::v1::DIRECTION_UP);
  metric.set_target(3);
  metric.set_report("construct-mean");
  metric.set_survey("CLIMATE");
  metric.set_construct("TRUST");
  district.Put("shared", metric);
  domain::v1::Metric hand;
  hand.set_code("VISITS");
  hand.set_direction(domain::v1::DIRECTION_UP);
  hand.set_baseline(2);
  hand.set_target(10);
  hand.add_check_dates("2026-12-15");
  auto* measurement = hand.add_measurements();
  measurement->set_date("2026-11-15");
  measurement->set_value(6);
  district.Put("shared", hand);
  domain::v1::ImprovementCycle cycle = TrustCycle();
  cycle.add_metrics("TRUST-MEAN");
  cycle.add_metrics("VISITS");
  district.Put("shared", cycle);
  district.completeness = {{.site_id = "North", .included_up_to_ms = district.now_ms, .state = "live"},
                           {.site_id = "South", .missing_since_ms = district.now_ms, .state = "missing"}};
  const auto report = district.Run("cycle");
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(District::CellOf(*report, {{"section", "status"}}, "stage").text, "implement");
  EXPECT_NEAR(*District::CellOf(*report, {{"metric", "TRUST-MEAN"}}, "current").value, 2.975, 1e-12);
  EXPECT_EQ(District::CellOf(*report, {{"metric", "TRUST-MEAN"}}, "standing").text, "not yet");
  EXPECT_EQ(*District::CellOf(*report, {{"metric", "VISITS"}}, "current").value, 6);
  EXPECT_EQ(*District::CellOf(*report, {{"metric", "VISITS"}}, "overdueChecks").value, 1);
  EXPECT_EQ(District::CellOf(*report, {{"section", "change"}, {"construct", "TRUST"}}, "change").method,
            "paired t");
  EXPECT_EQ(*District::CellOf(*report, {{"section", "disaggregation"}, {"role", "teacher"}}, "mean").n, 20);
  EXPECT_EQ(
      *District::CellOf(*report, {{"section", "participation"}, {"requirement", "mandatory"}}, "rate").value,
      0);
  EXPECT_FALSE(report->cut.complete);
  ASSERT_EQ(report->cut.sites.size(), 2u);
  EXPECT_EQ(report->cut.sites[1].site, "South");
}

TEST(CycleReport_, WithoutASurveySaysNothingOfIt) {
  District district = Schools();
  domain::v1::ImprovementCycle cycle = TrustCycle();
  cycle.clear_survey();
  district.Put("shared", cycle);
  const auto report = district.Run("cycle");
  ASSERT_TRUE(report.ok()) << report.status();
  for (const ReportRow& row : report->rows) {
    EXPECT_NE(row.GroupValue("section"), "change");
    EXPECT_NE(row.GroupValue("section"), "metrics");
  }
}

}  // namespace
}  // namespace trellis
