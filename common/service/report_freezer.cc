#include "common/service/report_freezer.h"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

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

constexpr size_t kPartBytes = 190'000;  // a field holds 200,000
constexpr uint32_t kMostVersions = 10'000;
constexpr size_t kLongestSubject = 40;

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

std::string CodeOf(const std::string& base, uint32_t version) { return fmt::format("{}.v{}", base, version); }

std::string FiguresIn(const std::string& json) {
  const auto parsed = nlohmann::json::parse(json, nullptr, false);
  return parsed.is_object() ? parsed.value("figuresDigest", std::string()) : "";
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

absl::StatusOr<std::optional<KeptSnapshot>> ReportFreezer::Newest(const Principal& principal,
                                                                  const std::string& base) const {
  std::optional<KeptSnapshot> newest;
  // The versions there are count up without gaps.
  for (uint32_t version = 1; version <= kMostVersions; ++version) {
    absl::StatusOr<KeptSnapshot> known = snapshots_.Read(principal, CodeOf(base, version));
    if (absl::IsNotFound(known.status())) return newest;
    if (!known.ok()) return known.status();
    newest = *std::move(known);
  }
  return absl::ResourceExhaustedError(
      fmt::format("{} has {} versions; freeze it under another name", base, kMostVersions));
}

absl::StatusOr<FrozenReport> ReportFreezer::Freeze(const Principal& principal, const FreezeRequest& request) {
  absl::StatusOr<Report> report = host_->Run(principal, request.query);
  if (!report.ok()) return report.status();
  domain::v1::ReportSnapshot snapshot;
  std::string subject = request.cycle;
  if (!request.cycle.empty()) {
    const auto found =
        reader_.Get(principal, {domain::v1::ImprovementCycle::descriptor()->full_name(), request.cycle, ""});
    if (!found.ok()) return found.status();
    subject = found->code;
    snapshot.set_cycle(found->code);
  }
  const std::string json = ReportJson(*report);
  const std::string base = BaseCode(*report, subject);
  const absl::StatusOr<std::optional<KeptSnapshot>> newest = Newest(principal, base);
  if (!newest.ok()) return newest.status();
  uint32_t version = 1;
  if (newest->has_value()) {
    const KeptSnapshot& there = **newest;
    version = there.record.version() + 1;
    const FrozenReport unchanged{there.record.code(), there.record.version(), there.record.digest(), false};
    if (FiguresIn(there.json) == FiguresDigest(*report) && request.stage <= there.record.stage()) {
      return unchanged;
    }
    const ReleaseVerdict verdict = VerdictOn(there.json, json, LeastN(*report));
    if (!verdict.allowed && !WaveIsClosed(reader_, principal, ParameterOf(*report, "wave"))) {
      FrozenReport held_back = unchanged;
      held_back.not_yet_shown = verdict.not_yet_shown;
      return held_back;
    }
  }
  const FrozenReport frozen{CodeOf(base, version), version, SnapshotDigest(json), true};
  snapshot.set_code(frozen.code);
  snapshot.set_report(report->name);
  snapshot.set_title(report->title.substr(0, 200));
  snapshot.set_definition_version(std::to_string(report->definition_version));
  snapshot.set_wave(ParameterOf(*report, "wave"));
  snapshot.set_stage(request.stage);
  const int64_t now_ms = report->generated_at_ms.value_or(store_.clock->WallMs());
  *snapshot.mutable_as_of() =
      TimeUtil::MillisecondsToTimestamp(request.query.parameters.as_of_ms.value_or(now_ms));
  *snapshot.mutable_created_time() = TimeUtil::MillisecondsToTimestamp(now_ms);
  snapshot.set_digest(frozen.digest);
  snapshot.set_complete(report->cut.complete);
  snapshot.set_publishable(!request.query.parameters.free_slicing);
  snapshot.set_version(frozen.version);
  snapshot.set_signature(sign_(SnapshotStatement(frozen.code, frozen.digest)));
  if (absl::Status written = WriteParts(principal, PackSnapshot(json), &snapshot); !written.ok()) {
    return written;
  }
  return frozen;
}

absl::Status ReportFreezer::WriteParts(const Principal& principal, const std::string& content,
                                       domain::v1::ReportSnapshot* snapshot) {
  const std::string code = snapshot->code();
  const auto parts =
      static_cast<uint32_t>(std::max<size_t>(1, (content.size() + kPartBytes - 1) / kPartBytes));
  snapshot->set_parts(parts);
  CreateRequest request{.scope = "shared"};
  for (uint32_t part = 0; part < parts; ++part) {
    snapshot->set_part(part);
    snapshot->set_code(SnapshotPartCode(code, part));
    snapshot->set_content(content.substr(part * kPartBytes, kPartBytes));
    request.records.push_back(
        {domain::v1::ReportSnapshot::descriptor()->full_name(), snapshot->SerializeAsString(), std::nullopt});
  }
  return writer_->Create(principal, request).status();
}

}  // namespace trellis
