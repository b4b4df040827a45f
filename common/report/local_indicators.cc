// California's local indicators for priorities 3 (family engagement) and 6 (school climate), as the State
// Board's self-reflection tools ask for them: for priority 3 twelve practices rated 1 to 5 by the district
// and nine questions answered in words; for priority 6 what a climate survey taken at least every other year
// found, for all and by the groups its wave declared, and what the district makes of it. Ratings come from
// assessments of the rubric CA-LI-3, words from answers to planning questions, figures from R4 and R6.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/report/calendar.h"
#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"

namespace trellis {
namespace {

constexpr const char* kRubric = "CA-LI-3";
constexpr int64_t kEveryOtherYear = 2 * 366;  // days

struct Prompt {
  const char* question;  // code of the planning question
  const char* part;
  const char* asked;
};

constexpr std::array<Prompt, 9> kFamilyPrompts{{
    {"li3-relationships-strengths", "relationships with families", "strengths"},
    {"li3-relationships-focus", "relationships with families", "what to work on"},
    {"li3-relationships-reach", "relationships with families", "reaching families seldom heard"},
    {"li3-partnerships-strengths", "partnerships for pupils", "strengths"},
    {"li3-partnerships-focus", "partnerships for pupils", "what to work on"},
    {"li3-partnerships-reach", "partnerships for pupils", "reaching families seldom heard"},
    {"li3-input-strengths", "say in decisions", "strengths"},
    {"li3-input-focus", "say in decisions", "what to work on"},
    {"li3-input-reach", "say in decisions", "reaching families seldom heard"},
}};
constexpr std::array<Prompt, 3> kClimatePrompts{{
    {"li6-data", "school climate", "what the data show"},
    {"li6-meaning", "school climate", "what they mean"},
    {"li6-use", "school climate", "what follows"},
}};

constexpr std::pair<WaveAudience, const char*> kAudiences[] = {{WaveAudience::kStudents, "students"},
                                                               {WaveAudience::kFamilies, "families"},
                                                               {WaveAudience::kStaff, "staff"}};

// The newest of what `of` picks, on or before the day.
template <typename Fact, typename Of>
const Fact* Newest(const std::vector<Fact>& facts, int64_t day, Of of) {
  const Fact* newest = nullptr;
  for (const Fact& fact : facts) {
    if (!of(fact) || fact.day.value_or(INT64_MIN) > day) continue;
    if (newest == nullptr || newest->day.value_or(INT64_MIN) <= fact.day.value_or(INT64_MIN)) newest = &fact;
  }
  return newest;
}

// The mean of the schools' newest own ratings of an item.
ReportCell SchoolsCell(const ReportInput& input, const std::string& rubric, const std::string& item,
                       int64_t day) {
  double sum = 0;
  int64_t schools = 0;
  for (const SiteInfo& site : input.sites) {
    const RatingFact* rating = Newest(input.practice.ratings, day, [&](const RatingFact& fact) {
      return fact.rubric == rubric && fact.item == item && fact.site == site.id;
    });
    if (rating == nullptr) continue;
    sum += rating->level;
    ++schools;
  }
  if (schools == 0) return ReportCell::Missing(CellUnit::kNumber);
  ReportCell cell{.value = sum / static_cast<double>(schools)};
  cell.text = fmt::format("{} schools", schools);
  cell.method = "mean of the schools' newest own ratings";
  return cell;
}

void AddPractices(const ReportInput& input, const std::string& code, int64_t day, Report* report) {
  const auto rubric = std::find_if(input.practice.rubrics.begin(), input.practice.rubrics.end(),
                                   [&](const RubricFact& fact) { return fact.code == code; });
  if (rubric == input.practice.rubrics.end()) {
    report->notes.push_back(fmt::format(
        "Priority 3: there is no rubric {} here; `trellis import codelists` brings it with the frameworks.",
        code));
    return;
  }
  for (const RubricFact::Item& item : rubric->items) {
    const RatingFact* rating = Newest(input.practice.ratings, day, [&](const RatingFact& fact) {
      return fact.rubric == code && fact.item == item.code && fact.site.empty();
    });
    ReportCell level = ReportCell::Missing(CellUnit::kCount);
    ReportCell evidence = ReportCell::Missing(CellUnit::kText), dated = evidence;
    if (rating != nullptr) {
      level = ReportCell::Count(rating->level);
      const auto label = rubric->levels.find(rating->level);
      if (label != rubric->levels.end()) level.text = label->second;
      evidence = ReportCell::Text(rating->evidence);
      if (rating->day) dated = ReportCell::Text(FormatDay(*rating->day));
    }
    report->rows.push_back({{{"section", "priority 3: practices"}, {"practice", item.title}},
                            {{"rating", level},
                             {"asOf", dated},
                             {"evidence", evidence},
                             {"schools", SchoolsCell(input, code, item.code, day)}}});
  }
}

void AddWords(const char* section, std::span<const Prompt> prompts, const ReportInput& input, int64_t day,
              Report* report) {
  int unanswered = 0;
  for (const Prompt& prompt : prompts) {
    const PlanningAnswerFact* answer =
        Newest(input.practice.planning_answers, day, [&](const PlanningAnswerFact& fact) {
          return fact.question == prompt.question && fact.site.empty() && !fact.answer.empty();
        });
    unanswered += answer == nullptr;
    report->rows.push_back({{{"section", section}, {"part", prompt.part}, {"asked", prompt.asked}},
                            {{"answer", answer == nullptr ? ReportCell::Missing(CellUnit::kText)
                                                          : ReportCell::Text(answer->answer)}}});
  }
  if (unanswered > 0) {
    report->notes.push_back(
        fmt::format("{}: {} of {} questions are still to be answered.", section, unanswered, prompts.size()));
  }
}

// The newest wave for the audience that opened within two years of the day.
const WaveDefinition* ClimateWave(const ReportInput& input, WaveAudience audience, int64_t day) {
  const WaveDefinition* newest = nullptr;
  for (const WaveDefinition& wave : input.waves) {  // by opening
    const std::optional<int64_t> opened = ParseDay(wave.open_date);
    if (wave.audience == audience && opened && *opened <= day && *opened >= day - kEveryOtherYear)
      newest = &wave;
  }
  return newest;
}

void AddRows(const char* section, const char* audience, const absl::StatusOr<Report>& part, Report* report) {
  if (!part.ok()) {
    report->notes.push_back(fmt::format("{}, {}: not here, because {}.", section, audience,
                                        std::string(part.status().message())));
    return;
  }
  for (ReportRow row : part->rows) {
    row.group.insert(row.group.begin(), {{"section", section}, {"audience", audience}});
    report->rows.push_back(std::move(row));
  }
  for (const auto& threshold : part->thresholds) {
    if (std::find(report->thresholds.begin(), report->thresholds.end(), threshold) ==
        report->thresholds.end()) {
      report->thresholds.push_back(threshold);
    }
  }
}

void AddClimate(const ReportInput& input, const ReportParameters& parameters, int64_t day, Report* report) {
  bool asked = false;
  for (const auto& [audience, name] : kAudiences) {
    const WaveDefinition* wave = ClimateWave(input, audience, day);
    if (wave == nullptr) continue;
    asked = asked || audience == WaveAudience::kStudents;
    ReportParameters of_wave = parameters;
    of_wave.wave = wave->id;
    of_wave.named.clear();
    report->parameters.emplace_back(fmt::format("wave.{}", name), wave->code);
    AddRows("priority 6: who answered", name, ResponseRateReport(of_wave, input), report);
    AddRows("priority 6: favorable answers", name, PercentFavorableReport(of_wave, input), report);
    for (const std::vector<std::string>& table : wave->plan) {
      of_wave.by = table;
      AddRows("priority 6: favorable answers", name, PercentFavorableReport(of_wave, input), report);
    }
  }
  report->rows.push_back(
      {{{"section", "priority 6: standard"}, {"standard", "pupils asked at least every other year"}},
       {{"standing", ReportCell::Text(asked ? "met" : "not met")}}});
}

}  // namespace

absl::StatusOr<Report> LocalIndicatorsReport(const ReportParameters& parameters, const ReportInput& input) {
  if (!parameters.site.empty() || !parameters.by.empty()) {
    return absl::InvalidArgumentError(
        "local indicators are the district's as a whole, broken down as its waves declare: leave out --site "
        "and "
        "--by");
  }
  const std::string rubric = NamedParameter(parameters, "rubric");
  const int64_t day = DayOf(parameters.moment_ms());
  Report report = StartReport("local-indicators", parameters, input);
  report.estimator =
      "ratings and words as recorded; figures as percent favorable (R4) and response rate (R6)";
  AddPractices(input, rubric.empty() ? kRubric : rubric, day, &report);
  AddWords("priority 3: in words", kFamilyPrompts, input, day, &report);
  AddClimate(input, parameters, day, &report);
  AddWords("priority 6: in words", kClimatePrompts, input, day, &report);
  return report;
}

}  // namespace trellis
