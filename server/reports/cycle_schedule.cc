#include "server/reports/cycle_schedule.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>

#include "common/rules/cycle_gates.h"

namespace trellis {
namespace {

using domain::v1::ImprovementCycle;

constexpr int64_t kDayMs = 24LL * 60 * 60 * 1000;
constexpr const char* kNightMeta = "reports/night";
constexpr const char* kShared = "shared";

const Principal& Program() {
  static const Principal principal = {
      .type = PrincipalType::kSystem, .account = "schedule", .name = "schedule"};
  return principal;
}

std::string GateMeta(const std::string& cycle) { return fmt::format("reports/gate/{}", cycle); }

// Names the last gate a cycle has passed; empty: none.
std::string LastGate(const ImprovementCycle& cycle) {
  const auto accepted = AcceptedTransitions(cycle);
  if (accepted.empty()) return "";
  return fmt::format("{} {}.{:09}", static_cast<int>(accepted.back()->to()), accepted.back()->at().seconds(),
                     accepted.back()->at().nanos());
}

std::optional<int> TwoDigits(std::string_view text, int most) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.size() != 2 || error != std::errc() || end != text.data() + 2 || value < 0 || value > most) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

absl::StatusOr<std::optional<int>> ParseNightly(std::string_view text) {
  if (text == "off") return std::optional<int>();
  const auto hour = text.size() == 5 && text[2] == ':' ? TwoDigits(text.substr(0, 2), 23) : std::nullopt;
  const auto minute = hour ? TwoDigits(text.substr(3), 59) : std::nullopt;
  if (!minute) {
    return absl::InvalidArgumentError(
        fmt::format("the nightly hour is HH:MM in UTC, such as 02:00, or off; not {}", text));
  }
  return std::optional<int>(*hour * 60 + *minute);
}

absl::StatusOr<bool> CycleSchedule::MayBeDue() {
  const absl::StatusOr<ScopeHead> head = store_.replica->Head(kShared);
  if (!head.ok()) return head.status();
  if (seen_ != head->seq) return true;
  const int64_t now_ms = store_.clock->WallMs();
  const bool retry = std::any_of(retry_at_ms_.begin(), retry_at_ms_.end(),
                                 [&](const auto& failed) { return now_ms >= failed.second; });
  return retry ? true : NightIsDue();
}

int64_t CycleSchedule::Night() const {
  return (store_.clock->WallMs() - nightly_.value_or(0) * int64_t{60'000}) / kDayMs;
}

absl::StatusOr<bool> CycleSchedule::NightIsDue() const {
  if (!nightly_) return false;
  const absl::StatusOr<std::optional<std::string>> last = store_.replica->GetMeta(kNightMeta);
  if (!last.ok()) return last.status();
  return last->has_value() && **last != std::to_string(Night());
}

absl::StatusOr<std::vector<CycleSchedule::Cycle>> CycleSchedule::Cycles() const {
  std::vector<Cycle> cycles;
  ListQuery query{.kind = ImprovementCycle::descriptor()->full_name(), .scope = kShared};
  query.page_size = RecordReader::kLargestPage;
  do {
    absl::StatusOr<RecordPage> page = reader_.List(Program(), query);
    if (!page.ok()) return page.status();
    for (const RecordAnswer& record : page->records) {
      const auto& data = static_cast<const ImprovementCycle&>(*record.data);
      if (!data.template_()) cycles.push_back({record.id.ToString(), data});
    }
    query.page_token = page->next_page_token;
  } while (!query.page_token.empty());
  return cycles;
}

absl::StatusOr<std::vector<std::string>> CycleSchedule::Run() {
  const absl::StatusOr<ScopeHead> head = store_.replica->Head(kShared);
  if (!head.ok()) return head.status();
  const absl::StatusOr<bool> night = NightIsDue();
  if (!night.ok()) return night.status();
  const int64_t now_ms = store_.clock->WallMs();
  const absl::StatusOr<std::vector<Cycle>> cycles = Cycles();
  if (!cycles.ok()) return cycles.status();
  std::vector<std::string> frozen;
  for (const Cycle& cycle : *cycles) {
    const auto failed = retry_at_ms_.find(cycle.id);
    if (failed != retry_at_ms_.end() && now_ms < failed->second && !*night) continue;
    absl::Status done = FreezeGate(cycle, &frozen);
    const bool under_way = PresentStage(cycle.data) != domain::v1::CYCLE_STAGE_CLOSED;
    if (done.ok() && *night && under_way) {
      done = Freeze(cycle, domain::v1::CYCLE_STAGE_UNSPECIFIED, &frozen);
    }
    retry_at_ms_.erase(cycle.id);
    if (done.ok()) continue;
    spdlog::warn("the report of cycle {} could not be frozen, and is tried again in {} minutes: {}",
                 cycle.data.code(), kRetryMs / 60'000, std::string(done.message()));
    retry_at_ms_[cycle.id] = now_ms + kRetryMs;
  }
  if (*night || !seen_) {
    const absl::Status kept = store_.replica->PutMeta(kNightMeta, std::to_string(Night()));
    if (!kept.ok()) return kept;
  }
  seen_ = head->seq;
  return frozen;
}

absl::Status CycleSchedule::FreezeGate(const Cycle& cycle, std::vector<std::string>* frozen) {
  const std::string gate = LastGate(cycle.data);
  if (gate.empty()) return absl::OkStatus();
  const absl::StatusOr<std::optional<std::string>> served = store_.replica->GetMeta(GateMeta(cycle.id));
  if (!served.ok()) return served.status();
  if (served->has_value() && **served == gate) return absl::OkStatus();
  if (absl::Status done = Freeze(cycle, PresentStage(cycle.data), frozen); !done.ok()) return done;
  return store_.replica->PutMeta(GateMeta(cycle.id), gate);
}

absl::Status CycleSchedule::Freeze(const Cycle& cycle, domain::v1::CycleStage stage,
                                   std::vector<std::string>* frozen) {
  FreezeRequest request{.cycle = cycle.data.code(), .stage = stage};
  request.query.report = "cycle";
  request.query.parameters.named["cycle"] = cycle.data.code();
  const absl::StatusOr<FrozenReport> report = freezer_->Freeze(Program(), request);
  if (!report.ok()) return report.status();
  if (report->created) frozen->push_back(report->code);
  return absl::OkStatus();
}

}  // namespace trellis
