// Whether a peer may say of other people's writes what an item of its says (README.md, Forgery).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/replica/draft.h"
#include "common/replica/replica.h"

namespace trellis {

// What it is given must outlive it.
class WriterCheck {
 public:
  WriterCheck(Draft* draft, std::string_view scope, const WriterRule& rule)
      : draft_(draft), scope_(scope), rule_(rule) {}

  struct Finding {
    bool vouched = false;  // it brings nothing but what this server vouched for
    std::string forged;    // plain words; empty: nothing is
  };
  // `held`: the context of the record here. Writers nobody had used become the peer's. REQUIRES: `item`
  // merges.
  absl::StatusOr<Finding> Look(const Delta& item, const Context& held);

 private:
  absl::StatusOr<bool> IsPeers(Writer writer);
  absl::StatusOr<bool> IsOwnEpoch(Writer writer) const;

  Draft* const draft_;
  const std::string_view scope_;
  const WriterRule& rule_;
  std::map<Writer, bool> known_;
};

}  // namespace trellis
