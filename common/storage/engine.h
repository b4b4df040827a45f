// What Trellis asks of a store: ordered keys, snapshot reads, blind atomic batches, and an honest answer
// about durability. Small, so that a distributed database can stand behind it too.
#pragma once

#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace trellis {

// Puts and deletes applied all or none, in order. Value type.
class WriteBatch {
 public:
  struct Operation {
    bool is_put;
    std::string key;
    std::string value;
  };
  void Put(std::string key, std::string value) {
    bytes_ += key.size() + value.size();
    operations_.push_back({true, std::move(key), std::move(value)});
  }
  void Delete(std::string key) {
    bytes_ += key.size();
    operations_.push_back({false, std::move(key), {}});
  }
  // The other's operations after these.
  void Append(WriteBatch&& other) {
    bytes_ += other.bytes_;
    operations_.insert(operations_.end(), std::make_move_iterator(other.operations_.begin()),
                       std::make_move_iterator(other.operations_.end()));
    other = WriteBatch();
  }
  const std::vector<Operation>& operations() const { return operations_; }
  bool empty() const { return operations_.empty(); }
  // Keys and values together.
  size_t bytes() const { return bytes_; }

 private:
  std::vector<Operation> operations_;
  size_t bytes_ = 0;
};

// A consistent, unchanging picture of the store at one moment. Short-lived: holding one keeps old data on
// disk. Thread-safe.
class ReadView {
 public:
  virtual ~ReadView() = default;
  // nullopt if the key is not there; an error if it cannot be read (never a silent miss).
  virtual absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const = 0;
  // Same order and length as `keys`.
  virtual absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      const std::vector<std::string>& keys) const = 0;
  // Visits keys in [begin, end) in ascending byte order (descending if `reverse`) until `visit` returns
  // false. Views passed are valid during the call only. An empty `end` means to the end of the store.
  virtual absl::Status Scan(
      std::string_view begin, std::string_view end, bool reverse,
      const std::function<bool(std::string_view key, std::string_view value)>& visit) const = 0;
};

enum class Durability {
  kSynced,    // survives power loss once Commit returned OK
  kBuffered,  // survives a crash of the process only; for what can be computed again
};

// What a commit is for, when the disk is nearly full.
enum class Room {
  kWork,    // records
  kUpkeep,  // the few bytes that keep reading and sync going
};

// Thread-safe.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual std::unique_ptr<const ReadView> Snapshot() const = 0;
  // All or none of the batch. On any error the outcome is UNKNOWN: it may or may not be there after the
  // store is opened again, and this engine refuses every later Commit (kUnavailable): close and reopen.
  // kResourceExhausted: the disk is full; same rule.
  virtual absl::Status Commit(const WriteBatch& batch, Durability durability) = 0;
  // Copies a consistent picture into `folder` (made, must not exist) while work goes on.
  virtual absl::Status Checkpoint(const std::string& folder) = 0;
  // Names of the log files that hold not yet flushed commits (for the anchor); empty if the engine has none.
  virtual std::vector<std::string> LiveLogFiles() const = 0;
  // kResourceExhausted while a commit of that sort might meet a full disk: asked before a commit, so that a
  // full disk refuses writes without breaking the engine.
  virtual absl::Status CheckRoom(Room need) const { return absl::OkStatus(); }
  // Not OK, with the reason, once every later Commit will be refused.
  virtual absl::Status Broken() const { return absl::OkStatus(); }
  // Reads everything stored and checks it against its checksums. Slow.
  virtual absl::Status Verify() const { return absl::OkStatus(); }
};

}  // namespace trellis
