#include "client/agent/site_diagnosis.h"

#include <fmt/format.h>

#include <cstdlib>

namespace trellis {
namespace {

DiagnosisStep Good(const char* name, std::string sentence) {
  return {name, StepState::kGood, std::move(sentence), ""};
}
DiagnosisStep Bad(const char* name, std::string sentence, std::string fix) {
  return {name, StepState::kBad, std::move(sentence), std::move(fix)};
}
DiagnosisStep Unknown(const char* name, std::string sentence) {
  return {name, StepState::kUnknown, std::move(sentence), ""};
}

DiagnosisStep LookAtAdmission(const SiteFacts& facts) {
  if (!facts.standing.has_value()) return Unknown("admission", "no daemon runs, so the server was not asked");
  const SyncStanding& standing = *facts.standing;
  switch (standing.word) {
    case SyncWord::kSynced:
    case SyncWord::kWorking:
      return Good("admission",
                  fmt::format("the server ({}, protocol {}) takes this machine",
                              standing.exchange.welcome.software, standing.exchange.welcome.protocol));
    case SyncWord::kPaused:
      return Bad("admission", "sync was paused by a person", "`trellis sync resume` ends the pause");
    case SyncWord::kRefused:
      return Bad("admission", fmt::format("the server turned this machine away: {}", standing.last_error),
                 fmt::format(
                     "ask the district for a fresh joining code (`trellis sites rejoin {}`); what waits here "
                     "is kept",
                     facts.site));
    case SyncWord::kOffline:
      break;
  }
  if (!facts.link.clear()) return Unknown("admission", "the server was not reached");
  if (standing.exchange.retry_after_ms > 0) {
    return Unknown("admission", "the server asked to come a little later; nothing needs to be done");
  }
  if (standing.last_error.empty()) return Unknown("admission", "not connected just now; an attempt is due");
  return Unknown("admission",
                 fmt::format("the server answers now; the last attempt ended with: {}", standing.last_error));
}

DiagnosisStep LookAtClock(const SiteFacts& facts) {
  if (facts.link.verdict == LinkVerdict::kClock) {
    return Bad("clock", "this machine's clock is wrong (see above)", "set it");
  }
  if (!facts.standing.has_value() || facts.standing->exchange.welcome.wall_ms == 0) {
    return Unknown("clock", "it could not be compared with the server's yet");
  }
  const int64_t offset_ms = facts.standing->exchange.peer_clock_offset_ms;
  const int64_t seconds = std::llabs(offset_ms) / 1000;
  const std::string apart =
      seconds < 120 ? fmt::format("{} s", seconds) : fmt::format("{} minutes", seconds / 60);
  if (std::llabs(offset_ms) <= kClockWorthSettingMs) {
    return Good("clock", fmt::format("within {} of the server's", apart));
  }
  return Bad("clock", fmt::format("{} {} the server's", apart, offset_ms > 0 ? "behind" : "ahead of"),
             "set this machine's clock; no work is lost, and the times of what is written are put right");
}

DiagnosisStep LookAtDisk(const SiteFacts& facts) {
  if (!facts.free_bytes.has_value()) return Unknown("disk", "the free room could not be read");
  const std::string room = fmt::format("{} MB free where the store stands", *facts.free_bytes >> 20);
  if (*facts.free_bytes >= kLittleRoomBytes) return Good("disk", room);
  return Bad("disk", room,
             "make room: once the disk is full nothing new can be saved (nothing saved is lost)");
}

DiagnosisStep LookAtStore(const SiteFacts& facts) {
  if (!facts.standing.has_value()) return Unknown("store", "no daemon runs; it is checked when one opens it");
  if (!facts.in_rescue) return Good("store", "it opened with everything it had acknowledged");
  return Bad("store",
             fmt::format("it was found behind what it had acknowledged by {} change(s)", facts.changes_lost),
             "let it sync: what the server holds of them comes back by itself. Then have the disk looked at");
}

DiagnosisStep LookAtQuarantine(const SiteFacts& facts) {
  if (!facts.standing.has_value()) return Unknown("quarantine", "no daemon runs");
  if (facts.set_aside == 0) return Good("quarantine", "nothing is set aside");
  return Bad("quarantine", fmt::format("{} record(s) are set aside", facts.set_aside),
             "`trellis quarantine list` says why for each; they block nothing");
}

}  // namespace

std::vector<DiagnosisStep> DiagnoseSite(const SiteFacts& facts) {
  std::vector<DiagnosisStep> steps = facts.link.steps;
  for (const auto step : {LookAtAdmission, LookAtClock, LookAtDisk, LookAtStore, LookAtQuarantine})
    steps.push_back(step(facts));
  return steps;
}

}  // namespace trellis
