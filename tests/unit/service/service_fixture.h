// A store in memory with the use cases of records on it, at a site or at the district.
#pragma once

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "common/record/kind_registry.h"
#include "common/rpc/error_reason.h"
#include "common/service/record_reader.h"
#include "common/service/record_writer.h"
#include "common/storage/memory_engine.h"
#include "common/time/random.h"

namespace trellis {

inline Principal PersonWith(const std::string& account, std::vector<Grant> grants) {
  Principal principal;
  principal.account = account;
  principal.name = account;
  principal.grants = std::move(grants);
  return principal;
}
inline Principal Admin() { return PersonWith("admin", {{Role::kDistrictAdmin, kWholeDistrict}}); }
inline Principal Lead(const std::string& site) {
  return PersonWith("lead-" + site, {{Role::kSiteLead, site}});
}
inline Principal Teacher(const std::string& site) {
  return PersonWith("teacher-" + site, {{Role::kSiteStaff, site}});
}

class ServiceStore {
 public:
  // `site` empty: the district's server.
  explicit ServiceStore(const std::string& site, uint64_t seed = 1)
      : random_(seed), clock_(1'800'000'000'000) {
    Replica::Options options;
    options.clock = &clock_;
    options.random = &random_;
    options.kinds = &KindRegistry::BuiltIn();
    options.district_key = {7};
    auto opened = Replica::Open(&engine_, options);
    EXPECT_TRUE(opened.ok()) << opened.status();
    replica_ = *std::move(opened);
    store_.replica = replica_.get();
    store_.kinds = options.kinds;
    store_.clock = &clock_;
    store_.own_site = site;
    store_.district_key = options.district_key;
    store_.token_key = *LoadTokenKey(replica_.get(), &random_);
    writer_ = std::make_unique<RecordWriter>(store_);
    reader_ = std::make_unique<RecordReader>(store_);
    EXPECT_TRUE(replica_->BeginScope("shared").ok());
    if (!site.empty()) {
      EXPECT_TRUE(replica_->BeginScope(site).ok());
    }
  }

  const RecordStore& store() const { return store_; }
  Replica* replica() const { return replica_.get(); }
  RecordWriter& writer() { return *writer_; }
  RecordReader& reader() { return *reader_; }
  ManualClock& clock() { return clock_; }

  absl::StatusOr<RecordAnswer> TryCreate(const Principal& principal, const google::protobuf::Message& data,
                                         const std::string& scope = "", const std::string& request_id = "") {
    clock_.Advance(10);
    CreateRequest request;
    request.scope = scope;
    request.request_id = request_id;
    request.records.push_back({data.GetDescriptor()->full_name(), data.SerializeAsString(), std::nullopt});
    auto created = writer_->Create(principal, request);
    if (!created.ok()) return created.status();
    return std::move(created->front());
  }
  RecordAnswer Create(const Principal& principal, const google::protobuf::Message& data,
                      const std::string& scope = "") {
    auto created = TryCreate(principal, data, scope);
    EXPECT_TRUE(created.ok()) << created.status();
    return created.ok() ? *std::move(created) : RecordAnswer();
  }
  // Only the fields present.
  absl::StatusOr<RecordAnswer> Update(const Principal& principal, const std::string& id,
                                      const google::protobuf::Message& data, const std::string& etag = "") {
    clock_.Advance(10);
    UpdateRequest request;
    request.name = {data.GetDescriptor()->full_name(), id, ""};
    request.data = data.SerializeAsString();
    request.etag = etag;
    return writer_->Update(principal, request);
  }

 private:
  MemoryEngine engine_;
  SeededRandom random_;
  ManualClock clock_;
  std::unique_ptr<Replica> replica_;
  RecordStore store_;
  std::unique_ptr<RecordWriter> writer_;
  std::unique_ptr<RecordReader> reader_;
};

// Sends what `to` has not of the scope, all lanes to their head. `from_name` keys the cursors at `to`.
inline void SendScope(const ServiceStore& from, const std::string& from_name, const ServiceStore& to,
                      const std::string& scope) {
  ASSERT_TRUE(from.replica()->BeginScope(scope).ok());
  FrameRequest request;
  request.scope = scope;
  request.peer_lineage = to.replica()->BeginScope(scope)->lineage;
  request.max_items = 1000;
  request.max_bytes = 1 << 20;
  for (int lane = 0; lane < kLaneCount; ++lane) {
    request.lane = static_cast<Lane>(lane);
    request.after = 0;
    request.whole.clear();
    const auto cursors = to.replica()->Cursors(from_name, scope);
    ASSERT_TRUE(cursors.ok());
    for (const PeerCursor& cursor : *cursors) {
      if (cursor.epoch == from.replica()->epoch() && cursor.lane == request.lane) request.after = cursor.seq;
    }
    for (bool end = false; !end;) {
      auto frame = from.replica()->BuildFrame(request);
      ASSERT_TRUE(frame.ok()) << frame.status();
      ApplyOptions options;
      options.peer = from_name;
      options.cursor_floor = request.after;
      auto outcome = to.replica()->ApplyFrame(*frame, options);
      ASSERT_TRUE(outcome.ok()) << outcome.status();
      ASSERT_TRUE(outcome->set_aside.empty()) << outcome->set_aside.front().reason;
      request.whole = outcome->nacks;
      if (!outcome->nacks.empty()) continue;
      request.after = frame->hi;
      end = frame->lane_end;
    }
  }
}

template <typename Message>
Message FromText(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}
template <typename Message>
Message DataOf(const RecordAnswer& answer) {
  Message message;
  message.CopyFrom(*answer.data);
  return message;
}

// The reason word of a failure; empty if it is none.
template <typename T>
std::string ReasonIn(const absl::StatusOr<T>& result) {
  return result.ok() ? "" : ReasonOf(result.status()).value_or(std::string(result.status().message()));
}
template <typename T>
std::vector<std::string> FieldsIn(const absl::StatusOr<T>& result) {
  std::vector<std::string> fields;
  for (const FieldViolation& violation : FieldViolationsOf(result.status()))
    fields.push_back(violation.field);
  return fields;
}

}  // namespace trellis
