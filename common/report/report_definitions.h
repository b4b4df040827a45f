// One function, and one file, per report. All are pure: the same parameters and input give the same report.
// Their definitions are those of the conventions in README.md; each file says what it computes.
#pragma once

#include <absl/status/statusor.h>

#include "common/report/report.h"
#include "common/report/report_input.h"
#include "common/report/report_parameters.h"

namespace trellis {

absl::StatusOr<Report> ConstructMeanReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> PercentFavorableReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> WaveChangeReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> ResponseRateReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> DisaggregationReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> ParticipationReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> PersonScoreReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> ItemScoreReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> ItemNonresponseReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> NeedRankingReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> CollectiveEfficacyReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> AggregationReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> ReliabilityReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> DosageOutcomeReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> UptakeReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> TurnoverReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> AttendanceReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> ResponsivenessReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> NetworkReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> MeetingVoiceReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> BeyondContractReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> ReadinessReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> ResourceEquityReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> AlignmentCoverageReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> TheoryEvidenceReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> PartnerAccessReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> GuskeyCoverageReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> LocalIndicatorsReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> CycleStatusReport(const ReportParameters& parameters, const ReportInput& input);
absl::StatusOr<Report> CycleReport(const ReportParameters& parameters, const ReportInput& input);

}  // namespace trellis
