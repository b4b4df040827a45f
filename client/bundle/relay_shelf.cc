#include "client/bundle/relay_shelf.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "common/bundle/bundle.h"
#include "common/identity/private_file.h"

namespace trellis {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBundle = ".bundle";
constexpr std::string_view kReceipt = ".receipt";
constexpr std::string_view kRefusal = ".refused";

}  // namespace

std::string RelayShelf::File(const std::string& machine, std::string_view ending) const {
  return fmt::format("{}/{}{}", folder_, machine, ending);
}

absl::Status RelayShelf::Put(const std::string& machine, std::string_view bundle) {
  std::lock_guard lock(mutex_);
  if (absl::Status made = MakePrivateFolder(folder_); !made.ok()) return made;
  std::set<std::string> machines = {machine};
  size_t bytes = bundle.size();
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_, error)) {
    machines.insert(entry.path().stem().string());
    if (entry.path() != File(machine, kBundle)) bytes += entry.file_size(error);
  }
  if (machines.size() > most_machines_ || bytes > most_bytes_) {
    return absl::ResourceExhaustedError(
        "the neighbour carries as much as it can; it has room again once it has met the district's server");
  }
  if (absl::Status kept = WritePrivateFile(File(machine, kBundle), bundle); !kept.ok()) return kept;
  fs::remove(File(machine, kRefusal), error);
  return absl::OkStatus();
}

absl::StatusOr<RelayShelf::Standing> RelayShelf::Look(const std::string& machine) const {
  std::lock_guard lock(mutex_);
  Standing standing;
  std::error_code error;
  standing.waiting = fs::exists(File(machine, kBundle), error);
  absl::StatusOr<std::string> receipt = ReadPrivateFile(File(machine, kReceipt), kMostBundleFileBytes);
  if (receipt.ok()) standing.receipt = *std::move(receipt);
  absl::StatusOr<std::string> refusal = ReadPrivateFile(File(machine, kRefusal));
  if (refusal.ok()) standing.refusal = *std::move(refusal);
  return standing;
}

std::vector<std::string> RelayShelf::Waiting() const {
  std::lock_guard lock(mutex_);
  std::vector<std::string> machines;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_, error)) {
    if (entry.path().extension() == kBundle) machines.push_back(entry.path().stem().string());
  }
  std::sort(machines.begin(), machines.end());
  return machines;
}

absl::StatusOr<std::string> RelayShelf::Bundle(const std::string& machine) const {
  std::lock_guard lock(mutex_);
  return ReadPrivateFile(File(machine, kBundle), kMostBundleFileBytes);
}

absl::Status RelayShelf::TakeDown(const std::string& machine, std::string_view bundle) {
  const absl::StatusOr<std::string> there = ReadPrivateFile(File(machine, kBundle), kMostBundleFileBytes);
  std::error_code error;
  if (there.ok() && *there == bundle) fs::remove(File(machine, kBundle), error);
  return error ? absl::UnavailableError(fmt::format("cannot remove a bundle: {}", error.message()))
               : absl::OkStatus();
}

absl::Status RelayShelf::Answered(const std::string& machine, std::string_view bundle,
                                  std::string_view receipt) {
  std::lock_guard lock(mutex_);
  if (absl::Status kept = WritePrivateFile(File(machine, kReceipt), receipt); !kept.ok()) return kept;
  return TakeDown(machine, bundle);
}

absl::Status RelayShelf::Refused(const std::string& machine, std::string_view bundle,
                                 std::string_view words) {
  std::lock_guard lock(mutex_);
  if (absl::Status kept = WritePrivateFile(File(machine, kRefusal), words); !kept.ok()) return kept;
  return TakeDown(machine, bundle);
}

}  // namespace trellis
