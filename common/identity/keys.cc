#include "common/identity/keys.h"

#include <fmt/format.h>
#include <openssl/ec.h>
#include <openssl/pem.h>

#include <ctime>

#include "common/identity/openssl_objects.h"

namespace trellis {
namespace {

absl::StatusOr<int64_t> MillisecondsOf(const ASN1_TIME* time) {
  std::tm fields{};
  if (ASN1_TIME_to_tm(time, &fields) != 1) return OpensslError("not a time");
  return static_cast<int64_t>(timegm(&fields)) * 1000;
}

std::string FirstUri(X509* certificate) {
  auto* names =
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  if (names == nullptr) return {};
  std::string uri;
  for (int i = 0; i < sk_GENERAL_NAME_num(names) && uri.empty(); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
    if (name->type != GEN_URI) continue;
    const ASN1_IA5STRING* text = name->d.uniformResourceIdentifier;
    uri.assign(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)), ASN1_STRING_length(text));
  }
  GENERAL_NAMES_free(names);
  return uri;
}

std::string SerialOf(X509* certificate) {
  BIGNUM* number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr);
  char* hex = BN_bn2hex(number);
  std::string serial = hex;
  OPENSSL_free(hex);
  BN_free(number);
  return serial;
}

}  // namespace

absl::StatusOr<std::string> MakePrivateKey() {
  KeyPtr key(EVP_EC_gen("P-256"));
  if (key == nullptr) return OpensslError("cannot make a key");
  return KeyToPem(key.get());
}

absl::StatusOr<std::string> MakeCertificateRequest(std::string_view private_key_pem) {
  absl::StatusOr<KeyPtr> key = ParseKey(private_key_pem);
  if (!key.ok()) return key.status();
  RequestPtr request(X509_REQ_new());
  if (X509_REQ_set_pubkey(request.get(), key->get()) != 1 ||
      X509_REQ_sign(request.get(), key->get(), EVP_sha256()) == 0) {
    return OpensslError("cannot make a certificate request");
  }
  BioPtr bio(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509_REQ(bio.get(), request.get()) != 1) return OpensslError("cannot write the request");
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return std::string(bytes, size);
}

absl::StatusOr<CertificateFacts> ReadCertificate(std::string_view certificate_pem) {
  absl::StatusOr<X509Ptr> certificate = ParseCertificate(certificate_pem);
  if (!certificate.ok()) return certificate.status();
  absl::StatusOr<int64_t> not_before = MillisecondsOf(X509_get0_notBefore(certificate->get()));
  absl::StatusOr<int64_t> not_after = MillisecondsOf(X509_get0_notAfter(certificate->get()));
  if (!not_before.ok()) return not_before.status();
  if (!not_after.ok()) return not_after.status();
  CertificateFacts facts;
  facts.uri = FirstUri(certificate->get());
  facts.serial = SerialOf(certificate->get());
  facts.key = HashOfKey(X509_get0_pubkey(certificate->get()));
  facts.not_before_ms = *not_before;
  facts.not_after_ms = *not_after;
  return facts;
}

std::string KeyHashHex(const KeyHash& hash) {
  std::string hex;
  for (const uint8_t byte : hash) hex += fmt::format("{:02x}", byte);
  return hex;
}

std::string SiteUri(std::string_view district, std::string_view site) {
  return fmt::format("trellis://{}/site/{}", district, site);
}

std::string SiteOfUri(std::string_view district, std::string_view uri) {
  const std::string prefix = SiteUri(district, "");
  if (!uri.starts_with(prefix)) return {};
  const std::string_view site = uri.substr(prefix.size());
  return site.find('/') == std::string_view::npos ? std::string(site) : std::string();
}

std::string ServerName(std::string_view district) {
  return fmt::format("server.{}.trellis.internal", district);
}

}  // namespace trellis
