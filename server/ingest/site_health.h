// What the server knows of each site's sync: who is connected, how far it is, when it was last heard.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "common/exchange/exchange.h"
#include "common/replica/replica.h"
#include "common/time/clock.h"

namespace trellis {

struct SiteHealthRow {
  int connections = 0;
  int64_t last_seen_ms = 0;  // 0: never
  uint64_t head = 0;         // the site's newest change held here, by the site's own counting
  uint64_t behind = 0;       // what the site last said it has beyond that
  int64_t caught_up_ms = 0;  // when everything the site said it had was last held here; 0: never
  int64_t verified_ms = 0;   // digests equal; 0: never
  std::string notice;        // what a person should look at
  int64_t noticed_ms = 0;    // when that was
};

// Thread-safe. Survives restarts by rows in the store's meta, written when a connection ends and at most
// once a minute while it lives.
class SiteHealth {
 public:
  static constexpr int64_t kRememberEveryMs = 60'000;
  // So long a notice is told.
  static constexpr int64_t kNoticeLifeMs = 30LL * 24 * 60 * 60 * 1000;

  // Pointers must outlive the object.
  SiteHealth(Replica* replica, const Clock* clock);

  void Connected(const std::string& site, const std::string& connection);
  // May block on the store.
  void Observe(const std::string& site, const std::string& connection, const ExchangeStatus& status,
               bool ended);
  // What the site held when it made a bundle, at `made_ms` of its clock, has been taken in. May block on the
  // store.
  void Carried(const std::string& site, const ScopeProgress& own_scope, int64_t made_ms);
  // How far a machine has said, in a session since the server started, that it holds a scope of the
  // district's.
  void NoteAcknowledged(const std::string& peer, const ExchangeStatus& status);
  uint64_t AcknowledgedBy(const std::string& peer, const std::string& scope) const;
  void Raise(const std::string& site, std::string notice);
  SiteHealthRow Of(std::string_view site) const;

 private:
  struct Site {
    SiteHealthRow row;
    std::map<std::string, bool> connections;  // open ones; whether they have caught up
    int64_t remembered_ms = 0;                // steady
    bool unremembered_notice = false;
  };
  void Remember(const std::string& site, const SiteHealthRow& row);
  // Reads the row of an earlier run the first time a site is asked for.
  Site& At(std::string_view site) const;

  Replica* const replica_;
  const Clock* const clock_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, Site, std::less<>> sites_;
  std::map<std::string, std::map<std::string, uint64_t>> acknowledged_;  // by peer, then scope
};

}  // namespace trellis
