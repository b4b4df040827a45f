#include "client/link/link_diagnosis.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <utility>

namespace trellis {
namespace {

std::string DayOf(int64_t ms) {
  return fmt::format("{:%Y-%m-%d %H:%M} UTC", fmt::gmtime(static_cast<time_t>(ms / 1000)));
}

class Diagnosis {
 public:
  explicit Diagnosis(const LinkFindings& findings)
      : findings_(findings),
        server_(findings.server.ToString()),
        first_hop_(findings.proxy.has_value() ? "the proxy " + findings.proxy->ToString() : server_) {}

  LinkDiagnosis Run(const CertificateTime& own, int64_t now_ms) {
    if (Name() && Connection() && Proxy() && Tls() && Server(now_ms)) OwnCertificate(own, now_ms);
    for (const char* name : {"name", "connection", "tls", "server"}) {
      const bool told = std::any_of(out_.steps.begin(), out_.steps.end(),
                                    [&](const DiagnosisStep& step) { return step.name == name; });
      if (!told)
        out_.steps.push_back({name, StepState::kUnknown, "not tried, because of what stands before it", ""});
    }
    return std::move(out_);
  }

 private:
  bool Good(const char* name, std::string sentence) {
    out_.steps.push_back({name, StepState::kGood, std::move(sentence), ""});
    return true;
  }
  bool Bad(const char* name, LinkVerdict verdict, std::string sentence, std::string fix) {
    out_.verdict = verdict;
    out_.steps.push_back({name, StepState::kBad, std::move(sentence), std::move(fix)});
    return false;
  }

  bool Name() {
    const Endpoint& asked = findings_.proxy.has_value() ? *findings_.proxy : findings_.server;
    if (findings_.reached != DialStep::kName) {
      return Good("name", fmt::format("{} is {}", asked.host, findings_.address));
    }
    return Bad("name", LinkVerdict::kNoNetwork,
               fmt::format("the name {} is not known here ({})", asked.host, findings_.dial_words),
               "see that this machine is on the network (cable, Wi-Fi); if other sites open, the name of the "
               "server may be mistyped or blocked");
  }

  bool Connection() {
    if (findings_.reached != DialStep::kConnect)
      return Good("connection", fmt::format("{} answers", first_hop_));
    switch (findings_.dial_error) {
      case ECONNREFUSED:
        return Bad(
            "connection", LinkVerdict::kNotListening,
            fmt::format("the network is there, but nothing listens at {}", first_hop_),
            "the server may be down for a moment; if it lasts, ask the district whether the address and "
            "port are right");
      case ENETUNREACH:
      case EHOSTUNREACH:
      case ENETDOWN:
        return Bad("connection", LinkVerdict::kNoNetwork,
                   fmt::format("no way leads to {}: this machine has no network", first_hop_),
                   "connect the machine (cable, Wi-Fi); work goes on meanwhile and is kept");
      default:
        return Bad(
            "connection", LinkVerdict::kSwallowed,
            fmt::format("{} does not answer ({})", first_hop_, findings_.dial_words),
            "either the line is dead or a firewall drops the port: ask whoever runs the network to let "
            "connections out to " +
                server_ + ", or name their proxy with --proxy");
    }
  }

  bool Proxy() {
    if (!findings_.proxy.has_value()) return true;
    if (findings_.reached != DialStep::kProxy) {
      return Good("proxy", fmt::format("{} connects to {}", first_hop_, server_));
    }
    return Bad("proxy", LinkVerdict::kProxyRefuses,
               fmt::format("{} does not connect to {}: {}", first_hop_, server_, findings_.dial_words),
               "ask whoever runs the proxy to allow CONNECT to " + server_ +
                   " (many allow port 443 only: the district can serve sync there)");
  }

  bool Tls() {
    switch (findings_.tls) {
      case TlsAnswer::kShown:
        return Good("tls", fmt::format("a certificate is shown by \"{}\", issued by \"{}\"",
                                       findings_.certificate.subject, findings_.certificate.issuer));
      case TlsAnswer::kNotTls:
        return Bad("tls", LinkVerdict::kPortal,
                   fmt::format("the network is there, but a page answers in the server's place (\"{}\"): the "
                               "server was not reached, and nothing was sent",
                               findings_.tls_words),
                   "open a browser on this machine and sign in to the network, or use another one");
      case TlsAnswer::kRefused:
        return Bad("tls", LinkVerdict::kForeign,
                   fmt::format("something answers at {} and refuses to speak TLS ({})", server_,
                               findings_.tls_words),
                   "ask whoever runs the network whether a filter stands before " + server_);
      case TlsAnswer::kCut:
        return Bad(
            "tls", LinkVerdict::kSwallowed,
            fmt::format("the connection to {} is closed as soon as TLS is spoken", server_),
            "a filter may be closing it, or the server is just starting; if it lasts, ask whoever runs the "
            "network to let TLS through to " +
                server_);
      default:
        return Bad(
            "tls", LinkVerdict::kSwallowed,
            fmt::format("{} takes connections, but nothing comes back", server_),
            "the line is dead or very slow, or a filter holds it: try again, then ask whoever runs the "
            "network");
    }
  }

  bool Server(int64_t now_ms) {
    const PresentedCertificate& shown = findings_.certificate;
    if (!findings_.ours) {
      return Bad(
          "server", LinkVerdict::kForeign,
          fmt::format(
              "the network is there, but the district's server was not reached: whoever answers at {} "
              "shows a certificate for \"{}\" issued by \"{}\", not by the district. Nothing was sent",
              server_, shown.subject, shown.issuer),
          fmt::format(
              "that is what a filter that inspects TLS does, or a sign-in page: ask whoever runs \"{}\" "
              "to let {} through without inspection, or sign in to the network in a browser",
              shown.issuer, server_));
    }
    if (now_ms < shown.not_before_ms) {
      return Bad(
          "server", LinkVerdict::kClock,
          fmt::format(
              "this machine's clock says {}, which is before the server's certificate begins ({}): the "
              "clock is behind",
              DayOf(now_ms), DayOf(shown.not_before_ms)),
          "set this machine's clock; no work is lost, and its times are put right");
    }
    if (now_ms > shown.not_after_ms) {
      return Bad(
          "server", LinkVerdict::kClock,
          fmt::format("this machine's clock says {}, which is after the server's certificate ends ({}): the "
                      "clock is ahead, or the server has run for more than a year without a restart",
                      DayOf(now_ms), DayOf(shown.not_after_ms)),
          "see that this machine's clock is right; if it is, the district must restart its server");
    }
    return Good("server", fmt::format("it is the district's server (its certificate is good until {})",
                                      DayOf(shown.not_after_ms)));
  }

  void OwnCertificate(const CertificateTime& own, int64_t now_ms) {
    if (own.not_after_ms == 0) return;
    if (now_ms < own.not_before_ms) {
      Bad("certificate", LinkVerdict::kClock,
          fmt::format(
              "this machine's clock says {}, before its own certificate begins ({}): the clock is behind",
              DayOf(now_ms), DayOf(own.not_before_ms)),
          "set this machine's clock");
    } else if (now_ms > own.not_after_ms) {
      Bad("certificate", LinkVerdict::kOwnCertificate,
          fmt::format("this machine's certificate ended on {}", DayOf(own.not_after_ms)),
          "ask the district for a fresh joining code (`trellis sites rejoin SITE`) and run `trellisd join` "
          "with it: "
          "what waits here is kept and sent then");
    } else {
      Good("certificate",
           fmt::format("this machine's certificate is good until {}", DayOf(own.not_after_ms)));
    }
  }

  const LinkFindings& findings_;
  const std::string server_;
  const std::string first_hop_;
  LinkDiagnosis out_;
};

}  // namespace

std::string LinkDiagnosis::Problem() const {
  const auto bad = std::find_if(steps.begin(), steps.end(),
                                [](const DiagnosisStep& step) { return step.state == StepState::kBad; });
  return bad == steps.end() ? std::string() : bad->sentence;
}

LinkDiagnosis DiagnoseLink(const LinkFindings& findings, const CertificateTime& own, int64_t now_ms) {
  return Diagnosis(findings).Run(own, now_ms);
}

bool NetworkIsPresent(LinkVerdict verdict) {
  return verdict != LinkVerdict::kNoNetwork && verdict != LinkVerdict::kSwallowed;
}

std::string_view WordOf(LinkVerdict verdict) {
  switch (verdict) {
    case LinkVerdict::kClear:
      return "clear";
    case LinkVerdict::kNoNetwork:
      return "no-network";
    case LinkVerdict::kNotListening:
      return "not-listening";
    case LinkVerdict::kSwallowed:
      return "no-answer";
    case LinkVerdict::kProxyRefuses:
      return "proxy-refuses";
    case LinkVerdict::kPortal:
      return "portal";
    case LinkVerdict::kForeign:
      return "foreign-certificate";
    case LinkVerdict::kClock:
      return "clock";
    case LinkVerdict::kOwnCertificate:
      return "own-certificate";
  }
  return "unknown";
}

}  // namespace trellis
