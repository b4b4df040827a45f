// Records of a store, as rules look them up: as they show, whoever asks.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/rules/record_view.h"
#include "common/service/record_store.h"

namespace trellis {

// Looks each name up once, so it is good for one call: it sees what was there then. Not thread-safe.
class StoredView : public RecordView {
 public:
  explicit StoredView(const RecordStore& store);

  std::optional<ViewedRecord> Find(const std::string& kind, const std::string& name,
                                   const std::string& scope) override;
  std::vector<ViewedRecord> Holding(const std::string& kind, const std::string& field,
                                    const std::vector<std::string>& values) override;
  bool HoldsAllSites() const override { return store_.at_district(); }
  std::vector<ViewedRecord> Shared(const std::string& kind) override;

  // A stored record as rules see it; nullopt: not live, or its bytes are not of the kind.
  static std::optional<ViewedRecord> Open(const KindInfo& kind, const std::string& scope, const RecordId& id,
                                          const StoredRecord& stored);

 private:
  std::optional<ViewedRecord> FindIn(const KindInfo& kind, const ScopeName& scope, const std::string& name);
  std::optional<ViewedRecord> Get(const KindInfo& kind, const ScopeName& scope, const RecordId& id) const;

  RecordStore store_;
  std::vector<ScopeName> scopes_;
  std::map<std::string, std::optional<ViewedRecord>> found_;  // by kind, scope and name
};

}  // namespace trellis
