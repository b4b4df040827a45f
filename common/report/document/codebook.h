// What the columns of the long form mean.
#pragma once

#include <span>

namespace trellis {

struct CodebookEntry {
  const char* column;
  const char* meaning;
};

// In the order of the columns; those of the report's groups stand between "report" and "cell".
std::span<const CodebookEntry> ReportCodebook();

}  // namespace trellis
