// When the digests of two ends may be compared, and what they then say.
//
// I hold all of the peer's (my cursors stand at the seq it spoke of), the peer holds all of mine (the cursor
// it told stands at my seq), and both digests leave out the same ids: then equal sets give equal digests, and
// unequal digests are a fault to be repaired. Any change on either side moves a seq and ends the cut.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/session/messages.h"
#include "common/session/step.h"

namespace trellis::session {

// More ids set aside than this are not told: no verdict is given until people have looked.
inline constexpr size_t kMostSetAsideTold = 4096;

// One scope of one session.
class Comparison {
 public:
  void OnPeerHead(AtHead head);
  bool heard() const { return peer_.has_value(); }
  const AtHead& peer() const { return *peer_; }
  // The peer's ids to leave out of one's own digest.
  std::vector<RecordId> PeerSetAside() const;

  // What to announce; nullopt if that is what was announced last. REQUIRES: `mine` was read without
  // PeerSetAside().
  std::optional<AtHead> Announcement(const HeadRead& mine, Epoch epoch, uint64_t held, bool complete,
                                     bool again);

  // nullopt: no valid cut, or this one has been judged. REQUIRES: as Announcement.
  std::optional<bool> Judge(const HeadRead& mine, uint64_t held);
  // The last cut judged still stands, and was unequal.
  bool StandsUnequal(const HeadRead& mine, uint64_t held) const;
  bool verified() const { return verified_; }
  // Something changed here.
  void Invalidate() { verified_ = false; }

 private:
  bool ValidCut(const HeadRead& mine, uint64_t held) const;

  std::optional<AtHead> peer_;
  std::optional<AtHead> announced_;
  bool judged_ = false;  // the cut of peer_ at judged_seq_
  uint64_t judged_seq_ = 0;
  bool verified_ = false;
};

// Sum of ids, to tell one list from another.
Hash128 SumOf(const std::vector<RecordId>& ids);

}  // namespace trellis::session
