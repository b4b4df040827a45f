#include "common/wire/bytes_column.h"

#include <algorithm>
#include <array>
#include <limits>

#include "absl/container/flat_hash_map.h"
#include "common/wire/digit_packing.h"
#include "common/wire/number_column.h"

namespace trellis {
namespace {

// bytescol, when it has kFew values or more.
enum Encoding : uint8_t {
  kConst = 0,
  kDictionary = 1,
  kAlphabet = 2,
  kFixedLength = 3,
  kLengths = 4,
};

constexpr size_t kMaxDictionary = 255;
// Fewer indexes than this stand in bytes of their own: the compressor does as well.
constexpr size_t kMinPackedIndexes = 64;
constexpr size_t kMaxPackedIndexBase = 6;
// Fewer values stand alone: each with its length beside its bytes.
constexpr size_t kFew = 8;
// A value alone that is shorter gains nothing by having its digits packed.
constexpr size_t kMinPackedAlone = 6;

// Up to kMaxDictionary different values in order of first appearance, and which one each row has.
struct Distinct {
  std::vector<std::string_view> values;
  std::string indexes;
};

// False if there are too many for a dictionary to be worth it.
bool FindDistinct(const std::vector<std::string_view>& values, Distinct* distinct) {
  const size_t most = std::min(kMaxDictionary, values.size() / 2);
  if (most == 0) return false;
  absl::flat_hash_map<absl::string_view, uint8_t> seen;
  for (const std::string_view value : values) {
    const auto [it, inserted] =
        seen.try_emplace({value.data(), value.size()}, static_cast<uint8_t>(distinct->values.size()));
    if (inserted) {
      if (distinct->values.size() == most) return false;
      distinct->values.push_back(value);
    }
    distinct->indexes.push_back(static_cast<char>(it->second));
  }
  return true;
}

// The bytes that occur, ascending; empty if more than kMaxDigitBase do.
std::string AlphabetOf(const std::vector<std::string_view>& values) {
  std::array<bool, 256> occurs{};
  size_t count = 0;
  for (const std::string_view value : values) {
    for (const char c : value) {
      bool& seen = occurs[static_cast<uint8_t>(c)];
      if (!seen && ++count > kMaxDigitBase) return {};
      seen = true;
    }
  }
  std::string alphabet;
  for (size_t byte = 0; byte < occurs.size(); ++byte) {
    if (occurs[byte]) alphabet.push_back(static_cast<char>(byte));
  }
  return alphabet;
}

void WriteLengths(const std::vector<std::string_view>& values, FrameStreams* out) {
  std::vector<uint64_t> lengths;
  lengths.reserve(values.size());
  for (const std::string_view value : values) lengths.push_back(value.size());
  EncodeNumbers(lengths, out);
}

void WriteDictionary(const Distinct& distinct, FrameStreams* out) {
  out->a.push_back(kDictionary);
  out->a.push_back(static_cast<char>(distinct.values.size()));
  for (const std::string_view value : distinct.values) {
    AppendVarint(&out->a, value.size());
    out->c.append(value);
  }
  const size_t base = distinct.values.size();
  if (base <= kMaxPackedIndexBase && distinct.indexes.size() >= kMinPackedIndexes) {
    PackDigits(distinct.indexes, base, &out->b);
  } else {
    out->b.append(distinct.indexes);
  }
}

void WriteAlphabet(const std::vector<std::string_view>& values, const std::string& alphabet,
                   FrameStreams* out) {
  out->a.push_back(kAlphabet);
  AppendSized(&out->a, alphabet);
  WriteLengths(values, out);
  if (alphabet.size() < 2) return;
  std::array<char, 256> digit_of{};
  for (size_t i = 0; i < alphabet.size(); ++i)
    digit_of[static_cast<uint8_t>(alphabet[i])] = static_cast<char>(i);
  std::string digits;
  for (const std::string_view value : values) {
    for (const char c : value) digits.push_back(digit_of[static_cast<uint8_t>(c)]);
  }
  PackDigits(digits, alphabet.size(), &out->b);
}

void WriteWhole(const std::vector<std::string_view>& values, bool same_length, FrameStreams* out) {
  out->a.push_back(same_length ? kFixedLength : kLengths);
  if (same_length) {
    AppendVarint(&out->a, values[0].size());
  } else {
    WriteLengths(values, out);
  }
  for (const std::string_view value : values) out->c.append(value);
}

// Length and bytes in one stream, so that the compressor's dictionary may know both at once.
void WriteAlone(std::string_view value, FrameStreams* out) {
  const auto greatest = std::max_element(value.begin(), value.end(), [](char a, char b) {
    return static_cast<uint8_t>(a) < static_cast<uint8_t>(b);
  });
  const unsigned base = value.empty() ? 0 : std::max(2U, static_cast<uint8_t>(*greatest) + 1U);
  const bool packed = value.size() >= kMinPackedAlone && base <= kMaxDigitBase;
  AppendVarint(&out->c, uint64_t{value.size()} << 1 | (packed ? 1 : 0));
  if (packed) {
    out->c.push_back(static_cast<char>(base));
    PackDigits(value, base, &out->d);
  } else {
    out->c.append(value);
  }
}

bool ReadAlone(FrameReader* in, std::vector<std::string_view>* values) {
  const uint64_t head = in->c.Varint();
  const uint64_t length = head >> 1;
  if ((head & 1) == 0) {
    values->push_back(in->c.Take(length));
    return in->StreamsOk();
  }
  const std::string_view base_byte = in->c.Take(1);
  if (!in->StreamsOk()) return false;
  const auto base = static_cast<uint8_t>(base_byte[0]);
  if (base < 2 || base > kMaxDigitBase) return in->Fail("digits of no base");
  if (!in->TakeRebuilt(length)) return false;
  const std::string_view packed = in->d.Take(PackedSize(length, base));
  std::string digits;
  if (!in->StreamsOk()) return false;
  if (!UnpackDigits(packed, length, base, &digits)) return in->Fail("a digit too many");
  values->push_back(in->Keep(std::move(digits)));
  return true;
}

size_t TotalSize(const std::vector<std::string_view>& values) {
  size_t total = 0;
  for (const std::string_view value : values) total += value.size();
  return total;
}

bool ReadConst(size_t count, FrameReader* in, std::vector<std::string_view>* values) {
  const uint64_t size = in->a.Varint();
  values->assign(count, in->c.Take(size));
  return in->StreamsOk();
}

bool ReadDictionary(size_t count, FrameReader* in, std::vector<std::string_view>* values) {
  const std::string_view size_byte = in->a.Take(1);
  if (!in->StreamsOk()) return false;
  const size_t size = static_cast<uint8_t>(size_byte[0]);
  if (size < 2) return in->Fail("a dictionary too small to be one");
  std::vector<std::string_view> entries;
  for (size_t i = 0; i < size; ++i) entries.push_back(in->c.Take(in->a.Varint()));
  std::string unpacked;
  std::string_view indexes;
  if (size <= kMaxPackedIndexBase && count >= kMinPackedIndexes) {
    const std::string_view packed = in->b.Take(PackedSize(count, size));
    if (!in->StreamsOk()) return false;
    if (!UnpackDigits(packed, count, size, &unpacked)) return in->Fail("a digit too many");
    indexes = unpacked;
  } else {
    indexes = in->b.Take(count);
  }
  if (!in->StreamsOk()) return false;
  for (const char index : indexes) {
    if (static_cast<uint8_t>(index) >= size) return in->Fail("an index beyond its dictionary");
    values->push_back(entries[static_cast<uint8_t>(index)]);
  }
  return true;
}

// Lengths whose sum is at most `limit`.
bool ReadLengths(size_t count, uint64_t limit, FrameReader* in, std::vector<uint64_t>* lengths,
                 uint64_t* total) {
  if (!DecodeNumbers(count, in, lengths)) return false;
  *total = 0;
  for (const uint64_t length : *lengths) {
    if (length > limit - *total) return in->Fail("strings longer than their bytes");
    *total += length;
  }
  return true;
}

void Cut(std::string_view bytes, const std::vector<uint64_t>& lengths,
         std::vector<std::string_view>* values) {
  for (const uint64_t length : lengths) {
    values->push_back(bytes.substr(0, length));
    bytes.remove_prefix(length);
  }
}

bool ReadAlphabet(size_t count, FrameReader* in, std::vector<std::string_view>* values) {
  const std::string_view alphabet = in->a.Sized();
  if (!in->StreamsOk()) return false;
  if (alphabet.size() > kMaxDigitBase) return in->Fail("an alphabet too large to be one");
  std::vector<uint64_t> lengths;
  uint64_t total = 0;
  if (!ReadLengths(count, kMaxRebuiltBytes, in, &lengths, &total)) return false;
  if (alphabet.empty() && total > 0) return in->Fail("letters of no alphabet");
  if (!in->TakeRebuilt(total)) return false;
  std::string letters;
  if (alphabet.size() < 2) {
    letters.assign(total, alphabet.empty() ? '\0' : alphabet[0]);
  } else {
    const std::string_view packed = in->b.Take(PackedSize(total, alphabet.size()));
    if (!in->StreamsOk()) return false;
    if (!UnpackDigits(packed, total, alphabet.size(), &letters)) return in->Fail("a digit too many");
    for (char& letter : letters) letter = alphabet[static_cast<uint8_t>(letter)];
  }
  Cut(in->Keep(std::move(letters)), lengths, values);
  return true;
}

bool ReadFixedLength(size_t count, FrameReader* in, std::vector<std::string_view>* values) {
  const uint64_t length = in->a.Varint();
  if (length > in->c.remaining() / count) return in->Fail("strings longer than their bytes");
  for (size_t i = 0; i < count; ++i) values->push_back(in->c.Take(length));
  return in->StreamsOk();
}

bool ReadWithLengths(size_t count, FrameReader* in, std::vector<std::string_view>* values) {
  std::vector<uint64_t> lengths;
  uint64_t total = 0;
  if (!ReadLengths(count, in->c.remaining(), in, &lengths, &total)) return false;
  Cut(in->c.Take(total), lengths, values);
  return in->StreamsOk();
}

}  // namespace

void EncodeStrings(const std::vector<std::string_view>& values, FrameStreams* out) {
  if (values.empty()) return;
  if (values.size() < kFew) {
    for (const std::string_view value : values) WriteAlone(value, out);
    return;
  }
  const std::string_view first = values[0];
  const bool one_value =
      std::all_of(values.begin(), values.end(), [&](auto value) { return value == first; });
  if (one_value) {
    out->a.push_back(kConst);
    AppendVarint(&out->a, first.size());
    out->c.append(first);
    return;
  }
  const size_t total = TotalSize(values);
  const std::string alphabet = AlphabetOf(values);
  const size_t packed =
      alphabet.empty() ? total : (alphabet.size() < 2 ? 0 : PackedSize(total, alphabet.size()));
  Distinct distinct;
  if (FindDistinct(values, &distinct) && TotalSize(distinct.values) + values.size() / 2 < packed) {
    WriteDictionary(distinct, out);
  } else if (!alphabet.empty()) {
    WriteAlphabet(values, alphabet, out);
  } else {
    const bool same_length =
        std::all_of(values.begin(), values.end(), [&](auto value) { return value.size() == first.size(); });
    WriteWhole(values, same_length, out);
  }
}

bool DecodeStrings(size_t count, FrameReader* in, std::vector<std::string_view>* values) {
  if (!in->TakeValues(count)) return false;
  values->reserve(count);
  if (count == 0) return true;
  if (count < kFew) {
    while (values->size() < count && ReadAlone(in, values)) {
    }
    return values->size() == count;
  }
  const std::string_view encoding = in->a.Take(1);
  if (!in->StreamsOk()) return false;
  switch (encoding[0]) {
    case kConst:
      return ReadConst(count, in, values);
    case kDictionary:
      return ReadDictionary(count, in, values);
    case kAlphabet:
      return ReadAlphabet(count, in, values);
    case kFixedLength:
      return ReadFixedLength(count, in, values);
    case kLengths:
      return ReadWithLengths(count, in, values);
    default:
      return in->Fail("strings in an unknown encoding");
  }
}

}  // namespace trellis
