#include "common/service/record_proto.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/time_util.h>

#include "common/record/describe.h"
#include "common/rpc/error_reason.h"
#include "trellis/options/v1/options.pb.h"

namespace trellis {
namespace {

constexpr char kTypePrefix[] = "type.googleapis.com/";
// Row errors told in one answer.
constexpr size_t kMostRowErrors = 1000;

records::v1::Presence EncodePresence(Presence presence) {
  switch (presence) {
    case Presence::kLive:
      return records::v1::PRESENCE_LIVE;
    case Presence::kLiveDespiteDelete:
      return records::v1::PRESENCE_LIVE_DESPITE_DELETE;
    case Presence::kDeleted:
      return records::v1::PRESENCE_DELETED;
    case Presence::kMoved:
      return records::v1::PRESENCE_MOVED;
    case Presence::kMovedButChanged:
      return records::v1::PRESENCE_MOVED_BUT_CHANGED;
    case Presence::kErased:
      return records::v1::PRESENCE_ERASED;
  }
  return records::v1::PRESENCE_UNSPECIFIED;
}

void EncodeTime(const Stamp& stamp, google::protobuf::Timestamp* out) {
  *out = google::protobuf::util::TimeUtil::MillisecondsToTimestamp(stamp.ms);
}

// `json` was made by us, so it parses.
void EncodeValue(const std::string& json, google::protobuf::Value* out) {
  if (!google::protobuf::util::JsonStringToMessage(json, out).ok()) out->set_string_value(json);
}

void EncodeConflict(const FieldConflictAnswer& conflict, records::v1::FieldConflict* out) {
  out->set_field(conflict.field);
  out->set_element(conflict.element);
  bool shown = true;
  for (const FieldVersionAnswer& version : conflict.versions) {
    auto* to = out->add_versions();
    to->set_version(version.version);
    if (!version.value.empty()) EncodeValue(version.value, to->mutable_value());
    to->set_actor(version.actor);
    EncodeTime(version.at, to->mutable_time());
    to->set_shown(shown);
    shown = false;
  }
}

std::string TypeNameOf(const FieldInfo& field) {
  if (field.type == FieldType::kMessage && field.descriptor != nullptr) {
    return field.descriptor->message_type()->name();
  }
  if (field.type == FieldType::kCode && field.descriptor != nullptr)
    return field.descriptor->enum_type()->name();
  return TypeName(field.type);
}

void EncodeField(const FieldInfo& field, records::v1::FieldDescription* out) {
  out->set_name(field.name);
  out->set_json_name(field.json_name);
  out->set_number(static_cast<int>(field.number));
  out->set_type(TypeNameOf(field));
  out->set_repeated(field.repeated);
  out->set_meaning(field.meaning);
  if (field.descriptor != nullptr) {
    *out->mutable_rules() = field.descriptor->options().GetExtension(options::v1::rules);
  }
  for (const EnumValueInfo& code : field.codes) {
    auto* to = out->add_codes();
    to->set_code(code.name);
    to->set_meaning(code.meaning);
  }
  for (const FieldInfo& member : field.members) EncodeField(member, out->add_fields());
}

}  // namespace

void EncodeRecord(const RecordAnswer& answer, records::v1::Record* out) {
  out->set_kind(answer.kind->name);
  out->set_scope(answer.scope);
  out->set_code(answer.code);
  out->mutable_data()->set_type_url(kTypePrefix + answer.kind->full_name);
  out->mutable_data()->set_value(answer.data->SerializeAsString());
  // Only tried, not written: it has neither id nor state.
  if (answer.id == RecordId{}) return;
  out->set_id(answer.id.ToString());
  out->set_etag(answer.version.ToHex());
  EncodeTime(answer.created, out->mutable_create_time());
  out->set_create_actor(answer.created_by);
  EncodeTime(answer.updated, out->mutable_update_time());
  out->set_update_actor(answer.updated_by);
  out->set_presence(EncodePresence(answer.presence));
  for (const std::string& field : answer.changed_since_move) out->add_changed_since_move(field);
  for (const FieldConflictAnswer& conflict : answer.conflicts) EncodeConflict(conflict, out->add_conflicts());
}

void EncodeChange(const RecordChangeAnswer& change, records::v1::RecordChange* out) {
  out->set_field(change.field);
  out->set_element(change.element);
  out->set_what(change.what);
  out->set_actor(change.actor);
  EncodeTime(change.at, out->mutable_time());
  if (!change.before.empty()) EncodeValue(change.before, out->mutable_before());
  if (!change.after.empty()) EncodeValue(change.after, out->mutable_after());
}

void EncodeImport(const ImportOutcome& outcome, records::v1::ImportRecordsResponse* out) {
  out->set_rows(outcome.rows);
  out->set_created(outcome.created);
  out->set_already_imported(outcome.already_imported);
  out->set_updated(outcome.updated);
  out->set_skipped(outcome.skipped);
  for (const ImportRowError& error : outcome.errors) {
    if (out->errors_size() == static_cast<int>(kMostRowErrors)) {
      out->add_notes(fmt::format("{} more errors in rows", outcome.errors.size() - kMostRowErrors));
      break;
    }
    auto* to = out->add_errors();
    to->set_file_name(error.file);
    to->set_line(error.line);
    to->set_column(error.column);
    to->set_message(error.message);
  }
  for (const std::string& column : outcome.ignored_columns) out->add_ignored_columns(column);
  for (const auto& [scope, created] : outcome.created_by_scope)
    (*out->mutable_created_by_scope())[scope] = created;
  for (const std::string& note : outcome.notes) out->add_notes(note);
}

void EncodeKind(const KindInfo& kind, bool whole, records::v1::KindDescription* out) {
  out->set_kind(kind.name);
  out->set_full_name(kind.full_name);
  out->set_meaning(kind.meaning);
  if (kind.code_field != 0) out->set_code_field(kind.Find(kind.code_field)->name);
  out->set_append_only(kind.append_only);
  const auto& options = kind.descriptor->options().GetExtension(options::v1::kind);
  out->set_home(options.home());
  *out->mutable_writers() = options.writers();
  *out->mutable_readers() = options.readers();
  if (!whole) return;
  for (const FieldInfo& field : kind.fields) EncodeField(field, out->add_fields());
  out->set_example(ExampleJson(kind));
}

absl::StatusOr<DataOfRequest> DecodeData(const KindRegistry& kinds, const std::string& kind,
                                         const google::protobuf::Any& data) {
  DataOfRequest decoded{kind, data.value()};
  const std::string& url = data.type_url();
  if (url.empty()) return decoded;
  const std::string named = url.substr(url.rfind('/') + 1);
  if (kind.empty()) {
    decoded.kind = named;
  } else if (const KindInfo* known = kinds.Find(kind); known != nullptr && known != kinds.Find(named)) {
    return FieldViolationsError(
        {{"data", fmt::format("is a {}, but the kind asked for is {}", named, kind)}});
  }
  return decoded;
}

absl::Status JsonOfValue(const google::protobuf::Value& value, std::string* json) {
  if (google::protobuf::util::MessageToJsonString(value, json).ok() && !json->empty())
    return absl::OkStatus();
  return FieldViolationsError({{"value", "is not a JSON value"}});
}

absl::StatusOr<ImportRequest> DecodeImportOptions(const records::v1::ImportOptions& options) {
  ImportRequest request;
  switch (options.format()) {
    case records::v1::IMPORT_FORMAT_RESPONSES:
      request.format = ImportFormat::kResponses;
      break;
    case records::v1::IMPORT_FORMAT_PARTICIPATIONS:
      request.format = ImportFormat::kParticipations;
      break;
    case records::v1::IMPORT_FORMAT_ORGANIZATIONS:
      request.format = ImportFormat::kOrganizations;
      break;
    case records::v1::IMPORT_FORMAT_ONEROSTER:
      request.format = ImportFormat::kOneRoster;
      break;
    case records::v1::IMPORT_FORMAT_XLSFORM:
      request.format = ImportFormat::kXlsForm;
      break;
    case records::v1::IMPORT_FORMAT_XAPI:
      request.format = ImportFormat::kXapi;
      break;
    case records::v1::IMPORT_FORMAT_EDFI:
      request.format = ImportFormat::kEdFi;
      break;
    default:
      return FieldViolationsError(
          {{"options.format", "is one of RESPONSES, PARTICIPATIONS, ORGANIZATIONS, ONEROSTER, XLSFORM"}});
  }
  request.survey = options.survey();
  request.wave = options.wave();
  request.activity = options.activity();
  request.site_column = options.site_column();
  request.column_map.insert(options.column_map().begin(), options.column_map().end());
  request.dry_run = options.dry_run();
  request.skip_bad_rows = options.skip_bad_rows();
  return request;
}

}  // namespace trellis
