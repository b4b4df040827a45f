// One thing that happens in a history, in words: what a generator draws is written down so, and what was
// written down can be played again, whole or in part.
//
//   seed N                            of the openings' epochs; the first line
//   world [padding=N] [columns] [fence] [damage] [poison] [surveys] [count]
//   site NAME SKEW_MS SCOPE...        >SCOPE: push only, <SCOPE: pull only; hostile: a word before the scopes
//   write STORE SCOPE [insist] ITEM...   one atomic group; insist: again, knowing the conflict, if refused
//   again STORE                       the last request of the store once more
//   connect SITE                      up SITE K, down SITE K: one message of its K-th link
//   cut SITE K [late]                 late: the server still gets what was under way
//   tick MS
//   crash STORE   reopen STORE        fail STORE K stored|lost: the K-th commit from now, of unknown outcome
//   image STORE LABEL                 restore LABEL     rewind LABEL: as restore, but its anchor stays
//   clone LABEL NAME                  clock STORE MS    full STORE    room STORE
//   schema STORE old|new              reopened by a program that knows fewer kinds, or all of them
//   overlook STORE                    the others' cursors pass all it holds, unseen
//   hostile SITE HOW N                its next message is altered before it arrives
//   look STORE                        the promises are checked there
//
//   ITEM := NUMBER:set:FIELDS | NUMBER:poison:FIELDS | NUMBER:delete|restore|erase|move | NUMBER:add:E |
//           NUMBER:take:E | NUMBER:unset:FIELD | new:set:FIELDS (the store makes the id) |
//           NUMBER:survey:QUESTIONS | NUMBER:survey-gone | NUMBER:respond:SURVEY | NUMBER:withdraw
//   FIELDS := FIELD(,FIELD)*
//
// A step that makes no sense where it stands (no such store, no such link) does nothing.
#pragma once

#include <string>
#include <vector>

namespace trellis::simulation {

using Step = std::vector<std::string>;

std::string TextOf(const Step& step);
// Words apart; what follows a # is left out.
Step StepOf(const std::string& line);
std::vector<Step> StepsOf(const std::string& text);
std::string TextOf(const std::vector<Step>& steps);

}  // namespace trellis::simulation
