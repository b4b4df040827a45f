// The truth about writes, kept beside the stores: what each write was, and what its author had seen.
//
// A store reflects a write iff its record's context covers the write's dot. Of the writes reflected, a cell
// must show exactly the maximal ones: those no reflected write to the same cell had seen.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/causal/record_state.h"
#include "tests/simulation/world/store.h"

namespace trellis::simulation {

struct CellFact {
  CellKey cell;
  Dot dot;
  Context seen;       // the record's context at its author before the write
  std::string bytes;  // empty: the value was taken out
  bool removes = false;
  bool erases = false;  // the lifecycle mark of an erasure
};

class Ledger {
 public:
  void Note(const RecordKey& record, CellFact fact, bool acknowledged);

  bool Knows(const std::string& scope, const Dot& dot) const { return dots_.contains({scope, dot}); }
  // What a state with this context must hold in each cell; cells left out are empty.
  std::map<CellKey, std::set<Dot>> Expected(const RecordKey& record, const Context& context) const;
  // nullopt if the state holds exactly the maximal writes its context reflects, each with its own content.
  std::optional<std::string> Check(const RecordKey& record, const RecordState& state) const;
  // Where liars write too: nullopt if all that the state says of these writers' writes is true.
  std::optional<std::string> CheckOwned(const RecordKey& record, const RecordState& state,
                                        const std::set<Writer>& writers) const;
  // Acknowledged writes that a context does not reflect.
  uint64_t Missing(const RecordKey& record, const Context& context) const;

  // Acknowledged writes of these writers that `upper` reflects and `lower` does not.
  uint64_t CountBetween(const RecordKey& record, const Context& lower, const Context& upper,
                        const std::set<Writer>& writers) const;

  const std::map<RecordKey, std::vector<CellFact>>& records() const { return records_; }
  // A dot was given two contents, or one dot was given twice.
  const std::optional<std::string>& collision() const { return collision_; }

 private:
  bool WasWritten(const RecordKey& record, const CellKey& cell, const Sibling& sibling) const;
  uint64_t LastOf(const std::string& scope, Writer writer) const;

  std::map<RecordKey, std::vector<CellFact>> records_;
  std::map<RecordKey, std::set<Dot>> acknowledged_;
  std::map<std::pair<std::string, Dot>, RecordId> dots_;
  std::map<std::pair<std::string, Writer>, uint64_t> last_n_;
  std::optional<std::string> collision_;
};

}  // namespace trellis::simulation
