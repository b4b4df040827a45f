// R17: who speaks in meetings and what comes of them: persons who spoke ÷ persons present; Gini of turns,
// those of a group of persons shared evenly among them; decisions per meeting held; meetings held of those
// due; data reviewed.
#include <algorithm>

#include "common/report/inequality.h"
#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"
#include "common/report/staff_places.h"

namespace trellis {
namespace {

struct Tally {
  int64_t present = 0;
  int64_t spoke = 0;
  std::vector<double> turns;
  int64_t held = 0;
  int64_t due = 0;
  int64_t reviewed = 0;
  int64_t decisions = 0;
};

void AddVoice(const VoiceFact& voice, Tally* tally) {
  tally->present += voice.present;
  tally->spoke += voice.spoke;
  for (int64_t i = 0; i < voice.present; ++i) {
    tally->turns.push_back(static_cast<double>(voice.turns) / static_cast<double>(voice.present));
  }
}

void AddMeeting(const MeetingFact& meeting, Tally* tally) {
  tally->due += meeting.held || meeting.missed;
  if (!meeting.held) return;
  ++tally->held;
  tally->reviewed += meeting.data_reviewed;
  tally->decisions += meeting.decisions;
}

ReportRow RowOf(const std::string& site, const Tally& tally, bool hide, double confidence) {
  ReportCell spoke = hide ? ReportCell::Hidden(CellUnit::kProportion)
                          : ProportionCell(tally.spoke, tally.present, tally.present, confidence);
  ReportCell gini = hide ? ReportCell::Hidden(CellUnit::kNumber) : ReportCell::Missing(CellUnit::kNumber);
  if (const auto value = Gini(tally.turns); value && !hide) {
    gini = {.value = value, .n = tally.present, .method = "Gini of turns over persons present"};
  }
  ReportCell decisions = ReportCell::Missing(CellUnit::kNumber);
  if (tally.held > 0) {
    decisions = {.value = static_cast<double>(tally.decisions) / static_cast<double>(tally.held),
                 .numerator = static_cast<double>(tally.decisions),
                 .denominator = static_cast<double>(tally.held)};
  }
  return {{{"site", site}},
          {{"spoke", spoke},
           {"turnsGini", gini},
           {"decisionsPerMeeting", decisions},
           {"held", ProportionCell(tally.held, tally.due, tally.due, confidence)},
           {"dataReviewed", ProportionCell(tally.reviewed, tally.held, tally.held, confidence)}}};
}

}  // namespace

absl::StatusOr<Report> MeetingVoiceReport(const ReportParameters& parameters, const ReportInput& input) {
  const ReportThresholds thresholds = ReportThresholds::For("meeting-voice", input.thresholds);
  const auto days = SelectDays(parameters);
  if (!days.ok()) return days.status();
  const auto only = SelectSite(parameters, input);
  if (!only.ok()) return only.status();
  Report report = StartPracticeReport("meeting-voice", parameters, input, thresholds);
  report.estimator =
      "persons who spoke divided by persons present; Gini of turns; decisions divided by meetings held";
  Tally all;
  std::map<std::string, Tally> by_site;
  std::set<std::string> outside;
  for (const MeetingFact& meeting : input.practice.meetings) {
    if (!days->Includes(meeting.day)) {
      outside.insert(meeting.id);
      continue;
    }
    AddMeeting(meeting, &all);
    AddMeeting(meeting, &by_site[meeting.site]);
  }
  for (const VoiceFact& voice : input.practice.voices) {
    if (outside.contains(voice.meeting)) continue;
    AddVoice(voice, &all);
    AddVoice(voice, &by_site[voice.site]);
  }
  std::map<std::string, int64_t> persons;
  for (const auto& [site, tally] : by_site) persons[site] = tally.present;
  if (*only == nullptr) {
    report.rows.push_back(RowOf("(all)", all, TooFew(all.present, thresholds), thresholds.confidence));
  }
  const auto hidden = HideSites(input, persons, thresholds);
  for (const SiteInfo& site : input.sites) {
    if (*only != nullptr && &site != *only) continue;
    report.rows.push_back(RowOf(site.label, by_site[site.id], hidden.at(site.id), thresholds.confidence));
  }
  report.notes.push_back("A person present at several meetings is counted at each.");
  return report;
}

}  // namespace trellis
