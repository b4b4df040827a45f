// A site's exchange and a server's, joined by a wire that counts bytes and turns and can be cut.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/exchange/exchange.h"
#include "common/replica/replica.h"
#include "common/wire/message_fold.h"

namespace trellis {

struct WireCount {
  uint64_t bytes_up = 0;  // encoded messages, before TLS and HTTP/2
  uint64_t bytes_down = 0;
  uint64_t frame_bytes_up = 0;       // bodies of frames alone
  uint64_t lost_frame_bytes_up = 0;  // of them, under way when the connection was cut
  uint64_t turns = 0;                // times the site waited for the server until all it had was acknowledged
};

class WirePair {
 public:
  // One connection. `site` syncs `scope` both ways.
  WirePair(Replica* site, Replica* server, const std::string& scope, size_t frame_bytes = 4 * 1024,
           size_t window_bytes = 64 * 1024);

  // Carries messages until neither end has more to say, or more than `max_frame_bytes_up` of frames have left
  // the site: then the connection is cut, and all that was under way is lost.
  void Run(uint64_t max_frame_bytes_up = UINT64_MAX);
  const WireCount& count() const { return count_; }
  Exchange& site() { return *site_; }
  Exchange& server() { return *server_; }

 private:
  bool AllPushed() const;

  SystemClock clock_;
  std::unique_ptr<Exchange> site_;
  std::unique_ptr<Exchange> server_;
  MessageFold site_fold_;
  MessageFold server_fold_;
  WireCount count_;
};

}  // namespace trellis
