#include "common/service/records_service.h"

#include "common/rpc/error_reason.h"
#include "common/service/import_call.h"
#include "common/service/record_proto.h"
#include "common/service/rules_service.h"
#include "common/service/watch_call.h"

namespace trellis {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

template <typename Request>
RecordName NameIn(const Request& request) {
  return {request.kind(), request.id(), request.scope()};
}

template <typename Request>
MarkRequest MarkIn(const Request& request) {
  return {NameIn(request), request.etag(), request.request_id()};
}

absl::Status Answer(const absl::StatusOr<RecordAnswer>& answer, records::v1::Record* out) {
  if (!answer.ok()) return answer.status();
  EncodeRecord(*answer, out);
  return absl::OkStatus();
}

template <typename Response>
absl::Status AnswerPage(const absl::StatusOr<RecordPage>& page, Response* response) {
  if (!page.ok()) return page.status();
  for (const RecordAnswer& record : page->records) EncodeRecord(record, response->add_records());
  response->set_next_page_token(page->next_page_token);
  return absl::OkStatus();
}

absl::StatusOr<NewRecord> DecodeNew(const KindRegistry& kinds, const std::string& kind,
                                    const google::protobuf::Any& data, const std::string& id) {
  absl::StatusOr<DataOfRequest> decoded = DecodeData(kinds, kind, data);
  if (!decoded.ok()) return decoded.status();
  NewRecord record{std::move(decoded->kind), std::move(decoded->bytes), std::nullopt};
  if (!id.empty()) {
    record.id = RecordId::Parse(id);
    if (!record.id) return FieldViolationsError({{"id", "is not a UUID; leave it out and one is minted"}});
  }
  return record;
}

// What a write brought about that does not fit.
template <typename ResponseT>
void EncodeFindings(const RecordAnswer& answer, ResponseT* response) {
  for (const Finding& finding : answer.findings) {
    EncodeFinding(*answer.kind, answer.scope, response->record().id(), answer.code, finding,
                  response->add_findings());
  }
}

}  // namespace

RecordsServiceImpl::RecordsServiceImpl(const RecordStore& store, const ServiceShell& shell)
    : store_(store), shell_(shell), reader_(store), writer_(store), importer_(store, &writer_) {}

ServerUnaryReactor* RecordsServiceImpl::GetRecord(CallbackServerContext* context,
                                                  const records::v1::GetRecordRequest* request,
                                                  records::v1::GetRecordResponse* response) {
  return RunUnary(shell_, context, [=, this](const Principal& principal) {
    return Answer(reader_.Get(principal, NameIn(*request)), response->mutable_record());
  });
}

ServerUnaryReactor* RecordsServiceImpl::ListRecords(CallbackServerContext* context,
                                                    const records::v1::ListRecordsRequest* request,
                                                    records::v1::ListRecordsResponse* response) {
  return RunUnary(shell_, context, [=, this](const Principal& principal) {
    return AnswerPage(
        reader_.List(principal, {request->kind(), request->scope(), request->filter(), request->order_by(),
                                 request->page_size(), request->page_token(), request->show_deleted()}),
        response);
  });
}

ServerUnaryReactor* RecordsServiceImpl::CreateRecord(CallbackServerContext* context,
                                                     const records::v1::CreateRecordRequest* request,
                                                     records::v1::CreateRecordResponse* response) {
  return RunUnary(shell_, context, [=, this](const Principal& principal) -> absl::Status {
    absl::StatusOr<NewRecord> record =
        DecodeNew(*store_.kinds, request->kind(), request->data(), request->id());
    if (!record.ok()) return record.status();
    CreateRequest create{
        request->scope(), {*std::move(record)}, request->request_id(), request->validate_only()};
    absl::StatusOr<std::vector<RecordAnswer>> created = writer_.Create(principal, create);
    if (!created.ok()) return created.status();
    EncodeRecord(created->front(), response->mutable_record());
    EncodeFindings(created->front(), response);
    return absl::OkStatus();
  });
}

ServerUnaryReactor* RecordsServiceImpl::BatchCreateRecords(
    CallbackServerContext* context, const records::v1::BatchCreateRecordsRequest* request,
    records::v1::BatchCreateRecordsResponse* response) {
  return RunUnary(shell_, context, [=, this](const Principal& principal) -> absl::Status {
    CreateRequest create{request->scope(), {}, request->request_id(), request->validate_only()};
    for (const records::v1::NewRecord& one : request->records()) {
      absl::StatusOr<NewRecord> record = DecodeNew(*store_.kinds, one.kind(), one.data(), one.id());
      if (!record.ok()) return record.status();
      create.records.push_back(*std::move(record));
    }
    absl::StatusOr<std::vector<RecordAnswer>> created = writer_.Create(principal, create);
    if (!created.ok()) return created.status();
    for (const RecordAnswer& answer : *created) EncodeRecord(answer, response->add_records());
    return absl::OkStatus();
  });
}

ServerUnaryReactor* RecordsServiceImpl::UpdateRecord(CallbackServerContext* context,
                                                     const records::v1::UpdateRecordRequest* request,
                                                     records::v1::UpdateRecordResponse* response) {
  return RunUnary(shell_, context, [=, this](const Principal& principal) -> absl::Status {
    absl::StatusOr<DataOfRequest> data = DecodeData(*store_.kinds, request->kind(), request->data());
    if (!data.ok()) return data.status();
    UpdateRequest update;
    update.name = {data->kind, request->id(), request->scope()};
    update.data = std::move(data->bytes);
    if (request->has_update_mask()) {
      update.mask.emplace(request->update_mask().paths().begin(), request->update_mask().paths().end());
    }
    update.etag = request->etag();
    update.request_id = request->request_id();
    update.validate_only = request->validate_only();
    const absl::StatusOr<RecordAnswer> updated = writer_.Update(principal, update);
    if (!updated.ok()) return updated.status();
    EncodeRecord(*updated, response->mutable_record());
    EncodeFindings(*updated, response);
    return absl::OkStatus();
  });
}

ServerUnaryReactor* RecordsServiceImpl::DeleteRecord(CallbackServerContext* context,
                                                     const records::v1::DeleteRecordRequest* request,
                                                     records::v1::DeleteRecordResponse* response) {
  return RunUnary(shell_, context, [=, this](const Principal& principal) {
    return Answer(writer_.Delete(principal, MarkIn(*request)), response->mutable_record());
  });
}

ServerUnaryReactor* RecordsServiceImpl::RestoreRecord(CallbackServerContext* context,
                                                      const records::v1::RestoreRecordRequest* request,
                                                      records::v1::RestoreRecordResponse* response) {
  return RunUnary(shell_, context, [=, this](const Principal& principal) {
    return Answer(writer_.Restore(principal, MarkIn(*request)), response->mutable_record());
  });
}

ServerUnaryReactor* RecordsServiceImpl::MoveRecord(CallbackServerContext* context,
                                                   const records::v1::MoveRecordRequest* request,
                                                   records::v1::MoveRecordResponse* response) {
  return RunUnary(shell_, context, [=, this](const Principal& principal) -> absl::Status {
    const absl::StatusOr<MoveAnswer> moved =
        writer_.Move(principal, {NameIn(*request), request->target_scope(), request->etag()});
    if (!moved.ok()) return moved.status();
    EncodeRecord(moved->record, response->mutable_record());
    EncodeRecord(moved->moved, response->mutable_moved());
    EncodeFindings(moved->record, response);
    return absl::OkStatus();
  });
}

ServerUnaryReactor* RecordsServiceImpl::GetRecordHistory(CallbackServerContext* context,
                                                         const records::v1::GetRecordHistoryRequest* request,
                                                         records::v1::GetRecordHistoryResponse* response) {
  return RunUnary(shell_, context, [=, this](const Principal& principal) -> absl::Status {
    absl::StatusOr<std::vector<RecordChangeAnswer>> changes = reader_.History(principal, NameIn(*request));
    if (!changes.ok()) return changes.status();
    for (const RecordChangeAnswer& change : *changes) EncodeChange(change, response->add_changes());
    return absl::OkStatus();
  });
}

ServerUnaryReactor* RecordsServiceImpl::ListConflicts(CallbackServerContext* context,
                                                      const records::v1::ListConflictsRequest* request,
                                                      records::v1::ListConflictsResponse* response) {
  return RunUnary(shell_, context, [=, this](const Principal& principal) {
    return AnswerPage(reader_.Conflicts(principal, {request->kind(), request->scope(), request->page_size(),
                                                    request->page_token()}),
                      response);
  });
}

ServerUnaryReactor* RecordsServiceImpl::ResolveConflict(CallbackServerContext* context,
                                                        const records::v1::ResolveConflictRequest* request,
                                                        records::v1::ResolveConflictResponse* response) {
  return RunUnary(shell_, context, [=, this](const Principal& principal) -> absl::Status {
    ResolveRequest resolve;
    resolve.name = NameIn(*request);
    resolve.field = request->field();
    resolve.element = request->element();
    resolve.take_version = request->take_version();
    if (request->has_value()) {
      absl::Status status = JsonOfValue(request->value(), &resolve.value);
      if (!status.ok()) return status;
    }
    resolve.etag = request->etag();
    resolve.request_id = request->request_id();
    return Answer(writer_.Resolve(principal, resolve), response->mutable_record());
  });
}

ServerUnaryReactor* RecordsServiceImpl::DescribeKind(CallbackServerContext* context,
                                                     const records::v1::DescribeKindRequest* request,
                                                     records::v1::DescribeKindResponse* response) {
  return RunUnary(shell_, context, [=, this](const Principal&) -> absl::Status {
    absl::StatusOr<const KindInfo*> kind = FindKind(store_, request->kind());
    if (!kind.ok()) return kind.status();
    EncodeKind(**kind, /*whole=*/true, response->mutable_kind());
    return absl::OkStatus();
  });
}

ServerUnaryReactor* RecordsServiceImpl::ListKinds(CallbackServerContext* context,
                                                  const records::v1::ListKindsRequest* request,
                                                  records::v1::ListKindsResponse* response) {
  return RunUnary(shell_, context, [=, this](const Principal&) {
    for (const KindInfo& kind : store_.kinds->kinds())
      EncodeKind(kind, /*whole=*/false, response->add_kinds());
    return absl::OkStatus();
  });
}

grpc::ServerWriteReactor<records::v1::WatchRecordsResponse>* RecordsServiceImpl::WatchRecords(
    CallbackServerContext* context, const records::v1::WatchRecordsRequest* request) {
  return StartWatch(store_, shell_, context, *request);
}

grpc::ServerReadReactor<records::v1::ImportRecordsRequest>* RecordsServiceImpl::ImportRecords(
    CallbackServerContext* context, records::v1::ImportRecordsResponse* response) {
  return StartImport(importer_, shell_, context, response);
}

}  // namespace trellis
