#include "server/admission/admission_queue.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <queue>
#include <vector>

#include "common/time/random.h"

namespace trellis {
namespace {

TEST(AdmissionQueueTest, FreePlaces_AreGivenAtOnce) {
  AdmissionQueue queue(2);
  EXPECT_EQ(queue.Ask("a", "a#1", 0), 0u);
  EXPECT_EQ(queue.Ask("b", "b#2", 0), 0u);
  EXPECT_GE(queue.Ask("c", "c#3", 0), static_cast<uint32_t>(AdmissionQueue::kLeastWaitMs));
  queue.Leave("a#1", 10);
  EXPECT_EQ(queue.Ask("c", "c#4", 1'000), 0u);
  EXPECT_EQ(queue.waiting(), 0u);
}

TEST(AdmissionQueueTest, Newcomer_DoesNotOvertakeWhoWaits) {
  AdmissionQueue queue(1);
  ASSERT_EQ(queue.Ask("a", "a#1", 0), 0u);
  ASSERT_NE(queue.Ask("b", "b#2", 0), 0u);
  queue.Leave("a#1", 10);
  EXPECT_NE(queue.Ask("c", "c#3", 20), 0u);
  EXPECT_EQ(queue.Ask("b", "b#4", 1'000), 0u);
}

TEST(AdmissionQueueTest, WhoDoesNotComeBack_LosesTheTurn) {
  AdmissionQueue queue(1);
  ASSERT_EQ(queue.Ask("a", "a#1", 0), 0u);
  ASSERT_NE(queue.Ask("gone", "gone#2", 0), 0u);
  queue.Leave("a#1", 10);
  EXPECT_EQ(queue.Ask("c", "c#3", AdmissionQueue::kMostWaitMs + AdmissionQueue::kGraceMs), 0u);
}

TEST(AdmissionQueueTest, SlowLine_HoldsAPlaceForAMinuteOnly) {
  AdmissionQueue queue(1);
  ASSERT_EQ(queue.Ask("slow", "slow#1", 0), 0u);
  EXPECT_NE(queue.Ask("b", "b#2", AdmissionQueue::kPlaceMs - 1), 0u);
  EXPECT_EQ(queue.Ask("b", "b#3", AdmissionQueue::kPlaceMs), 0u);
}

TEST(AdmissionQueueTest, Waiting_IsBounded) {
  AdmissionQueue queue(1);
  ASSERT_EQ(queue.Ask("first", "first#0", 0), 0u);
  for (size_t i = 0; i < AdmissionQueue::kMostWaiting + 10; ++i) {
    ASSERT_NE(queue.Ask(fmt::format("site-{}", i), "x", 0), 0u);
  }
  EXPECT_EQ(queue.waiting(), AdmissionQueue::kMostWaiting);
}

// Sites that come back at 8:00 and go by what they are told, with a jitter as the agent's, in played time.
struct Herd {
  static constexpr int64_t kCatchUpMs = 2'000;
  int sites;
  AdmissionQueue queue{64};
  SeededRandom random{11};
  std::map<int, int64_t> admitted_ms = {};
  size_t most_inside = 0;
  int asked = 0;

  int64_t JitterMs(uint32_t wait_ms) {
    return static_cast<int64_t>(random.Next() % std::max<uint32_t>(500, wait_ms / 2)) + 1;
  }
  void Play() {
    struct Event {
      int64_t at_ms;
      int site;
      bool leaves;
      bool operator>(const Event& other) const { return at_ms > other.at_ms; }
    };
    std::priority_queue<Event, std::vector<Event>, std::greater<>> events;
    for (int site = 0; site < sites; ++site) {
      events.push({static_cast<int64_t>(random.Next() % 5'000), site, false});
    }
    while (!events.empty()) {
      const Event event = events.top();
      events.pop();
      const std::string name = std::to_string(event.site);
      if (event.leaves) {
        queue.Leave(name, event.at_ms);
        continue;
      }
      ++asked;
      const uint32_t wait_ms = queue.Ask(name, name, event.at_ms);
      most_inside = std::max(most_inside, queue.inside());
      if (wait_ms == 0) {
        admitted_ms[event.site] = event.at_ms;
        events.push({event.at_ms + kCatchUpMs, event.site, true});
      } else {
        events.push({event.at_ms + wait_ms + JitterMs(wait_ms), event.site, false});
      }
    }
  }
};

TEST(AdmissionQueueTest, SixThousandSites_AreAdmittedGraduallyAndNoneStarves) {
  Herd herd{.sites = 6'000};
  herd.Play();
  EXPECT_EQ(herd.admitted_ms.size(), 6'000u);
  EXPECT_LE(herd.most_inside, 64u);
  int64_t last_ms = 0;
  for (const auto& [site, at_ms] : herd.admitted_ms) last_ms = std::max(last_ms, at_ms);
  // 6,000 sites, 64 at once, 2 s each: 188 s if every place were taken again at once.
  EXPECT_LT(last_ms, 4 * 188'000);
  EXPECT_LT(herd.asked, 6'000 * 15);
}

}  // namespace
}  // namespace trellis
