// Response records as rows of columns, and back.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/report/column_layout.h"
#include "trellis/domain/v1/response.pb.h"
#include "trellis/domain/v1/survey.pb.h"

namespace trellis {

// A response as it is known before its survey is: answers by slot, in the codes of the record.
struct PlainResponse {
  RowIdentity identity;
  std::string survey;        // as the record refers to it
  std::string wave;          // as the record refers to it
  std::string organization;  // as the record refers to it; empty: that of its scope
  bool complete = false;
  std::vector<uint8_t> answers;  // element slot − 1
  std::map<std::string, std::string> attributes;
};

// nullopt if an answer is no code at all.
std::optional<PlainResponse> ReadResponse(const RecordId& id, const domain::v1::Response& message);

// Which slots of a survey are columns: its single-choice questions, by slot.
struct SurveyLayout {
  std::vector<QuestionColumn> questions;
  std::vector<uint32_t> slots;
  // Slots of questions answered otherwise (text, several choices), which are in no column.
  std::vector<uint32_t> other_slots;
  friend bool operator==(const SurveyLayout&, const SurveyLayout&) = default;
};

SurveyLayout LayoutOf(const domain::v1::Survey& survey);

// Attributes every set of columns has; what else responses carry is added as it comes.
std::vector<std::string> UsualAttributes();

// nullopt if it answers a question the survey does not have, or with a choice it does not have. Attributes
// not among `attributes` are left out.
std::optional<ResponseRow> PlaceResponse(const PlainResponse& response, const SurveyLayout& layout,
                                         const std::vector<std::string>& attributes);
// The way back, for another layout; refused comes back as blank. Leaves the references empty.
PlainResponse TakeUpResponse(const ResponseRow& row, const SurveyLayout& layout,
                             const std::vector<std::string>& attributes);

}  // namespace trellis
