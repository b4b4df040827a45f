#include "common/report/next_actions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <set>

#include "common/report/calendar.h"
#include "common/report/means.h"
#include "common/report/report_definitions.h"

namespace trellis {
namespace {

constexpr size_t kMostActivities = 5;
constexpr int kMostNeeds = 3;

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return text;
}

// Learning tied to a recorded need of the construct, or sharing a topic with one, or with the construct
// itself.
std::vector<std::string> FittingActivities(const std::string& construct, int64_t day,
                                           const ReportInput& input) {
  std::set<std::string> needs, topics{Lower(construct)};
  for (const NeedFact& need : input.practice.needs) {
    if (need.construct != construct) continue;
    needs.insert(need.id);
    for (const std::string& topic : need.topics) topics.insert(Lower(topic));
  }
  std::vector<std::pair<int, std::string>> found;  // tied to the need first
  for (const ActivityFact& activity : input.activities) {
    if (activity.end_day && *activity.end_day < day) continue;
    const bool tied = std::any_of(activity.needs.begin(), activity.needs.end(),
                                  [&](const std::string& need) { return needs.contains(need); });
    const bool same_topic =
        std::any_of(activity.topics.begin(), activity.topics.end(),
                    [&](const std::string& topic) { return topics.contains(Lower(topic)); });
    if (tied || same_topic) found.emplace_back(tied ? 0 : 1, activity.code);
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> codes;
  for (const auto& [order, code] : found) {
    if (codes.size() < kMostActivities) codes.push_back(code);
  }
  return codes;
}

// A school's features, each brought to the same spread over all schools.
using Features = std::map<std::string, double>;

std::map<std::string, Features> FeaturesOf(const ReportInput& input, int64_t day) {
  std::map<std::string, const SiteYearFact*> newest;
  for (const SiteYearFact& year : input.practice.site_years) {
    if (year.begin_day.value_or(INT64_MIN) > day) continue;
    const SiteYearFact*& latest = newest[year.site];
    if (latest == nullptr || latest->begin_day < year.begin_day) latest = &year;
  }
  std::map<std::string, Features> features;
  for (const auto& [site, year] : newest) {
    Features& of_site = features[site];
    if (year->enrollment && *year->enrollment > 0) of_site["size"] = std::log(*year->enrollment);
    if (year->need_index) of_site["need"] = *year->need_index;
    for (const auto& [group, percent] : year->student_percent) of_site["students " + group] = percent;
  }
  std::map<std::string, std::vector<double>> values;
  for (const auto& [site, of_site] : features) {
    for (const auto& [name, value] : of_site) values[name].push_back(value);
  }
  for (auto& [site, of_site] : features) {
    for (auto& [name, value] : of_site) {
      const Moments moments = MomentsOf(values[name]);
      value = moments.variance > 0 ? (value - moments.mean) / moments.Sd() : 0;
    }
  }
  return features;
}

// Root mean square over the features both have; nullopt without one.
std::optional<double> Distance(const Features& a, const Features& b) {
  double sum = 0;
  int shared = 0;
  for (const auto& [name, value] : a) {
    const auto found = b.find(name);
    if (found == b.end()) continue;
    sum += (value - found->second) * (value - found->second);
    ++shared;
  }
  return shared > 0 ? std::optional(std::sqrt(sum / shared)) : std::nullopt;
}

struct School {
  const SiteInfo* site = nullptr;
  std::optional<double> favorable;
  bool improved = false;
};

// What is shown of each school on one construct.
std::vector<School> SchoolsOn(const std::string& construct, const WaveDefinition& wave,
                              const ReportParameters& parameters, const ReportInput& input) {
  ReportParameters by_site = parameters;
  by_site.survey = wave.survey;
  by_site.wave = wave.id;
  by_site.by = {"site"};
  by_site.named = {{"construct", construct}};
  const auto favorable = PercentFavorableReport(by_site, input);
  const auto change = WaveChangeReport(by_site, input);
  std::vector<School> schools;
  for (const SiteInfo& site : input.sites) {
    if (site.department) continue;
    School school{.site = &site};
    const auto cell_of = [&](const absl::StatusOr<Report>& report, const char* name) -> const ReportCell* {
      if (!report.ok()) return nullptr;
      for (const ReportRow& row : report->rows) {
        if (row.GroupValue("site") == site.label) return row.Find(name);
      }
      return nullptr;
    };
    if (const ReportCell* cell = cell_of(favorable, "favorable")) school.favorable = cell->value;
    const ReportCell* moved = cell_of(change, "change");
    school.improved = moved != nullptr && moved->low && *moved->low > 0;
    schools.push_back(school);
  }
  return schools;
}

std::vector<std::string> Visits(const std::vector<School>& schools,
                                const std::map<std::string, Features>& features, double district_favorable,
                                const SiteInfo* only) {
  std::vector<std::string> visits;
  for (const School& school : schools) {
    if (only != nullptr ? school.site != only
                        : !school.favorable || *school.favorable >= district_favorable) {
      continue;
    }
    const School* nearest = nullptr;
    double least = INFINITY;
    for (const School& other : schools) {
      if (other.site == school.site || !other.improved) continue;
      const auto a = features.find(school.site->id), b = features.find(other.site->id);
      const auto distance =
          a == features.end() || b == features.end() ? std::nullopt : Distance(a->second, b->second);
      // A school nothing is known of comes last.
      if (nearest == nullptr || distance.value_or(1e9) < least) {
        nearest = &other;
        least = distance.value_or(1e9);
      }
    }
    if (nearest != nullptr) visits.push_back(school.site->label + ": visit " + nearest->site->label);
  }
  return visits;
}

ReportCell ListCell(const std::vector<std::string>& entries) {
  ReportCell cell = ReportCell::Count(static_cast<int64_t>(entries.size()));
  cell.text = fmt::format("{}", fmt::join(entries, "; "));
  return cell;
}

}  // namespace

std::vector<ReportRow> SuggestedActions(const Report& ranking, const WaveDefinition& wave,
                                        const ReportParameters& parameters, const ReportInput& input) {
  const int64_t day = DayOf(parameters.moment_ms());
  const auto features = FeaturesOf(input, day);
  const SiteInfo* only = parameters.site.empty() ? nullptr : input.FindSite(parameters.site);
  ReportParameters everywhere = parameters;
  everywhere.site.clear();
  std::vector<ReportRow> rows;
  for (const ReportRow& need : ranking.rows) {
    const ReportCell* rank = need.Find("rank");
    const ReportCell* favorable = need.Find("favorable");
    if (rank == nullptr || !rank->value || favorable == nullptr || *rank->value > kMostNeeds) continue;
    const std::string construct(need.GroupValue("construct"));
    const auto schools = SchoolsOn(construct, wave, everywhere, input);
    rows.push_back({{{"need", construct}},
                    {{"learningThatFits", ListCell(FittingActivities(construct, day, input))},
                     {"schoolsToVisit", ListCell(Visits(schools, features, *favorable->value, only))}}});
  }
  return rows;
}

}  // namespace trellis
