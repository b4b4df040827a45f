// The state of one record as merge, storage and the wire know it: no schema, no policy.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/causal/context.h"
#include "common/record/hash.h"
#include "common/time/hybrid_time.h"

namespace trellis {

// Where a value stands in a record: a field, or one element of a set field.
struct CellKey {
  uint32_t field = 0;   // proto field number; 0 is the lifecycle cell
  std::string element;  // key of a set element; empty for a plain field
  friend auto operator<=>(const CellKey&, const CellKey&) = default;
};

inline constexpr uint32_t kLifecycleField = 0;

// One value a cell was given by one write, as the author wrote it.
struct Sibling {
  Dot dot;
  Stamp raw;          // the author's clock; never changes
  Stamp effective;    // what decides which value shows; only ever lowered after it left its author
  std::string actor;  // account id of who wrote, empty for a ballot
  std::string bytes;  // the field's wire bytes (tags included); for the lifecycle cell see lifecycle.h
  friend bool operator==(const Sibling&, const Sibling&) = default;
};

struct Cell {
  CellKey key;
  std::vector<Sibling> siblings;  // live ones, sorted by dot; never empty in a RecordState
  friend bool operator==(const Cell&, const Cell&) = default;
};

// Value type. Cells sorted by key, unique. A record never written has an empty context and no cells.
struct RecordState {
  std::string kind;  // full proto name; fixed by the first write
  Context context;
  std::vector<Cell> cells;

  const Cell* Find(const CellKey& key) const;
  Cell* Find(const CellKey& key);
  // The cell of that key, made empty in its place if it is not there.
  Cell& FindOrInsert(const CellKey& key);
  bool empty() const { return context.empty(); }
  friend bool operator==(const RecordState&, const RecordState&) = default;
};

// The one write behind a *fresh* state: all cells have one sibling, all of one dot, one pair of stamps and
// one actor, and the context is that dot alone. Nearly every record is fresh.
// Returns nullptr if the state is not fresh; otherwise a sibling that stands for all.
const Sibling* FreshWrite(const RecordState& state);

// The canonical bytes of a state, the same at every store that holds it whatever its schema version:
//   state   := kind contexts ncells cell*        (cells in key order)
//   cell    := field element nsiblings sibling*  (siblings in dot order)
//   sibling := writer n raw_ms raw_counter eff_ms eff_counter actor bytes
// with varints for numbers (ms zigzag), and length-prefixed strings. Nothing local is in it.
std::string CanonicalBytes(const RecordState& state);

// KeyedHash over (id, CanonicalBytes): what digests sum and deltas carry as their version.
Hash128 VersionHash(const HashKey& key, const RecordId& id, const RecordState& state);

// The server's code over a state; voucher.h says what it proves and how it is carried on.
struct Voucher {
  Context context;            // of the state vouched for
  std::vector<Hash128> gone;  // digests of its values that are no longer beside it; sorted
  Hash128 mac;
  friend bool operator==(const Voucher&, const Voucher&) = default;
};

// Part of a state, or all of it, on its way to another store. A whole state is a delta whose base is empty
// and whose cells are all cells, so applying either is one operation.
struct Delta {
  RecordId id;
  std::string kind;
  bool whole = false;
  Context base;     // the context before the first write it carries; applied iff the receiver covers it
  Context context;  // the sender's context after the last write it carries
  std::vector<Cell>
      cells;        // changed cells, whole (all live siblings; a cell emptied has none), sorted by key
  Hash128 version;  // VersionHash of the sender's whole state
  std::vector<Voucher> vouchers;  // for the sender's whole state
  friend bool operator==(const Delta&, const Delta&) = default;
};

Delta WholeDelta(const RecordId& id, const RecordState& state, const Hash128& version);

}  // namespace trellis
