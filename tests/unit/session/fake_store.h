// A store just good enough to drive a session: records are sets of numbers, merge is union, frames are text.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/session/session.h"

namespace trellis {

RecordId IdOf(uint8_t n);

class FakeStore {
 public:
  struct Record {
    std::set<int> values;
    uint8_t lane = 3;
    uint64_t seq = 0;
    Epoch from_epoch = 0;  // origin
    uint64_t from_seq = 0;
  };

  explicit FakeStore(Epoch epoch) { Reopen(epoch); }
  // One scope, "F1".
  void Reopen(Epoch epoch) { lineage_.push_back({epoch, seq_ + 1}); }
  void Write(uint8_t id, int value, uint8_t lane = 3);

  // The result, if the effect has one.
  std::optional<session::Event> Perform(const session::Effect& effect);

  Epoch epoch() const { return lineage_.back().epoch; }
  uint64_t seq() const { return seq_; }
  Hash128 Digest() const;
  Hash128 VersionOf(const Record& record) const;

  std::map<RecordId, Record> records;
  std::map<std::pair<Epoch, uint8_t>, uint64_t> cursors;
  std::set<RecordId> refuses;  // set aside when they come
  std::set<RecordId> set_aside;
  std::set<RecordId> ignores;    // passed over when they come: a fault
  std::set<RecordId> nack_once;  // nacked unless sent whole
  std::vector<LaneCursor> guess;
  bool full = false;
  std::vector<bool> verdicts;
  int advances = 0;
  size_t bytes_per_item = 100;
  std::optional<session::Close> closed;

 private:
  void Store(const RecordId& id, Record record);
  session::Event Do(const session::BuildFrame& build);
  session::Event Do(const session::ApplyFrame& apply);
  std::string Encode(const std::vector<RecordId>& ids) const;
  bool Merge(const RecordId& id, const std::set<int>& values, uint8_t lane, Epoch epoch, uint64_t seq);

  std::vector<LineageRow> lineage_;
  uint64_t seq_ = 0;
  std::array<std::map<uint64_t, RecordId>, session::kLanes> feed_;
};

// Two sessions and the messages between them.
class Ends {
 public:
  Ends(FakeStore* site, FakeStore* server) : Ends(site, server, {}, {}) {}
  Ends(FakeStore* site, FakeStore* server, SessionConfig site_config, SessionConfig server_config);

  void StepSite(session::Event event) { Step(&site, site_store, &to_server, std::move(event)); }
  void StepServer(session::Event event) { Step(&server, server_store, &to_site, std::move(event)); }
  // Delivers one message each way; false if there was none.
  bool DeliverOne();
  // Starts, if it has not, and delivers until nobody has anything to say.
  void Settle();
  void Tick(int64_t steady_ms);

  Session site;
  Session server;
  FakeStore* site_store;
  FakeStore* server_store;
  std::deque<SyncMessage> to_server;
  std::deque<SyncMessage> to_site;
  std::vector<SyncMessage> said;  // all, in order of delivery

 private:
  void Step(Session* session, FakeStore* store, std::deque<SyncMessage>* out, session::Event event);
  bool started_ = false;
};

template <typename Message>
int CountSaid(const Ends& ends) {
  int count = 0;
  for (const SyncMessage& message : ends.said) count += std::holds_alternative<Message>(message);
  return count;
}

}  // namespace trellis
