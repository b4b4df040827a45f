// The stores kept in tests/data/golden: how they are made, and what one holds, in words.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/replica/store_folder.h"

namespace trellis {

// What a golden store is opened with.
struct GoldenMachine {
  ManualClock clock{1'790'000'000'000};
  SeededRandom random{1};
};
StoreFolderOptions GoldenOptions(const std::string& folder, GoldenMachine* machine);

// Makes FOLDER/site and FOLDER/server: a site and its server that have synced, edited the same fields,
// deleted and erased, taken each other's vouchers and receipts and set things aside; with fields and a kind
// no program knows.
absl::Status MakeGoldenStores(const std::string& folder);

// All that stands in a store that any later program must find there: records with every value, what is in
// conflict, history, feed, an index, cursors, receipts, quarantine.
absl::StatusOr<std::string> DescribeStore(const Replica& replica);

}  // namespace trellis
