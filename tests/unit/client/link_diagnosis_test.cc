#include "client/link/link_diagnosis.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "client/agent/site_diagnosis.h"

namespace trellis {
namespace {

constexpr int64_t kNow = 1'790'000'000'000;
constexpr int64_t kYear = 365LL * 86'400'000;

LinkFindings Reached() {
  LinkFindings findings;
  findings.server = {"server.district.org", 443};
  findings.reached = DialStep::kDone;
  findings.address = "192.0.2.1";
  findings.tls = TlsAnswer::kShown;
  findings.certificate = {"server", "District", kNow - kYear / 2, kNow + kYear / 2};
  findings.ours = true;
  return findings;
}

LinkDiagnosis Diagnose(const LinkFindings& findings, int64_t now_ms = kNow) {
  return DiagnoseLink(findings, {kNow - 2 * kYear, kNow + 3 * kYear}, now_ms);
}

TEST(LinkDiagnosisTest, GoodWay_IsClear) {
  const LinkDiagnosis diagnosis = Diagnose(Reached());
  EXPECT_TRUE(diagnosis.clear());
  EXPECT_EQ(diagnosis.Problem(), "");
  for (const DiagnosisStep& step : diagnosis.steps) EXPECT_EQ(step.state, StepState::kGood) << step.sentence;
}

TEST(LinkDiagnosisTest, Failures_AreToldApart) {
  LinkFindings findings = Reached();
  findings.reached = DialStep::kName;
  EXPECT_EQ(Diagnose(findings).verdict, LinkVerdict::kNoNetwork);
  findings.reached = DialStep::kConnect;
  findings.dial_error = ECONNREFUSED;
  EXPECT_EQ(Diagnose(findings).verdict, LinkVerdict::kNotListening);
  findings.dial_error = ENETUNREACH;
  EXPECT_EQ(Diagnose(findings).verdict, LinkVerdict::kNoNetwork);
  findings.dial_error = ETIMEDOUT;
  EXPECT_EQ(Diagnose(findings).verdict, LinkVerdict::kSwallowed);
  findings.reached = DialStep::kProxy;
  findings.proxy = Endpoint{"proxy", 3128};
  EXPECT_EQ(Diagnose(findings).verdict, LinkVerdict::kProxyRefuses);
  findings.reached = DialStep::kDone;
  findings.tls = TlsAnswer::kNotTls;
  EXPECT_EQ(Diagnose(findings).verdict, LinkVerdict::kPortal);
  findings.tls = TlsAnswer::kSilence;
  EXPECT_EQ(Diagnose(findings).verdict, LinkVerdict::kSwallowed);
}

TEST(LinkDiagnosisTest, FilterThatInspectsTls_IsNamed) {
  LinkFindings findings = Reached();
  findings.ours = false;
  findings.certificate.issuer = "Example Web Filter CA";
  const LinkDiagnosis diagnosis = Diagnose(findings);
  EXPECT_EQ(diagnosis.verdict, LinkVerdict::kForeign);
  EXPECT_NE(diagnosis.Problem().find("Example Web Filter CA"), std::string::npos);
  EXPECT_NE(diagnosis.Problem().find("network is there"), std::string::npos);
}

TEST(LinkDiagnosisTest, ClockOutsideTheCertificatesTime_IsCalledAClock) {
  for (const int64_t wrong : {-20 * kYear, 20 * kYear}) {
    const LinkDiagnosis diagnosis = Diagnose(Reached(), kNow + wrong);
    EXPECT_EQ(diagnosis.verdict, LinkVerdict::kClock);
    EXPECT_NE(diagnosis.Problem().find("clock"), std::string::npos);
  }
}

TEST(LinkDiagnosisTest, OwnCertificateThatEnded_SaysHowToComeBack) {
  const LinkDiagnosis diagnosis = DiagnoseLink(Reached(), {kNow - 2 * kYear, kNow - kYear}, kNow);
  EXPECT_EQ(diagnosis.verdict, LinkVerdict::kOwnCertificate);
  EXPECT_NE(diagnosis.steps.back().fix.find("rejoin"), std::string::npos);
}

TEST(SiteDiagnosisTest, EveryStep_IsToldWhateverIsWrong) {
  SiteFacts facts{.link = Diagnose(Reached())};
  facts.standing = SyncStanding{.word = SyncWord::kRefused, .last_error = "shut out"};
  facts.free_bytes = 1 << 20;
  facts.set_aside = 2;
  facts.in_rescue = true;
  int bad = 0;
  for (const DiagnosisStep& step : DiagnoseSite(facts)) {
    EXPECT_FALSE(step.sentence.empty());
    if (step.state == StepState::kBad) {
      ++bad;
      EXPECT_FALSE(step.fix.empty()) << step.name;
    }
  }
  EXPECT_EQ(bad, 4);  // admission, disk, store, quarantine
}

}  // namespace
}  // namespace trellis
