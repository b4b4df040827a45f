#include "common/report/network_statistics.h"

#include <algorithm>

namespace trellis {

std::optional<NetworkStatistics> StatisticsOf(size_t nodes, const std::set<std::pair<size_t, size_t>>& ties) {
  if (nodes < 2) return std::nullopt;
  NetworkStatistics found;
  std::vector<int64_t> in(nodes), out(nodes);
  int64_t returned = 0;
  for (const auto& [from, to] : ties) {
    if (from == to) continue;
    ++found.ties;
    ++out[from];
    ++in[to];
    returned += ties.contains({to, from});
  }
  const auto n = static_cast<double>(nodes);
  const double pairs = n * (n - 1);
  const auto one_way = static_cast<double>(found.ties - returned);
  found.density = static_cast<double>(found.ties) / pairs;
  found.dyadic_reciprocity = 1 - one_way / (pairs / 2);
  if (found.ties > 0)
    found.edge_reciprocity = static_cast<double>(returned) / static_cast<double>(found.ties);
  const int64_t greatest = *std::max_element(in.begin(), in.end());
  int64_t below = 0;
  for (size_t node = 0; node < nodes; ++node) {
    found.isolates += in[node] == 0 && out[node] == 0;
    below += greatest - in[node];
  }
  found.indegree_centralization = static_cast<double>(below) / ((n - 1) * (n - 1));
  return found;
}

std::optional<double> ExternalInternalIndex(const std::vector<int>& group,
                                            const std::set<std::pair<size_t, size_t>>& ties) {
  int64_t external = 0, internal = 0;
  for (const auto& [from, to] : ties) {
    if (from == to) continue;
    ++(group[from] == group[to] ? internal : external);
  }
  if (external + internal == 0) return std::nullopt;
  return static_cast<double>(external - internal) / static_cast<double>(external + internal);
}

}  // namespace trellis
