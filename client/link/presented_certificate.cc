#include "client/link/presented_certificate.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

namespace trellis {
namespace {

constexpr size_t kLongestName = 100;

std::string NamePart(const X509_NAME* name, int nid) {
  const int at = X509_NAME_get_index_by_NID(name, nid, -1);
  if (at < 0) return {};
  unsigned char* text = nullptr;
  const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  if (size < 0) return {};
  std::string part(reinterpret_cast<char*>(text), size);
  OPENSSL_free(text);
  // It comes from whoever answers: nothing that could steer a terminal.
  std::replace_if(
      part.begin(), part.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return part.substr(0, kLongestName);
}

std::string PersonalName(const X509_NAME* name) {
  const std::string organization = NamePart(name, NID_organizationName);
  const std::string common = NamePart(name, NID_commonName);
  if (organization.empty() || common.empty() || common == organization) return organization + common;
  return fmt::format("{} ({})", common, organization);
}

int64_t MillisecondsOf(const ASN1_TIME* time) {
  std::tm fields{};
  return ASN1_TIME_to_tm(time, &fields) == 1 ? static_cast<int64_t>(timegm(&fields)) * 1000 : 0;
}

}  // namespace

PresentedCertificate DescribeCertificate(X509* certificate) {
  return {.subject = PersonalName(X509_get_subject_name(certificate)),
          .issuer = PersonalName(X509_get_issuer_name(certificate)),
          .not_before_ms = MillisecondsOf(X509_get0_notBefore(certificate)),
          .not_after_ms = MillisecondsOf(X509_get0_notAfter(certificate))};
}

}  // namespace trellis
