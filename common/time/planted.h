// Faults planted on purpose, so that the checkers of the simulation prove they can fail. Only the test build
// of the cores knows them; everywhere else Planted() is false before the compiler begins.
#pragma once

#include <cstdint>

namespace trellis {

enum class Fault : uint8_t {
  kNone,
  kClockUnclamped,          // a stamp from years ahead drags the own clock along
  kSkipBeyondEnd,           // an origin is skipped though the peer's timeline ended before it
  kSkipWhateverLineage,     // what came from a peer is never sent back to it
  kDeltaWithoutBaseCheck,   // a delta is merged whatever it starts from
  kMergeReadsPolicy,        // the merge keeps the value that would show
  kSiblingsCapped,          // a third concurrent value is dropped
  kErasureNotAbsorbing,     // values stay beside an erasure
  kContextNotJoined,        // a merge forgets what the other had seen
  kLoweredStampIgnored,     // of two stamps of one write the own one stays
  kEmptiedCellForgotten,    // a delta does not tell of values taken out
  kCursorNotCutAtLineage,   // the sender's timeline is believed to have gone on for ever
  kSeenIgnored,             // a sender rewound below what was seen of it is taken up where it stands
  kWindowNotEnforced,       // no end to the bytes under way
  kHeadBeforeDrained,       // AtHead is said while frames are under way
  kVerdictAtAnyCut,         // digests are compared whatever is under way
  kScopeByPrefix,           // F1 is granted, so F10 is
  kScopeNotCheckedOnPull,   // a site reads what it asks for
  kSetAsideNotSubtracted,   // digests count what one end refuses
  kClampByReceiver,         // every end lowers stamps to its own clock
  kAckBeforeSync,           // acknowledged before it is durable
  kCursorBeforeData,        // the cursor is durable before the records are
  kNackedFrameHalfApplied,  // the items beside the nacked one are stored, and the cursor moves
  kPrevIgnored,             // the cursor passes what a lost frame carried
  kCursorGoesBack,          // an old frame takes the cursor back
  kOneCursorOverLanes,      // the furthest lane speaks for all
  kOneCursorOverScopes,     // the furthest scope speaks for all
  kFeedEntryStays,          // a changed record stands in its old place too
  kFeedEntryNotMoved,       // a changed record keeps its old place
  kOriginAlwaysSet,         // what was merged is believed to be what the sender holds
  kVersionHashIgnored,      // a delta's result is believed to be what the sender holds
  kDeleteDropsValues,       // a delete takes the values along
  kWriterForLife,           // writes are named after the store's first opening
  kEpochMintedOnce,         // at the store's making, not at every opening
  kContextAcrossScopes,     // a record takes over what is known of its namesake in another scope
  kRetryCountedTwice,       // a request made again writes again
  kBatchNotAtomic,          // each record of a batch is committed by itself
  kConflictOverwritten,     // a write decides a conflict its author did not see
  kDigestOnlyGrows,         // what was superseded stays in the digest
  kIndexNotCleared,         // an index keeps what a record said once
  kRescueNotTold,           // a store behind its anchor says nothing
  kLineageNotKept,          // an opening that writes leaves no lineage row after the first
  kCount,
};

#ifdef TRELLIS_PLANTED_FAULTS
Fault PlantedFault();
inline bool Planted(Fault fault) { return PlantedFault() == fault; }
#else
constexpr bool Planted(Fault) { return false; }
#endif

}  // namespace trellis
