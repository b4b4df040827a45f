#include "tests/simulation/world/world.h"

#include <algorithm>
#include <utility>

#include "common/causal/lifecycle.h"
#include "fmt/format.h"

namespace trellis::simulation {
namespace {

constexpr int64_t kEpochOfTheDistrictMs = 1'790'000'000'000;  // autumn 2026

}  // namespace

World::World(WorldConfig config) : config_(std::move(config)), codec_(config_.bytes_per_record) {
  district_.seed = config_.seed;
  district_.mutant = config_.mutant;
  for (size_t i = 0; i < district_.key.size(); ++i) district_.key[i] = static_cast<uint8_t>(i * 7 + 1);
  stores_.push_back(std::make_unique<Store>(&district_, "server", "server", Side::kServer,
                                            std::vector<ScopeGrant>(), kEpochOfTheDistrictMs));
  Open(kServer);
}

int World::AddSite(const std::string& name, std::vector<ScopeGrant> grants, int64_t wall_ms) {
  const int index = static_cast<int>(stores_.size());
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
}

// ---- work ----

std::optional<StoredRecord> World::Get(int index, const std::string& scope, const RecordId& id) const {
  absl::StatusOr<std::optional<StoredRecord>> record =
      stores_[static_cast<size_t>(index)]->replica()->Get(scope, id);
  return record.ok() ? *std::move(record) : std::nullopt;
}

Context World::ContextOf(int index, const std::string& scope, const std::optional<RecordId>& id) const {
  if (!id.has_value()) return {};
  const std::optional<StoredRecord> record = Get(index, scope, *id);
  return record.has_value() ? record->state.context : Context();
}

absl::Status World::Write(int index, std::vector<RecordWrite> records) {
  Doubt doubt{std::move(records), {}};
  for (const RecordWrite& write : doubt.records)
    doubt.before.push_back(ContextOf(index, write.scope, write.id));
  WriteRequest request;
  request.actor = store(index).name();
  request.records = doubt.records;
  const absl::StatusOr<WriteOutcome> outcome = store(index).replica()->Write(request);
  Note(2, static_cast<uint64_t>(outcome.status().code()));
  if (absl::IsUnavailable(outcome.status())) {
    store(index).broken = true;
    doubts_.try_emplace(index, std::move(doubt));
  }
  if (!outcome.ok()) return outcome.status();
  for (size_t i = 0; i < doubt.records.size(); ++i) {
    NoteWrite(index, doubt.records[i], outcome->records[i].id, doubt.before[i], true);
  }
  TellOthers(index, nullptr);
  return absl::OkStatus();
}

void World::NoteWrite(int index, const RecordWrite& write, const RecordId& id, const Context& before,
                      bool acknowledged) {
  const std::optional<StoredRecord> record = Get(index, write.scope, id);
  if (!record.has_value()) return Fail("a record just written is not there");
  const Writer writer = store(index).replica()->epoch();
  const Dot dot{writer, record->state.context.Get(writer)};
  if (dot.n == before.Get(writer)) return;  // nothing was to be written
  Note(3, dot.n);
  if (trace) {
    trace(fmt::format("{} writes {}/{} as {:x}:{}", store(index).name(), write.scope, id.ToString(),
                      dot.writer, dot.n));
  }
  const RecordKey key{write.scope, id};
  for (const CellWrite& cell : write.cells) {
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
}

void World::SettleDoubt(int index) {
  const auto it = doubts_.find(index);
  if (it == doubts_.end()) return;
  const Doubt doubt = std::move(it->second);
  doubts_.erase(it);
  size_t there = 0;
  for (size_t i = 0; i < doubt.records.size(); ++i) {
    const RecordWrite& write = doubt.records[i];
    const std::optional<StoredRecord> record = Get(index, write.scope, *write.id);
    if (!record.has_value()) continue;
    const Cell* cell = record->state.Find(write.cells[0].key);
    for (const Sibling& sibling : cell != nullptr ? cell->siblings : std::vector<Sibling>()) {
      if (sibling.bytes != write.cells[0].bytes) continue;
      ++there;
      for (const CellWrite& c : write.cells) {
        ledger_.Note({write.scope, *write.id},
                     {c.key, sibling.dot, doubt.before[i], c.remove ? "" : c.bytes, c.remove, false}, false);
      }
    }
  }
  if (there != 0 && there != doubt.records.size()) Fail("a batch of unknown outcome is there in part");
  situations_.Add(there > 0 ? Situation::kOutcomeUnknownStored : Situation::kOutcomeUnknownLost);
}

// ---- faults ----

void World::Reopen(int index, bool power_lost) {
  situations_.Add(power_lost ? Situation::kCrash : Situation::kReopen);
  if (trace) trace(fmt::format("{} {}", store(index).name(), power_lost ? "crashes" : "is reopened"));
  DropLinksOf(index);
  store(index).Close(power_lost);
  Open(index);
}

void World::FailNextCommit(int index, bool applied) {
  store(index).engine()->FailNextCommit(applied);
  Note(4, applied);
}

size_t World::TakeImage(int index) {
  images_.push_back({index, store(index).TakeImage()});
  if (trace) trace(fmt::format("image {} of {}", images_.size() - 1, store(index).name()));
  return images_.size() - 1;
}

void World::Restore(int index, size_t image) {
  situations_.Add(index == kServer ? Situation::kServerRestored : Situation::kSiteRestored);
  if (trace) trace(fmt::format("{} is restored from image {}", store(index).name(), image));
  DropLinksOf(index);
  doubts_.erase(index);
  store(index).ReplaceBy(images_[image].image);
  Open(index);
}

int World::Clone(size_t image) {
  situations_.Add(Situation::kClone);
  const Store& original = store(images_[image].store);
  const int index = static_cast<int>(stores_.size());
  stores_.push_back(std::make_unique<Store>(&district_, fmt::format("{}'", original.name()),
                                            original.certificate(), Side::kSite, original.grants(),
                                            kEpochOfTheDistrictMs));
  if (trace) trace(fmt::format("{} is made from image {}", store(index).name(), image));
  store(index).ReplaceBy(images_[image].image);
  Open(index);
  return index;
}

bool World::LosesNothing(int index, size_t image) {
  Store probe(&district_, "probe", "probe", Side::kSite, {}, kEpochOfTheDistrictMs);
  probe.ReplaceBy(images_[image].image);
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
