// Power fails after every call with which a store of an earlier format is brought up, or one that another
// release wrote is indexed anew; each time it opens and holds what it held.
#include "common/replica/migration.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "common/tables/scope_tables.h"
#include "common/tables/store_tables.h"
#include "tests/disk/disk_fixture.h"
#include "tests/golden/stores/golden_stores.h"
#include "tests/skew/release/other_release.h"

namespace trellis {
namespace {

std::string BytesOf(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

// A disk with a golden store of format 1.
std::shared_ptr<HostileDisk> GoldenDisk(const std::string& store) {
  const auto disk = NewDisk();
  const Disk handle(disk);
  EXPECT_EQ(handle.MakeFolder("/data/store"), absl::OkStatus());
  const std::string golden = std::string(TRELLIS_GOLDEN_FOLDER) + "/store-1/" + store;
  for (const auto& entry : std::filesystem::directory_iterator(golden + "/store")) {
    disk->Put("/data/store/" + entry.path().filename().string(), BytesOf(entry.path()));
  }
  disk->Put("/data/anchor", BytesOf(golden + "/anchor"));
  return disk;
}

std::string GoldenWords(const std::string& store) {
  return BytesOf(std::string(TRELLIS_GOLDEN_FOLDER) + "/store-1/" + store + ".txt");
}

void OpenAs(const KindRegistry& kinds, DiskStore* store) {
  store->options().district_key.fill(9);
  store->options().kinds = &kinds;
  ASSERT_EQ(store->Open(), absl::OkStatus());
}

// What would survive a loss of power after each call that changes the disk while the store opens.
std::vector<DiskTree> MomentsOfOpening(const std::shared_ptr<HostileDisk>& disk, const KindRegistry& kinds,
                                       Survival survival) {
  std::vector<DiskTree> moments;
  SeededRandom random(11);
  disk->SetAfterCall([&](const DiskTree& tree, std::string_view, const std::string&) {
    moments.push_back(tree.AfterPowerLoss(survival, &random));
  });
  DiskStore store(disk, 5);
  OpenAs(kinds, &store);
  store.Close();
  disk->SetAfterCall(nullptr);
  return moments;
}

void ExpectWhole(const DiskTree& survivors, const KindRegistry& kinds, const std::string& words) {
  DiskStore store(DiskFrom(survivors), 77);
  OpenAs(kinds, &store);
  ASSERT_FALSE(testing::Test::HasFatalFailure());
  EXPECT_FALSE(store.folder().in_rescue());
  EXPECT_EQ(store.folder().Verify(), absl::OkStatus());
  if (!words.empty()) EXPECT_EQ(*DescribeStore(*store.folder().replica()), words);
}

class MigrationTest : public testing::TestWithParam<Survival> {};

TEST_P(MigrationTest, PowerLossAfterAnyCall_BringsUpTheStoreAllTheSame) {
  for (const std::string golden : {"site", "server"}) {
    SCOPED_TRACE(golden);
    const std::string words = GoldenWords(golden);
    const std::vector<DiskTree> moments =
        MomentsOfOpening(GoldenDisk(golden), KindRegistry::BuiltIn(), GetParam());
    EXPECT_GT(moments.size(), 20u);
    for (const DiskTree& moment : moments) {
      ExpectWhole(moment, KindRegistry::BuiltIn(), words);
      if (HasFailure()) return;
    }
  }
}

// The release after the crash is the one that was indexing, or the one before it, put back.
TEST_P(MigrationTest, PowerLossWhileAnotherReleaseIndexes_LeavesIndexesRightForBoth) {
  const auto disk = GoldenDisk("site");
  {
    DiskStore store(disk, 5);
    OpenAs(KindRegistry::BuiltIn(), &store);
  }
  const std::vector<DiskTree> moments = MomentsOfOpening(disk, NewerRelease().kinds(), GetParam());
  EXPECT_GT(moments.size(), 10u);
  for (const DiskTree& moment : moments) {
    ExpectWhole(moment, NewerRelease().kinds(), "");
    ExpectWhole(moment, KindRegistry::BuiltIn(), GoldenWords("site"));
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Survivals, MigrationTest,
                         testing::Values(Survival::kNothing, Survival::kTorn, Survival::kEverything),
                         [](const auto& info) {
                           return info.param == Survival::kNothing ? "Nothing"
                                  : info.param == Survival::kTorn  ? "Torn"
                                                                   : "Everything";
                         });

// ---- the ladder ----

constexpr char kFact[] = "fact of the store";

// Steps for a format after this one: a fact is written otherwise, in two batches.
absl::Status RewriteFact(Engine* engine) {
  const auto fact = engine->Snapshot()->Get(MetaKey(kFact));
  if (!fact.ok()) return fact.status();
  const std::string old = fact->value_or("");
  if (old.starts_with("new ")) return absl::OkStatus();  // it has been here before
  WriteBatch first;
  first.Put(MetaKey("copy"), old);
  if (absl::Status copied = engine->Commit(first, Durability::kBuffered); !copied.ok()) return copied;
  WriteBatch second;
  second.Put(MetaKey(kFact), "new " + old);
  second.Delete(MetaKey("copy"));
  return engine->Commit(second, Durability::kBuffered);
}

std::vector<MigrationStep> NextLadder() {
  std::vector<MigrationStep> steps(MigrationSteps().begin(), MigrationSteps().end());
  steps.push_back({kStoreFormat, &RewriteFact});
  return steps;
}

TEST(MigrationLadder, KilledAnywhereInAStep_IsRefusedByTheOlderProgramAndGoesOnInTheNewer) {
  const auto disk = GoldenDisk("site");
  DiskStore store(disk, 5);
  OpenAs(KindRegistry::BuiltIn(), &store);
  ASSERT_EQ(store->PutMeta(kFact, "old"), absl::OkStatus());
  const RocksDbOptions options = store.options().engine;
  store.Close();
  std::vector<DiskTree> moments;
  SeededRandom random(11);
  disk->SetAfterCall([&](const DiskTree& tree, std::string_view, const std::string&) {
    moments.push_back(tree.AfterPowerLoss(Survival::kEverything, &random));
  });
  ASSERT_EQ(Migrate(OpenRocksDb("/data/store", options)->get(), NextLadder()), absl::OkStatus());
  disk->SetAfterCall(nullptr);
  int refused = 0;
  for (const DiskTree& moment : moments) {
    const auto survivors = DiskFrom(moment);
    const auto before = survivors->Content();
    DiskStore older(survivors, 6);
    older.options().district_key.fill(9);
    older.options().kinds = &KindRegistry::BuiltIn();
    const absl::Status opened = older.Open();
    if (!opened.ok()) {
      ++refused;
      EXPECT_NE(std::string(opened.message()).find("newer program"), std::string::npos) << opened;
      EXPECT_EQ(survivors->Content(), before);
    } else {
      EXPECT_EQ(older->GetMeta(kFact)->value_or(""), "old");
    }
    older.Close();
    RocksDbOptions again = options;
    again.disk = Disk(survivors);
    const auto engine = OpenRocksDb("/data/store", again);
    ASSERT_EQ(Migrate(engine->get(), NextLadder()), absl::OkStatus());
    EXPECT_EQ((*engine)->Snapshot()->Get(MetaKey(kFact))->value_or(""), "new old");
    EXPECT_EQ(*FormatOf(*(*engine)->Snapshot()), kStoreFormat + 1);
    EXPECT_FALSE((*engine)->Snapshot()->Get(MigratingKey())->has_value());
  }
  EXPECT_GT(refused, 0);
  EXPECT_LT(refused, static_cast<int>(moments.size()));
}

TEST(MigrationLadder, StoreOlderThanTheFirstStep_IsRefusedWithTheWayOut) {
  const auto disk = GoldenDisk("site");
  DiskStore store(disk, 5);
  const auto engine = OpenRocksDb("/data/store", store.options().engine);
  const std::vector<MigrationStep> steps = {{5, &RewriteFact}};
  const absl::Status refused = Migrate(engine->get(), steps);
  EXPECT_TRUE(absl::IsFailedPrecondition(refused));
  EXPECT_NE(std::string(refused.message()).find("release in between"), std::string::npos) << refused;
}

TEST(MigrationLadder, FormatRowLostToDamage_StartsFromTheFirstStep) {
  const auto disk = GoldenDisk("site");
  DiskStore store(disk, 5);
  {
    const auto engine = OpenRocksDb("/data/store", store.options().engine);
    WriteBatch batch;
    batch.Delete(StoreFormatKey());
    ASSERT_EQ((*engine)->Commit(batch, Durability::kSynced), absl::OkStatus());
  }
  OpenAs(KindRegistry::BuiltIn(), &store);
  EXPECT_EQ(*DescribeStore(*store.folder().replica()), GoldenWords("site"));
  EXPECT_EQ(store.folder().Verify(), absl::OkStatus());
}

}  // namespace
}  // namespace trellis
