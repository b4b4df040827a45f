// Looks at the way to the server, step by step. Sends a TLS greeting and nothing else.
#pragma once

#include <optional>
#include <string>

#include "client/link/dial.h"
#include "client/link/presented_certificate.h"

namespace trellis {

enum class TlsAnswer {
  kNotTried,  // no connection to speak over
  kSilence,   // nothing came
  kCut,       // closed without a word
  kNotTls,    // something else than TLS came back, such as a web page
  kRefused,   // a TLS alert
  kShown,     // a certificate
};

struct LinkFindings {
  Endpoint server;
  std::optional<Endpoint> proxy;
  DialStep reached = DialStep::kName;
  std::string dial_words;
  int dial_error = 0;
  std::string address;
  TlsAnswer tls = TlsAnswer::kNotTried;
  std::string tls_words;  // the first line of what is not TLS, or OpenSSL's own words
  PresentedCertificate certificate;
  bool ours = false;  // issued by the district's authority for its server, whatever the time
};

struct LinkProbe {
  Endpoint server;
  std::optional<HttpProxy> proxy;
  std::string authority_pem;  // of the district
  std::string server_name;    // which its server's certificate carries
};

LinkFindings ProbeLink(const LinkProbe& probe, const Patience& patience);

}  // namespace trellis
