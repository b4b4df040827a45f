// A replica over a store in memory, and short ways to write to it and read from it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/causal/bytes.h"
#include "common/replica/replica.h"
#include "common/storage/memory_engine.h"

namespace trellis {

inline constexpr char kScope[] = "F1";
inline constexpr char kKind[] = "test.Thing";

// The wire bytes of a text field.
inline std::string TextField(uint32_t field, const std::string& text) {
  std::string out;
  AppendVarint(&out, field << 3 | 2);
  AppendSized(&out, text);
  return out;
}

inline RecordId IdOf(uint8_t number) {
  RecordId id;
  id.bytes[0] = 1;
  id.bytes[15] = number;
  return id;
}

class TestStore {
 public:
  explicit TestStore(uint64_t seed, const std::string& name = "store")
      : name_(name), random_(seed), clock_(1'000'000) {
    engine_ = std::make_unique<MemoryEngine>();
    Open();
  }

  void Open(bool rescue = false) {
    replica_.reset();
    Replica::Options options;
    options.clock = &clock_;
    options.random = &random_;
    options.rescue = rescue;
    options.on_durable = [this](uint64_t seq) { durable_seq_ = seq; };
    auto opened = Replica::Open(engine_.get(), options);
    ASSERT_TRUE(opened.ok()) << opened.status();
    replica_ = *std::move(opened);
  }
  // Files copied back over the store, then opened.
  void Restore(const MemoryEngine::Image& image) {
    replica_.reset();
    engine_ = std::make_unique<MemoryEngine>(image);
    Open();
  }
  void Crash() {
    replica_.reset();
    engine_->Crash();
    Open();
  }

  Replica* operator->() const { return replica_.get(); }
  MemoryEngine& engine() { return *engine_; }
  ManualClock& clock() { return clock_; }
  const std::string& name() const { return name_; }
  uint64_t durable_seq() const { return durable_seq_; }

  absl::StatusOr<WriteOutcome> Write(RecordWrite write, const std::string& request_id = "") {
    WriteRequest request;
    request.actor = name_;
    request.request_id = request_id;
    if (write.scope.empty()) write.scope = kScope;
    request.records.push_back(std::move(write));
    return replica_->Write(request);
  }
  absl::StatusOr<WriteOutcome> Create(const RecordId& id, uint32_t field, const std::string& text) {
    RecordWrite write;
    write.kind = kKind;
    write.id = id;
    write.cells.push_back({{field, ""}, TextField(field, text)});
    return Write(write);
  }
  absl::StatusOr<WriteOutcome> Update(const RecordId& id, uint32_t field, const std::string& text,
                                      std::optional<Hash128> if_version = std::nullopt) {
    RecordWrite write;
    write.type = RecordWrite::Type::kUpdate;
    write.id = id;
    write.cells.push_back({{field, ""}, TextField(field, text)});
    write.if_version = if_version;
    return Write(write);
  }
  absl::StatusOr<WriteOutcome> Change(RecordWrite::Type type, const RecordId& id) {
    RecordWrite write;
    write.type = type;
    write.id = id;
    return Write(write);
  }
  StoredRecord Get(const RecordId& id) const {
    auto record = replica_->Get(kScope, id);
    EXPECT_TRUE(record.ok() && record->has_value());
    return record.ok() && record->has_value() ? **record : StoredRecord();
  }
  // The values of a field, without their tags, in dot order.
  std::vector<std::string> Values(const RecordId& id, uint32_t field) const {
    std::vector<std::string> values;
    const StoredRecord record = Get(id);
    const Cell* cell = record.state.Find({field, ""});
    if (cell == nullptr) return values;
    for (const Sibling& sibling : cell->siblings) values.push_back(sibling.bytes.substr(2));
    return values;
  }

 private:
  std::string name_;
  SeededRandom random_;
  ManualClock clock_;
  std::unique_ptr<MemoryEngine> engine_;
  std::unique_ptr<Replica> replica_;
  uint64_t durable_seq_ = 0;
};

// Where a lane of `sender`'s feed resumes at `receiver`: DESIGN.md, Resume.
uint64_t ResumeAt(const ScopeHead& sender, const std::vector<PeerCursor>& receiver_cursors, Lane lane);

// Sends what is above the receiver's cursors, all lanes to their head. Gives the number of records changed.
size_t SendAll(const TestStore& sender, TestStore* receiver, const ApplyOptions& options = {},
               const std::optional<WriterRule>& vouch = std::nullopt);

// Leaves, heads and indexes equal what a scan of the records gives.
void ExpectDerivedEqualsRecords(const TestStore& store, const std::string& scope = kScope);

}  // namespace trellis
