#include "common/service/trace_service.h"

#include <google/protobuf/util/time_util.h>

namespace trellis {

grpc::ServerUnaryReactor* TraceServiceImpl::TraceRecord(grpc::CallbackServerContext* context,
                                                        const admin::v1::TraceRecordRequest* request,
                                                        admin::v1::TraceRecordResponse* response) {
  return RunUnary(shell_, context, [=, this](const Principal& principal) {
    const RecordName name{request->kind(), request->id(), request->scope()};
    const absl::StatusOr<RecordTrace> trace = trellis::TraceRecord(store_, *way_, principal, name);
    if (!trace.ok()) return trace.status();
    response->set_kind(trace->record.kind->full_name);
    response->set_id(trace->record.id.ToString());
    response->set_scope(trace->record.scope.ToString());
    response->set_etag(trace->record.stored.version.ToHex());
    for (const TraceStep& step : trace->steps) {
      admin::v1::TraceStep* line = response->add_steps();
      line->set_stage(static_cast<admin::v1::TraceStage>(step.stage));
      line->set_answer(static_cast<admin::v1::TraceAnswer>(step.answer));
      if (step.time_ms != 0) {
        *line->mutable_time() = google::protobuf::util::TimeUtil::MillisecondsToTimestamp(step.time_ms);
      }
      line->set_actor(step.actor);
      line->set_site(step.site);
      line->set_sentence(step.sentence);
    }
    return absl::OkStatus();
  });
}

}  // namespace trellis
