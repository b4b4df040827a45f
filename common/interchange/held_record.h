// A record as an exporter takes it.
#pragma once

#include <cstdint>
#include <string>

namespace trellis {

template <typename Message>
struct HeldRecord {
  std::string id;
  std::string scope;
  int64_t update_time_ms = 0;
  Message message;
};

}  // namespace trellis
