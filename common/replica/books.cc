#include "common/replica/books.h"

#include <algorithm>

#include "common/tables/key_codec.h"
#include "common/tables/store_tables.h"

namespace trellis {
namespace {

// Far more than there are: a number read from a store is no reason to fill the memory.
constexpr KindNumber kMostKinds = 1 << 20;

absl::Status Damaged() { return absl::DataLossError(kDamagedRow); }

// Calls `take(name, number)` for every row of a table of names.
template <typename Take>
absl::Status LoadNumbers(const ReadView& view, const std::string& prefix, const Take& take) {
  bool damaged = false;
  const absl::Status status =
      view.Scan(prefix, PrefixEnd(prefix), false, [&](std::string_view key, std::string_view value) {
        const std::optional<uint64_t> number = DecodeNumber(value);
        if (number.has_value()) {
          take(std::string(key.substr(1)), static_cast<uint32_t>(*number));
        } else {
          damaged = true;
        }
        return !damaged;
      });
  return damaged ? Damaged() : status;
}

}  // namespace

absl::Status ScopeBook::Load(const ReadView& view) {
  std::lock_guard lock(mutex_);
  absl::Status status = LoadNumbers(view, ScopeNamePrefix(), [&](std::string name, ScopeNumber number) {
    scopes_[std::move(name)].number = number;
  });
  for (auto& [name, facts] : scopes_) {
    if (!status.ok()) return status;
    const auto row = view.Get(HeadKey(facts.number));
    if (!row.ok()) return row.status();
    if (!row->has_value()) continue;
    const std::optional<HeadRow> head = DecodeHeadRow(**row);
    if (!head.has_value()) return Damaged();
    facts.head = *head;
  }
  return status;
}

std::optional<ScopeFacts> ScopeBook::Find(std::string_view name) const {
  std::lock_guard lock(mutex_);
  const auto it = scopes_.find(name);
  return it == scopes_.end() ? std::nullopt : std::optional(it->second);
}

std::vector<std::string> ScopeBook::Names() const {
  std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  names.reserve(scopes_.size());
  for (const auto& [name, facts] : scopes_) names.push_back(name);
  return names;
}

ScopeNumber ScopeBook::NextNumber() const {
  std::lock_guard lock(mutex_);
  ScopeNumber highest = 0;
  for (const auto& [name, facts] : scopes_) highest = std::max(highest, facts.number);
  return highest + 1;
}

std::vector<std::string> ScopeBook::Publish(const std::map<std::string, ScopeFacts, std::less<>>& changed) {
  std::lock_guard lock(mutex_);
  std::vector<std::string> moved;
  for (const auto& [name, facts] : changed) {
    ScopeFacts& known = scopes_[name];
    if (facts.head.seq > known.head.seq) moved.push_back(name);
    const uint64_t sent = std::max(known.head.sent, facts.head.sent);
    known = facts;
    known.head.sent = sent;
  }
  return moved;
}

void ScopeBook::NoteSent(std::string_view name, uint64_t seq) {
  std::lock_guard lock(mutex_);
  const auto it = scopes_.find(name);
  if (it != scopes_.end()) it->second.head.sent = std::max(it->second.head.sent, seq);
}

absl::Status KindBook::Load(const ReadView& view) {
  std::lock_guard lock(mutex_);
  absl::Status status = LoadNumbers(
      view, KindPrefix(), [&](std::string name, KindNumber number) { numbers_[std::move(name)] = number; });
  for (const auto& [name, number] : numbers_) {
    if (number == 0 || number > kMostKinds) return Damaged();
    if (names_.size() < number) names_.resize(number);
    names_[number - 1] = name;
  }
  return status;
}

std::optional<KindNumber> KindBook::Find(std::string_view name) const {
  std::lock_guard lock(mutex_);
  const auto it = numbers_.find(name);
  return it == numbers_.end() ? std::nullopt : std::optional(it->second);
}

std::vector<std::string> KindBook::Names() const {
  std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  names.reserve(numbers_.size());
  for (const auto& [name, number] : numbers_) names.push_back(name);
  return names;
}

std::string KindBook::Name(KindNumber number) const {
  std::lock_guard lock(mutex_);
  return number == 0 || number > names_.size() ? std::string() : names_[number - 1];
}

KindNumber KindBook::NextNumber() const {
  std::lock_guard lock(mutex_);
  return static_cast<KindNumber>(names_.size() + 1);  // one lost in a rescue leaves a gap
}

void KindBook::Publish(const std::map<std::string, KindNumber, std::less<>>& added) {
  std::lock_guard lock(mutex_);
  for (const auto& [name, number] : added) {
    numbers_[name] = number;
    if (names_.size() < number) names_.resize(number);
    names_[number - 1] = name;
  }
}

}  // namespace trellis
