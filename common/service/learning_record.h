// What a person has learned by, gathered for a transcript or a certificate.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/credential/credential.h"
#include "common/service/record_store.h"

namespace trellis {

struct LearningRecordQuery {
  std::string staff;               // id, staff unique id, other system's id or e-mail
  std::string activity;            // id or code; empty: everything
  std::string from_date, to_date;  // inclusive; empty: no bound. What is not dated is in any time.
};

// Every part in learning that the store holds, oldest first: attended and completed; one line for each
// session or activity; what is a copy of a record that is here counts once. Asked for by the person, or by
// who may change the person's record. NOT_FOUND, or ACCESS_DENIED. The day of issue is the store's today.
absl::StatusOr<Credential> GatherLearning(const RecordStore& store, const Principal& principal,
                                          const LearningRecordQuery& query);

}  // namespace trellis
