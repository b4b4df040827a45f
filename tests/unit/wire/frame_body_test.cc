#include "common/wire/frame_body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/unit/wire/random_deltas.h"

namespace trellis {
namespace {

FrameBodyOptions Options(bool dictionary, Epoch epoch) {
  FrameBodyOptions options;
  options.district_key.fill(7);
  options.scope = "S0001";
  options.dictionary = dictionary ? ShippedDictionary() : 0;
  options.epoch = epoch;
  return options;
}

RC_GTEST_PROP(FrameBody, GivesBackWhatWentIn, (uint64_t seed, bool dictionary)) {
  const FrameBodyOptions options = Options(dictionary, seed % 2 == 0 ? 0x1234'5678'9abc'def0 : 0);
  const std::vector<Delta> deltas = RandomDeltas(seed).Make(seed % 97, options);
  const auto decoded = DecodeFrameBody(EncodeFrameBody(deltas, options), options);
  RC_ASSERT(decoded.status().message() == "");
  RC_ASSERT(decoded->size() == deltas.size());
  for (size_t i = 0; i < deltas.size(); ++i) RC_ASSERT((*decoded)[i] == deltas[i]);
}

TEST(FrameBody, EmptyFrame_RoundTrips) {
  const auto decoded = DecodeFrameBody(EncodeFrameBody({}, Options(true, 0)), Options(true, 0));
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_TRUE(decoded->empty());
}

}  // namespace
}  // namespace trellis
