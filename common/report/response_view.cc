#include "common/report/response_view.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace trellis {

std::string ResponseView::ResolveSurvey(const std::string& reference) const {
  if (surveys_.contains(reference)) return reference;
  for (const auto& [id, survey] : surveys_) {
    if (survey.code == reference) return id;
  }
  return "";
}

bool ResponseView::TryPlace(const std::string& scope, const PlainResponse& response) {
  const std::string survey_id = ResolveSurvey(response.survey);
  if (survey_id.empty()) return false;
  const SurveyLayout& layout = surveys_.at(survey_id).layout;
  // Whether it fits depends on nothing but itself and the survey.
  if (!PlaceResponse(response, layout, {})) return false;
  const Key key{scope, response.survey, response.wave, response.organization};
  auto found = columns_.find(key);
  if (found == columns_.end()) {
    ColumnLayout of_columns{layout.questions, UsualAttributes()};
    found = columns_
                .emplace(key, PlacedColumns{scope, response.survey, survey_id, response.wave,
                                            response.organization, layout,
                                            ResponseColumns(std::move(of_columns)), next_group_++})
                .first;
  }
  PlacedColumns& placed = found->second;
  for (const auto& [attribute, value] : response.attributes) {
    if (value.empty() || placed.columns.AttributeIndex(attribute) >= 0) continue;
    if (placed.columns.layout().attributes.size() >= kMaxAttributes) continue;
    placed.columns.AddAttribute(attribute);
  }
  const auto row = PlaceResponse(response, layout, placed.columns.layout().attributes);
  if (!placed.columns.Put(*row).ok()) return false;
  KeepAnswers({scope, response.identity.id}, response, *row, placed);
  return true;
}

void ResponseView::KeepAnswers(const ResponseKey& key, const PlainResponse& response, const ResponseRow& row,
                               const PlacedColumns& placed) {
  if (TakeUpResponse(row, placed.layout, {}).answers == response.answers) return ForgetAnswers(key);
  std::vector<uint8_t>& answers = answers_[key];
  if (answers == response.answers) return;
  answers = response.answers;
  changed_answers_.insert(key);
}

void ResponseView::ForgetAnswers(const ResponseKey& key) {
  if (answers_.erase(key) > 0) changed_answers_.insert(key);
}

void ResponseView::Wait(const ResponseKey& key, PlainResponse response) {
  waiting_[key] = std::move(response);
  changed_waiting_.insert(key);
}

void ResponseView::StopWaiting(const ResponseKey& key) {
  if (waiting_.erase(key) > 0) changed_waiting_.insert(key);
}

void ResponseView::Put(const std::string& scope, const RecordId& id, const domain::v1::Response& message) {
  std::optional<PlainResponse> response = ReadResponse(id, message);
  if (!response) return Remove(scope, id);
  const Key key{scope, response->survey, response->wave, response->organization};
  StopWaiting({scope, id});
  RemoveFromColumns(scope, id, &key);
  if (TryPlace(scope, *response)) return;
  RemoveFromColumns(scope, id, nullptr);
  ForgetAnswers({scope, id});
  Wait({scope, id}, *std::move(response));
}

void ResponseView::Remove(const std::string& scope, const RecordId& id) {
  StopWaiting({scope, id});
  ForgetAnswers({scope, id});
  RemoveFromColumns(scope, id, nullptr);
}

void ResponseView::RemoveFromColumns(const std::string& scope, const RecordId& id, const Key* but) {
  for (auto at = columns_.lower_bound({scope, "", "", ""});
       at != columns_.end() && std::get<0>(at->first) == scope;) {
    if (but == nullptr || at->first != *but) at->second.columns.Remove(id);
    if (at->second.columns.size() > 0) {
      ++at;
      continue;
    }
    gone_groups_.insert(at->second.number);
    at = columns_.erase(at);
  }
}

void ResponseView::PutSurvey(const RecordId& id, const domain::v1::Survey& survey) {
  surveys_[id.ToString()] = {survey.code(), LayoutOf(survey)};
  if (!restoring_) LayOutAgain();
}

void ResponseView::RemoveSurvey(const RecordId& id) {
  if (surveys_.erase(id.ToString()) > 0) LayOutAgain();
}

void ResponseView::LayOutAgain() {
  std::vector<PlacedColumns> moved;
  for (auto at = columns_.begin(); at != columns_.end();) {
    const std::string survey_id = ResolveSurvey(at->second.survey);
    const bool stays = survey_id.empty() || (survey_id == at->second.survey_id &&
                                             surveys_.at(survey_id).layout == at->second.layout);
    if (stays) {
      ++at;
    } else {
      gone_groups_.insert(at->second.number);
      moved.push_back(std::move(at->second));
      at = columns_.erase(at);
    }
  }
  for (const PlacedColumns& placed : moved) {
    const std::vector<std::string>& attributes = placed.columns.layout().attributes;
    for (const ResponseRow& row : placed.columns.RowsById()) {
      PlainResponse response = TakeUpResponse(row, placed.layout, attributes);
      const ResponseKey key{placed.scope, row.identity.id};
      if (const auto as_written = answers_.find(key); as_written != answers_.end()) {
        response.answers = as_written->second;
      }
      response.survey = placed.survey;
      response.wave = placed.wave;
      response.organization = placed.organization;
      if (TryPlace(placed.scope, response)) continue;
      ForgetAnswers(key);
      Wait(key, std::move(response));
    }
  }
  RetryWaiting();
}

void ResponseView::RetryWaiting() {
  std::erase_if(waiting_, [&](const auto& entry) {
    if (!TryPlace(entry.first.first, entry.second)) return false;
    changed_waiting_.insert(entry.first);
    return true;
  });
}

void ResponseView::ForEach(const std::function<void(const PlacedColumns&)>& visit) const {
  for (const auto& [key, placed] : columns_) visit(placed);
}

int64_t ResponseView::Waiting(const std::function<bool(const std::string& scope)>& in) const {
  return std::count_if(waiting_.begin(), waiting_.end(),
                       [&](const auto& entry) { return in(entry.first.first); });
}

}  // namespace trellis
