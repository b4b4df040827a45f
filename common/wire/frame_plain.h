// The body of a frame before compression: what EncodeFrameBody compresses, and what the dictionary is
// trained on.
#pragma once

#include <vector>

#include "common/wire/frame_body.h"
#include "common/wire/frame_streams.h"

namespace trellis {

FrameStreams EncodeFrameStreams(const std::vector<Delta>& items, const FrameBodyOptions& options);

}  // namespace trellis
