// Frame bodies without columns or compression: fast, and of a size the history chooses.
#pragma once

#include "common/exchange/exchange.h"

namespace trellis::simulation {

// body := item* padding, where item is the delta field by field, varints and length-prefixed strings.
class PlainCodec final : public FrameCodec {
 public:
  // Each record is padded to at least `bytes_per_record`.
  explicit PlainCodec(size_t bytes_per_record) : bytes_per_record_(bytes_per_record) {}
  std::string Encode(std::string_view scope, Epoch epoch, uint64_t dictionary,
                     const std::vector<Delta>& items) const override;
  absl::StatusOr<std::vector<Delta>> Decode(std::string_view scope, Epoch epoch, uint64_t dictionary,
                                            std::string_view body) const override;

 private:
  size_t bytes_per_record_;
};

}  // namespace trellis::simulation
