// A site without a link: hands its bundles to a neighbour and takes in the receipts that come back.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "client/bundle/relay_call.h"
#include "common/bundle/site_end.h"

namespace trellis {

// Thread-safe.
class RelayCaller {
 public:
  // So often is asked for a receipt; and a bundle is made though nothing was written here, for what comes
  // down.
  static constexpr int64_t kAskEveryMs = 5'000;
  static constexpr int64_t kAnewEveryMs = 5 * 60'000;

  struct Options {
    std::string neighbour;  // HOST:PORT
    SiteEnd* end = nullptr;
    BundleSigner signer;
    Replica* replica = nullptr;
    std::vector<std::string> scopes;
    const Clock* clock = nullptr;
    std::function<bool()> connected;  // to the server itself: then nobody is asked for help
  };
  // Begins at once. Pointers must outlive the object.
  explicit RelayCaller(Options options);
  ~RelayCaller();

  // How it stands, in words.
  std::string Standing() const;

 private:
  void Run();
  absl::Status HandOver();
  std::vector<uint64_t> Heads() const;
  void Say(std::string sentence);

  const Options options_;
  std::shared_ptr<grpc::Channel> channel_;
  RelayCall call_;
  std::string receipt_seen_;
  std::vector<uint64_t> handed_heads_;
  int64_t handed_ms_ = 0;  // steady; 0: never
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::string sentence_;
  std::thread thread_;
};

}  // namespace trellis
