// Records of kinds the command line knows by name, as their own messages.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/command_line.h"
#include "trellis/records/v1/records.grpc.pb.h"

namespace trellis {

template <typename KindT>
struct TypedRecord {
  records::v1::Record record;
  KindT data;
};

template <typename KindT>
absl::StatusOr<TypedRecord<KindT>> Typed(const records::v1::Record& record) {
  TypedRecord<KindT> typed;
  if (!record.data().UnpackTo(&typed.data)) {
    return absl::InternalError(fmt::format("the answer is not a {}: the other end may be of another version",
                                           KindT::descriptor()->name()));
  }
  typed.record = record;
  return typed;
}

template <typename KindT>
absl::StatusOr<TypedRecord<KindT>> GetTyped(CommandLine& line, const std::string& id,
                                            const std::string& scope) {
  records::v1::GetRecordRequest request;
  request.set_kind(KindT::descriptor()->name());
  request.set_id(id);
  request.set_scope(scope);
  auto response =
      line.Call<records::v1::RecordsService>(&records::v1::RecordsService::Stub::GetRecord, request);
  if (!response.ok()) return response.status();
  return Typed<KindT>(std::move(*response->mutable_record()));
}

template <typename KindT>
absl::StatusOr<std::vector<TypedRecord<KindT>>> ListTyped(CommandLine& line, const std::string& scope,
                                                          const std::string& filter) {
  records::v1::ListRecordsRequest request;
  request.set_kind(KindT::descriptor()->name());
  request.set_scope(scope);
  request.set_filter(filter);
  request.set_page_size(1000);
  std::vector<TypedRecord<KindT>> all;
  do {
    auto response =
        line.Call<records::v1::RecordsService>(&records::v1::RecordsService::Stub::ListRecords, request);
    if (!response.ok()) return response.status();
    for (records::v1::Record& record : *response->mutable_records()) {
      auto typed = Typed<KindT>(std::move(record));
      if (!typed.ok()) return typed.status();
      all.push_back(*std::move(typed));
    }
    request.set_page_token(response->next_page_token());
  } while (!request.page_token().empty());
  return all;
}

// Changes the fields present in `change`, on the state seen.
template <typename KindT>
absl::StatusOr<records::v1::UpdateRecordResponse> ChangeTyped(CommandLine& line,
                                                              const TypedRecord<KindT>& seen,
                                                              const KindT& change, bool validate_only) {
  records::v1::UpdateRecordRequest request;
  request.set_kind(KindT::descriptor()->name());
  request.set_id(seen.record.id());
  request.set_scope(seen.record.scope());
  request.mutable_data()->PackFrom(change);
  request.set_etag(seen.record.etag());
  request.set_validate_only(validate_only);
  return line.Call<records::v1::RecordsService>(&records::v1::RecordsService::Stub::UpdateRecord, request);
}

// "CYCLE_STAGE_RESEARCH" without its enum's name and in plain words: "research".
std::string PlainCode(const std::string& name, const std::string& prefix);
// What does not fit in something written: one line each on stderr, where people read.
void WarnOf(CommandLine& line, const google::protobuf::RepeatedPtrField<records::v1::Finding>& findings);

}  // namespace trellis
