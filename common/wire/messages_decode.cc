// The receiving half of messages_codec.h: nothing a peer says is believed before it is checked here.
#include <fmt/format.h>

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "common/wire/message_limits.h"
#include "common/wire/messages_codec.h"
#include "trellis/sync/v1/sync.pb.h"

namespace trellis {
namespace {

namespace pb = trellis::sync::v1;

// Copies fields with checks; remembers the first that fails.
class Reader {
 public:
  template <typename Repeated>
  bool Count(const Repeated& repeated, size_t limit, std::string_view what) {
    if (static_cast<size_t>(repeated.size()) <= limit) return true;
    return Fail(fmt::format("{} {} are more than the {} allowed", repeated.size(), what, limit));
  }

  std::string Text(const std::string& text, std::string_view what, size_t limit = kMaxTextBytes) {
    if (text.size() <= limit) return text;
    Fail(fmt::format("{} is longer than {} bytes", what, limit));
    return {};
  }

  std::string Scope(const std::string& scope) { return Text(scope, "scope", kMaxScopeBytes); }

  std::string Body(const std::string& body) { return Text(body, "body", kMaxBodyBytes); }

  uint8_t Lane(uint32_t lane) {
    if (lane >= kMaxLanes) Fail(fmt::format("lane {} does not exist", lane));
    return static_cast<uint8_t>(lane);
  }

  RecordId Id(const std::string& bytes) {
    if (bytes.size() == 16) return RecordId::FromBytes(bytes);
    Fail("a record id is not 16 bytes");
    return {};
  }

  Hash128 Hash(const std::string& bytes) {
    if (bytes.size() == 16) return Hash128::FromBytes(bytes);
    Fail("a hash is not 16 bytes");
    return {};
  }

  std::vector<RecordId> Ids(const google::protobuf::RepeatedPtrField<std::string>& ids,
                            std::string_view what) {
    std::vector<RecordId> out;
    if (!Count(ids, kMaxIds, what)) return out;
    out.reserve(ids.size());
    for (const std::string& id : ids) out.push_back(Id(id));
    return out;
  }

  bool Fail(std::string problem) {
    if (!problem_) problem_ = std::move(problem);
    return false;
  }

  absl::StatusOr<SyncMessage> Finish(SyncMessage message) {
    if (!problem_) return message;
    return absl::InvalidArgumentError(fmt::format("sync message refused: {}", *problem_));
  }

 private:
  std::optional<std::string> problem_;
};

std::vector<LaneCursor> Read(const google::protobuf::RepeatedPtrField<pb::LaneCursor>& cursors,
                             Reader* reader) {
  std::vector<LaneCursor> out;
  if (!reader->Count(cursors, kMaxCursors, "cursors of a scope")) return out;
  out.reserve(cursors.size());
  for (const pb::LaneCursor& cursor : cursors) {
    out.push_back({cursor.epoch(), reader->Lane(cursor.lane()), cursor.seq(), cursor.seen()});
  }
  return out;
}

std::vector<ScopeOpening> Read(const google::protobuf::RepeatedPtrField<pb::ScopeOpening>& scopes,
                               Reader* reader) {
  std::vector<ScopeOpening> out;
  if (!reader->Count(scopes, kMaxScopes, "scopes")) return out;
  out.reserve(scopes.size());
  for (const pb::ScopeOpening& scope : scopes) {
    ScopeOpening& opening = out.emplace_back();
    opening.scope = reader->Scope(scope.scope());
    if (reader->Count(scope.lineage(), kMaxLineageRows, "lineage rows of a scope")) {
      for (const pb::LineageRow& row : scope.lineage())
        opening.lineage.push_back({row.epoch(), row.first_seq()});
    }
    opening.head = scope.head();
    opening.cursors = Read(scope.cursors(), reader);
    opening.guessed = Read(scope.guessed(), reader);
    opening.reconcile = scope.reconcile();
  }
  return out;
}

SyncMessage Read(const pb::Hello& proto, Reader* reader) {
  Hello hello;
  hello.protocol = proto.protocol();
  hello.oldest_protocol = proto.oldest_protocol();
  hello.software = reader->Text(proto.software(), "software");
  hello.store = reader->Text(proto.store(), "store");
  hello.boot = proto.boot();
  hello.wall_ms = proto.wall_ms();
  hello.credit_bytes = proto.credit_bytes();
  if (reader->Count(proto.dictionaries(), kMaxDictionaries, "dictionaries")) {
    hello.dictionaries.assign(proto.dictionaries().begin(), proto.dictionaries().end());
  }
  hello.scopes = Read(proto.scopes(), reader);
  return hello;
}

SyncMessage Read(const pb::Welcome& proto, Reader* reader) {
  Welcome welcome;
  welcome.protocol = proto.protocol();
  welcome.software = reader->Text(proto.software(), "software");
  welcome.store = reader->Text(proto.store(), "store");
  welcome.boot = proto.boot();
  welcome.wall_ms = proto.wall_ms();
  welcome.credit_bytes = proto.credit_bytes();
  welcome.dictionary = proto.dictionary();
  welcome.durability_horizon_ms = proto.durability_horizon_ms();
  welcome.retry_after_ms = proto.retry_after_ms();
  if (reader->Count(proto.notices(), kMaxNotices, "notices")) {
    for (const std::string& notice : proto.notices())
      welcome.notices.push_back(reader->Text(notice, "notice"));
  }
  welcome.scopes = Read(proto.scopes(), reader);
  return welcome;
}

SyncMessage Read(const pb::Frame& proto, Reader* reader) {
  Frame frame;
  frame.scope = reader->Scope(proto.scope());
  frame.lane = reader->Lane(proto.lane());
  frame.epoch = proto.epoch();
  frame.prev = proto.prev();
  frame.hi = proto.hi();
  frame.lane_end = proto.lane_end();
  frame.head = proto.head();
  frame.complete = proto.complete();
  frame.items = proto.items();
  if (frame.items > kMaxFrameRecords) {
    reader->Fail(fmt::format("a frame of {} records is above the {} allowed", frame.items, kMaxFrameRecords));
  }
  frame.number = proto.number();
  frame.body = reader->Body(proto.body());
  return frame;
}

SyncMessage Read(const pb::Ack& proto, Reader* reader) {
  Ack ack;
  ack.number = proto.number();
  ack.scope = reader->Scope(proto.scope());
  ack.lane = reader->Lane(proto.lane());
  ack.epoch = proto.epoch();
  ack.cursor = proto.cursor();
  ack.nacks = reader->Ids(proto.nacks(), "nacks");
  if (reader->Count(proto.set_aside(), kMaxIds, "records set aside")) {
    for (const pb::SetAsideNotice& notice : proto.set_aside()) {
      ack.set_aside.push_back({reader->Id(notice.id()), reader->Text(notice.reason(), "reason")});
    }
  }
  ack.backed_up_to_ms = proto.backed_up_to_ms();
  ack.retry_after_ms = proto.retry_after_ms();
  return ack;
}

SyncMessage Read(const pb::AtHead& proto, Reader* reader) {
  AtHead at_head;
  at_head.scope = reader->Scope(proto.scope());
  at_head.epoch = proto.epoch();
  at_head.seq = proto.seq();
  at_head.your_cursor = proto.your_cursor();
  at_head.records = proto.records();
  at_head.digest = reader->Hash(proto.digest());
  at_head.set_aside = reader->Ids(proto.set_aside(), "records set aside");
  at_head.heard = reader->Hash(proto.heard());
  at_head.complete = proto.complete();
  return at_head;
}

SyncMessage Read(const pb::Narrow& proto, Reader* reader) {
  Narrow narrow;
  narrow.scope = reader->Scope(proto.scope());
  if (reader->Count(proto.buckets(), kMaxBuckets, "buckets")) {
    for (const pb::Bucket& bucket : proto.buckets()) {
      narrow.buckets.push_back({bucket.bucket(), bucket.records(), reader->Hash(bucket.digest())});
    }
  }
  return narrow;
}

SyncMessage Read(const pb::Versions& proto, Reader* reader) {
  Versions versions;
  versions.scope = reader->Scope(proto.scope());
  versions.bucket = proto.bucket();
  if (reader->Count(proto.entries(), kMaxVersions, "versions")) {
    versions.entries.reserve(proto.entries_size());
    for (const pb::RecordVersion& entry : proto.entries()) {
      versions.entries.push_back({reader->Id(entry.id()), reader->Hash(entry.version())});
    }
  }
  versions.reply = proto.reply();
  return versions;
}

SyncMessage Read(const pb::Repair& proto, Reader* reader) {
  return Repair{reader->Scope(proto.scope()), reader->Body(proto.body()), proto.number()};
}

SyncMessage Read(const pb::RepairAck& proto, Reader* reader) {
  return RepairAck{proto.number(), reader->Scope(proto.scope())};
}

SyncMessage Read(const pb::Receipt& proto, Reader* reader) {
  return Receipt{reader->Scope(proto.scope()), reader->Text(proto.statement(), "receipt"),
                 reader->Text(proto.signature(), "signature")};
}

SyncMessage Read(const pb::Bye& proto, Reader* reader) {
  return Bye{reader->Text(proto.reason(), "reason"), proto.retry_after_ms(), proto.fatal()};
}

absl::Status UnknownCase() {
  return absl::InvalidArgumentError(
      "sync message refused: it is of no kind this version knows; update the older end");
}

// The cases both directions have.
template <typename Proto>
absl::StatusOr<SyncMessage> ReadCommon(const Proto& proto) {
  Reader reader;
  switch (proto.message_case()) {
    case Proto::kFrame:
      return reader.Finish(Read(proto.frame(), &reader));
    case Proto::kAck:
      return reader.Finish(Read(proto.ack(), &reader));
    case Proto::kAtHead:
      return reader.Finish(Read(proto.at_head(), &reader));
    case Proto::kNarrow:
      return reader.Finish(Read(proto.narrow(), &reader));
    case Proto::kVersions:
      return reader.Finish(Read(proto.versions(), &reader));
    case Proto::kRepair:
      return reader.Finish(Read(proto.repair(), &reader));
    case Proto::kRepairAck:
      return reader.Finish(Read(proto.repair_ack(), &reader));
    case Proto::kBye:
      return reader.Finish(Read(proto.bye(), &reader));
    default:
      return UnknownCase();
  }
}

}  // namespace

absl::StatusOr<SyncMessage> FromProto(const pb::SyncRequest& proto) {
  if (!proto.has_hello()) return ReadCommon(proto);
  Reader reader;
  return reader.Finish(Read(proto.hello(), &reader));
}

absl::StatusOr<SyncMessage> FromProto(const pb::SyncResponse& proto) {
  if (!proto.has_welcome() && !proto.has_receipt()) return ReadCommon(proto);
  Reader reader;
  if (proto.has_receipt()) return reader.Finish(Read(proto.receipt(), &reader));
  return reader.Finish(Read(proto.welcome(), &reader));
}

}  // namespace trellis
