#include "common/service/record_importer.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "absl/time/time.h"
#include "common/merge/show.h"
#include "common/record/validation.h"
#include "common/rpc/error_reason.h"
#include "common/service/import/edfi.h"
#include "common/service/import/kind_rows.h"
#include "common/service/import/oneroster.h"
#include "common/service/import/response_rows.h"
#include "common/service/import/survey_form.h"
#include "common/service/import/xapi.h"
#include "common/service/record_reader.h"
#include "common/service/rules.h"
#include "common/service/stored_lookup.h"
#include "common/service/stored_view.h"
#include "common/spreadsheet/workbook.h"
#include "trellis/domain/v1/organization.pb.h"

namespace trellis {
namespace {

absl::Status AsFileError(const absl::Status& status) {
  return ErrorWithReason(reason::kFileInvalid, std::string(status.message()));
}

// Of a workbook, its first sheet.
absl::StatusOr<std::string> TextOf(const std::string& bytes) {
  if (!LooksLikeWorkbook(bytes)) return bytes;
  const absl::StatusOr<Workbook> workbook = ReadWorkbook(bytes);
  if (!workbook.ok()) return workbook.status();
  return workbook->sheets.empty() ? std::string() : ToCsv(workbook->sheets.front());
}

absl::StatusOr<Table> ParseFile(const ImportRequest& request, const std::string& name) {
  const absl::StatusOr<std::string> text = TextOf(request.files.at(name));
  if (!text.ok()) return AsFileError(text.status());
  absl::StatusOr<Table> table = Table::Parse(name, *text, request.column_map);
  if (!table.ok()) return AsFileError(table.status());
  return table;
}

absl::StatusOr<std::string> OnlyFile(const ImportRequest& request) {
  if (request.files.size() == 1) return request.files.begin()->first;
  return ErrorWithReason(reason::kFileInvalid, "Send one file");
}

template <typename Message>
absl::StatusOr<Message> ReadRecord(const RecordStore& store, const Principal& principal,
                                   const std::string& kind, const std::string& id) {
  absl::StatusOr<RecordAnswer> answer = RecordReader(store).Get(principal, {kind, id, ""});
  if (!answer.ok()) return answer.status();
  Message message;
  message.CopyFrom(*answer->data);
  return message;
}

absl::StatusOr<ImportPlan> PlanResponseFile(const RecordStore& store, const Principal& principal,
                                            const ImportRequest& request, const ImportLookup& lookup) {
  absl::StatusOr<std::string> file = OnlyFile(request);
  if (!file.ok()) return file.status();
  ResponseRowsOptions options;
  absl::StatusOr<domain::v1::Survey> survey =
      ReadRecord<domain::v1::Survey>(store, principal, "Survey", request.survey);
  if (!survey.ok()) return survey.status();
  absl::StatusOr<domain::v1::Wave> wave =
      ReadRecord<domain::v1::Wave>(store, principal, "Wave", request.wave);
  if (!wave.ok()) return wave.status();
  if (wave->mode() == domain::v1::WAVE_MODE_ANONYMOUS) {
    return ErrorWithReason(
        reason::kAnonymousWave,
        fmt::format("Responses to the anonymous wave {} cannot be imported: this version has no "
                    "ballot box to put them in",
                    wave->code()));
  }
  absl::StatusOr<Table> table = ParseFile(request, *file);
  if (!table.ok()) return table.status();
  options.survey = *std::move(survey);
  options.wave = *std::move(wave);
  options.site_column = request.site_column;
  options.district_key = store.district_key;
  options.file_hash = FileHash(store.district_key, request.files.at(*file));
  return PlanResponses(*table, options, lookup);
}

absl::StatusOr<ImportPlan> PlanKindFile(const RecordStore& store, const ImportRequest& request,
                                        const ImportLookup& lookup) {
  absl::StatusOr<std::string> file = OnlyFile(request);
  if (!file.ok()) return file.status();
  absl::StatusOr<Table> table = ParseFile(request, *file);
  if (!table.ok()) return table.status();
  if (request.format == ImportFormat::kOrganizations) {
    return PlanOrganizations(*table, *store.kinds->Find("EducationOrganization"), lookup);
  }
  KindRowsOptions options;
  options.kind = store.kinds->Find("Participation");
  options.site_column = request.site_column;
  options.file_hash = FileHash(store.district_key, request.files.at(*file));
  if (!request.activity.empty()) options.defaults["activity"] = request.activity;
  return PlanKindRows(*table, options, lookup);
}

std::string Today(const RecordStore& store) {
  return absl::FormatTime("%Y-%m-%d", absl::FromUnixMillis(store.clock->WallMs()), absl::UTCTimeZone());
}

// A roster does not say since when its people work here. Since the current school year began, if one is
// marked current: what they learned earlier in the year is then theirs in reports; else since today.
absl::StatusOr<std::string> FirstDayOfRosteredWork(const RecordStore& store) {
  std::string begin = Today(store);
  const KindInfo* kind = store.kinds->Find("SchoolYear");
  const absl::Status status = store.replica->ScanKind(
      ScopeName{}.ToString(), kind->full_name, RecordId{}, /*with_deleted=*/false,
      [&](const RecordId&, const StoredRecord& stored) {
        domain::v1::SchoolYear year;
        const ShownRecord shown = Show(stored.state, [&](uint32_t field) { return kind->PolicyOf(field); });
        if (!year.ParseFromString(shown.message) || !year.current() || year.begin_date().empty()) return true;
        begin = std::min(begin, year.begin_date());
        return true;
      });
  if (!status.ok()) return status;
  return begin;
}

absl::StatusOr<ImportPlan> PlanRosterFiles(const RecordStore& store, const ImportRequest& request,
                                           const ImportLookup& lookup) {
  const absl::StatusOr<RosterTables> tables = ReadRosterFiles(request.files, request.column_map);
  if (!tables.ok()) return AsFileError(tables.status());
  OneRosterOptions options;
  absl::StatusOr<std::string> begin = FirstDayOfRosteredWork(store);
  if (!begin.ok()) return begin.status();
  options.begin_date = *std::move(begin);
  options.today = Today(store);
  options.write_organizations = store.at_district();
  return PlanOneRoster(*tables, options, lookup);
}

absl::StatusOr<ImportPlan> PlanStatements(const RecordStore& store, const ImportRequest& request,
                                          const ImportLookup& lookup) {
  const absl::StatusOr<std::string> file = OnlyFile(request);
  if (!file.ok()) return file.status();
  const std::string& bytes = request.files.at(*file);
  return PlanXapi(*file, bytes,
                  {.activity = request.activity, .file_hash = FileHash(store.district_key, bytes)}, lookup);
}

absl::StatusOr<ImportPlan> PlanForm(const RecordStore& store, const Principal& principal,
                                    const ImportRequest& request) {
  const absl::StatusOr<std::string> file = OnlyFile(request);
  if (!file.ok()) return file.status();
  return PlanSurveyForm(*file, request.files.at(*file), [&](const std::string& code) {
    return ReadRecord<domain::v1::Survey>(store, principal, "Survey", code);
  });
}

absl::StatusOr<ImportPlan> MakePlan(const RecordStore& store, const Principal& principal,
                                    const ImportRequest& request) {
  absl::StatusOr<StoredLookup> lookup = StoredLookup::Load(store);
  if (!lookup.ok()) return lookup.status();
  auto plan = [&]() -> absl::StatusOr<ImportPlan> {
    switch (request.format) {
      case ImportFormat::kResponses:
        return PlanResponseFile(store, principal, request, *lookup);
      case ImportFormat::kParticipations:
      case ImportFormat::kOrganizations:
        return PlanKindFile(store, request, *lookup);
      case ImportFormat::kOneRoster:
        return PlanRosterFiles(store, request, *lookup);
      case ImportFormat::kXlsForm:
        return PlanForm(store, principal, request);
      case ImportFormat::kXapi:
        return PlanStatements(store, request, *lookup);
      case ImportFormat::kEdFi:
        return PlanEdFi(request.files, {.begin_date = Today(store), .write_shared = store.at_district()},
                        *lookup, [&](const std::string& code) {
                          return ReadRecord<domain::v1::Survey>(store, principal, "Survey", code);
                        });
    }
    return absl::InvalidArgumentError("no such format");
  }();
  if (plan.ok() || ReasonOf(plan.status())) return plan;
  return AsFileError(plan.status());
}

// What is to be done with one planned record.
struct Step {
  const PlannedRecord* planned = nullptr;
  RecordId id;
  bool create = false;
};

// Carries a plan out against one store.
class ImportRun {
 public:
  ImportRun(const RecordStore& store, RecordWriter* writer, const Principal& principal,
            ImportOutcome* outcome)
      : store_(store), view_(store), writer_(writer), importer_(principal), outcome_(outcome) {
    // Deciding was done for the person; fields nobody gives by hand (respondent keys) come from here.
    importer_.type = PrincipalType::kSystem;
  }

  // Decides access to each scope and kind once.
  absl::Status RequireScopes(const Principal& principal, const ImportPlan& plan) const;
  // Finds what is there and judges the rest; what is wrong becomes errors of the outcome.
  absl::Status Judge(const ImportPlan& plan);
  absl::Status Carry(bool dry_run);

 private:
  absl::Status JudgeOne(const PlannedRecord& planned);
  absl::Status CreateAll(const std::string& scope, const std::vector<Step>& steps);
  absl::Status UpdateOne(const Step& step, bool dry_run);

  RecordStore store_;
  StoredView view_;  // what was there before the import
  RecordWriter* writer_;
  Principal importer_;
  ImportOutcome* outcome_;
  std::map<std::string, std::vector<Step>> creates_;  // by scope, in the order of the rows
  std::vector<Step> updates_;
};

std::string DataOfNew(const PlannedRecord& planned) {
  // Concatenated wire bytes are a merged message.
  return planned.data + planned.data_if_new;
}

absl::Status ImportRun::RequireScopes(const Principal& principal, const ImportPlan& plan) const {
  std::set<std::pair<std::string, std::string>> decided;
  for (const PlannedRecord& planned : plan.records) {
    if (!decided.emplace(planned.kind, planned.scope).second) continue;
    const KindInfo* kind = store_.kinds->Find(planned.kind);
    absl::StatusOr<ScopeName> scope = ChooseScope(store_, *kind, planned.scope);
    if (!scope.ok()) return scope.status();
    if (absl::Status status = RequireAccess(principal, Action::kCreate, *scope, kind); !status.ok())
      return status;
    if (!planned.update_known) continue;
    if (absl::Status status = RequireAccess(principal, Action::kUpdate, *scope, kind); !status.ok())
      return status;
  }
  return absl::OkStatus();
}

absl::Status ImportRun::JudgeOne(const PlannedRecord& planned) {
  const KindInfo& kind = *store_.kinds->Find(planned.kind);
  absl::StatusOr<ScopeName> scope = ChooseScope(store_, kind, planned.scope);
  if (!scope.ok()) return scope.status();
  absl::StatusOr<std::vector<RecordId>> called = RecordsWithCode(store_, kind, *scope, planned.code, 1);
  if (!called.ok()) return called.status();
  Step step{&planned, ImportedRecordId(store_.district_key, planned), false};
  if (!called->empty()) step.id = called->front();
  absl::StatusOr<std::optional<StoredRecord>> there = store_.replica->Get(planned.scope, step.id);
  if (!there.ok()) return there.status();
  if (there->has_value() && planned.update_known && PresenceOf((*there)->state) == Presence::kDeleted) {
    outcome_->notes.push_back(
        fmt::format("{} line {}: {} {} is deleted here and was left so; restore it to bring "
                    "it back",
                    planned.file, planned.line, planned.kind, planned.code));
    ++outcome_->already_imported;
    return absl::OkStatus();
  }
  if (there->has_value()) {
    if (planned.update_known) {
      updates_.push_back(step);
    } else {
      ++outcome_->already_imported;
    }
    return absl::OkStatus();
  }
  if (planned.only_if_known) {
    outcome_->notes.push_back(fmt::format("{} line {}: {} {} is taken away and was not known here",
                                          planned.file, planned.line, planned.kind, planned.code));
    ++outcome_->skipped;
    return absl::OkStatus();
  }
  step.create = true;
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> message = ParseRecord(kind, DataOfNew(planned));
  if (!message.ok()) return message.status();
  for (const FieldViolation& violation : FindViolations(kind, **message)) {
    outcome_->errors.push_back({planned.file, planned.line, violation.field, violation.problem});
    step.create = false;
  }
  if (step.create) {
    Findings shown;
    absl::Status judged =
        JudgeWrite(store_, importer_, {&kind, scope->ToString(), step.id.ToString(), message->get()}, nullptr,
                   &view_, &shown);
    const std::vector<FieldViolation> broken = FieldViolationsOf(judged);
    if (!judged.ok() && broken.empty()) return judged;
    for (const FieldViolation& rule : broken) {
      outcome_->errors.push_back({planned.file, planned.line, rule.field, rule.problem});
      step.create = false;
    }
  }
  if (step.create) creates_[planned.scope].push_back(step);
  return absl::OkStatus();
}

absl::Status ImportRun::Judge(const ImportPlan& plan) {
  for (const PlannedRecord& planned : plan.records) {
    if (absl::Status status = JudgeOne(planned); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ImportRun::CreateAll(const std::string& scope, const std::vector<Step>& steps) {
  for (size_t begin = 0; begin < steps.size(); begin += RecordImporter::kChunkRecords) {
    const size_t end = std::min(begin + RecordImporter::kChunkRecords, steps.size());
    CreateRequest request;
    request.scope = scope;
    for (size_t i = begin; i < end; ++i) {
      request.records.push_back({steps[i].planned->kind, DataOfNew(*steps[i].planned), steps[i].id});
    }
    absl::StatusOr<std::vector<RecordAnswer>> created = writer_->Create(importer_, request);
    if (!created.ok()) return created.status();
    outcome_->created += static_cast<int64_t>(created->size());
    outcome_->created_by_scope[scope] += static_cast<int64_t>(created->size());
  }
  return absl::OkStatus();
}

absl::Status ImportRun::UpdateOne(const Step& step, bool dry_run) {
  UpdateRequest request;
  request.name = {step.planned->kind, step.id.ToString(), step.planned->scope};
  request.data = step.planned->data;
  request.validate_only = dry_run;
  absl::StatusOr<std::optional<StoredRecord>> before = store_.replica->Get(step.planned->scope, step.id);
  if (!before.ok()) return before.status();
  absl::StatusOr<RecordAnswer> after = writer_->Update(importer_, request);
  if (!after.ok()) {
    const absl::StatusCode code = after.status().code();
    if (code != absl::StatusCode::kFailedPrecondition && code != absl::StatusCode::kPermissionDenied) {
      return after.status();
    }
    // An open conflict, or a value the district keeps: a person must look; the rest of the roster goes on.
    outcome_->notes.push_back(fmt::format("{} line {}: {} {} was left as it is: {}", step.planned->file,
                                          step.planned->line, step.planned->kind, step.planned->code,
                                          std::string(after.status().message())));
    ++outcome_->skipped;
    return absl::OkStatus();
  }
  const bool changed =
      dry_run ? after->would_change : !before->has_value() || after->version != (*before)->version;
  ++(changed ? outcome_->updated : outcome_->already_imported);
  return absl::OkStatus();
}

absl::Status ImportRun::Carry(bool dry_run) {
  for (const auto& [scope, steps] : creates_) {
    if (dry_run) {
      outcome_->created += static_cast<int64_t>(steps.size());
      outcome_->created_by_scope[scope] += static_cast<int64_t>(steps.size());
    } else if (absl::Status status = CreateAll(scope, steps); !status.ok()) {
      return status;
    }
  }
  for (const Step& step : updates_) {
    if (absl::Status status = UpdateOne(step, dry_run); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// Rows with at least one error, each once.
int64_t BadRows(const std::vector<ImportRowError>& errors) {
  std::set<std::pair<std::string, int64_t>> rows;
  for (const ImportRowError& error : errors) rows.emplace(error.file, error.line);
  return static_cast<int64_t>(rows.size());
}

}  // namespace

absl::StatusOr<ImportOutcome> RecordImporter::Run(const Principal& principal,
                                                  const ImportRequest& request) const {
  absl::StatusOr<ImportPlan> plan = MakePlan(store_, principal, request);
  if (!plan.ok()) return plan.status();
  RefuseRepeatedCodes(&*plan);
  ImportOutcome outcome;
  outcome.rows = plan->rows;
  outcome.errors = std::move(plan->errors);
  outcome.ignored_columns = std::move(plan->ignored_columns);
  outcome.notes = std::move(plan->notes);
  outcome.skipped = plan->passed_over;
  ImportRun run(store_, writer_, principal, &outcome);
  if (absl::Status status = run.RequireScopes(principal, *plan); !status.ok()) return status;
  if (absl::Status status = run.Judge(*plan); !status.ok()) return status;
  std::stable_sort(outcome.errors.begin(), outcome.errors.end(),
                   [](const ImportRowError& a, const ImportRowError& b) {
                     return std::tie(a.file, a.line) < std::tie(b.file, b.line);
                   });
  if (!outcome.errors.empty() && !request.skip_bad_rows) {
    outcome.already_imported = 0;
    return outcome;
  }
  outcome.skipped += BadRows(outcome.errors);
  if (absl::Status status = run.Carry(request.dry_run); !status.ok()) return status;
  return outcome;
}

}  // namespace trellis
