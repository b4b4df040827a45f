// Draws the steps of a history from a seed. Each seed has a character of its own: which faults there are and
// how often, who writes what, how many sites there are (swarm testing, Groce et al. 2012).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/time/random.h"
#include "tests/simulation/world/player.h"
#include "tests/simulation/world/step.h"

namespace trellis::simulation {

class Generator {
 public:
  Generator(uint64_t seed, Mode mode);

  // The first steps: the district and its sites.
  std::vector<Step> Opening();
  // How many more are to be drawn.
  uint64_t length() const { return length_; }
  // What comes next; several where they belong together.
  std::vector<Step> Next(const Player& player);

 private:
  struct Kind {
    double weight;
    std::function<std::vector<Step>(Generator*, const Player&)> draw;
  };

  void ChooseCharacter();
  void ChooseFaults();
  std::vector<Step> Write(const Player& player);
  std::string Item(const std::string& scope, bool hurt);
  std::string SurveyItem(const std::string& scope);
  std::string ChooseScope(const Player& player, int store);
  std::vector<Step> Deliver(const Player& player);
  std::vector<Step> Cut(const Player& player);
  std::vector<Step> Reopen(const Player& player);
  std::vector<Step> PutBack(const Player& player);
  std::vector<Step> Clone(const Player& player);
  std::vector<Step> JumpClock(const Player& player);
  std::vector<Step> FillDisk(const Player& player);
  std::vector<Step> Hostile(const Player& player);
  std::vector<Step> OfAnyStore(const Player& player, const std::string& verb,
                               const std::vector<std::string>& arguments);

  std::string AnyStore(const Player& player);
  std::string AnySite(const Player& player);

  const uint64_t seed_;
  SeededRandom random_;
  uint64_t length_ = 0;
  uint64_t records_ = 4;
  uint64_t fields_ = 2;
  bool surveys_ = false;
  bool poison_ = false;
  bool damage_ = false;
  bool hostile_ = false;
  bool count_ = false;
  uint64_t next_label_ = 1;
  std::vector<Kind> kinds_;
  double total_weight_ = 0;
};

}  // namespace trellis::simulation
