#include "common/service/snapshot_reader.h"

#include <fmt/format.h>
#include <sodium.h>
#include <zstd.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "common/identity/signature.h"
#include "common/report/report_format.h"

namespace trellis {
namespace {

using domain::v1::ReportSnapshot;

constexpr size_t kLargestSnapshot = 64u << 20;  // bytes of JSON
constexpr uint32_t kMostParts = 1'000;

absl::Status NotWhole(const std::string& code) {
  return absl::DataLossError(fmt::format(
      "snapshot {} is not whole here; wait until all of it has come (`trellis sync status`)", code));
}

// nullopt if it is no such thing.
std::optional<std::string> Unpack(std::string_view content) {
  const unsigned long long size = ZSTD_getFrameContentSize(content.data(), content.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > kLargestSnapshot) {
    return std::nullopt;
  }
  std::string json(static_cast<size_t>(size), '\0');
  const size_t got = ZSTD_decompress(json.data(), json.size(), content.data(), content.size());
  if (ZSTD_isError(got) || got != json.size()) return std::nullopt;
  return json;
}

}  // namespace

SnapshotCheck SignedBy(std::string authority_pem) {
  return [authority = std::move(authority_pem)](std::string_view statement, std::string_view signature) {
    return CheckSignature(authority, statement, signature);
  };
}

std::string SnapshotStatement(std::string_view code, std::string_view digest) {
  return fmt::format("trellis snapshot\n{}\n{}\n", code, digest);
}

std::string SnapshotPartCode(const std::string& code, uint32_t part) {
  return part == 0 ? code : fmt::format("{}.p{}", code, part);
}

std::string SnapshotDigest(std::string_view json) {
  unsigned char hash[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(hash, reinterpret_cast<const unsigned char*>(json.data()), json.size());
  std::string hex;
  for (unsigned char byte : hash) fmt::format_to(std::back_inserter(hex), "{:02x}", byte);
  return hex;
}

std::string PackSnapshot(const std::string& json) {
  std::string packed(ZSTD_compressBound(json.size()), '\0');
  const size_t size =
      ZSTD_compress(packed.data(), packed.size(), json.data(), json.size(), ZSTD_CLEVEL_DEFAULT);
  packed.resize(ZSTD_isError(size) ? 0 : size);
  return packed;
}

absl::StatusOr<KeptSnapshot> SnapshotReader::Read(const Principal& principal, const std::string& code) const {
  const std::string kind = ReportSnapshot::descriptor()->full_name();
  KeptSnapshot snapshot;
  std::string content;
  for (uint32_t part = 0; part == 0 || part < std::min(snapshot.record.parts(), kMostParts); ++part) {
    const std::string name = part == 0 ? code : SnapshotPartCode(snapshot.record.code(), part);
    const auto found = reader_.Get(principal, {kind, name, "shared"});
    if (absl::IsNotFound(found.status())) {
      return part > 0 ? NotWhole(code)
                      : absl::NotFoundError(fmt::format(
                            "there is no snapshot {} here; `trellis snapshots list` names them", code));
    }
    if (!found.ok()) return found.status();
    const auto& record = static_cast<const ReportSnapshot&>(*found->data);
    if (part == 0) snapshot.record = record;
    content += record.content();
  }
  std::optional<std::string> json = Unpack(content);
  if (!json || SnapshotDigest(*json) != snapshot.record.digest()) return NotWhole(code);
  const std::string statement = SnapshotStatement(snapshot.record.code(), snapshot.record.digest());
  if (const absl::Status signed_ok = check_(statement, snapshot.record.signature()); !signed_ok.ok()) {
    return absl::PermissionDeniedError(
        fmt::format("snapshot {} does not carry the district's signature: do not rely on it, and tell the "
                    "district office",
                    code));
  }
  snapshot.json = *std::move(json);
  return snapshot;
}

absl::StatusOr<Report> SnapshotReader::ReadReport(const Principal& principal, const std::string& code) const {
  const absl::StatusOr<KeptSnapshot> snapshot = Read(principal, code);
  if (!snapshot.ok()) return snapshot.status();
  absl::StatusOr<Report> report = ReportFromJson(snapshot->json);
  if (report.ok()) report->snapshot_id = code;
  return report;
}

}  // namespace trellis
