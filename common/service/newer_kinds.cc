#include "common/service/newer_kinds.h"

#include <fmt/format.h>

#include <iterator>

namespace trellis {

absl::StatusOr<std::vector<NewerKind>> CountNewerKinds(const Replica& replica, const KindRegistry& kinds) {
  const absl::StatusOr<std::vector<std::string>> held = replica.Kinds();
  if (!held.ok()) return held.status();
  const absl::StatusOr<std::vector<std::string>> scopes = replica.Scopes();
  if (!scopes.ok()) return scopes.status();
  std::vector<NewerKind> newer;
  for (const std::string& kind : *held) {
    if (kinds.Find(kind) != nullptr) continue;
    NewerKind& counted = newer.emplace_back(NewerKind{kind});
    for (const std::string& scope : *scopes) {
      const absl::Status status = replica.ScanKind(scope, kind, RecordId(), /*with_deleted=*/true,
                                                   [&](const RecordId&, const StoredRecord&) {
                                                     ++counted.records;
                                                     return true;
                                                   });
      if (!status.ok()) return status;
    }
    if (counted.records == 0) newer.pop_back();
  }
  return newer;
}

std::string NewerKindsNotice(const std::vector<NewerKind>& newer) {
  if (newer.empty()) return "";
  uint64_t records = 0;
  std::string names;
  for (const NewerKind& kind : newer) {
    records += kind.records;
    const size_t short_name = kind.kind.rfind('.') + 1;
    fmt::format_to(std::back_inserter(names), "{}{} {}", names.empty() ? "" : ", ", kind.records,
                   kind.kind.substr(short_name));
  }
  return fmt::format(
      "{} record(s) of kinds this program does not know ({}) are kept and synced, and shown to nobody: "
      "upgrade it to "
      "see them",
      records, names);
}

}  // namespace trellis
