// Many sites coming back at once, over real connections with a certificate each: let in a few at a time, none
// left out, and whoever is in does not notice. The same for 6,000 in played time: AdmissionQueueTest.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

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

TEST_F(HerdTest, HundredSitesAtOnce_AreLetInByTurnsAndAllGetEverything) {
  constexpr int kSites = 100;
  constexpr int kSteps = 20;
  catching_up_at_once_ = 4;
  StartServer();
  StartSite("S1");
  for (int i = 0; i < kSteps; ++i) Server().CreateStep(fmt::format("STEP-{}", i), "x");
  ASSERT_TRUE(Site("S1").SyncNow(60).ok());
  Membership membership = *LoadMembership(SiteKeysFolder(Path("S1")));
  const CertificateAuthority authority =
      *CertificateAuthority::Load(*ReadPrivateFile(Path("server/keys/authority.key")), membership.authority);

  Executor executor(2);
  std::vector<std::unique_ptr<HerdSite>> herd;
  for (int i = 0; i < kSites; ++i) {
    membership.site = fmt::format("H{}", i);
    membership.private_key = *MakePrivateKey();
    membership.certificate =
        *authority.IssueSite(*MakeCertificateRequest(membership.private_key),
                             SiteUri(membership.district, membership.site), SystemClock().WallMs());
    herd.push_back(std::make_unique<HerdSite>(membership, i, &executor));
  }
  std::set<int> told_to_wait;
  const auto all_done = [&] {
    int done = 0;
    for (int i = 0; i < kSites; ++i) {
      const SyncStanding standing = herd[i]->Standing();
      if (standing.last_error.find("catching up") != std::string::npos) told_to_wait.insert(i);
      EXPECT_NE(standing.word, SyncWord::kRefused) << standing.last_error;
      if (herd[i]->records() >= kSteps && AllCrossed(standing.exchange)) ++done;
    }
    return done == kSites;
  };
  // Work goes on at both ends while they come.
  Site("S1").CreateStep("AT-THE-SITE", "x");
  Server().CreateStep("AT-THE-DISTRICT", "x");
  EXPECT_EQ(Site("S1").TitleOf("AT-THE-SITE"), "x");
  EXPECT_EQ(Server().TitleOf("AT-THE-DISTRICT"), "x");
  EXPECT_TRUE(Eventually(all_done) || Eventually(all_done));
  EXPECT_FALSE(told_to_wait.empty());
  for (const auto& site : herd) site->Stop();
  executor.Shutdown();
}

}  // namespace
}  // namespace trellis
