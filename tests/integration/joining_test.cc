// Joining, and who is kept out: over the real listeners.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "client/agent/join.h"
#include "client/agent/pinned_post.h"
#include "common/identity/base32.h"
#include "common/identity/joining_code.h"
#include "common/identity/keys.h"
#include "common/identity/private_file.h"
#include "common/time/clock.h"
#include "server/enrolment/certificate_authority.h"
#include "tests/integration/district_fixture.h"
#include "trellis/sync/v1/sync.grpc.pb.h"

namespace trellis {
namespace {

using nlohmann::json;

class JoiningTest : public DistrictFixture {
 protected:
  absl::StatusOr<Membership> Join(const std::string& folder, const std::string& code) {
    EXPECT_TRUE(MakePrivateFolder(Path(folder)).ok());
    return JoinDistrict(Path(folder), fmt::format("127.0.0.1:{}", sync_port_), code, SystemClock());
  }

  // A sync call with these credentials; how it ended, and whether a good-bye was heard before.
  grpc::Status SyncWith(const grpc::SslCredentialsOptions& tls, trellis::sync::v1::Bye* bye) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    const auto channel = grpc::CreateCustomChannel(fmt::format("127.0.0.1:{}", sync_port_),
                                                   grpc::SslCredentials(tls), arguments);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    const auto stream = trellis::sync::v1::SyncService::NewStub(channel)->Sync(&context);
    trellis::sync::v1::SyncResponse response;
    while (stream->Read(&response)) *bye = response.bye();
    return stream->Finish();
  }
};

TEST_F(JoiningTest, SameCodeSameKey_GetsTheSameCertificate) {
  StartServer();
  const std::string code = AddSite("S1");
  const absl::StatusOr<Membership> first = Join("a", code);
  ASSERT_TRUE(first.ok()) << first.status().ToString();
  std::string typed = code;
  for (char& c : typed) c = c == '0' ? 'o' : static_cast<char>(std::tolower(c));
  const absl::StatusOr<Membership> again = Join("a", typed);
  ASSERT_TRUE(again.ok()) << again.status().ToString();
  EXPECT_EQ(first->certificate, again->certificate);
}

TEST_F(JoiningTest, SameCodeOtherKey_FreezesTheCode) {
  StartServer();
  const std::string code = AddSite("S1");
  ASSERT_TRUE(Join("a", code).ok());
  EXPECT_TRUE(absl::IsPermissionDenied(Join("b", code).status()));
  EXPECT_TRUE(absl::IsPermissionDenied(Join("a", code).status()));
  const Caller server = Server();
  trellis::admin::v1::ListSitesResponse sites;
  ASSERT_TRUE(trellis::admin::v1::AdminService::NewStub(server.channel)
                  ->ListSites(server.Context().get(), {}, &sites)
                  .ok());
  EXPECT_EQ(sites.sites(0).site().state(), trellis::admin::v1::SITE_STATE_FROZEN);
}

TEST_F(JoiningTest, OtherServerInThePlace_GetsNoSecret) {
  StartServer();
  absl::StatusOr<JoiningCode> code = DecodeJoiningCode(AddSite("S1"));
  ASSERT_TRUE(code.ok());
  code->server_key[0] ^= 1;  // as if another held the address
  EXPECT_TRUE(absl::IsFailedPrecondition(Join("a", EncodeJoiningCode(*code)).status()));
  code->server_key[0] ^= 1;
  EXPECT_TRUE(Join("a", EncodeJoiningCode(*code)).ok());
}

TEST_F(JoiningTest, BadRequests_AreAnsweredAndLeaveTheCodeGood) {
  StartServer();
  const std::string line = AddSite("S1");
  const JoiningCode code = *DecodeJoiningCode(line);
  const auto post = [&](const std::string& path, const std::string& body) {
    const auto reply =
        PostToPinnedServer(code.host, code.port, code.server_key, path, body, std::chrono::seconds(10));
    return reply.ok() ? reply->status : 0;
  };
  EXPECT_EQ(post("/join", "not json"), 400);
  EXPECT_EQ(post("/join", "{}"), 400);
  EXPECT_EQ(post("/", "{}"), 404);
  EXPECT_NE(post("/join", std::string(100'000, 'x')), 200);  // cut before it is read
  const std::string request = *MakeCertificateRequest(*MakePrivateKey());
  EXPECT_EQ(
      post("/join", json({{"secret", EncodeBase32(std::string(17, 'x'))}, {"request", request}}).dump()),
      403);
  EXPECT_TRUE(Join("a", line).ok());
}

TEST_F(JoiningTest, NoOrForeignCertificate_DoesNotReachSync) {
  StartServer();
  const absl::StatusOr<Membership> member = Join("a", AddSite("S1"));
  ASSERT_TRUE(member.ok());
  trellis::sync::v1::Bye bye;
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = member->authority;
  EXPECT_EQ(SyncWith(tls, &bye).error_code(), grpc::StatusCode::UNAVAILABLE);

  const auto foreign = CertificateAuthority::Make("elsewhere", SystemClock().WallMs());
  ASSERT_TRUE(foreign.ok());
  tls.pem_private_key = *MakePrivateKey();
  tls.pem_cert_chain = *foreign->IssueSite(*MakeCertificateRequest(tls.pem_private_key),
                                           SiteUri(member->district, "S1"), SystemClock().WallMs());
  EXPECT_EQ(SyncWith(tls, &bye).error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(bye.reason(), "");
}

TEST_F(JoiningTest, CertificateThatNamesNoSite_IsToldGoodBye) {
  StartServer();
  const absl::StatusOr<Membership> member = Join("a", AddSite("S1"));
  ASSERT_TRUE(member.ok());
  const auto authority =
      CertificateAuthority::Load(*ReadPrivateFile(Path("server/keys/authority.key")), member->authority);
  ASSERT_TRUE(authority.ok());
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = member->authority;
  tls.pem_private_key = member->private_key;
  tls.pem_cert_chain = *authority->IssueSite(*MakeCertificateRequest(member->private_key),
                                             SiteUri(member->district, "S1/../S2"), SystemClock().WallMs());
  trellis::sync::v1::Bye bye;
  EXPECT_TRUE(SyncWith(tls, &bye).ok());
  EXPECT_TRUE(bye.fatal());
}

TEST_F(JoiningTest, ApiWithoutAGoodToken_IsRefusedInTheSameWords) {
  StartServer();
  Caller caller = Server();
  const auto ask = [&] {
    trellis::admin::v1::GetStatusResponse response;
    return trellis::admin::v1::AdminService::NewStub(caller.channel)
        ->GetStatus(caller.Context().get(), {}, &response);
  };
  EXPECT_TRUE(ask().ok());
  caller.token = "trellis_wrong";
  const grpc::Status wrong = ask();
  caller.token.clear();
  const grpc::Status none = ask();
  EXPECT_EQ(wrong.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(wrong.error_message(), none.error_message());
}

}  // namespace
}  // namespace trellis
