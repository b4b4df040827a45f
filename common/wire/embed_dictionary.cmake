# cmake -DFROM=dictionary.bin -DTO=dictionary.cc -P embed_dictionary.cmake: the file as an array.
file(READ ${FROM} hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
file(WRITE ${TO} "// Made from dictionary.bin.
#include \"common/wire/frame_compression.h\"

namespace trellis {
namespace {
constexpr unsigned char kDictionary[] = {${bytes}};
}  // namespace

std::string_view ShippedDictionaryBytes() {
  return {reinterpret_cast<const char*>(kDictionary), sizeof(kDictionary)};
}
}  // namespace trellis
")
