// Power fails after every call of a session that changed the disk, one after the other; each time a store is
// opened from what survived, three times over: nothing that was not synced, all of it, and something torn in
// between.
#include <gtest/gtest.h>

#include <mutex>
#include <string>
#include <vector>

#include "tests/disk/disk_fixture.h"

namespace trellis {
namespace {

constexpr int kRecordsInGroup = 3;

// A moment at which the power may fail.
struct Moment {
  std::string call;
  int acknowledged;  // groups
  int begun;
  DiskTree survivors;
};

// Runs a session on a disk and keeps what would survive after each of its calls.
class Recorder {
 public:
  Recorder(HostileDisk* disk, Survival survival, uint64_t seed) : disk_(disk), random_(seed) {
    disk_->SetAfterCall(
        [this, survival](const DiskTree& tree, std::string_view call, const std::string& path) {
          moments_.push_back({std::string(call) + " " + path, acknowledged_, begun_,
                              tree.AfterPowerLoss(survival, &random_)});
        });
  }
  ~Recorder() { disk_->SetAfterCall(nullptr); }
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  void Write(DiskStore* store, const std::string& text) {
    const int group = ++begun_;
    // Every third group changes what the one before it wrote, so that old values have to go.
    const int first = (group % 3 == 0 ? group - 1 : group) * kRecordsInGroup;
    ASSERT_TRUE(store->WriteGroup(first, kRecordsInGroup, text + std::to_string(group)).ok());
    ++acknowledged_;
  }
  const std::vector<Moment>& moments() const { return moments_; }

 private:
  HostileDisk* disk_;
  SeededRandom random_;
  std::atomic<int> acknowledged_{0};
  std::atomic<int> begun_{0};
  std::vector<Moment> moments_;
};

// Texts the records of a group would show after `groups` groups; empty: none.
std::string Expected(int group, int groups, const std::string& text) {
  if (group % 3 == 0 || group > groups) return "";
  const bool changed = (group + 1) % 3 == 0 && group + 1 <= groups;
  return text + std::to_string(changed ? group + 1 : group);
}

// Whether the store shows exactly the first `groups` groups.
bool Shows(const DiskStore& store, int groups, int last, const std::string& text) {
  for (int group = 1; group <= last; ++group) {
    if (group % 3 == 0) continue;
    for (int n = group * kRecordsInGroup; n < (group + 1) * kRecordsInGroup; ++n) {
      const auto shown = store.Text(n);
      if (!shown.ok() || shown->value_or("") != Expected(group, groups, text)) return false;
    }
  }
  return true;
}

void ExpectSurvived(const Moment& moment, int last, const std::string& text) {
  SCOPED_TRACE("power lost after " + moment.call);
  DiskStore store(DiskFrom(moment.survivors), 77);
  const absl::Status opened = store.Open();
  ASSERT_TRUE(opened.ok()) << opened;
  EXPECT_FALSE(store.folder().in_rescue())
      << "nothing acknowledged is missing, " << store.folder().changes_lost();
  // A group that was being written may be there or not, but not in part.
  bool shown = false;
  for (int groups = moment.acknowledged; groups <= moment.begun && !shown; ++groups) {
    shown = Shows(store, groups, last, text);
  }
  EXPECT_TRUE(shown) << moment.acknowledged << " groups acknowledged, " << moment.begun << " begun";
  EXPECT_EQ(DerivedProblem(*store.folder().replica()), "");
}

class CrashTest : public testing::TestWithParam<Survival> {};

TEST_P(CrashTest, PowerLossAfterAnyCall_LosesNothingAcknowledged) {
  const auto disk = NewDisk();
  const std::string text(1500, 'x');  // several memtables' worth: flushes and a compaction happen
  Recorder recorder(disk.get(), GetParam(), 1);
  DiskStore store(disk, 5);
  store.options().engine.write_buffer_bytes = 16 << 10;
  for (int session = 0; session < 3; ++session) {
    ASSERT_EQ(store.Open(), absl::OkStatus());
    for (int i = 0; i < 12; ++i) recorder.Write(&store, text);
    if (session == 1) {
      ASSERT_TRUE(store.folder().Checkpoint("/data/backup").ok());
    }
    store.Close();
  }
  const std::vector<Moment> moments = recorder.moments();
  EXPECT_GT(moments.size(), 250u);
  for (const Moment& moment : moments) {
    ExpectSurvived(moment, 36, text);
    if (HasFailure()) break;
  }
  RecordProperty("moments", static_cast<int>(moments.size()));
}

// The second crash comes while the store recovers from the first.
TEST_P(CrashTest, PowerLossDuringRecovery_LosesNothingAcknowledged) {
  const auto disk = NewDisk();
  DiskStore store(disk, 5);
  ASSERT_EQ(store.Open(), absl::OkStatus());
  Recorder recorder(disk.get(), GetParam(), 2);
  for (int i = 0; i < 3; ++i) recorder.Write(&store, "short");
  SeededRandom random(3);
  const auto again = DiskFrom(disk->PowerLoss(GetParam(), &random));
  Recorder second(again.get(), GetParam(), 4);
  DiskStore reopened(again, 6);
  ASSERT_TRUE(reopened.Open().ok());
  reopened.Close();
  ASSERT_GT(second.moments().size(), 10u);
  for (Moment moment : second.moments()) {
    moment.acknowledged = moment.begun = 3;
    ExpectSurvived(moment, 3, "short");
    if (HasFailure()) break;
  }
}

INSTANTIATE_TEST_SUITE_P(Survivals, CrashTest,
                         testing::Values(Survival::kNothing, Survival::kTorn, Survival::kEverything),
                         [](const auto& info) {
                           return info.param == Survival::kNothing ? "Nothing"
                                  : info.param == Survival::kTorn  ? "Torn"
                                                                   : "Everything";
                         });

}  // namespace
}  // namespace trellis
