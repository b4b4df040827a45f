// Plays steps on a district, keeps the promises under watch, heals everything at the end and asks whether
// they were kept. Deterministic: the same steps, the same history.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/world/checks.h"
#include "tests/simulation/world/step.h"
#include "tests/simulation/world/workload.h"
#include "tests/simulation/world/world.h"

namespace trellis::simulation {

enum class Mode {
  kRepairable,  // a good copy of each acknowledged write survives: nothing may be lost
  kSavage,      // anything: only what survived somewhere must be there in the end
};

class Player {
 public:
  Player(Mode mode, std::vector<const StoreCheck*> checks, std::function<void(const std::string&)> trace);

  void Play(const Step& step);
  // Heals, and checks what must hold then.
  void Finish();

  bool failed() const { return world_ != nullptr && world_->failure().has_value(); }
  // Null before the step `world`.
  World* world() const { return world_.get(); }
  // Labels of images taken, in order.
  const std::vector<std::string>& images() const { return image_labels_; }
  // Its next commit fails, or one did.
  bool Hurt(const std::string& store) const { return sabotaged_.contains(store); }
  bool Full(const std::string& store) const { return full_.contains(store); }
  uint64_t lost() const { return lost_; }

 private:
  void MakeWorld(const Step& step);
  void AddSite(const Step& step);
  void PlayAt(int store, const Step& step);
  void PlayLink(int site, const Step& step);
  void PlayFault(int store, const Step& step);
  void PlayImage(const Step& step);
  void LookAt(int store);
  void Expect(Verdict verdict);
  // The k-th link of the site, the oldest first; null if there is none.
  Connection* LinkOf(int site, const Step& step, size_t word);
  void Reopen(int store, bool power_lost);
  void HealStores();
  void CheckAtTheEnd(const std::map<RecordKey, Context>& survivors);

  const Mode mode_;
  const std::vector<const StoreCheck*> checks_;
  const std::function<void(const std::string&)> trace_;
  uint64_t seed_ = 0;
  bool damage_ = false;  // cursors are made to lie: claims are false, and repair has to mend it
  std::unique_ptr<World> world_;
  std::unique_ptr<Workload> workload_;
  CursorWatch cursors_;
  std::map<std::string, size_t> images_;
  std::vector<std::string> image_labels_;
  std::set<std::string> sabotaged_;
  std::set<std::string> full_;
  uint64_t lost_ = 0;
};

}  // namespace trellis::simulation
