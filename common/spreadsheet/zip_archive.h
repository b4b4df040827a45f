// A zip archive as named files, for folders of tables that travel in one.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace trellis {

bool LooksLikeZip(std::string_view bytes);

// Every file by its path in the archive; folders are left out. INVALID_ARGUMENT, with words for the person
// who chose it: damaged, encrypted, or beyond the bounds of workbooks (README).
absl::StatusOr<std::map<std::string, std::string>> ReadZip(std::string_view bytes);

// The same files give the same bytes: times in the archive are fixed. INTERNAL if it cannot be made.
absl::StatusOr<std::string> WriteZip(const std::map<std::string, std::string>& files);

}  // namespace trellis
