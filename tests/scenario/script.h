// Readable scenarios: one step a line, played on a simulated district.
//
//   site NAME [SCOPE...]              a site; scopes default to `shared` and its own, SCOPE! is push-only
//   write STORE RECORD F=V...         creates or changes; [lane=bulk|responses|definitions|edits]
//   resolve STORE RECORD F=V          the same, knowing the open conflict
//   unset STORE RECORD F              delete | restore | erase | move STORE RECORD   move: only the mark
//   batch STORE RECORD F=V, RECORD F=V ...   one atomic group
//   connect SITE                      sync SITE|all: connects and delivers until nothing is under way
//   up SITE N, down SITE N            delivers N messages
//   cut SITE [late]                   late: the server still gets what was under way
//   age SITE N [synced]               reopened N times, one write (and one session) in each
//   crash STORE   reopen STORE        fail STORE stored|lost: the next commit's outcome is unknown
//   image STORE LABEL                 rewind STORE LABEL          clone LABEL NAME
//   clock STORE +/-Nd|h|m|s           tick Ns
//   full STORE    room STORE          refuse TEXT: the server sets values with it aside
//   overlook STORE                    the others' cursors pass all it holds, unseen: only digests can tell
//   expect value STORE RECORD F=V     what shows; `-` for none
//   expect values STORE RECORD F=V|V  all that stand concurrently, in any order
//   expect conflict|none STORE RECORD F
//   expect absent|live|deleted|erased|moved STORE RECORD
//   expect beaten|changed-since-moved STORE RECORD     an edit beat the delete; was made unaware of the move
//   expect equal [SCOPE]              digests given and equal on every link, states the same everywhere
//   expect aside STORE RECORD         expect refused: the last write was
//   expect sent SITE N                frames that went up since the last connect
//   expect met WORD                   a situation by the beginning of its name
//
// RECORD is [SCOPE/]NAME, scope `shared` if not named. `#` begins a comment.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/simulation/world/checks.h"
#include "tests/simulation/world/world.h"

namespace trellis::scenario {

class Script {
 public:
  Script();
  // OK, or the line that failed and why.
  absl::Status Run(const std::string& text);

 private:
  using Words = std::vector<std::string>;
  struct RecordName {
    std::string scope;
    RecordId id;
  };

  absl::Status Step(const Words& words);
  absl::Status WriteStep(const Words& words);
  absl::Status LinkStep(const Words& words);
  absl::Status FaultStep(const Words& words);
  absl::Status Age(const Words& words);
  absl::Status Expect(const Words& words);
  absl::Status ExpectOfRecord(const Words& words);
  absl::Status ExpectPresence(const Words& words);
  absl::Status ExpectEqual();

  RecordWrite WriteOf(const Words& words, size_t record, size_t end, bool exists);
  absl::Status Deliver(int site, bool up, int messages);
  // REQUIRES: the store exists; fails the script otherwise.
  int StoreOf(const std::string& name);
  RecordName RecordOf(const std::string& text) const;
  std::vector<std::string> ValuesOf(const Words& words, const std::string& field);

  std::unique_ptr<simulation::World> world_;
  std::map<std::string, int> stores_;
  std::map<std::string, size_t> images_;
  std::map<int, int> frames_up_;
  std::string refused_text_;
  absl::Status last_write_;
  absl::Status problem_;  // of the line being played
};

}  // namespace trellis::scenario
