// What rules may look up: other records, as they show where the rule is asked.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/record/kind_info.h"

namespace trellis {

struct ViewedRecord {
  const KindInfo* kind = nullptr;
  std::string scope;
  std::string id;
  std::shared_ptr<const google::protobuf::Message> message;
};

class RecordView {
 public:
  virtual ~RecordView() = default;

  // The live record of the kind that a record in `scope` calls so, by id or code: looked for in that scope,
  // then in the shared one, then in every other that is held. nullopt: it is not here, which at a site may
  // mean that it stands elsewhere or has not come yet.
  virtual std::optional<ViewedRecord> Find(const std::string& kind, const std::string& name,
                                           const std::string& scope) = 0;
  // Live records of the kind, in all scopes held, that hold one of `values` in the indexed text field.
  virtual std::vector<ViewedRecord> Holding(const std::string& kind, const std::string& field,
                                            const std::vector<std::string>& values) = 0;
  // Whether every site's records are held: at the district. Elsewhere what is not found may stand elsewhere.
  virtual bool HoldsAllSites() const = 0;
  // All live shared records of the kind.
  virtual std::vector<ViewedRecord> Shared(const std::string& kind) = 0;
};

// By what a record is called in references: its id and, if it has one, its code.
std::vector<std::string> NamesOf(const ViewedRecord& record);

}  // namespace trellis
