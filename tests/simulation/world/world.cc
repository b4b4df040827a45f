#include "tests/simulation/world/world.h"

#include <algorithm>
#include <utility>

#include "common/causal/lifecycle.h"
#include "common/merge/show.h"
#include "common/record/kind_registry.h"
#include "common/time/hybrid_time.h"
#include "fmt/format.h"

namespace trellis::simulation {
namespace {

constexpr int64_t kEpochOfTheDistrictMs = 1'790'000'000'000;  // autumn 2026

// A cell write of what stands there already writes nothing.
bool IsSame(const CellWrite& cell, const RecordState& old) {
  const Cell* was = old.Find(cell.key);
  return !cell.remove && was != nullptr && was->siblings.size() == 1 && was->siblings[0].bytes == cell.bytes;
}

// A write of the cell decides between differing values without its author having seen them.
bool DecidesUnseen(const RecordWrite& write, const RecordState& old) {
  if (write.if_version.has_value() || write.type != RecordWrite::Type::kUpdate) return false;
  return std::any_of(write.cells.begin(), write.cells.end(), [&](const CellWrite& written) {
    const Cell* was = old.Find(written.key);
    return was != nullptr && InConflict(*was, CellPolicy::kRegister);
  });
}

bool ChangesForSure(const RecordWrite& write, const RecordState& old) {
  if (write.type == RecordWrite::Type::kCreate) return true;
  return write.type == RecordWrite::Type::kUpdate &&
         std::any_of(write.cells.begin(), write.cells.end(),
                     [&](const CellWrite& c) { return !c.remove && !IsSame(c, old); });
}

}  // namespace

World::World(WorldConfig config) : config_(std::move(config)), codec_(config_.bytes_per_record) {
  district_.seed = config_.seed;
  district_.surveys = config_.surveys;
  for (size_t i = 0; i < district_.key.size(); ++i) district_.key[i] = static_cast<uint8_t>(i * 7 + 1);
  stores_.push_back(std::make_unique<Store>(&district_, "server", "server", Side::kServer,
                                            std::vector<ScopeGrant>(), kEpochOfTheDistrictMs));
  Open(kServer);
}

int World::AddSite(const std::string& name, std::vector<ScopeGrant> grants, int64_t wall_ms) {
  const int index = static_cast<int>(stores_.size());
  for (const ScopeGrant& grant : grants) scopes_known_.insert(grant.scope);
  stores_.push_back(std::make_unique<Store>(&district_, name, "site " + name, Side::kSite, std::move(grants),
                                            kEpochOfTheDistrictMs + wall_ms));
  Open(index);
  return index;
}

void World::Fail(std::string what) {
  if (!failure_.has_value()) failure_ = std::move(what);
}

void World::Note(uint64_t what, uint64_t detail) {
  ++events_;
  for (const uint64_t part : {what, detail}) event_digest_ = (event_digest_ ^ part) * 1099511628211u;
}

void World::Open(int index) {
  const absl::Status status = store(index).Open();
  if (!status.ok()) return Fail(std::string(status.message()));
  Note(1, store(index).replica()->epoch());
  SettleDoubt(index);
  CheckAnswered(index);
}

// ---- work ----

std::optional<StoredRecord> World::Get(int index, const std::string& scope, const RecordId& id) const {
  absl::StatusOr<std::optional<StoredRecord>> record =
      stores_[static_cast<size_t>(index)]->replica()->Get(scope, id);
  return record.ok() ? *std::move(record) : std::nullopt;
}

RecordState World::StateOf(int index, const std::string& scope, const std::optional<RecordId>& id) const {
  if (!id.has_value()) return {};
  std::optional<StoredRecord> record = Get(index, scope, *id);
  return record.has_value() ? std::move(record->state) : RecordState();
}

Context World::ContextOf(int index, const std::string& scope, const RecordId& id) const {
  return StateOf(index, scope, id).context;
}

absl::Status World::Write(int index, std::vector<RecordWrite> records) {
  WriteRequest request;
  request.actor = store(index).name();
  request.records = std::move(records);
  return Write(index, std::move(request));
}

absl::Status World::Write(int index, WriteRequest request) {
  Doubt doubt{std::move(request), {}};
  for (const RecordWrite& write : doubt.request.records)
    doubt.before.push_back(StateOf(index, write.scope, write.id));
  const absl::StatusOr<WriteOutcome> outcome = store(index).replica()->Write(doubt.request);
  Note(2, static_cast<uint64_t>(outcome.status().code()));
  if (absl::IsUnavailable(outcome.status())) {
    store(index).broken = true;
    doubts_.try_emplace(index, std::move(doubt));
  }
  if (!outcome.ok()) return outcome.status();
  if (outcome->repeated) {
    CheckRepeated(doubt.request, *outcome);
    return absl::OkStatus();
  }
  if (answered_requests_.contains(doubt.request.request_id)) {
    // Only a store that went back to before the request may do it again.
    const std::vector<RecordId>& ids = answered_requests_[doubt.request.request_id];
    for (size_t i = 0; i < ids.size(); ++i) {
      const RecordWrite& write = doubt.request.records[i];
      const bool holds = store(index).answered.contains({write.scope, ids[i]});
      if (!write.id.has_value() && holds) Fail("a request repeated wrote again");
    }
  }
  for (size_t i = 0; i < doubt.request.records.size(); ++i) {
    const RecordId& id = outcome->records[i].id;
    if (!config_.surveys && DecidesUnseen(doubt.request.records[i], doubt.before[i])) {
      Fail("a write decided a conflict its author had not seen");
    }
    const auto dot = NoteWrite(index, doubt.request.records[i], id, doubt.before[i], true);
    if (dot.has_value()) CheckStamp(index, StateOf(index, doubt.request.records[i].scope, id), *dot);
  }
  CheckRepeated(doubt.request, *outcome);
  TellOthers(index, nullptr);
  return absl::OkStatus();
}

void World::CheckRepeated(const WriteRequest& request, const WriteOutcome& outcome) {
  if (request.request_id.empty()) return;
  std::vector<RecordId> ids;
  for (const WrittenRecord& record : outcome.records) ids.push_back(record.id);
  const auto [first, is_new] = answered_requests_.try_emplace(request.request_id, ids);
  if (!is_new && outcome.repeated && first->second != ids) Fail("a request repeated was answered otherwise");
  if (!outcome.repeated) first->second = std::move(ids);
}

bool World::WasAnswered(const WriteRequest& request, const WriteOutcome& outcome) const {
  const auto answered = answered_requests_.find(request.request_id);
  if (answered == answered_requests_.end() || answered->second.size() != outcome.records.size()) return false;
  return std::equal(answered->second.begin(), answered->second.end(), outcome.records.begin(),
                    [](const RecordId& id, const WrittenRecord& record) { return id == record.id; });
}

std::optional<Dot> World::NoteWrite(int index, const RecordWrite& write, const RecordId& id,
                                    const RecordState& old, bool acknowledged) {
  const Context& before = old.context;
  const std::optional<StoredRecord> record = Get(index, write.scope, id);
  if (!record.has_value()) {
    if (acknowledged) Fail("a record just written is not there");
    return std::nullopt;
  }
  const RecordKey key{write.scope, id};
  if (acknowledged) store(index).answered[key].Join(record->state.context);
  Dot dot;
  for (const Context::Entry& entry : record->state.context.entries()) {
    const bool own = store(index).epochs.contains(entry.writer);
    if (own && before.Get(entry.writer) < entry.n) dot = {entry.writer, entry.n};
  }
  if (dot.n == 0) return std::nullopt;  // nothing was to be written
  // What came back from a peer meanwhile is not what was asked for here.
  if (!acknowledged && ledger_.Knows(write.scope, dot)) return std::nullopt;
  Note(3, dot.n);
  if (trace) {
    trace(fmt::format("{} writes {}/{} as {:x}:{}", store(index).name(), write.scope, id.ToString(),
                      dot.writer, dot.n));
  }
  for (const CellWrite& cell : write.cells) {
    if (IsSame(cell, old)) continue;
    ledger_.Note(key, {cell.key, dot, before, cell.remove ? "" : cell.bytes, cell.remove, false},
                 acknowledged);
  }
  if (write.type != RecordWrite::Type::kCreate && write.type != RecordWrite::Type::kUpdate) {
    const CellKey lifecycle{kLifecycleField, ""};
    const Cell* cell = record->state.Find(lifecycle);
    const bool erases = write.type == RecordWrite::Type::kErase;
    std::string bytes;
    for (const Sibling& s : cell != nullptr ? cell->siblings : std::vector<Sibling>()) {
      if (s.dot == dot) bytes = s.bytes;
    }
    ledger_.Note(key, {lifecycle, dot, before, bytes, false, erases}, acknowledged);
  }
  if (ledger_.collision().has_value()) Fail(*ledger_.collision());
  return dot;
}

void World::CheckStamp(int index, const RecordState& state, const Dot& dot) {
  const int64_t latest = store(index).clock()->WallMs() + HybridClock::kMaxAheadMs;
  for (const Cell& cell : state.cells) {
    for (const Sibling& sibling : cell.siblings) {
      if (sibling.dot == dot && sibling.raw.ms > latest) {
        Fail(fmt::format("{} stamped a write {} s ahead of its own clock", store(index).name(),
                         (sibling.raw.ms - latest) / 1000 + HybridClock::kMaxAheadMs / 1000));
      }
    }
  }
}

void World::SettleDoubt(int index) {
  const auto it = doubts_.find(index);
  if (it == doubts_.end()) return;
  const Doubt doubt = std::move(it->second);
  doubts_.erase(it);
  if (!doubt.request.request_id.empty()) {
    // Whoever cannot know asks again, and finds it done once.
    situations_.Add(Situation::kRequestRepeated);
    store(index).broken = false;
    const absl::StatusOr<WriteOutcome> outcome = store(index).replica()->Write(doubt.request);
    if (!outcome.ok()) return;  // a full disk, say
    if (outcome->repeated && WasAnswered(doubt.request, *outcome)) return;
    situations_.Add(outcome->repeated ? Situation::kOutcomeUnknownStored : Situation::kOutcomeUnknownLost);
    for (size_t i = 0; i < doubt.request.records.size(); ++i) {
      NoteWrite(index, doubt.request.records[i], outcome->records[i].id, doubt.before[i], true);
    }
    // A store that went back to before the request did it anew.
    answered_requests_.erase(doubt.request.request_id);
    return CheckRepeated(doubt.request, *outcome);
  }
  size_t there = 0;
  size_t due = 0;
  for (size_t i = 0; i < doubt.request.records.size(); ++i) {
    const RecordWrite& write = doubt.request.records[i];
    const bool changed = NoteWrite(index, write, *write.id, doubt.before[i], false).has_value();
    if (changed) ++there;
    // A write that would have changed nothing tells nothing.
    if (changed || ChangesForSure(write, doubt.before[i])) ++due;
  }
  if (there != 0 && there < due) Fail("a batch of unknown outcome is there in part");
  situations_.Add(there > 0 ? Situation::kOutcomeUnknownStored : Situation::kOutcomeUnknownLost);
}

void World::CheckAnswered(int index) {
  for (const auto& [key, context] : store(index).answered) {
    if (context.CoveredBy(ContextOf(index, key.first, key.second))) continue;
    return Fail(fmt::format("{} does not hold what it answered for {}/{}", store(index).name(), key.first,
                            key.second.ToString()));
  }
}

// ---- faults ----

void World::Reopen(int index, bool power_lost) {
  situations_.Add(power_lost ? Situation::kCrash : Situation::kReopen);
  if (trace) trace(fmt::format("{} {}", store(index).name(), power_lost ? "crashes" : "is reopened"));
  DropLinksOf(index);
  store(index).Close(power_lost);
  Open(index);
}

void World::FailNextCommit(int index, bool applied, int after) {
  store(index).engine()->FailNextCommit(applied, absl::StatusCode::kUnavailable, after);
  Note(4, applied);
}

size_t World::TakeImage(int index) {
  images_.push_back({index, store(index).TakeImage()});
  if (trace) trace(fmt::format("image {} of {}", images_.size() - 1, store(index).name()));
  return images_.size() - 1;
}

void World::PutBack(int index, size_t image, bool keep_anchor) {
  DropLinksOf(index);
  doubts_.erase(index);
  store(index).ReplaceBy(images_[image].image, keep_anchor);
  Open(index);
}

void World::Restore(int index, size_t image) {
  situations_.Add(index == kServer ? Situation::kServerRestored : Situation::kSiteRestored);
  if (trace) trace(fmt::format("{} is restored from image {}", store(index).name(), image));
  PutBack(index, image, false);
}

bool World::IsOfThePast(int index, size_t image) {
  const std::vector<Store::Opening>& then = images_[image].image.timeline;
  const std::vector<Store::Opening>& now = store(index).timeline;
  if (then.size() > now.size() || !std::equal(then.begin(), then.end(), now.begin())) return false;
  return then.size() == now.size() || images_[image].image.anchor->durable <= now[then.size()].durable;
}

void World::Rewind(int index, size_t image) {
  if (trace) trace(fmt::format("{} finds itself as in image {}", store(index).name(), image));
  const std::map<RecordKey, Context> before = store(index).answered;
  const std::set<Epoch> own = store(index).epochs;
  const uint64_t told_before = store(index).told_lost;
  PutBack(index, image, true);
  if (store(index).told_lost > told_before) situations_.Add(Situation::kRescued);
  uint64_t lost = 0;
  for (const auto& [key, context] : before) {
    lost += ledger_.CountBetween(key, ContextOf(index, key.first, key.second), context, own);
  }
  const uint64_t told = store(index).told_lost - told_before;
  if (told < lost) {
    Fail(fmt::format("{} lost {} writes of its own and tells of {}", store(index).name(), lost, told));
  }
}

void World::SetSchema(int index, bool knows_kinds) {
  situations_.Add(Situation::kSchemaChanged);
  DropLinksOf(index);
  store(index).SetKinds(knows_kinds ? &KindRegistry::BuiltIn() : nullptr);
  store(index).Close(false);
  Open(index);
}

int World::Clone(size_t image) { return Clone(image, store(images_[image].store).name() + "'"); }

int World::Clone(size_t image, const std::string& name) {
  situations_.Add(Situation::kClone);
  const Store& original = store(images_[image].store);
  const int index = static_cast<int>(stores_.size());
  stores_.push_back(std::make_unique<Store>(&district_, name, original.certificate(), Side::kSite,
                                            original.grants(), kEpochOfTheDistrictMs));
  if (trace) trace(fmt::format("{} is made from image {}", store(index).name(), image));
  store(index).hostile = original.hostile;
  store(index).ReplaceBy(images_[image].image, false);
  Open(index);
  return index;
}

int World::FindStore(const std::string& name) const {
  for (size_t i = 0; i < stores_.size(); ++i) {
    if (stores_[i]->name() == name) return static_cast<int>(i);
  }
  return -1;
}

bool World::LosesNothing(int index, size_t image) {
  Store probe(&district_, "probe", "probe", Side::kSite, {}, kEpochOfTheDistrictMs);
  probe.ReplaceBy(images_[image].image, false);
  if (!probe.Open().ok()) return false;
  bool nothing_lost = true;
  const absl::StatusOr<std::vector<std::string>> scopes = store(index).replica()->Scopes();
  for (const std::string& scope : scopes.ok() ? *scopes : std::vector<std::string>()) {
    const auto visit = [&](uint64_t, const RecordId& id, const StoredRecord& record) {
      Context elsewhere;
      const auto held = probe.replica()->Get(scope, id);
      if (held.ok() && held->has_value()) elsewhere = (*held)->state.context;
      for (size_t other = 0; other < stores_.size(); ++other) {
        if (static_cast<int>(other) == index || !stores_[other]->open()) continue;
        if (stores_[other]->hostile) continue;
        elsewhere.Join(ContextOf(static_cast<int>(other), scope, id));
      }
      nothing_lost = record.state.context.CoveredBy(elsewhere);
      return nothing_lost;
    };
    store(index).replica()->ScanFeed(scope, 0, visit).IgnoreError();
    if (!nothing_lost) return false;
  }
  return true;
}

void World::SetDiskFull(int index, bool full) {
  store(index).engine()->SetFull(full);
  if (full) situations_.Add(Situation::kDiskFull);
  if (trace) trace(fmt::format("disk of {} {}", store(index).name(), full ? "is full" : "has room"));
}

void World::TraceDifferences(int site, const std::string& scope) {
  const auto in_words = [](const StoredRecord& record) {
    std::string words =
        fmt::format("seq {} lane {} origin {:x}:{}{} context", record.seq, static_cast<int>(record.lane),
                    record.origin.epoch, record.origin.seq, record.delta.has_value() ? " delta" : "");
    for (const Context::Entry& e : record.state.context.entries())
      words += fmt::format(" {:x}:{}", e.writer, e.n);
    for (const Cell& cell : record.state.cells) {
      words += fmt::format(" | field {}{}", cell.key.field, cell.key.element);
      for (const Sibling& s : cell.siblings) {
        words += fmt::format(" {:x}:{} at {}+{} shown {}+{}", s.dot.writer, s.dot.n, s.raw.ms, s.raw.counter,
                             s.effective.ms, s.effective.counter);
      }
    }
    return words;
  };
  const auto visit = [&](uint64_t, const RecordId& id, const StoredRecord& here) {
    const std::optional<StoredRecord> there = Get(kServer, scope, id);
    if (there.has_value() && there->state == here.state) return true;
    trace(fmt::format("{}/{} at {}: {}", scope, id.ToString(), store(site).name(), in_words(here)));
    trace(fmt::format("{}/{} at server: {}", scope, id.ToString(),
                      there.has_value() ? in_words(*there) : "absent"));
    return true;
  };
  store(site).replica()->ScanFeed(scope, 0, visit).IgnoreError();
}

absl::Status World::Overlook(int index) {
  Store& overlooked = store(index);
  const absl::StatusOr<std::vector<std::string>> scopes = overlooked.replica()->Scopes();
  if (!scopes.ok()) return scopes.status();
  situations_.Add(Situation::kOverlooked);
  if (trace) trace(fmt::format("what {} holds is overlooked", overlooked.name()));
  for (const std::string& scope : *scopes) {
    const absl::StatusOr<ScopeHead> head = overlooked.replica()->Head(scope);
    if (!head.ok()) return head.status();
    for (const auto& other : stores_) {
      if (other->side() == overlooked.side() || !other->open()) continue;
      // Of a scope that only goes up no digests are compared.
      const Store& site = index == kServer ? *other : overlooked;
      const bool granted = std::any_of(site.grants().begin(), site.grants().end(), [&](const ScopeGrant& g) {
        return g.scope == scope && g.pull && g.push;
      });
      if (!granted) continue;
      const std::string peer = index == kServer ? "server" : overlooked.certificate();
      const absl::Status status = other->replica()->AdvanceToHead(peer, scope, head->epoch, head->seq);
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

std::vector<std::string> World::SharedScopes(int site) const {
  std::vector<std::string> scopes;
  for (const ScopeGrant& grant : stores_[static_cast<size_t>(site)]->grants()) {
    if (grant.pull && grant.push) scopes.push_back(grant.scope);
  }
  return scopes;
}

}  // namespace trellis::simulation
