// All responses in columns, kept as records come, change and go. A response whose survey is not here, or does
// not have what it answers, waits and is placed when the survey comes.
//
// Not thread-safe.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>

#include "common/report/response_columns.h"
#include "common/report/response_placement.h"

namespace trellis {

// The columns of one wave at one place; references as the records make them.
struct PlacedColumns {
  std::string scope;
  std::string survey_id;
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
  // Its columns stay; responses that come meanwhile wait.
  void RemoveSurvey(const RecordId& id);

  // In the order of (scope, survey, wave, organization).
  void ForEach(const std::function<void(const PlacedColumns&)>& visit) const;
  // Responses that wait in scopes for which `in` holds.
  int64_t Waiting(const std::function<bool(const std::string& scope)>& in) const;

 private:
  using Key = std::tuple<std::string, std::string, std::string, std::string>;  // scope, survey id, wave, org
  struct KnownSurvey {
    std::string code;
    SurveyLayout layout;
  };
  using ResponseKey = std::pair<std::string, RecordId>;

  static constexpr size_t kMaxAttributes = 64;

  // Empty if there is no such survey.
  std::string ResolveSurvey(const std::string& reference) const;
  bool TryPlace(const std::string& scope, const PlainResponse& response);
  void RetryWaiting();
  void LayOutAgain(const std::string& survey_id, const SurveyLayout& layout);

  std::map<Key, PlacedColumns> columns_;
  std::map<std::string, KnownSurvey> surveys_;  // by id
  std::map<ResponseKey, PlainResponse> waiting_;
};

}  // namespace trellis
