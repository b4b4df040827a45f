#include "common/replica/anchor.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <utility>

#include "common/record/hash.h"

namespace trellis {
namespace {

constexpr std::string_view kMagic = "trellis-anchor 1";
constexpr std::chrono::milliseconds kBehind(10);
// Listing the log files reads a folder, and syncing the anchor competes with the log's own syncs.
constexpr std::chrono::seconds kSyncEvery(1);

std::string Checksum(std::string_view text) { return KeyedHash(HashKey{}, text).ToHex(); }

template <typename Number>
bool ParseNumber(std::string_view text, int base, Number* out) {
  const auto result = std::from_chars(text.data(), text.data() + text.size(), *out, base);
  return result.ec == std::errc() && result.ptr == text.data() + text.size();
}

// What follows `name` and a space in the line; nullopt if the line is another.
std::optional<std::string_view> ValueOf(std::string_view line, std::string_view name) {
  if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ' ') return std::nullopt;
  return line.substr(name.size() + 1);
}

bool IsFurther(const AnchorState& a, const std::optional<AnchorState>& b) {
  return !b.has_value() || a.durable > b->durable;
}

}  // namespace

std::string EncodeAnchorSlot(const AnchorState& state) {
  std::string text = fmt::format("{}\nepoch {:016x}\ndurable {}\n", kMagic, state.epoch, state.durable);
  constexpr size_t kChecksumLine = 9 + 32 + 1;
  size_t room = kAnchorSlotBytes - text.size() - kChecksumLine;
  size_t first = state.log_files.size();
  while (first > 0 && state.log_files[first - 1].size() + 5 <= room) {
    --first;
    room -= state.log_files[first].size() + 5;
  }
  for (size_t i = first; i < state.log_files.size(); ++i) text += fmt::format("log {}\n", state.log_files[i]);
  text += fmt::format("checksum {}\n", Checksum(text));
  text.resize(kAnchorSlotBytes, '\n');
  return text;
}

std::optional<AnchorState> DecodeAnchorSlot(std::string_view slot) {
  AnchorState state;
  bool epoch = false;
  bool durable = false;
  for (size_t at = 0; at < slot.size();) {
    const size_t end = slot.find('\n', at);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = slot.substr(at, end - at);
    if (at == 0 && line != kMagic) return std::nullopt;
    if (const auto sum = ValueOf(line, "checksum"); sum.has_value()) {
      if (!epoch || !durable || *sum != Checksum(slot.substr(0, at))) return std::nullopt;
      return state;
    }
    if (const auto value = ValueOf(line, "epoch"); value.has_value())
      epoch = ParseNumber(*value, 16, &state.epoch);
    if (const auto value = ValueOf(line, "durable"); value.has_value()) {
      durable = ParseNumber(*value, 10, &state.durable);
    }
    if (const auto value = ValueOf(line, "log"); value.has_value()) state.log_files.emplace_back(*value);
    at = end + 1;
  }
  return std::nullopt;
}

std::optional<AnchorState> ReadAnchors(const Disk& disk, const std::vector<std::string>& files) {
  std::optional<AnchorState> furthest;
  for (const std::string& file : files) {
    const absl::StatusOr<std::string> bytes = disk.Read(file);
    if (!bytes.ok()) continue;
    for (size_t at = 0; at + kAnchorSlotBytes <= bytes->size(); at += kAnchorSlotBytes) {
      std::optional<AnchorState> state =
          DecodeAnchorSlot(std::string_view(*bytes).substr(at, kAnchorSlotBytes));
      if (state.has_value() && IsFurther(*state, furthest)) furthest = std::move(state);
    }
  }
  return furthest;
}

AnchorWriter::AnchorWriter(const Disk& disk, const std::vector<std::string>& files, const AnchorState& state,
                           LogFiles log_files)
    : log_files_(std::move(log_files)), state_(state) {
  for (const std::string& name : files) {
    absl::StatusOr<std::unique_ptr<FixedFile>> file = disk.OpenFixed(name, 2 * kAnchorSlotBytes);
    if (file.ok()) {
      files_.push_back(*std::move(file));
    } else {
      open_status_ = file.status();
    }
  }
  state_.log_files = log_files_();
  Write(state_, true);
  thread_ = std::thread([this] { Run(); });
}

AnchorWriter::~AnchorWriter() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
  Drain();
}

void AnchorWriter::Note(uint64_t durable) {
  bool wake = false;
  {
    std::lock_guard lock(mutex_);
    state_.durable = durable;
    wake = !std::exchange(dirty_, true);
  }
  if (wake) wake_.notify_one();
}

void AnchorWriter::Drain() {
  AnchorState state;
  {
    std::lock_guard lock(mutex_);
    state = state_;
    dirty_ = false;
  }
  Write(state, true);
}

absl::Status AnchorWriter::status() const {
  std::lock_guard lock(mutex_);
  return status_;
}

void AnchorWriter::Run() {
  auto synced_at = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wake_.wait(lock, [this] { return dirty_ || stopping_; });
    if (stopping_) return;
    const auto now = std::chrono::steady_clock::now();
    const bool sync = now - synced_at >= kSyncEvery;
    if (sync) {
      synced_at = now;
      lock.unlock();
      std::vector<std::string> log_files = log_files_();
      lock.lock();
      state_.log_files = std::move(log_files);
    }
    const AnchorState state = state_;
    dirty_ = false;
    lock.unlock();
    Write(state, sync);
    lock.lock();
    // What is noted meanwhile waits for the rest of the ten milliseconds.
    wake_.wait_for(lock, kBehind, [this] { return stopping_; });
  }
}

void AnchorWriter::Write(const AnchorState& state, bool sync) {
  std::lock_guard writing(write_mutex_);
  const std::string slot = EncodeAnchorSlot(state);
  absl::Status status = open_status_;
  for (const std::unique_ptr<FixedFile>& file : files_) {
    absl::Status written = file->WriteAt(0, slot);
    if (written.ok() && sync) written = file->Sync();
    if (written.ok() && sync) written = file->WriteAt(kAnchorSlotBytes, slot);
    if (written.ok() && sync) written = file->Sync();
    if (!written.ok()) status = written;
  }
  if (!status.ok()) {
    status = absl::UnavailableError(
        fmt::format("{}: a loss in the store would go unnoticed", std::string(status.message())));
  }
  std::lock_guard lock(mutex_);
  status_ = status;
}

}  // namespace trellis
