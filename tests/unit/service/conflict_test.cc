#include "tests/unit/service/service_fixture.h"
#include "trellis/domain/v1/action_step.pb.h"

namespace trellis {
namespace {

using domain::v1::ActionStep;
using ::testing::HasSubstr;

// A step of the shared scope, edited at the district and at a site that did not see each other.
class TwoEdits : public testing::Test {
 protected:
  TwoEdits() : district_("", 1), oak_("oak", 2) {
    ActionStep step;
    step.set_code("C7-1");
    step.set_title("Open the doors");
    district_.Create(Admin(), step);
    SendScope(district_, "district", oak_, "shared");
    Edit(&oak_, Lead("oak"), "Open them on Mondays");
    district_.clock().Advance(1000);
    Edit(&district_, Admin(), "Open them on Fridays");
    SendScope(oak_, "oak", district_, "shared");
    SendScope(district_, "district", oak_, "shared");
  }
  void Edit(ServiceStore* store, const Principal& principal, const std::string& title) {
    ActionStep change;
    change.set_title(title);
    const auto edited = store->Update(principal, "C7-1", change);
    ASSERT_TRUE(edited.ok()) << edited.status();
  }
  std::vector<RecordAnswer> ConflictsAt(ServiceStore* store, const Principal& principal) {
    auto page = store->reader().Conflicts(principal, {});
    EXPECT_TRUE(page.ok()) << page.status();
    return std::move(page->records);
  }
  ResolveRequest Choice() { return {.name = {"ActionStep", "C7-1", ""}, .field = "title"}; }

  ServiceStore district_, oak_;
};

TEST_F(TwoEdits, AreListedOnBothSidesWithBothValues) {
  for (ServiceStore* store : {&district_, &oak_}) {
    const auto conflicts = ConflictsAt(store, store == &oak_ ? Lead("oak") : Admin());
    ASSERT_EQ(conflicts.size(), 1u);
    const FieldConflictAnswer& conflict = conflicts[0].conflicts.at(0);
    EXPECT_EQ(conflict.field, "title");
    EXPECT_EQ(conflict.versions.at(0).value, "\"Open them on Fridays\"");
    EXPECT_EQ(conflict.versions.at(0).actor, "district/admin");
    EXPECT_EQ(conflict.versions.at(1).value, "\"Open them on Mondays\"");
    EXPECT_EQ(conflict.versions.at(1).actor, "lead-oak");
  }
  EXPECT_TRUE(ConflictsAt(&oak_, PersonWith("nobody", {})).empty());
}

TEST_F(TwoEdits, AreNotOverwrittenUnseen) {
  ActionStep change;
  change.set_title("Mine");
  const auto blind = oak_.Update(Lead("oak"), "C7-1", change);
  EXPECT_EQ(blind.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonIn(blind), "OPEN_CONFLICT");
  const std::string etag = ConflictsAt(&oak_, Lead("oak"))[0].version.ToHex();
  EXPECT_TRUE(oak_.Update(Lead("oak"), "C7-1", change, etag).ok());
  EXPECT_TRUE(ConflictsAt(&oak_, Lead("oak")).empty());
}

TEST_F(TwoEdits, AreSettledByTakingAVersion) {
  ResolveRequest request = Choice();
  request.take_version = "0000000000000001-1";
  EXPECT_EQ(ReasonIn(oak_.writer().Resolve(Lead("oak"), request)), "VERSION_UNKNOWN");
  request.take_version = ConflictsAt(&oak_, Lead("oak"))[0].conflicts[0].versions[1].version;
  const auto resolved = oak_.writer().Resolve(Lead("oak"), request);
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  EXPECT_EQ(DataOf<ActionStep>(*resolved).title(), "Open them on Mondays");
  EXPECT_TRUE(resolved->conflicts.empty());
  SendScope(oak_, "oak", district_, "shared");
  EXPECT_TRUE(ConflictsAt(&district_, Admin()).empty());
  EXPECT_EQ(DataOf<ActionStep>(*district_.reader().Get(Admin(), request.name)).title(),
            "Open them on Mondays");
  EXPECT_EQ(ReasonIn(oak_.writer().Resolve(Lead("oak"), request)), "NO_CONFLICT");
}

TEST_F(TwoEdits, AreSettledByAValueOfOnesOwn) {
  ResolveRequest request = Choice();
  request.value = "7";
  EXPECT_EQ(oak_.writer().Resolve(Lead("oak"), request).status().code(), absl::StatusCode::kInvalidArgument);
  request.value = "\"\"";
  EXPECT_THAT(FieldsIn(oak_.writer().Resolve(Lead("oak"), request)), testing::ElementsAre("title"));
  request.value = "\"Open them daily\"";
  const auto resolved = oak_.writer().Resolve(Lead("oak"), request);
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  EXPECT_EQ(DataOf<ActionStep>(*resolved).title(), "Open them daily");
}

TEST_F(TwoEdits, AreSettledOnlyByWhoMayWrite) {
  ResolveRequest request = Choice();
  request.value = "\"x\"";
  const Principal analyst = PersonWith("analyst", {{Role::kDistrictAnalyst, kWholeDistrict}});
  EXPECT_EQ(ReasonIn(oak_.writer().Resolve(analyst, request)), "ACCESS_DENIED");
}

TEST(EditAndDelete, ShowsTheRecordAndListsIt) {
  ServiceStore district("", 1), oak("oak", 2);
  ActionStep step;
  step.set_code("C7-2");
  step.set_title("Buy chairs");
  district.Create(Admin(), step);
  SendScope(district, "district", oak, "shared");
  ActionStep change;
  change.set_notes("blue ones");
  ASSERT_TRUE(oak.Update(Lead("oak"), "C7-2", change).ok());
  ASSERT_TRUE(district.writer().Delete(Admin(), {{"ActionStep", "C7-2", ""}, "", ""}).ok());
  SendScope(oak, "oak", district, "shared");
  const auto page = district.reader().Conflicts(Admin(), {});
  ASSERT_EQ(page->records.size(), 1u);
  EXPECT_EQ(page->records[0].presence, Presence::kLiveDespiteDelete);
  ASSERT_TRUE(district.writer().Restore(Admin(), {{"ActionStep", "C7-2", ""}, "", ""}).ok());
  EXPECT_TRUE(district.reader().Conflicts(Admin(), {})->records.empty());
}

}  // namespace
}  // namespace trellis
