// train_dictionary TEXT OUT: trains the compression dictionary on made-up records (README.md).
#include <fmt/format.h>
#include <zdict.h>

#include <fstream>

#include "common/record/kind_registry.h"
#include "common/wire/dictionary/made_up_records.h"
#include "common/wire/frame_plain.h"

namespace trellis {
namespace {

constexpr size_t kDictionaryBytes = 32 << 10;
constexpr int kRounds = 3'000;
constexpr size_t kRecordsInLargerFrames = 6;

struct Samples {
  std::string bytes;
  std::vector<size_t> sizes;

  void Add(const std::vector<Delta>& items) {
    FrameBodyOptions options;
    options.epoch = 0x5eed;
    const FrameStreams streams = EncodeFrameStreams(items, options);
    const std::string sample = streams.a + streams.b + streams.c;
    bytes += sample;
    sizes.push_back(sample.size());
  }
};

// Frames as a live session sends them: mostly of one record, most of them responses and participations.
Samples MakeSamples(std::vector<std::string> sentences) {
  const std::vector<KindInfo>& kinds = KindRegistry::BuiltIn().kinds();
  MadeUpRecords records(std::move(sentences));
  Samples samples;
  for (int round = 0; round < kRounds; ++round) {
    const KindInfo& any = kinds[static_cast<size_t>(round) % kinds.size()];
    for (const char* frequent : {"Response", "Participation"}) {
      const KindInfo& kind = *KindRegistry::BuiltIn().Find(frequent);
      samples.Add({records.Fresh(kind)});
      if (round % 8 != 0) continue;
      std::vector<Delta> several;
      while (several.size() < kRecordsInLargerFrames) several.push_back(records.Fresh(kind));
      samples.Add(several);
      samples.Add({records.Edit(kind)});
    }
    samples.Add({records.Fresh(any)});
    if (round % 4 == 0) samples.Add({records.Edit(any)});
  }
  return samples;
}

int Train(const char* text, const char* out) {
  std::ifstream lines(text);
  std::vector<std::string> sentences;
  for (std::string line; std::getline(lines, line);) sentences.push_back(line);
  if (sentences.empty()) {
    fmt::print("no sentences in {}\n", text);
    return 1;
  }
  const Samples samples = MakeSamples(std::move(sentences));
  std::string dictionary(kDictionaryBytes, '\0');
  const size_t size =
      ZDICT_trainFromBuffer(dictionary.data(), dictionary.size(), samples.bytes.data(), samples.sizes.data(),
                            static_cast<unsigned>(samples.sizes.size()));
  if (ZDICT_isError(size)) {
    fmt::print("zstd cannot train on {} samples: {}\n", samples.sizes.size(), ZDICT_getErrorName(size));
    return 1;
  }
  std::ofstream(out, std::ios::binary).write(dictionary.data(), static_cast<std::streamsize>(size));
  fmt::print("{} bytes from {} samples of {} bytes in all\n", size, samples.sizes.size(),
             samples.bytes.size());
  return 0;
}

}  // namespace
}  // namespace trellis

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print("usage: train_dictionary TEXT OUT\n");
    return 2;
  }
  return trellis::Train(argv[1], argv[2]);
}
