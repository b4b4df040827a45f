// The bytes of report columns at rest, one block per key (survey, wave, site, kind of block, number).
//
//   header   := version layout dictionary*            one dictionary per attribute
//   layout   := n (text options)* n text*             questions, attributes
//   dictionary := n text*                             values of codes 1…n
//   segment  := version slots plane{present} plane{complete} (bits plane*)* plane*
//                                                     attributes, then answers as the layout has them
//   identities := version slots (id16 text submitted)*    of the slots that hold a row, in their order
//   delta    := version complete id16 text submitted code* value*    a byte an answer, a varint an attribute
//   plane    := ceil(slots/64) words of 8 bytes, little-endian
//   text     := n byte*;  n, options, slots, bits, value := varint;  submitted := zigzag varint (ms)
//
// Decoding checks every length before it allocates and wants every byte used; failure is DataLoss.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <vector>

#include "common/report/column_segment.h"

namespace trellis {

struct ColumnHeader {
  ColumnLayout layout;
  std::vector<std::vector<std::string>> dictionaries;  // [attribute][code]; code 0 is the empty value
};

std::string EncodeColumnHeader(const ColumnHeader& header);
absl::StatusOr<ColumnHeader> DecodeColumnHeader(std::string_view bytes);

std::string EncodeSegment(const ColumnSegment& segment);
std::string EncodeIdentities(const ColumnSegment& segment);
absl::StatusOr<ColumnSegment> DecodeSegment(const ColumnLayout& layout, std::string_view bytes,
                                            std::string_view identities);

std::string EncodeDeltaRow(const ColumnLayout& layout, const CodedRow& row);
absl::StatusOr<CodedRow> DecodeDeltaRow(const ColumnLayout& layout, std::string_view bytes);

}  // namespace trellis
