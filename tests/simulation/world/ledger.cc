#include "tests/simulation/world/ledger.h"

#include <algorithm>

#include "fmt/format.h"

namespace trellis::simulation {
namespace {

std::string Name(const Dot& dot) { return fmt::format("{:x}:{}", dot.writer, dot.n); }

}  // namespace

void Ledger::Note(const RecordKey& record, CellFact fact, bool acknowledged) {
  const auto [owner, is_new] = dots_.try_emplace({record.first, fact.dot}, record.second);
  std::vector<CellFact>& facts = records_[record];
  const bool again = std::any_of(facts.begin(), facts.end(),
                                 [&](const CellFact& f) { return f.dot == fact.dot && f.cell == fact.cell; });
  if ((!is_new && owner->second != record.second) || again) {
    collision_ = fmt::format("dot {} of scope {} was given twice", Name(fact.dot), record.first);
  }
  uint64_t& last = last_n_[{record.first, fact.dot.writer}];
  last = std::max(last, fact.dot.n);
  if (acknowledged) acknowledged_[record].insert(fact.dot);
  facts.push_back(std::move(fact));
}

std::map<CellKey, std::set<Dot>> Ledger::Expected(const RecordKey& record, const Context& context) const {
  std::map<CellKey, std::set<Dot>> expected;
  const auto it = records_.find(record);
  if (it == records_.end()) return expected;
  std::vector<const CellFact*> reflected;
  bool erased = false;
  for (const CellFact& fact : it->second) {
    if (!context.Covers(fact.dot)) continue;
    reflected.push_back(&fact);
    erased = erased || fact.erases;
  }
  for (const CellFact* fact : reflected) {
    if (erased) {
      if (fact->erases) expected[fact->cell].insert(fact->dot);
      continue;
    }
    if (fact->removes) continue;
    const bool superseded = std::any_of(reflected.begin(), reflected.end(), [&](const CellFact* other) {
      return other != fact && other->cell == fact->cell && other->seen.Covers(fact->dot);
    });
    if (!superseded) expected[fact->cell].insert(fact->dot);
  }
  return expected;
}

bool Ledger::WasWritten(const RecordKey& record, const CellKey& cell, const Sibling& sibling) const {
  const auto facts = records_.find(record);
  return facts != records_.end() &&
         std::any_of(facts->second.begin(), facts->second.end(), [&](const CellFact& f) {
           return f.dot == sibling.dot && f.cell == cell && f.bytes == sibling.bytes;
         });
}

uint64_t Ledger::LastOf(const std::string& scope, Writer writer) const {
  const auto last = last_n_.find({scope, writer});
  return last != last_n_.end() ? last->second : 0;
}

std::optional<std::string> Ledger::CheckOwned(const RecordKey& record, const RecordState& state,
                                              const std::set<Writer>& writers) const {
  const std::string name = fmt::format("{}/{}", record.first, record.second.ToString());
  for (const Context::Entry& entry : state.context.entries()) {
    if (!writers.contains(entry.writer) || entry.n <= LastOf(record.first, entry.writer)) continue;
    return fmt::format("{} was made to name write {:x}:{}, which was never made", name, entry.writer,
                       entry.n);
  }
  for (const Cell& cell : state.cells) {
    for (const Sibling& sibling : cell.siblings) {
      if (!writers.contains(sibling.dot.writer) || WasWritten(record, cell.key, sibling)) continue;
      return fmt::format("field {} of {} passes off a lie as {}", cell.key.field, name, Name(sibling.dot));
    }
  }
  return std::nullopt;
}

std::optional<std::string> Ledger::Check(const RecordKey& record, const RecordState& state) const {
  const std::string name = fmt::format("{}/{}", record.first, record.second.ToString());
  for (const Context::Entry& entry : state.context.entries()) {
    if (entry.n > LastOf(record.first, entry.writer)) {
      return fmt::format("the context of {} names write {:x}:{}, which was never made", name, entry.writer,
                         entry.n);
    }
  }
  const std::map<CellKey, std::set<Dot>> expected = Expected(record, state.context);
  std::map<CellKey, std::set<Dot>> held;
  for (const Cell& cell : state.cells) {
    for (const Sibling& sibling : cell.siblings) {
      held[cell.key].insert(sibling.dot);
      if (!WasWritten(record, cell.key, sibling)) {
        return fmt::format("field {} of {} holds under {} what was never written so", cell.key.field, name,
                           Name(sibling.dot));
      }
    }
  }
  if (held == expected) return std::nullopt;
  std::string difference;
  for (const auto& [cell, dots] : expected) {
    for (const Dot& dot : dots) {
      if (!held[cell].contains(dot))
        difference += fmt::format(" missing {} in field {}", Name(dot), cell.field);
    }
  }
  for (const auto& [cell, dots] : held) {
    const auto due = expected.find(cell);
    for (const Dot& dot : dots) {
      if (due == expected.end() || !due->second.contains(dot)) {
        difference += fmt::format(" superfluous {} in field {}", Name(dot), cell.field);
      }
    }
  }
  return fmt::format("{} does not hold its maximal writes:{}", name, difference);
}

uint64_t Ledger::Missing(const RecordKey& record, const Context& context) const {
  const auto it = acknowledged_.find(record);
  if (it == acknowledged_.end()) return 0;
  return static_cast<uint64_t>(
      std::count_if(it->second.begin(), it->second.end(), [&](const Dot& d) { return !context.Covers(d); }));
}

uint64_t Ledger::CountBetween(const RecordKey& record, const Context& lower, const Context& upper,
                              const std::set<Writer>& writers) const {
  const auto it = acknowledged_.find(record);
  if (it == acknowledged_.end()) return 0;
  return static_cast<uint64_t>(std::count_if(it->second.begin(), it->second.end(), [&](const Dot& d) {
    return writers.contains(d.writer) && upper.Covers(d) && !lower.Covers(d);
  }));
}

}  // namespace trellis::simulation
