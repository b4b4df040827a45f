#include "common/report/report_catalog.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/report/report_definitions.h"

namespace trellis {
namespace {

using ReportFunction = absl::StatusOr<Report> (*)(const ReportParameters&, const ReportInput&);

struct CatalogEntry {
  ReportDescription description;
  ReportFunction run;
};

const ReportParameterDescription kConstruct{"construct", "codes of the constructs, separated by commas"};
const ReportParameterDescription kItem{"item", "codes of single questions instead of constructs"};
const ReportParameterDescription kLevel{"level", "item: every question by itself"};
const ReportParameterDescription kFrom{"from",
                                       "the earlier wave: its baseline, else the one before, unless given"};
const ReportParameterDescription kFpc{"fpc", "1: finite population correction by the number invited"};
const ReportParameterDescription kEstimator{"estimator",
                                            "pooled over answers, or person: mean of persons' shares"};
const ReportParameterDescription kImportance{
    "importance",
    "the item that asks how important a construct is, as CONSTRUCT:ITEM,…; CONSTRUCT-IMPORTANCE "
    "unless given, else the importance of the recorded needs"};
const ReportParameterDescription kFromDay{"from", "first day that counts, YYYY-MM-DD"};
const ReportParameterDescription kToDay{"to", "last day that counts, YYYY-MM-DD"};
const ReportParameterDescription kEarlier{"earlier", "the earlier wave, as in wave-change"};
const ReportParameterDescription kInitiative{"initiative", "id or code; all unless given"};
const ReportParameterDescription kTrust{"trust", "code of the construct; the one named so unless given"};
const ReportParameterDescription kCommunity{"community",
                                            "code of the construct; the one named so unless given"};
const ReportParameterDescription kEfficacy{"efficacy",
                                           "code of the construct; the one named so unless given"};
const ReportParameterDescription kFramework{"framework", "code; all unless given"};
const ReportParameterDescription kTheory{"theory", "ids or codes, separated by commas; all unless given"};
const ReportParameterDescription kRubric{"rubric", "code of the rubric of priority 3; CA-LI-3 unless given"};
const ReportParameterDescription kCycle{"cycle", "id or code of the improvement cycle"};

std::vector<CatalogEntry> SurveyReports() {
  return {
      {{"person-score",
        "R1",
        "Scale scores of persons",
        "How persons' scale scores are spread: mean of the answered items if enough are answered.",
        ReportPlace::kBoth,
        {kConstruct, kItem, kLevel}},
       PersonScoreReport},
      {{"construct-mean",
        "R2",
        "Construct mean",
        "Mean, SD and SE over persons of each construct.",
        ReportPlace::kBoth,
        {kConstruct, kItem, kLevel, kFpc}},
       ConstructMeanReport},
      {{"item-score",
        "R3",
        "Item scores on 0 to 10",
        "Each question from 0 (worst choice) to 10 (best); constructs as the mean of their questions.",
        ReportPlace::kBoth,
        {kConstruct, kItem}},
       ItemScoreReport},
      {{"percent-favorable",
        "R4",
        "Percent favorable",
        "Favorable answers among valid answers, with interval.",
        ReportPlace::kBoth,
        {kConstruct, kItem, kLevel, kEstimator}},
       PercentFavorableReport},
      {{"wave-change",
        "R5",
        "Change between waves",
        "How each construct moved between two waves; by person where the waves link persons.",
        ReportPlace::kBoth,
        {kConstruct, kItem, kLevel, kFrom, kFpc}},
       WaveChangeReport},
      {{"response-rate",
        "R6",
        "Response rate",
        "Complete responses among those invited.",
        ReportPlace::kBoth,
        {}},
       ResponseRateReport},
      {{"item-nonresponse",
        "R7",
        "Item nonresponse",
        "Who was shown a question and left it blank.",
        ReportPlace::kBoth,
        {kItem}},
       ItemNonresponseReport},
      {{"disaggregation",
        "R8",
        "Disaggregation",
        "Each group's mean and percent favorable, and its gap to the rest.",
        ReportPlace::kBoth,
        {kConstruct, kItem, kLevel}},
       DisaggregationReport},
      {{"need-ranking",
        "R9",
        "Ranking of needs",
        "Constructs by need: low favorable, gap of a group, decline, importance.",
        ReportPlace::kBoth,
        {kConstruct, kFrom, kImportance}},
       NeedRankingReport},
  };
}

std::vector<CatalogEntry> PracticeReports() {
  return {
      {{"participation",
        "R10",
        "Participation in professional learning",
        "Who took part among those it was meant for, voluntary and mandatory apart; hours per FTE.",
        ReportPlace::kBoth,
        {kFromDay, kToDay}},
       ParticipationReport},
      {{"dosage-outcome",
        "R11",
        "Dosage and outcome",
        "Hours per person against the change of an outcome: an association, not an effect.",
        ReportPlace::kBoth,
        {kFromDay, kToDay, kEarlier, kConstruct}},
       DosageOutcomeReport},
      {{"uptake",
        "R12",
        "Uptake",
        "Staff observed using what an initiative expects among those expected to; fidelity; over time.",
        ReportPlace::kBoth,
        {kFromDay, kToDay, kInitiative}},
       UptakeReport},
      {{"turnover",
        "R13",
        "Turnover",
        "Stayers, movers and leavers between two census dates.",
        ReportPlace::kServer,
        {kFromDay, kToDay}},
       TurnoverReport},
      {{"attendance",
        "R14",
        "Staff attendance",
        "Hours present among hours scheduled; release for learning is no absence.",
        ReportPlace::kBoth,
        {kFromDay, kToDay}},
       AttendanceReport},
      {{"responsiveness",
        "R15",
        "Responsiveness",
        "Messages answered in time, median working days, attempts per visit, by practice.",
        ReportPlace::kServer,
        {kFromDay, kToDay}},
       ResponsivenessReport},
      {{"network",
        "R16",
        "Network of connections",
        "Density, reciprocity, isolates, centralization; participation by ties.",
        ReportPlace::kServer,
        {kFromDay, kToDay}},
       NetworkReport},
      {{"meeting-voice",
        "R17",
        "Voice in meetings",
        "Who spoke, how evenly, and what was decided.",
        ReportPlace::kBoth,
        {kFromDay, kToDay}},
       MeetingVoiceReport},
      {{"beyond-contract",
        "R18",
        "Beyond contract",
        "Staff in teams beyond their contract.",
        ReportPlace::kBoth,
        {}},
       BeyondContractReport},
      {{"readiness",
        "R19",
        "Readiness tier",
        "Ready to learn, near, or build community first.",
        ReportPlace::kBoth,
        {kTrust, kCommunity, kEfficacy}},
       ReadinessReport},
      {{"resource-equity",
        "R20",
        "Resource equity",
        "Money, hours and substitute days per FTE by school, and how evenly they are spread.",
        ReportPlace::kServer,
        {kFromDay, kToDay}},
       ResourceEquityReport},
  };
}

std::vector<CatalogEntry> PurposeReports() {
  return {
      {{"alignment-coverage",
        "R21",
        "Alignment coverage",
        "Standards and goals with learning, learning without a goal, hours by standard.",
        ReportPlace::kBoth,
        {kFromDay, kToDay, kFramework}},
       AlignmentCoverageReport},
      {{"theory-evidence",
        "R22",
        "Evidence on theories of action",
        "Findings by direction and strength; IF met? THEN moved?",
        ReportPlace::kBoth,
        {kTheory}},
       TheoryEvidenceReport},
      {{"cycle-status",
        "R23",
        "Cycle status",
        "Stage, days in it, overdue gates, predictions, decisions, next actions, obstacles.",
        ReportPlace::kBoth,
        {kCycle}},
       CycleStatusReport},
      {{"collective-efficacy",
        "R24",
        "Collective efficacy",
        "School means of collective efficacy, flagged where persons may not be put together.",
        ReportPlace::kServer,
        {kConstruct}},
       CollectiveEfficacyReport},
      {{"aggregation",
        "R25",
        "Aggregation",
        "Whether persons' scores may be put together as their school's: ICC(1), ICC(2), rwg(j).",
        ReportPlace::kServer,
        {kConstruct}},
       AggregationReport},
      {{"reliability",
        "R26",
        "Reliability",
        "Cronbach's alpha with interval, omega total, alpha if deleted, item-rest correlation.",
        ReportPlace::kServer,
        {kConstruct}},
       ReliabilityReport},
      {{"partner-access",
        "R27",
        "Partner access",
        "Attendance by time, place and language; interpreters; seats filled by group.",
        ReportPlace::kBoth,
        {kFromDay, kToDay}},
       PartnerAccessReport},
      {{"guskey-coverage",
        "R28",
        "Coverage of the five levels",
        "Activities with evidence at each of five levels.",
        ReportPlace::kBoth,
        {kFromDay, kToDay}},
       GuskeyCoverageReport},
      {{"cycle",
        "R23+",
        "Cycle report",
        "One improvement cycle: status, metrics against targets, change, disaggregation, participation, "
        "uptake, verdicts, needs, next actions.",
        ReportPlace::kBoth,
        {kCycle, kFrom}},
       CycleReport},
      {{"local-indicators",
        "LI",
        "Local indicators",
        "What California asks of a district for priorities 3 (family engagement) and 6 (school climate).",
        ReportPlace::kServer,
        {kRubric}},
       LocalIndicatorsReport},
  };
}

// In the order of their numbers.
const std::vector<CatalogEntry>& Entries() {
  static const auto& entries = *new std::vector<CatalogEntry>([] {
    std::vector<CatalogEntry> all = SurveyReports();
    for (auto* family : {&PracticeReports, &PurposeReports}) {
      for (CatalogEntry& entry : family()) all.push_back(std::move(entry));
    }
    return all;
  }());
  return entries;
}

const CatalogEntry* FindEntry(std::string_view name) {
  for (const CatalogEntry& entry : Entries()) {
    if (name == entry.description.slug || name == entry.description.number) return &entry;
  }
  return nullptr;
}

}  // namespace

std::span<const ReportDescription> ReportCatalog() {
  static const auto& catalog = *new std::vector<ReportDescription>([] {
    std::vector<ReportDescription> descriptions;
    for (const CatalogEntry& entry : Entries()) descriptions.push_back(entry.description);
    return descriptions;
  }());
  return catalog;
}

const ReportDescription* FindReport(std::string_view name) {
  const CatalogEntry* entry = FindEntry(name);
  return entry == nullptr ? nullptr : &entry->description;
}

absl::StatusOr<Report> RunReport(std::string_view name, const ReportParameters& parameters,
                                 const ReportInput& input) {
  const CatalogEntry* entry = FindEntry(name);
  if (entry == nullptr) {
    return absl::NotFoundError(
        fmt::format("there is no report '{}'; `trellis report list` shows those there are", name));
  }
  const auto& known = entry->description.parameters;
  for (const auto& [parameter, value] : parameters.named) {
    const auto is_named = [&name = parameter](const auto& each) { return name == each.name; };
    if (std::any_of(known.begin(), known.end(), is_named)) continue;
    return absl::InvalidArgumentError(
        fmt::format("report {} has no parameter '{}'; `trellis report describe {}` "
                    "lists those it has",
                    entry->description.slug, parameter, entry->description.slug));
  }
  return entry->run(parameters, input);
}

}  // namespace trellis
