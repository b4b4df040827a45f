// Rows of views (tables/view_table.h): what follows from a store's feeds and is kept beside them.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/causal/context.h"

namespace trellis {

class Replica;

struct ViewChange {
  std::vector<std::string> cleared;  // every row there was whose key begins so goes first
  std::map<std::string, std::optional<std::string>> rows;  // nullopt: the row goes
};

class ViewRows {
 public:
  virtual ~ViewRows() = default;
  // Rows whose key begins with `prefix`, in key order, from one snapshot.
  virtual absl::Status ScanViewRows(
      std::string_view prefix,
      const std::function<bool(std::string_view key, std::string_view row)>& visit) const = 0;
  // One atomic batch, not synced: after a power loss it is there or not, and never without every commit
  // before it. ABORTED if `epoch` is not the present one: the store may be another than the view was read
  // from. kResourceExhausted: the disk is too full, nothing has changed.
  virtual absl::Status WriteViewRows(Epoch epoch, const ViewChange& change) = 0;
};

// Those of the replica's store; they live as long as the replica. Every replica has them.
ViewRows* ViewRowsOf(Replica* replica);

}  // namespace trellis
