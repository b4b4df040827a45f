// xAPI statements: that a person completed, attended or registered for something becomes a participation.
// What says nothing about taking part is passed over; a voided statement too.
#pragma once

#include <string>
#include <string_view>

#include "common/service/import/plan.h"

namespace trellis {

struct XapiOptions {
  // Activity of statements whose object is none known here; empty: one is made, called by the object's name.
  std::string activity;
  std::string file_hash;
};

// People are found by mbox or by account name (staff unique id, other system's id or e-mail); of a group, its
// members. Who is not found is an error of the row. The participation of one person's statement has its id,
// so the same statement in another file makes nothing twice. INVALID_ARGUMENT where the text is not JSON at
// all.
absl::StatusOr<ImportPlan> PlanXapi(const std::string& file, std::string_view text,
                                    const XapiOptions& options, const ImportLookup& lookup);

}  // namespace trellis
