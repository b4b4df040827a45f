#include "common/bundle/bundle.h"

#include <fmt/format.h>

#include <utility>

#include "common/bundle/seal.h"
#include "common/causal/bytes.h"
#include "common/wire/messages_codec.h"

namespace trellis {
namespace {

constexpr uint64_t kFormat = 1;
constexpr uint64_t kMostAssumptions = 1024;

Direction WireDirection(BundleDirection direction) {
  return direction == BundleDirection::kUp ? Direction::kUp : Direction::kDown;
}

void AppendFixed(std::string* out, const std::string& bytes, size_t size) {
  const size_t begin = out->size();
  out->append(bytes, 0, size);
  out->resize(begin + size);
}

// Empty stands for nothing but zeros.
std::string TakeFixed(ByteReader* reader, size_t size) {
  std::string bytes(reader->Take(size));
  return bytes.find_first_not_of('\0') == std::string::npos ? std::string() : bytes;
}

// Hello or Welcome comes first and once; what follows is of the kinds that move data.
bool IsInPlace(const SyncMessage& message, size_t index, BundleDirection direction) {
  const bool opening = direction == BundleDirection::kUp ? std::holds_alternative<Hello>(message)
                                                         : std::holds_alternative<Welcome>(message);
  if (index == 0) return opening;
  const bool ack = std::holds_alternative<Ack>(message) && direction == BundleDirection::kDown;
  return ack || std::holds_alternative<Frame>(message) || std::holds_alternative<AtHead>(message);
}

}  // namespace

std::string EncodeBundle(const Bundle& bundle) {
  std::string bytes;
  AppendVarint(&bytes, kFormat);
  AppendSized(&bytes, bundle.district);
  AppendSized(&bytes, bundle.site);
  AppendFixed(&bytes, bundle.id, kBundleIdBytes);
  AppendFixed(&bytes, bundle.answers, kBundleIdBytes);
  AppendFixed(&bytes, bundle.reply_key, kSealKeyBytes);
  AppendVarint(&bytes, static_cast<uint64_t>(bundle.wall_ms));
  AppendVarint(&bytes, bundle.assumptions.size());
  for (const BundleAssumption& assumption : bundle.assumptions) {
    AppendSized(&bytes, assumption.scope);
    AppendVarint(&bytes, assumption.epoch);
    AppendVarint(&bytes, assumption.head);
  }
  AppendVarint(&bytes, bundle.messages.size());
  for (const SyncMessage& message : bundle.messages) {
    AppendSized(&bytes, EncodeMessage(message, WireDirection(bundle.direction)));
  }
  return bytes;
}

absl::StatusOr<Bundle> DecodeBundle(std::string_view bytes, BundleDirection direction) {
  const absl::Status damaged = absl::DataLossError("the bundle's contents make no sense");
  ByteReader reader(bytes);
  if (reader.Varint() != kFormat) {
    return absl::FailedPreconditionError("the bundle was made by a newer version: upgrade this one");
  }
  Bundle bundle;
  bundle.direction = direction;
  bundle.district = std::string(reader.Sized());
  bundle.site = std::string(reader.Sized());
  bundle.id = TakeFixed(&reader, kBundleIdBytes);
  bundle.answers = TakeFixed(&reader, kBundleIdBytes);
  bundle.reply_key = TakeFixed(&reader, kSealKeyBytes);
  bundle.wall_ms = static_cast<int64_t>(reader.Varint());
  const uint64_t assumptions = reader.Varint();
  if (!reader.ok() || assumptions > kMostAssumptions) return damaged;
  for (uint64_t i = 0; i < assumptions && reader.ok(); ++i) {
    BundleAssumption assumption;
    assumption.scope = std::string(reader.Sized());
    assumption.epoch = reader.Varint();
    assumption.head = reader.Varint();
    bundle.assumptions.push_back(std::move(assumption));
  }
  const uint64_t messages = reader.Varint();
  if (!reader.ok() || messages > kMostBundleMessages) return damaged;
  for (uint64_t i = 0; i < messages; ++i) {
    const std::string_view message_bytes = reader.Sized();
    if (!reader.ok()) return damaged;
    absl::StatusOr<SyncMessage> message = DecodeMessage(message_bytes, WireDirection(direction));
    if (!message.ok()) return message.status();
    if (!IsInPlace(*message, i, direction)) return damaged;
    bundle.messages.push_back(*std::move(message));
  }
  if (!reader.ok() || !reader.AtEnd() || bundle.messages.empty() || bundle.id.empty()) return damaged;
  return bundle;
}

}  // namespace trellis
