// Random histories of a hub and its sites: writes, frames cut at any point, lost acks, stores restored by
// copying files, clones alive, crashes. At the end everybody syncs, and then: all states are equal, and the
// live values of every cell are the maximal surviving writes of it.
#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "tests/unit/replica/replica_fixture.h"

namespace trellis {
namespace {

constexpr uint64_t kHistories = 150;
constexpr int kSteps = 100;
constexpr size_t kMaxStores = 7;
constexpr uint8_t kRecords = 5;
constexpr uint32_t kFields = 3;

// What a write is and which writes of the same field its author had seen.
struct Event {
  uint8_t record;
  uint32_t field;
  std::set<int> seen;
};
using Ghosts = std::map<uint8_t, std::set<int>>;  // record -> writes whose effect a store has

struct Site {
  std::unique_ptr<TestStore> store;
  Ghosts ghosts;
};
struct SavedImage {
  size_t site;
  MemoryEngine::Image image;
  Ghosts ghosts;
};

class History {
 public:
  explicit History(uint64_t seed) : random_(seed), seed_(seed) {
    for (int i = 0; i < 4; ++i) AddSite();
  }

  void Run() {
    for (int step = 0; step < kSteps && !testing::Test::HasFatalFailure(); ++step) Step();
    Ghosts surviving;
    for (const Site& site : sites_) {
      for (const auto& [record, events] : site.ghosts) surviving[record].insert(events.begin(), events.end());
    }
    for (int round = 0; round < 5; ++round) {
      for (size_t i = 1; i < sites_.size(); ++i) {
        Transfer(&sites_[i], &sites_[0], 1'000'000, false);
        Transfer(&sites_[0], &sites_[i], 1'000'000, false);
      }
    }
    CheckConverged(surviving);
  }

 private:
  void AddSite() {
    const size_t n = sites_.size();
    sites_.push_back({std::make_unique<TestStore>(seed_ * 1000 + n, "s" + std::to_string(n)), {}});
  }

  void Step() {
    const double a = random_.Unit();
    const size_t i = random_.Below(sites_.size());
    sites_[i].store->clock().Advance(static_cast<int64_t>(random_.Below(50)));
    if (a < 0.5) {
      Write(&sites_[i]);
    } else if (a < 0.85) {
      const size_t j = 1 + random_.Below(sites_.size() - 1);
      const bool down = random_.Chance(0.5);
      Transfer(&sites_[down ? 0 : j], &sites_[down ? j : 0], 1 + random_.Below(6), true);
    } else if (a < 0.90) {
      images_.push_back({i, sites_[i].store->engine().TakeImage(), sites_[i].ghosts});
    } else if (a < 0.94 && !images_.empty()) {
      const SavedImage& image = images_[random_.Below(images_.size())];
      sites_[image.site].store->Restore(image.image);
      sites_[image.site].ghosts = image.ghosts;
    } else if (a < 0.96 && !images_.empty()) {
      const SavedImage& image = images_[random_.Below(images_.size())];
      if (image.site == 0 || sites_.size() >= kMaxStores) return;
      AddSite();
      sites_.back().store->Restore(image.image);
      sites_.back().ghosts = image.ghosts;
    } else if (a < 0.98) {
      random_.Chance(0.5) ? sites_[i].store->Open() : sites_[i].store->Crash();
    }
  }

  void Write(Site* site) {
    const auto record = static_cast<uint8_t>(random_.Below(kRecords));
    const uint32_t field = 1 + static_cast<uint32_t>(random_.Below(kFields));
    const auto existing = *(*site->store)->Get(kScope, IdOf(record));
    RecordWrite write;
    write.kind = kKind;
    write.id = IdOf(record);
    write.lane = random_.Chance(0.5) ? Lane::kResponses : Lane::kDefinitions;
    if (existing.has_value()) {
      write.type = RecordWrite::Type::kUpdate;
      write.if_version = existing->version;
    }
    for (uint32_t f = field; f <= kFields && (f == field || random_.Chance(0.2)); ++f) {
      const int uid = next_uid_++;
      Event event{record, f, {}};
      for (const int seen : site->ghosts[record]) {
        if (events_[seen].field == f) event.seen.insert(seen);
      }
      events_[uid] = event;
      write.cells.push_back({{f, ""}, TextField(f, std::to_string(uid))});
      site->ghosts[record].insert(uid);
    }
    const auto outcome = site->store->Write(write);
    ASSERT_TRUE(outcome.ok()) << outcome.status();
  }

  // Sends up to `frames` frames, lanes in any order; with `cuts` the link may fail before or after a commit.
  void Transfer(Site* sender, Site* receiver, uint64_t frames, bool cuts) {
    const TestStore& from = *sender->store;
    TestStore& to = *receiver->store;
    const ScopeHead head = *from->BeginScope(kScope);
    const Lineage lineage = to->BeginScope(kScope)->lineage;
    std::vector<int> lanes = {0, 1, 2, 3, 4};
    for (size_t i = lanes.size() - 1; i > 0; --i) std::swap(lanes[i], lanes[random_.Below(i + 1)]);
    for (const int lane : lanes) {
      FrameRequest request;
      request.scope = kScope;
      request.lane = static_cast<Lane>(lane);
      request.peer_lineage = lineage;
      request.after = ResumeAt(head, *to->Cursors(from.name(), kScope), request.lane);
      ApplyOptions options;
      options.peer = from.name();
      options.cursor_floor = request.after;
      for (bool end = false; !end;) {
        if (frames-- == 0) return;
        request.max_items = 1 + random_.Below(3);
        const auto frame = from->BuildFrame(request);
        ASSERT_TRUE(frame.ok()) << frame.status();
        if (cuts && random_.Chance(0.1)) return;
        const auto outcome = to->ApplyFrame(*frame, options);
        ASSERT_TRUE(outcome.ok()) << outcome.status();
        ASSERT_TRUE(outcome->set_aside.empty()) << outcome->set_aside.front().reason;
        request.whole = outcome->nacks;
        if (!outcome->nacks.empty()) {
          ++frames;
          ++nacks_;
          continue;
        }
        for (const Delta& item : frame->items) {
          const uint8_t record = item.id.bytes[15];
          deltas_ += item.whole ? 0 : 1;
          receiver->ghosts[record].insert(sender->ghosts[record].begin(), sender->ghosts[record].end());
        }
        ASSERT_EQ(outcome->cursor, frame->hi);
        request.after = frame->hi;
        end = frame->lane_end;
        if (cuts && random_.Chance(0.1)) return;
      }
    }
  }

  void CheckConverged(const Ghosts& surviving) {
    const ScopeHead reference = *(*sites_[0].store)->Head(kScope);
    for (const Site& site : sites_) {
      const ScopeHead head = *(*site.store)->Head(kScope);
      ASSERT_EQ(head.records, reference.records);
      ASSERT_EQ(head.digest, reference.digest);
      ExpectDerivedEqualsRecords(*site.store);
    }
    for (const auto& [record, events] : surviving) {
      for (uint32_t field = 1; field <= kFields; ++field) {
        std::set<std::string> expected;
        for (const int event : events) {
          if (events_[event].field != field) continue;
          const bool superseded = std::any_of(events.begin(), events.end(), [&](int other) {
            return other != event && events_[other].seen.contains(event);
          });
          if (!superseded) expected.insert(std::to_string(event));
        }
        const auto values = sites_[0].store->Values(IdOf(record), field);
        ASSERT_EQ(std::set<std::string>(values.begin(), values.end()), expected)
            << "record " << int{record} << " field " << field;
      }
    }
  }

  SeededRandom random_;
  const uint64_t seed_;
  std::deque<Site> sites_;
  std::vector<SavedImage> images_;
  std::map<int, Event> events_;
  int next_uid_ = 1;

 public:
  int nacks_ = 0;
  int deltas_ = 0;
};

TEST(ReplicaModel, RandomHistories_ConvergeOnTheMaximalSurvivingWrites) {
  int nacks = 0;
  int deltas = 0;
  for (uint64_t seed = 1; seed <= kHistories; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    History history(seed);
    history.Run();
    if (testing::Test::HasFailure()) return;
    nacks += history.nacks_;
    deltas += history.deltas_;
  }
  // The histories must have met what they are there for.
  EXPECT_GT(nacks, 0);
  EXPECT_GT(deltas, 0);
}

}  // namespace
}  // namespace trellis
