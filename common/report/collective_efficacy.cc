// R24: each school's mean of collective efficacy (a school is believed in by its staff, not a person by
// himself: Goddard, Hoy and Hoy 2000), with the checks of R25. A construct whose persons agree no more within
// schools than between them, and a school whose persons do not agree, are flagged as not to be put together.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "common/report/group_agreement.h"
#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"

namespace trellis {
namespace {

bool NamesEfficacy(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return text.find("efficacy") != std::string::npos;
}

// The construct asked for, else those named so.
std::string EfficacyConstructs(const ReportParameters& parameters, const SurveyCut& cut) {
  std::string codes = NamedParameter(parameters, "construct");
  if (!codes.empty()) return codes;
  for (const ConstructDefinition& construct : cut.survey->constructs) {
    if (NamesEfficacy(construct.code) || NamesEfficacy(construct.title)) {
      codes += (codes.empty() ? "" : ",") + construct.code;
    }
  }
  return codes;
}

// Empty: it may be put together.
std::string Objection(const ConstructAgreement& agreement, const ReportThresholds& thresholds) {
  if (!agreement.variance) return "there are too few schools or persons to tell";
  std::string objections;
  const auto add = [&](const std::string& text) { objections += (objections.empty() ? "" : "; ") + text; };
  const GroupVariance& variance = *agreement.variance;
  const double icc1 = variance.Icc1(variance.mean_size);
  if (icc1 < thresholds.aggregation_icc1 || variance.p > 1 - thresholds.confidence) {
    add("schools do not differ more than persons do");
  }
  if (variance.Icc2() < thresholds.aggregation_icc2) add("the schools' means are not reliable");
  if (!agreement.median_rwg || *agreement.median_rwg < thresholds.aggregation_rwg) {
    add("persons of one school do not agree");
  }
  return objections;
}

ReportCell Verdict(bool hidden, const std::string& objection) {
  if (hidden) return ReportCell::Hidden(CellUnit::kText);
  return ReportCell::Text(objection.empty() ? "may be put together" : "not to be put together: " + objection);
}

void AddConstruct(const SurveyCut& cut, const ReportInput& input, const Scale& scale,
                  const ReportThresholds& thresholds, Report* report) {
  const ConstructAgreement agreement = AgreementOf(cut, input, scale);
  const std::string objection = Objection(agreement, thresholds);
  report->rows.push_back(
      {{{"construct", scale.code}}, {{"aggregation", Verdict(agreement.hidden, objection)}}});
  for (const auto& [key, group] : agreement.groups) {
    if (!cut.Shows(key)) continue;
    auto cells = GroupAgreementCells(group, thresholds.confidence);
    std::string own = objection;
    if (own.empty() && (!group.rwg || *group.rwg < thresholds.aggregation_rwg)) {
      own = group.mean.n == 0 ? "nobody answered" : "its persons do not agree";
    }
    cells.emplace_back("aggregation", Verdict(group.hidden, own));
    report->rows.push_back({cut.Describe(&scale, key), cells});
  }
}

}  // namespace

absl::StatusOr<Report> CollectiveEfficacyReport(const ReportParameters& parameters,
                                                const ReportInput& input) {
  const ReportThresholds thresholds = ReportThresholds::For("collective-efficacy", input.thresholds);
  ReportParameters by_site = parameters;
  by_site.by = {"site"};
  const auto cut = SelectCut(by_site, input, thresholds);
  if (!cut.ok()) return cut.status();
  by_site.named["construct"] = EfficacyConstructs(parameters, *cut);
  if (by_site.named["construct"].empty()) {
    return absl::FailedPreconditionError(
        fmt::format("survey {} has no construct named efficacy; name one with --param construct=CODE",
                    cut->survey->code));
  }
  const auto scales = SelectScales(by_site, *cut, thresholds);
  if (!scales.ok()) return scales.status();
  Report report = StartSurveyReport("collective-efficacy", parameters, input, *cut, thresholds);
  report.estimator = "school mean over persons of their scale scores, with ICC(1), ICC(2) and rwg(j) checks";
  report.thresholds.emplace_back("aggregation-icc1", thresholds.aggregation_icc1);
  report.thresholds.emplace_back("aggregation-icc2", thresholds.aggregation_icc2);
  report.thresholds.emplace_back("aggregation-rwg", thresholds.aggregation_rwg);
  for (const Scale& scale : *scales) AddConstruct(*cut, input, scale, thresholds, &report);
  return report;
}

}  // namespace trellis
