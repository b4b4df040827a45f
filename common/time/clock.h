// The only door to the time of day and to the passing of time. Everything that asks takes a Clock, so a
// simulation can hold the hands.
#pragma once

#include <cstdint>
#include <string>

namespace trellis {

class Clock {
 public:
  virtual ~Clock() = default;
  // Milliseconds since 1970-01-01T00:00:00Z as this machine believes; may jump either way.
  virtual int64_t WallMs() const = 0;
  // Milliseconds since some fixed moment; never goes back; stands still while the machine is suspended.
  virtual int64_t SteadyMs() const = 0;
  // Milliseconds since the machine started, time in suspension included. A machine put back to an earlier
  // moment goes on from what it had then.
  virtual int64_t BootMs() const { return SteadyMs(); }
  // Another for each start of the machine; empty if it cannot be told.
  virtual std::string BootId() const { return {}; }
};

// The machine's clocks. Thread-safe.
class SystemClock final : public Clock {
 public:
  int64_t WallMs() const override;
  int64_t SteadyMs() const override;
  int64_t BootMs() const override;
  std::string BootId() const override;
};

// A clock moved by hand. Not thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(int64_t wall_ms) : wall_ms_(wall_ms) {}
  int64_t WallMs() const override { return wall_ms_; }
  int64_t SteadyMs() const override { return steady_ms_; }
  int64_t BootMs() const override { return boot_ms_; }
  std::string BootId() const override { return boot_id_; }
  void Advance(int64_t ms) {
    wall_ms_ += ms;
    steady_ms_ += ms;
    boot_ms_ += ms;
  }
  // The wall clock is set; time does not pass.
  void SetWall(int64_t wall_ms) { wall_ms_ = wall_ms; }
  // The machine sleeps so long.
  void Suspend(int64_t ms) {
    wall_ms_ += ms;
    boot_ms_ += ms;
  }
  void SetBootId(const std::string& boot_id) { boot_id_ = boot_id; }

 private:
  int64_t wall_ms_;
  int64_t steady_ms_ = 0;
  int64_t boot_ms_ = 0;
  std::string boot_id_ = "boot";
};

}  // namespace trellis
