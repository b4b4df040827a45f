// Answers, as JSON for programs or as tables and plain words for people.
#pragma once

#include <google/protobuf/message.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace trellis {

// Proto JSON, lowerCamelCase, one line.
std::string ToJson(const google::protobuf::Message& message);
// A JSON value as a person reads it: strings without quotes.
std::string ToText(const google::protobuf::Value& value);
// UTC, to the second: 2026-09-01 08:30:00; empty for the zero time.
std::string ToText(const google::protobuf::Timestamp& time);

// Columns aligned to the widest cell, headings first, nothing cut.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> headings) : rows_{std::move(headings)} {}
  void Add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.size() == 1; }
  void Print(std::ostream& out) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace trellis
