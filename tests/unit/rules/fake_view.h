// Records in memory for rules to look up, and records from text.
#pragma once

#include <google/protobuf/text_format.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "common/record/kind_registry.h"
#include "common/rules/rule_book.h"

namespace trellis {

template <typename KindT>
KindT FromText(const std::string& text) {
  KindT message;
  if (!google::protobuf::TextFormat::ParseFromString(text, &message)) throw std::runtime_error(text);
  return message;
}

class FakeView : public RecordView {
 public:
  bool holds_all_sites = true;

  template <typename KindT>
  void Add(const std::string& id, const std::string& text, const std::string& scope = "shared") {
    records_.push_back({KindRegistry::BuiltIn().Find(KindT::descriptor()->full_name()), scope, id,
                        std::make_shared<KindT>(FromText<KindT>(text))});
  }

  std::optional<ViewedRecord> Find(const std::string& kind, const std::string& name,
                                   const std::string& scope) override {
    for (const bool own : {true, false}) {
      for (const ViewedRecord& record : records_) {
        if (record.kind->name == kind && (record.scope == scope) == own && Called(record, name))
          return record;
      }
    }
    return std::nullopt;
  }

  std::vector<ViewedRecord> Holding(const std::string& kind, const std::string& field,
                                    const std::vector<std::string>& values) override {
    std::vector<ViewedRecord> found;
    for (const ViewedRecord& record : records_) {
      if (record.kind->name != kind) continue;
      const auto* descriptor = record.kind->Find(std::string_view(field))->descriptor;
      const auto* reflection = record.message->GetReflection();
      bool holds = false;
      if (descriptor->is_repeated()) {
        for (int i = 0; i < reflection->FieldSize(*record.message, descriptor); ++i) {
          holds = holds || Among(values, reflection->GetRepeatedString(*record.message, descriptor, i));
        }
      } else {
        holds = Among(values, reflection->GetString(*record.message, descriptor));
      }
      if (holds) found.push_back(record);
    }
    return found;
  }

  bool HoldsAllSites() const override { return holds_all_sites; }

  std::vector<ViewedRecord> Shared(const std::string& kind) override {
    std::vector<ViewedRecord> found;
    for (const ViewedRecord& record : records_) {
      if (record.kind->name == kind && record.scope == "shared") found.push_back(record);
    }
    return found;
  }

 private:
  static bool Among(const std::vector<std::string>& values, const std::string& value) {
    for (const std::string& one : values) {
      if (one == value) return true;
    }
    return false;
  }
  static bool Called(const ViewedRecord& record, const std::string& name) {
    return Among(NamesOf(record), name);
  }

  std::vector<ViewedRecord> records_;
};

template <typename KindT>
RuledRecord Ruled(const KindT& message, const std::string& scope = "shared", const std::string& id = "id") {
  return {KindRegistry::BuiltIn().Find(KindT::descriptor()->full_name()), scope, id, &message};
}

// Words of the rules found; only those a write is refused for, if asked.
inline std::vector<std::string> Rules(const Findings& found, bool refusing = false) {
  std::vector<std::string> rules;
  for (const Finding& finding : found) {
    if (finding.refuses || !refusing) rules.push_back(finding.rule);
  }
  return rules;
}

}  // namespace trellis
