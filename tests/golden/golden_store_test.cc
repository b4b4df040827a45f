// Stores of every format ever released open, hold what they held, and go on working.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/tables/store_tables.h"
#include "tests/golden/stores/golden_stores.h"

namespace trellis {
namespace {

std::string FolderOf(uint64_t format) { return fmt::format("{}/store-{}", TRELLIS_GOLDEN_FOLDER, format); }

std::string ReadText(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class GoldenStore : public testing::TestWithParam<std::tuple<uint64_t, std::string>> {
 protected:
  void SetUp() override {
    const auto& [format, store] = GetParam();
    folder_ = fmt::format("{}golden-{}-{}-{}", testing::TempDir(), format, store, getpid());
    std::filesystem::remove_all(folder_);
    std::filesystem::copy(FolderOf(format) + "/" + store, folder_, std::filesystem::copy_options::recursive);
    expected_ = ReadText(fmt::format("{}/{}.txt", FolderOf(format), store));
    ASSERT_FALSE(expected_.empty());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<StoreFolder> Open() {
    auto opened = StoreFolder::Open(GoldenOptions(folder_, &machine_));
    EXPECT_TRUE(opened.ok()) << opened.status();
    return opened.ok() ? *std::move(opened) : nullptr;
  }

  std::string folder_;
  std::string expected_;
  GoldenMachine machine_;
};

TEST_P(GoldenStore, HoldsWhatItHeldAndGoesOn) {
  for (int opening = 0; opening < 2; ++opening) {
    const std::unique_ptr<StoreFolder> store = Open();
    ASSERT_NE(store, nullptr);
    EXPECT_FALSE(store->in_rescue());
    const absl::StatusOr<std::string> words = DescribeStore(*store->replica());
    ASSERT_TRUE(words.ok()) << words.status();
    EXPECT_EQ(*words, expected_);
    EXPECT_EQ(store->Verify(), absl::OkStatus());
  }
  const std::unique_ptr<StoreFolder> store = Open();
  WriteRequest request{"lead", "", {}};
  RecordWrite write{RecordWrite::Type::kCreate, "F1", "trellis.domain.v1.Goal"};
  write.cells.push_back({{2, ""}, std::string("\x12\x03") + "new", false});
  request.records.push_back(write);
  EXPECT_TRUE(store->replica()->Write(request).ok());
  EXPECT_EQ(store->Verify(), absl::OkStatus());
}

std::vector<uint64_t> Formats() {
  std::vector<uint64_t> formats;
  for (uint64_t format = 1; format <= kStoreFormat; ++format) formats.push_back(format);
  return formats;
}

INSTANTIATE_TEST_SUITE_P(Formats, GoldenStore,
                         testing::Combine(testing::ValuesIn(Formats()),
                                          testing::Values(std::string("site"), std::string("server"))),
                         [](const auto& info) {
                           return fmt::format("{}{}", std::get<1>(info.param), std::get<0>(info.param));
                         });

TEST(GoldenStores, EveryFormatHasItsOwn) {
  for (const uint64_t format : Formats()) {
    EXPECT_TRUE(std::filesystem::exists(FolderOf(format) + "/site.txt"))
        << "the store format was raised: write its golden stores with trellis-write-golden "
           "tests/data/golden/store-"
        << format;
  }
}

}  // namespace
}  // namespace trellis
