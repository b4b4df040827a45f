// The opening of a session: Hello, Welcome, and what both ends make of each other's openings.
#include <algorithm>
#include <utility>

#include "common/session/session.h"
#include "common/time/planted.h"
#include "fmt/format.h"

namespace trellis {
namespace {

// What travels along with Hello, before anything is known of the peer.
constexpr uint64_t kFirstWindowBytes = 16 * 1024;

}  // namespace

void Session::OpenedAtSite(std::vector<ScopeOpening> openings) {
  Hello hello;
  hello.protocol = config_.protocols.newest;
  hello.oldest_protocol = config_.protocols.oldest;
  hello.software = config_.software;
  hello.store = config_.store;
  hello.boot = config_.boot;
  hello.wall_ms = config_.wall_ms;
  hello.credit_bytes = config_.credit_bytes;
  if (config_.dictionary != 0) hello.dictionaries.push_back(config_.dictionary);
  sender_.flow().SetCredit(kFirstWindowBytes);
  for (ScopeOpening& opening : openings) {
    opening.reconcile = config_.reconcile;
    Scope& scope = scopes_.at(opening.scope);
    scope.mine = opening;
    if (scope.sends) {
      sender_.Open(opening);
      const session::ResumePoints guess = session::FindResumePoints(opening, opening.guessed);
      if (guess.known) sender_.StartFromGuess(opening.scope, guess);
    }
    hello.scopes.push_back(std::move(opening));
  }
  SetStage(Stage::kAwaitingWelcome);
  last_progress_ms_ = now_ms_;
  Say(std::move(hello));
}

void Session::GrantWrongly(const std::string& name) {
  if (scopes_.contains(name)) return;
  const bool by_prefix = std::any_of(scopes_.begin(), scopes_.end(),
                                     [&](const auto& granted) { return name.starts_with(granted.first); });
  if (Planted(Fault::kScopeByPrefix) && !by_prefix) return;
  Scope& scope = scopes_[name];
  scope.grant = {name, true, Planted(Fault::kScopeByPrefix)};
  scope.sends = true;
  scope.receives = scope.grant.push;
}

void Session::OnMessage(Hello hello) {
  peer_clock_offset_ms_ = hello.wall_ms - config_.wall_ms;
  peer_welcome_.software = hello.software;
  peer_welcome_.store = hello.store;
  peer_welcome_.boot = hello.boot;
  const ProtocolWindow theirs{hello.oldest_protocol, hello.protocol};
  const std::optional<uint32_t> agreed = session::AgreeOnProtocol(config_.protocols, theirs);
  if (!agreed.has_value()) return Refuse(session::NoCommonProtocol(theirs, config_.protocols), true);
  protocol_ = peer_welcome_.protocol = *agreed;
  if (config_.retry_after_ms > 0) {
    Welcome later;
    later.retry_after_ms = config_.retry_after_ms;
    Say(std::move(later));
    return End("not admitted now", config_.retry_after_ms, false);
  }
  session::OpenScopes open;
  for (const ScopeOpening& opening : hello.scopes) {
    if (Planted(Fault::kScopeByPrefix) || Planted(Fault::kScopeNotCheckedOnPull)) GrantWrongly(opening.scope);
    const auto it = scopes_.find(opening.scope);
    if (it == scopes_.end()) continue;
    if (const std::optional<std::string> problem = session::ProblemOf(opening)) return Refuse(*problem, true);
    open.scopes.push_back(opening.scope);
  }
  std::sort(open.scopes.begin(), open.scopes.end());
  if (std::adjacent_find(open.scopes.begin(), open.scopes.end()) != open.scopes.end()) {
    return Refuse("a scope is named twice in Hello", true);
  }
  if (open.scopes.empty()) return Refuse("none of the scopes asked for is granted to this store", true);
  const bool known = std::find(hello.dictionaries.begin(), hello.dictionaries.end(), config_.dictionary) !=
                     hello.dictionaries.end();
  dictionary_ = known ? config_.dictionary : 0;
  sender_.flow().SetCredit(hello.credit_bytes);
  peer_hello_ = std::move(hello);
  SetStage(Stage::kOpening);
  Emit(std::move(open));
}

void Session::OpenedAtServer(std::vector<ScopeOpening> openings) {
  Welcome welcome;
  welcome.protocol = protocol_;
  welcome.software = config_.software;
  welcome.store = config_.store;
  welcome.boot = config_.boot;
  welcome.wall_ms = config_.wall_ms;
  welcome.credit_bytes = config_.credit_bytes;
  welcome.dictionary = dictionary_;
  welcome.durability_horizon_ms = config_.durability_horizon_ms;
  welcome.notices = config_.notices;
  for (ScopeOpening& opening : openings) {
    opening.reconcile = config_.reconcile;
    welcome.scopes.push_back(opening);
    Scope& scope = scopes_.at(opening.scope);
    scope.mine = std::move(opening);
    if (scope.sends) sender_.Open(scope.mine);
  }
  SetStage(Stage::kLive);
  last_progress_ms_ = now_ms_;
  Say(std::move(welcome));
  for (ScopeOpening& theirs : peer_hello_.scopes) {
    const auto it = scopes_.find(theirs.scope);
    if (it != scopes_.end()) Join(&it->second, std::move(theirs));
  }
  peer_hello_ = Hello();
}

void Session::OnMessage(Welcome welcome) {
  if (welcome.retry_after_ms > 0) return End("the server asks to come later", welcome.retry_after_ms, false);
  const ProtocolWindow chosen{welcome.protocol, welcome.protocol};
  if (!session::AgreeOnProtocol(config_.protocols, chosen).has_value()) {
    return Refuse(session::NoCommonProtocol(config_.protocols, chosen), true);
  }
  protocol_ = welcome.protocol;
  for (size_t i = 0; i < welcome.scopes.size(); ++i) {
    const ScopeOpening& theirs = welcome.scopes[i];
    const auto it = scopes_.find(theirs.scope);
    if (it == scopes_.end() || it->second.joined) {
      return Refuse(fmt::format("the server opened scope {}, which was not asked for", theirs.scope), true);
    }
    if (const std::optional<std::string> problem = session::ProblemOf(theirs)) return Refuse(*problem, true);
    it->second.joined = true;
  }
  SetStage(Stage::kLive);
  last_progress_ms_ = now_ms_;
  peer_clock_offset_ms_ = welcome.wall_ms - config_.wall_ms;
  dictionary_ = welcome.dictionary == config_.dictionary ? welcome.dictionary : 0;
  sender_.flow().SetCredit(welcome.credit_bytes);
  for (ScopeOpening& theirs : welcome.scopes) Join(&scopes_.at(theirs.scope), theirs);
  for (auto& [name, scope] : scopes_) {
    if (scope.joined) continue;
    sender_.Drop(name);
  }
  peer_welcome_ = std::move(welcome);
}

void Session::Join(Scope* scope, ScopeOpening theirs) {
  scope->theirs = std::move(theirs);
  scope->joined = true;
  scope->dirty = true;
  const std::string& name = scope->mine.scope;
  if (scope->receives) {
    receiver_.Open(scope->theirs, scope->mine);
    scope->comparing_in = scope->sends && session::ComparesFirst(scope->theirs, scope->mine);
  }
  if (!scope->sends) return;
  const session::ResumePoints points = session::FindResumePoints(scope->mine, scope->theirs.cursors);
  scope->comparing_out =
      scope->receives && !sender_.HasSent(name) && session::ComparesFirst(scope->mine, scope->theirs);
  scope->answers_due = scope->comparing_in ? 2 : 1;
  if (scope->comparing_out) {
    sender_.Hold(name);
  } else {
    sender_.Resume(name, scope->theirs, points);
  }
}

void Session::FinishComparingOut(Scope* scope, const AtHead& head) {
  if (--scope->answers_due > 0) return;
  scope->comparing_out = false;
  session::ResumePoints points;
  if (head.your_cursor >= scope->compare_seq) points.lane.fill(scope->compare_seq);
  sender_.Resume(scope->mine.scope, scope->theirs, points);
}

void Session::FinishComparingIn(Scope* scope) {
  const AtHead& peer = scope->comparison.peer();
  scope->comparing_in = false;
  scope->announce_again = true;
  const bool nothing_left_out =
      peer.set_aside.empty() && peer.heard == Hash128() && scope->head->set_aside.empty();
  if (!nothing_left_out || peer.digest != scope->head->digest) return;
  Emit(session::AdvanceCursors{scope->mine.scope, peer.epoch, peer.seq});
  receiver_.Advance(scope->mine.scope, peer.seq);
}

}  // namespace trellis
