#include "tests/unit/session/fake_store.h"

#include <algorithm>
#include <sstream>
#include <utility>

namespace trellis {

using namespace session;  // NOLINT: the vocabulary of the whole file

RecordId IdOf(uint8_t n) {
  RecordId id;
  id.bytes[15] = n;
  return id;
}

Hash128 FakeStore::VersionOf(const Record& record) const {
  uint64_t hash = 1469598103934665603u;
  for (const int value : record.values) hash = (hash ^ static_cast<uint64_t>(value)) * 1099511628211u;
  return {hash, record.values.size()};
}

Hash128 FakeStore::Digest() const {
  Hash128 sum;
  for (const auto& [id, record] : records) {
    sum += VersionOf(record);
    sum += Hash128{id.bytes[15], 0};
  }
  return sum;
}

void FakeStore::Store(const RecordId& id, Record record) {
  const auto old = records.find(id);
  if (old != records.end()) feed_[old->second.lane].erase(old->second.seq);
  record.seq = ++seq_;
  feed_[record.lane][record.seq] = id;
  records[id] = std::move(record);
}

void FakeStore::Write(uint8_t id, int value, uint8_t lane) {
  Record record = records[IdOf(id)];
  if (record.seq == 0) records.erase(IdOf(id));
  record.values.insert(value);
  if (record.seq == 0) record.lane = lane;
  record.from_epoch = 0;
  Store(IdOf(id), std::move(record));
}

// body := (id nvalues value* )* padded to bytes_per_item each
std::string FakeStore::Encode(const std::vector<RecordId>& ids) const {
  std::ostringstream out;
  for (const RecordId& id : ids) {
    const Record& record = records.at(id);
    out << int{id.bytes[15]} << ' ' << int{record.lane} << ' ' << record.values.size();
    for (const int value : record.values) out << ' ' << value;
    out << '\n';
  }
  std::string body = out.str();
  body.resize(std::max(body.size(), ids.size() * bytes_per_item), '\n');
  return body;
}

bool FakeStore::Merge(const RecordId& id, const std::set<int>& values, uint8_t lane, Epoch epoch,
                      uint64_t seq) {
  const auto held = records.find(id);
  Record record;
  record.lane = lane;
  if (held != records.end()) record = held->second;
  const size_t before = record.values.size();
  record.values.insert(values.begin(), values.end());
  if (held != records.end() && record.values.size() == before) return false;
  record.from_epoch = record.values == values ? epoch : 0;
  record.from_seq = seq;
  Store(id, std::move(record));
  return true;
}

Event FakeStore::Do(const BuildFrame& build) {
  FrameBuilt built{build.scope, build.lane, epoch(), build.after, false, 0, false, ""};
  std::vector<RecordId> ids;
  auto entry = feed_[build.lane].upper_bound(build.after);
  const size_t most = std::max<size_t>(1, std::min(build.target_bytes, build.limit_bytes) / bytes_per_item);
  for (; entry != feed_[build.lane].end() && ids.size() < most; ++entry) {
    built.hi = entry->first;
    const Record& record = records.at(entry->second);
    if (record.from_epoch != 0 && build.peer_lineage->Contains(record.from_epoch, record.from_seq)) continue;
    ids.push_back(entry->second);
  }
  if (entry == feed_[build.lane].end()) {
    built.lane_end = true;
    built.hi = seq_;
    built.complete = true;
    for (uint8_t lane = 0; lane < kLanes; ++lane) {
      built.complete &= lane == build.lane || feed_[lane].upper_bound(build.sent[lane]) == feed_[lane].end();
    }
  }
  for (const RecordId& id : build.whole) nack_once.erase(id);
  built.items = static_cast<uint32_t>(ids.size());
  if (!ids.empty()) built.body = Encode(ids);
  if (built.body.size() > build.limit_bytes && !build.alone) {
    return FrameBuilt{build.scope, build.lane, epoch(), 0, false, 0, true, ""};
  }
  return built;
}

Event FakeStore::Do(const ApplyFrame& apply) {
  const Frame& frame = apply.frame;
  uint64_t& cursor = cursors[{frame.epoch, frame.lane}];
  cursor = std::max(cursor, apply.cursor_floor);
  FrameApplied applied{frame.scope, frame.lane, frame.number, cursor};
  if (full) {
    applied.retry_after_ms = 5000;
    return applied;
  }
  std::istringstream in(frame.body);
  int id = 0;
  int lane = 0;
  size_t count = 0;
  while (in >> id >> lane >> count) {
    std::set<int> values;
    for (size_t i = 0, value = 0; i < count && in >> value; ++i) values.insert(static_cast<int>(value));
    const RecordId record_id = IdOf(static_cast<uint8_t>(id));
    if (nack_once.contains(record_id)) {
      nack_once.erase(record_id);
      applied.nacks.push_back(record_id);
      continue;
    }
    if (refuses.contains(record_id)) {
      set_aside.insert(record_id);
      applied.set_aside.push_back({record_id, "refused"});
      continue;
    }
    if (ignores.contains(record_id)) continue;
    applied.changed |= Merge(record_id, values, static_cast<uint8_t>(lane), frame.epoch, frame.hi);
  }
  if (applied.nacks.empty() && frame.prev <= cursor) cursor = std::max(cursor, frame.hi);
  applied.cursor = cursor;
  return applied;
}

std::optional<Event> FakeStore::Perform(const Effect& effect) {
  if (std::holds_alternative<OpenScopes>(effect)) {
    ScopeOpening opening{"F1", lineage_, seq_, {}, guess, false};
    for (const auto& [key, seq] : cursors) opening.cursors.push_back({key.first, key.second, seq});
    return ScopesOpened{{opening}};
  }
  if (const auto* build = std::get_if<BuildFrame>(&effect)) return Do(*build);
  if (const auto* apply = std::get_if<ApplyFrame>(&effect)) return Do(*apply);
  if (const auto* advance = std::get_if<AdvanceCursors>(&effect)) {
    ++advances;
    for (uint8_t lane = 0; lane < kLanes; ++lane) {
      uint64_t& cursor = cursors[{advance->epoch, lane}];
      cursor = std::max(cursor, advance->seq);
    }
  }
  if (const auto* read = std::get_if<ReadHead>(&effect)) {
    HeadRead head{read->scope, seq_, records.size(), Digest(), {set_aside.begin(), set_aside.end()}};
    std::set<RecordId> without = set_aside;
    without.insert(read->also_without.begin(), read->also_without.end());
    for (const RecordId& id : without) {
      if (!records.contains(id)) continue;
      head.digest -= VersionOf(records.at(id));
      head.digest -= Hash128{id.bytes[15], 0};
    }
    return head;
  }
  if (const auto* read = std::get_if<ReadBuckets>(&effect)) {
    BucketsRead buckets{read->scope, {}};
    for (const auto& [id, record] : records) {
      buckets.buckets.push_back({uint32_t{id.bytes[15]} % 4, 1, VersionOf(record)});
    }
    return buckets;
  }
  if (const auto* read = std::get_if<ReadVersions>(&effect)) {
    VersionsRead versions{read->scope, read->bucket, {}};
    for (const auto& [id, record] : records) {
      if (id.bytes[15] % 4 == read->bucket) versions.entries.push_back({id, VersionOf(record)});
    }
    return versions;
  }
  if (const auto* build = std::get_if<BuildRepair>(&effect)) {
    return RepairBuilt{build->scope, 1, records.contains(build->ids[0]) ? Encode({build->ids[0]}) : ""};
  }
  if (const auto* apply = std::get_if<ApplyRepair>(&effect)) {
    ApplyFrame as_frame;
    as_frame.frame.body = apply->repair.body;
    as_frame.frame.prev = UINT64_MAX;
    const Event applied = Do(as_frame);
    return RepairApplied{apply->repair.scope, apply->repair.number, std::get<FrameApplied>(applied).changed};
  }
  if (const auto* verdict = std::get_if<Verdict>(&effect)) verdicts.push_back(verdict->equal);
  if (const auto* close = std::get_if<Close>(&effect)) closed = *close;
  return std::nullopt;
}

namespace {

SessionConfig Filled(SessionConfig config, Side side) {
  config.side = side;
  if (config.scopes.empty()) config.scopes.push_back({"F1"});
  return config;
}

}  // namespace

Ends::Ends(FakeStore* site_store, FakeStore* server_store, SessionConfig site_config,
           SessionConfig server_config)
    : site(Filled(std::move(site_config), Side::kSite)),
      server(Filled(std::move(server_config), Side::kServer)),
      site_store(site_store),
      server_store(server_store) {}

void Ends::Step(Session* session, FakeStore* store, std::deque<SyncMessage>* out, Event event) {
  std::deque<Event> events{std::move(event)};
  while (!events.empty()) {
    const Effects effects = session->Step(std::move(events.front()));
    events.pop_front();
    for (const Effect& effect : effects) {
      if (const auto* send = std::get_if<Send>(&effect)) {
        out->push_back(send->message);
      } else if (std::optional<Event> result = store->Perform(effect)) {
        events.push_back(*std::move(result));
      }
    }
  }
}

bool Ends::DeliverOne() {
  const bool any = !to_server.empty() || !to_site.empty();
  if (!to_server.empty()) {
    said.push_back(to_server.front());
    to_server.pop_front();
    StepServer(Received{said.back()});
  }
  if (!to_site.empty()) {
    said.push_back(to_site.front());
    to_site.pop_front();
    StepSite(Received{said.back()});
  }
  return any;
}

void Ends::Settle() {
  if (!std::exchange(started_, true)) StepSite(Started{});
  for (int i = 0; i < 10'000 && DeliverOne(); ++i) {
  }
}

void Ends::Tick(int64_t steady_ms) {
  StepSite(Ticked{steady_ms});
  StepServer(Ticked{steady_ms});
}

}  // namespace trellis
