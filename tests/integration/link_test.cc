// What may stand between a site and its server: bad lines, proxies, filters, sign-in pages, wrong clocks.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/agent/join.h"
#include "common/identity/keys.h"
#include "common/identity/private_file.h"
#include "common/time/clock.h"
#include "server/enrolment/certificate_authority.h"
#include "tests/integration/district_fixture.h"
#include "tests/integration/stand_in_server.h"
#include "tests/integration/tcp_proxy.h"

namespace trellis {
namespace {

namespace admin_pb = trellis::admin::v1;

constexpr int64_t kYearMs = 365LL * 86'400'000;

class LinkTest : public DistrictFixture {
 protected:
  bool Offline(const std::string& site) {
    return Eventually([&] { return Site(site).SyncStatus().state() == admin_pb::SYNC_STATE_OFFLINE; });
  }
  // What the daemon says stands between, once it says anything of the kind.
  bool SaysThatItIs(const std::string& site, const std::string& words) {
    return Eventually([&] { return Site(site).SyncStatus().last_error().find(words) != std::string::npos; });
  }
  // The site's daemon, as if its server were at another port.
  void ServeAgainst(const std::string& site, uint16_t port) {
    const std::string keys = SiteKeysFolder(Path(site));
    Membership membership = *LoadMembership(keys);
    membership.server = fmt::format("127.0.0.1:{}", port);
    ASSERT_TRUE(SaveMembership(keys, membership).ok());
    StopSite(site);
    Serve(site);
  }
  admin_pb::DiagnoseResponse Doctor(const std::string& site) {
    admin_pb::DiagnoseResponse response;
    const grpc::Status asked = admin_pb::AdminService::NewStub(Site(site).channel)
                                   ->Diagnose(Site(site).Context().get(), {}, &response);
    EXPECT_TRUE(asked.ok()) << asked.error_message();
    return response;
  }
  static std::string BadStep(const admin_pb::DiagnoseResponse& diagnosis) {
    for (const auto& step : diagnosis.steps()) {
      if (step.state() == admin_pb::DIAGNOSIS_STATE_BAD) return step.name();
    }
    return "";
  }
  static uint16_t FreePort() {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bind(fd, reinterpret_cast<sockaddr*>(&address), size);
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    close(fd);
    return ntohs(address.sin_port);
  }
  CertificateAuthority Authority() {
    return *CertificateAuthority::Load(*ReadPrivateFile(Path("server/keys/authority.key")),
                                       *ReadPrivateFile(Path("server/keys/authority.crt")));
  }
};

TEST_F(LinkTest, FirstAcknowledgement_TakesOneRoundTripOnceTheConnectionStands) {
  StartServer();
  TcpProxy line(sync_port_);
  StartSite("S1", line.port());
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  line.Cut();
  ASSERT_TRUE(Offline("S1"));
  Site("S1").CreateStep("STEP", "x");
  const uint64_t before = line.turns();
  line.SetDelay(std::chrono::milliseconds(150));
  line.Mend();
  ASSERT_TRUE(Eventually([&] {
    const auto status = Site("S1").SyncStatus();
    return status.state() == admin_pb::SYNC_STATE_SYNCED && status.last_error().empty();
  }));
  // TLS greeting, TLS end with the client's settings, and everything else: Hello, the first frames.
  EXPECT_LE(line.turns() - before, 4u);
  EXPECT_EQ(Server().TitleOf("STEP"), "x");
}

TEST_F(LinkTest, CutAnywhereInAShortPush_LeavesNothingHalfApplied) {
  StartServer();
  TcpProxy line(sync_port_);
  StartSite("S1", line.port());
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  const auto admin = admin_pb::AdminService::NewStub(Site("S1").channel);
  const std::string title(100, 'x');
  int cuts = 0;
  int steps = 0;
  // From the TLS greeting to the last byte of a push, in strides that share no factor with record sizes.
  for (uint64_t at = 1; at < 8'000; at += 139) {
    admin_pb::PauseSyncResponse paused;
    ASSERT_TRUE(admin->PauseSync(Site("S1").Context().get(), {}, &paused).ok());
    line.Cut();
    const std::string last = fmt::format("STEP-{}", ++steps);
    Site("S1").CreateStep(last, title);
    line.CutAfterBytesUp(at);
    line.Mend();
    admin_pb::ResumeSyncResponse resumed;  // a connection at once, whatever the back-off says
    ASSERT_TRUE(admin->ResumeSync(Site("S1").Context().get(), {}, &resumed).ok());
    ASSERT_TRUE(Eventually([&] { return line.is_cut() || Server().TitleOf(last) == title; }));
    cuts += line.is_cut() ? 1 : 0;
    line.CutAfterBytesUp(0);
    const std::string there = Server().TitleOf(last);
    ASSERT_TRUE(there.empty() || there == title) << "half of " << last << " after a cut at " << at;
    if (!line.is_cut()) break;  // the push is shorter than this
  }
  EXPECT_GT(cuts, 10);
  line.Mend();
  ASSERT_TRUE(Site("S1").SyncNow(60).ok());
  EXPECT_EQ(Server().CountSteps(), static_cast<size_t>(steps));
  const auto status = Site("S1").SyncStatus();
  EXPECT_LE(status.resent_bytes(), status.resent_bound_bytes());
  EXPECT_EQ(Site("S1").Digests().at("shared"), Server().Digests().at("shared"));
}

TEST_F(LinkTest, HalfOpenLine_IsFoundByKeepaliveAndGivenUp) {
  StartServer();
  TcpProxy line(sync_port_);
  keepalive_ = {.idle_ms = 1'000, .answer_ms = 1'000};
  StartSite("S1", line.port());
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  line.SetBlackHole(true);
  EXPECT_TRUE(Offline("S1"));
  Site("S1").CreateStep("STEP", "x");
  line.SetBlackHole(false);
  EXPECT_TRUE(Eventually([&] { return Server().TitleOf("STEP") == "x"; }));
}

TEST_F(LinkTest, SlowLineCutAgainAndAgain_StaysWithinTheBound) {
  StartServer();
  TcpProxy line(sync_port_);
  StartSite("S1", line.port());
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  line.Cut();
  ASSERT_TRUE(Offline("S1"));
  const std::string long_title(150, 'x');
  constexpr int kSteps = 200;
  for (int i = 0; i < kSteps; ++i)
    Site("S1").CreateStep(fmt::format("STEP-{}", i), fmt::format("{}{}", i * 7919, long_title));
  line.LimitUp(30'000);
  size_t held = 0;
  for (int cut = 0; cut < 4; ++cut) {
    line.CutAfterBytesUp(5'000);
    line.Mend();
    (void)Site("S1").SyncNow(5);
    const size_t now = Server().CountSteps();
    EXPECT_TRUE(now > held || now == kSteps) << "the connection before cut " << cut << " did not get on";
    held = now;
  }
  line.CutAfterBytesUp(0);
  line.LimitUp(0);
  line.Mend();
  ASSERT_TRUE(Site("S1").SyncNow(60).ok());
  EXPECT_EQ(Server().CountSteps(), static_cast<size_t>(kSteps));
  const auto status = Site("S1").SyncStatus();
  EXPECT_LE(status.resent_bytes(), status.resent_bound_bytes());
}

TEST_F(LinkTest, SignInPage_IsRecognisedAndGetsNoCredential) {
  StartServer();
  StartSite("S1");
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  StandInServer portal = StandInServer::Page(
      "HTTP/1.1 302 Found\r\nLocation: http://login.school.example/\r\n\r\n<html>Sign in</html>");
  ServeAgainst("S1", portal.port());
  EXPECT_TRUE(SaysThatItIs("S1", "a page answers"));
  EXPECT_TRUE(SaysThatItIs("S1", "network is there"));
  EXPECT_EQ(BadStep(Doctor("S1")), "tls");
  // Nothing but TLS greetings: no HTTP/2, no certificate.
  EXPECT_EQ(portal.heard().find("PRI * HTTP"), std::string::npos);
  EXPECT_EQ(Site("S1").SyncStatus().state(), admin_pb::SYNC_STATE_OFFLINE);
}

TEST_F(LinkTest, FilterThatInspectsTls_IsNamedAndGetsNoCredential) {
  StartServer();
  StartSite("S1");
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  const auto filter = CertificateAuthority::Make("Example Web Filter", SystemClock().WallMs());
  const Membership member = *LoadMembership(SiteKeysFolder(Path("S1")));
  const std::string key = *MakePrivateKey();
  // It shows what was asked for, signed by itself.
  StandInServer standing = StandInServer::Tls(
      *filter->IssueServer(key, member.district, {ServerName(member.district), "127.0.0.1"},
                           SystemClock().WallMs()),
      key);
  ServeAgainst("S1", standing.port());
  EXPECT_TRUE(SaysThatItIs("S1", "Example Web Filter"));
  const auto diagnosis = Doctor("S1");
  EXPECT_EQ(BadStep(diagnosis), "server");
  EXPECT_FALSE(standing.saw_certificate());
  EXPECT_EQ(standing.heard(), "");
}

TEST_F(LinkTest, CertificateOutOfItsTime_IsCalledAClock) {
  StartServer();
  StartSite("S1");
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  const Membership member = *LoadMembership(SiteKeysFolder(Path("S1")));
  const std::string key = *MakePrivateKey();
  const std::vector<std::string> names = {ServerName(member.district)};
  for (const int64_t off : {-3 * kYearMs, 3 * kYearMs}) {
    StandInServer standing = StandInServer::Tls(
        *Authority().IssueServer(key, member.district, names, SystemClock().WallMs() + off), key);
    ServeAgainst("S1", standing.port());
    EXPECT_TRUE(SaysThatItIs("S1", "clock"));
    EXPECT_EQ(BadStep(Doctor("S1")), "server");
    EXPECT_EQ(standing.heard(), "");
    StopSite("S1");
  }
}

TEST_F(LinkTest, NothingListening_IsToldAndTheDoctorIsWellOtherwise) {
  StartServer();
  StartSite("S1");
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  EXPECT_EQ(BadStep(Doctor("S1")), "");
  EXPECT_TRUE(Doctor("S1").healthy());
  StopServer();
  EXPECT_TRUE(SaysThatItIs("S1", "nothing listens"));
  EXPECT_EQ(BadStep(Doctor("S1")), "connection");
}

TEST_F(LinkTest, HttpProxy_CarriesJoiningAndSync) {
  StartServer();
  const auto proxy = TcpProxy::HttpConnect();
  proxy_ = fmt::format("127.0.0.1:{}", proxy->port());
  StartSite("S1");
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  Site("S1").CreateStep("STEP", "x");
  EXPECT_TRUE(Eventually([&] { return Server().TitleOf("STEP") == "x"; }));
  const std::vector<std::string> asked = proxy->asked_for();
  ASSERT_GE(asked.size(), 2u);
  EXPECT_EQ(asked.front(), fmt::format("127.0.0.1:{}", join_port_));
  EXPECT_EQ(asked.back(), fmt::format("127.0.0.1:{}", sync_port_));
  proxy->Cut();
  EXPECT_TRUE(SaysThatItIs("S1", "the proxy"));
}

TEST_F(LinkTest, OnePort_ServesSyncJoiningAndTheApi) {
  sync_port_ = join_port_ = api_port_ = FreePort();
  one_port_ = true;
  StartServer();
  EXPECT_EQ(join_port_, sync_port_);
  EXPECT_EQ(api_port_, sync_port_);
  const auto proxy = TcpProxy::HttpConnect();
  proxy_ = fmt::format("127.0.0.1:{}", proxy->port());
  StartSite("S1");
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  Site("S1").CreateStep("STEP", "x");
  EXPECT_TRUE(Eventually([&] { return Server().TitleOf("STEP") == "x"; }));
  // By whatever name, without a certificate of the district nothing of sync is reached.
  const Membership member = *LoadMembership(SiteKeysFolder(Path("S1")));
  for (const std::string& name : {ServerName(member.district), std::string("localhost")}) {
    grpc::SslCredentialsOptions tls;
    tls.pem_root_certs = member.authority;
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetSslTargetNameOverride(name);
    const auto channel = grpc::CreateCustomChannel(fmt::format("127.0.0.1:{}", sync_port_),
                                                   grpc::SslCredentials(tls), arguments);
    const Caller stranger{channel, ""};
    admin_pb::GetStatusResponse response;
    const grpc::Status status =
        admin_pb::AdminService::NewStub(channel)->GetStatus(stranger.Context().get(), {}, &response);
    EXPECT_EQ(status.error_code(),
              name == "localhost" ? grpc::StatusCode::UNAUTHENTICATED : grpc::StatusCode::UNAVAILABLE);
  }
}

TEST_F(LinkTest, CertificateThatEndedWhileAway_ComesBackByAFreshCodeWithItsQueue) {
  StartServer();
  StartSite("S1");
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  StopSite("S1");
  const std::string keys = SiteKeysFolder(Path("S1"));
  Membership member = *LoadMembership(keys);
  const std::string good = member.certificate;
  member.certificate =
      *Authority().IssueSite(*MakeCertificateRequest(member.private_key), SiteUri(member.district, "S1"),
                             SystemClock().WallMs() - 6 * kYearMs);
  ASSERT_TRUE(SaveMembership(keys, member).ok());
  Serve("S1");
  Site("S1").CreateStep("KEPT", "x");
  EXPECT_TRUE(SaysThatItIs("S1", "certificate ended"));
  EXPECT_EQ(BadStep(Doctor("S1")), "certificate");
  EXPECT_EQ(Server().TitleOf("KEPT"), "");
  StopSite("S1");
  StartSite("S1");
  EXPECT_TRUE(Eventually([&] { return Server().TitleOf("KEPT") == "x"; }));
  EXPECT_NE(LoadMembership(keys)->certificate, member.certificate);
}

TEST_F(LinkTest, AuthorityThatChangedWhileAway_IsJoinedAnewWithTheQueueKept) {
  StartServer();
  StartSite("S1");
  ASSERT_TRUE(Site("S1").SyncNow().ok());
  StopServer();
  const Membership member = *LoadMembership(SiteKeysFolder(Path("S1")));
  const auto fresh = CertificateAuthority::Make(member.district, SystemClock().WallMs());
  ASSERT_TRUE(WritePrivateFile(Path("server/keys/authority.key"), fresh->key_pem()).ok());
  ASSERT_TRUE(WritePrivateFile(Path("server/keys/authority.crt"), fresh->certificate_pem()).ok());
  StartServer();
  Site("S1").CreateStep("KEPT", "x");
  EXPECT_TRUE(SaysThatItIs("S1", "not by the district"));
  StopSite("S1");
  StartSite("S1");
  EXPECT_TRUE(Eventually([&] { return Server().TitleOf("KEPT") == "x"; }));
}

}  // namespace
}  // namespace trellis
