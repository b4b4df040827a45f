#include "common/exchange/receipt.h"

#include <fmt/format.h>

#include "common/causal/bytes.h"
#include "common/tables/fixed_bytes.h"
#include "common/tables/table_names.h"

namespace trellis {
namespace {

constexpr uint64_t kVersion = 1;

std::string ReceiptKey(const std::string& peer, const std::string& scope) {
  return fmt::format("sync/receipt/{}/{}", peer, scope);
}

std::string BackedUpKey(const std::string& peer) { return fmt::format("sync/backed-up/{}", peer); }

}  // namespace

std::string EncodeStatement(const VerifiedCut& cut) {
  std::string out;
  AppendVarint(&out, kVersion);
  AppendSized(&out, cut.scope);
  AppendFixed64(&out, cut.server_epoch);
  AppendVarint(&out, cut.server_seq);
  AppendFixed64(&out, cut.site_epoch);
  AppendVarint(&out, cut.site_seq);
  AppendVarint(&out, cut.records);
  out += cut.digest.ToBytes();
  AppendVarint(&out, cut.left_out);
  AppendZigzag(&out, cut.at_ms);
  return out;
}

std::string ReceiptText(std::string_view statement) {
  return std::string("trellis receipt\n").append(statement);
}

std::optional<VerifiedCut> DecodeStatement(std::string_view statement) {
  ByteReader reader(statement);
  VerifiedCut cut;
  if (reader.Varint() != kVersion) return std::nullopt;
  cut.scope = std::string(reader.Sized());
  cut.server_epoch = ReadFixed64(&reader);
  cut.server_seq = reader.Varint();
  cut.site_epoch = ReadFixed64(&reader);
  cut.site_seq = reader.Varint();
  cut.records = reader.Varint();
  cut.digest = ReadHash(&reader);
  cut.left_out = reader.Varint();
  cut.at_ms = reader.Zigzag();
  if (!reader.ok() || !reader.AtEnd()) return std::nullopt;
  return cut;
}

absl::Status KeepReceipt(Replica* replica, const std::string& peer, const std::string& scope,
                         std::string_view statement, std::string_view signature) {
  std::string kept;
  AppendSized(&kept, statement);
  AppendSized(&kept, signature);
  return replica->PutMeta(ReceiptKey(peer, scope), kept);
}

absl::StatusOr<std::optional<KeptReceipt>> ReadReceipt(const Replica& replica, const std::string& peer,
                                                       const std::string& scope) {
  const auto kept = replica.GetMeta(ReceiptKey(peer, scope));
  if (!kept.ok()) return kept.status();
  if (!kept->has_value() || (*kept)->empty()) return std::optional<KeptReceipt>();
  ByteReader reader(**kept);
  KeptReceipt receipt;
  receipt.statement = std::string(reader.Sized());
  receipt.signature = std::string(reader.Sized());
  const std::optional<VerifiedCut> cut = DecodeStatement(receipt.statement);
  if (!reader.ok() || !cut.has_value()) return absl::DataLossError(kDamagedRow);
  receipt.cut = *cut;
  return std::optional<KeptReceipt>(std::move(receipt));
}

absl::Status ForgetReceiptOfAnotherTimeline(Replica* replica, const std::string& peer,
                                            const std::string& scope, const Lineage& told) {
  const absl::StatusOr<std::optional<KeptReceipt>> receipt = ReadReceipt(*replica, peer, scope);
  if (!receipt.ok()) return receipt.status();
  if (!receipt->has_value()) return absl::OkStatus();
  const VerifiedCut& cut = (*receipt)->cut;
  if (told.Contains(cut.server_epoch, cut.server_seq)) return absl::OkStatus();
  return replica->PutMeta(ReceiptKey(peer, scope), "");
}

absl::StatusOr<int64_t> ReadBackedUpTo(const Replica& replica, const std::string& peer) {
  const auto kept = replica.GetMeta(BackedUpKey(peer));
  if (!kept.ok()) return kept.status();
  if (!kept->has_value()) return 0;
  ByteReader reader(**kept);
  return static_cast<int64_t>(reader.Varint());
}

absl::Status NoteBackedUpTo(Replica* replica, const std::string& peer, int64_t backed_up_to_ms) {
  const absl::StatusOr<int64_t> known = ReadBackedUpTo(*replica, peer);
  if (!known.ok()) return known.status();
  if (*known >= backed_up_to_ms) return absl::OkStatus();
  std::string row;
  AppendVarint(&row, static_cast<uint64_t>(backed_up_to_ms));
  return replica->PutMeta(BackedUpKey(peer), row);
}

}  // namespace trellis
