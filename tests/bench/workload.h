// Made-up records in the proportions of life, the same for the same seed: 60 % survey responses with 24
// answers of five options, 40 % participations, most with a reflection of made-up sentences.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/replica/replica.h"

namespace trellis {

// `count` creations for the site's scope, in order of time, 350 bytes as JSON on average.
std::vector<RecordWrite> MakeWorkload(const std::string& scope, size_t count, uint64_t seed);

// Bytes of the records' own messages.
size_t ContentBytes(const std::vector<RecordWrite>& writes);

// Writes them in batches of `batch`; aborts the benchmark on an error.
void WriteAll(Replica* replica, const std::vector<RecordWrite>& writes, size_t batch);

// Dies with the message unless OK: a benchmark that failed has no figures.
void Check(const absl::Status& status);

}  // namespace trellis
