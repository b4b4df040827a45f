// R7: item nonresponse, 1 − answered ÷ shown. "Not applicable" and "don't know" are answers, counted apart; a
// question skipped by logic was not shown.
#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"

namespace trellis {
namespace {

struct Replies {
  int64_t shown = 0;
  int64_t blank = 0;
  int64_t not_applicable = 0;
};

using RepliesByGroup = std::map<GroupKey, std::map<std::string, Replies>>;  // item -> replies

RepliesByGroup CountReplies(const SurveyCut& cut, const ReportInput& input) {
  RepliesByGroup groups;
  if (cut.keyed_by_site() && cut.attributes.empty()) {
    for (const SiteInfo& site : input.sites) groups[{cut.PlaceOf(site.label)}];
  }
  for (const WaveResponses& responses : input.responses) {
    if (responses.wave != cut.wave->id) continue;
    const SiteInfo* site = input.FindSite(responses.site);
    const ScanScope scope{.group_by = cut.attributes, .until_ms = cut.until_ms};
    for (const auto& [values, counts] : CountAnswers(*responses.columns, scope)) {
      auto& items = groups[cut.KeyOf(site != nullptr ? site->label : responses.site, values)];
      for (size_t q = 0; q < counts.codes.size(); ++q) {
        const QuestionColumn& column = responses.columns->layout().questions[q];
        Replies& replies = items[column.item];
        replies.shown += counts.rows - counts.codes[q][column.not_shown()];
        replies.blank += counts.codes[q][kBlankCode];
        replies.not_applicable += counts.codes[q][column.not_applicable()];
      }
    }
  }
  return groups;
}

}  // namespace

absl::StatusOr<Report> ItemNonresponseReport(const ReportParameters& parameters, const ReportInput& input) {
  const ReportThresholds thresholds = ReportThresholds::For("item-nonresponse", input.thresholds);
  const auto cut = SelectCut(parameters, input, thresholds);
  if (!cut.ok()) return cut.status();
  ReportParameters by_item = parameters;
  by_item.named["level"] = "item";
  const auto items = SelectScales(by_item, *cut, thresholds);
  if (!items.ok()) return items.status();
  Report report = StartSurveyReport("item-nonresponse", parameters, input, *cut, thresholds);
  report.estimator = "1 − answered divided by shown; not applicable and don't know count as answered";
  RepliesByGroup groups = CountReplies(*cut, input);
  for (const Scale& item : *items) {
    std::map<GroupKey, GroupFacts> facts;
    for (auto& [key, replies] : groups) facts[key] = {.counts = {replies[item.code].shown}, .shares = {}};
    for (const auto& [key, hidden] : HideGroups(facts, cut->min_n)) {
      if (!cut->Shows(key)) continue;
      const Replies& replies = groups[key][item.code];
      const auto cell = [&, is_hidden = hidden](int64_t count) {
        return is_hidden ? ReportCell::Hidden(CellUnit::kProportion)
                         : ProportionCell(count, replies.shown, replies.shown, thresholds.confidence);
      };
      report.rows.push_back(
          {cut->Describe(&item, key),
           {{"nonresponse", cell(replies.blank)}, {"notApplicable", cell(replies.not_applicable)}}});
    }
  }
  return report;
}

}  // namespace trellis
