#include "tests/unit/wire/random_deltas.h"

#include <algorithm>

#include "common/causal/bytes.h"

namespace trellis {
namespace {

constexpr uint64_t kWriters[] = {1, 0x1234'5678'9abc'def0, UINT64_MAX, 77};
constexpr const char* kKinds[] = {"trellis.domain.v1.Response", "trellis.domain.v1.Participation", "x", ""};
constexpr const char* kActors[] = {"", "acct-1", "district/office", "n. ochoa"};
const std::vector<SplitRule> kRules = {{3, 0, SplitRule::Packing::kNever},
                                       {5, 1, SplitRule::Packing::kNever}};

}  // namespace

Hash128 VersionOf(const Delta& delta, const FrameBodyOptions& options) {
  return VersionHash(options.district_key, delta.id, RecordState{delta.kind, delta.context, delta.cells});
}

Delta FreshDelta(const FrameBodyOptions& options, std::string_view kind, Dot dot, Stamp raw,
                 std::string_view message, const std::vector<SplitRule>& rules) {
  Delta delta;
  delta.id = DeriveRecordId(options.district_key, options.scope, dot.writer, dot.n, raw.ms);
  delta.kind = kind;
  delta.whole = true;
  delta.context = Context(dot);
  const auto cells = SplitMessage(message, rules);
  for (const MessageCell& cell : cells.value()) {
    delta.cells.push_back({{cell.field, cell.element}, {{dot, raw, raw, "acct-1", cell.bytes}}});
  }
  delta.version = VersionOf(delta, options);
  return delta;
}

std::string RandomDeltas::Bytes(size_t most) {
  std::string bytes(Below(most + 1), '\0');
  for (char& byte : bytes) byte = static_cast<char>(random_());
  return bytes;
}

std::string RandomDeltas::Text(size_t most) {
  static constexpr const char* kWords[] = {"goal", "Zoë", "学校", "2026-09-01", "S0001", " ", "año", ""};
  std::string text;
  for (size_t words = Below(most + 1); words > 0; --words) text += kWords[Below(std::size(kWords))];
  return text;
}

uint64_t RandomDeltas::Number() {
  switch (Below(5)) {
    case 0:
      return Below(6);
    case 1:
      return Below(300);
    case 2:
      return random_();
    case 3:
      return static_cast<uint64_t>(-static_cast<int64_t>(Below(1'000)));
    default:
      return 1'788'000'000 + Below(100'000);
  }
}

Stamp RandomDeltas::AnyStamp() {
  const int64_t ms = OneIn(10) ? static_cast<int64_t>(random_())
                               : 1'788'000'000'000 + static_cast<int64_t>(Below(1'000'000));
  return {ms, static_cast<uint32_t>(OneIn(3) ? random_() : Below(3))};
}

void RandomDeltas::AppendField(int depth, std::string* out) {
  const uint64_t field = OneIn(20) ? 1 + Below((1 << 29) - 1) : 1 + Below(12);
  switch (Below(7)) {
    case 0:
      AppendVarint(out, field << 3);
      AppendVarint(out, Number());
      break;
    case 1: {
      AppendVarint(out, field << 3 | 1);
      const uint64_t value = Number();
      out->append(reinterpret_cast<const char*>(&value), 8);
      break;
    }
    case 2: {
      AppendVarint(out, field << 3 | 5);
      const uint64_t value = Number();
      out->append(reinterpret_cast<const char*>(&value), 4);
      break;
    }
    case 3:
      AppendVarint(out, field << 3 | 2);
      AppendSized(out, depth > 0 ? Message(depth - 1) : Bytes(4));
      break;
    case 4:
      AppendVarint(out, field << 3 | 2);
      AppendSized(out, Bytes(40));
      break;
    default:
      for (uint64_t times = OneIn(4) ? 1 + Below(4) : 1; times > 0; --times) {
        AppendVarint(out, field << 3 | 2);
        AppendSized(out, Text(6));
      }
  }
}

std::string RandomDeltas::Message(int depth) {
  std::string message;
  for (uint64_t fields = Below(7); fields > 0; --fields) AppendField(depth, &message);
  if (OneIn(15)) message += std::string_view("\x08\x81\x80\x00", 4);  // an overlong varint
  return message;
}

Delta RandomDeltas::Fresh(const FrameBodyOptions& options) {
  const Dot dot{kWriters[Below(std::size(kWriters))], OneIn(4) ? 1 + Below(1'000'000) : n_++};
  Delta delta = FreshDelta(options, kKinds[Below(std::size(kKinds))], dot, AnyStamp(),
                           Message(OneIn(10) ? 12 : 3), kRules);
  const uint64_t form = Below(4);
  if (form == 0) delta.id.bytes[15] ^= 1;
  if (form == 1) delta.id.bytes[0] ^= 1;
  const Stamp effective = AnyStamp();
  const std::string actor = kActors[Below(std::size(kActors))];
  for (Cell& cell : delta.cells) {
    if (OneIn(2)) break;
    cell.siblings.front().effective = effective;
    cell.siblings.front().actor = actor;
  }
  delta.version = VersionOf(delta, options);
  return delta;
}

Sibling RandomDeltas::AnySibling() {
  return {{kWriters[Below(std::size(kWriters))], Below(50)},
          AnyStamp(),
          AnyStamp(),
          kActors[Below(std::size(kActors))],
          Bytes(12)};
}

Delta RandomDeltas::State(const FrameBodyOptions& options) {
  Delta delta;
  for (uint8_t& byte : delta.id.bytes) byte = static_cast<uint8_t>(random_());
  delta.kind = kKinds[Below(std::size(kKinds))];
  delta.whole = OneIn(2);
  for (uint64_t i = Below(4); i > 0; --i)
    delta.context.Raise({kWriters[Below(std::size(kWriters))], 1 + Below(99)});
  for (uint64_t i = Below(3); i > 0; --i)
    delta.base.Raise({kWriters[Below(std::size(kWriters))], 1 + Below(99)});
  for (uint64_t cells = Below(5); cells > 0; --cells) {
    Cell& cell = delta.cells.emplace_back();
    cell.key = {static_cast<uint32_t>(Below(4)), OneIn(2) ? Bytes(8) : ""};
    for (uint64_t siblings = Below(4); siblings > 0; --siblings) cell.siblings.push_back(AnySibling());
  }
  delta.version = delta.whole ? VersionOf(delta, options) : Hash128{random_(), random_()};
  return delta;
}

std::vector<Delta> RandomDeltas::Make(size_t count, const FrameBodyOptions& options) {
  std::vector<Delta> deltas;
  const uint64_t state_share = Below(4);
  while (deltas.size() < count) {
    if (!deltas.empty() && OneIn(20)) {
      deltas.push_back(deltas[Below(deltas.size())]);
    } else {
      deltas.push_back(Below(4) < state_share ? State(options) : Fresh(options));
    }
  }
  return deltas;
}

}  // namespace trellis
