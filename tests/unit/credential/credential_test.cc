#include "common/credential/credential.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "common/credential/credential_pdf.h"
#include "common/identity/keys.h"
#include "common/identity/signature.h"

namespace trellis {
namespace {

using ::testing::HasSubstr;

// An authority: a key, and a certificate that holds it, signed by itself.
struct Authority {
  std::string key;
  std::string certificate;

  Authority() {
    key = *MakePrivateKey();
    BIO* in = BIO_new_mem_buf(key.data(), static_cast<int>(key.size()));
    EVP_PKEY* parsed = PEM_read_bio_PrivateKey(in, nullptr, nullptr, nullptr);
    X509* made = X509_new();
    X509_gmtime_adj(X509_getm_notBefore(made), 0);
    X509_gmtime_adj(X509_getm_notAfter(made), 3600);
    X509_set_pubkey(made, parsed);
    X509_sign(made, parsed, EVP_sha256());
    BIO* out = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(out, made);
    char* text = nullptr;
    const long size = BIO_get_mem_data(out, &text);
    certificate.assign(text, static_cast<size_t>(size));
    BIO_free(out);
    X509_free(made);
    EVP_PKEY_free(parsed);
    BIO_free(in);
  }
  SignStatement sign() const {
    return [this](std::string_view statement) { return *SignWithKey(key, statement); };
  }
};

Credential Transcript(size_t lines = 3) {
  Credential credential;
  credential.district = "Sample Unified";
  credential.name = "Ana Núñez-O’Hara";
  credential.staff_unique_id = "00042";
  credential.issue_date = "2026-11-23";
  credential.from_date = "2026-09-01";
  credential.to_date = "2026-10-03";
  for (size_t i = 0; i < lines; ++i) {
    credential.lines.push_back(
        {i == 1 ? "" : "2026-09-01", static_cast<uint32_t>(45 * i), "Trust circle", "District", "attended"});
    credential.total_minutes += credential.lines.back().minutes;
  }
  credential.fingerprint = FingerprintOf(credential.lines);
  return credential;
}

TEST(VerifyCode, AnswersWhatWasIssued) {
  const Authority authority;
  const Credential issued = Transcript();
  const auto code = IssueCode(issued, authority.sign());
  ASSERT_TRUE(code.ok()) << code.status();
  auto verified = VerifyCode(*code, authority.certificate);
  ASSERT_TRUE(verified.ok()) << verified.status();
  Credential without_words = issued;
  for (CredentialLine& line : without_words.lines) line.title = line.provider = line.state = "";
  EXPECT_EQ(*verified, without_words);
  // As people type it: in small letters, without hyphens, over several lines, with O for 0.
  std::string typed;
  for (const char c : *code) {
    if (c == '0') {
      typed += 'o';
    } else if (c == '-') {
      typed += typed.size() % 7 == 0 ? "\n" : " ";
    } else {
      typed += static_cast<char>(std::tolower(c));
    }
  }
  EXPECT_TRUE(VerifyCode(typed, authority.certificate).ok());
}

TEST(VerifyCode, TellsATypingErrorFromAForgery) {
  const Authority authority, other;
  const std::string code = *IssueCode(Transcript(), authority.sign());
  std::string mistyped = code;
  mistyped[20] = mistyped[20] == 'A' ? 'B' : 'A';
  EXPECT_EQ(VerifyCode(mistyped, authority.certificate).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(VerifyCode(code.substr(0, 40), authority.certificate).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(VerifyCode("", authority.certificate).status().code(), absl::StatusCode::kInvalidArgument);
  const std::string forged = *IssueCode(Transcript(), other.sign());
  EXPECT_EQ(VerifyCode(forged, authority.certificate).status().code(), absl::StatusCode::kPermissionDenied);
  Credential more = Transcript();
  more.total_minutes += 600;
  // The signature of one statement under another: as somebody would who edits the hours.
  const std::string stolen = *IssueCode(more, [&](std::string_view) {
    std::string signature;
    IssueCode(Transcript(), [&](std::string_view statement) {
      return signature = authority.sign()(statement);
    }).IgnoreError();
    return signature;
  });
  EXPECT_EQ(VerifyCode(stolen, authority.certificate).status().code(), absl::StatusCode::kPermissionDenied);
}

TEST(VerifyCode, CoversLinesBeyondItsRoomByFingerprint) {
  const Authority authority;
  const Credential many = Transcript(kMostCodedLines + 1);
  const auto verified = VerifyCode(*IssueCode(many, authority.sign()), authority.certificate);
  ASSERT_TRUE(verified.ok());
  EXPECT_TRUE(verified->lines.empty());
  EXPECT_EQ(verified->fingerprint, many.fingerprint);
  Credential changed = many;
  changed.lines.back().title = "Trust circles";
  EXPECT_NE(FingerprintOf(changed.lines), many.fingerprint);
}

TEST(IssueCode, RefusesWhatACodeCannotHold) {
  const Authority authority;
  Credential credential = Transcript();
  credential.name = std::string(500, 'x');
  EXPECT_FALSE(IssueCode(credential, authority.sign()).ok());
  credential = Transcript();
  credential.issue_date = "yesterday";
  EXPECT_FALSE(IssueCode(credential, authority.sign()).ok());
}

TEST(CredentialPdf, IsAPdfWithAndWithoutACode) {
  const Authority authority;
  Credential credential = Transcript(60);
  EXPECT_THAT(CredentialPdf(credential, *IssueCode(credential, authority.sign())).substr(0, 5), "%PDF-");
  EXPECT_GT(CredentialPdf(credential, "").size(), 1000u);
  credential.type = CredentialType::kCertificate;
  credential.activity = "Trust in teams";
  EXPECT_THAT(CredentialPdf(credential, *IssueCode(credential, authority.sign())), HasSubstr("%%EOF"));
}

TEST(DurationText, SaysHoursAndMinutes) {
  EXPECT_EQ(DurationText(0), "0 h");
  EXPECT_EQ(DurationText(45), "45 min");
  EXPECT_EQ(DurationText(330), "5 h 30 min");
}

}  // namespace
}  // namespace trellis
