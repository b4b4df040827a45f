#include "common/report/report.h"

#include "common/record/hash.h"
#include "common/report/report_format.h"

namespace trellis {

const ReportCell* ReportRow::Find(std::string_view cell) const {
  for (const auto& [name, found] : cells) {
    if (name == cell) return &found;
  }
  return nullptr;
}

std::string_view ReportRow::GroupValue(std::string_view name) const {
  for (const auto& [part, value] : group) {
    if (part == name) return value;
  }
  return {};
}

std::string ReportDigest(const Report& report) {
  return KeyedHash(HashKey{}, ReportContentJson(report)).ToHex();
}

}  // namespace trellis
