// What the columns of one (survey, wave, site) hold: which questions, how many codes each, which attributes.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "common/record/record_id.h"

namespace trellis {

// The codes of an answer: kBlank, then the options 1…k, then k+1 not applicable, k+2 not shown.
inline constexpr uint8_t kBlankCode = 0;  // left blank or refused
inline constexpr int kMaxOptions = 253;   // so that every code fits a byte

struct QuestionColumn {
  std::string item;  // the question's code
  int options = 0;   // k

  uint8_t not_applicable() const { return static_cast<uint8_t>(options + 1); }
  uint8_t not_shown() const { return static_cast<uint8_t>(options + 2); }
  // Bits enough for the k+3 codes.
  int bits() const { return std::bit_width(static_cast<unsigned>(options + 2)); }
  friend bool operator==(const QuestionColumn&, const QuestionColumn&) = default;
};

struct ColumnLayout {
  std::vector<QuestionColumn> questions;
  std::vector<std::string> attributes;
  friend bool operator==(const ColumnLayout&, const ColumnLayout&) = default;
};

// Who and when, kept apart from the answers.
struct RowIdentity {
  RecordId id;
  std::string respondent_key;  // empty where the wave links nobody
  int64_t submitted_ms = 0;
  friend bool operator==(const RowIdentity&, const RowIdentity&) = default;
};

struct ResponseRow {
  RowIdentity identity;
  bool complete = false;                // submitted whole; a partial response counts apart
  std::vector<uint8_t> answers;         // a code per question of the layout
  std::vector<std::string> attributes;  // a value per attribute of the layout; empty where unknown
  friend bool operator==(const ResponseRow&, const ResponseRow&) = default;
};

}  // namespace trellis
