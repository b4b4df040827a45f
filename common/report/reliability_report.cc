// R26: reliability of each construct's items over the persons who answered all of them: Cronbach's alpha with
// Feldt's interval, omega total of one factor, alpha without each item, correlation of each item with the
// rest (formulas in reliability.h).
#include "common/report/item_sums.h"
#include "common/report/reliability.h"
#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"

namespace trellis {
namespace {

Eigen::MatrixXd CovariancesOf(const ItemSums& sums, int divisor) {
  const auto items = static_cast<Eigen::Index>(sums.items());
  Eigen::MatrixXd covariances(items, items);
  for (Eigen::Index a = 0; a < items; ++a) {
    for (Eigen::Index b = 0; b < items; ++b) {
      covariances(a, b) = sums.Covariance(static_cast<size_t>(a), static_cast<size_t>(b), divisor);
    }
  }
  return covariances;
}

ReportCell ValueCell(std::optional<double> value, int64_t n, const char* method) {
  if (!value) return ReportCell::Missing(CellUnit::kNumber);
  return {.value = value, .n = n, .method = method};
}

void AddConstruct(const Scale& scale, const ItemSums& sums, bool hide, const ReportThresholds& thresholds,
                  Report* report) {
  const auto found = hide || sums.persons < 2 ? std::nullopt
                                              : ReliabilityOf(CovariancesOf(sums, scale.divisor),
                                                              sums.persons, thresholds.confidence);
  const auto cell = [&](std::optional<double> value, const char* method) {
    if (hide) return ReportCell::Hidden(CellUnit::kNumber);
    return ValueCell(found ? value : std::nullopt, sums.persons, method);
  };
  ReportCell alpha =
      cell(found ? std::optional(found->alpha) : std::nullopt, "Cronbach's alpha, Feldt interval");
  if (found && found->feldt) {
    alpha.low = found->feldt->low;
    alpha.high = found->feldt->high;
    alpha.confidence = thresholds.confidence;
  }
  report->rows.push_back(
      {{{"construct", scale.code}},
       {{"alpha", alpha},
        {"standardizedAlpha",
         cell(found ? std::optional(found->alpha_standardized) : std::nullopt, "alpha of the correlations")},
        {"omegaTotal",
         cell(found ? found->omega : std::nullopt, "omega total, one factor, minimum residuals")}}});
  for (size_t i = 0; i < scale.items.size(); ++i) {
    report->rows.push_back({{{"construct", scale.code}, {"item", scale.items[i].code}},
                            {{"alphaIfDeleted", cell(found && !found->alpha_without.empty()
                                                         ? std::optional(found->alpha_without[i])
                                                         : std::nullopt,
                                                     "alpha of the other items")},
                             {"itemRest", cell(found ? std::optional(found->item_rest[i]) : std::nullopt,
                                               "correlation with the sum of the others")}}});
  }
  if (found && found->alpha < thresholds.reliability_alpha) {
    report->notes.push_back(scale.code +
                            ": alpha is below the threshold; its items may not measure one thing.");
  }
}

}  // namespace

absl::StatusOr<Report> ReliabilityReport(const ReportParameters& parameters, const ReportInput& input) {
  const ReportThresholds thresholds = ReportThresholds::For("reliability", input.thresholds);
  const auto cut = SelectCut(parameters, input, thresholds);
  if (!cut.ok()) return cut.status();
  if (!cut->attributes.empty() || cut->keyed_by_site()) {
    return absl::InvalidArgumentError(
        "reliability is a scale's in the whole wave: leave out --site and --by");
  }
  const auto scales = SelectScales(parameters, *cut, thresholds);
  if (!scales.ok()) return scales.status();
  Report report = StartSurveyReport("reliability", parameters, input, *cut, thresholds);
  report.estimator = "from covariances of items over persons who answered all of them (listwise)";
  report.thresholds.emplace_back("reliability-alpha", thresholds.reliability_alpha);
  for (const Scale& scale : *scales) {
    if (scale.items.size() < 2) {
      report.notes.push_back(scale.code + ": one item has no reliability of this kind.");
      continue;
    }
    ItemSums all(scale.items.size());
    for (const auto& [key, sums] : SumItems(*cut, *cut->wave, input, scale)) all.Add(sums);
    AddConstruct(scale, all, 0 < all.persons && all.persons < cut->min_n, thresholds, &report);
  }
  return report;
}

}  // namespace trellis
