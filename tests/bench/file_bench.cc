// A file of 50 MB at a site and on its way to the server, as AttachmentsService keeps one: parts of the last
// lane, eight in a commit.
#include <fmt/format.h>

#include "common/attachment/attachment_part.h"
#include "common/time/random.h"
#include "tests/bench/figure.h"
#include "tests/bench/open_replica.h"
#include "tests/bench/recording_engine.h"
#include "tests/bench/wire_pair.h"
#include "tests/bench/workload.h"
#include "trellis/domain/v1/notice.pb.h"

namespace trellis {
namespace {

constexpr char kScope[] = "S0001";
constexpr size_t kPartsInACommit = 8;
constexpr double kFileMb = static_cast<double>(kLargestFileBytes) / 1e6;

struct Store {
  Store() : engine(OpenFreshEngine(folder.path())), recorder(engine.get()), replica(OpenReplica(&recorder)) {
    Check(replica->BeginScope(kScope).status());
    recorder.TakeBatches();
  }

  TemporaryFolder folder;
  std::unique_ptr<Engine> engine;
  RecordingEngine recorder;
  std::unique_ptr<Replica> replica;
};

// One field of the message, as its cell holds it.
CellWrite DataCell(const std::string& data) {
  domain::v1::AttachmentPart part;
  part.set_data(data);
  return {{domain::v1::AttachmentPart::kDataFieldNumber, ""}, part.SerializeAsString(), false};
}

std::vector<RecordWrite> MakeParts() {
  SeededRandom random(1);
  std::vector<RecordWrite> writes;
  for (size_t i = 0; i < PartCount(kLargestFileBytes); ++i) {
    std::string data;
    while (data.size() < kPartBytes) {
      const uint64_t word = random.Next();
      data.append(reinterpret_cast<const char*>(&word), sizeof(word));
    }
    data.resize(BytesOfPart(kLargestFileBytes, i));
    RecordWrite& write = writes.emplace_back();
    write.scope = kScope;
    write.kind = kPartKind;
    write.id = PartId(0, Sha256Of(data));
    write.cells = {DataCell(data)};
    write.lane = Lane::kBulk;
  }
  return writes;
}

void WriteParts(Replica* replica, const std::vector<RecordWrite>& parts) {
  for (size_t at = 0; at < parts.size(); at += kPartsInACommit) {
    WriteRequest request;
    request.actor = "bench";
    const size_t end = std::min(parts.size(), at + kPartsInACommit);
    request.records.assign(parts.begin() + static_cast<ptrdiff_t>(at),
                           parts.begin() + static_cast<ptrdiff_t>(end));
    Check(replica->Write(request).status());
  }
}

}  // namespace

std::vector<Figure> BenchFiles() {
  Store site;
  const std::vector<RecordWrite> parts = MakeParts();
  const double written = Seconds([&] { WriteParts(site.replica.get(), parts); });
  const double write_ceiling = ReplaySeconds(site.recorder.TakeBatches());
  Store server;
  WirePair wire(site.replica.get(), server.replica.get(), kScope);
  const double sent = Seconds([&] { wire.Run(); });
  const double send_ceiling = ReplaySeconds(server.recorder.TakeBatches());
  const double overhead = static_cast<double>(wire.count().bytes_up) / static_cast<double>(kLargestFileBytes);
  return {{"file of 50 MB, written at a site", kFileMb / written, "MB/s", kFileMb / write_ceiling,
           "the same batches into the engine:", ""},
          {"file of 50 MB, sent", kFileMb / sent, "MB/s", kFileMb / send_ceiling,
           "the server's batches into the engine:",
           fmt::format("{:.4f} bytes up a byte, {} turns", overhead, wire.count().turns)}};
}

}  // namespace trellis
