#include "common/service/record_watch.h"

#include "tests/unit/service/service_fixture.h"
#include "trellis/domain/v1/action_step.pb.h"
#include "trellis/domain/v1/goal.pb.h"

namespace trellis {
namespace {

using domain::v1::ActionStep;
using ::testing::ElementsAre;

ActionStep Step(const std::string& code) {
  ActionStep step;
  step.set_code(code);
  step.set_title(code);
  return step;
}

std::vector<std::string> Told(RecordWatch* watch, size_t limit = 100) {
  std::vector<std::string> codes;
  const auto told = watch->Next(limit);
  EXPECT_TRUE(told.ok()) << told.status();
  for (const WatchedRecord& one : *told) codes.push_back(one.record.code);
  return codes;
}

TEST(RecordWatch, TellsWhatChangesAfterItBegan) {
  ServiceStore oak("oak");
  oak.Create(Lead("oak"), Step("A"));
  auto watch = RecordWatch::Open(oak.store(), Lead("oak"), {.kind = "ActionStep"});
  ASSERT_TRUE(watch.ok()) << watch.status();
  EXPECT_THAT(Told(watch->get()), ElementsAre());
  oak.Create(Lead("oak"), Step("B"));
  ActionStep change;
  change.set_notes("x");
  ASSERT_TRUE(oak.Update(Lead("oak"), "A", change).ok());
  EXPECT_THAT(Told(watch->get()), ElementsAre("B", "A"));
  EXPECT_THAT(Told(watch->get()), ElementsAre());
}

TEST(RecordWatch, GoesOnFromAToken) {
  ServiceStore oak("oak");
  for (const char* code : {"A", "B", "C"}) oak.Create(Lead("oak"), Step(code));
  auto watch = RecordWatch::Open(oak.store(), Lead("oak"), {.kind = "ActionStep", .from_start = true});
  const auto first = (*watch)->Next(2);
  ASSERT_EQ(first->size(), 2u);
  auto resumed = RecordWatch::Open(oak.store(), Lead("oak"),
                                   {.kind = "ActionStep", .resume_token = first->at(0).resume_token});
  ASSERT_TRUE(resumed.ok()) << resumed.status();
  EXPECT_THAT(Told(resumed->get()), ElementsAre("B", "C"));
}

TEST(RecordWatch, FiltersByFieldAndByAccess) {
  ServiceStore oak("oak");
  auto watch = RecordWatch::Open(oak.store(), Lead("oak"), {.kind = "ActionStep", .filter = "title = \"B\""});
  ASSERT_TRUE(watch.ok()) << watch.status();
  auto all = RecordWatch::Open(oak.store(), PersonWith("nobody", {}), {.scope = "shared"});
  ASSERT_TRUE(all.ok());
  oak.Create(Lead("oak"), Step("A"));
  oak.Create(Lead("oak"), Step("B"));
  EXPECT_THAT(Told(watch->get()), ElementsAre("B"));
  EXPECT_THAT(Told(all->get()), ElementsAre());
}

TEST(RecordWatch, RefusesATokenOfAnotherStoreOrTimeline) {
  ServiceStore oak("oak", 1), elm("elm", 2);
  oak.Create(Lead("oak"), Step("A"));
  auto watch = RecordWatch::Open(oak.store(), Lead("oak"), {.kind = "ActionStep"});
  const std::string token = (*watch)->resume_token();
  const auto refused =
      RecordWatch::Open(elm.store(), Lead("elm"), {.kind = "ActionStep", .resume_token = token});
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kOutOfRange);
  // Restored to a day before the token was given: same key, but the epoch never was.
  RecordStore restored = elm.store();
  restored.token_key = oak.store().token_key;
  EXPECT_EQ(ReasonIn(RecordWatch::Open(restored, Lead("elm"), {.kind = "ActionStep", .resume_token = token})),
            "RESUME_TOKEN_TOO_OLD");
}

}  // namespace
}  // namespace trellis
