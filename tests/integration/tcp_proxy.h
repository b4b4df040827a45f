// A line between two programs that can be cut: forwards bytes from a port of its own to another, until told
// otherwise.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace trellis {

// Loopback only. Thread-safe.
class TcpProxy {
 public:
  explicit TcpProxy(uint16_t target_port);
  ~TcpProxy();

  uint16_t port() const { return port_; }
  // Ends every connection at once, as a line that breaks; new ones are refused until Mend.
  void Cut();
  void Mend() { cut_ = false; }
  // Cuts by itself once so many further bytes went up (towards the target); 0: never.
  void CutAfterBytesUp(uint64_t bytes) { budget_up_ = bytes; }
  // Goes on only at this rate upwards, for cuts in the middle of something; 0: as fast as it can.
  void LimitUp(uint64_t bytes_per_second) { rate_up_ = bytes_per_second; }
  uint64_t bytes_up() const { return bytes_up_; }
  uint64_t bytes_down() const { return bytes_down_; }

 private:
  struct Pipe;
  void Accept();
  void Forward(std::shared_ptr<Pipe> pipe, bool up);

  const uint16_t target_port_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> cut_ = false;
  std::atomic<uint64_t> budget_up_ = 0;
  std::atomic<uint64_t> rate_up_ = 0;
  std::atomic<uint64_t> bytes_up_ = 0;
  std::atomic<uint64_t> bytes_down_ = 0;
  std::mutex mutex_;
  std::vector<std::shared_ptr<Pipe>> pipes_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace trellis
