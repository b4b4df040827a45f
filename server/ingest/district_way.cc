#include "server/ingest/district_way.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/exchange/exchange.h"
#include "common/exchange/receipt.h"
#include "common/session/opening.h"
#include "server/ingest/site_gate.h"

namespace trellis {

std::vector<DistrictWay::Machine> DistrictWay::Machines() const {
  std::vector<Machine> machines;
  for (const RegisteredSite& site : registry_->All()) {
    for (const JoinedMachine& machine : site.machines)
      machines.push_back({site.site, SitePeerName(site.site, machine.key)});
  }
  return machines;
}

absl::StatusOr<std::string> DistrictWay::SiteOf(const std::string& scope, Epoch epoch) const {
  for (const Machine& machine : Machines()) {
    const absl::StatusOr<std::vector<PeerCursor>> cursors = replica_->Cursors(machine.peer, scope);
    if (!cursors.ok()) return cursors.status();
    const bool its = std::any_of(cursors->begin(), cursors->end(),
                                 [&](const PeerCursor& cursor) { return cursor.epoch == epoch; });
    if (its) return machine.site;
  }
  return std::string();
}

absl::StatusOr<std::string> DistrictWay::StoreOf(const std::string& scope, Epoch writer) const {
  absl::StatusOr<std::string> site = SiteOf(scope, writer);
  if (!site.ok() || site->empty()) return site;
  return fmt::format("in a store of site {}", *site);
}

absl::StatusOr<TraceStep> DistrictWay::Received(const FoundRecord& record) const {
  TraceStep step{TraceStage::kReceived, TraceAnswer::kYes};
  const Origin& origin = record.stored.origin;
  if (origin.epoch == 0) {
    step.sentence = "Its present state was made here: written at the district, or merged from what came in.";
    return step;
  }
  absl::StatusOr<std::string> site = SiteOf(record.scope.ToString(), origin.epoch);
  if (!site.ok()) return site.status();
  step.site = *site;
  step.sentence = site->empty() ? "Its present state came from a site whose machine is no longer remembered."
                                : fmt::format("Its present state came from site {}, as change {} there.",
                                              *site, origin.seq);
  step.sentence += " The minute it arrived is not recorded.";
  return step;
}

absl::StatusOr<TraceStep> DistrictWay::BackedUp(const FoundRecord& record) const {
  TraceStep step{TraceStage::kBackedUp, TraceAnswer::kNotYet};
  if (newest_backup_ms_ == nullptr) {
    step.answer = TraceAnswer::kNotKnown;
    step.sentence = "Not known: this server keeps no count of backups.";
    return step;
  }
  step.time_ms = *newest_backup_ms_;
  if (step.time_ms == 0) {
    step.sentence = "In none: no backup has been taken and verified.";
    return step;
  }
  const std::string scope = record.scope.ToString();
  const absl::StatusOr<ScopeHead> head = replica_->Head(scope);
  if (!head.ok()) return head.status();
  for (const Machine& machine : Machines()) {
    const absl::StatusOr<std::optional<KeptReceipt>> receipt = ReadReceipt(*replica_, machine.peer, scope);
    if (!receipt.ok()) return receipt.status();
    if (!receipt->has_value()) continue;
    const VerifiedCut& cut = (*receipt)->cut;
    const bool in_cut =
        record.stored.seq <= cut.server_seq && head->lineage.Contains(cut.server_epoch, cut.server_seq);
    if (!in_cut || cut.at_ms > step.time_ms) continue;
    step.answer = TraceAnswer::kYes;
    step.sentence =
        "In the newest verified backup: it stood here, compared with a site, before that was taken.";
    return step;
  }
  step.answer = TraceAnswer::kNotKnown;
  step.sentence =
      "Not known: when it came in was not noted, so nor whether the newest verified backup has it.";
  return step;
}

absl::StatusOr<std::vector<TraceStep>> DistrictWay::HandedOn(const FoundRecord& record) const {
  const std::string scope = record.scope.ToString();
  const absl::StatusOr<ScopeHead> head = replica_->Head(scope);
  if (!head.ok()) return head.status();
  ScopeOpening mine;
  mine.scope = scope;
  mine.head = head->seq;
  mine.lineage = head->lineage.rows();
  std::map<std::string, TraceAnswer> answers;
  for (const Machine& machine : Machines()) {
    if (record.scope.kind != ScopeName::Kind::kShared && record.scope.site != machine.site) continue;
    const absl::StatusOr<std::vector<LaneCursor>> held = RememberedPush(*replica_, machine.peer, scope);
    if (!held.ok()) return held.status();
    const uint64_t lane_held =
        session::FindResumePoints(mine, *held).lane[static_cast<size_t>(record.stored.lane)];
    const bool live = health_->AcknowledgedBy(machine.peer, scope) >= record.stored.seq;
    TraceAnswer& answer = answers.emplace(machine.site, TraceAnswer::kNotYet).first->second;
    if (live || lane_held >= record.stored.seq) answer = TraceAnswer::kYes;
  }
  const absl::StatusOr<std::string> from = SiteOf(scope, record.stored.origin.epoch);
  if (!from.ok()) return from.status();
  std::vector<TraceStep> steps;
  for (const auto& [site, answer] : answers) {
    TraceStep step{TraceStage::kHandedOn, answer};
    step.site = site;
    step.sentence = site == *from ? fmt::format("Site {} has it: it came from there.", site)
                    : answer == TraceAnswer::kYes
                        ? fmt::format("Site {} has said that it holds it.", site)
                        : fmt::format("Site {} has not said that it holds it.", site);
    if (site == *from) step.answer = TraceAnswer::kYes;
    steps.push_back(std::move(step));
  }
  return steps;
}

absl::StatusOr<std::vector<TraceStep>> DistrictWay::StepsOf(const FoundRecord& record) const {
  absl::StatusOr<TraceStep> received = Received(record);
  if (!received.ok()) return received.status();
  TraceStep stored{TraceStage::kAcknowledged, TraceAnswer::kYes};
  stored.sentence = fmt::format("It is durable in this store, as change {} of scope {}.", record.stored.seq,
                                record.scope.ToString());
  absl::StatusOr<TraceStep> backed_up = BackedUp(record);
  if (!backed_up.ok()) return backed_up.status();
  TraceStep reported{TraceStage::kReported, TraceAnswer::kYes};
  reported.sentence = "Reports made here from now on take it in, as far as they are about its kind.";
  std::vector<TraceStep> steps = {*received, stored, *backed_up, reported};
  absl::StatusOr<std::vector<TraceStep>> handed = HandedOn(record);
  if (!handed.ok()) return handed.status();
  steps.insert(steps.end(), handed->begin(), handed->end());
  return steps;
}

}  // namespace trellis
