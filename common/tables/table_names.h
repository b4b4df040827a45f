// Every table of a store: one byte before its keys. A letter once used is never used for anything else.
#pragma once

#include <cstdint>
#include <string>

namespace trellis {

enum class Table : char {
  kStore = 'a',        // store_tables.h    facts of the store: format version, durable seq
  kEpochs = 'e',       // store_tables.h    every opening
  kMeta = 'm',         // store_tables.h    small facts by name
  kKinds = 'n',        // store_tables.h    kind name -> short number
  kScopes = 's',       // scope_tables.h    scope name -> short number
  kHeads = 'p',        // scope_tables.h    scope -> seq, records, digest
  kLineage = 'l',      // scope_tables.h    scope, row -> epoch, first seq
  kLeaves = 'd',       // scope_tables.h    scope, bucket -> records, digest
  kRecords = 'r',      // record_table.h    scope, id -> state and local facts
  kFeed = 'f',         // feed_table.h      scope, lane, seq -> id
  kKindIndex = 'k',    // index_tables.h    scope, kind, id
  kFieldIndex = 'x',   // index_tables.h    scope, kind, field, value, id
  kConflicts = 'c',    // index_tables.h    scope, id
  kIndexed = 'y',      // index_tables.h    kind -> what of it is indexed
  kHistory = 'h',      // history_table.h   scope, id, seq -> superseded values
  kSetAside = 'q',     // set_aside_table.h scope, id, item -> item and reason
  kCursors = 'u',      // cursor_table.h    peer, scope, epoch -> seq by lane
  kWriters = 'w',      // store_tables.h    writer -> whose it is
  kRequests = 'i',     // request_table.h   request id -> outcome
  kRequestRing = 'j',  // request_table.h   ordinal -> request id
  kViews = 'v',        // view_table.h      rows of views, by keys of their own
};

// Scopes and kinds stand in keys and rows by a number of the store's own, given in the commit that first
// meets them, from 1.
using ScopeNumber = uint32_t;
using KindNumber = uint32_t;

inline std::string TableKey(Table table) { return std::string(1, static_cast<char>(table)); }

// What every read of a row that does not decode is told.
inline constexpr char kDamagedRow[] =
    "a row of the store does not decode: run verify, then restore or rescue";

}  // namespace trellis
