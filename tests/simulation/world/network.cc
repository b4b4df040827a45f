// The links of a World: opening, delivering, cutting.
#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "tests/simulation/world/workload.h"
#include "tests/simulation/world/world.h"

namespace trellis::simulation {
namespace {

// Deliveries after which a conversation is held never to end.
constexpr int kEndlessDeliveries = 50'000;

struct ScopeName {
  std::string operator()(const Hello&) const { return ""; }
  std::string operator()(const Welcome&) const { return ""; }
  std::string operator()(const Bye&) const { return ""; }
  template <typename Message>
  std::string operator()(const Message& message) const {
    return message.scope;
  }
};

struct InWords {
  std::string operator()(const Hello& m) const { return fmt::format("Hello, {} scopes", m.scopes.size()); }
  std::string operator()(const Welcome& m) const {
    return fmt::format("Welcome, {} scopes", m.scopes.size());
  }
  std::string operator()(const Frame& m) const {
    return fmt::format("Frame {} {} lane {} ({}, {}] {} items{}", m.number, m.scope, m.lane, m.prev, m.hi,
                       m.items, m.lane_end ? ", end" : "");
  }
  std::string operator()(const Ack& m) const {
    return fmt::format("Ack {} {} lane {} cursor {}, {} nacks, {} set aside{}", m.number, m.scope, m.lane,
                       m.cursor, m.nacks.size(), m.set_aside.size(), m.retry_after_ms > 0 ? ", put off" : "");
  }
  std::string operator()(const AtHead& m) const {
    return fmt::format("AtHead {} seq {} yours {} digest {:x}{}", m.scope, m.seq, m.your_cursor, m.digest.low,
                       m.complete ? "" : ", to compare");
  }
  std::string operator()(const Narrow& m) const {
    return fmt::format("Narrow {} {} buckets", m.scope, m.buckets.size());
  }
  std::string operator()(const Versions& m) const {
    return fmt::format("Versions {} bucket {} {} entries{}", m.scope, m.bucket, m.entries.size(),
                       m.reply ? ", reply" : "");
  }
  std::string operator()(const Repair& m) const { return fmt::format("Repair {} {}", m.number, m.scope); }
  std::string operator()(const RepairAck& m) const {
    return fmt::format("RepairAck {} {}", m.number, m.scope);
  }
  std::string operator()(const Receipt& m) const { return fmt::format("Receipt {}", m.scope); }
  std::string operator()(const Bye& m) const { return fmt::format("Bye: {}", m.reason); }
};

uint64_t Essence(const SyncMessage& message) {
  uint64_t essence = message.index();
  const auto mix = [&](uint64_t part) { essence = essence * 0x9e3779b97f4a7c15u + part; };
  if (const auto* frame = std::get_if<Frame>(&message)) {
    for (const uint64_t part : {frame->number, frame->hi, frame->epoch, uint64_t{frame->items}}) mix(part);
  } else if (const auto* ack = std::get_if<Ack>(&message)) {
    for (const uint64_t part : {ack->number, ack->cursor, uint64_t{ack->nacks.size()}}) mix(part);
  } else if (const auto* head = std::get_if<AtHead>(&message)) {
    for (const uint64_t part : {head->seq, head->your_cursor, head->digest.low}) mix(part);
  }
  return essence;
}

}  // namespace

std::string ScopeOf(const SyncMessage& message) { return std::visit(ScopeName(), message); }
std::string Describe(const SyncMessage& message) { return std::visit(InWords(), message); }

ExchangeConfig World::ConfigOf(int index, const Store& site) const {
  const Store& self = *stores_[static_cast<size_t>(index)];
  ExchangeConfig config;
  config.side = self.side();
  config.peer = index == kServer ? site.certificate() : "server";
  config.store = self.name();
  config.software = "simulation";
  config.district_key = district_.key;
  config.scopes = site.grants();
  if (index == kServer) {
    config.admit = config_.server_admits;
    config.writers = WriterRule{config_.voucher_key, site.certificate()};
  }
  if (index != kServer) {
    config.frame_bytes = self.flow.frame_bytes;
    config.window_bytes = self.flow.window_bytes;
  }
  config.reconcile = self.rescue()->active();
  if (!config_.columns) config.codec = &codec_;
  return config;
}

void World::Connect(int site) {
  situations_.Add(Situation::kConnect);
  auto link = std::make_unique<Connection>();
  link->site = site;
  link->number = next_link_++;
  Store& site_store = store(site);
  Store& server_store = store(kServer);
  link->site_end =
      std::make_unique<Exchange>(site_store.replica(), site_store.clock(), ConfigOf(site, site_store));
  link->server_end =
      std::make_unique<Exchange>(server_store.replica(), server_store.clock(), ConfigOf(kServer, site_store));
  if (trace) trace(fmt::format("link {}: {} connects", link->number, site_store.name()));
  for (const auto& other : links_) {
    if (other->site == site) situations_.Add(Situation::kTwoSessionsOfOneStore);
  }
  links_.push_back(std::move(link));
  Connection* opened = links_.back().get();
  opened->site_end->Start();
  Collect(opened, true);
}

Connection* World::LinkOf(int site) {
  for (const auto& link : links_) {
    if (link->site == site && !link->cut) return link.get();
  }
  return nullptr;
}

void World::Collect(Connection* link, bool site_side) {
  std::unique_ptr<Exchange>& end = site_side ? link->site_end : link->server_end;
  std::deque<SyncMessage>& queue = site_side ? link->up : link->down;
  for (SyncMessage& message : end->TakeOutgoing()) {
    if (!site_side && link->cut) continue;
    CountSent(message, *link, site_side);
    queue.push_back(std::move(message));
  }
  CheckQueue(queue);
  const int index = site_side ? link->site : kServer;
  const Exchange* told = end.get();
  if (end->closed()) end.reset();
  TellOthers(index, told);
}

void World::TellOthers(int index, const Exchange* except) {
  const std::set<std::string> scopes = store(index).TakeCommitted();
  if (scopes.empty()) return;
  for (size_t i = 0; i < links_.size(); ++i) {
    Connection* link = links_[i].get();
    if (index != kServer && link->site != index) continue;
    const bool site_side = index != kServer;
    std::unique_ptr<Exchange>& end = site_side ? link->site_end : link->server_end;
    if (end == nullptr || end.get() == except) continue;
    for (const std::string& scope : scopes) end->LocalCommit(scope);
    std::deque<SyncMessage>& queue = site_side ? link->up : link->down;
    for (SyncMessage& message : end->TakeOutgoing()) {
      if (!site_side && link->cut) continue;
      CountSent(message, *link, site_side);
      queue.push_back(std::move(message));
    }
    if (end->closed()) end.reset();
  }
}

void World::CountSent(const SyncMessage& message, const Connection& link, bool up) {
  const auto* frame = std::get_if<Frame>(&message);
  if (frame == nullptr || config_.columns || !config_.count_sent) return;
  const absl::StatusOr<std::vector<Delta>> items = codec_.Decode(frame->scope, frame->epoch, 0, frame->body);
  if (!items.ok()) return;
  const uint64_t before = sent_twice_.again();
  sent_twice_.OnFrame(fmt::format("{}{}", up ? "up" : "down", link.site), frame->scope, *items,
                      frame->body.size());
  situations_.Add(Situation::kTwiceSent, sent_twice_.again() - before);
}

std::optional<std::string> World::CheckSentTwice() const {
  return config_.count_sent ? sent_twice_.Check() : std::nullopt;
}

void World::CheckQueue(const std::deque<SyncMessage>& queue) {
  size_t bytes = 0;
  size_t frames = 0;
  for (const SyncMessage& message : queue) {
    if (const auto* frame = std::get_if<Frame>(&message)) bytes += frame->body.size(), ++frames;
    if (const auto* repair = std::get_if<Repair>(&message)) bytes += repair->body.size(), ++frames;
  }
  if (frames > 1 && bytes > FlowLimits::kMaxWindowBytes)
    Fail(fmt::format("{} bytes wait on one link", bytes));
}

// No scope reaches whom it was not granted, and no value the records of another scope.
void World::CheckWall(const SyncMessage& message, const Connection& link, bool up) {
  const Store& site = store(link.site);
  if (!up) CheckTaint(message, site);
  const std::string scope = ScopeOf(message);
  if (scope.empty() || (up && site.hostile)) return;
  const ScopeGrant* grant = site.GrantOf(scope);
  if (grant == nullptr) {
    Fail(fmt::format("{} and the server spoke of scope {}", site.name(), scope));
  } else if (!grant->pull && !up &&
             (std::holds_alternative<Frame>(message) || std::holds_alternative<Repair>(message))) {
    Fail(fmt::format("records of scope {} came down to {}", scope, site.name()));
  }
}

void World::CheckTaint(const SyncMessage& message, const Store& site) {
  std::string said;
  if (const auto* frame = std::get_if<Frame>(&message)) {
    said = frame->body;
  } else if (const auto* repair = std::get_if<Repair>(&message)) {
    said = repair->body;
  } else if (const auto* bye = std::get_if<Bye>(&message)) {
    said = bye->reason;
  } else if (const auto* ack = std::get_if<Ack>(&message)) {
    for (const SetAsideNotice& notice : ack->set_aside) said += notice.reason;
  } else if (const auto* welcome = std::get_if<Welcome>(&message)) {
    for (const ScopeOpening& opening : welcome->scopes) said += TaintOf(opening.scope);
  }
  for (size_t at = said.find('@'); at != std::string::npos; at = said.find('@', at + 1)) {
    const size_t end = said.find(';', at);
    if (end == std::string::npos || end - at > 40) continue;
    const std::string scope = said.substr(at + 1, end - at - 1);
    const ScopeGrant* grant = site.GrantOf(scope);
    const bool known = scopes_known_.contains(scope);
    if (known && grant == nullptr) Fail(fmt::format("{} was sent a value of scope {}", site.name(), scope));
  }
}

void World::CountOnDelivery(const SyncMessage& message, const Connection& link, bool up) {
  if (std::holds_alternative<Frame>(message)) {
    situations_.Add(Situation::kFrame);
    if (link.cut) situations_.Add(Situation::kLateDelivery);
    if (up) receipts_.insert(store(kServer).clock()->WallMs());
  } else if (const auto* ack = std::get_if<Ack>(&message)) {
    if (!ack->nacks.empty()) situations_.Add(Situation::kNack);
    // What was not stored goes out again, with all that was under way behind it.
    if (!ack->nacks.empty() || ack->retry_after_ms > 0) sent_twice_.Allow(FlowLimits::kMaxWindowBytes);
    if (!ack->set_aside.empty()) situations_.Add(Situation::kSetAside);
    if (ack->retry_after_ms > 0) situations_.Add(Situation::kPutOff);
  } else if (const auto* head = std::get_if<AtHead>(&message)) {
    if (!head->complete) situations_.Add(Situation::kComparedFirst);
  } else if (std::holds_alternative<Narrow>(message)) {
    situations_.Add(Situation::kNarrowed);
    if (trace) TraceDifferences(link.site, ScopeOf(message));
    if (!config_.repair_expected && !store(link.site).hostile)
      Fail(fmt::format("digests of {} differed at a valid cut", ScopeOf(message)));
  } else if (std::holds_alternative<Repair>(message)) {
    situations_.Add(Situation::kRepaired);
    if (up) receipts_.insert(store(kServer).clock()->WallMs());
  } else if (std::holds_alternative<Hello>(message)) {
    if (link.up.size() > 1) situations_.Add(Situation::kFrameWithHello);
  }
  if (trace) {
    trace(fmt::format("link {}: {} {} {}", link.number, store(link.site).name(), up ? "->" : "<-",
                      Describe(message)));
    if (std::holds_alternative<Frame>(message)) TraceItems(std::get<Frame>(message));
  }
}

void World::TraceItems(const Frame& frame) const {
  if (config_.columns) return;
  const absl::StatusOr<std::vector<Delta>> items = codec_.Decode(frame.scope, frame.epoch, 0, frame.body);
  for (const Delta& item : items.ok() ? *items : std::vector<Delta>()) {
    std::string words = fmt::format("  {} {}:", item.id.ToString(), item.whole ? "whole" : "delta");
    for (const Cell& cell : item.cells) {
      words += fmt::format(" field {}{}", cell.key.field, cell.key.element);
      for (const Sibling& s : cell.siblings) words += fmt::format(" {:x}:{}", s.dot.writer, s.dot.n);
    }
    trace(words);
  }
}

bool World::DeliverUp(Connection* link) {
  if (link->up.empty()) return false;
  CheckWall(link->up.front(), *link, true);
  CountOnDelivery(link->up.front(), *link, true);
  const SyncMessage message = std::move(link->up.front());
  link->up.pop_front();
  Note(10 + link->number, Essence(message));
  if (link->server_end == nullptr) return true;
  if (config_.fence && std::holds_alternative<Hello>(message)) {
    for (const auto& other : links_) {
      if (other.get() != link && other->site == link->site) other->server_end.reset();
    }
  }
  link->server_end->Receive(message);
  Collect(link, false);
  return true;
}

bool World::DeliverDown(Connection* link) {
  if (link->down.empty()) return false;
  CheckWall(link->down.front(), *link, false);
  CountOnDelivery(link->down.front(), *link, false);
  const SyncMessage message = std::move(link->down.front());
  link->down.pop_front();
  Note(11 + link->number, Essence(message));
  if (link->site_end == nullptr) return true;
  link->site_end->Receive(message);
  Collect(link, true);
  return true;
}

void World::CountCut(const Exchange& end) {
  const size_t bytes = end.Status().bytes_unacknowledged;
  // One record always fits; the largest of a history is far smaller than the smallest window.
  if (bytes > end.window_bytes())
    Fail(fmt::format("a cut cost {} bytes, the window is {}", bytes, end.window_bytes()));
  sent_twice_.Allow(end.window_bytes());
}

void World::Cut(Connection* link, bool late) {
  situations_.Add(Situation::kCut);
  Store& site = store(link->site);
  if (trace) trace(fmt::format("link {}: cut{}", link->number, late ? ", the server does not notice" : ""));
  if (link->site_end != nullptr) {
    const ExchangeStatus status = link->site_end->Status();
    if (status.bytes_unacknowledged > 0) situations_.Add(Situation::kCutUnacknowledged);
    CountCut(*link->site_end);
    site.flow = AfterCut({link->site_end->frame_bytes(), link->site_end->window_bytes()});
  }
  if (link->server_end != nullptr) CountCut(*link->server_end);
  const bool reply_lost = std::any_of(link->down.begin(), link->down.end(),
                                      [](const SyncMessage& m) { return std::holds_alternative<Ack>(m); });
  if (reply_lost) situations_.Add(Situation::kReplyLost);
  link->site_end.reset();
  link->down.clear();
  link->cut = true;
  if (!late) {
    link->up.clear();
    link->server_end.reset();
  }
  RemoveDeadLinks();
}

void World::DropLinksOf(int index) {
  for (const auto& link : links_) {
    if (index == kServer) {
      link->server_end.reset();
      link->up.clear();
      if (link->site_end != nullptr) {
        store(link->site).flow = AfterCut({link->site_end->frame_bytes(), link->site_end->window_bytes()});
      }
      link->site_end.reset();
    } else if (link->site == index) {
      link->site_end.reset();
      link->up.clear();
      link->server_end.reset();
    }
  }
  RemoveDeadLinks();
}

void World::RemoveDeadLinks() {
  std::erase_if(links_, [](const std::unique_ptr<Connection>& link) {
    if (link->site_end == nullptr && link->server_end == nullptr) return true;
    return link->cut && link->up.empty();
  });
}

void World::DropAllLinks() {
  for (const auto& link : links_) {
    for (const Exchange* end : {link->site_end.get(), link->server_end.get()}) {
      if (end != nullptr) CountCut(*end);
    }
  }
  links_.clear();
}

bool World::DeliverAll() {
  for (int delivered = 0; delivered < kEndlessDeliveries;) {
    bool any = false;
    for (size_t i = 0; i < links_.size(); ++i) {
      any |= DeliverUp(links_[i].get());
      any |= DeliverDown(links_[i].get());
      delivered += 2;
    }
    if (!any) {
      RemoveDeadLinks();
      return true;
    }
  }
  return false;
}

void World::Tick(int64_t ms) {
  Note(5, static_cast<uint64_t>(ms));
  for (const auto& store : stores_) store->clock()->Advance(ms);
  for (size_t i = 0; i < links_.size(); ++i) {
    Connection* link = links_[i].get();
    if (link->site_end != nullptr) {
      link->site_end->Tick();
      Collect(link, true);
    }
    if (link->server_end != nullptr) {
      link->server_end->Tick();
      Collect(link, false);
    }
  }
}

}  // namespace trellis::simulation
