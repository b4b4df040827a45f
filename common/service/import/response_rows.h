// Survey responses out of a table: the header names the survey's item codes and attributes of the
// respondent; one row is one person.
//
// A cell of a single-choice item holds the value of a choice, its code, or its wording. Empty, and NA as
// statistics programs write it: left blank. Also taken: refused, not applicable or n/a, not shown. Of a
// multiple-choice item: several of these apart by ";". Of an open item: the text; of a number or a day: 2.5,
// 2026-09-30. Where the survey has conditions, what they did not show counts as not shown. What a column
// respondent_key holds is kept only as a keyed hash, which links one person's waves and does not name the
// person.
#pragma once

#include <string>

#include "common/service/import/plan.h"
#include "trellis/domain/v1/survey.pb.h"
#include "trellis/domain/v1/wave.pb.h"

namespace trellis {

struct ResponseRowsOptions {
  domain::v1::Survey survey;
  domain::v1::Wave wave;
  std::string site_column;
  HashKey district_key{};
  std::string file_hash;
};

// INVALID_ARGUMENT where no column is an item of the survey. REQUIRES: the wave is not anonymous.
absl::StatusOr<ImportPlan> PlanResponses(const Table& table, const ResponseRowsOptions& options,
                                         const ImportLookup& lookup);

}  // namespace trellis
