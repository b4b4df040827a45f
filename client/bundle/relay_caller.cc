#include "client/bundle/relay_caller.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

#include "client/bundle/relay_proof.h"
#include "common/rpc/channel_settings.h"

namespace trellis {

RelayCaller::RelayCaller(Options options) : options_(std::move(options)) {
  channel_ = grpc::CreateCustomChannel(options_.neighbour, grpc::InsecureChannelCredentials(),
                                       SyncChannelArguments(Keepalive()));
  thread_ = std::thread([this] { Run(); });
}

RelayCaller::~RelayCaller() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  call_.Stop();
  thread_.join();
}

void RelayCaller::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    if (!options_.connected()) {
      const absl::Status handed = HandOver();
      if (!handed.ok()) Say(fmt::format("The neighbour: {}.", std::string(handed.message())));
    }
    lock.lock();
    wake_.wait_for(lock, std::chrono::milliseconds(kAskEveryMs), [this] { return stopping_; });
  }
}

std::vector<uint64_t> RelayCaller::Heads() const {
  std::vector<uint64_t> heads;
  for (const std::string& scope : options_.scopes) {
    const absl::StatusOr<ScopeHead> head = options_.replica->Head(scope);
    heads.push_back(head.ok() ? head->seq : 0);
  }
  return heads;
}

absl::Status RelayCaller::HandOver() {
  const std::vector<uint64_t> heads = Heads();
  const int64_t now_ms = options_.clock->SteadyMs();
  const bool anew = handed_ms_ == 0 || now_ms - handed_ms_ >= kAnewEveryMs;
  std::string bundle;
  if (anew || heads != handed_heads_) {
    absl::StatusOr<ExportedBundle> exported = options_.end->Export();
    if (!exported.ok()) return exported.status();
    if (anew || exported->records > 0) bundle = std::move(exported->file);
  }
  absl::StatusOr<sync::v1::HandOverProof> proof = MakeProof(options_.signer, bundle);
  if (!proof.ok()) return proof.status();
  proof->set_receipt_seen(receipt_seen_);
  absl::StatusOr<HandedOver> handed = call_.Run(channel_, *proof, bundle);
  if (!handed.ok()) return handed.status();
  handed_heads_ = heads;
  if (!bundle.empty()) handed_ms_ = std::max<int64_t>(now_ms, 1);
  Say(fmt::format("The neighbour {}: {}.", options_.neighbour, handed->standing.sentence()));
  if (handed->receipt.empty()) return absl::OkStatus();
  absl::StatusOr<TakenReceipt> receipt = options_.end->Import(handed->receipt);
  if (!receipt.ok()) return receipt.status();
  receipt_seen_ = HashOfFile(handed->receipt);
  spdlog::info(
      "a receipt came by way of the neighbour: {} frames stored at the district, {} records came down",
      receipt->acknowledged, receipt->taken.records);
  return absl::OkStatus();
}

void RelayCaller::Say(std::string sentence) {
  std::lock_guard lock(mutex_);
  if (sentence == sentence_) return;
  sentence_ = std::move(sentence);
  spdlog::info("{}", sentence_);
}

std::string RelayCaller::Standing() const {
  std::lock_guard lock(mutex_);
  return sentence_;
}

}  // namespace trellis
