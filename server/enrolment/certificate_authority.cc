#include "server/enrolment/certificate_authority.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/rand.h>

#include <utility>

#include "common/identity/openssl_objects.h"

namespace trellis {
namespace {

constexpr size_t kMaxRequestBytes = 8 * 1024;

struct Extension {
  int nid;
  std::string value;  // as OpenSSL's configuration files write it
};

bool AddExtensions(X509* certificate, X509* issuer, const std::vector<Extension>& extensions) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  for (const Extension& wanted : extensions) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, wanted.nid, wanted.value.c_str());
    const bool added = extension != nullptr && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    if (!added) return false;
  }
  return true;
}

bool SetSerial(X509* certificate) {
  unsigned char bytes[16];
  if (RAND_bytes(bytes, sizeof bytes) != 1) return false;
  bytes[0] &= 0x7f;  // a positive number
  BIGNUM* number = BN_bin2bn(bytes, sizeof bytes, nullptr);
  const bool set = BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
  BN_free(number);
  return set;
}

bool SetName(X509_NAME* name, const std::string& common_name) {
  return X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>("Trellis"), -1, -1, 0) == 1 &&
         X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                                    0) == 1;
}

struct Wanted {
  std::string common_name;
  int64_t life_ms = 0;
  std::vector<Extension> extensions;
};

// Signed by `issuer_key` in the name of `issuer`; null issuer: by itself.
absl::StatusOr<std::string> Sign(EVP_PKEY* subject_key, const Wanted& wanted, X509* issuer,
                                 EVP_PKEY* issuer_key, int64_t now_ms) {
  X509Ptr certificate(X509_new());
  X509* raw = certificate.get();
  const time_t begin = (now_ms - kBackdateMs) / 1000;
  const time_t end = (now_ms + wanted.life_ms) / 1000;
  X509* named = issuer == nullptr ? raw : issuer;
  if (X509_set_version(raw, X509_VERSION_3) != 1 || !SetSerial(raw) ||
      ASN1_TIME_set(X509_getm_notBefore(raw), begin) == nullptr ||
      ASN1_TIME_set(X509_getm_notAfter(raw), end) == nullptr || X509_set_pubkey(raw, subject_key) != 1 ||
      !SetName(X509_get_subject_name(raw), wanted.common_name) ||
      X509_set_issuer_name(raw, X509_get_subject_name(named)) != 1 ||
      !AddExtensions(raw, named, wanted.extensions) || X509_sign(raw, issuer_key, EVP_sha256()) == 0) {
    return OpensslError("cannot make the certificate");
  }
  return CertificateToPem(raw);
}

std::string NameEntry(const std::string& host) {
  unsigned char address[16];
  const bool is_address =
      inet_pton(AF_INET, host.c_str(), address) == 1 || inet_pton(AF_INET6, host.c_str(), address) == 1;
  return fmt::format("{}:{}", is_address ? "IP" : "DNS", host);
}

absl::StatusOr<RequestPtr> CheckedRequest(std::string_view request_pem) {
  if (request_pem.size() > kMaxRequestBytes)
    return absl::InvalidArgumentError("the certificate request is too large");
  absl::StatusOr<RequestPtr> request = ParseRequest(request_pem);
  if (!request.ok()) return absl::InvalidArgumentError("the certificate request cannot be read");
  EVP_PKEY* key = X509_REQ_get0_pubkey(request->get());
  if (key == nullptr || X509_REQ_verify(request->get(), key) != 1) {
    return absl::InvalidArgumentError("the certificate request is not signed by the key it names");
  }
  if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC || EVP_PKEY_get_bits(key) != 256) {
    return absl::InvalidArgumentError("the certificate request must be for an EC P-256 key");
  }
  return request;
}

}  // namespace

absl::StatusOr<CertificateAuthority> CertificateAuthority::Make(std::string_view district, int64_t now_ms) {
  absl::StatusOr<std::string> key_pem = MakePrivateKey();
  if (!key_pem.ok()) return key_pem.status();
  absl::StatusOr<KeyPtr> key = ParseKey(*key_pem);
  if (!key.ok()) return key.status();
  const Wanted wanted = {.common_name = fmt::format("Trellis district {}", district),
                         .life_ms = kAuthorityLifeMs,
                         .extensions = {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                                        {NID_key_usage, "critical,keyCertSign,cRLSign"},
                                        {NID_subject_key_identifier, "hash"}}};
  absl::StatusOr<std::string> certificate = Sign(key->get(), wanted, nullptr, key->get(), now_ms);
  if (!certificate.ok()) return certificate.status();
  return CertificateAuthority(*std::move(key_pem), *std::move(certificate));
}

absl::StatusOr<CertificateAuthority> CertificateAuthority::Load(std::string key_pem,
                                                                std::string certificate_pem) {
  absl::StatusOr<KeyPtr> key = ParseKey(key_pem);
  if (!key.ok()) return key.status();
  absl::StatusOr<X509Ptr> certificate = ParseCertificate(certificate_pem);
  if (!certificate.ok()) return certificate.status();
  if (X509_check_private_key(certificate->get(), key->get()) != 1) {
    return absl::DataLossError("the district's certificate and its key do not belong together");
  }
  return CertificateAuthority(std::move(key_pem), std::move(certificate_pem));
}

absl::StatusOr<std::string> CertificateAuthority::IssueServer(std::string_view server_key_pem,
                                                              std::string_view district,
                                                              const std::vector<std::string>& hosts,
                                                              int64_t now_ms) const {
  absl::StatusOr<KeyPtr> subject = ParseKey(server_key_pem);
  if (!subject.ok()) return subject.status();
  absl::StatusOr<KeyPtr> key = ParseKey(key_pem_);
  absl::StatusOr<X509Ptr> issuer = ParseCertificate(certificate_pem_);
  if (!key.ok()) return key.status();
  if (!issuer.ok()) return issuer.status();
  std::string names = fmt::format("URI:trellis://{}/server", district);
  for (const std::string& host : hosts) names += "," + NameEntry(host);
  const Wanted wanted = {.common_name = "server",
                         .life_ms = kServerCertificateLifeMs,
                         .extensions = {{NID_basic_constraints, "critical,CA:FALSE"},
                                        {NID_key_usage, "critical,digitalSignature"},
                                        {NID_ext_key_usage, "serverAuth"},
                                        {NID_subject_alt_name, names},
                                        {NID_authority_key_identifier, "keyid"}}};
  return Sign(subject->get(), wanted, issuer->get(), key->get(), now_ms);
}

absl::StatusOr<std::string> CertificateAuthority::IssueSite(std::string_view request_pem,
                                                            std::string_view uri, int64_t now_ms) const {
  absl::StatusOr<RequestPtr> request = CheckedRequest(request_pem);
  if (!request.ok()) return request.status();
  STACK_OF(X509_EXTENSION)* asked = X509_REQ_get_extensions(request->get());
  const bool asks = sk_X509_EXTENSION_num(asked) > 0;
  sk_X509_EXTENSION_pop_free(asked, X509_EXTENSION_free);
  if (asks || X509_NAME_entry_count(X509_REQ_get_subject_name(request->get())) > 0) {
    return absl::InvalidArgumentError(
        "the certificate request asks for names or rights of its own; they come from the joining code alone");
  }
  absl::StatusOr<KeyPtr> key = ParseKey(key_pem_);
  absl::StatusOr<X509Ptr> issuer = ParseCertificate(certificate_pem_);
  if (!key.ok()) return key.status();
  if (!issuer.ok()) return issuer.status();
  const Wanted wanted = {.common_name = "site",
                         .life_ms = kSiteCertificateLifeMs,
                         .extensions = {{NID_basic_constraints, "critical,CA:FALSE"},
                                        {NID_key_usage, "critical,digitalSignature"},
                                        {NID_ext_key_usage, "clientAuth"},
                                        {NID_subject_alt_name, fmt::format("URI:{}", uri)},
                                        {NID_authority_key_identifier, "keyid"}}};
  return Sign(X509_REQ_get0_pubkey(request->get()), wanted, issuer->get(), key->get(), now_ms);
}

absl::StatusOr<KeyHash> KeyOfRequest(std::string_view request_pem) {
  absl::StatusOr<RequestPtr> request = CheckedRequest(request_pem);
  if (!request.ok()) return request.status();
  return HashOfKey(X509_REQ_get0_pubkey(request->get()));
}

}  // namespace trellis
