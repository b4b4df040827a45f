#include "common/report/plan_pattern.h"

#include <algorithm>

namespace trellis {
namespace {

bool Within(const std::vector<std::string>& some, const std::vector<std::string>& all) {
  return std::all_of(some.begin(), some.end(), [&](const std::string& attribute) {
    return std::find(all.begin(), all.end(), attribute) != all.end();
  });
}

// Of the plan and the cut itself, without the site, those that are part of no other.
std::vector<std::vector<std::string>> LargestTables(const SurveyCut& cut, const WaveDefinition& wave) {
  std::vector<std::vector<std::string>> tables;
  const auto add = [&](std::vector<std::string> attributes) {
    std::erase(attributes, "site");
    const auto covers = [&](const auto& known) { return Within(attributes, known); };
    if (std::any_of(tables.begin(), tables.end(), covers)) return;
    std::erase_if(tables, [&](const auto& known) { return Within(known, attributes); });
    tables.push_back(std::move(attributes));
  };
  add({});
  for (const auto& table : wave.plan) add(table);
  add(cut.attributes);
  return tables;
}

}  // namespace

PlanPattern::PlanPattern(const SurveyCut& cut, const WaveDefinition& wave, const ReportInput& input,
                         const std::vector<Scale>& scales, const GroupScores& groups)
    : cut_(cut), wave_(wave), scales_(scales), groups_(groups) {
  if (cut.attributes.size() + (cut.keyed_by_site() ? 1 : 0) < 2) return;
  AddTable({}, input);  // also sites where nobody answered
  for (const auto& table : LargestTables(cut, wave)) {
    for (const std::string& attribute : table) {
      if (!Within({attribute}, attributes_)) attributes_.push_back(attribute);
    }
    if (!table.empty()) AddTable(table, input);
  }
}

void PlanPattern::AddTable(const std::vector<std::string>& attributes, const ReportInput& input) {
  Scored table{.attributes = {0}, .groups = {}};
  SurveyCut by_site = cut_;
  by_site.by_site = true;
  by_site.attributes.clear();
  // In the order of all attributes, so that keys are too.
  for (size_t i = 0; i < attributes_.size(); ++i) {
    if (!Within({attributes_[i]}, attributes)) continue;
    table.attributes.push_back(i + 1);
    by_site.attributes.push_back(attributes_[i]);
  }
  table.groups = ScoreGroups(by_site, wave_, input, scales_);
  tables_.push_back(std::move(table));
}

GroupFacts PlanPattern::FactsOf(const ScaleScores& scores, const Scale& scale, bool proportions) const {
  GroupFacts facts{.counts = {scores.scores.Persons(scale.least_answered)}, .shares = {}};
  if (!scale.has_favorable()) return facts;
  facts.counts.push_back(scores.favorable.Persons(1));
  if (proportions) facts.shares.push_back(FavorableOf(scores));
  return facts;
}

std::map<MarginKey, bool> PlanPattern::FindInTables(size_t s, bool proportions) const {
  std::vector<GroupTable> tables;
  size_t depth = 0;
  for (const Scored& scored : tables_) {
    GroupTable& table = tables.emplace_back(GroupTable{scored.attributes, {}});
    depth = std::max(depth, scored.attributes.size());
    for (const auto& [key, scores] : scored.groups)
      table.groups[key] = FactsOf(scores[s], scales_[s], proportions);
  }
  // What is hidden where proportions are not shown is hidden where they are.
  const auto already = proportions ? FindInTables(s, false) : std::map<MarginKey, bool>();
  return HideTables(tables, attributes_.size() + 1, depth, cut_.min_n, already);
}

std::map<GroupKey, bool> PlanPattern::Find(size_t s, bool proportions) const {
  if (tables_.empty()) {
    std::map<GroupKey, GroupFacts> facts;
    for (const auto& [key, scores] : groups_) facts[key] = FactsOf(scores[s], scales_[s], proportions);
    if (proportions) WithholdAsPlanned(Find(s, false), &facts);
    return HideGroups(facts, cut_.min_n);
  }
  std::vector<size_t> of_cut;  // which of all attributes the cut's keys give, in their order
  if (cut_.keyed_by_site()) of_cut.push_back(0);
  for (const std::string& attribute : cut_.attributes) {
    const auto at = std::find(attributes_.begin(), attributes_.end(), attribute);
    of_cut.push_back(static_cast<size_t>(at - attributes_.begin()) + 1);
  }
  std::map<GroupKey, bool> hidden;
  for (const auto& [margin, hide] : FindInTables(s, proportions)) {
    GroupKey key;
    for (const size_t attribute : of_cut) {
      if (margin[attribute]) key.push_back(*margin[attribute]);
    }
    const auto given =
        std::count_if(margin.begin(), margin.end(), [](const auto& value) { return value.has_value(); });
    if (key.size() != of_cut.size() || given != static_cast<int64_t>(of_cut.size())) continue;
    // Of combinations nobody is in only the hidden ones have a row.
    if (hide || groups_.contains(key)) hidden[key] = hide;
  }
  return hidden;
}

void WithholdAsPlanned(const std::map<GroupKey, bool>& planned, std::map<GroupKey, GroupFacts>* facts) {
  for (auto& [key, fact] : *facts) {
    const auto found = planned.find(key);
    fact.withheld = fact.withheld || (found != planned.end() && found->second);
  }
}

}  // namespace trellis
