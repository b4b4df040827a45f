#include "common/service/record_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "common/merge/show.h"

namespace trellis {
namespace {

// The writes whose values still stand, newest last.
std::vector<Sibling> StandingWrites(const RecordState& state) {
  std::map<std::pair<Epoch, uint64_t>, Sibling> by_dot;
  for (const Cell& cell : state.cells) {
    for (const Sibling& sibling : cell.siblings)
      by_dot.try_emplace({sibling.dot.writer, sibling.dot.n}, sibling);
  }
  std::vector<Sibling> writes;
  for (auto& [dot, sibling] : by_dot) writes.push_back(std::move(sibling));
  std::sort(writes.begin(), writes.end(),
            [](const Sibling& a, const Sibling& b) { return a.effective < b.effective; });
  if (writes.size() > kMostWritesTraced) writes.erase(writes.begin(), writes.end() - kMostWritesTraced);
  return writes;
}

absl::StatusOr<TraceStep> StepOf(const Sibling& write, const FoundRecord& record, const Lineage& own,
                                 const RecordWay& way) {
  std::string where = "in this store";
  if (!own.EndOf(write.dot.writer).has_value()) {
    absl::StatusOr<std::string> store = way.StoreOf(record.scope.ToString(), write.dot.writer);
    if (!store.ok()) return store.status();
    where = !store->empty() ? *store : "in another store; which one is not known here";
  }
  TraceStep step{TraceStage::kWritten, TraceAnswer::kYes};
  step.time_ms = write.raw.ms;
  step.actor = write.actor;
  step.sentence =
      fmt::format("Written by {}, {}.", write.actor.empty() ? "nobody who may be named" : write.actor, where);
  if (write.effective < write.raw) step.sentence += " That clock was ahead; it counts as written earlier.";
  return step;
}

TraceStep MergedStep(const FoundRecord& record, size_t superseded) {
  std::set<Epoch> writers;
  for (const auto& entry : record.stored.state.context.entries()) writers.insert(entry.writer);
  const PolicyOfField policy_of = [&](uint32_t field) { return record.kind->PolicyOf(field); };
  const size_t conflicts = Show(record.stored.state, policy_of).conflicts.size();
  TraceStep step{TraceStage::kMerged, writers.size() > 1 ? TraceAnswer::kYes : TraceAnswer::kNotYet};
  step.sentence = writers.size() > 1
                      ? fmt::format("Merged from writes of {} openings of stores.", writers.size())
                      : std::string("Nothing had to be merged: all writes are of one opening of one store.");
  if (superseded > 0)
    step.sentence += fmt::format(" {} value(s) were superseded here since it arrived.", superseded);
  step.sentence += conflicts > 0
                       ? fmt::format(" {} field(s) are in conflict and wait for a person.", conflicts)
                       : std::string(" No field is in conflict.");
  return step;
}

}  // namespace

absl::StatusOr<RecordTrace> TraceRecord(const RecordStore& store, const RecordWay& way,
                                        const Principal& principal, const RecordName& name) {
  absl::StatusOr<FoundRecord> found = LocateRecord(store, principal, name, /*with_deleted=*/true);
  if (!found.ok()) return found.status();
  const std::string scope = found->scope.ToString();
  const absl::StatusOr<ScopeHead> head = store.replica->Head(scope);
  if (!head.ok()) return head.status();
  const absl::StatusOr<std::vector<HistoryEntry>> history = store.replica->History(scope, found->id);
  if (!history.ok()) return history.status();
  RecordTrace trace;
  for (const Sibling& write : StandingWrites(found->stored.state)) {
    absl::StatusOr<TraceStep> step = StepOf(write, *found, head->lineage, way);
    if (!step.ok()) return step.status();
    trace.steps.push_back(*std::move(step));
  }
  trace.steps.push_back(MergedStep(*found, history->size()));
  absl::StatusOr<std::vector<TraceStep>> steps = way.StepsOf(*found);
  if (!steps.ok()) return steps.status();
  for (TraceStep& step : *steps) trace.steps.push_back(std::move(step));
  std::stable_sort(trace.steps.begin(), trace.steps.end(),
                   [](const TraceStep& a, const TraceStep& b) { return a.stage < b.stage; });
  trace.record = *std::move(found);
  return trace;
}

}  // namespace trellis
