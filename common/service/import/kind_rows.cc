#include "common/service/import/kind_rows.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <memory>

#include "absl/status/status.h"
#include "common/service/import/cell_values.h"
#include "trellis/domain/v1/organization.pb.h"

namespace trellis {
namespace {

struct Column {
  size_t index;
  const FieldInfo* field;
};

std::vector<Column> MatchColumns(const Table& table, const KindInfo& kind, std::optional<size_t> site_column,
                                 std::vector<std::string>* ignored) {
  std::vector<Column> columns;
  for (size_t i = 0; i < table.columns().size(); ++i) {
    const FieldInfo* field = table.IsUsed(i) ? kind.Find(table.columns()[i]) : nullptr;
    if (field == nullptr && table.IsUsed(i)) field = kind.Find(LowerAscii(table.columns()[i]));
    if (field != nullptr) {
      columns.push_back({i, field});
    } else if (i != site_column) {
      ignored->push_back(table.columns()[i]);
    }
  }
  return columns;
}

absl::Status CheckRequiredColumns(const Table& table, const KindRowsOptions& options,
                                  const std::vector<Column>& columns) {
  for (const FieldInfo& field : options.kind->fields) {
    if (!field.required || options.defaults.count(field.name)) continue;
    const bool there = std::any_of(columns.begin(), columns.end(),
                                   [&](const Column& column) { return column.field == &field; });
    if (!there) {
      return absl::InvalidArgumentError(
          fmt::format("{}: no column {}; name it so, or map it: --map {}=COLUMN. The file's columns are: {}",
                      table.file(), field.name, field.name, fmt::join(table.columns(), ", ")));
    }
  }
  return absl::OkStatus();
}

std::unique_ptr<google::protobuf::Message> NewMessage(const KindInfo& kind) {
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  return std::unique_ptr<google::protobuf::Message>(factory->GetPrototype(kind.descriptor)->New());
}

std::string CodeOf(const KindInfo& kind, const google::protobuf::Message& message) {
  const FieldInfo* field = kind.code_field == 0 ? nullptr : kind.Find(kind.code_field);
  return field == nullptr ? "" : message.GetReflection()->GetString(message, field->descriptor);
}

// Fills the message from one row; errors name the column.
bool TakeRow(const Table& table, const Table::Row& row, const std::vector<Column>& columns,
             const KindRowsOptions& options, google::protobuf::Message* message,
             std::vector<ImportRowError>* errors) {
  bool well = true;
  for (const Column& column : columns) {
    const absl::Status status = SetFieldFromCell(*column.field, row.cells[column.index], message);
    if (!status.ok()) {
      errors->push_back(
          {table.file(), row.line, table.columns()[column.index], std::string(status.message())});
      well = false;
    }
  }
  for (const auto& [name, value] : options.defaults) {
    const FieldInfo* field = options.kind->Find(name);
    const auto* reflection = message->GetReflection();
    const bool empty = field->repeated ? reflection->FieldSize(*message, field->descriptor) == 0
                                       : !reflection->HasField(*message, field->descriptor);
    if (empty && !SetFieldFromCell(*field, value, message).ok()) well = false;
  }
  return well;
}

}  // namespace

absl::StatusOr<ImportPlan> PlanKindRows(const Table& table, const KindRowsOptions& options,
                                        const ImportLookup& lookup) {
  const KindInfo& kind = *options.kind;
  ImportPlan plan;
  plan.rows = table.row_count();
  plan.errors = table.row_errors();
  plan.notes = table.notes();
  std::optional<RowSites> sites;
  if (kind.home != Home::kShared) {
    absl::StatusOr<RowSites> found = RowSites::For(table, options.site_column, lookup);
    if (!found.ok()) return found.status();
    sites = *std::move(found);
  }
  const std::optional<size_t> site_column = sites ? sites->column() : std::nullopt;
  const std::vector<Column> columns = MatchColumns(table, kind, site_column, &plan.ignored_columns);
  if (absl::Status status = CheckRequiredColumns(table, options, columns); !status.ok()) return status;

  for (const Table::Row& row : table.rows()) {
    std::unique_ptr<google::protobuf::Message> message = NewMessage(kind);
    bool well = TakeRow(table, row, columns, options, message.get(), &plan.errors);
    PlannedRecord record;
    record.file = table.file();
    record.line = row.line;
    record.kind = kind.name;
    record.scope = ScopeName{}.ToString();
    if (sites) {
      absl::StatusOr<std::string> site = sites->ScopeOf(row);
      if (site.ok()) {
        record.scope = ScopeOfHome(kind.home, *site).ToString();
      } else {
        plan.errors.push_back(
            {table.file(), row.line, options.site_column, std::string(site.status().message())});
        well = false;
      }
    }
    if (!well) continue;
    record.data = message->SerializeAsString();
    record.code = CodeOf(kind, *message);
    record.update_known = !record.code.empty();
    record.identity = fmt::format("{}:{}", options.file_hash, row.line);
    plan.records.push_back(std::move(record));
  }
  return plan;
}

absl::StatusOr<ImportPlan> PlanOrganizations(const Table& table, const KindInfo& kind,
                                             const ImportLookup& lookup) {
  KindRowsOptions options;
  options.kind = &kind;
  absl::StatusOr<ImportPlan> plan = PlanKindRows(table, options, lookup);
  if (!plan.ok()) return plan;
  for (PlannedRecord& record : plan->records) {
    domain::v1::EducationOrganization organization;
    organization.ParseFromString(record.data);
    const std::string& identifier = organization.identifier();
    const bool is_cds =
        identifier.size() == 14 && identifier.find_first_not_of("0123456789") == std::string::npos;
    if (!is_cds) continue;
    if (organization.cds_code().empty()) organization.set_cds_code(identifier);
    if (organization.category() == domain::v1::ORGANIZATION_CATEGORY_UNSPECIFIED) {
      // The last seven digits number the school within its agency; zeros are the agency itself.
      organization.set_category(identifier.substr(7) == "0000000"
                                    ? domain::v1::ORGANIZATION_CATEGORY_LOCAL_EDUCATION_AGENCY
                                    : domain::v1::ORGANIZATION_CATEGORY_SCHOOL);
    }
    record.data = organization.SerializeAsString();
  }
  return plan;
}

}  // namespace trellis
