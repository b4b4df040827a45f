#include "common/replica/store_folder.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "common/causal/bytes.h"
#include "common/replica/anchor.h"

namespace trellis {
namespace {

namespace fs = std::filesystem;

class StoreFolderTest : public testing::Test {
 protected:
  void SetUp() override {
    char folder[] = "/tmp/trellis_folder_XXXXXX";
    root_ = mkdtemp(folder);
    options_.folder = root_ + "/data";
    options_.anchor_copy = root_ + "/keys";
    options_.engine.reserve_bytes = 0;
    options_.clock = &clock_;
    options_.random = &random_;
  }
  void TearDown() override { fs::remove_all(root_); }

  static void Create(StoreFolder* store, int count) {
    for (int i = 0; i < count; ++i) {
      WriteRequest request;
      request.actor = "ann";
      RecordWrite write;
      write.scope = "F1";
      write.kind = "test.Thing";
      write.cells.push_back({{1, ""}, "\x0a\x01x"});
      request.records.push_back(write);
      ASSERT_TRUE(store->replica()->Write(request).ok());
    }
  }

  std::string root_;
  StoreFolderOptions options_;
  SystemClock clock_;
  SystemRandom random_;
};

TEST_F(StoreFolderTest, Reopen_FindsEverythingAndIsNoRescue) {
  Create(StoreFolder::Open(options_)->get(), 3);
  const auto store = StoreFolder::Open(options_);
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_EQ((*store)->replica()->Head("F1")->records, 3u);
  EXPECT_FALSE((*store)->in_rescue());
  EXPECT_TRUE((*store)->anchor_status().ok());
}

TEST_F(StoreFolderTest, SecondOpener_IsToldWhoHasIt) {
  const auto first = StoreFolder::Open(options_);
  ASSERT_TRUE(first.ok());
  const auto second = StoreFolder::Open(options_);
  EXPECT_TRUE(absl::IsFailedPrecondition(second.status()));
  EXPECT_NE(std::string(second.status().message()).find(std::to_string(getpid())), std::string::npos);
}

TEST_F(StoreFolderTest, Anchor_IsExactAfterClosing) {
  Create(StoreFolder::Open(options_)->get(), 4);
  for (const std::string& file : {root_ + "/data/anchor", root_ + "/keys/anchor"}) {
    const auto anchor = ReadAnchors(Disk(), {file});
    ASSERT_TRUE(anchor.has_value());
    EXPECT_EQ(anchor->durable, 4u);
  }
}

TEST_F(StoreFolderTest, OlderStoreCopiedBack_IsRescuedAndToldByCount) {
  Create(StoreFolder::Open(options_)->get(), 2);
  fs::copy(root_ + "/data/store", root_ + "/old", fs::copy_options::recursive);
  Create(StoreFolder::Open(options_)->get(), 5);
  fs::remove_all(root_ + "/data/store");
  fs::copy(root_ + "/old", root_ + "/data/store", fs::copy_options::recursive);
  {
    const auto store = StoreFolder::Open(options_);
    ASSERT_TRUE(store.ok()) << store.status();
    EXPECT_TRUE((*store)->in_rescue());
    EXPECT_EQ((*store)->changes_lost(), 5u);
    EXPECT_EQ((*store)->replica()->Head("F1")->records, 2u);
  }
  {
    const auto store = StoreFolder::Open(options_);
    EXPECT_TRUE((*store)->in_rescue()) << "told until it is finished";
    EXPECT_EQ((*store)->changes_lost(), 5u);
    EXPECT_EQ((*store)->changes_reconciled(), 0u);
    ASSERT_TRUE((*store)->FinishRescue().ok());
    EXPECT_FALSE((*store)->in_rescue());
    EXPECT_EQ((*store)->changes_reconciled(), 5u);
  }
  EXPECT_FALSE((*StoreFolder::Open(options_))->in_rescue());
}

TEST_F(StoreFolderTest, DeletedStore_IsNoticedByTheAnchor) {
  Create(StoreFolder::Open(options_)->get(), 3);
  fs::remove_all(root_ + "/data/store");
  fs::remove(root_ + "/data/anchor");  // the copy is enough
  const auto store = StoreFolder::Open(options_);
  ASSERT_TRUE(store.ok());
  EXPECT_TRUE((*store)->in_rescue());
  EXPECT_EQ((*store)->changes_lost(), 3u);
}

TEST_F(StoreFolderTest, DeletedLog_IsNoticedByTheAnchor) {
  Create(StoreFolder::Open(options_)->get(), 3);
  for (const auto& entry : fs::directory_iterator(root_ + "/data/store")) {
    if (entry.path().extension() == ".log") fs::remove(entry.path());
  }
  const auto store = StoreFolder::Open(options_);
  // The engine itself may refuse; what it must never do is open as if nothing were missing.
  EXPECT_TRUE(!store.ok() || (*store)->in_rescue());
}

TEST_F(StoreFolderTest, UnfitFolders_AreRefusedWithTheReason) {
  fs::create_directory(root_ + "/real");
  fs::create_symlink(root_ + "/real", root_ + "/link");
  options_.folder = root_ + "/link";
  EXPECT_TRUE(absl::IsFailedPrecondition(StoreFolder::Open(options_).status()));
  options_.folder = root_ + "/real";
  ASSERT_EQ(chmod(options_.folder.c_str(), 0777), 0);
  EXPECT_TRUE(absl::IsFailedPrecondition(StoreFolder::Open(options_).status()));
  std::ofstream(root_ + "/file") << "x";
  options_.folder = root_ + "/file";
  EXPECT_TRUE(absl::IsFailedPrecondition(StoreFolder::Open(options_).status()));
}

TEST(Anchor, Slot_GoldenTextAndRoundTrip) {
  const AnchorState state{0xabc, 12, {"/000001.log", "/000002.log"}};
  const std::string slot = EncodeAnchorSlot(state);
  EXPECT_EQ(slot.size(), kAnchorSlotBytes);
  EXPECT_TRUE(slot.starts_with(
      "trellis-anchor 1\nepoch 0000000000000abc\ndurable 12\nlog /000001.log\nlog /000002.log\nchecksum "));
  EXPECT_EQ(DecodeAnchorSlot(slot), state);
}

TEST(Anchor, DamagedSlot_IsNoState) {
  const std::string slot = EncodeAnchorSlot({1, 2, {}});
  const size_t used = slot.find("checksum") + 41;
  for (size_t i = 0; i < used; ++i) {
    std::string damaged = slot;
    damaged[i] ^= 1;
    EXPECT_EQ(DecodeAnchorSlot(damaged), std::nullopt) << "byte " << i;
    EXPECT_EQ(DecodeAnchorSlot(slot.substr(0, i)), std::nullopt);
  }
}

TEST(Anchor, ManyLogFiles_TheNewestAreKept) {
  AnchorState state{1, 2, {}};
  for (int i = 0; i < 200; ++i) state.log_files.push_back("/log" + std::to_string(i));
  const auto decoded = DecodeAnchorSlot(EncodeAnchorSlot(state));
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->log_files.back(), "/log199");
  EXPECT_LT(decoded->log_files.size(), 200u);
}

}  // namespace
}  // namespace trellis
