// Imports files: everything is read, planned and validated first; then each scope's records are written in
// chunks. Rows have ids of their own (import/plan.h), so whatever an earlier run has written, here or at
// another store of the scope, is found and not written again.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/service/import/plan.h"
#include "common/service/record_writer.h"

namespace trellis {

enum class ImportFormat {
  kResponses,
  kParticipations,
  kOrganizations,
  kOneRoster,
  kXlsForm,
  kXapi,
  kEdFi,
};

struct ImportRequest {
  ImportFormat format = ImportFormat::kResponses;
  std::string survey;
  std::string wave;
  std::string activity;
  std::string site_column;
  std::map<std::string, std::string> column_map;  // field -> column
  bool dry_run = false;
  bool skip_bad_rows = false;
  std::map<std::string, std::string> files;  // name -> bytes
};

struct ImportOutcome {
  int64_t rows = 0;
  int64_t created = 0;  // with dry_run: that would be
  int64_t already_imported = 0;
  int64_t updated = 0;
  int64_t skipped = 0;
  std::vector<ImportRowError> errors;  // not empty without skip_bad_rows: nothing was written
  std::vector<std::string> ignored_columns;
  std::map<std::string, int64_t> created_by_scope;
  std::vector<std::string> notes;
};

// Thread-safe; blocks on the store.
class RecordImporter {
 public:
  static constexpr size_t kLargestImportBytes = 64 * 1024 * 1024;
  static constexpr size_t kChunkRecords = 500;

  // `writer` must outlive it and be the store's.
  RecordImporter(const RecordStore& store, RecordWriter* writer) : store_(store), writer_(writer) {}

  absl::StatusOr<ImportOutcome> Run(const Principal& principal, const ImportRequest& request) const;

 private:
  RecordStore store_;
  RecordWriter* writer_;
};

}  // namespace trellis
