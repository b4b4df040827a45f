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
  const Key key{scope, survey_id, response.wave, response.organization};
  auto found = columns_.find(key);
  if (found == columns_.end()) {
    ColumnLayout of_columns{layout.questions, UsualAttributes()};
    found = columns_
                .emplace(key, PlacedColumns{scope, survey_id, response.wave, response.organization, layout,
                                            ResponseColumns(std::move(of_columns))})
                .first;
  }
  ResponseColumns& columns = found->second.columns;
  const auto row = PlaceResponse(response, layout, columns.layout().attributes);
  if (!row) return false;
  bool more = false;
  for (const auto& [attribute, value] : response.attributes) {
    if (value.empty() || columns.AttributeIndex(attribute) >= 0) continue;
    if (columns.layout().attributes.size() >= kMaxAttributes) continue;
    columns.AddAttribute(attribute);
    more = true;
  }
  return columns.Put(more ? *PlaceResponse(response, layout, columns.layout().attributes) : *row).ok();
}

void ResponseView::Put(const std::string& scope, const RecordId& id, const domain::v1::Response& message) {
  Remove(scope, id);
  const auto response = ReadResponse(id, message);
  if (response && !TryPlace(scope, *response)) waiting_[{scope, id}] = *response;
}

void ResponseView::Remove(const std::string& scope, const RecordId& id) {
  waiting_.erase({scope, id});
  for (auto at = columns_.lower_bound({scope, "", "", ""});
       at != columns_.end() && std::get<0>(at->first) == scope;) {
    at->second.columns.Remove(id);
    at = at->second.columns.size() == 0 ? columns_.erase(at) : std::next(at);
  }
}

void ResponseView::PutSurvey(const RecordId& id, const domain::v1::Survey& survey) {
  const std::string survey_id = id.ToString();
  SurveyLayout layout = LayoutOf(survey);
  surveys_[survey_id] = {survey.code(), layout};
  LayOutAgain(survey_id, layout);
  RetryWaiting();
}

void ResponseView::RemoveSurvey(const RecordId& id) { surveys_.erase(id.ToString()); }

void ResponseView::LayOutAgain(const std::string& survey_id, const SurveyLayout& layout) {
  for (auto at = columns_.begin(); at != columns_.end();) {
    PlacedColumns& placed = at->second;
    if (placed.survey_id != survey_id || placed.layout == layout) {
      ++at;
      continue;
    }
    const std::vector<std::string> attributes = placed.columns.layout().attributes;
    ResponseColumns fresh(ColumnLayout{layout.questions, attributes});
    for (const ResponseRow& row : placed.columns.RowsById()) {
      PlainResponse response = TakeUpResponse(row, placed.layout, attributes);
      const auto again = PlaceResponse(response, layout, attributes);
      if (again && fresh.Put(*again).ok()) continue;
      response.survey = survey_id;
      response.wave = placed.wave;
      response.organization = placed.organization;
      waiting_[{placed.scope, row.identity.id}] = std::move(response);
    }
    placed.layout = layout;
    placed.columns = std::move(fresh);
    at = placed.columns.size() == 0 ? columns_.erase(at) : std::next(at);
  }
}

void ResponseView::RetryWaiting() {
  std::erase_if(waiting_, [&](const auto& entry) { return TryPlace(entry.first.first, entry.second); });
}

void ResponseView::ForEach(const std::function<void(const PlacedColumns&)>& visit) const {
  for (const auto& [key, placed] : columns_) visit(placed);
}

int64_t ResponseView::Waiting(const std::function<bool(const std::string& scope)>& in) const {
  return std::count_if(waiting_.begin(), waiting_.end(),
                       [&](const auto& entry) { return in(entry.first.first); });
}

}  // namespace trellis
