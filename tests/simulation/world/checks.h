// The promises, looked at from outside: apart from what makes the history, so that neither hides the other.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "tests/simulation/world/world.h"

namespace trellis::simulation {

// nullopt: kept. Otherwise what is broken, in words.
using Verdict = std::optional<std::string>;

// A promise about one open store, added to those below.
class StoreCheck {
 public:
  virtual ~StoreCheck() = default;
  virtual Verdict Check(const Replica& replica) const = 0;
};

// Each record holds its maximal writes; digest, buckets, counts and indexes are what a recomputation gives;
// one feed entry a record; a stamp was lowered by the server or not at all; the site holds no scope it was
// not granted.
Verdict CheckStore(World* world, int store);

// No row of the store holds a value of a scope that was not granted.
Verdict CheckTaint(World* world, int store);

// What a live site claims to have pushed is at the server, and what it pulled is here. Set-aside ids aside.
Verdict CheckClaims(World* world, const Connection& link);

// Durable cursors never go back, nor grow in number without end, while a folder goes on (a restored one
// begins anew).
class CursorWatch {
 public:
  Verdict Check(World* world, int store);
  // The store was restored.
  void Forget(int store);

 private:
  using Key = std::tuple<int, std::string, std::string, Epoch, Lane>;  // store, peer, scope, epoch, lane
  std::map<Key, uint64_t> seen_;
};

// Whether only honest stores write the scope. What the others make of theirs is their own affair.
bool Honest(const World& world, const std::string& scope);

// The writes that some store still holds, as a context for each record.
std::map<RecordKey, Context> Survivors(World* world);

// Every end of every two-way scope says: verified.
bool AllVerified(World* world);

// At quiescence: every store of a scope holds the same states, and they reflect every survivor.
Verdict CheckConverged(World* world, const std::map<RecordKey, Context>& survivors);

// Everything the server sends from the start on, applied again, changes nothing.
Verdict CheckAgainChangesNothing(World* world);

// Acknowledged writes that no survivor reflects.
uint64_t CountLost(const World& world, const std::map<RecordKey, Context>& survivors);

// What the end shows: for the table of situations.
void CountOutcomes(World* world);

}  // namespace trellis::simulation
