// The frame bodies of common/wire as a FrameCodec.
#pragma once

#include "common/exchange/exchange.h"

namespace trellis {

class WireFrameCodec final : public FrameCodec {
 public:
  explicit WireFrameCodec(const HashKey& district_key) : district_key_(district_key) {}
  std::string Encode(std::string_view scope, Epoch epoch, uint64_t dictionary,
                     const std::vector<Delta>& items) const override;
  absl::StatusOr<std::vector<Delta>> Decode(std::string_view scope, Epoch epoch, uint64_t dictionary,
                                            std::string_view body) const override;

 private:
  HashKey district_key_;
};

}  // namespace trellis
