// A column of byte strings: bytescol of README.md.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "common/wire/frame_streams.h"

namespace trellis {

void EncodeStrings(const std::vector<std::string_view>& values, FrameStreams* out);
// As many strings as the caller knows there to be; views into the streams, or into what `in` keeps.
// False after in->Fail().
bool DecodeStrings(size_t count, FrameReader* in, std::vector<std::string_view>* values);

}  // namespace trellis
