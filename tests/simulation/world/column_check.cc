#include "tests/simulation/world/column_check.h"

#include <algorithm>
#include <vector>

#include "fmt/format.h"

namespace trellis::simulation {
namespace {

std::string TextOf(const ResponseColumns& columns) {
  std::string text;
  for (const ResponseRow& row : columns.RowsById()) {
    text += fmt::format("  {} {} {} {}", row.identity.id.ToString(), row.identity.respondent_key,
                        row.identity.submitted_ms, row.complete);
    for (size_t q = 0; q < row.answers.size(); ++q) {
      text += fmt::format(" {}={}", columns.layout().questions[q].item, row.answers[q]);
    }
    std::vector<std::string> attributes;
    for (size_t a = 0; a < row.attributes.size(); ++a) {
      if (!row.attributes[a].empty())
        attributes.push_back(columns.layout().attributes[a] + "=" + row.attributes[a]);
    }
    std::sort(attributes.begin(), attributes.end());
    for (const std::string& attribute : attributes) text += " " + attribute;
    text += "\n";
  }
  return text;
}

}  // namespace

std::string TextOf(const ReportInput& input) {
  std::string text = fmt::format("{} wait\n", input.pending_responses);
  for (const SiteInfo& site : input.sites) text += fmt::format("site {} {}\n", site.id, site.label);
  for (const SurveyDefinition& survey : input.surveys) {
    text += fmt::format("survey {} {}", survey.id, survey.code);
    for (const QuestionDefinition& question : survey.questions) {
      text += fmt::format(" {} of {}", question.code, question.choices.size());
    }
    text += "\n";
  }
  for (const WaveDefinition& wave : input.waves)
    text += fmt::format("wave {} {} {}\n", wave.id, wave.code, wave.survey);
  std::vector<std::string> responses;
  for (const WaveResponses& r : input.responses) {
    responses.push_back(fmt::format("responses {} {}\n{}", r.wave, r.site, TextOf(*r.columns)));
  }
  std::sort(responses.begin(), responses.end());
  for (const std::string& r : responses) text += r;
  return text;
}

Verdict CheckColumns(World* world, int index) {
  const Store& store = world->store(index);
  if (store.follower() == nullptr) return std::nullopt;
  if (!store.follower()->CatchUp().ok()) return fmt::format("{}: the feed cannot be followed", store.name());
  ReportFollower again(store.replica(), store.kinds());
  if (!again.Rebuild().ok()) return fmt::format("{}: the feed cannot be read from its start", store.name());
  const std::string followed = TextOf(store.follower()->view().Input({}, {}));
  const std::string made_again = TextOf(again.view().Input({}, {}));
  world->situations().Add(Situation::kColumnsCompared);
  if (followed == made_again) return std::nullopt;
  if (world->trace) world->trace(fmt::format("followed:\n{}made again:\n{}", followed, made_again));
  return fmt::format("{}: the report columns are not what the records give", store.name());
}

}  // namespace trellis::simulation
