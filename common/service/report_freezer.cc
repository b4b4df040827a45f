#include "common/service/report_freezer.h"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>
#include <sodium.h>
#include <zstd.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "common/report/release_rule.h"
#include "common/report/report_format.h"
#include "common/report/report_thresholds.h"
#include "trellis/domain/v1/cycle.pb.h"
#include "trellis/domain/v1/notice.pb.h"
#include "trellis/domain/v1/wave.pb.h"

namespace trellis {
namespace {

using google::protobuf::util::TimeUtil;

constexpr size_t kPartBytes = 190'000;          // a field holds 200,000
constexpr size_t kLargestSnapshot = 64u << 20;  // bytes of JSON
constexpr uint32_t kMostVersions = 10'000;
constexpr size_t kLongestSubject = 40;

std::string Sha256Hex(std::string_view text) {
  unsigned char hash[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(hash, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::string hex;
  for (unsigned char byte : hash) hex += fmt::format("{:02x}", byte);
  return hex;
}

std::string Compressed(const std::string& text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  const size_t size =
      ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), ZSTD_CLEVEL_DEFAULT);
  packed.resize(ZSTD_isError(size) ? 0 : size);
  return packed;
}

// What a code may hold, of what people wrote.
std::string CodePart(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '-');
  return text.substr(0, kLongestSubject);
}

std::string ParameterOf(const Report& report, std::string_view name) {
  for (const auto& [known, value] : report.parameters) {
    if (known == name) return value;
  }
  return "";
}

// Equal for the same report of the same subject.
std::string BaseCode(const Report& report, const std::string& cycle) {
  std::string code = report.name;
  const std::string subject = cycle.empty() ? ParameterOf(report, "wave") : cycle;
  for (const std::string& part : {subject, ParameterOf(report, "site")}) {
    if (!part.empty()) code += "." + CodePart(part);
  }
  return code.substr(0, 54);
}

std::string DigestIn(const std::string& json) {
  const auto parsed = nlohmann::json::parse(json, nullptr, false);
  return parsed.is_object() ? parsed.value("digest", std::string()) : "";
}

// The greatest least n of the report's parts.
int64_t LeastN(const Report& report) {
  double least = ReportThresholds::kLeastMinN;
  for (const auto& [name, value] : report.thresholds) {
    if (name == "min-n" || name.ends_with(".min-n")) least = std::max(least, value);
  }
  return static_cast<int64_t>(least);
}

ReleaseVerdict VerdictOn(const std::string& before, const std::string& now, int64_t min_n) {
  const auto then = SurveyCellsOf(before), after = SurveyCellsOf(now);
  return then.ok() && after.ok() ? MayRelease(*then, *after, min_n) : ReleaseVerdict{};
}

bool WaveIsClosed(const RecordReader& reader, const Principal& principal, const std::string& wave) {
  if (wave.empty()) return false;
  const auto found = reader.Get(principal, {domain::v1::Wave::descriptor()->full_name(), wave, "shared"});
  if (!found.ok()) return false;
  return static_cast<const domain::v1::Wave&>(*found->data).state() == domain::v1::WAVE_STATE_CLOSED;
}

}  // namespace

std::string SnapshotStatement(std::string_view code, std::string_view digest) {
  return fmt::format("trellis snapshot\n{}\n{}\n", code, digest);
}

absl::StatusOr<std::string> SnapshotJson(std::string_view content, std::string_view digest) {
  const unsigned long long size = ZSTD_getFrameContentSize(content.data(), content.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > kLargestSnapshot) {
    return absl::DataLossError("the snapshot's content cannot be unpacked; wait until all of it has come");
  }
  std::string json(static_cast<size_t>(size), '\0');
  const size_t got = ZSTD_decompress(json.data(), json.size(), content.data(), content.size());
  if (ZSTD_isError(got) || got != json.size() || Sha256Hex(json) != digest) {
    return absl::DataLossError(
        "the snapshot's content is not what its digest says; wait until all of it has come");
  }
  return json;
}

absl::StatusOr<FrozenReport> ReportFreezer::Freeze(const Principal& principal, const ReportQuery& query,
                                                   const std::string& cycle) {
  absl::StatusOr<Report> report = host_->Run(principal, query);
  if (!report.ok()) return report.status();
  const std::string kind = domain::v1::ReportSnapshot::descriptor()->full_name();
  domain::v1::ReportSnapshot snapshot;
  std::string subject = cycle;
  if (!cycle.empty()) {
    const auto found =
        reader_.Get(principal, {domain::v1::ImprovementCycle::descriptor()->full_name(), cycle, ""});
    if (!found.ok()) return found.status();
    subject = found->code;
    snapshot.set_cycle(found->code);
  }
  const std::string json = ReportJson(*report);
  const std::string base = BaseCode(*report, subject);
  FrozenReport frozen{.code = "", .version = 1, .digest = Sha256Hex(json), .created = true};
  // The versions there are count up without gaps.
  for (; frozen.version <= kMostVersions; ++frozen.version) {
    frozen.code = fmt::format("{}.v{}", base, frozen.version);
    const auto known = reader_.Get(principal, {kind, frozen.code, "shared"});
    if (absl::IsNotFound(known.status())) break;
    if (!known.ok()) return known.status();
    const auto& there = static_cast<const domain::v1::ReportSnapshot&>(*known->data);
    const auto then = there.parts() <= 1 ? SnapshotJson(there.content(), there.digest())
                                         : absl::StatusOr<std::string>(absl::UnknownError(""));
    const auto next =
        reader_.Get(principal, {kind, fmt::format("{}.v{}", base, frozen.version + 1), "shared"});
    if (next.ok() || !then.ok()) continue;
    if (DigestIn(*then) == ReportDigest(*report)) {
      return FrozenReport{frozen.code, frozen.version, there.digest(), false};
    }
    const ReleaseVerdict verdict = VerdictOn(*then, json, LeastN(*report));
    if (!verdict.allowed && !WaveIsClosed(reader_, principal, ParameterOf(*report, "wave"))) {
      return FrozenReport{frozen.code, frozen.version, there.digest(), false, verdict.not_yet_shown};
    }
  }
  const std::string content = Compressed(json);
  snapshot.set_report(report->name);
  snapshot.set_title(report->title.substr(0, 200));
  snapshot.set_definition_version(std::to_string(report->definition_version));
  snapshot.set_wave(ParameterOf(*report, "wave"));
  const int64_t now_ms = report->generated_at_ms.value_or(store_.clock->WallMs());
  *snapshot.mutable_as_of() = TimeUtil::MillisecondsToTimestamp(query.parameters.as_of_ms.value_or(now_ms));
  *snapshot.mutable_created_time() = TimeUtil::MillisecondsToTimestamp(now_ms);
  snapshot.set_digest(frozen.digest);
  snapshot.set_complete(report->cut.complete);
  snapshot.set_publishable(!query.parameters.free_slicing);
  snapshot.set_version(frozen.version);
  snapshot.set_signature(sign_(SnapshotStatement(frozen.code, frozen.digest)));
  const auto parts =
      static_cast<uint32_t>(std::max<size_t>(1, (content.size() + kPartBytes - 1) / kPartBytes));
  snapshot.set_parts(parts);
  CreateRequest request{.scope = "shared"};
  for (uint32_t part = 0; part < parts; ++part) {
    snapshot.set_part(part);
    snapshot.set_code(part == 0 ? frozen.code : fmt::format("{}.p{}", frozen.code, part));
    snapshot.set_content(content.substr(part * kPartBytes, kPartBytes));
    request.records.push_back({kind, snapshot.SerializeAsString(), std::nullopt});
  }
  const auto written = writer_->Create(principal, request);
  if (!written.ok()) return written.status();
  return frozen;
}

}  // namespace trellis
