#include "common/storage/memory_engine.h"

#include <gtest/gtest.h>

namespace trellis {
namespace {

absl::Status Put(MemoryEngine* engine, const std::string& key, const std::string& value,
                 Durability durability = Durability::kSynced) {
  WriteBatch batch;
  batch.Put(key, value);
  return engine->Commit(batch, durability);
}

std::optional<std::string> Get(const MemoryEngine& engine, const std::string& key) {
  return *engine.Snapshot()->Get(key);
}

TEST(MemoryEngine, Crash_LosesOnlyWhatCameAfterTheLastSync) {
  MemoryEngine engine;
  ASSERT_TRUE(Put(&engine, "a", "1", Durability::kBuffered).ok());
  ASSERT_TRUE(Put(&engine, "b", "1").ok());
  ASSERT_TRUE(Put(&engine, "a", "2", Durability::kBuffered).ok());
  ASSERT_TRUE(Put(&engine, "c", "1", Durability::kBuffered).ok());
  EXPECT_EQ(Get(engine, "c"), "1");
  engine.Crash();
  EXPECT_EQ(Get(engine, "a"), "1");
  EXPECT_EQ(Get(engine, "b"), "1");
  EXPECT_EQ(Get(engine, "c"), std::nullopt);
}

TEST(MemoryEngine, Failure_RefusesUntilReopenedAndIsThereOrNot) {
  for (const bool applied : {false, true}) {
    MemoryEngine engine;
    engine.FailNextCommit(applied);
    EXPECT_TRUE(absl::IsUnavailable(Put(&engine, "a", "1")));
    EXPECT_EQ(Get(engine, "a"), std::nullopt);
    EXPECT_TRUE(absl::IsUnavailable(Put(&engine, "b", "1")));
    engine.Reopen();
    EXPECT_EQ(Get(engine, "a").has_value(), applied);
    EXPECT_TRUE(Put(&engine, "b", "1").ok());
  }
}

TEST(MemoryEngine, Image_IsTheStoreAtThatMoment) {
  MemoryEngine engine;
  ASSERT_TRUE(Put(&engine, "a", "1").ok());
  const MemoryEngine::Image image = engine.TakeImage();
  ASSERT_TRUE(Put(&engine, "a", "2").ok());
  MemoryEngine clone(image);
  ASSERT_TRUE(Put(&clone, "b", "3").ok());
  EXPECT_EQ(Get(engine, "a"), "2");
  EXPECT_EQ(Get(engine, "b"), std::nullopt);
  EXPECT_EQ(Get(clone, "a"), "1");
  EXPECT_EQ(Get(MemoryEngine(image), "b"), std::nullopt);
}

TEST(MemoryEngine, CheckRoom_SaysFull) {
  MemoryEngine engine;
  engine.SetFull(true);
  EXPECT_TRUE(absl::IsResourceExhausted(engine.CheckRoom(Room::kWork)));
  engine.SetFull(false);
  EXPECT_TRUE(engine.CheckRoom(Room::kWork).ok());
}

}  // namespace
}  // namespace trellis
