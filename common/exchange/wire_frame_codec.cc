#include "common/exchange/wire_frame_codec.h"

#include "common/wire/frame_body.h"

namespace trellis {

std::string WireFrameCodec::Encode(std::string_view scope, Epoch epoch, uint64_t dictionary,
                                   const std::vector<Delta>& items) const {
  FrameBodyOptions options;
  options.district_key = district_key_;
  options.scope = scope;
  options.epoch = epoch;
  options.dictionary = dictionary;
  return EncodeFrameBody(items, options);
}

absl::StatusOr<std::vector<Delta>> WireFrameCodec::Decode(std::string_view scope, Epoch epoch,
                                                          uint64_t dictionary, std::string_view body) const {
  FrameBodyOptions options;
  options.district_key = district_key_;
  options.scope = scope;
  options.epoch = epoch;
  options.dictionary = dictionary;
  return DecodeFrameBody(body, options);
}

}  // namespace trellis
