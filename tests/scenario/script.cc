#include "tests/scenario/script.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "fmt/format.h"
#include "tests/scenario/words.h"
#include "tests/simulation/world/workload.h"

namespace trellis::scenario {
using simulation::World;

namespace {

constexpr char kKind[] = "trellis.simulation.Thing";

}  // namespace

Script::Script() {
  simulation::WorldConfig config;
  config.seed = 1;
  config.server_admits = [this](std::string_view, const Delta& delta) -> absl::Status {
    if (refused_text_.empty()) return absl::OkStatus();
    for (const Cell& cell : delta.cells) {
      for (const Sibling& s : cell.siblings) {
        if (s.bytes.find(refused_text_) != std::string::npos) return absl::InvalidArgumentError("refused");
      }
    }
    return absl::OkStatus();
  };
  config.repair_expected = true;
  world_ = std::make_unique<World>(std::move(config));
  stores_["server"] = World::kServer;
}

absl::Status Script::Run(const std::string& text) {
  std::istringstream in(text);
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    line = line.substr(0, line.find('#'));
    const Words words = Split(line, ' ');
    if (words.empty()) continue;
    problem_ = absl::OkStatus();
    absl::Status status = Step(words);
    if (status.ok()) status = problem_;
    if (status.ok() && world_->failure().has_value()) status = Wrong(*world_->failure());
    for (size_t i = 0; i < world_->stores().size() && status.ok(); ++i) {
      const simulation::Verdict broken = simulation::CheckStore(world_.get(), static_cast<int>(i));
      if (broken.has_value()) status = Wrong(*broken);
    }
    if (!status.ok()) {
      return Wrong(fmt::format("line {} ({}): {}", number, line, std::string(status.message())));
    }
  }
  return absl::OkStatus();
}

int Script::StoreOf(const std::string& name) {
  const auto it = stores_.find(name);
  if (it != stores_.end()) return it->second;
  problem_ = Wrong(fmt::format("there is no store {}", name));
  return World::kServer;
}

Script::RecordName Script::RecordOf(const std::string& text) const {
  const size_t slash = text.find('/');
  const std::string scope = slash == std::string::npos ? "shared" : text.substr(0, slash);
  const std::string name = slash == std::string::npos ? text : text.substr(slash + 1);
  RecordId id = simulation::IdOfNumber(scope, 0);
  for (size_t i = 0; i < name.size() && i < 6; ++i) id.bytes[9 + i] = static_cast<uint8_t>(name[i]);
  return {scope, id};
}

absl::Status Script::Step(const Words& words) {
  const std::string& verb = words[0];
  if (words.size() < 2) return Wrong(fmt::format("{} needs to know of what", verb));
  if (verb == "site") {
    std::vector<ScopeGrant> grants;
    for (size_t i = 2; i < words.size(); ++i) {
      const bool push_only = words[i].back() == '!';
      grants.push_back({push_only ? words[i].substr(0, words[i].size() - 1) : words[i], !push_only, true});
    }
    if (grants.empty()) grants = {{"shared"}, {words[1]}};
    stores_[words[1]] = world_->AddSite(words[1], std::move(grants), 0);
    return absl::OkStatus();
  }
  if (verb == "expect") return Expect(words);
  if (verb == "refuse") {
    refused_text_ = words[1] == "nothing" ? "" : words[1];
    return absl::OkStatus();
  }
  if (verb == "tick") {
    world_->Tick(MsOf(words[1]));
    return absl::OkStatus();
  }
  if (verb == "age") return Age(words);
  for (const char* known : {"connect", "sync", "up", "down", "cut"}) {
    if (verb == known) return LinkStep(words);
  }
  for (const char* known :
       {"crash", "reopen", "fail", "image", "rewind", "clone", "clock", "full", "room", "overlook"}) {
    if (verb == known) return FaultStep(words);
  }
  return WriteStep(words);
}

// ---- writing ----

RecordWrite Script::WriteOf(const Words& words, size_t record, size_t end, bool exists) {
  const RecordName name = RecordOf(words[record]);
  RecordWrite write;
  write.type = exists ? RecordWrite::Type::kUpdate : RecordWrite::Type::kCreate;
  write.scope = name.scope;
  write.id = name.id;
  write.kind = kKind;
  for (size_t i = record + 1; i < end; ++i) {
    const size_t equals = words[i].find('=');
    const std::string field = words[i].substr(0, equals);
    std::string value = equals == std::string::npos ? "" : words[i].substr(equals + 1);
    if (!value.empty() && value.back() == ',') value.pop_back();
    if (field == "lane") {
      write.lane = LaneOf(value);
    } else {
      write.cells.push_back({{FieldOf(field), ""}, simulation::TextValue(FieldOf(field), value)});
    }
  }
  return write;
}

absl::Status Script::WriteStep(const Words& words) {
  if (words.size() < 3) return Wrong(fmt::format("unknown step {}", words[0]));
  const std::string& verb = words[0];
  const int store = StoreOf(words[1]);
  const auto record_at = [&](size_t i) {
    const RecordName name = RecordOf(words[i]);
    return world_->Get(store, name.scope, name.id);
  };
  std::vector<RecordWrite> writes;
  if (verb == "batch") {
    size_t begin = 2;
    for (size_t i = 2; i < words.size(); ++i) {
      if (words[i].back() != ',' && i + 1 < words.size()) continue;
      writes.push_back(WriteOf(words, begin, i + 1, record_at(begin).has_value()));
      begin = i + 1;
    }
  } else if (verb == "write" || verb == "resolve") {
    writes.push_back(WriteOf(words, 2, words.size(), record_at(2).has_value()));
    if (verb == "resolve" && record_at(2).has_value()) writes[0].if_version = record_at(2)->version;
  } else if (verb == "unset" && words.size() == 4) {
    writes.push_back(WriteOf(words, 2, 3, true));
    writes[0].cells.push_back({{FieldOf(words[3]), ""}, "", true});
  } else if (verb == "delete" || verb == "restore" || verb == "erase" || verb == "move") {
    writes.push_back(WriteOf(words, 2, 3, true));
    writes[0].type = verb == "delete"    ? RecordWrite::Type::kDelete
                     : verb == "restore" ? RecordWrite::Type::kRestore
                     : verb == "move"    ? RecordWrite::Type::kMove
                                         : RecordWrite::Type::kErase;
  } else {
    return Wrong(fmt::format("unknown step {}", verb));
  }
  last_write_ = world_->Write(store, std::move(writes));
  return absl::OkStatus();
}

// ---- links ----

absl::Status Script::Deliver(int site, bool up, int messages) {
  for (int i = 0; i < messages; ++i) {
    simulation::Connection* link = world_->LinkOf(site);
    if (link == nullptr) return Wrong("there is no connection");
    if (up && !link->up.empty() && std::holds_alternative<Frame>(link->up.front())) ++frames_up_[site];
    if (!(up ? world_->DeliverUp(link) : world_->DeliverDown(link)))
      return Wrong("nothing more is under way");
  }
  return absl::OkStatus();
}

absl::Status Script::LinkStep(const Words& words) {
  const std::string& verb = words[0];
  if (verb == "sync" && words[1] == "all") {
    // Twice: what the last site brought goes to the first as well.
    for (const auto& [name, store] : stores_) {
      if (store != World::kServer && world_->LinkOf(store) == nullptr) world_->Connect(store);
    }
    return world_->DeliverAll() ? absl::OkStatus() : Wrong("the conversation does not end");
  }
  const int site = StoreOf(words[1]);
  if (verb == "connect" || (verb == "sync" && world_->LinkOf(site) == nullptr)) {
    frames_up_[site] = 0;
    world_->Connect(site);
  }
  if (verb == "connect") return absl::OkStatus();
  simulation::Connection* link = world_->LinkOf(site);
  if (link == nullptr) return Wrong("there is no connection");
  if (verb == "cut") {
    world_->Cut(link, words.size() > 2 && words[2] == "late");
    return absl::OkStatus();
  }
  if (verb != "sync") return Deliver(site, verb == "up", words.size() > 2 ? std::stoi(words[2]) : 1);
  while (!link->up.empty() || !link->down.empty()) {
    if (!link->up.empty()) {
      if (absl::Status status = Deliver(site, true, 1); !status.ok()) return status;
    }
    if (!link->down.empty()) world_->DeliverDown(link);
  }
  return absl::OkStatus();
}

// ---- faults ----

absl::Status Script::FaultStep(const Words& words) {
  const std::string& verb = words[0];
  if (verb == "clone") {
    if (words.size() < 3 || !images_.contains(words[1])) return Wrong("clone LABEL NAME");
    stores_[words[2]] = world_->Clone(images_[words[1]]);
    return absl::OkStatus();
  }
  const int store = StoreOf(words[1]);
  const std::string argument = words.size() > 2 ? words[2] : "";
  if (verb == "crash" || verb == "reopen") {
    world_->Reopen(store, verb == "crash");
  } else if (verb == "fail") {
    world_->FailNextCommit(store, argument == "stored");
  } else if (verb == "image") {
    images_[argument] = world_->TakeImage(store);
  } else if (verb == "rewind") {
    if (!images_.contains(argument)) return Wrong(fmt::format("there is no image {}", argument));
    world_->Restore(store, images_[argument]);
  } else if (verb == "overlook") {
    return world_->Overlook(store);
  } else if (verb == "clock") {
    ManualClock* clock = world_->store(store).clock();
    clock->SetWall(clock->WallMs() + MsOf(argument));
  } else {
    world_->SetDiskFull(store, verb == "full");
  }
  return absl::OkStatus();
}

absl::Status Script::Age(const Words& words) {
  const int times = words.size() > 2 ? std::stoi(words[2]) : 1;
  const bool synced = words.size() > 3 && words[3] == "synced";
  for (int i = 0; i < times; ++i) {
    absl::Status status = Step({"reopen", words[1]});
    if (status.ok()) status = Step({"write", words[1], "aged", fmt::format("title={}", i)});
    if (status.ok() && synced) status = Step({"sync", words[1]});
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace trellis::scenario
