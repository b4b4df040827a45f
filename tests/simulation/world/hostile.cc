// What a hostile site with a valid certificate may say.
#include <algorithm>
#include <iterator>
#include <utility>

#include "tests/simulation/world/workload.h"
#include "tests/simulation/world/world.h"

namespace trellis::simulation {
namespace {

// Everything a lie may be made of.
struct Lie {
  uint64_t detail = 0;
  std::string own;                  // its scope
  std::vector<std::string> others;  // scopes it was not granted
  Epoch server_epoch = 0;
  const FrameCodec* codec = nullptr;

  const std::string& Other() const { return others[detail % others.size()]; }
};

void ForgeItems(Frame* frame, const Lie& lie, void (*forge)(Delta*, const Lie&)) {
  absl::StatusOr<std::vector<Delta>> items = lie.codec->Decode(frame->scope, frame->epoch, 0, frame->body);
  if (!items.ok() || items->empty()) return;
  forge(&(*items)[lie.detail % items->size()], lie);
  frame->body = lie.codec->Encode(frame->scope, frame->epoch, 0, *items);
}

void OtherBytes(Delta* item, const Lie&) {
  for (Cell& cell : item->cells) {
    for (Sibling& sibling : cell.siblings) sibling.bytes = TextValue(cell.key.field, "lie");
  }
}
void WritesNeverMade(Delta* item, const Lie& lie) {
  item->context.Raise({lie.detail | 1, 7});
  item->context.Raise({lie.server_epoch, 1'000'000});
}
void ServersWriter(Delta* item, const Lie& lie) {
  for (Cell& cell : item->cells) {
    for (Sibling& sibling : cell.siblings) sibling.dot = {lie.server_epoch, lie.detail % 3};
  }
  item->context.Raise({lie.server_epoch, 3});
}
void LoseOrder(Delta* item, const Lie&) { std::reverse(item->cells.begin(), item->cells.end()); }

void Alter(Hello* hello, const Lie& lie) {
  for (const std::string& other : lie.others) {
    ScopeOpening claim;
    claim.scope = other;
    claim.lineage = {{hello->boot, 1}};
    hello->scopes.push_back(std::move(claim));
  }
  if (lie.detail % 7 == 0 && !hello->scopes.empty()) hello->scopes.push_back(hello->scopes.front());
  if (lie.detail % 5 == 0 && !hello->scopes.empty()) hello->scopes.front().lineage.clear();
}

void Alter(Frame* frame, const Lie& lie) {
  switch (lie.detail / 64 % 12) {
    case 0:
      frame->scope = lie.Other();
      break;
    case 1:
      frame->prev += lie.detail % 5;
      frame->hi += lie.detail % 9;
      break;
    case 2:
      frame->prev = frame->prev > lie.detail % 4 ? frame->prev - lie.detail % 4 : 0;
      break;
    case 3:
      frame->body.resize(frame->body.size() * (lie.detail % 16) / 16);
      break;
    case 4:
      if (!frame->body.empty()) frame->body[lie.detail % frame->body.size()] ^= 0x40;
      break;
    case 5:
      frame->items += 1 + lie.detail % 1000;
      break;
    case 6:
      ForgeItems(frame, lie, OtherBytes);
      break;
    case 7:
      ForgeItems(frame, lie, WritesNeverMade);
      break;
    case 8:
      ForgeItems(frame, lie, ServersWriter);
      break;
    case 9:
      ForgeItems(frame, lie, LoseOrder);
      break;
    case 10:
      frame->lane = static_cast<uint8_t>(lie.detail);
      break;
    default:
      frame->epoch ^= lie.detail;
      break;
  }
}

void Alter(Ack* ack, const Lie& lie) {
  ack->cursor += lie.detail % 100;
  if (lie.detail % 3 == 0) ack->number += 1;
  if (lie.detail % 5 == 0) ack->nacks.push_back(IdOfNumber(lie.own, lie.detail % 5));
}

void Alter(AtHead* head, const Lie& lie) {
  head->your_cursor += lie.detail % 50;
  if (lie.detail % 3 == 0) head->seq += 1'000;
  if (lie.detail % 4 == 0) head->digest.low ^= lie.detail;
  if (lie.detail % 7 == 0) head->scope = lie.Other();
}

void Alter(RepairAck* ack, const Lie& lie) { ack->number += lie.detail; }
void Alter(Narrow* narrow, const Lie& lie) { narrow->scope = lie.Other(); }
void Alter(Versions* versions, const Lie& lie) { versions->bucket = static_cast<uint32_t>(lie.detail); }
void Alter(Repair* repair, const Lie& lie) { repair->scope = lie.Other(); }
void Alter(Welcome*, const Lie&) {}
void Alter(Receipt*, const Lie&) {}
void Alter(Bye*, const Lie&) {}

}  // namespace

void World::Corrupt(Connection* link, size_t way, uint64_t detail) {
  if (link->up.empty()) return;
  Lie lie;
  lie.detail = detail;
  lie.own = store(link->site).name();
  lie.server_epoch = store(kServer).replica()->epoch();
  lie.codec = &codec_;
  for (const auto& other : stores_) {
    for (const ScopeGrant& grant : other->grants()) {
      if (store(link->site).GrantOf(grant.scope) == nullptr) lie.others.push_back(grant.scope);
    }
  }
  lie.others.push_back(lie.own + "!district");
  lie.others.push_back(lie.own + "0");
  situations_.Add(Situation::kHostileMessage);
  switch (way % kHostileWays) {
    case 0: {
      Versions question;
      question.scope = lie.Other();
      question.reply = detail % 2 == 0;
      link->up.push_front(std::move(question));
      break;
    }
    case 1:
      link->up.push_front(link->up.front());
      break;
    case 2:
      link->up.pop_front();
      break;
    default:
      if (config_.columns) break;
      std::visit([&](auto& message) { Alter(&message, lie); }, link->up.front());
      break;
  }
}

}  // namespace trellis::simulation
