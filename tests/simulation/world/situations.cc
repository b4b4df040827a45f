#include "tests/simulation/world/situations.h"

namespace trellis::simulation {

const char* NameOf(Situation situation) {
  switch (situation) {
    case Situation::kWrite:
      return "records written";
    case Situation::kBatch:
      return "batches of several records";
    case Situation::kDelete:
      return "deletes";
    case Situation::kRestore:
      return "records restored";
    case Situation::kErase:
      return "erasures";
    case Situation::kElement:
      return "set elements written";
    case Situation::kUnset:
      return "values taken out";
    case Situation::kWriteRefused:
      return "writes refused for an open conflict";
    case Situation::kOutcomeUnknownStored:
      return "commits of unknown outcome, stored";
    case Situation::kOutcomeUnknownLost:
      return "commits of unknown outcome, not stored";
    case Situation::kCrash:
      return "crashes";
    case Situation::kReopen:
      return "stores reopened";
    case Situation::kSiteRestored:
      return "sites restored from an image";
    case Situation::kServerRestored:
      return "server restored from an image";
    case Situation::kClone:
      return "sites cloned";
    case Situation::kClockJump:
      return "clocks jumped";
    case Situation::kOverlooked:
      return "stores overlooked, as if a cursor had lied";
    case Situation::kDiskFull:
      return "disks full";
    case Situation::kConnect:
      return "connections";
    case Situation::kCut:
      return "cuts";
    case Situation::kCutUnacknowledged:
      return "cuts with frames unacknowledged";
    case Situation::kReplyLost:
      return "acknowledgements lost after the commit";
    case Situation::kLateDelivery:
      return "messages of a cut connection delivered late";
    case Situation::kTwoSessionsOfOneStore:
      return "two sessions of one store at once";
    case Situation::kFrame:
      return "frames";
    case Situation::kFrameWithHello:
      return "frames that travelled with Hello";
    case Situation::kNack:
      return "frames nacked";
    case Situation::kSetAside:
      return "records set aside";
    case Situation::kPutOff:
      return "frames put off, disk full";
    case Situation::kComparedFirst:
      return "openings by comparison";
    case Situation::kNarrowed:
      return "narrowings";
    case Situation::kRepaired:
      return "repairs";
    case Situation::kConcurrentValues:
      return "cells with concurrent values at the end";
    case Situation::kEditBeatDelete:
      return "edits that beat a delete at the end";
    case Situation::kErasedRecord:
      return "records erased at the end";
    case Situation::kCount:
      break;
  }
  return "";
}

}  // namespace trellis::simulation
