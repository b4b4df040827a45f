// Records of every kind, made up from the protos and a list of sentences: what the dictionary is trained on.
#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <string>
#include <vector>

#include "common/causal/record_state.h"
#include "common/record/kind_info.h"

namespace trellis {

// The same sequence on every machine.
class MadeUpRecords {
 public:
  explicit MadeUpRecords(std::vector<std::string> sentences) : sentences_(std::move(sentences)) {}

  // One write of the whole record.
  Delta Fresh(const KindInfo& kind);
  // One changed field of such a record.
  Delta Edit(const KindInfo& kind);

 private:
  uint64_t Next();
  uint64_t Below(uint64_t bound) { return Next() % bound; }
  bool Chance(uint64_t percent) { return Below(100) < percent; }
  std::string Digits(size_t count);
  std::string Sentences(size_t most);
  std::string Words(size_t count);
  std::string TextOf(const FieldInfo& field);
  std::string CodeOf(const FieldInfo& field);
  uint64_t NumberOf(const FieldInfo& field);
  void Fill(const std::vector<FieldInfo>& fields, google::protobuf::Message* message);
  void Set(const FieldInfo& field, google::protobuf::Message* message);

  std::vector<std::string> sentences_;
  uint64_t state_ = 0x5eed;
  uint64_t n_ = 0;
  int64_t now_ms_ = 1'767'225'600'000;  // 2026-01-01
};

}  // namespace trellis
