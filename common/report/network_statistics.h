// Statistics of a directed network without loops (Wasserman and Faust 1994; as R's package sna, Butts 2008).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace trellis {

struct NetworkStatistics {
  int64_t ties = 0;
  double density = 0;                      // ties ÷ n(n−1)
  double dyadic_reciprocity = 0;           // dyads alike both ways, the empty among them, ÷ all dyads
  std::optional<double> edge_reciprocity;  // ties returned ÷ ties
  int64_t isolates = 0;                    // neither in nor out
  double indegree_centralization = 0;  // Σ(greatest in-degree − in-degree) ÷ (n−1)²  (Freeman 1979)
};

// Nodes are 0 … nodes−1; loops are passed over. nullopt with fewer than two nodes.
std::optional<NetworkStatistics> StatisticsOf(size_t nodes, const std::set<std::pair<size_t, size_t>>& ties);

// (external − internal) ÷ (external + internal): −1 all ties within groups, +1 all between (Krackhardt and
// Stern 1988). nullopt without ties. `group` by node.
std::optional<double> ExternalInternalIndex(const std::vector<int>& group,
                                            const std::set<std::pair<size_t, size_t>>& ties);

}  // namespace trellis
