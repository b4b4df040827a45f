#include "common/wire/number_column.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace trellis {
namespace {

// col, when it has two values or more.
enum Encoding : uint8_t {
  kConst = 0,
  kLinear = 1,
  kBytes = 2,
  kVarints = 3,
  kDeltas = 4,
  kDeltaPlanes = 5,        // deltas are never negative
  kSignedDeltaPlanes = 6,  // deltas as zigzag
};

// Estimated compressed size of bytes counted one by one: their order-0 entropy, or their number if few.
class ByteCost {
 public:
  void Add(uint8_t byte) {
    ++counts_[byte];
    ++total_;
  }
  void AddVarint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) Add(static_cast<uint8_t>(value | 0x80));
    Add(static_cast<uint8_t>(value));
  }
  double Bytes() const {
    if (total_ < 32) return total_;
    double bits = total_ * std::log2(total_);
    for (const uint32_t count : counts_) {
      if (count > 1) bits -= count * std::log2(count);
    }
    return bits / 8;
  }

 private:
  std::array<uint32_t, 256> counts_{};
  uint32_t total_ = 0;
};

unsigned WidthOf(uint64_t value) { return (static_cast<unsigned>(64 - __builtin_clzll(value | 1)) + 7) / 8; }

std::vector<uint64_t> DeltasOf(const std::vector<uint64_t>& values) {
  std::vector<uint64_t> deltas(values.size() - 1);
  for (size_t i = 0; i + 1 < values.size(); ++i) deltas[i] = values[i + 1] - values[i];
  return deltas;
}

bool NeverFalls(const std::vector<uint64_t>& deltas) {
  return std::none_of(deltas.begin(), deltas.end(), [](uint64_t delta) { return delta >> 63; });
}

// The deltas as whole numbers, small where the steps are small.
std::vector<uint64_t> Folded(std::vector<uint64_t> deltas, bool falls) {
  if (falls) {
    for (uint64_t& delta : deltas) delta = ZigzagOf(delta);
  }
  return deltas;
}

double PlanesCost(const std::vector<uint64_t>& folded, unsigned width) {
  ByteCost top;
  for (const uint64_t delta : folded) top.Add(static_cast<uint8_t>(delta >> (8 * (width - 1))));
  return top.Bytes() + static_cast<double>(folded.size() * (width - 1)) + 2;
}

void WritePlanes(const std::vector<uint64_t>& folded, unsigned width, FrameStreams* out) {
  for (unsigned plane = width; plane-- > 0;) {
    std::string* stream = plane + 1 == width ? &out->b : &out->d;
    for (const uint64_t delta : folded) stream->push_back(static_cast<char>(delta >> (8 * plane)));
  }
}

template <typename Values>
double VarintsCost(const Values& values) {
  ByteCost cost;
  for (const uint64_t value : values) cost.AddVarint(value);
  return cost.Bytes();
}

double BytesCost(const std::vector<uint64_t>& values) {
  ByteCost cost;
  for (const uint64_t value : values) cost.Add(static_cast<uint8_t>(value));
  return cost.Bytes();
}

void WriteVarying(const std::vector<uint64_t>& values, const std::vector<uint64_t>& deltas,
                  FrameStreams* out) {
  const bool falls = !NeverFalls(deltas);
  const std::vector<uint64_t> folded = Folded(deltas, falls);
  const std::vector<uint64_t> zigzag = falls ? folded : Folded(deltas, true);
  const unsigned width = WidthOf(*std::max_element(folded.begin(), folded.end()));
  const bool bytes = *std::max_element(values.begin(), values.end()) <= 0xff;

  const double bytes_cost = bytes ? BytesCost(values) : std::numeric_limits<double>::max();
  const double varints_cost = VarintsCost(values);
  const double deltas_cost = VarintsCost(zigzag) + static_cast<double>(VarintSize(values[0]));
  const double planes_cost = PlanesCost(folded, width) + static_cast<double>(VarintSize(values[0]));
  const double least = std::min({bytes_cost, varints_cost, deltas_cost, planes_cost});

  if (bytes_cost == least) {
    out->a.push_back(kBytes);
    for (const uint64_t value : values) out->b.push_back(static_cast<char>(value));
  } else if (varints_cost == least) {
    out->a.push_back(kVarints);
    for (const uint64_t value : values) AppendVarint(&out->a, value);
  } else if (deltas_cost == least) {
    out->a.push_back(kDeltas);
    AppendVarint(&out->a, values[0]);
    for (const uint64_t delta : zigzag) AppendVarint(&out->a, delta);
  } else {
    out->a.push_back(falls ? kSignedDeltaPlanes : kDeltaPlanes);
    AppendVarint(&out->a, values[0]);
    out->a.push_back(static_cast<char>(width));
    WritePlanes(folded, width, out);
  }
}

// A number alone: below kInPlace in A, else its width in A and its bytes in D. So A of a record alone is the
// same for many records.
constexpr uint8_t kInPlace = 0x80;

void WriteAlone(uint64_t value, FrameStreams* out) {
  if (value < kInPlace) {
    out->a.push_back(static_cast<char>(value));
    return;
  }
  const unsigned width = WidthOf(value);
  out->a.push_back(static_cast<char>(kInPlace + width));
  for (unsigned i = 0; i < width; ++i) out->d.push_back(static_cast<char>(value >> (8 * i)));
}

bool ReadAlone(FrameReader* in, std::vector<uint64_t>* values) {
  const std::string_view head_byte = in->a.Take(1);
  if (!in->StreamsOk()) return false;
  const auto head = static_cast<uint8_t>(head_byte[0]);
  if (head < kInPlace) {
    values->push_back(head);
    return true;
  }
  if (head > kInPlace + 8) return in->Fail("a number too wide");
  uint64_t value = 0;
  unsigned shift = 0;
  for (const char byte : in->d.Take(head - kInPlace)) {
    value |= uint64_t{static_cast<uint8_t>(byte)} << shift;
    shift += 8;
  }
  values->push_back(value);
  return in->StreamsOk();
}

bool ReadLinear(size_t count, FrameReader* in, std::vector<uint64_t>* values) {
  uint64_t value = in->a.Varint();
  const uint64_t step = UnZigzag(in->a.Varint());
  for (size_t i = 0; i < count; ++i, value += step) values->push_back(value);
  return in->StreamsOk();
}

bool ReadBytes(size_t count, FrameReader* in, std::vector<uint64_t>* values) {
  for (const char byte : in->b.Take(count)) values->push_back(static_cast<uint8_t>(byte));
  return in->StreamsOk();
}

bool ReadVarints(size_t count, FrameReader* in, std::vector<uint64_t>* values) {
  if (count > in->a.remaining()) return in->Fail("a stream ends too early");
  for (size_t i = 0; i < count; ++i) values->push_back(in->a.Varint());
  return in->StreamsOk();
}

bool ReadDeltas(size_t count, FrameReader* in, std::vector<uint64_t>* values) {
  if (count > in->a.remaining()) return in->Fail("a stream ends too early");
  uint64_t value = in->a.Varint();
  values->push_back(value);
  for (size_t i = 1; i < count; ++i) values->push_back(value += UnZigzag(in->a.Varint()));
  return in->StreamsOk();
}

bool ReadPlanes(size_t count, bool falls, FrameReader* in, std::vector<uint64_t>* values) {
  const uint64_t first = in->a.Varint();
  const std::string_view width_byte = in->a.Take(1);
  if (!in->StreamsOk()) return false;
  const auto width = static_cast<uint8_t>(width_byte[0]);
  if (width < 1 || width > 8) return in->Fail("planes of no width");
  const size_t deltas = count - 1;
  std::string_view planes[8];
  for (unsigned plane = width; plane-- > 0;) {
    planes[plane] = plane + 1 == width ? in->b.Take(deltas) : in->d.Take(deltas);
  }
  if (!in->StreamsOk()) return false;
  uint64_t value = first;
  values->push_back(value);
  for (size_t i = 0; i < deltas; ++i) {
    uint64_t delta = 0;
    for (unsigned plane = 0; plane < width; ++plane) {
      delta |= uint64_t{static_cast<uint8_t>(planes[plane][i])} << (8 * plane);
    }
    values->push_back(value += falls ? UnZigzag(delta) : delta);
  }
  return true;
}

}  // namespace

void EncodeNumbers(const std::vector<uint64_t>& values, FrameStreams* out) {
  if (values.empty()) return;
  if (values.size() == 1) return WriteAlone(values[0], out);
  const std::vector<uint64_t> deltas = DeltasOf(values);
  const bool linear = std::all_of(deltas.begin(), deltas.end(), [&](uint64_t d) { return d == deltas[0]; });
  if (linear && deltas[0] == 0) {
    out->a.push_back(kConst);
    AppendVarint(&out->a, values[0]);
  } else if (linear) {
    out->a.push_back(kLinear);
    AppendVarint(&out->a, values[0]);
    AppendVarint(&out->a, ZigzagOf(deltas[0]));
  } else {
    WriteVarying(values, deltas, out);
  }
}

bool DecodeNumbers(size_t count, FrameReader* in, std::vector<uint64_t>* values) {
  if (!in->TakeValues(count)) return false;
  values->reserve(count);
  if (count == 0) return true;
  if (count == 1) return ReadAlone(in, values);
  const std::string_view encoding = in->a.Take(1);
  if (!in->StreamsOk()) return false;
  switch (encoding[0]) {
    case kConst:
      values->assign(count, in->a.Varint());
      return in->StreamsOk();
    case kLinear:
      return ReadLinear(count, in, values);
    case kBytes:
      return ReadBytes(count, in, values);
    case kVarints:
      return ReadVarints(count, in, values);
    case kDeltas:
      return ReadDeltas(count, in, values);
    case kDeltaPlanes:
      return ReadPlanes(count, false, in, values);
    case kSignedDeltaPlanes:
      return ReadPlanes(count, true, in, values);
    default:
      return in->Fail("numbers in an unknown encoding");
  }
}

}  // namespace trellis
