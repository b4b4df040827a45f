#include "common/time/clock.h"

#include <time.h>

#include <chrono>
#include <fstream>

namespace trellis {

int64_t SystemClock::WallMs() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

int64_t SystemClock::SteadyMs() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

int64_t SystemClock::BootMs() const {
  timespec now{};
  if (clock_gettime(CLOCK_BOOTTIME, &now) != 0) return SteadyMs();
  return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

std::string SystemClock::BootId() const {
  std::string id;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> id;
  return id;
}

}  // namespace trellis
