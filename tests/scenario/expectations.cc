// What a scenario expects.
#include <algorithm>
#include <set>
#include <sstream>

#include "common/causal/lifecycle.h"
#include "common/merge/show.h"
#include "fmt/format.h"
#include "tests/scenario/script.h"
#include "tests/scenario/words.h"

namespace trellis::scenario {

using simulation::Situation;
using simulation::World;

namespace {

constexpr int kSecondsUntilCompared = 40;

}  // namespace

absl::Status Script::Expect(const Words& words) {
  const std::string& what = words[1];
  if (what == "equal") return ExpectEqual();
  if (what == "refused") return last_write_.ok() ? Wrong("the last write was taken") : absl::OkStatus();
  if (what == "sent" && words.size() == 4) {
    const int sent = frames_up_[StoreOf(words[2])];
    return sent == std::stoi(words[3]) ? absl::OkStatus() : Wrong(fmt::format("{} frames went up", sent));
  }
  if (what == "met") {
    std::string name = words[2];
    for (size_t i = 3; i < words.size(); ++i) name += " " + words[i];
    for (size_t i = 0; i < static_cast<size_t>(Situation::kCount); ++i) {
      const auto situation = static_cast<Situation>(i);
      if (std::string(simulation::NameOf(situation)).starts_with(name)) {
        return world_->situations().Of(situation) > 0 ? absl::OkStatus() : Wrong("that was not met");
      }
    }
    return Wrong("there is no such situation");
  }
  if (words.size() < 4) return Wrong("expect what?");
  return ExpectOfRecord(words);
}

std::vector<std::string> Script::ValuesOf(const Words& words, const std::string& field) {
  const int store = StoreOf(words[2]);
  const RecordName name = RecordOf(words[3]);
  const std::optional<StoredRecord> record = world_->Get(store, name.scope, name.id);
  std::vector<std::string> values;
  if (!record.has_value()) return values;
  const Cell* cell = record->state.Find({FieldOf(field), ""});
  if (cell == nullptr) return values;
  values.push_back(TextOf(ShownSibling(*cell, CellPolicy::kRegister)));  // the shown one first
  for (const Sibling& sibling : cell->siblings) {
    if (TextOf(sibling) != values.front()) values.push_back(TextOf(sibling));
  }
  return values;
}

absl::Status Script::ExpectOfRecord(const Words& words) {
  const std::string& what = words[1];
  if (what == "aside") {
    const RecordName name = RecordOf(words[3]);
    const auto aside = world_->store(StoreOf(words[2])).replica()->SetAsides(name.scope);
    if (!aside.ok()) return aside.status();
    const bool there =
        std::any_of(aside->begin(), aside->end(), [&](const SetAside& item) { return item.id == name.id; });
    return there ? absl::OkStatus() : Wrong("it is not set aside");
  }
  if (words.size() < 5) return ExpectPresence(words);
  const size_t equals = words[4].find('=');
  const std::vector<std::string> values = ValuesOf(words, words[4].substr(0, equals));
  if (what == "conflict" || what == "none") {
    return (values.size() > 1) == (what == "conflict") ? absl::OkStatus()
                                                       : Wrong(fmt::format("{} values stand", values.size()));
  }
  if (equals == std::string::npos) return Wrong("expect which value?");
  const std::string wanted = words[4].substr(equals + 1);
  const std::string shown = values.empty() ? "-" : values.front();
  if (what == "value") {
    return shown == wanted ? absl::OkStatus() : Wrong(fmt::format("{} shows", shown));
  }
  if (what != "values") return Wrong(fmt::format("cannot expect {}", what));
  const std::vector<std::string> all = Split(wanted, '|');
  if (std::multiset<std::string>(all.begin(), all.end()) ==
      std::multiset<std::string>(values.begin(), values.end())) {
    return absl::OkStatus();
  }
  std::string stand;
  for (const std::string& value : values) stand += " " + value;
  return Wrong(fmt::format("these stand:{}", stand));
}

absl::Status Script::ExpectPresence(const Words& words) {
  const RecordName name = RecordOf(words[3]);
  const std::optional<StoredRecord> record = world_->Get(StoreOf(words[2]), name.scope, name.id);
  std::string is = "absent";
  if (record.has_value()) {
    switch (PresenceOf(record->state)) {
      case Presence::kLive:
        is = "live";
        break;
      case Presence::kLiveDespiteDelete:
        is = "beaten";
        break;
      case Presence::kDeleted:
        is = "deleted";
        break;
      case Presence::kMoved:
        is = "moved";
        break;
      case Presence::kMovedButChanged:
        is = "changed-since-moved";
        break;
      case Presence::kErased:
        is = "erased";
        break;
    }
  }
  return is == words[1] ? absl::OkStatus() : Wrong(fmt::format("it is {}", is));
}

absl::Status Script::ExpectEqual() {
  // A live session compares when it is quiet, and not too often.
  for (int second = 0; second < kSecondsUntilCompared && !simulation::AllVerified(world_.get()); ++second) {
    world_->Tick(1'000);
    world_->DeliverAll();
  }
  if (!simulation::AllVerified(world_.get())) return Wrong("not every link has given equal digests");
  const simulation::Verdict broken =
      simulation::CheckConverged(world_.get(), simulation::Survivors(world_.get()));
  return broken.has_value() ? Wrong(*broken) : absl::OkStatus();
}

}  // namespace trellis::scenario
