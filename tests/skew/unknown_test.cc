// What a newer release writes goes through an older one, and is worked on there, without losing a byte; the
// older shows none of it.
#include <gmock/gmock.h>

#include "common/replica/quarantine.h"
#include "common/service/newer_kinds.h"
#include "common/service/record_reader.h"
#include "common/service/record_review.h"
#include "common/service/record_writer.h"
#include "common/service/unknown_fields.h"
#include "tests/skew/release_fixture.h"
#include "trellis/domain/v1/goal.pb.h"

namespace trellis {
namespace {

using Type = RecordWrite::Type;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr uint32_t kGoalCodeField = 1;
constexpr uint32_t kGoalLevelField = 4;
constexpr uint64_t kLevelOfALaterRelease = 77;

const KindRegistry& Older() { return KindRegistry::BuiltIn(); }
const KindRegistry& Newer() { return NewerRelease().kinds(); }

// A goal with all a newer release may say in it.
std::string NewGoal() {
  return TextBytes(kGoalCodeField, "TRUST") + TextBytes(kGoalTitleField, "Trust") +
         TextBytes(kGoalStatementField, "In full") + NumberBytes(kGoalLevelField, kLevelOfALaterRelease) +
         TextBytes(kGoalLanternsField, "red") + TextBytes(kGoalLanternsField, "green") +
         NumberBytes(kGoalHeightField, 12);
}

// Every cell of a record but those of the field.
std::vector<Cell> CellsWithout(const RecordState& state, uint32_t field) {
  std::vector<Cell> cells;
  for (const Cell& cell : state.cells) {
    if (cell.key.field != field) cells.push_back(cell);
  }
  return cells;
}

Principal Lead() {
  Principal principal;
  principal.account = principal.name = "lead";
  principal.grants = {{Role::kSiteLead, "F1"}};
  return principal;
}

RecordStore ServicesOn(Release* program) {
  RecordStore store;
  store.replica = program->replica.get();
  store.kinds = program->kinds;
  store.clock = &program->clock;
  store.own_site = "F1";
  store.district_key.fill(3);
  store.token_key = *LoadTokenKey(program->replica.get(), &program->random);
  return store;
}

absl::StatusOr<RecordAnswer> RetitleAt(Release* program, const RecordId& id, const std::string& title,
                                       std::optional<std::vector<std::string>> mask = std::nullopt) {
  RecordWriter writer(ServicesOn(program));
  trellis::domain::v1::Goal goal;
  goal.set_title(title);
  UpdateRequest request;
  request.name = {kGoalKind, id.ToString(), ""};
  request.data = goal.SerializeAsString();
  request.mask = std::move(mask);
  return writer.Update(Lead(), request);
}

class SkewTest : public testing::Test {
 protected:
  Release server_{1, &Newer()};
  Release site_{2, &Older()};
  ReleaseLink link_{&site_, &server_};
};

TEST_F(SkewTest, OlderDaemonEditsAnotherField_WhatItDoesNotKnowStays) {
  server_.Write(Type::kCreate, "F1", kGoalKind, SkewId(1), NewGoal());
  ASSERT_TRUE(link_.Sync()) << link_.closed;
  const RecordState before = server_.Get("F1", SkewId(1)).state;
  ASSERT_EQ(site_.Get("F1", SkewId(1)).state.cells, before.cells);

  const auto answer = RetitleAt(&site_, SkewId(1), "Trust, and time", std::vector<std::string>{"title"});
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(answer->data->GetReflection()->GetUnknownFields(*answer->data).empty())
      << "who may see them is said by a proto the older program does not have";
  ASSERT_TRUE(link_.Sync()) << link_.closed;

  const RecordState after = server_.Get("F1", SkewId(1)).state;
  EXPECT_EQ(after.Find({kGoalTitleField, ""})->siblings.front().bytes,
            TextBytes(kGoalTitleField, "Trust, and time"));
  EXPECT_EQ(CellsWithout(after, kGoalTitleField), CellsWithout(before, kGoalTitleField));
  EXPECT_EQ(server_.Check(), absl::OkStatus());
  EXPECT_EQ(site_.Check(), absl::OkStatus());
}

TEST_F(SkewTest, OlderDaemonReplacesAllItMayChange_WhatItDoesNotKnowStays) {
  server_.Write(Type::kCreate, "F1", kGoalKind, SkewId(1), NewGoal());
  ASSERT_TRUE(link_.Sync());
  RecordWriter writer(ServicesOn(&site_));
  trellis::domain::v1::Goal goal;
  goal.set_code("TRUST");
  goal.set_title("all anew");
  goal.set_level(trellis::domain::v1::GOAL_LEVEL_SCHOOL);
  UpdateRequest request;
  request.name = {kGoalKind, SkewId(1).ToString(), ""};
  request.data = goal.SerializeAsString();
  request.mask = std::vector<std::string>{"code", "title", "statement", "level"};
  const auto answer = writer.Update(Lead(), request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_TRUE(link_.Sync());
  const RecordState after = server_.Get("F1", SkewId(1)).state;
  EXPECT_EQ(after.Find({kGoalStatementField, ""}), nullptr);
  EXPECT_NE(after.Find({kGoalLanternsField, "red"}), nullptr);
  EXPECT_NE(after.Find({kGoalLanternsField, "green"}), nullptr);
  EXPECT_NE(after.Find({kGoalHeightField, ""}), nullptr);
}

TEST_F(SkewTest, ValuesOfAPolicyTheOlderDoesNotKnow_AreAllKeptAndListed) {
  Release other(3, &Newer());
  ReleaseLink to_other(&other, &server_);
  server_.Write(Type::kCreate, "F1", kGoalKind, SkewId(1), NewGoal());
  ASSERT_TRUE(to_other.Sync());
  server_.Write(Type::kUpdate, "F1", kGoalKind, SkewId(1), NumberBytes(kGoalHeightField, 20));
  other.Write(Type::kUpdate, "F1", kGoalKind, SkewId(1), NumberBytes(kGoalHeightField, 30));
  ASSERT_TRUE(to_other.Sync());
  ASSERT_TRUE(link_.Sync());
  EXPECT_EQ(site_.Get("F1", SkewId(1)).state.Find({kGoalHeightField, ""})->siblings.size(), 2u);
  // To the newer the greater shows and there is nothing to decide; to the older it is an open conflict, which
  // a write to another field leaves alone.
  const auto in_conflict = [](const Release& program) {
    int count = 0;
    EXPECT_TRUE(program.replica
                    ->ScanConflicts("F1",
                                    [&](const RecordId&, const StoredRecord&) {
                                      ++count;
                                      return true;
                                    })
                    .ok());
    return count;
  };
  EXPECT_EQ(in_conflict(server_), 0);
  EXPECT_EQ(in_conflict(site_), 1);
  ASSERT_TRUE(RetitleAt(&site_, SkewId(1), "by the older").ok());
  ASSERT_TRUE(link_.Sync());
  EXPECT_EQ(server_.Get("F1", SkewId(1)).state.Find({kGoalHeightField, ""})->siblings.size(), 2u);
  site_.Open(&Newer());
  EXPECT_EQ(in_conflict(site_), 0) << "upgraded, it sees what the newer sees";
}

TEST_F(SkewTest, KindTheOlderDaemonDoesNotKnow_IsKeptCountedAndShownToNobody) {
  server_.Write(Type::kCreate, "F1", kTelescopeKind, SkewId(1), TextBytes(kGoalTitleField, "secret"));
  server_.Write(Type::kCreate, "F1", kGoalKind, SkewId(2), NewGoal());
  ASSERT_TRUE(link_.Sync()) << link_.closed;
  EXPECT_EQ(site_.Get("F1", SkewId(1)).state, server_.Get("F1", SkewId(1)).state);

  const auto newer = CountNewerKinds(*site_.replica, Older());
  ASSERT_TRUE(newer.ok());
  EXPECT_THAT(*newer, ElementsAre(NewerKind{kTelescopeKind, 1}));
  EXPECT_THAT(NewerKindsNotice(*newer), HasSubstr("1 Telescope"));
  EXPECT_THAT(NewerKindsNotice(*newer), testing::Not(HasSubstr("secret")));
  EXPECT_THAT(*CountNewerKinds(*server_.replica, Newer()), IsEmpty());
  EXPECT_EQ(NewerKindsNotice({}), "");

  RecordReader reader(ServicesOn(&site_));
  EXPECT_FALSE(reader.Get(Lead(), {kTelescopeKind, SkewId(1).ToString(), ""}).ok());
  // Nor under the name of a kind it knows.
  EXPECT_FALSE(reader.Get(Lead(), {kGoalKind, SkewId(1).ToString(), ""}).ok());

  // The older hands it on as it came, to a store that lost it.
  Release fresh(4, &Newer());
  ReleaseLink refill(&site_, &fresh);
  ASSERT_TRUE(refill.Sync()) << refill.closed;
  EXPECT_EQ(fresh.Get("F1", SkewId(1)).state, server_.Get("F1", SkewId(1)).state);
}

TEST(Skew, OlderServer_KeepsAnUnknownKindAsideAndTakesItOnceUpgraded) {
  Release server(1, &Older());
  Release site(2, &Newer());
  ReleaseLink link(&site, &server);
  const KindRegistry* known = &Older();
  link.server_config.admit = [&](std::string_view, const Delta& delta) {
    return known->Find(delta.kind) != nullptr ? absl::OkStatus()
                                              : absl::FailedPreconditionError("not known yet");
  };
  site.Write(Type::kCreate, "F1", kTelescopeKind, SkewId(1), TextBytes(kGoalTitleField, "far away"));
  site.Write(Type::kCreate, "F1", kGoalKind, SkewId(2), NewGoal());
  EXPECT_TRUE(link.Sync()) << "what is set aside is left out at both ends: " << link.closed;
  const auto aside = server.replica->SetAsideItems("F1");
  ASSERT_EQ(aside->size(), 1u);
  EXPECT_EQ(aside->front().cause, SetAsideCause::kNewerSchema);
  EXPECT_EQ(server.Get("F1", SkewId(2)).state.cells, site.Get("F1", SkewId(2)).state.cells);

  server.Open(&Newer());
  known = &Newer();
  const auto retried = RetryQuarantine(server.replica.get(), {"F1"}, std::nullopt, [&](const std::string&) {
    return ApplyOptionsOf(link.server_config, server.clock);
  });
  ASSERT_TRUE(retried.ok()) << retried.status();
  EXPECT_EQ(retried->taken, 1u);
  EXPECT_TRUE(link.Sync());
  EXPECT_EQ(server.Get("F1", SkewId(1)).state, site.Get("F1", SkewId(1)).state);
}

// The same store under a newer program, an older one, and the newer again.
TEST(Skew, DowngradeAndUpgradeOfOneStore_KeepRecordsAndIndexesRight) {
  Release program(1, &Newer());
  program.Write(Type::kCreate, "F1", kGoalKind, SkewId(1), NewGoal());
  program.Write(Type::kCreate, "F1", kTelescopeKind, SkewId(2), TextBytes(kGoalTitleField, "far away"));
  ASSERT_EQ(program.Check(), absl::OkStatus());
  const RecordState telescope = program.Get("F1", SkewId(2)).state;

  program.Open(&Older());
  EXPECT_EQ(program.Check(), absl::OkStatus());
  ASSERT_TRUE(RetitleAt(&program, SkewId(1), "by the older").ok());
  EXPECT_EQ(program.Check(), absl::OkStatus());
  EXPECT_EQ(program.Get("F1", SkewId(2)).state, telescope);

  program.Open(&Newer());
  EXPECT_EQ(program.Check(), absl::OkStatus());
  const auto found = [&](const std::string& kind, uint32_t field) {
    std::vector<RecordId> ids;
    EXPECT_TRUE(program.replica
                    ->ScanIndex("F1", kind, field, "", "",
                                [&](std::string_view, const RecordId& id) {
                                  ids.push_back(id);
                                  return true;
                                })
                    .ok());
    return ids;
  };
  EXPECT_EQ(found(kGoalKind, kGoalLanternsField).size(), 2u);
  EXPECT_THAT(found(kGoalKind, kGoalStatementField), ElementsAre(SkewId(1)));
  EXPECT_THAT(found(kTelescopeKind, kGoalTitleField), ElementsAre(SkewId(2)));
}

// Only what is declared otherwise is indexed anew: a row that was taken out of another kind's index stays
// out.
TEST(Skew, UpgradeThatChangesOneKind_LeavesTheEntriesOfTheOthersAlone) {
  Release program(1, &Older());
  program.Write(Type::kCreate, "F1", "trellis.domain.v1.Wave", SkewId(1), TextBytes(kGoalCodeField, "W-1"));
  program.Write(Type::kCreate, "F1", kGoalKind, SkewId(2), NewGoal());
  std::string row;
  ASSERT_TRUE(program.engine.Snapshot()
                  ->Scan("x", "y", false,
                         [&](std::string_view key, std::string_view) {
                           if (key.ends_with(SkewId(1).view())) row = key;
                           return true;
                         })
                  .ok());
  ASSERT_FALSE(row.empty());
  WriteBatch batch;
  batch.Delete(row);
  ASSERT_TRUE(program.engine.Commit(batch, Durability::kSynced).ok());
  program.Open(&Newer());
  EXPECT_FALSE(program.Check().ok());
  EXPECT_FALSE((*program.engine.Snapshot()->Get(row)).has_value());
}

}  // namespace
}  // namespace trellis
