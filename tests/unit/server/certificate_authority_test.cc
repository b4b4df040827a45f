#include "server/enrolment/certificate_authority.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include "common/identity/openssl_objects.h"

namespace trellis {
namespace {

constexpr int64_t kNow = 1'800'000'000'000;

// A request that asks for more than it should.
std::string RequestWith(int extension, const char* value, const char* subject) {
  const KeyPtr key = std::move(*ParseKey(*MakePrivateKey()));
  const RequestPtr request(X509_REQ_new());
  X509_REQ_set_pubkey(request.get(), key.get());
  if (subject != nullptr) {
    X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(request.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(subject), -1, -1, 0);
  }
  if (value != nullptr) {
    STACK_OF(X509_EXTENSION)* extensions = sk_X509_EXTENSION_new_null();
    sk_X509_EXTENSION_push(extensions, X509V3_EXT_conf_nid(nullptr, nullptr, extension, value));
    X509_REQ_add_extensions(request.get(), extensions);
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
  }
  X509_REQ_sign(request.get(), key.get(), EVP_sha256());
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509_REQ(bio.get(), request.get());
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return std::string(bytes, size);
}

class CertificateAuthorityTest : public ::testing::Test {
 protected:
  const CertificateAuthority authority_ = *CertificateAuthority::Make("district-1", kNow);
};

TEST_F(CertificateAuthorityTest, SiteCertificate_SaysWhatTheCodeSaid) {
  const std::string request = *MakeCertificateRequest(*MakePrivateKey());
  const absl::StatusOr<std::string> certificate =
      authority_.IssueSite(request, SiteUri("district-1", "S1"), kNow);
  ASSERT_TRUE(certificate.ok()) << certificate.status().ToString();
  const CertificateFacts facts = *ReadCertificate(*certificate);
  EXPECT_EQ(SiteOfUri("district-1", facts.uri), "S1");
  EXPECT_EQ(SiteOfUri("district-2", facts.uri), "");
  EXPECT_EQ(facts.key, *KeyOfRequest(request));
  EXPECT_EQ(facts.not_before_ms, kNow - kBackdateMs);
  EXPECT_EQ(facts.not_after_ms, kNow + kSiteCertificateLifeMs);
}

TEST_F(CertificateAuthorityTest, RequestsThatAskForMore_AreRefused) {
  const std::string requests[] = {
      RequestWith(NID_basic_constraints, "CA:TRUE", nullptr),
      RequestWith(NID_subject_alt_name, "URI:trellis://district-1/site/S2", nullptr),
      RequestWith(0, nullptr, "S2"), "nonsense", std::string(100'000, 'x')};
  for (const std::string& request : requests) {
    EXPECT_TRUE(absl::IsInvalidArgument(
        authority_.IssueSite(request, "trellis://district-1/site/S1", kNow).status()));
  }
}

TEST_F(CertificateAuthorityTest, ForgedProofOfKey_IsRefused) {
  std::string request = *MakeCertificateRequest(*MakePrivateKey());
  const size_t at = request.size() - 60;  // in the signature
  request[at] = request[at] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(authority_.IssueSite(request, "trellis://district-1/site/S1", kNow).ok());
}

TEST_F(CertificateAuthorityTest, KeyAndCertificateOfTwoAuthorities_DoNotLoad) {
  const CertificateAuthority other = *CertificateAuthority::Make("district-2", kNow);
  EXPECT_TRUE(CertificateAuthority::Load(authority_.key_pem(), authority_.certificate_pem()).ok());
  EXPECT_TRUE(
      absl::IsDataLoss(CertificateAuthority::Load(authority_.key_pem(), other.certificate_pem()).status()));
}

}  // namespace
}  // namespace trellis
