// Many sites coming back at once, over real connections with a certificate each: let in a few at a time, none
// left out, and whoever is in does not notice. The same for 6,000 in played time: AdmissionQueueTest.
// TRELLIS_HERD_SITES=1000 brings more of them, as many at a time as a server lets in.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <vector>

#include "client/agent/sync_agent.h"
#include "common/identity/keys.h"
#include "common/identity/private_file.h"
#include "common/storage/memory_engine.h"
#include "common/time/clock.h"
#include "server/enrolment/certificate_authority.h"
#include "tests/integration/district_fixture.h"

namespace trellis {
namespace {

// A site as the agent sees it: a store in memory, and a certificate.
class HerdSite {
 public:
  HerdSite(Membership membership, uint64_t seed, Executor* executor) : random_(seed) {
    Replica::Options options;
    options.district_key = membership.district_key;
    options.clock = &clock_;
    options.random = &random_;
    replica_ = *Replica::Open(&engine_, options);
    hub_ = std::make_unique<SyncHub>(replica_.get());
    agent_ = std::make_unique<SyncAgent>(SyncAgent::Options{.membership = std::move(membership),
                                                            .software = "herd",
                                                            .replica = replica_.get(),
                                                            .hub = hub_.get(),
                                                            .executor = executor,
                                                            .clock = &clock_,
                                                            .random = &random_});
  }
  void Stop() { agent_->Stop(); }
  SyncStanding Standing() const { return agent_->Standing(); }
  uint64_t records() const {
    const auto head = replica_->Head("shared");
    return head.ok() ? head->records : 0;
  }

 private:
  MemoryEngine engine_;
  const SystemClock clock_;
  SeededRandom random_;
  std::unique_ptr<Replica> replica_;
  std::unique_ptr<SyncHub> hub_;
  std::unique_ptr<SyncAgent> agent_;
};

class HerdTest : public DistrictFixture {};

int HerdSize() {
  const char* asked = getenv("TRELLIS_HERD_SITES");
  return asked == nullptr ? 100 : std::max(1, atoi(asked));
}

TEST_F(HerdTest, HundredSitesAtOnce_AreLetInByTurnsAndAllGetEverything) {
  const int sites = HerdSize();
  constexpr int kSteps = 20;
  catching_up_at_once_ = sites == 100 ? 4 : AdmissionQueue::kPlaces;
  StartServer();
  StartSite("S1");
  for (int i = 0; i < kSteps; ++i) Server().CreateStep(fmt::format("STEP-{}", i), "x");
  ASSERT_TRUE(Site("S1").SyncNow(60).ok());
  Membership membership = *LoadMembership(SiteKeysFolder(Path("S1")));
  const CertificateAuthority authority =
      *CertificateAuthority::Load(*ReadPrivateFile(Path("server/keys/authority.key")), membership.authority);

  Executor executor(2);
  std::vector<std::unique_ptr<HerdSite>> herd;
  for (int i = 0; i < sites; ++i) {
    membership.site = fmt::format("H{}", i);
    membership.private_key = *MakePrivateKey();
    membership.certificate =
        *authority.IssueSite(*MakeCertificateRequest(membership.private_key),
                             SiteUri(membership.district, membership.site), SystemClock().WallMs());
    herd.push_back(std::make_unique<HerdSite>(membership, i, &executor));
  }
  const auto began = std::chrono::steady_clock::now();
  std::set<int> told_to_wait;
  std::map<int, double> served_after_s;
  const auto all_done = [&] {
    for (int i = 0; i < sites; ++i) {
      if (served_after_s.contains(i)) continue;
      const SyncStanding standing = herd[i]->Standing();
      if (standing.last_error.find("catching up") != std::string::npos) told_to_wait.insert(i);
      EXPECT_NE(standing.word, SyncWord::kRefused) << standing.last_error;
      if (herd[i]->records() < kSteps || !AllCrossed(standing.exchange)) continue;
      served_after_s[i] = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    }
    return static_cast<int>(served_after_s.size()) == sites;
  };
  // Work goes on at both ends while they come.
  Site("S1").CreateStep("AT-THE-SITE", "x");
  Server().CreateStep("AT-THE-DISTRICT", "x");
  EXPECT_EQ(Site("S1").TitleOf("AT-THE-SITE"), "x");
  EXPECT_EQ(Server().TitleOf("AT-THE-DISTRICT"), "x");
  EXPECT_TRUE(Eventually(all_done) || Eventually(all_done)) << served_after_s.size() << " of them";
  EXPECT_EQ(told_to_wait.empty(), sites <= catching_up_at_once_);
  std::vector<double> waits;
  for (const auto& [site, seconds] : served_after_s) waits.push_back(seconds);
  std::sort(waits.begin(), waits.end());
  if (!waits.empty()) {
    fmt::print(
        "{} connections: half of the sites had everything after {:.1f} s, the last after {:.1f} s; {} were "
        "told to come back\n",
        sites, waits[waits.size() / 2], waits.back(), told_to_wait.size());
  }
  for (const auto& site : herd) site->Stop();
  executor.Shutdown();
}

}  // namespace
}  // namespace trellis
