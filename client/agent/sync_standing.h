// How a site's sync stands, and what may be said of it. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "common/exchange/exchange.h"

namespace trellis {

enum class SyncWord {
  kSynced,   // everything here is acknowledged durable by the server, and it had nothing more for us
  kWorking,  // connected, something on its way
  kOffline,
  kPaused,
  kRefused,  // the server turned us away
};

struct SyncStanding {
  SyncWord word = SyncWord::kOffline;
  ExchangeStatus exchange;      // of the present connection, or of the last one
  int64_t since_ms = 0;         // when the word last changed between connected and not; 0: never connected
  int64_t last_contact_ms = 0;  // when the server last spoke; 0: never
  int64_t next_attempt_ms = 0;  // 0: none is set
  std::string last_error;       // why the last connection ended; empty while one stands
  uint64_t sent_bytes = 0;      // over all connections of this run
  uint64_t resent_bytes = 0;    // of them, sent again because of cuts
  uint64_t resent_bound_bytes = 0;  // what that never exceeds: the sum over cuts of the window then in force
  uint64_t cuts = 0;
};

// Whether everything both ends have has crossed; with `since_ms`, whether the digests were compared equal at
// or after that wall time as well.
bool AllCrossed(const ExchangeStatus& status);
bool AllVerifiedSince(const ExchangeStatus& status, int64_t since_ms);

// One sentence for people.
std::string SentenceOf(const SyncStanding& standing, int64_t now_ms);

}  // namespace trellis
