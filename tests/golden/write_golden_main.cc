// trellis-write-golden FOLDER: the golden stores as this program writes them, and what is in them. A format's
// stores are written once, when it is released, and never again (CONTRIBUTING.md).
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/golden/stores/golden_stores.h"

namespace trellis {
namespace {

// What the store holds, read from a copy: opening adds an epoch.
absl::StatusOr<std::string> DescribeCopy(const std::string& path) {
  const std::string copy = path + ".copy";
  std::filesystem::copy(path, copy, std::filesystem::copy_options::recursive);
  GoldenMachine machine;
  absl::StatusOr<std::unique_ptr<StoreFolder>> opened = StoreFolder::Open(GoldenOptions(copy, &machine));
  if (!opened.ok()) return opened.status();
  absl::StatusOr<std::string> words = DescribeStore(*(*opened)->replica());
  opened->reset();
  std::filesystem::remove_all(copy);
  return words;
}

// What is of the machine and the moment, not of the format.
void RemoveLeftovers(const std::string& path) {
  for (const std::string left : {"/lock", "/ballast", "/store/LOCK", "/store/IDENTITY"}) {
    std::filesystem::remove(path + left);
  }
  for (const auto& entry : std::filesystem::directory_iterator(path + "/store")) {
    const std::string name = entry.path().filename();
    if (name.starts_with("LOG") || name.starts_with("OPTIONS-")) std::filesystem::remove(entry.path());
  }
}

absl::Status WriteGolden(const std::string& folder) {
  if (std::filesystem::exists(folder)) {
    return absl::AlreadyExistsError(
        fmt::format("{} is there already: a golden store is never written over", folder));
  }
  std::filesystem::create_directories(folder);
  if (absl::Status made = MakeGoldenStores(folder); !made.ok()) return made;
  for (const std::string store : {"/site", "/server"}) {
    const absl::StatusOr<std::string> words = DescribeCopy(folder + store);
    if (!words.ok()) return words.status();
    std::ofstream(folder + store + ".txt") << *words;
    RemoveLeftovers(folder + store);
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace trellis

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: trellis-write-golden FOLDER\n");
    return 2;
  }
  const absl::Status written = trellis::WriteGolden(argv[1]);
  if (written.ok()) return 0;
  fmt::print(stderr, "{}\n", std::string(written.message()));
  return 1;
}
