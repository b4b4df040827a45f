// Ids of records that follow from others: made again from the same parts they are the same, at any store of
// the district, so whoever makes such a record twice makes it once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/record/record_id.h"

namespace trellis {

// UUIDv8. `purpose` keeps apart what is derived for different ends.
RecordId DerivedRecordId(const HashKey& district_key, std::string_view purpose,
                         const std::vector<std::string>& parts);

}  // namespace trellis
