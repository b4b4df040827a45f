// Bundles, relays and traces over real sockets: what the shells add to the use cases.
#include <gtest/gtest.h>

#include "tests/integration/district_fixture.h"
#include "trellis/admin/v1/trace.grpc.pb.h"
#include "trellis/sync/v1/bundle.grpc.pb.h"

namespace trellis {
namespace {

namespace admin_pb = trellis::admin::v1;
namespace sync_pb = trellis::sync::v1;

constexpr size_t kPart = 1000;  // so that even a small file comes in several

struct Imported {
  grpc::Status status;
  sync_pb::ImportedBundle summary;
  std::string receipt;
};

class BundleTest : public DistrictFixture {
 protected:
  static std::string Export(const Caller& site) {
    const auto stub = sync_pb::BundleService::NewStub(site.channel);
    const auto context = site.Context();
    const auto stream = stub->ExportBundle(context.get(), {});
    sync_pb::ExportBundleResponse part;
    std::string file;
    while (stream->Read(&part)) file += part.data();
    EXPECT_TRUE(stream->Finish().ok());
    return file;
  }
  static Imported Import(const Caller& to, const std::string& file) {
    const auto stub = sync_pb::BundleService::NewStub(to.channel);
    const auto context = to.Context();
    const auto stream = stub->ImportBundle(context.get());
    sync_pb::ImportBundleRequest request;
    for (size_t at = 0; at < file.size(); at += kPart) {
      request.set_data(file.substr(at, kPart));
      if (!stream->Write(request)) break;
    }
    stream->WritesDone();
    Imported imported;
    sync_pb::ImportBundleResponse part;
    while (stream->Read(&part)) {
      if (part.has_summary()) imported.summary = part.summary();
      imported.receipt += part.data();
    }
    imported.status = stream->Finish();
    return imported;
  }
  void Pause(const std::string& site) {
    admin_pb::PauseSyncResponse paused;
    ASSERT_TRUE(admin_pb::AdminService::NewStub(Site(site).channel)
                    ->PauseSync(Site(site).Context().get(), {}, &paused)
                    .ok());
  }
  static std::map<int, int> Trace(const Caller& at, const std::string& code) {
    admin_pb::TraceRecordRequest request;
    request.set_kind("ActionStep");
    request.set_id(code);
    admin_pb::TraceRecordResponse response;
    const grpc::Status status =
        admin_pb::TraceService::NewStub(at.channel)->TraceRecord(at.Context().get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    std::map<int, int> answers;
    for (const auto& step : response.steps()) answers[step.stage()] = step.answer();
    return answers;
  }
};

TEST_F(BundleTest, CarriedThereAndBack_BothEndsAreEqual) {
  StartServer();
  StartSite("S1");
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  Pause("S1");
  Site("S1").CreateStep("FROM-SITE", "a");
  Server().CreateStep("FROM-DISTRICT", "b");
  const Imported up = Import(Server(), Export(Site("S1")));
  ASSERT_TRUE(up.status.ok()) << up.status.error_message();
  EXPECT_EQ(up.summary.site(), "S1");
  EXPECT_EQ(Server().TitleOf("FROM-SITE"), "a");
  const Imported down = Import(Site("S1"), up.receipt);
  ASSERT_TRUE(down.status.ok()) << down.status.error_message();
  EXPECT_EQ(Site("S1").TitleOf("FROM-DISTRICT"), "b");
  const auto district = Server().Digests();
  for (const auto& [scope, digest] : Site("S1").Digests()) EXPECT_EQ(district.at(scope), digest) << scope;
}

TEST_F(BundleTest, WithoutAToken_TheServerTakesNone) {
  StartServer();
  StartSite("S1");
  Caller nobody = Server();
  nobody.token.clear();
  EXPECT_EQ(Import(nobody, Export(Site("S1"))).status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(BundleTest, OfAMachineThatIsShutOut_IsRefused) {
  StartServer();
  StartSite("S1");
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  Pause("S1");
  Site("S1").CreateStep("LATE", "x");
  const std::string bundle = Export(Site("S1"));
  admin_pb::RevokeSiteRequest revoke;
  revoke.set_site("S1");
  admin_pb::RevokeSiteResponse revoked;
  ASSERT_TRUE(admin_pb::AdminService::NewStub(Server().channel)
                  ->RevokeSite(Server().Context().get(), revoke, &revoked)
                  .ok());
  EXPECT_EQ(Import(Server(), bundle).status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(Server().TitleOf("LATE"), "");
}

TEST_F(BundleTest, Trace_SaysNotYetUntilTheDistrictHasIt) {
  StartServer();
  StartSite("S1");
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  Pause("S1");
  Site("S1").CreateStep("STEP", "x");
  EXPECT_EQ(Trace(Site("S1"), "STEP")[admin_pb::TRACE_STAGE_ACKNOWLEDGED], admin_pb::TRACE_ANSWER_NOT_YET);
  const Imported up = Import(Server(), Export(Site("S1")));
  // Stored, but the site has not been told.
  EXPECT_EQ(Trace(Site("S1"), "STEP")[admin_pb::TRACE_STAGE_ACKNOWLEDGED], admin_pb::TRACE_ANSWER_NOT_YET);
  EXPECT_EQ(Trace(Server(), "STEP")[admin_pb::TRACE_STAGE_RECEIVED], admin_pb::TRACE_ANSWER_YES);
  ASSERT_TRUE(Import(Site("S1"), up.receipt).status.ok());
  EXPECT_EQ(Trace(Site("S1"), "STEP")[admin_pb::TRACE_STAGE_ACKNOWLEDGED], admin_pb::TRACE_ANSWER_YES);
  EXPECT_NE(Trace(Site("S1"), "STEP")[admin_pb::TRACE_STAGE_BACKED_UP], admin_pb::TRACE_ANSWER_YES);
}

}  // namespace
}  // namespace trellis
