#define ZSTD_STATIC_LINKING_ONLY  // the format without magic number

#include "common/wire/frame_compression.h"

#include <zstd.h>

#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "common/record/hash.h"
#include "common/wire/frame_body.h"
#include "common/wire/frame_limits.h"

namespace trellis {
namespace {

struct FreeCompression {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};
using CompressionContext = std::unique_ptr<ZSTD_CCtx, FreeCompression>;
using DecompressionContext = std::unique_ptr<ZSTD_DCtx, FreeCompression>;

// Contexts out of use, kept for the next frame: making one costs as much as a small frame does. Bounded,
// since each holds up to a megabyte.
template <typename Context>
class Idle {
 public:
  Context Take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return nullptr;
    Context context = std::move(idle_.back());
    idle_.pop_back();
    return context;
  }
  void Return(Context context) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kMostIdle) idle_.push_back(std::move(context));
  }

 private:
  static constexpr size_t kMostIdle = 2;
  std::mutex mutex_;
  std::vector<Context> idle_;
};

// The shipped dictionary, digested once a level, and the idle contexts.
struct Compression {
  std::mutex mutex;
  std::map<int, ZSTD_CDict*> by_level;
  ZSTD_DDict* decompression = nullptr;
  Idle<CompressionContext> compressing;
  Idle<DecompressionContext> decompressing;
};

// Lives as long as the process: threads may still compress while it ends.
Compression& Shared() {
  static auto* const shared = new Compression;
  return *shared;
}

ZSTD_CDict* CompressionDictionary(int level) {
  const std::lock_guard lock(Shared().mutex);
  ZSTD_CDict*& dictionary = Shared().by_level[level];
  if (dictionary == nullptr) {
    const std::string_view bytes = ShippedDictionaryBytes();
    dictionary = ZSTD_createCDict(bytes.data(), bytes.size(), level);
  }
  return dictionary;
}

ZSTD_DDict* DecompressionDictionary() {
  const std::lock_guard lock(Shared().mutex);
  ZSTD_DDict*& dictionary = Shared().decompression;
  if (dictionary == nullptr) {
    const std::string_view bytes = ShippedDictionaryBytes();
    dictionary = ZSTD_createDDict_byReference(bytes.data(), bytes.size());
  }
  return dictionary;
}

CompressionContext NewCompressionContext() {
  CompressionContext context(ZSTD_createCCtx());
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_format, ZSTD_f_zstd1_magicless);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_contentSizeFlag, 0);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 0);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_dictIDFlag, 0);
  return context;
}

DecompressionContext NewDecompressionContext() {
  DecompressionContext context(ZSTD_createDCtx());
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_format, ZSTD_f_zstd1_magicless);
  return context;
}

bool WindowIsBounded(std::string_view packed) {
  ZSTD_frameHeader header;
  return ZSTD_getFrameHeader_advanced(&header, packed.data(), packed.size(), ZSTD_f_zstd1_magicless) == 0 &&
         header.frameType == ZSTD_frame && header.windowSize <= kMaxWindowBytes;
}

}  // namespace

void CompressFrame(std::string_view plain, const std::vector<size_t>& blocks, bool with_dictionary, int level,
                   std::string* out) {
  CompressionContext context = Shared().compressing.Take();
  if (context == nullptr) context = NewCompressionContext();
  ZSTD_CCtx_reset(context.get(), ZSTD_reset_session_only);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_refCDict(context.get(), with_dictionary ? CompressionDictionary(level) : nullptr);
  ZSTD_CCtx_setPledgedSrcSize(context.get(), plain.size());

  const size_t begin = out->size();
  constexpr size_t kBlockHeader = 3;
  out->resize(begin + ZSTD_compressBound(plain.size()) + kBlockHeader * (blocks.size() + 1));
  ZSTD_outBuffer target{out->data() + begin, out->size() - begin, 0};
  ZSTD_inBuffer source{plain.data(), 0, 0};
  for (const size_t block : blocks) {
    source.size = block;
    while (ZSTD_compressStream2(context.get(), &target, &source, ZSTD_e_flush) != 0) {
    }
  }
  source.size = plain.size();
  while (ZSTD_compressStream2(context.get(), &target, &source, ZSTD_e_end) != 0) {
  }
  out->resize(begin + target.pos);
  Shared().compressing.Return(std::move(context));
}

bool DecompressFrame(std::string_view packed, bool with_dictionary, size_t plain_size, std::string* plain) {
  if (!WindowIsBounded(packed)) return false;
  DecompressionContext context = Shared().decompressing.Take();
  if (context == nullptr) context = NewDecompressionContext();
  ZSTD_DCtx_reset(context.get(), ZSTD_reset_session_only);
  ZSTD_DCtx_refDDict(context.get(), with_dictionary ? DecompressionDictionary() : nullptr);
  plain->resize(plain_size);
  const size_t size =
      ZSTD_decompressDCtx(context.get(), plain->data(), plain_size, packed.data(), packed.size());
  Shared().decompressing.Return(std::move(context));
  return !ZSTD_isError(size) && size == plain_size;
}

uint64_t ShippedDictionary() {
  static const uint64_t hash = KeyedHash(HashKey{}, ShippedDictionaryBytes()).low;
  return hash;
}

}  // namespace trellis
