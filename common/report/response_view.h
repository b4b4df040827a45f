// All responses in columns, kept as records come, change and go. A response whose survey is not here, or does
// not have what it answers, waits and is placed when the survey comes.
//
// Which survey a response's reference means, and whether the response fits it, is asked again whenever a
// survey comes, changes or goes: so where responses stand never depends on the order of things.
//
// Not thread-safe.
#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "common/report/response_columns.h"
#include "common/report/response_placement.h"

namespace trellis {

// The columns of one wave at one place; references as the records make them.
struct PlacedColumns {
  std::string scope;
  std::string survey;     // as the responses refer to it
  std::string survey_id;  // what that meant when it last meant one
  std::string wave;
  std::string organization;  // empty: that of the scope
  SurveyLayout layout;
  ResponseColumns columns;
  uint32_t number = 0;  // of the group, in the keys of its rows
  bool saved = false;   // the place stands in its row
};

// Rows of a view that differ from those last saved (view_blocks.h).
struct ViewRowChanges {
  std::vector<std::string> cleared;                        // every row whose key begins so goes first
  std::map<std::string, std::optional<std::string>> rows;  // nullopt: the row goes
};

class ResponseView {
 public:
  // A new or changed response.
  void Put(const std::string& scope, const RecordId& id, const domain::v1::Response& message);
  void Remove(const std::string& scope, const RecordId& id);
  // A new or changed survey; its columns are laid out again where that needs it.
  void PutSurvey(const RecordId& id, const domain::v1::Survey& survey);
  // Its columns stay, unless another survey answers to its code; responses that come meanwhile wait.
  void RemoveSurvey(const RecordId& id);

  void AddChanges(ViewRowChanges* changes) const;
  // What AddChanges told is stored.
  void Saved();
  // An empty view takes up what was saved: Restore each row once, in the order of keys, then the surveys
  // there are, then FinishRestore. DataLoss if the rows are damaged; the view is then good for nothing.
  absl::Status Restore(std::string_view key, std::string_view row);
  absl::Status FinishRestore();

  // In the order of (scope, survey, wave, organization).
  void ForEach(const std::function<void(const PlacedColumns&)>& visit) const;
  // Responses that wait in scopes for which `in` holds.
  int64_t Waiting(const std::function<bool(const std::string& scope)>& in) const;

 private:
  // Scope, and the references to survey, wave and organization.
  using Key = std::tuple<std::string, std::string, std::string, std::string>;
  struct KnownSurvey {
    std::string code;
    SurveyLayout layout;
  };
  using ResponseKey = std::pair<std::string, RecordId>;
  // The blocks of the group whose rows are being read.
  struct GroupRows {
    std::optional<uint32_t> number;
    std::string place, header;
    std::map<int, std::string> segments, identities, delta;
  };

  static constexpr size_t kMaxAttributes = 64;

  // Empty if there is no such survey.
  std::string ResolveSurvey(const std::string& reference) const;
  bool TryPlace(const std::string& scope, const PlainResponse& response);
  // Out of all columns but those with the key.
  void RemoveFromColumns(const std::string& scope, const RecordId& id, const Key* but);
  void Wait(const ResponseKey& key, PlainResponse response);
  void StopWaiting(const ResponseKey& key);
  void ForgetAnswers(const ResponseKey& key);
  void KeepAnswers(const ResponseKey& key, const PlainResponse& response, const ResponseRow& row,
                   const PlacedColumns& placed);
  void RetryWaiting();
  // Lays out again the columns whose reference means another survey now, or one that changed.
  void LayOutAgain();
  absl::Status RestoreGroup();

  std::map<Key, PlacedColumns> columns_;
  std::map<std::string, KnownSurvey> surveys_;  // by id
  std::map<ResponseKey, PlainResponse> waiting_;
  // Answers as written, where the columns do not say them all: of questions that are in no column.
  std::map<ResponseKey, std::vector<uint8_t>> answers_;

  uint32_t next_group_ = 1;
  std::set<uint32_t> gone_groups_;  // since saved
  std::set<ResponseKey> changed_waiting_;
  std::set<ResponseKey> changed_answers_;
  bool restoring_ = false;
  GroupRows group_rows_;
};

}  // namespace trellis
