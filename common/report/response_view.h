// All responses in columns, kept as records come, change and go. A response whose survey is not here, or does
// not have what it answers, waits and is placed when the survey comes.
//
// Which survey a response's reference means, and whether the response fits it, is asked again whenever a
// survey comes, changes or goes: so where responses stand never depends on the order of things.
//
// Not thread-safe.
#pragma once

#include <functional>
#include <map>
#include <memory>
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

  static constexpr size_t kMaxAttributes = 64;

  // Empty if there is no such survey.
  std::string ResolveSurvey(const std::string& reference) const;
  bool TryPlace(const std::string& scope, const PlainResponse& response);
  void KeepAnswers(const ResponseKey& key, const PlainResponse& response, const ResponseRow& row,
                   const PlacedColumns& placed);
  void RetryWaiting();
  // Lays out again the columns whose reference means another survey now, or one that changed.
  void LayOutAgain();

  std::map<Key, PlacedColumns> columns_;
  std::map<std::string, KnownSurvey> surveys_;  // by id
  std::map<ResponseKey, PlainResponse> waiting_;
  // Answers as written, where the columns do not say them all: of questions that are in no column.
  std::map<ResponseKey, std::vector<uint8_t>> answers_;
};

}  // namespace trellis
