#include "common/service/record_watch.h"

#include <algorithm>

#include "common/causal/bytes.h"
#include "common/rpc/error_reason.h"
#include "common/service/opaque_token.h"

namespace trellis {
namespace {

constexpr char kWatchPurpose[] = "watch";

absl::Status TooOld() {
  return ErrorWithReason(
      reason::kResumeTokenTooOld,
      "The watch cannot go on from there: the store is another, or was restored to an earlier "
      "day. List the records again, then watch from now");
}

}  // namespace

absl::StatusOr<std::unique_ptr<RecordWatch>> RecordWatch::Open(const RecordStore& store,
                                                               const Principal& principal,
                                                               const WatchQuery& query) {
  std::unique_ptr<RecordWatch> watch(new RecordWatch(store, principal));
  if (absl::Status status = watch->Begin(query); !status.ok()) return status;
  return watch;
}

absl::Status RecordWatch::Begin(const WatchQuery& query) {
  if (query.kind.empty()) {
    if (!query.filter.empty()) {
      return ErrorWithReason(reason::kFilterInvalid, "A filter needs a kind: it names the kind's fields");
    }
    absl::StatusOr<ScopeName> scope = KnownScope(store_, query.scope);
    if (!scope.ok()) return scope.status();
    scope_ = *scope;
  } else {
    absl::StatusOr<const KindInfo*> kind = FindKind(store_, query.kind);
    if (!kind.ok()) return kind.status();
    kind_ = *kind;
    absl::StatusOr<ScopeName> scope = ChooseScope(store_, *kind_, query.scope);
    if (!scope.ok()) return scope.status();
    scope_ = *scope;
    if (absl::Status status = RequireAccess(principal_, Action::kRead, scope_, kind_); !status.ok())
      return status;
    absl::StatusOr<RecordFilter> filter = RecordFilter::Parse(query.filter, *kind_);
    if (!filter.ok()) return ErrorWithReason(reason::kFilterInvalid, std::string(filter.status().message()));
    filter_ = *std::move(filter);
  }
  absl::StatusOr<ScopeHead> head = store_.replica->Head(scope_.ToString());
  if (!head.ok()) return head.status();
  if (!query.resume_token.empty()) return Resume(query.resume_token, *head);
  epoch_ = head->lineage.empty() ? 0 : head->lineage.present();
  seq_ = query.from_start ? 0 : head->seq;
  return absl::OkStatus();
}

absl::Status RecordWatch::Resume(const std::string& token, const ScopeHead& head) {
  const std::optional<std::string> payload =
      OpenToken(store_.token_key, kWatchPurpose, scope_.ToString(), token);
  if (!payload) return TooOld();
  ByteReader reader(*payload);
  const Epoch epoch = reader.Varint();
  seq_ = reader.Varint();
  epoch_ = head.lineage.empty() ? 0 : head.lineage.present();
  if (!reader.ok() || !reader.AtEnd()) return TooOld();
  if (epoch == 0) return seq_ == 0 ? absl::OkStatus() : TooOld();
  const std::optional<uint64_t> end = head.lineage.EndOf(epoch);
  if (!end || std::min(seq_, *end) > head.seq) return TooOld();
  seq_ = std::min(seq_, *end);
  return absl::OkStatus();
}

std::string RecordWatch::resume_token() const {
  std::string payload;
  AppendVarint(&payload, epoch_);
  AppendVarint(&payload, seq_);
  return SealToken(store_.token_key, kWatchPurpose, scope_.ToString(), payload);
}

std::optional<RecordAnswer> RecordWatch::Match(const RecordId& id, const StoredRecord& stored) const {
  const KindInfo* kind = store_.kinds->Find(stored.state.kind);
  const bool asked = kind != nullptr && (kind_ == nullptr || kind == kind_);
  if (!asked || !Decide(principal_, Action::kRead, scope_, kind).allowed) return std::nullopt;
  absl::StatusOr<RecordAnswer> answer = AnswerOf(*kind, scope_, id, stored, principal_);
  if (!answer.ok()) return std::nullopt;  // not of its kind; see record_list.cc
  if (filter_ && !filter_->Matches(*answer->data)) return std::nullopt;
  return *std::move(answer);
}

absl::StatusOr<std::vector<WatchedRecord>> RecordWatch::Next(size_t limit) {
  // A place taken before the scope's first commit in this opening belongs to the row made since.
  absl::StatusOr<ScopeHead> head = store_.replica->Head(scope_.ToString());
  if (!head.ok()) return head.status();
  if (!head->lineage.empty()) epoch_ = head->lineage.present();
  std::vector<WatchedRecord> told;
  const absl::Status status = store_.replica->ScanFeed(
      scope_.ToString(), seq_, [&](uint64_t seq, const RecordId& id, const StoredRecord& stored) {
        seq_ = seq;
        if (std::optional<RecordAnswer> answer = Match(id, stored)) {
          told.push_back({*std::move(answer), resume_token()});
        }
        return told.size() < limit;
      });
  if (!status.ok()) return status;
  return told;
}

}  // namespace trellis
