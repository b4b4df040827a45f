#include "common/service/follower/report_follower.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "common/merge/show.h"
#include "common/record/hash.h"
#include "common/report/block_bytes.h"
#include "trellis/domain/v1/response.pb.h"

namespace trellis {
namespace {

constexpr char kFingerprintKey[] = "f";
constexpr char kCursorRow = 'c';

// Of the fields a response has for this program, and their policies: a program that knows more of them reads
// more of a response than the one that wrote the blocks.
std::string Fingerprint(const KindRegistry& kinds) {
  const auto* descriptor = domain::v1::Response::descriptor();
  std::string text = descriptor->DebugString();
  if (const KindInfo* kind = kinds.Find(descriptor->full_name()); kind != nullptr) {
    for (int i = 0; i < descriptor->field_count(); ++i) {
      const auto number = static_cast<uint32_t>(descriptor->field(i)->number());
      text.push_back(static_cast<char>(kind->PolicyOf(number)));
    }
  }
  std::string row;
  PutVarint(kBlockVersion, &row);
  PutText(KeyedHash(HashKey{}, text).ToBytes(), &row);
  return row;
}

}  // namespace

void ReportFollower::Reset() {
  view_ = ReportView();
  followed_.clear();
  moved_.clear();
  unsaved_ = 0;
  erased_unsaved_ = false;
  loaded_ = false;
}

absl::StatusOr<bool> ReportFollower::Rests() const {
  bool rests = false;
  absl::Status status =
      ViewRowsOf(replica_)->ScanViewRows(kFingerprintKey, [&](std::string_view, std::string_view) {
        rests = true;
        return false;
      });
  if (!status.ok()) return status;
  return rests;
}

absl::Status ReportFollower::TakeRow(std::string_view key, std::string_view row, std::string* fingerprint) {
  if (key == kFingerprintKey) {
    *fingerprint = row;
    return absl::OkStatus();
  }
  if (key.empty() || key[0] != kCursorRow) return view_.Restore(key, row);
  BlockReader reader(row);
  const uint64_t seq = reader.Varint();
  if (!reader.Finished()) return absl::DataLossError("a cursor of the report columns is damaged");
  followed_[std::string(key.substr(1))] = seq;
  return absl::OkStatus();
}

absl::Status ReportFollower::ReadRows() {
  std::string fingerprint;
  absl::Status damage;
  absl::Status status =
      ViewRowsOf(replica_)->ScanViewRows("", [&](std::string_view key, std::string_view row) {
        damage = TakeRow(key, row, &fingerprint);
        return damage.ok();
      });
  if (!status.ok()) return status;
  if (!damage.ok()) return damage;
  if (fingerprint != Fingerprint(*kinds_)) {
    return absl::DataLossError("the report columns were made by a program that reads other fields");
  }
  for (const auto& [scope, seq] : followed_) {
    const absl::StatusOr<ScopeHead> head = replica_->Head(scope);
    if (!head.ok()) return head.status();
    if (seq > head->seq) return absl::DataLossError("the report columns are ahead of the records");
  }
  return absl::OkStatus();
}

absl::Status ReportFollower::Load() {
  Reset();
  epoch_ = replica_->epoch();
  absl::Status read = ReadRows();
  if (read.ok()) read = ReadRecords();
  if (read.ok()) read = view_.FinishRestore();
  if (absl::IsDataLoss(read)) return Rebuild();
  if (!read.ok()) return read;
  replace_rows_ = false;
  loaded_ = true;
  return absl::OkStatus();
}

absl::Status ReportFollower::Rebuild() {
  Reset();
  epoch_ = replica_->epoch();
  replace_rows_ = true;
  loaded_ = true;
  return FollowScopes();
}

void ReportFollower::Take(const std::string& scope, const RecordId& id, const StoredRecord& stored) {
  const KindInfo* kind = kinds_->Find(stored.state.kind);
  if (kind == nullptr) return;
  const ShownRecord shown = Show(stored.state, [kind](uint32_t field) { return kind->PolicyOf(field); });
  const bool live = IsLive(shown.presence);
  erased_unsaved_ = erased_unsaved_ || shown.presence == Presence::kErased;
  // A record that cannot be read counts in no report; whoever opens it is told why.
  (void)view_.Apply(scope, id, stored.state.kind,
                    live ? std::optional<std::string_view>(shown.message) : std::nullopt);
}

absl::Status ReportFollower::ReadRecords() {
  for (const auto& [scope, seq] : followed_) {
    for (const KindInfo& kind : kinds_->kinds()) {
      if (!ReportView::Reads(kind.full_name) ||
          kind.full_name == domain::v1::Response::descriptor()->full_name()) {
        continue;
      }
      absl::Status status =
          replica_->ScanKind(scope, kind.full_name, RecordId{}, /*with_deleted=*/false,
                             [&, &in = scope](const RecordId& id, const StoredRecord& stored) {
                               Take(in, id, stored);
                               return true;
                             });
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

absl::Status ReportFollower::FollowScope(const std::string& scope) {
  for (bool ended = false; !ended;) {
    const absl::StatusOr<ScopeHead> head = replica_->Head(scope);
    if (!head.ok()) return head.status();
    uint64_t& seq = followed_[scope];
    if (head->seq <= seq) return absl::OkStatus();
    moved_.insert(scope);
    ended = true;
    absl::Status status =
        replica_->ScanFeed(scope, seq, [&](uint64_t entry, const RecordId& id, const StoredRecord& stored) {
          Take(scope, id, stored);
          seq = entry;
          ended = ++unsaved_ % kCheckpointRecords != 0;
          return ended;
        });
    if (!status.ok()) return status;
    if (ended) seq = std::max(seq, head->seq);
    // What cannot be written now is written later, or read again at the next start.
    if (!ended && replica_->epoch() == epoch_) Checkpoint().IgnoreError();
  }
  return absl::OkStatus();
}

absl::Status ReportFollower::FollowScopes() {
  const absl::StatusOr<std::vector<std::string>> scopes = replica_->Scopes();
  if (!scopes.ok()) return scopes.status();
  for (const std::string& scope : *scopes) {
    if (absl::Status status = FollowScope(scope); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ReportFollower::CatchUp() {
  // A store opened again meanwhile may be another than what was read.
  do {
    if (!loaded_ || replica_->epoch() != epoch_) {
      if (absl::Status status = Load(); !status.ok()) return status;
    }
    if (absl::Status status = FollowScopes(); !status.ok()) return status;
  } while (replica_->epoch() != epoch_);
  return absl::OkStatus();
}

absl::Status ReportFollower::Checkpoint() {
  if (!loaded_ || (unsaved_ == 0 && moved_.empty() && !replace_rows_)) return absl::OkStatus();
  ViewRowChanges changes = view_.Changes();
  ViewChange change{std::move(changes.cleared), std::move(changes.rows)};
  if (replace_rows_) change.cleared = {""};
  change.rows[kFingerprintKey] = Fingerprint(*kinds_);
  for (const std::string& scope : moved_) {
    std::string row;
    PutVarint(kBlockVersion, &row);
    PutVarint(followed_.at(scope), &row);
    change.rows[std::string(1, kCursorRow) + scope] = std::move(row);
  }
  if (absl::Status status = ViewRowsOf(replica_)->WriteViewRows(epoch_, change); !status.ok()) return status;
  view_.Saved();
  moved_.clear();
  replace_rows_ = false;
  unsaved_ = 0;
  erased_unsaved_ = false;
  return absl::OkStatus();
}

}  // namespace trellis
