// A line between two programs, as bad as one wishes: slow, far, cut at a byte, dead though it looks alive.
// Forwards bytes from a port of its own to another.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace trellis {

// Loopback only. Thread-safe. Up is towards the target.
class TcpProxy {
 public:
  explicit TcpProxy(uint16_t target_port);
  // One that wants `CONNECT HOST:PORT` first, as the proxies of schools do, and goes where it is told.
  static std::unique_ptr<TcpProxy> HttpConnect();
  ~TcpProxy();

  uint16_t port() const { return port_; }
  // Ends every connection at once, as a line that breaks; new ones are refused until Mend.
  void Cut();
  void Mend() { cut_ = false; }
  bool is_cut() const { return cut_; }
  // Cuts by itself once so many further bytes went up; 0: never.
  void CutAfterBytesUp(uint64_t bytes) { budget_up_ = bytes; }
  // As a line that ends nowhere: connections stay, new ones are taken, nothing passes.
  void SetBlackHole(bool on) { black_hole_ = on; }
  // Bytes a second in each direction; 0: as fast as it can.
  void LimitUp(uint64_t bytes_per_second) { rate_up_ = bytes_per_second; }
  void LimitDown(uint64_t bytes_per_second) { rate_down_ = bytes_per_second; }
  // Every byte arrives so much later.
  void SetDelay(std::chrono::milliseconds one_way) { delay_ms_ = one_way.count(); }

  uint64_t bytes_up() const { return bytes_up_; }
  uint64_t bytes_down() const { return bytes_down_; }
  uint64_t connections() const { return connections_; }
  // How often, in all connections, bytes came up after bytes had gone down: 1 before anything came down.
  uint64_t turns() const { return turns_; }
  // What callers asked to be connected to, for HttpConnect.
  std::vector<std::string> asked_for() const;

 private:
  struct Pipe;
  struct Queue;
  TcpProxy(uint16_t target_port, bool wants_connect);
  void Accept();
  void Serve(const std::shared_ptr<Pipe>& pipe);
  bool Reach(Pipe* pipe);
  void Read(const std::shared_ptr<Pipe>& pipe, const std::shared_ptr<Queue>& queue, bool up);
  void Write(const std::shared_ptr<Pipe>& pipe, const std::shared_ptr<Queue>& queue, bool up);

  const uint16_t target_port_;
  const bool wants_connect_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> cut_ = false;
  std::atomic<bool> black_hole_ = false;
  std::atomic<uint64_t> budget_up_ = 0;
  std::atomic<uint64_t> rate_up_ = 0;
  std::atomic<uint64_t> rate_down_ = 0;
  std::atomic<int64_t> delay_ms_ = 0;
  std::atomic<uint64_t> bytes_up_ = 0;
  std::atomic<uint64_t> bytes_down_ = 0;
  std::atomic<uint64_t> connections_ = 0;
  std::atomic<uint64_t> turns_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Pipe>> pipes_;
  std::vector<std::thread> threads_;
  std::vector<std::string> asked_for_;
  std::thread acceptor_;
};

}  // namespace trellis
