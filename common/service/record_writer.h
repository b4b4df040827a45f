// Use cases that write records. Every write is decided, validated at the site, and carries its actor.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/rules/record_view.h"
#include "common/service/record_answer.h"
#include "common/service/record_locator.h"

namespace trellis {

struct NewRecord {
  std::string kind;
  std::string data;            // wire bytes of the kind's message
  std::optional<RecordId> id;  // nullopt: minted
};

struct CreateRequest {
  std::string scope;  // of all; empty: by kind, the same for all
  std::vector<NewRecord> records;
  std::string request_id;
  bool validate_only = false;
};

struct UpdateRequest {
  RecordName name;
  std::string data;  // wire bytes of the kind's message
  // Names of fields, or "*"; nullopt: the fields present in `data`.
  std::optional<std::vector<std::string>> mask;
  std::string etag;
  std::string request_id;
  bool validate_only = false;
};

// Delete and restore.
struct MarkRequest {
  RecordName name;
  std::string etag;
  std::string request_id;
};

struct MoveRequest {
  RecordName name;
  std::string target_scope;
  std::string etag;
};

struct MoveAnswer {
  RecordAnswer record;  // at its new place
  RecordAnswer moved;   // what is left at the old
};

struct ResolveRequest {
  RecordName name;
  std::string field;
  std::string element;
  std::string take_version;  // one of the listed versions …
  std::string value;         // … or JSON; "null" clears the field
  std::string etag;
  std::string request_id;
};

// Nullopt: none was given.
absl::StatusOr<std::optional<Hash128>> ParseEtag(const std::string& etag);
// What the replica refused, with its reason.
absl::Status AsWriteError(const absl::Status& status);

// Thread-safe; blocks until durable. One object a store: the uniqueness of codes depends on it.
class RecordWriter {
 public:
  static constexpr size_t kLargestBatch = 1000;

  explicit RecordWriter(const RecordStore& store) : store_(store) {}

  // All or none. Field violations are named records[i].field where there are several. With validate_only
  // nothing is written, and the answers have no etag.
  absl::StatusOr<std::vector<RecordAnswer>> Create(const Principal& principal, const CreateRequest& request);
  absl::StatusOr<RecordAnswer> Update(const Principal& principal, const UpdateRequest& request);
  absl::StatusOr<RecordAnswer> Delete(const Principal& principal, const MarkRequest& request);
  absl::StatusOr<RecordAnswer> Restore(const Principal& principal, const MarkRequest& request);
  // A fresh record in the other scope, its id made from the old place and the new, then the mark at the old:
  // a move that was cut short is simply made again. What was changed at the old place by who did not know is
  // written over what the new place has.
  absl::StatusOr<MoveAnswer> Move(const Principal& principal, const MoveRequest& request);
  absl::StatusOr<RecordAnswer> Resolve(const Principal& principal, const ResolveRequest& request);

 private:
  struct Prepared;
  absl::StatusOr<Prepared> Prepare(const Principal& principal, const std::string& scope,
                                   const NewRecord& record, RecordView* view) const;
  // The record of that code, if the same caller made it alike before; nullopt: the code is free.
  absl::StatusOr<std::optional<RecordAnswer>> CheckCode(const Principal& principal, const Prepared& record,
                                                        bool repeatable) const;
  // What is written as the author of a batch: nobody, where its kind lets it be raised without a name.
  absl::StatusOr<std::string> AuthorOf(const Principal& principal,
                                       const std::vector<Prepared>& records) const;
  absl::StatusOr<RecordAnswer> Mark(const Principal& principal, const MarkRequest& request, bool restore);
  // The record at its new place: made, or brought up to date.
  absl::StatusOr<RecordAnswer> WriteAtTarget(const Principal& principal, const FoundRecord& from,
                                             const ShownState& open, const ScopeName& target);
  // Writes, and answers the record as it shows then.
  absl::StatusOr<RecordAnswer> Write(const Principal& principal, const FoundRecord& found, RecordWrite write,
                                     const std::string& request_id);
  absl::StatusOr<RecordAnswer> AnswerNow(const Principal& principal, const KindInfo& kind,
                                         const ScopeName& scope, const RecordId& id) const;
  // What is written as the author of this record.
  std::string AuthorFor(const Principal& principal, const KindInfo& kind,
                        const google::protobuf::Message& message) const;
  std::string RequestId(const Principal& principal, const std::string& request_id) const;

  RecordStore store_;
  // Held while records with codes are made, so that of two at once one sees the other.
  std::mutex codes_;
};

}  // namespace trellis
