// A district's server and a site's daemon of different releases, in memory, with a session between them.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "common/causal/bytes.h"
#include "common/exchange/exchange.h"
#include "common/record/message_cells.h"
#include "common/replica/derived_check.h"
#include "common/storage/memory_engine.h"
#include "tests/skew/release/other_release.h"

namespace trellis {

inline std::string TextBytes(uint32_t field, const std::string& text) {
  std::string bytes;
  AppendVarint(&bytes, field << 3 | 2);
  AppendSized(&bytes, text);
  return bytes;
}
inline std::string NumberBytes(uint32_t field, uint64_t number) {
  std::string bytes;
  AppendVarint(&bytes, field << 3);
  AppendVarint(&bytes, number);
  return bytes;
}

inline RecordId SkewId(uint8_t n) {
  RecordId id;
  id.bytes.fill(0x33);
  id.bytes[0] = n;
  return id;
}

// A program of some release with its store.
struct Release {
  Release(uint64_t seed, const KindRegistry* known) : random(seed), clock(1'790'000'000'000) { Open(known); }

  void Open(const KindRegistry* known) {
    kinds = known;
    replica.reset();
    Replica::Options options;
    options.clock = &clock;
    options.random = &random;
    options.kinds = kinds;
    options.district_key.fill(3);
    auto opened = Replica::Open(&engine, options);
    ASSERT_TRUE(opened.ok()) << opened.status();
    replica = *std::move(opened);
  }
  // Writes the fields of `message`, taken apart as this release does.
  void Write(RecordWrite::Type type, const std::string& scope, const std::string& kind, const RecordId& id,
             const std::string& message) {
    clock.Advance(1000);
    const KindInfo* info = kinds->Find(kind);
    auto cells = SplitMessage(message, info != nullptr ? info->split_rules : std::vector<SplitRule>());
    ASSERT_TRUE(cells.ok()) << cells.status();
    RecordWrite write{type, scope, kind, id, {}};
    for (MessageCell& cell : *cells) write.cells.push_back({{cell.field, cell.element}, cell.bytes, false});
    const auto written = replica->Write({"somebody", "", {write}});
    ASSERT_TRUE(written.ok()) << written.status();
  }
  StoredRecord Get(const std::string& scope, const RecordId& id) const {
    const auto record = replica->Get(scope, id);
    EXPECT_TRUE(record.ok() && record->has_value());
    return record.ok() ? record->value_or(StoredRecord()) : StoredRecord();
  }
  // Feed, digests and indexes are what this release makes of the records.
  absl::Status Check() const {
    HashKey key;
    key.fill(3);
    return CheckDerived(*engine.Snapshot(), key, RecordIndexer(kinds));
  }

  MemoryEngine engine;
  SeededRandom random;
  ManualClock clock;
  const KindRegistry* kinds = nullptr;
  std::unique_ptr<Replica> replica;
};

// One session, until nobody has anything to say for a while.
class ReleaseLink {
 public:
  ReleaseLink(Release* site, Release* server) : site_(site), server_(server) {
    for (ExchangeConfig* config : {&site_config, &server_config}) {
      config->district_key.fill(3);
      config->scopes = {{"shared"}, {"F1"}};
    }
    site_config.side = Side::kSite;
    site_config.peer = "server";
    server_config.side = Side::kServer;
    server_config.peer = "site 1";
    server_config.writers = WriterRule{VoucherKey{}, "F1"};
  }

  // Whether both held the same in the end, everywhere.
  bool Sync() {
    Exchange up(site_->replica.get(), &site_->clock, site_config);
    Exchange down(server_->replica.get(), &server_->clock, server_config);
    up.Start();
    std::deque<SyncMessage> to_server;
    std::deque<SyncMessage> to_site;
    const auto collect = [&] {
      for (SyncMessage& message : up.TakeOutgoing()) to_server.push_back(std::move(message));
      for (SyncMessage& message : down.TakeOutgoing()) to_site.push_back(std::move(message));
      return !to_server.empty() || !to_site.empty();
    };
    for (int second = 0; second < 40; ++second) {
      while (collect()) {
        if (!to_server.empty()) {
          down.Receive(to_server.front());
          to_server.pop_front();
        }
        if (!to_site.empty()) {
          up.Receive(to_site.front());
          to_site.pop_front();
        }
      }
      site_->clock.Advance(1000);
      server_->clock.Advance(1000);
      up.Tick();
      down.Tick();
    }
    const ExchangeStatus status = up.Status();
    closed = status.close_reason;
    bool verified = !status.scopes.empty();
    for (const ScopeProgress& scope : status.scopes) verified = verified && scope.verified;
    up.Ended();
    down.Ended();
    return verified;
  }

  ExchangeConfig site_config;
  ExchangeConfig server_config;
  std::string closed;  // why the last session ended by itself; empty: it did not

 private:
  Release* site_;
  Release* server_;
};

}  // namespace trellis
