// A store of some twenty records whose files are hurt, each bit and each file in turn. Whatever is done to
// them: all records are there, or the store is in rescue, or it refuses with a message that names the place.
// Never fewer records in silence, never another value.
//
// By default each bit of every few bytes is flipped, so that it fits continuous integration (each program run
// begins at another byte: the sum over runs is everything). TRELLIS_DISK_EVERY_BIT=1 flips them all.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "tests/disk/disk_fixture.h"

namespace trellis {
namespace {

constexpr int kRecords = 20;

std::string TextOf(int n) { return fmt::format("what record {} says", n); }

// A closed store of kRecords records. `flushed`: in a table, with a short log after it.
std::shared_ptr<HostileDisk> MakeStore(bool flushed) {
  const auto disk = NewDisk();
  DiskStore store(disk, 5);
  for (int n = 0; n < kRecords; ++n) {
    // Opening puts what the log holds into a table.
    if (n == 0 || (flushed && n % 9 == 0)) {
      EXPECT_EQ(store.Open(), absl::OkStatus());
    }
    EXPECT_EQ(store.WriteGroup(n, 1, TextOf(n)), absl::OkStatus());
  }
  return disk;
}

// A disk of its own with the same content, one file changed.
std::shared_ptr<HostileDisk> Copy(const HostileDisk& disk) {
  return DiskFrom(disk.PowerLoss(Survival::kEverything, nullptr));
}

struct Verdict {
  bool refused = false;
  bool rescue = false;
  int there = 0;
};

// Opens the store and reads everything; what is wrong with how it answered, or an empty string.
std::string Judge(const std::shared_ptr<HostileDisk>& disk, Verdict* verdict) {
  DiskStore store(disk, 99);
  const absl::Status opened = store.Open();
  *verdict = Verdict();
  verdict->refused = !opened.ok();
  if (!opened.ok()) {
    const std::string message(opened.message());
    if (message.find("/data/") == std::string::npos) return "refused without naming the place: " + message;
    return "";
  }
  for (int n = 0; n < kRecords; ++n) {
    absl::StatusOr<std::optional<std::string>> text = store.Text(n);
    // Damage met in reading: told once, and the store is made readable around it.
    if (absl::IsDataLoss(text.status())) text = store.Text(n);
    if (!text.ok()) return fmt::format("record {} cannot be read: {}", n, text.status().ToString());
    if (text->has_value() && **text != TextOf(n)) return fmt::format("record {} says {}", n, **text);
    verdict->there += text->has_value() ? 1 : 0;
  }
  verdict->rescue = store.folder().in_rescue();
  if (verdict->there < kRecords && !verdict->rescue) {
    return fmt::format("{} of {} records, and not a word", verdict->there, kRecords);
  }
  if (verdict->there < kRecords && store.folder().changes_lost() == 0) return "a rescue that tells no loss";
  if (verdict->there < kRecords && store.folder().changes_lost() > kRecords + 10) {
    return fmt::format("a rescue that tells of {} losses", store.folder().changes_lost());
  }
  return DerivedProblem(*store.folder().replica());
}

struct Tally {
  int opened = 0;
  int whole = 0;
  int rescued = 0;
  int refused = 0;
  void Add(const Verdict& verdict) {
    ++opened;
    whole += !verdict.refused && !verdict.rescue;
    rescued += verdict.rescue;
    refused += verdict.refused;
  }
};

bool IsPartOfTheStore(const std::string& path) { return path.find("/LOCK") == std::string::npos; }

int Stride() {
  const char* every = getenv("TRELLIS_DISK_EVERY_BIT");
  return every != nullptr && every[0] == '1' ? 1 : 64;
}

// Another at each run, told so that a failure can be had again.
int FirstByte(int stride) {
  const char* given = getenv("TRELLIS_DISK_FIRST_BYTE");
  const auto now = std::chrono::system_clock::now().time_since_epoch().count() / 1000;
  const int first = given != nullptr ? atoi(given) : static_cast<int>(now % stride);
  fmt::print("every {}th byte from byte {} (TRELLIS_DISK_FIRST_BYTE)\n", stride, first);
  return first;
}

class DamageTest : public testing::TestWithParam<bool> {
 protected:
  // Tries the store with `file` holding `bytes`.
  void Try(const std::string& file, const std::string& bytes, const std::string& what) {
    const auto hurt = Copy(*disk_);
    hurt->Put(file, bytes);
    Verdict verdict;
    const std::string problem = Judge(hurt, &verdict);
    EXPECT_EQ(problem, "") << what << " of " << file;
    tally_.Add(verdict);
  }

  const std::shared_ptr<HostileDisk> disk_ = MakeStore(GetParam());
  Tally tally_;
};

TEST_P(DamageTest, AnyBitFlipped_IsNeverASilentLoss) {
  const int stride = Stride();
  const int first = FirstByte(stride);
  for (const auto& [file, bytes] : disk_->Content()) {
    if (!IsPartOfTheStore(file)) continue;
    for (size_t at = static_cast<size_t>(first); at < bytes.size(); at += static_cast<size_t>(stride)) {
      for (int bit = 0; bit < 8; ++bit) {
        std::string flipped = bytes;
        flipped[at] = static_cast<char>(flipped[at] ^ 1 << bit);
        Try(file, flipped, fmt::format("bit {} of byte {}", bit, at));
        ASSERT_FALSE(HasFailure());
      }
    }
  }
  fmt::print("{} bits flipped: {} whole, {} rescued, {} refused\n", tally_.opened, tally_.whole,
             tally_.rescued, tally_.refused);
}

TEST_P(DamageTest, AnyFileCutZeroedDeletedOrSwapped_IsNeverASilentLoss) {
  const auto content = disk_->Content();
  for (const auto& [file, bytes] : content) {
    if (!IsPartOfTheStore(file) || bytes.empty()) continue;
    for (const size_t size : {size_t{0}, size_t{1}, bytes.size() / 3, bytes.size() / 2, bytes.size() - 1}) {
      Try(file, bytes.substr(0, size), fmt::format("a cut at {}", size));
    }
    Try(file, std::string(bytes.size(), '\0'), "zeroing");
    std::string half = bytes;
    std::fill(half.begin() + static_cast<ptrdiff_t>(half.size() / 2), half.end(), '\0');
    Try(file, half, "zeroing the second half");
    for (const auto& [other, other_bytes] : content) {
      if (other != file && IsPartOfTheStore(other))
        Try(file, other_bytes, "the bytes of " + other + " in place");
    }
    const auto hurt = Copy(*disk_);
    ASSERT_TRUE(Disk(hurt).RemoveFile(file).ok());
    Verdict verdict;
    EXPECT_EQ(Judge(hurt, &verdict), "") << "deletion of " << file;
    tally_.Add(verdict);
  }
  fmt::print("{} files hurt: {} whole, {} rescued, {} refused\n", tally_.opened, tally_.whole, tally_.rescued,
             tally_.refused);
}

// RocksDB takes a wrong length in its list of files for the list's end, and forgets the last table.
TEST_P(DamageTest, ListOfFilesFlippedOrCutAtAnyByte_IsNeverASilentLoss) {
  for (const auto& [file, bytes] : disk_->Content()) {
    if (file.find("/MANIFEST-") == std::string::npos) continue;
    for (size_t at = 0; at < bytes.size(); ++at) {
      std::string flipped = bytes;
      flipped[at] = static_cast<char>(flipped[at] ^ 1 << at % 8);
      Try(file, flipped, fmt::format("bit {} of byte {}", at % 8, at));
      Try(file, bytes.substr(0, at), fmt::format("a cut at {}", at));
    }
  }
  EXPECT_EQ(tally_.refused, 0) << "what the list leaves out is found again";
}

// What was compared with others before the damage was met says nothing of what is there after it.
TEST(DamageWhileOpen, Rescue_IsDatedFromWhenItWasMet) {
  const auto disk = MakeStore(/*flushed=*/true);
  DiskStore store(disk, 99);
  store.options().engine.block_cache_bytes = 1;  // so that it reads what lies there now
  ASSERT_EQ(store.Open(), absl::OkStatus());
  ASSERT_FALSE(store.folder().in_rescue());
  for (const auto& [file, bytes] : disk->Content()) {
    if (!file.ends_with(".sst")) continue;
    for (size_t at = 0; at < bytes.size(); at += 8) disk->Rot(file, at);
  }
  store.clock().Advance(60'000);
  for (int n = 0; n < kRecords; ++n) store.Text(n).status().IgnoreError();
  EXPECT_TRUE(store.folder().in_rescue());
  EXPECT_EQ(store.folder().rescue_since_ms(), store.clock().WallMs());
}

INSTANTIATE_TEST_SUITE_P(Stores, DamageTest, testing::Values(false, true),
                         [](const auto& info) { return info.param ? "Flushed" : "LogOnly"; });

}  // namespace
}  // namespace trellis
