#include "client/local_api/site_way.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "common/exchange/receipt.h"

namespace trellis {
namespace {

int64_t NewestWriteMs(const RecordState& state) {
  int64_t newest_ms = 0;
  for (const Cell& cell : state.cells) {
    for (const Sibling& sibling : cell.siblings) newest_ms = std::max(newest_ms, sibling.effective.ms);
  }
  return newest_ms;
}

}  // namespace

absl::StatusOr<std::string> SiteWay::StoreOf(const std::string&, Epoch) const { return std::string(); }

absl::StatusOr<TraceStep> SiteWay::Acknowledged(const FoundRecord& record) const {
  TraceStep step{TraceStage::kAcknowledged, TraceAnswer::kYes};
  if (record.stored.origin.epoch != 0) {
    step.sentence = "The district holds it in this very state: that is how it came from there.";
    return step;
  }
  const std::string scope = record.scope.ToString();
  const SyncStanding standing = agent_->Standing();
  const bool connected = standing.exchange.welcomed && !standing.exchange.closed;
  for (const ScopeProgress& progress : standing.exchange.scopes) {
    if (!connected || progress.scope != scope || progress.pushed < record.stored.seq) continue;
    step.sentence = "The district's server has stored it durably, as it says in the present connection.";
    return step;
  }
  const absl::StatusOr<bool> told = end_->Acknowledged(scope, record.stored.lane, record.stored.seq);
  if (!told.ok()) return told.status();
  if (*told) {
    step.sentence = "The district's server has stored it durably, as it last said.";
    return step;
  }
  step.answer = TraceAnswer::kNotYet;
  step.sentence = fmt::format(
      "The district's server has not said that it holds it; change {} of scope {} here. It may have been "
      "sent.",
      record.stored.seq, scope);
  return step;
}

absl::StatusOr<TraceStep> SiteWay::BackedUp(const FoundRecord& record, bool acknowledged) const {
  TraceStep step{TraceStage::kBackedUp, TraceAnswer::kNotYet};
  const std::string scope = record.scope.ToString();
  const absl::StatusOr<int64_t> reach_ms = ReadBackedUpTo(*replica_, peer_);
  if (!reach_ms.ok()) return reach_ms.status();
  const absl::StatusOr<std::optional<KeptReceipt>> receipt = ReadReceipt(*replica_, peer_, scope);
  if (!receipt.ok()) return receipt.status();
  const absl::StatusOr<ScopeHead> head = replica_->Head(scope);
  if (!head.ok()) return head.status();
  step.time_ms = *reach_ms;
  if (!acknowledged) {
    step.sentence = "In no backup of the district: it is not known to be there.";
    return step;
  }
  if (*reach_ms == 0) {
    step.answer = TraceAnswer::kNotKnown;
    step.sentence = "Not known: the server has told of no verified backup.";
    return step;
  }
  // Equal at both ends before the backup was taken: then the district held it, and the backup has it.
  if (receipt->has_value()) {
    const VerifiedCut& cut = (*receipt)->cut;
    const bool in_cut =
        record.stored.seq <= cut.site_seq && head->lineage.Contains(cut.site_epoch, cut.site_seq);
    if (in_cut && cut.at_ms <= *reach_ms) {
      step.answer = TraceAnswer::kYes;
      step.sentence = "In a verified backup: both ends were compared and equal before it was taken.";
      return step;
    }
  }
  if (NewestWriteMs(record.stored.state) > *reach_ms) {
    step.sentence = "In no backup yet: it was written, by its author's clock, after the newest was taken.";
    return step;
  }
  step.answer = TraceAnswer::kNotKnown;
  step.sentence = "Not known: whether it had come in when the newest verified backup was taken.";
  return step;
}

absl::StatusOr<std::vector<TraceStep>> SiteWay::StepsOf(const FoundRecord& record) const {
  absl::StatusOr<TraceStep> acknowledged = Acknowledged(record);
  if (!acknowledged.ok()) return acknowledged.status();
  const bool there = acknowledged->answer == TraceAnswer::kYes;
  absl::StatusOr<TraceStep> backed_up = BackedUp(record, there);
  if (!backed_up.ok()) return backed_up.status();
  TraceStep handed{TraceStage::kHandedOn, TraceAnswer::kNotKnown};
  handed.sentence = "Which other sites have it, the district's server knows: ask there.";
  TraceStep here{TraceStage::kReported, TraceAnswer::kYes};
  here.sentence = "Reports made at this site from now on take it in, as far as they are about its kind.";
  here.site = site_;
  TraceStep there_reported{TraceStage::kReported, there ? TraceAnswer::kYes : TraceAnswer::kNotYet};
  there_reported.sentence = there ? "So do the district's, made after the server stored it."
                                  : "The district's reports do not have it until the server stores it.";
  return std::vector<TraceStep>{*acknowledged, *backed_up, handed, here, there_reported};
}

}  // namespace trellis
