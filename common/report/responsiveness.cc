// R15: responsiveness between district and schools: answered within X working days ÷ sent that need an
// answer; median working days to an answer, those not yet answered as censored (responsiveness.h); attempts
// per visit that came about; all by practice.
#include "common/report/responsiveness.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/report/calendar.h"
#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"
#include "common/report/staff_places.h"
#include "common/report/work_days.h"

namespace trellis {
namespace {

struct Tally {
  int64_t sent = 0;
  int64_t in_time = 0;
  int64_t open = 0;  // not answered, and time is not up
  std::vector<Wait> waits;
  int64_t visits = 0;
  int64_t attempts = 0;
};

void AddContact(const ContactFact& contact, const WorkDays& days, int64_t moment_ms, int64_t within,
                Tally* tally) {
  const bool answered = contact.responded_ms && *contact.responded_ms <= moment_ms;
  const int64_t sent_day = DayOf(*contact.sent_ms);
  const int64_t end_day = std::max(sent_day, DayOf(answered ? *contact.responded_ms : moment_ms));
  const int64_t waited = days.Between(contact.to, sent_day, end_day);
  ++tally->sent;
  tally->waits.push_back({static_cast<double>(waited), answered});
  if (answered && waited <= within) ++tally->in_time;
  if (!answered && waited <= within) ++tally->open;
}

ReportRow RowOf(std::vector<std::pair<std::string, std::string>> group, const Tally& tally,
                const ReportThresholds& thresholds) {
  ReportCell in_time = ProportionCell(tally.in_time, tally.sent, tally.sent, thresholds.confidence);
  if (tally.open > 0) in_time.text = fmt::format("{} not answered, and still in time", tally.open);
  ReportCell median = ReportCell::Missing(CellUnit::kDays);
  if (const auto days = MedianWait(tally.waits)) {
    median = {.unit = CellUnit::kDays,
              .value = days,
              .n = tally.sent,
              .method = "Kaplan-Meier median, unanswered as censored"};
  }
  ReportCell attempts = ReportCell::Missing(CellUnit::kNumber);
  if (tally.visits > 0) {
    attempts = {.value = static_cast<double>(tally.attempts) / static_cast<double>(tally.visits),
                .n = tally.visits,
                .numerator = static_cast<double>(tally.attempts),
                .denominator = static_cast<double>(tally.visits)};
  }
  return {std::move(group),
          {{"answeredInTime", in_time}, {"medianWorkingDays", median}, {"attemptsPerVisit", attempts}}};
}

}  // namespace

std::optional<double> MedianWait(std::vector<Wait> waits) {
  std::sort(waits.begin(), waits.end(), [](const Wait& a, const Wait& b) { return a.length < b.length; });
  double waiting = 1;
  for (size_t begin = 0; begin < waits.size();) {
    size_t end = begin;
    int64_t over = 0;
    for (; end < waits.size() && waits[end].length == waits[begin].length; ++end) over += waits[end].over;
    waiting *= 1 - static_cast<double>(over) / static_cast<double>(waits.size() - begin);
    // A hair's breadth, so that a half made of thirds counts as one.
    if (waiting <= 0.5 + 1e-12) return waits[begin].length;
    begin = end;
  }
  return std::nullopt;
}

absl::StatusOr<Report> ResponsivenessReport(const ReportParameters& parameters, const ReportInput& input) {
  const ReportThresholds thresholds = ReportThresholds::For("responsiveness", input.thresholds);
  const auto days = SelectDays(parameters);
  if (!days.ok()) return days.status();
  const auto only = SelectSite(parameters, input);
  if (!only.ok()) return only.status();
  Report report = StartPracticeReport("responsiveness", parameters, input, thresholds);
  report.thresholds.emplace_back("response-days", thresholds.response_days);
  report.estimator = "answered within the working days allowed divided by messages that need an answer";
  const auto within = static_cast<int64_t>(thresholds.response_days);
  const WorkDays work_days(input);
  Tally all;
  std::map<std::string, Tally> by_practice;
  std::map<std::pair<std::string, std::string>, Tally> by_pair;
  const auto concerns = [&](const auto& fact) {
    return *only == nullptr || fact.from == (*only)->id || fact.to == (*only)->id;
  };
  const auto each = [&](const auto& fact, auto add) {
    add(&all);
    if (!fact.practice.empty()) add(&by_practice[fact.practice]);
    add(&by_pair[{fact.from, fact.to}]);
  };
  for (const ContactFact& contact : input.practice.contacts) {
    if (!contact.sent_ms || !contact.needs_answer || !concerns(contact)) continue;
    if (*contact.sent_ms > parameters.moment_ms() || !days->Includes(DayOf(*contact.sent_ms))) continue;
    each(contact,
         [&](Tally* tally) { AddContact(contact, work_days, parameters.moment_ms(), within, tally); });
  }
  for (const VisitRequestFact& visit : input.practice.visit_requests) {
    if (!visit.occurred_day || !days->Includes(visit.requested_day) || !concerns(visit)) continue;
    each(visit, [&](Tally* tally) {
      ++tally->visits;
      tally->attempts += visit.attempts;
    });
  }
  report.rows.push_back(RowOf({{"practice", "(all)"}}, all, thresholds));
  for (const auto& [practice, tally] : by_practice) {
    report.rows.push_back(RowOf({{"practice", practice}}, tally, thresholds));
  }
  const auto label = [&](const std::string& id) {
    const SiteInfo* site = input.FindSite(id);
    return site != nullptr ? site->label : id.empty() ? std::string("(not said)") : id;
  };
  for (const auto& [pair, tally] : by_pair) {
    report.rows.push_back(
        RowOf({{"from", label(pair.first)}, {"to", label(pair.second)}}, tally, thresholds));
  }
  report.notes.push_back("Messages between offices and schools are counted, not persons.");
  return report;
}

}  // namespace trellis
