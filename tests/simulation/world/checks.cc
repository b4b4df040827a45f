#include "tests/simulation/world/checks.h"

#include <algorithm>
#include <set>

#include "common/causal/lifecycle.h"
#include "common/record/kind_registry.h"
#include "common/replica/record_indexer.h"
#include "fmt/format.h"
#include "tests/simulation/world/workload.h"

namespace trellis::simulation {
namespace {

std::vector<std::string> ScopesOf(World* world, int store) {
  const auto scopes = world->store(store).replica()->Scopes();
  return scopes.ok() ? *scopes : std::vector<std::string>();
}

std::map<RecordId, StoredRecord> RecordsOf(World* world, int store, const std::string& scope) {
  std::map<RecordId, StoredRecord> records;
  world->store(store)
      .replica()
      ->ScanFeed(scope, 0,
                 [&](uint64_t, const RecordId& id, const StoredRecord& record) {
                   records[id] = record;
                   return true;
                 })
      .IgnoreError();
  return records;
}

// Where nobody lies, nothing is taken for a lie.
Verdict CheckNoneForged(World* world, int index, const std::string& scope) {
  const auto items = world->store(index).replica()->SetAsideItems(scope);
  if (!items.ok()) return fmt::format("{}: what is set aside in {} cannot be read", index, scope);
  for (const SetAsideItem& item : *items) {
    if (item.cause != SetAsideCause::kForged && item.cause != SetAsideCause::kCollision) continue;
    return fmt::format("{}: record {} of {} was taken for forged: {}", world->store(index).name(),
                       item.delta.id.ToString(), item.peer, item.reason);
  }
  return std::nullopt;
}

std::set<RecordId> SetAsideIds(World* world, int store, const std::string& scope) {
  std::set<RecordId> ids;
  const auto items = world->store(store).replica()->SetAsides(scope);
  if (!items.ok()) return ids;
  for (const SetAside& item : *items) ids.insert(item.id);
  return ids;
}

Verdict CheckDigest(const Replica& replica, const HashKey& key, const std::string& where,
                    const std::string& scope) {
  Hash128 digest;
  uint64_t records = 0;
  std::set<RecordId> ids;
  const absl::Status scanned =
      replica.ScanFeed(scope, 0, [&](uint64_t, const RecordId& id, const StoredRecord& record) {
        digest += VersionHash(key, id, record.state);
        ++records;
        ids.insert(id);
        return true;
      });
  const auto head = replica.Head(scope);
  const auto buckets = replica.Buckets(scope);
  if (!scanned.ok() || !head.ok() || !buckets.ok())
    return fmt::format("{}: scope {} cannot be read", where, scope);
  if (ids.size() != records) return fmt::format("{}: a record of {} has two feed entries", where, scope);
  if (head->digest != digest || head->records != records) {
    return fmt::format("{}: the digest of {} is not what its records give", where, scope);
  }
  Hash128 of_buckets;
  for (const BucketDigest& bucket : *buckets) of_buckets += bucket.digest;
  if (of_buckets != digest)
    return fmt::format("{}: the buckets of {} do not sum up to its digest", where, scope);
  return std::nullopt;
}

}  // namespace

bool Honest(const World& world, const std::string& scope) {
  return std::none_of(world.stores().begin(), world.stores().end(), [&](const auto& store) {
    const ScopeGrant* grant = store->hostile ? store->GrantOf(scope) : nullptr;
    return grant != nullptr && grant->push;
  });
}

namespace {

// A stamp as its author gave it, or lowered by the server to when it came.
Verdict CheckEffective(const World& world, const std::string& where, const RecordState& state) {
  constexpr int64_t kMostAheadMs = 5 * 60 * 1000;
  for (const Cell& cell : state.cells) {
    for (const Sibling& s : cell.siblings) {
      if (s.effective == s.raw) continue;
      const bool by_server = s.effective.counter == 0 && world.receipts().contains(s.effective.ms) &&
                             s.raw.ms > s.effective.ms + kMostAheadMs;
      if (!by_server) return fmt::format("{}: a stamp was lowered by other than the server", where);
    }
  }
  return std::nullopt;
}

// What the indexes answer is what the records give.
Verdict CheckIndexes(const Store& store, const std::string& scope,
                     const std::map<RecordId, StoredRecord>& records) {
  const RecordIndexer indexer(store.kinds());
  std::set<RecordId> due_attention;
  std::set<std::tuple<std::string, uint32_t, std::string, RecordId>> due;
  std::set<std::string> kinds;
  for (const auto& [id, record] : records) {
    if (indexer.NeedsAttention(record.state)) due_attention.insert(id);
    kinds.insert(record.state.kind);
    for (const IndexEntry& e : indexer.EntriesOf(record.state))
      due.insert({record.state.kind, e.field, e.value, id});
  }
  std::set<RecordId> attention;
  store.replica()
      ->ScanConflicts(scope,
                      [&](const RecordId& id, const StoredRecord&) { return attention.insert(id).second; })
      .IgnoreError();
  if (attention != due_attention)
    return fmt::format("{}: the list of conflicts of {} is wrong", store.name(), scope);
  std::set<std::tuple<std::string, uint32_t, std::string, RecordId>> held;
  for (const std::string& kind : kinds) {
    const KindInfo* info = store.kinds() != nullptr ? store.kinds()->Find(kind) : nullptr;
    for (const FieldInfo& field : info != nullptr ? info->fields : std::vector<FieldInfo>()) {
      if (!field.index) continue;
      const auto visit = [&](std::string_view value, const RecordId& id) {
        held.insert({kind, field.number, std::string(value), id});
        return true;
      };
      store.replica()->ScanIndex(scope, kind, field.number, "", "", visit).IgnoreError();
    }
  }
  if (held != due) return fmt::format("{}: an index of {} is not what its records give", store.name(), scope);
  return std::nullopt;
}

// What a liar writes too: no write of an honest store was altered or invented.
Verdict CheckUnforged(const World& world, int index, const std::string& scope,
                      const std::map<RecordId, StoredRecord>& records) {
  const Store& store = *world.stores()[static_cast<size_t>(index)];
  if (store.hostile) return std::nullopt;
  std::set<Writer> honest;
  for (const auto& other : world.stores()) {
    if (!other->hostile) honest.insert(other->epochs.begin(), other->epochs.end());
  }
  for (const auto& [id, record] : records) {
    // Of an erased record nothing is left to be passed off.
    if (PresenceOf(record.state) == Presence::kErased) continue;
    const Verdict broken = world.ledger().CheckOwned({scope, id}, record.state, honest);
    if (broken.has_value()) return fmt::format("{}: {}", store.name(), *broken);
  }
  return std::nullopt;
}

// A value that somebody who moved the record away had not seen stands out until a person has looked.
Verdict CheckMoves(const World& world, const std::string& name, const std::string& scope,
                   const std::map<RecordId, StoredRecord>& records) {
  for (const auto& [id, record] : records) {
    const Cell* marks = record.state.Find({kLifecycleField, ""});
    const auto facts = world.ledger().records().find({scope, id});
    if (marks == nullptr || facts == world.ledger().records().end()) continue;
    bool unseen = false;
    for (const CellFact& fact : facts->second) {
      const bool moves = std::any_of(marks->siblings.begin(), marks->siblings.end(), [&](const Sibling& s) {
        const std::optional<Lifecycle> mark = DecodeLifecycle(s.bytes);
        return s.dot == fact.dot && mark.has_value() && mark->mark == LifecycleMark::kMoved;
      });
      if (!moves || fact.cell != marks->key) continue;
      for (const Cell& cell : record.state.cells) {
        for (const Sibling& sibling : cell.siblings) {
          unseen = unseen || (cell.key != marks->key && !fact.seen.Covers(sibling.dot));
        }
      }
    }
    const Presence presence = PresenceOf(record.state);
    if (unseen && presence != Presence::kMovedButChanged && presence != Presence::kErased) {
      return fmt::format("{}: {}/{} was changed unknown to who moved it, and does not show it", name, scope,
                         id.ToString());
    }
  }
  return std::nullopt;
}

}  // namespace

Verdict CheckStore(World* world, int index) {
  const Store& store = world->store(index);
  for (const std::string& scope : ScopesOf(world, index)) {
    if (index != World::kServer && store.GrantOf(scope) == nullptr) {
      return fmt::format("{} holds scope {}, which it was not granted", store.name(), scope);
    }
    if (Verdict broken = CheckDigest(*store.replica(), world->district_key(), store.name(), scope))
      return broken;
    const std::map<RecordId, StoredRecord> records = RecordsOf(world, index, scope);
    if (Verdict broken = CheckIndexes(store, scope, records)) return broken;
    if (!Honest(*world, scope)) {
      if (Verdict broken = CheckUnforged(*world, index, scope, records)) return broken;
      continue;
    }
    if (Verdict broken = CheckMoves(*world, store.name(), scope, records)) return broken;
    if (Verdict broken = CheckNoneForged(world, index, scope)) return broken;
    for (const auto& [id, record] : records) {
      if (Verdict broken = world->ledger().Check({scope, id}, record.state)) {
        return fmt::format("{}: {}", store.name(), *broken);
      }
      if (Verdict broken = CheckEffective(*world, store.name(), record.state)) return broken;
    }
  }
  return std::nullopt;
}

Verdict CheckTaint(World* world, int index) {
  const Store& store = world->store(index);
  if (index == World::kServer) return std::nullopt;
  std::vector<std::string> foreign;
  for (const auto& other : world->stores()) {
    for (const ScopeGrant& grant : other->grants()) {
      if (store.GrantOf(grant.scope) == nullptr) foreign.push_back(TaintOf(grant.scope));
    }
  }
  Verdict broken;
  const auto visit = [&](std::string_view, std::string_view value) {
    for (const std::string& taint : foreign) {
      if (value.find(taint) == std::string_view::npos) continue;
      broken = fmt::format("{} holds a value of scope {}", store.name(), taint);
    }
    return !broken.has_value();
  };
  store.engine()->Snapshot()->Scan("", "", false, visit).IgnoreError();
  return broken;
}

namespace {

// Whether `holder` reflects everything `claimant` has in its feed up to `seq`.
Verdict CheckHeld(World* world, int claimant, int holder, const std::string& scope, uint64_t seq,
                  const std::set<RecordId>& left_out) {
  for (const auto& [id, record] : RecordsOf(world, claimant, scope)) {
    if (record.seq > seq || left_out.contains(id)) continue;
    const std::optional<StoredRecord> held = world->Get(holder, scope, id);
    if (held.has_value() && record.state.context.CoveredBy(held->state.context)) continue;
    // An erasure forgets what was set aside of the record.
    if (held.has_value() && PresenceOf(held->state) == Presence::kErased) continue;
    return fmt::format("{} is said to hold {} of {} up to {}, but not {}", world->store(holder).name(), scope,
                       world->store(claimant).name(), seq, id.ToString());
  }
  return std::nullopt;
}

}  // namespace

Verdict CheckClaims(World* world, const Connection& link) {
  if (link.site_end == nullptr || link.server_end == nullptr || link.cut) return std::nullopt;
  if (world->store(link.site).hostile) return std::nullopt;
  for (const ScopeProgress& scope : link.site_end->Status().scopes) {
    std::set<RecordId> left_out = SetAsideIds(world, World::kServer, scope.scope);
    for (const RecordId& id : SetAsideIds(world, link.site, scope.scope)) left_out.insert(id);
    if (Verdict broken = CheckHeld(world, link.site, World::kServer, scope.scope, scope.pushed, left_out)) {
      return broken;
    }
    if (Verdict broken = CheckHeld(world, World::kServer, link.site, scope.scope, scope.pulled, left_out)) {
      return broken;
    }
  }
  return std::nullopt;
}

Verdict CursorWatch::Check(World* world, int index) {
  std::set<std::string> peers;
  if (index == World::kServer) {
    for (const auto& store : world->stores()) {
      if (store->side() == Side::kSite) peers.insert(store->certificate());
    }
  } else {
    peers.insert("server");
  }
  for (const std::string& peer : peers) {
    for (const std::string& scope : ScopesOf(world, index)) {
      const auto cursors = world->store(index).replica()->Cursors(peer, scope);
      if (!cursors.ok()) return fmt::format("cursors of {} cannot be read", peer);
      constexpr size_t kMostCursors = size_t{64} * kLaneCount;
      if (cursors->size() > kMostCursors)
        return fmt::format("{} cursors are kept of {}", cursors->size(), peer);
      for (const PeerCursor& cursor : *cursors) {
        uint64_t& seen = seen_[{index, peer, scope, cursor.epoch, cursor.lane}];
        if (cursor.seq < seen) {
          return fmt::format("{}: the cursor into {} of {} went back from {} to {}",
                             world->store(index).name(), scope, peer, seen, cursor.seq);
        }
        seen = cursor.seq;
      }
    }
  }
  return std::nullopt;
}

void CursorWatch::Forget(int store) {
  std::erase_if(seen_, [&](const auto& entry) { return std::get<0>(entry.first) == store; });
}

std::map<RecordKey, Context> Survivors(World* world) {
  std::map<RecordKey, Context> survivors;
  for (size_t i = 0; i < world->stores().size(); ++i) {
    if (world->stores()[i]->hostile) continue;  // gives back what it likes
    for (const std::string& scope : ScopesOf(world, static_cast<int>(i))) {
      if (!Honest(*world, scope)) continue;
      for (const auto& [id, record] : RecordsOf(world, static_cast<int>(i), scope)) {
        survivors[{scope, id}].Join(record.state.context);
      }
    }
  }
  return survivors;
}

bool AllVerified(World* world) {
  for (size_t i = 1; i < world->stores().size(); ++i) {
    if (world->stores()[i]->hostile) continue;
    const Connection* link = world->LinkOf(static_cast<int>(i));
    if (link == nullptr || link->site_end == nullptr || link->server_end == nullptr) return false;
    const std::vector<std::string> scopes = world->SharedScopes(static_cast<int>(i));
    for (const Exchange* end : {link->site_end.get(), link->server_end.get()}) {
      const ExchangeStatus status = end->Status();
      for (const std::string& scope : scopes) {
        const bool verified =
            std::any_of(status.scopes.begin(), status.scopes.end(),
                        [&](const ScopeProgress& p) { return p.scope == scope && p.verified; });
        if (!verified) return false;
      }
    }
  }
  return true;
}

namespace {

Verdict CheckSiteAgainstServer(World* world, int site, const ScopeGrant& grant,
                               const std::map<RecordId, StoredRecord>& at_server) {
  const std::string& name = world->store(site).name();
  std::set<RecordId> left_out = SetAsideIds(world, World::kServer, grant.scope);
  for (const RecordId& id : SetAsideIds(world, site, grant.scope)) left_out.insert(id);
  const std::map<RecordId, StoredRecord> at_site = RecordsOf(world, site, grant.scope);
  for (const auto& [id, record] : at_site) {
    if (left_out.contains(id)) continue;
    const auto there = at_server.find(id);
    const bool held = there != at_server.end() &&
                      (grant.pull ? there->second.state == record.state
                                  : record.state.context.CoveredBy(there->second.state.context));
    if (!held)
      return fmt::format("{}/{} differs between {} and the server", grant.scope, id.ToString(), name);
  }
  if (!grant.pull) return std::nullopt;
  for (const auto& [id, record] : at_server) {
    if (!left_out.contains(id) && !at_site.contains(id)) {
      return fmt::format("{}/{} did not come to {}", grant.scope, id.ToString(), name);
    }
  }
  return std::nullopt;
}

}  // namespace

Verdict CheckConverged(World* world, const std::map<RecordKey, Context>& survivors) {
  std::map<std::string, std::map<RecordId, StoredRecord>> at_server;
  for (const std::string& scope : ScopesOf(world, World::kServer)) {
    at_server[scope] = RecordsOf(world, World::kServer, scope);
  }
  for (size_t i = 1; i < world->stores().size(); ++i) {
    if (world->stores()[i]->hostile) continue;
    for (const ScopeGrant& grant : world->stores()[i]->grants()) {
      Verdict broken = CheckSiteAgainstServer(world, static_cast<int>(i), grant, at_server[grant.scope]);
      if (broken.has_value()) return broken;
    }
  }
  for (const auto& [record, context] : survivors) {
    const auto& records = at_server[record.first];
    const auto held = records.find(record.second);
    if (held != records.end() && held->second.state.context == context) continue;
    if (SetAsideIds(world, World::kServer, record.first).contains(record.second)) continue;
    return fmt::format("{}/{}: a surviving write did not come to the server", record.first,
                       record.second.ToString());
  }
  return std::nullopt;
}

Verdict CheckAgainChangesNothing(World* world) {
  for (size_t i = 1; i < world->stores().size(); ++i) {
    Store& site = *world->stores()[i];
    if (site.hostile) continue;
    for (const std::string& scope : world->SharedScopes(static_cast<int>(i))) {
      for (int lane = 0; lane < kLaneCount; ++lane) {
        FrameRequest request;
        request.scope = scope;
        request.lane = static_cast<Lane>(lane);
        request.max_items = 1000;
        request.max_bytes = 1 << 20;
        const auto frame = world->store(World::kServer).replica()->BuildFrame(request);
        if (!frame.ok()) return "the server cannot build a frame from the start";
        const std::set<RecordId> left_out = SetAsideIds(world, World::kServer, scope);
        ReplicaFrame again = *frame;
        std::erase_if(again.items, [&](const Delta& item) { return left_out.contains(item.id); });
        ApplyOptions options;
        options.peer = "again";
        const auto outcome = site.replica()->ApplyFrame(again, options);
        if (!outcome.ok() || outcome->changed > 0) {
          return fmt::format("{}: what came before changed {} when it came again", site.name(), scope);
        }
      }
    }
  }
  return std::nullopt;
}

uint64_t CountLost(const World& world, const std::map<RecordKey, Context>& survivors) {
  uint64_t lost = 0;
  for (const auto& [record, facts] : world.ledger().records()) {
    if (!Honest(world, record.first)) continue;
    const auto context = survivors.find(record);
    lost += world.ledger().Missing(record, context == survivors.end() ? Context() : context->second);
  }
  return lost;
}

void CountOutcomes(World* world) {
  for (const std::string& scope : ScopesOf(world, World::kServer)) {
    for (const auto& [id, record] : RecordsOf(world, World::kServer, scope)) {
      world->MixIntoDigest(VersionHash(world->district_key(), id, record.state).low);
      const Presence presence = PresenceOf(record.state);
      if (presence == Presence::kErased) world->situations().Add(Situation::kErasedRecord);
      if (presence == Presence::kMovedButChanged) world->situations().Add(Situation::kChangedSinceMove);
      if (presence == Presence::kLiveDespiteDelete) world->situations().Add(Situation::kEditBeatDelete);
      for (const Cell& cell : record.state.cells) {
        if (cell.siblings.size() > 1) world->situations().Add(Situation::kConcurrentValues);
      }
    }
  }
}

}  // namespace trellis::simulation
