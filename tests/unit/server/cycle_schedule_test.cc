#include "server/reports/cycle_schedule.h"

#include "tests/unit/service/service_fixture.h"
#include "trellis/domain/v1/notice.pb.h"

namespace trellis {
namespace {

using domain::v1::ImprovementCycle;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr int64_t kDayMs = 24LL * 60 * 60 * 1000;

class EverySite final : public SiteCompleteness {
 public:
  absl::StatusOr<std::vector<SiteCut>> Sites() const override { return std::vector<SiteCut>(); }
};

class CycleScheduleTest : public testing::Test {
 protected:
  CycleScheduleTest()
      : district_(""),
        host_(district_.store(), &completeness_),
        freezer_(
            district_.store(), &host_, &district_.writer(), [](std::string_view) { return "signed"; },
            [](std::string_view, std::string_view) { return absl::OkStatus(); }),
        schedule_(district_.store(), &freezer_, 120) {}

  std::string MakeCycle(const std::string& code) {
    ImprovementCycle cycle;
    cycle.set_code(code);
    cycle.set_title("Trust");
    cycle.set_aim("More trust");
    return district_.Create(Admin(), cycle).id.ToString();
  }
  void Pass(const std::string& id, domain::v1::CycleStage from, domain::v1::CycleStage to) {
    const auto there =
        district_.reader().Get(Admin(), {ImprovementCycle::descriptor()->full_name(), id, "shared"});
    ASSERT_TRUE(there.ok()) << there.status();
    ImprovementCycle change;
    *change.mutable_transitions() = static_cast<const ImprovementCycle&>(*there->data).transitions();
    auto* step = change.add_transitions();
    step->set_from(from);
    step->set_to(to);
    step->mutable_at()->set_seconds(district_.clock().WallMs() / 1000);
    step->set_state(domain::v1::TRANSITION_STATE_ACCEPTED);
    const auto updated = district_.Update(Admin(), id, change);
    ASSERT_TRUE(updated.ok()) << updated.status();
  }
  std::vector<std::string> Run() {
    const auto frozen = schedule_.Run();
    EXPECT_TRUE(frozen.ok()) << frozen.status();
    return frozen.ok() ? *frozen : std::vector<std::string>();
  }

  ServiceStore district_;
  EverySite completeness_;
  ReportHost host_;
  ReportFreezer freezer_;
  CycleSchedule schedule_;
};

TEST_F(CycleScheduleTest, GateThatIsPassed_IsFrozenOnceAndForGood) {
  const std::string id = MakeCycle("C1");
  EXPECT_THAT(Run(), IsEmpty());
  Pass(id, domain::v1::CYCLE_STAGE_RESEARCH, domain::v1::CYCLE_STAGE_IDENTIFY_STRATEGIES);
  EXPECT_TRUE(*schedule_.MayBeDue());
  EXPECT_THAT(Run(), ElementsAre("cycle.C1.v1"));
  EXPECT_THAT(Run(), IsEmpty());
  EXPECT_FALSE(*schedule_.MayBeDue());
  CycleSchedule after_a_restart(district_.store(), &freezer_, 120);
  EXPECT_THAT(*after_a_restart.Run(), IsEmpty());
  const auto kept = district_.reader().Get(
      Admin(), {domain::v1::ReportSnapshot::descriptor()->full_name(), "cycle.C1.v1", "shared"});
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_EQ(static_cast<const domain::v1::ReportSnapshot&>(*kept->data).stage(),
            domain::v1::CYCLE_STAGE_IDENTIFY_STRATEGIES);
}

TEST_F(CycleScheduleTest, EachGateHasItsVersion) {
  const std::string id = MakeCycle("C1");
  Pass(id, domain::v1::CYCLE_STAGE_RESEARCH, domain::v1::CYCLE_STAGE_IDENTIFY_STRATEGIES);
  EXPECT_THAT(Run(), ElementsAre("cycle.C1.v1"));
  district_.clock().Advance(kDayMs);
  Pass(id, domain::v1::CYCLE_STAGE_IDENTIFY_STRATEGIES, domain::v1::CYCLE_STAGE_IMPLEMENT);
  EXPECT_THAT(Run(), ElementsAre("cycle.C1.v2"));
}

TEST_F(CycleScheduleTest, Night_KeepsWhatIsNewAndNothingElse) {
  const std::string id = MakeCycle("C1");
  EXPECT_THAT(Run(), IsEmpty());
  district_.clock().Advance(kDayMs);
  EXPECT_TRUE(*schedule_.MayBeDue());
  EXPECT_THAT(Run(), ElementsAre("cycle.C1.v1"));
  EXPECT_THAT(Run(), IsEmpty());
  district_.clock().Advance(kDayMs);
  EXPECT_THAT(Run(), IsEmpty()) << "only the days in its stage are others";
  ImprovementCycle change;
  change.set_decision(domain::v1::CYCLE_DECISION_ADAPT);
  ASSERT_TRUE(district_.Update(Admin(), id, change).ok());
  EXPECT_THAT(Run(), IsEmpty());
  district_.clock().Advance(kDayMs);
  EXPECT_THAT(Run(), ElementsAre("cycle.C1.v2"));
}

TEST_F(CycleScheduleTest, NightsOfAClosedCycle_AreOver) {
  const std::string id = MakeCycle("C1");
  for (int stage = domain::v1::CYCLE_STAGE_RESEARCH; stage < domain::v1::CYCLE_STAGE_CLOSED; ++stage) {
    Pass(id, static_cast<domain::v1::CycleStage>(stage), static_cast<domain::v1::CycleStage>(stage + 1));
    district_.clock().Advance(1'000);
  }
  EXPECT_THAT(Run(), ElementsAre("cycle.C1.v1"));
  ImprovementCycle change;
  change.set_decision(domain::v1::CYCLE_DECISION_ADAPT);
  ASSERT_TRUE(district_.Update(Admin(), id, change).ok());
  district_.clock().Advance(kDayMs);
  EXPECT_THAT(Run(), IsEmpty());
}

TEST(ParseNightly_, TakesAnHourOrOff) {
  EXPECT_EQ(ParseNightly("02:05")->value(), 125);
  EXPECT_FALSE(ParseNightly("off")->has_value());
  for (const char* wrong : {"", "2:00", "24:00", "02:60", "02-00", "2:000", "-1:00", "night"}) {
    EXPECT_FALSE(ParseNightly(wrong).ok()) << wrong;
  }
}

}  // namespace
}  // namespace trellis
