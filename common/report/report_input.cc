#include "common/report/report_input.h"

#include <algorithm>

namespace trellis {
namespace {

template <typename Items>
auto FindByIdOrCode(const Items& items, std::string_view name) -> decltype(items.data()) {
  for (const auto& item : items) {
    if (item.id == name) return &item;
  }
  for (const auto& item : items) {
    if (item.code == name) return &item;
  }
  return nullptr;
}

}  // namespace

const SurveyDefinition* ReportInput::FindSurvey(std::string_view name) const {
  return FindByIdOrCode(surveys, name);
}

const WaveDefinition* ReportInput::FindWave(std::string_view name) const {
  return FindByIdOrCode(waves, name);
}

const CycleFact* ReportInput::FindCycle(std::string_view name) const { return FindByIdOrCode(cycles, name); }

const MetricFact* ReportInput::FindMetric(std::string_view name) const {
  return FindByIdOrCode(metrics, name);
}

const SiteInfo* ReportInput::FindSite(std::string_view name) const {
  if (const auto found = site_index.find(name); found != site_index.end()) return &sites[found->second];
  for (const SiteInfo& site : sites) {
    if (site.id == name || site.label == name) return &site;
  }
  for (const SiteInfo& site : sites) {
    if (std::find(site.aliases.begin(), site.aliases.end(), name) != site.aliases.end()) return &site;
  }
  return nullptr;
}

}  // namespace trellis
