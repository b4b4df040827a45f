// A record as one principal is shown it: hidden fields out, conflicts listed, who wrote it and when.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/access/field_access.h"
#include "common/merge/show.h"
#include "common/rules/finding.h"
#include "common/service/record_store.h"

namespace trellis {

struct FieldVersionAnswer {
  std::string version;  // what resolving takes: writer and number of the write
  std::string value;    // JSON; empty: nothing
  std::string actor;
  Stamp at;  // by its author's clock
};

struct FieldConflictAnswer {
  CellKey key;
  std::string field;                         // its name; a number where this program does not know it
  std::string element;                       // as text; empty for a plain field
  std::vector<FieldVersionAnswer> versions;  // the shown one first
};

struct RecordAnswer {
  RecordId id;
  const KindInfo* kind = nullptr;
  std::string scope;
  std::string code;
  std::unique_ptr<google::protobuf::Message> data;
  Hash128 version;
  Stamp created;  // of the oldest live value
  std::string created_by;
  Stamp updated;  // of the newest live value
  std::string updated_by;
  Presence presence = Presence::kLive;
  std::vector<FieldConflictAnswer> conflicts;
  std::vector<std::string> changed_since_move;  // names of fields, where presence is kMovedButChanged
  Findings findings;                            // of a write: what does not fit and is shown for review
  bool would_change = false;                    // of an update only tried: whether it would write anything
};

// A record taken apart once: what shows, as a message, with nothing hidden. Not for callers.
struct ShownState {
  ShownRecord shown;
  std::unique_ptr<google::protobuf::Message> message;
  Relation relation;  // of the principal it was opened for
};
absl::StatusOr<ShownState> OpenState(const KindInfo& kind, const RecordState& state,
                                     const Principal& principal);

// REQUIRES: Decide(principal, kRead, scope, kind) allowed it; stored.state.kind is the kind's.
absl::StatusOr<RecordAnswer> AnswerOf(const KindInfo& kind, const ScopeName& scope, const RecordId& id,
                                      const StoredRecord& stored, const Principal& principal);

// How an element of a set field is named to people: its text where it is one, else 0x and hex.
std::string ElementText(const std::string& element);
std::string VersionText(const Dot& dot);
// JSON of a cell's value, one element of a set or the whole field; empty where there is none or it cannot be
// read.
std::string CellJson(const KindInfo& kind, const CellKey& key, std::string_view bytes);

}  // namespace trellis
