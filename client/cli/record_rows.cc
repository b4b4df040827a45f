#include "client/cli/record_rows.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>
#include <set>

#include "client/cli/printer.h"
#include "common/spreadsheet/csv_cell.h"
#include "common/survey/answers.h"
#include "trellis/domain/v1/response.pb.h"

namespace trellis {
namespace {

using domain::v1::Question;
using domain::v1::Response;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string RfcTime(const google::protobuf::Timestamp& time) {
  std::string text = ToText(time);
  if (text.size() < 11) return text;
  text[10] = 'T';
  return text + "Z";
}

std::string MessageText(const Message& message) {
  if (const auto* time = dynamic_cast<const google::protobuf::Timestamp*>(&message)) return RfcTime(*time);
  return ToJson(message);
}

std::string ScalarText(const Message& message, const FieldDescriptor* field, int index) {
  const auto* reflection = message.GetReflection();
  const bool many = field->is_repeated();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return many ? reflection->GetRepeatedString(message, field, index)
                  : reflection->GetString(message, field);
    case FieldDescriptor::CPPTYPE_ENUM:
      return std::string(
          (many ? reflection->GetRepeatedEnum(message, field, index) : reflection->GetEnum(message, field))
              ->name());
    case FieldDescriptor::CPPTYPE_BOOL:
      return (many ? reflection->GetRepeatedBool(message, field, index) : reflection->GetBool(message, field))
                 ? "yes"
                 : "no";
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return fmt::format("{}", many ? reflection->GetRepeatedDouble(message, field, index)
                                    : reflection->GetDouble(message, field));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return fmt::format("{}", many ? reflection->GetRepeatedFloat(message, field, index)
                                    : reflection->GetFloat(message, field));
    case FieldDescriptor::CPPTYPE_INT32:
      return fmt::format("{}", many ? reflection->GetRepeatedInt32(message, field, index)
                                    : reflection->GetInt32(message, field));
    case FieldDescriptor::CPPTYPE_INT64:
      return fmt::format("{}", many ? reflection->GetRepeatedInt64(message, field, index)
                                    : reflection->GetInt64(message, field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return fmt::format("{}", many ? reflection->GetRepeatedUInt32(message, field, index)
                                    : reflection->GetUInt32(message, field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return fmt::format("{}", many ? reflection->GetRepeatedUInt64(message, field, index)
                                    : reflection->GetUInt64(message, field));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageText(many ? reflection->GetRepeatedMessage(message, field, index)
                              : reflection->GetMessage(message, field));
  }
  return "";
}

std::string FieldText(const Message& message, const FieldDescriptor* field) {
  const auto* reflection = message.GetReflection();
  if (!field->is_repeated()) {
    const bool said =
        field->has_presence() ? reflection->HasField(message, field) : !ScalarText(message, field, 0).empty();
    return said ? ScalarText(message, field, 0) : "";
  }
  const bool messages = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  std::string text;
  for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
    if (i > 0) text += messages ? "," : ";";
    text += ScalarText(message, field, i);
  }
  return messages && !text.empty() ? "[" + text + "]" : text;
}

std::unique_ptr<Message> Unpack(const records::v1::Record& record) {
  const std::string& url = record.data().type_url();
  const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
      url.substr(url.rfind('/') + 1));
  if (descriptor == nullptr) return nullptr;
  std::unique_ptr<Message> message(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
  return message->ParseFromString(record.data().value()) ? std::move(message) : nullptr;
}

std::string ChoiceText(const Question& question, uint32_t position) {
  if (position == 0 || position > static_cast<uint32_t>(question.choices_size())) return "";
  const auto& choice = question.choices(static_cast<int>(position) - 1);
  if (!choice.not_scored()) return fmt::format("{}", choice.value());
  return choice.code().empty() ? choice.text() : choice.code();
}

// An answer as a cell of the import.
std::string AnswerText(const Question& question, const Response& response) {
  const auto index = static_cast<int>(question.slot()) - 1;
  const uint32_t answer = index < response.answers_size() ? response.answers(index) : kAnswerNotShown;
  if (answer == kAnswerRefused) return "refused";
  if (answer == kAnswerNotApplicable) return "not applicable";
  if (answer == kAnswerNotShown) return "not shown";
  if (question.form() == domain::v1::QUESTION_FORM_SINGLE_CHOICE) return ChoiceText(question, answer);
  for (const auto& text : response.texts()) {
    if (text.slot() == question.slot()) return text.text();
  }
  std::string chosen;
  for (const auto& selection : response.selections()) {
    if (selection.slot() != question.slot()) continue;
    for (const uint32_t position : selection.positions()) {
      chosen += (chosen.empty() ? "" : ";") + ChoiceText(question, position);
    }
  }
  return chosen;
}

bool IsNumber(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

Sheet RowsOf(const std::vector<records::v1::Record>& records, const std::string& name) {
  Sheet sheet{name, {}};
  for (const records::v1::Record& record : records) {
    const std::unique_ptr<Message> message = Unpack(record);
    if (message == nullptr) continue;
    const auto* descriptor = message->GetDescriptor();
    if (sheet.rows.empty()) {
      std::vector<std::string>& header = sheet.rows.emplace_back();
      header = {"id", "scope"};
      for (int i = 0; i < descriptor->field_count(); ++i) header.emplace_back(descriptor->field(i)->name());
      header.insert(header.end(), {"update_time", "update_actor"});
    }
    std::vector<std::string> row = {record.id(), record.scope()};
    for (int i = 0; i < descriptor->field_count(); ++i)
      row.push_back(FieldText(*message, descriptor->field(i)));
    row.push_back(RfcTime(record.update_time()));
    row.push_back(record.update_actor());
    sheet.rows.push_back(std::move(row));
  }
  return sheet;
}

Sheet ResponseRows(const std::vector<records::v1::Record>& records, const domain::v1::Survey& survey) {
  std::vector<const Question*> questions;
  for (const Question& question : survey.questions()) {
    if (question.form() != domain::v1::QUESTION_FORM_NOTE) questions.push_back(&question);
  }
  std::set<std::string> attributes;
  std::vector<std::pair<const records::v1::Record*, Response>> responses;
  for (const records::v1::Record& record : records) {
    Response response;
    if (!record.data().UnpackTo(&response)) continue;
    for (const auto& attribute : response.attributes()) attributes.insert(attribute.attribute());
    responses.emplace_back(&record, std::move(response));
  }
  Sheet sheet{survey.code().substr(0, 31),
              {{"site", "submit_time", "language", "role", "grade_band", "years_band", "race_ethnicity"}}};
  std::vector<std::string>& header = sheet.rows.front();
  header.insert(header.end(), attributes.begin(), attributes.end());
  for (const Question* question : questions) header.push_back(question->code());
  for (const auto& [record, response] : responses) {
    std::vector<std::string> row = {
        record->scope(),       RfcTime(response.submit_time()), response.language(),      response.role(),
        response.grade_band(), response.years_band(),           response.race_ethnicity()};
    std::map<std::string, std::string> own;
    for (const auto& attribute : response.attributes()) own[attribute.attribute()] = attribute.value();
    for (const std::string& attribute : attributes) row.push_back(own[attribute]);
    for (const Question* question : questions) row.push_back(AnswerText(*question, response));
    sheet.rows.push_back(std::move(row));
  }
  return sheet;
}

void NeutralizeFormulas(Sheet* sheet) {
  for (std::vector<std::string>& row : sheet->rows) {
    for (std::string& cell : row) {
      if (!IsNumber(cell)) cell = WithoutFormula(cell);
    }
  }
}

}  // namespace trellis
