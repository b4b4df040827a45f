// What was found on the way to the server, as people need it: what stands there, and what to do. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "client/link/link_probe.h"

namespace trellis {

enum class LinkVerdict {
  kClear,           // the district's server answers, in its time
  kNoNetwork,       // nothing is reached at all
  kNotListening,    // the machine is there, the server is not
  kSwallowed,       // nothing comes back: a firewall, or a line that is dead
  kProxyRefuses,    // the proxy does not let us through
  kPortal,          // a web page answers: a network that wants a sign-in
  kForeign,         // somebody else's certificate: a filter that inspects TLS, or another server
  kClock,           // the certificate is ours, and this machine's clock is not in its time
  kOwnCertificate,  // the machine's own certificate is not good any more, or not yet
};

enum class StepState { kGood, kBad, kUnknown };

struct DiagnosisStep {
  std::string name;  // name, connection, proxy, tls, server
  StepState state = StepState::kUnknown;
  std::string sentence;
  std::string fix;  // empty unless bad
};

// The time in which the machine's own certificate is good.
struct CertificateTime {
  int64_t not_before_ms = 0;
  int64_t not_after_ms = 0;
};

struct LinkDiagnosis {
  LinkVerdict verdict = LinkVerdict::kClear;
  std::vector<DiagnosisStep> steps;

  bool clear() const { return verdict == LinkVerdict::kClear; }
  // The step that is bad, in one sentence; empty if none is.
  std::string Problem() const;
};

LinkDiagnosis DiagnoseLink(const LinkFindings& findings, const CertificateTime& own, int64_t now_ms);

// Whether a server that was not reached because of this means that a network is there.
bool NetworkIsPresent(LinkVerdict verdict);
std::string_view WordOf(LinkVerdict verdict);

}  // namespace trellis
