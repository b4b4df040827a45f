// What an import would write, worked out from files alone before anything is written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/record/kind_registry.h"
#include "common/record/record_id.h"
#include "common/record/scope.h"
#include "common/service/import/table.h"

namespace trellis {

// One record of a row. The same row of the same file gives the same identity at every store, so its record
// gets the same id wherever and however often it is imported.
struct PlannedRecord {
  std::string file;
  int64_t line = 0;
  std::string kind;  // short name
  std::string scope;
  std::string data;  // serialized message of the kind
  // Fields of a record that is made new, beside `data`; one that is there keeps its own.
  std::string data_if_new;
  std::string identity;  // unique in (kind, scope)
  // Where the row names a record of its own (the id of an xAPI statement): that.
  std::optional<RecordId> id;
  std::string code;  // of kinds called by a code: a record with this code is the same record
  // Whether a record that is there already is brought up to date with `data` (a roster), or left (a row of
  // responses: written once).
  bool update_known = false;
  // Whether nothing is to be made where there is no such record: what a roster takes away.
  bool only_if_known = false;
};

struct ImportPlan {
  int64_t rows = 0;  // of data, the bad ones included
  std::vector<PlannedRecord> records;
  std::vector<ImportRowError> errors;
  std::vector<std::string> ignored_columns;
  std::vector<std::string> notes;
  int64_t passed_over = 0;  // rows that are well but not for Trellis, such as pupils
};

// What planning asks of the store.
class ImportLookup {
 public:
  struct Organization {
    std::string identifier;
    std::string site;  // scope; empty: none has been opened
  };
  virtual ~ImportLookup() = default;
  // By site name, identifier, CDS code, external id or name, in this order and without regard to case.
  // NOT_FOUND, or INVALID_ARGUMENT when several have the name; the message tells what to do.
  virtual absl::StatusOr<Organization> FindOrganization(std::string_view text) const = 0;
  struct Person {
    std::string code;  // staff unique id
    std::string site;  // scope of the Staff record
    std::string organization;
  };
  // By staff unique id, external id or e-mail, in this order; e-mail without regard to case. NOT_FOUND, or
  // INVALID_ARGUMENT when several are called so.
  virtual absl::StatusOr<Person> FindPerson(std::string_view key) const = 0;
  // Code of the activity with that code, external id or title. NOT_FOUND as above.
  virtual absl::StatusOr<std::string> FindActivity(std::string_view name) const = 0;
  // The daemon's site; empty at the server.
  virtual std::string own_site() const = 0;
};

// Id of a record with that identity: 128 bits of a hash keyed by the district, UUIDv8-shaped.
RecordId ImportedRecordId(const HashKey& district_key, const PlannedRecord& record);

// Rows that call their record by a code another row of the same kind and scope has used are errors: they
// would overwrite each other. Takes them out of the plan.
void RefuseRepeatedCodes(ImportPlan* plan);

// Which site each row is of: a column, or the daemon's own.
class RowSites {
 public:
  // INVALID_ARGUMENT if the column is not in the table, or none is named and there is no own site.
  static absl::StatusOr<RowSites> For(const Table& table, std::string_view site_column,
                                      const ImportLookup& lookup);
  absl::StatusOr<std::string> ScopeOf(const Table::Row& row);
  std::optional<size_t> column() const { return column_; }

 private:
  const ImportLookup* lookup_ = nullptr;
  std::string column_name_;
  std::optional<size_t> column_;
  std::map<std::string, absl::StatusOr<std::string>> known_;
};

// Hex hash of a file's bytes: what identities of its rows begin with.
std::string FileHash(const HashKey& district_key, std::string_view bytes);

}  // namespace trellis
