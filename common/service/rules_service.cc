#include "common/service/rules_service.h"

#include <google/protobuf/descriptor.h>

namespace trellis {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

constexpr int kMostFindings = 10'000;
constexpr int kTwoWeeks = 14;

std::string CodeIn(const ViewedRecord& record) {
  const std::vector<std::string> names = NamesOf(record);
  return names.size() > 1 ? names[1] : "";
}

std::string TitleIn(const ViewedRecord& record) {
  const auto* field = record.message->GetDescriptor()->FindFieldByName("title");
  return field != nullptr && field->type() == google::protobuf::FieldDescriptor::TYPE_STRING
             ? record.message->GetReflection()->GetString(*record.message, field)
             : "";
}

}  // namespace

void EncodeFinding(const KindInfo& kind, const std::string& scope, const std::string& id,
                   const std::string& code, const Finding& finding, records::v1::Finding* out) {
  out->set_kind(kind.name);
  out->set_scope(scope);
  out->set_id(id);
  out->set_code(code);
  out->set_rule(finding.rule);
  out->set_field(finding.field);
  out->set_problem(finding.problem);
}

ServerUnaryReactor* RulesServiceImpl::ListFindings(CallbackServerContext* context,
                                                   const records::v1::ListFindingsRequest* request,
                                                   records::v1::ListFindingsResponse* response) {
  return RunUnary(shell_, context, [=, this](const Principal& principal) -> absl::Status {
    const auto problems = review_.Findings(principal, {request->kind(), request->scope()}, request->rule());
    if (!problems.ok()) return problems.status();
    for (const FoundProblem& problem : *problems) {
      if (response->findings_size() == kMostFindings) {
        response->set_more(response->more() + 1);
        continue;
      }
      EncodeFinding(*problem.record.kind, problem.record.scope, problem.record.id, CodeIn(problem.record),
                    problem.finding, response->add_findings());
    }
    return absl::OkStatus();
  });
}

ServerUnaryReactor* RulesServiceImpl::ListDue(CallbackServerContext* context,
                                              const records::v1::ListDueRequest* request,
                                              records::v1::ListDueResponse* response) {
  return RunUnary(shell_, context, [=, this](const Principal& principal) -> absl::Status {
    response->set_today(review_.Day(0));
    const std::string until = request->until().empty() ? review_.Day(kTwoWeeks) : request->until();
    const auto work = review_.Due(principal, {request->kind(), request->scope()}, until, request->owner());
    if (!work.ok()) return work.status();
    for (const DueWork& one : *work) {
      records::v1::DueItem* item = response->add_items();
      item->set_date(one.item.date);
      item->set_kind(one.record.kind->name);
      item->set_scope(one.record.scope);
      item->set_id(one.record.id);
      item->set_code(CodeIn(one.record));
      item->set_field(one.item.field);
      item->set_owner(one.item.owner);
      item->set_title(TitleIn(one.record));
      item->set_overdue(one.item.date < response->today());
    }
    return absl::OkStatus();
  });
}

}  // namespace trellis
