#include "tests/disk/disk_fixture.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "common/causal/bytes.h"

namespace trellis {
namespace {

constexpr char kKind[] = "test.Thing";
constexpr uint32_t kTextField = 2;

std::string TextCell(const std::string& text) {
  std::string bytes;
  AppendVarint(&bytes, kTextField << 3 | 2);
  AppendSized(&bytes, text);
  return bytes;
}

std::string BucketProblem(const Replica& replica, const std::string& scope, const ScopeHead& head) {
  Hash128 digest;
  uint64_t records = 0;
  const auto buckets = replica.Buckets(scope);
  if (!buckets.ok()) return std::string(buckets.status().message());
  for (const BucketDigest& bucket : *buckets) {
    const auto versions = replica.BucketVersions(scope, bucket.bucket);
    if (!versions.ok()) return std::string(versions.status().message());
    Hash128 sum;
    for (const RecordVersion& version : *versions) sum += version.version;
    if (bucket.records != versions->size() || bucket.digest != sum) {
      return fmt::format("{}: bucket {} is not what its records give", scope, bucket.bucket);
    }
    digest += sum;
    records += versions->size();
  }
  if (head.records == records && head.digest == digest) return "";
  return fmt::format("{}: the head counts {} records, there are {}", scope, head.records, records);
}

std::string FeedProblem(const Replica& replica, const std::string& scope, const ScopeHead& head) {
  std::set<RecordId> seen;
  uint64_t last = 0;
  std::string problem;
  const absl::Status status =
      replica.ScanFeed(scope, 0, [&](uint64_t seq, const RecordId& id, const StoredRecord& record) {
        if (seq <= last || record.seq != seq) problem = fmt::format("{}: feed entry {}", scope, seq);
        if (!seen.insert(id).second) problem = fmt::format("{}: two feed entries of a record", scope);
        last = seq;
        return true;
      });
  if (!status.ok()) return std::string(status.message());
  if (seen.size() != head.records || last > head.seq)
    return fmt::format("{}: {} in the feed", scope, seen.size());
  return problem;
}

}  // namespace

RecordId DiskId(int n) {
  RecordId id;
  id.bytes[0] = static_cast<uint8_t>(n * 37);  // spread over the buckets
  id.bytes[14] = static_cast<uint8_t>(n >> 8);
  id.bytes[15] = static_cast<uint8_t>(n);
  return id;
}

std::shared_ptr<HostileDisk> NewDisk() {
  auto disk = std::make_shared<HostileDisk>();
  const Disk handle(disk);
  EXPECT_TRUE(handle.MakeFolder(kDiskFolder).ok());
  EXPECT_TRUE(handle.MakeFolder(kDiskAnchorCopy).ok());
  return disk;
}

std::shared_ptr<HostileDisk> DiskFrom(DiskTree tree) {
  return std::make_shared<HostileDisk>(std::move(tree));
}

StoreFolderOptions OptionsOn(const std::shared_ptr<HostileDisk>& disk, const Clock* clock, Random* random) {
  StoreFolderOptions options;
  options.folder = kDiskFolder;
  options.anchor_copy = kDiskAnchorCopy;
  options.engine.disk = Disk(disk);
  options.engine.write_buffer_bytes = 64 << 10;
  options.engine.block_cache_bytes = 64 << 10;
  options.engine.reserve_bytes = 64 << 10;
  options.engine.ballast_bytes = 0;
  options.clock = clock;
  options.random = random;
  return options;
}

absl::Status DiskStore::Open() {
  folder_.reset();
  absl::StatusOr<std::unique_ptr<StoreFolder>> opened = StoreFolder::Open(options());
  if (opened.ok()) folder_ = *std::move(opened);
  return opened.status();
}

absl::Status DiskStore::WriteGroup(int first, int count, const std::string& text,
                                   const std::string& request_id) {
  WriteRequest request;
  request.actor = "tester";
  request.request_id = request_id;
  for (int n = first; n < first + count; ++n) {
    const auto present = folder_->replica()->Get(kDiskScope, DiskId(n));
    if (!present.ok()) return present.status();
    RecordWrite write;
    write.type = present->has_value() ? RecordWrite::Type::kUpdate : RecordWrite::Type::kCreate;
    write.scope = kDiskScope;
    write.kind = kKind;
    write.id = DiskId(n);
    write.cells.push_back({{kTextField, ""}, TextCell(text)});
    request.records.push_back(std::move(write));
  }
  return folder_->replica()->Write(request).status();
}

absl::StatusOr<std::optional<std::string>> DiskStore::Text(int n) const {
  const auto record = folder_->replica()->Get(kDiskScope, DiskId(n));
  if (!record.ok()) return record.status();
  if (!record->has_value()) return std::optional<std::string>();
  const Cell* cell = (*record)->state.Find({kTextField, ""});
  if (cell == nullptr || cell->siblings.empty()) return std::optional<std::string>("");
  ByteReader reader(cell->siblings[0].bytes);
  reader.Varint();
  return std::optional<std::string>(std::string(reader.Sized()));
}

std::string DerivedProblem(const Replica& replica) {
  const auto scopes = replica.Scopes();
  if (!scopes.ok()) return std::string(scopes.status().message());
  for (const std::string& scope : *scopes) {
    const auto head = replica.Head(scope);
    if (!head.ok()) return std::string(head.status().message());
    std::string problem = BucketProblem(replica, scope, *head);
    if (problem.empty()) problem = FeedProblem(replica, scope, *head);
    if (!problem.empty()) return problem;
  }
  return "";
}

}  // namespace trellis
