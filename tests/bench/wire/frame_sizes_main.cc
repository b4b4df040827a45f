// frame_sizes WORKLOAD_FOLDER: bytes a record and records a second of frame bodies, for frames of several
// sizes and for the push of a site with frames growing from 4 to 64 KiB. Every frame is decoded and compared.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>

#include "common/wire/frame_body.h"
#include "tests/bench/wire/workload_records.h"

namespace trellis {
namespace {

struct Total {
  size_t records = 0;
  size_t bytes = 0;
  size_t frames = 0;
  double encode_s = 0;
  double decode_s = 0;
};

// Of this thread, on a processor: the figures are for one core, whatever else the machine does.
double SecondsBusy() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

size_t Send(const std::vector<Delta>& items, const FrameBodyOptions& options, Total* total) {
  const double start = SecondsBusy();
  const std::string body = EncodeFrameBody(items, options);
  const double encoded = SecondsBusy();
  const auto decoded = DecodeFrameBody(body, options);
  total->decode_s += SecondsBusy() - encoded;
  total->encode_s += encoded - start;
  if (!decoded.ok() || *decoded != items) {
    fmt::print("a frame of {} records was not given back: {}\n", items.size(), decoded.status().ToString());
    std::exit(1);
  }
  total->records += items.size();
  total->bytes += body.size();
  ++total->frames;
  return body.size();
}

void SendInFrames(const std::vector<Delta>& records, size_t size, const FrameBodyOptions& options,
                  Total* total) {
  for (size_t begin = 0; begin < records.size(); begin += size) {
    const size_t end = std::min(records.size(), begin + size);
    Send({records.begin() + static_cast<ptrdiff_t>(begin), records.begin() + static_cast<ptrdiff_t>(end)},
         options, total);
  }
}

// Frames of 4 KiB, then 8, 16, 32, 64: the number of records foretold from the frames before.
void SendRamp(const std::vector<Delta>& records, const FrameBodyOptions& options, size_t* target,
              Total* total) {
  double bytes_a_record = 30;
  for (size_t begin = 0; begin < records.size();) {
    const auto size = static_cast<size_t>(static_cast<double>(*target) / bytes_a_record);
    const size_t end = std::min(records.size(), begin + std::max<size_t>(1, size));
    const size_t bytes =
        Send({records.begin() + static_cast<ptrdiff_t>(begin), records.begin() + static_cast<ptrdiff_t>(end)},
             options, total);
    bytes_a_record = static_cast<double>(bytes) / static_cast<double>(end - begin);
    begin = end;
    *target = std::min<size_t>(64 << 10, *target * 2);
  }
}

void Print(std::string_view what, const Total& total) {
  const auto records = static_cast<double>(total.records);
  fmt::print("{:<34} {:7.2f} B/record  {:5} frames  encode {:5.2f} M/s  decode {:5.2f} M/s\n", what,
             static_cast<double>(total.bytes) / records, total.frames, records / total.encode_s / 1e6,
             records / total.decode_s / 1e6);
}

void Measure(const std::vector<SiteRecords>& sites, bool dictionary, int level, bool epoch) {
  FrameBodyOptions options;
  options.dictionary = dictionary ? ShippedDictionary() : 0;
  options.zstd_level = level;
  const std::string how =
      fmt::format("zstd {}{}{}", level, dictionary ? ", dictionary" : "", epoch ? ", epoch" : "");
  const auto for_each_site = [&](std::string_view what, auto send) {
    Total total;
    for (const SiteRecords& site : sites) {
      options.scope = site.site;
      options.epoch = epoch ? site.responses.front().context.entries().front().writer : 0;
      send(site, &total);
    }
    Print(fmt::format("{}: {}", how, what), total);
  };
  for (const size_t size : {1, 20, 100, 500, 2000}) {
    for_each_site(fmt::format("{} a frame", size), [&](const SiteRecords& site, Total* total) {
      SendInFrames(site.responses, size, options, total);
      SendInFrames(site.participations, size, options, total);
    });
  }
  for_each_site("2,000 in one frame", [&](const SiteRecords& site, Total* total) {
    std::vector<Delta> all = site.responses;
    all.insert(all.end(), site.participations.begin(), site.participations.end());
    Send(all, options, total);
  });
  for_each_site("push, ramp 4 to 64 KiB", [&](const SiteRecords& site, Total* total) {
    size_t target = 4 << 10;
    SendRamp(site.responses, options, &target, total);
    SendRamp(site.participations, options, &target, total);
  });
}

}  // namespace
}  // namespace trellis

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print("usage: frame_sizes WORKLOAD_FOLDER (with responses.jsonl and pl.jsonl)\n");
    return 2;
  }
  const auto sites = trellis::ReadWorkload(argv[1], 4, trellis::HashKey{});
  if (sites.empty()) {
    fmt::print("no records in {}\n", argv[1]);
    return 1;
  }
  trellis::Measure(sites, false, 3, false);
  trellis::Measure(sites, true, 3, false);
  trellis::Measure(sites, true, 3, true);
  trellis::Measure(sites, true, 6, true);
  return 0;
}
