#include "common/wire/messages_codec.h"

#include <fmt/format.h>

#include <utility>

#include "common/wire/message_limits.h"
#include "trellis/sync/v1/sync.pb.h"

namespace trellis {
namespace {

namespace pb = trellis::sync::v1;

std::string IdBytes(const RecordId& id) { return std::string(id.view()); }

void Fill(const std::vector<LaneCursor>& cursors, google::protobuf::RepeatedPtrField<pb::LaneCursor>* proto) {
  for (const LaneCursor& cursor : cursors) {
    pb::LaneCursor* out = proto->Add();
    out->set_epoch(cursor.epoch);
    out->set_lane(cursor.lane);
    out->set_seq(cursor.seq);
    out->set_seen(cursor.seen);
  }
}

void Fill(const std::vector<ScopeOpening>& scopes,
          google::protobuf::RepeatedPtrField<pb::ScopeOpening>* proto) {
  for (const ScopeOpening& scope : scopes) {
    pb::ScopeOpening* out = proto->Add();
    out->set_scope(scope.scope);
    for (const LineageRow& row : scope.lineage) {
      pb::LineageRow* row_out = out->add_lineage();
      row_out->set_epoch(row.epoch);
      row_out->set_first_seq(row.first_seq);
    }
    out->set_head(scope.head);
    Fill(scope.cursors, out->mutable_cursors());
    Fill(scope.guessed, out->mutable_guessed());
    out->set_reconcile(scope.reconcile);
  }
}

void Fill(const Hello& hello, pb::Hello* proto) {
  proto->set_protocol(hello.protocol);
  proto->set_oldest_protocol(hello.oldest_protocol);
  proto->set_software(hello.software);
  proto->set_store(hello.store);
  proto->set_boot(hello.boot);
  proto->set_wall_ms(hello.wall_ms);
  proto->set_credit_bytes(hello.credit_bytes);
  for (const uint64_t dictionary : hello.dictionaries) proto->add_dictionaries(dictionary);
  Fill(hello.scopes, proto->mutable_scopes());
}

void Fill(const Welcome& welcome, pb::Welcome* proto) {
  proto->set_protocol(welcome.protocol);
  proto->set_software(welcome.software);
  proto->set_store(welcome.store);
  proto->set_boot(welcome.boot);
  proto->set_wall_ms(welcome.wall_ms);
  proto->set_credit_bytes(welcome.credit_bytes);
  proto->set_dictionary(welcome.dictionary);
  proto->set_durability_horizon_ms(welcome.durability_horizon_ms);
  proto->set_retry_after_ms(welcome.retry_after_ms);
  for (const std::string& notice : welcome.notices) proto->add_notices(notice);
  Fill(welcome.scopes, proto->mutable_scopes());
}

void Fill(const Frame& frame, pb::Frame* proto) {
  proto->set_scope(frame.scope);
  proto->set_lane(frame.lane);
  proto->set_epoch(frame.epoch);
  proto->set_prev(frame.prev);
  proto->set_hi(frame.hi);
  proto->set_lane_end(frame.lane_end);
  proto->set_head(frame.head);
  proto->set_complete(frame.complete);
  proto->set_items(frame.items);
  proto->set_number(frame.number);
  proto->set_body(frame.body);
}

void Fill(const Ack& ack, pb::Ack* proto) {
  proto->set_number(ack.number);
  proto->set_scope(ack.scope);
  proto->set_lane(ack.lane);
  proto->set_epoch(ack.epoch);
  proto->set_cursor(ack.cursor);
  for (const RecordId& id : ack.nacks) proto->add_nacks(IdBytes(id));
  for (const SetAsideNotice& notice : ack.set_aside) {
    pb::SetAsideNotice* out = proto->add_set_aside();
    out->set_id(IdBytes(notice.id));
    out->set_reason(notice.reason);
  }
  proto->set_backed_up_to_ms(ack.backed_up_to_ms);
  proto->set_retry_after_ms(ack.retry_after_ms);
}

void Fill(const AtHead& at_head, pb::AtHead* proto) {
  proto->set_scope(at_head.scope);
  proto->set_epoch(at_head.epoch);
  proto->set_seq(at_head.seq);
  proto->set_your_cursor(at_head.your_cursor);
  proto->set_records(at_head.records);
  proto->set_digest(at_head.digest.ToBytes());
  for (const RecordId& id : at_head.set_aside) proto->add_set_aside(IdBytes(id));
  proto->set_heard(at_head.heard.ToBytes());
  proto->set_complete(at_head.complete);
}

void Fill(const Narrow& narrow, pb::Narrow* proto) {
  proto->set_scope(narrow.scope);
  for (const Narrow::Bucket& bucket : narrow.buckets) {
    pb::Bucket* out = proto->add_buckets();
    out->set_bucket(bucket.bucket);
    out->set_records(bucket.records);
    out->set_digest(bucket.digest.ToBytes());
  }
}

void Fill(const Versions& versions, pb::Versions* proto) {
  proto->set_scope(versions.scope);
  proto->set_bucket(versions.bucket);
  for (const Versions::Entry& entry : versions.entries) {
    pb::RecordVersion* out = proto->add_entries();
    out->set_id(IdBytes(entry.id));
    out->set_version(entry.version.ToBytes());
  }
  proto->set_reply(versions.reply);
}

void Fill(const Repair& repair, pb::Repair* proto) {
  proto->set_scope(repair.scope);
  proto->set_body(repair.body);
  proto->set_number(repair.number);
}

void Fill(const RepairAck& ack, pb::RepairAck* proto) {
  proto->set_number(ack.number);
  proto->set_scope(ack.scope);
}

void Fill(const Receipt& receipt, pb::Receipt* proto) {
  proto->set_scope(receipt.scope);
  proto->set_statement(receipt.statement);
  proto->set_signature(receipt.signature);
}

void Fill(const Bye& bye, pb::Bye* proto) {
  proto->set_reason(bye.reason);
  proto->set_retry_after_ms(bye.retry_after_ms);
  proto->set_fatal(bye.fatal);
}

// Picks the case of the oneof for each message; a message that does not travel this way leaves it unset.
template <typename Proto>
struct CaseFiller {
  Proto* proto;

  void operator()(const Hello& hello) const {
    if constexpr (std::is_same_v<Proto, pb::SyncRequest>) Fill(hello, proto->mutable_hello());
  }
  void operator()(const Welcome& welcome) const {
    if constexpr (std::is_same_v<Proto, pb::SyncResponse>) Fill(welcome, proto->mutable_welcome());
  }
  void operator()(const Frame& frame) const { Fill(frame, proto->mutable_frame()); }
  void operator()(const Ack& ack) const { Fill(ack, proto->mutable_ack()); }
  void operator()(const AtHead& at_head) const { Fill(at_head, proto->mutable_at_head()); }
  void operator()(const Narrow& narrow) const { Fill(narrow, proto->mutable_narrow()); }
  void operator()(const Versions& versions) const { Fill(versions, proto->mutable_versions()); }
  void operator()(const Repair& repair) const { Fill(repair, proto->mutable_repair()); }
  void operator()(const RepairAck& ack) const { Fill(ack, proto->mutable_repair_ack()); }
  void operator()(const Receipt& receipt) const {
    if constexpr (std::is_same_v<Proto, pb::SyncResponse>) Fill(receipt, proto->mutable_receipt());
  }
  void operator()(const Bye& bye) const { Fill(bye, proto->mutable_bye()); }
};

template <typename Proto>
std::string Encode(const SyncMessage& message) {
  Proto proto;
  ToProto(message, &proto);
  return proto.SerializeAsString();
}

template <typename Proto>
absl::StatusOr<SyncMessage> Decode(std::string_view bytes) {
  Proto proto;
  if (bytes.size() > kMaxSyncMessageBytes ||
      !proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::InvalidArgumentError(
        fmt::format("a sync message of {} bytes is not one this version reads", bytes.size()));
  }
  return FromProto(proto);
}

}  // namespace

void ToProto(const SyncMessage& message, pb::SyncRequest* proto) {
  proto->Clear();
  std::visit(CaseFiller<pb::SyncRequest>{proto}, message);
}

void ToProto(const SyncMessage& message, pb::SyncResponse* proto) {
  proto->Clear();
  std::visit(CaseFiller<pb::SyncResponse>{proto}, message);
}

std::string EncodeMessage(const SyncMessage& message, Direction direction) {
  return direction == Direction::kUp ? Encode<pb::SyncRequest>(message) : Encode<pb::SyncResponse>(message);
}

absl::StatusOr<SyncMessage> DecodeMessage(std::string_view bytes, Direction direction) {
  return direction == Direction::kUp ? Decode<pb::SyncRequest>(bytes) : Decode<pb::SyncResponse>(bytes);
}

}  // namespace trellis
