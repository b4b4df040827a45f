// Sync that can be trusted, with real stores, keys and sockets: what a site may not forge, what comes back
// after a restore, what digests find and repair mends, what receipts and backups let a site say.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "client/agent/membership.h"
#include "common/exchange/receipt.h"
#include "common/identity/signature.h"
#include "common/record/kind_registry.h"
#include "common/replica/store_folder.h"
#include "common/storage/rocksdb_engine.h"
#include "common/tables/record_table.h"
#include "common/tables/scope_tables.h"
#include "common/tables/store_tables.h"
#include "server/commands.h"
#include "tests/integration/district_fixture.h"
#include "tests/integration/tcp_proxy.h"

namespace trellis {
namespace {

namespace admin_pb = trellis::admin::v1;

class TrustTest : public DistrictFixture {
 protected:
  // The site's store, while no daemon has it.
  std::unique_ptr<StoreFolder> OpenStoreOf(const std::string& site) {
    StoreFolderOptions options;
    options.folder = Path(site);
    options.anchor_copy = SiteKeysFolder(Path(site));
    options.district_key = LoadMembership(SiteKeysFolder(Path(site)))->district_key;
    options.clock = &clock_;
    options.random = &random_;
    options.kinds = &KindRegistry::BuiltIn();
    auto store = StoreFolder::Open(options);
    EXPECT_TRUE(store.ok()) << store.status();
    return *std::move(store);
  }
  static admin_pb::ScopeSync ScopeOf(const Caller& site, const std::string& scope) {
    const auto status = site.SyncStatus();
    for (const auto& row : status.scopes()) {
      if (row.scope() == scope) return row;
    }
    return {};
  }
  void ExpectEqualDigests(const std::string& site) {
    const auto district = Server().Digests();
    for (const auto& [scope, digest] : Site(site).Digests()) {
      ASSERT_TRUE(district.contains(scope)) << scope;
      EXPECT_EQ(district.at(scope), digest) << site << " " << scope;
    }
  }

  const SystemClock clock_;
  SystemRandom random_;
};

TEST_F(TrustTest, RestoredServer_TakesBackWhatOnlyTheDistrictWrites) {
  StartServer();
  StartSite("S1");
  StartSite("S2");
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  ASSERT_TRUE(BackupCommand(Path("server"), Path("backup")).ok());
  // A site's organization is a record that sites do not write; the step is a neighbour's work.
  AddSite("S3");
  Site("S2").CreateStep("NEIGHBOURS", "x");
  ASSERT_TRUE(Site("S2").SyncNow().ok());
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  ASSERT_EQ(Site("S1").TitleOf("NEIGHBOURS"), "x");
  StopSite("S2");
  StopServer();
  ASSERT_TRUE(RestoreCommand(Path("backup"), Path("restored"), "").ok());
  StartServer("restored");
  ASSERT_TRUE(Site("S1").SyncNow(60).ok());
  EXPECT_EQ(Server().TitleOf("NEIGHBOURS"), "x") << "from S1 alone";
  EXPECT_EQ(Server().SetAsides(), 0u);
  ExpectEqualDigests("S1");
}

TEST_F(TrustTest, RecordSignedAsTheDistrict_IsSetAsideRaisedAndExported) {
  StartServer();
  StartSite("S1");
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  Site("S1").CreateStep("STEP", "honest");
  StopSite("S1");
  {
    const std::unique_ptr<StoreFolder> store = OpenStoreOf("S1");
    RecordId id;
    std::string kind;
    ASSERT_TRUE(store->replica()
                    ->ScanFeed("shared", 0,
                               [&](uint64_t, const RecordId& record, const StoredRecord& stored) {
                                 const bool step = stored.state.kind.find("ActionStep") != std::string::npos;
                                 if (step) std::tie(id, kind) = std::pair(record, stored.state.kind);
                                 return !step;
                               })
                    .ok());
    WriteRequest forged;
    forged.actor = "district/superintendent";
    forged.records.push_back({.type = RecordWrite::Type::kUpdate, .scope = "shared", .kind = kind, .id = id});
    const StoredRecord now = **store->replica()->Get("shared", id);
    const Cell& cell = now.state.cells.back();
    forged.records[0].cells.push_back({cell.key, cell.siblings[0].bytes + cell.siblings[0].bytes});
    ASSERT_TRUE(store->replica()->Write(forged).ok());
  }
  Serve("S1");
  const Caller server = Server();
  EXPECT_TRUE(Eventually([&] { return server.SetAsides() == 1; }));
  const auto stub = admin_pb::AdminService::NewStub(server.channel);
  admin_pb::ExportSetAsideResponse contents;
  ASSERT_TRUE(stub->ExportSetAside(server.Context().get(), {}, &contents).ok());
  ASSERT_EQ(contents.contents_size(), 1);
  EXPECT_EQ(contents.contents(0).record().cause(), "forged");
  EXPECT_GT(contents.contents(0).values_size(), 0);
  admin_pb::RetrySetAsideResponse retried;
  ASSERT_TRUE(stub->RetrySetAside(server.Context().get(), {}, &retried).ok());
  EXPECT_EQ(retried.tried(), 1u);
  EXPECT_EQ(retried.taken(), 0u) << "it is as forged as before";
  EXPECT_TRUE(Eventually([&] {
    admin_pb::ListSitesResponse sites;
    EXPECT_TRUE(stub->ListSites(server.Context().get(), {}, &sites).ok());
    return sites.sites(0).state().find("speak for others") != std::string::npos;
  }));
  // It blocks nothing.
  Site("S1").CreateStep("LATER", "x");
  EXPECT_TRUE(Eventually([&] { return Server().TitleOf("LATER") == "x"; }));
}

TEST_F(TrustTest, RecordLostInAStore_IsFoundByDigestAndMendedAlone) {
  StartServer();
  TcpProxy line(sync_port_);
  StartSite("S1", line.port());
  constexpr int kSteps = 300;
  for (int i = 0; i < kSteps; ++i)
    Server().CreateStep(fmt::format("STEP-{}", i), fmt::format("{}", i * 7919));
  ASSERT_TRUE(Site("S1").SyncNow(60).ok());
  const uint64_t whole = line.bytes_down();
  StopSite("S1");
  RecordId id;
  {
    const std::unique_ptr<StoreFolder> store = OpenStoreOf("S1");
    ASSERT_TRUE(store->replica()
                    ->ScanFeed("shared", 0,
                               [&](uint64_t, const RecordId& record, const StoredRecord& stored) {
                                 id = record;
                                 return stored.state.kind.find("ActionStep") == std::string::npos;
                               })
                    .ok());
  }
  {
    const std::unique_ptr<Engine> engine = *OpenRocksDb(Path("S1") + "/store");
    const auto number = DecodeNumber(**engine->Snapshot()->Get(ScopeNameKey("shared")));
    WriteBatch hole;
    hole.Delete(RecordKey(static_cast<ScopeNumber>(*number), id));
    hole.Put(MetaKey("store/rebuild"), "1");  // so that feed, indexes and digests know nothing of it either
    ASSERT_TRUE(engine->Commit(hole, Durability::kSynced).ok());
  }
  Serve("S1");
  EXPECT_EQ(Site("S1").CountSteps(), static_cast<size_t>(kSteps) - 1);
  const uint64_t before = line.bytes_down();
  ASSERT_TRUE(Site("S1").SyncNow(60).ok());
  EXPECT_EQ(Site("S1").CountSteps(), static_cast<size_t>(kSteps));
  ExpectEqualDigests("S1");
  EXPECT_TRUE(ScopeOf(Site("S1"), "shared").verified());
  EXPECT_LT(line.bytes_down() - before, whole / 2) << "what differs, not all there is";
}

TEST_F(TrustTest, EqualDigests_LeaveASignedReceiptThatOutlivesTheConnection) {
  StartServer();
  StartSite("S1");
  Site("S1").CreateStep("STEP", "x");
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  EXPECT_NE(ScopeOf(Site("S1"), "shared").comparison().find("verified at"), std::string::npos);
  EXPECT_NE(ScopeOf(Site("S1"), "S1!up").comparison().find("not compared"), std::string::npos);
  ASSERT_TRUE(Eventually([&] { return !ScopeOf(Site("S1"), "shared").receipt().empty(); }));
  StopServer();
  StopSite("S1");
  Serve("S1");
  admin_pb::ScopeSync scope = ScopeOf(Site("S1"), "shared");
  EXPECT_FALSE(scope.verified()) << "nobody is there to compare with";
  const std::optional<VerifiedCut> cut = DecodeStatement(scope.receipt());
  ASSERT_TRUE(cut.has_value());
  EXPECT_EQ(scope.verified_records(), cut->records);
  EXPECT_TRUE(CheckSignature(LoadMembership(SiteKeysFolder(Path("S1")))->authority,
                             ReceiptText(scope.receipt()), scope.receipt_signature())
                  .ok());
  const uint64_t since = scope.changes_since_verified();
  Site("S1").SetTitle("STEP", "y");
  scope = ScopeOf(Site("S1"), "shared");
  EXPECT_EQ(scope.changes_since_verified(), since + 1);
  EXPECT_NE(scope.comparison().find("here since then"), std::string::npos) << scope.comparison();
}

TEST_F(TrustTest, VerifiedBackup_IsToldToTheSite) {
  StartServer();
  StartSite("S1");
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  EXPECT_FALSE(Site("S1").SyncStatus().has_backed_up_to_time());
  ASSERT_TRUE(BackupCommand(Path("server"), Path("backup")).ok());
  Site("S1").CreateStep("STEP", "x");  // its acknowledgement tells
  EXPECT_TRUE(Eventually([&] { return Site("S1").SyncStatus().has_backed_up_to_time(); }));
  EXPECT_NE(Site("S1").SyncStatus().backup().find("is in a verified backup"), std::string::npos);
}

}  // namespace
}  // namespace trellis
