// What a replica keeps in memory of its store: one entry a scope, one a kind. Read by everybody, changed by
// the commit path after each sync.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/storage/engine.h"
#include "common/tables/scope_tables.h"
#include "common/tables/table_names.h"

namespace trellis {

struct ScopeFacts {
  ScopeNumber number = 0;
  HeadRow head;
  bool in_lineage = false;  // the present epoch has its lineage row
  uint64_t last_n = 0;      // of the present epoch's writes in the scope
};

// Thread-safe.
class ScopeBook {
 public:
  absl::Status Load(const ReadView& view);
  std::optional<ScopeFacts> Find(std::string_view name) const;
  std::vector<std::string> Names() const;
  ScopeNumber NextNumber() const;
  // Takes what a commit changed. Returns the scopes whose seq moved, in order.
  std::vector<std::string> Publish(const std::map<std::string, ScopeFacts, std::less<>>& changed);
  // Entries up to `seq` have been put into a frame.
  void NoteSent(std::string_view name, uint64_t seq);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, ScopeFacts, std::less<>> scopes_;
};

// Thread-safe. Numbers run from 1; a rescue may leave gaps.
class KindBook {
 public:
  absl::Status Load(const ReadView& view);
  std::optional<KindNumber> Find(std::string_view name) const;
  std::vector<std::string> Names() const;
  // Empty if there is no such kind.
  std::string Name(KindNumber number) const;
  KindNumber NextNumber() const;
  void Publish(const std::map<std::string, KindNumber, std::less<>>& added);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, KindNumber, std::less<>> numbers_;
  std::vector<std::string> names_;  // by number - 1
};

}  // namespace trellis
