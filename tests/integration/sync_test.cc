// Sync between a real server and real daemons: TLS, gRPC, RocksDB.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "server/commands.h"
#include "tests/integration/district_fixture.h"
#include "tests/integration/tcp_proxy.h"
#include "trellis/domain/v1/action_step.pb.h"

namespace trellis {
namespace {

namespace admin_pb = trellis::admin::v1;

class SyncTest : public DistrictFixture {
 protected:
  void ExpectEqualDigests(const std::string& site) {
    const auto district = Server().Digests();
    for (const auto& [scope, digest] : Site(site).Digests()) {
      ASSERT_TRUE(district.contains(scope)) << scope;
      EXPECT_EQ(district.at(scope), digest) << site << " " << scope;
    }
  }
};

TEST_F(SyncTest, JoinedSite_SeesTheDistrictAndIsSeen) {
  StartServer();
  StartSite("S1");
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  Server().CreateStep("FROM-DISTRICT", "a");
  Site("S1").CreateStep("FROM-SITE", "b");
  EXPECT_TRUE(Eventually([&] { return Site("S1").TitleOf("FROM-DISTRICT") == "a"; }));
  EXPECT_TRUE(Eventually([&] { return Server().TitleOf("FROM-SITE") == "b"; }));
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  EXPECT_EQ(Site("S1").SyncStatus().state(), admin_pb::SYNC_STATE_SYNCED);
  ExpectEqualDigests("S1");
  EXPECT_EQ(Server().SetAsides(), 0u);
}

TEST_F(SyncTest, OneSitesWrite_ReachesAnotherLive) {
  StartServer();
  StartSite("S1");
  StartSite("S2");
  ASSERT_TRUE(Site("S2").SyncNow().ok());
  Site("S1").CreateStep("STEP", "x");
  EXPECT_TRUE(Eventually([&] { return Site("S2").TitleOf("STEP") == "x"; }));
  // A wall: neither holds the other's scope.
  EXPECT_FALSE(Site("S2").Digests().contains("S1"));
}

TEST_F(SyncTest, ConcurrentEdits_MergeAfterAnOutage) {
  StartServer();
  StartSite("S1");
  Server().CreateStep("STEP", "first");
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  StopServer();
  ASSERT_TRUE(Eventually([&] { return Site("S1").SyncStatus().state() == admin_pb::SYNC_STATE_OFFLINE; }));
  Site("S1").SetStep("STEP", [](auto* request) {
    trellis::domain::v1::ActionStep step;
    step.set_percent_complete(40);
    request->mutable_data()->PackFrom(step);
  });
  StartServer();
  Server().SetTitle("STEP", "second");
  ASSERT_TRUE(Site("S1").SyncNow(60).ok());
  EXPECT_EQ(Site("S1").TitleOf("STEP"), "second");
  ExpectEqualDigests("S1");
}

TEST_F(SyncTest, PausedSite_SendsNothingUntilResumed) {
  StartServer();
  StartSite("S1");
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  const auto stub = admin_pb::AdminService::NewStub(Site("S1").channel);
  admin_pb::PauseSyncResponse paused;
  ASSERT_TRUE(stub->PauseSync(Site("S1").Context().get(), {}, &paused).ok());
  Site("S1").CreateStep("STEP", "x");
  EXPECT_EQ(Site("S1").SyncNow().error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  StopSite("S1");
  Serve("S1");
  EXPECT_EQ(Site("S1").SyncStatus().state(), admin_pb::SYNC_STATE_PAUSED);
  EXPECT_EQ(Server().TitleOf("STEP"), "");
  admin_pb::ResumeSyncResponse resumed;
  ASSERT_TRUE(admin_pb::AdminService::NewStub(Site("S1").channel)
                  ->ResumeSync(Site("S1").Context().get(), {}, &resumed)
                  .ok());
  EXPECT_TRUE(Eventually([&] { return Server().TitleOf("STEP") == "x"; }));
}

TEST_F(SyncTest, CutInThePush_CostsAWindowAndLosesNothing) {
  StartServer();
  TcpProxy line(sync_port_);
  StartSite("S1", line.port());
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  line.Cut();
  ASSERT_TRUE(Eventually([&] { return Site("S1").SyncStatus().state() == admin_pb::SYNC_STATE_OFFLINE; }));
  constexpr int kSteps = 300;
  const std::string long_title(150, 'x');
  for (int i = 0; i < kSteps; ++i)
    Site("S1").CreateStep(fmt::format("STEP-{}", i), fmt::format("{}{}", i * 7919, long_title));
  line.LimitUp(200'000);
  for (const uint64_t budget : {4'000, 9'000, 14'000}) {
    line.CutAfterBytesUp(budget);
    line.Mend();
    EXPECT_TRUE(Eventually([&] { return Site("S1").SyncStatus().state() == admin_pb::SYNC_STATE_OFFLINE; }));
  }
  line.CutAfterBytesUp(0);
  line.LimitUp(0);
  line.Mend();
  ASSERT_TRUE(Site("S1").SyncNow(60).ok());
  EXPECT_EQ(Server().CountSteps(), static_cast<size_t>(kSteps));
  ExpectEqualDigests("S1");
  const auto status = Site("S1").SyncStatus();
  EXPECT_LE(status.resent_bound_bytes(), status.cuts() * 128 * 1024);
}

TEST_F(SyncTest, RevokedSite_IsShutOutAndComesBackWithAFreshCode) {
  StartServer();
  StartSite("S1");
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  const Caller server = Server();
  const auto stub = admin_pb::AdminService::NewStub(server.channel);
  admin_pb::RevokeSiteRequest revoke;
  revoke.set_site("S1");
  admin_pb::RevokeSiteResponse revoked;
  ASSERT_TRUE(stub->RevokeSite(server.Context().get(), revoke, &revoked).ok());
  EXPECT_TRUE(Eventually([&] { return Site("S1").SyncStatus().state() == admin_pb::SYNC_STATE_REFUSED; }));
  Site("S1").CreateStep("KEPT", "x");
  EXPECT_EQ(Server().TitleOf("KEPT"), "");
  StopSite("S1");
  admin_pb::RejoinSiteRequest rejoin;
  rejoin.set_site("S1");
  admin_pb::RejoinSiteResponse rejoined;
  ASSERT_TRUE(stub->RejoinSite(server.Context().get(), rejoin, &rejoined).ok());
  StartSite("S1");
  EXPECT_TRUE(Eventually([&] { return Server().TitleOf("KEPT") == "x"; }));
}

TEST_F(SyncTest, CopiedStore_BothWorkAndPeopleAreTold) {
  StartServer();
  StartSite("S1");
  Site("S1").CreateStep("BEFORE", "x");
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  StopSite("S1");
  std::filesystem::copy(Path("S1"), Path("copy"), std::filesystem::copy_options::recursive);
  for (const std::string store : {"S1", "copy"}) {
    Serve(store);
    Site(store).CreateStep("FROM-" + store, store);
    EXPECT_TRUE(Site(store).SyncNow().ok());
  }
  EXPECT_EQ(Server().TitleOf("FROM-S1"), "S1");
  EXPECT_EQ(Server().TitleOf("FROM-copy"), "copy");
  EXPECT_TRUE(Eventually([&] { return Site("S1").TitleOf("FROM-copy") == "copy"; }));
  ExpectEqualDigests("copy");
  const Caller server = Server();
  admin_pb::ListSitesResponse sites;
  ASSERT_TRUE(
      admin_pb::AdminService::NewStub(server.channel)->ListSites(server.Context().get(), {}, &sites).ok());
  EXPECT_NE(sites.sites(0).state().find("copied"), std::string::npos) << sites.sites(0).state();
}

TEST_F(SyncTest, ServerRestoredFromABackup_IsRefilledByItsSites) {
  StartServer();
  StartSite("S1");
  Site("S1").CreateStep("BEFORE", "x");
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  ASSERT_TRUE(BackupCommand(Path("server"), Path("backup")).ok());
  Site("S1").CreateStep("AFTER", "y");
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  StopServer();
  const absl::Status restored = RestoreCommand(Path("backup"), Path("restored"), "");
  ASSERT_TRUE(restored.ok()) << restored.ToString();
  StartServer("restored");
  EXPECT_TRUE(Eventually([&] { return Server().TitleOf("AFTER") == "y"; }));
  EXPECT_EQ(Server().TitleOf("BEFORE"), "x");
  ASSERT_TRUE(Site("S1").SyncNow(60).ok());
  ExpectEqualDigests("S1");
}

}  // namespace
}  // namespace trellis
