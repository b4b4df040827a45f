// A peer that says anything at any time: the session ends or goes on, and never breaks.
#include "common/time/random.h"
#include "gtest/gtest.h"
#include "tests/unit/session/fake_store.h"

namespace trellis {
namespace {

class HostilePeer {
 public:
  explicit HostilePeer(uint64_t seed) : random_(seed) {}

  SyncMessage Next() {
    switch (random_.Below(10)) {
      case 0:
        return Hello{Small(), Small(), "", "", Small(), 0, Small(), {}, Openings()};
      case 1:
        return Welcome{Small(), "", "", Small(), 0, Small(), Small(), 0, 0, {}, Openings()};
      case 2:
      case 3: {
        Frame frame{Scope(), Lane(), Epoch(), Small(), Small(), random_.Chance(0.5)};
        frame.items = Small();
        frame.number = ++frames_;
        frame.body = random_.Chance(0.5) ? "1 3 1 7\n" : "";
        return frame;
      }
      case 4:
        return Ack{Small(), Scope(), Lane(), Epoch(), Small(), Ids(), {}, 0, Small() % 2};
      case 5: {
        AtHead head{Scope(), Epoch(), Small()};
        head.complete = random_.Chance(0.5);
        head.your_cursor = Small();
        head.set_aside = Ids();
        return head;
      }
      case 6:
        return Narrow{Scope(), {{Small(), Small(), {Small(), Small()}}}};
      case 7:
        return Versions{Scope(), Small(), {{IdOf(1), {Small(), 0}}}, random_.Chance(0.5)};
      case 8:
        return random_.Chance(0.5) ? SyncMessage(Repair{Scope(), "1 3 1 7\n", Small()})
                                   : SyncMessage(RepairAck{Small(), Scope()});
      default:
        return random_.Chance(0.1) ? SyncMessage(Bye{"enough"}) : SyncMessage(RepairAck{Small(), Scope()});
    }
  }

 private:
  uint32_t Small() { return static_cast<uint32_t>(random_.Below(4)); }
  uint8_t Lane() { return static_cast<uint8_t>(random_.Below(7)); }
  trellis::Epoch Epoch() { return 1 + random_.Below(3); }
  std::string Scope() { return random_.Chance(0.8) ? "F1" : "F10"; }
  std::vector<RecordId> Ids() {
    std::vector<RecordId> ids;
    for (uint64_t i = random_.Below(3); i > 0; --i) ids.push_back(IdOf(static_cast<uint8_t>(i)));
    return ids;
  }
  std::vector<ScopeOpening> Openings() {
    std::vector<ScopeOpening> openings;
    for (uint64_t i = random_.Below(3); i > 0; --i) {
      openings.push_back(
          {Scope(), {{Epoch(), Small()}}, Small(), {{Epoch(), Lane(), Small(), Small()}}, {}, false});
    }
    return openings;
  }

  SeededRandom random_;
  uint64_t frames_ = 0;
};

TEST(HostilePeer, NeverBreaksTheServersEnd) {
  int lived = 0;
  for (uint64_t seed = 0; seed < 3000; ++seed) {
    FakeStore site(1), server(2);
    site.Write(1, 1);
    server.Write(2, 2);
    Ends ends(&site, &server);
    if (seed % 3 != 0) ends.Settle();
    HostilePeer peer(seed);
    for (int i = 0; i < 30 && !server.closed.has_value(); ++i) {
      ends.StepServer(session::Received{peer.Next()});
      ++lived;
    }
    EXPECT_TRUE(server.records.contains(IdOf(2)));
  }
  EXPECT_GT(lived, 3000);
}

TEST(HostilePeer, NeverBreaksTheSitesEnd) {
  for (uint64_t seed = 0; seed < 3000; ++seed) {
    FakeStore site(1), server(2);
    site.Write(1, 1);
    server.Write(2, 2);
    Ends ends(&site, &server);
    seed % 3 != 0 ? ends.Settle() : ends.StepSite(session::Started{});
    HostilePeer peer(seed);
    for (int i = 0; i < 30 && !site.closed.has_value(); ++i) {
      ends.StepSite(session::Received{peer.Next()});
    }
    EXPECT_TRUE(site.records.contains(IdOf(1)));
  }
}

}  // namespace
}  // namespace trellis
