// zstd for frames: no magic number, no checksum, no content size and no dictionary id inside; the frame says
// what is needed of them. Thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace trellis {

// Appends `plain`, compressed. `blocks`: where a new block is to begin, ascending, below plain.size(): its
// bytes get statistics of their own.
void CompressFrame(std::string_view plain, const std::vector<size_t>& blocks, bool with_dictionary, int level,
                   std::string* out);
// False unless `packed` is exactly what gives `plain_size` bytes, in a window within kMaxWindowBytes.
// Allocates plain_size bytes and one context, whatever `packed` says.
bool DecompressFrame(std::string_view packed, bool with_dictionary, size_t plain_size, std::string* plain);

// The dictionary of this release, trained on made-up text and records (dictionary/README.md).
std::string_view ShippedDictionaryBytes();

}  // namespace trellis
