// The parts of the benchmark `report`, each in a file of its own.
#pragma once

#include <vector>

#include "tests/bench/figure.h"

namespace trellis {

// The same answers counted by DuckDB (get_duckdb.sh installs it); nothing where TRELLIS_DUCKDB does not name
// its library.
void AddDuckDb(std::vector<Figure>* figures);
// 10 M answers at rest in a store, taken up and counted after the system has forgotten the files.
void AddColdColumns(std::vector<Figure>* figures);
// Local writes with the columns kept beside them, and without.
void AddViewCost(std::vector<Figure>* figures);
// A site's report of a site's records, asked over gRPC.
void AddSiteReport(std::vector<Figure>* figures);

}  // namespace trellis
