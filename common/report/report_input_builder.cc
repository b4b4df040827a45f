#include "common/report/report_input_builder.h"

#include <algorithm>
#include <set>
#include <utility>

namespace trellis {
namespace {

// Records go by id and by the code `code_of` gives.
template <typename Message, typename CodeOf>
std::map<std::string, std::string> Index(const RecordsOf<Message>& records, CodeOf code_of) {
  std::map<std::string, std::string> references;
  for (const auto& [key, message] : records) {
    const std::string id = key.second.ToString();
    references[id] = id;
    const std::string code = code_of(message);
    if (code.empty()) continue;
    const auto [at, fresh] = references.emplace(code, id);
    if (!fresh && id < at->second) at->second = id;
  }
  return references;
}

template <typename Message>
std::map<std::string, std::string> IndexByCode(const RecordsOf<Message>& records) {
  return Index(records, [](const Message& message) { return message.code(); });
}

std::string Resolve(const std::map<std::string, std::string>& references, const std::string& reference) {
  const auto found = references.find(reference);
  return found == references.end() ? reference : found->second;
}

bool HasScores(const domain::v1::Question& question) {
  return std::any_of(question.choices().begin(), question.choices().end(),
                     [](const auto& choice) { return !choice.not_scored() && choice.value() != 0; });
}

QuestionDefinition QuestionOf(const domain::v1::Question& message) {
  QuestionDefinition question{.code = message.code(),
                              .construct = message.construct(),
                              .version = message.version(),
                              .reversed = message.reversed(),
                              .retired = message.retired()};
  if (message.form() != domain::v1::QUESTION_FORM_SINGLE_CHOICE) return question;
  const bool scored = HasScores(message);
  for (const auto& choice : message.choices()) {
    // Choices nobody gave values score their position.
    const double position = static_cast<double>(question.choices.size() + 1);
    question.choices.push_back(
        {scored ? choice.value() : position, choice.favorable(), !choice.not_scored()});
  }
  return question;
}

SurveyDefinition SurveyOf(const RecordId& id, const domain::v1::Survey& message) {
  SurveyDefinition survey{.id = id.ToString(), .code = message.code(), .title = message.title()};
  std::vector<const domain::v1::Construct*> constructs;
  for (const auto& construct : message.constructs()) constructs.push_back(&construct);
  std::sort(constructs.begin(), constructs.end(), [](const auto* a, const auto* b) {
    return std::pair(a->sort_order(), a->code()) < std::pair(b->sort_order(), b->code());
  });
  for (const auto* construct : constructs)
    survey.constructs.push_back({construct->code(), construct->title()});
  std::vector<const domain::v1::Question*> questions;
  for (const auto& question : message.questions()) questions.push_back(&question);
  std::sort(questions.begin(), questions.end(),
            [](const auto* a, const auto* b) { return a->slot() < b->slot(); });
  for (const auto* question : questions) {
    survey.questions.push_back(QuestionOf(*question));
    // A construct a question names though the survey does not list it is still one.
    const std::string& named = question->construct();
    if (!named.empty() && std::none_of(survey.constructs.begin(), survey.constructs.end(),
                                       [&](const auto& known) { return known.code == named; })) {
      survey.constructs.push_back({named, named});
    }
  }
  return survey;
}

WaveAudience AudienceOf(domain::v1::Audience audience) {
  switch (audience) {
    case domain::v1::AUDIENCE_STAFF:
      return WaveAudience::kStaff;
    case domain::v1::AUDIENCE_FAMILIES:
      return WaveAudience::kFamilies;
    case domain::v1::AUDIENCE_STUDENTS:
      return WaveAudience::kStudents;
    case domain::v1::AUDIENCE_PARTNERS:
      return WaveAudience::kPartners;
    default:
      return WaveAudience::kUnknown;
  }
}

WaveMode ModeOf(domain::v1::WaveMode mode) {
  switch (mode) {
    case domain::v1::WAVE_MODE_NAMED:
      return WaveMode::kNamed;
    case domain::v1::WAVE_MODE_CONFIDENTIAL:
      return WaveMode::kConfidential;
    default:
      return WaveMode::kAnonymous;
  }
}

}  // namespace

ReportInputBuilder::ReportInputBuilder(const ReportRecords& records, const ResponseView& responses,
                                       std::function<bool(const std::string& scope)> reaches)
    : records_(records), responses_(responses), reaches_(std::move(reaches)) {}

ReportInput ReportInputBuilder::Build(const std::vector<SiteCut>& completeness) {
  surveys_ = IndexByCode(records_.surveys);
  waves_ = IndexByCode(records_.waves);
  activities_ = IndexByCode(records_.activities);
  cycles_ = IndexByCode(records_.cycles);
  metrics_ = IndexByCode(records_.metrics);
  goals_ = IndexByCode(records_.practice.goals);
  needs_ = IndexByCode(records_.practice.needs);
  initiatives_ = IndexByCode(records_.practice.initiatives);
  theories_ = IndexByCode(records_.practice.theories);
  staff_ = Index(records_.staff, [](const auto& message) { return message.staff_unique_id(); });
  IndexOrganizations();
  AddSurveys();
  AddWaves();
  AddResponses();
  AddStaff();
  AddActivities();
  AddParticipations();
  AddCycles();
  AddMetrics();
  AddSteps();
  AddPeopleFacts();
  AddContactFacts();
  AddMeetingFacts();
  AddMeansFacts();
  AddPurposeFacts();
  AddPracticeUseFacts();
  AddTheories();
  AddRatings();
  AddThresholds();
  AddSites();
  AddCompleteness(completeness);
  return std::move(input_);
}

void ReportInputBuilder::IndexOrganizations() {
  organizations_ = Index(records_.organizations, [](const auto& message) { return message.identifier(); });
  for (const auto& [key, message] : records_.organizations) {
    const std::string id = key.second.ToString();
    organization_by_id_[id] = &message;
    if (!message.site().empty()) site_by_scope_.emplace(message.site(), id);
  }
}

std::string ReportInputBuilder::SiteOf(const std::string& reference) const {
  const auto scope = site_by_scope_.find(reference);
  if (scope != site_by_scope_.end()) return scope->second;
  return Resolve(organizations_, reference);
}

std::string ReportInputBuilder::SiteOfScope(const std::string& scope) const {
  const auto found = site_by_scope_.find(scope);
  return found == site_by_scope_.end() ? scope : found->second;
}

std::string ReportInputBuilder::NameOf(const std::string& reference) const {
  const auto found = organization_by_id_.find(SiteOf(reference));
  if (found == organization_by_id_.end() || found->second->name().empty()) return reference;
  return found->second->name();
}

std::set<std::string> ReportInputBuilder::WithDescendants(const std::string& reference) const {
  std::set<std::string> found{SiteOf(reference)};
  // Each round adds a generation; organizations in a circle add nothing new.
  for (size_t before = 0; before != found.size();) {
    before = found.size();
    for (const auto& [id, organization] : organization_by_id_) {
      if (!organization->parent().empty() && found.contains(SiteOf(organization->parent()))) found.insert(id);
    }
  }
  return found;
}

void ReportInputBuilder::AddSurveys() {
  for (const auto& [key, message] : records_.surveys) input_.surveys.push_back(SurveyOf(key.second, message));
  std::sort(input_.surveys.begin(), input_.surveys.end(),
            [](const auto& a, const auto& b) { return std::pair(a.code, a.id) < std::pair(b.code, b.id); });
}

void ReportInputBuilder::AddWaves() {
  for (const auto& [key, message] : records_.waves) {
    WaveDefinition wave{.id = key.second.ToString(),
                        .code = message.code(),
                        .survey = Resolve(surveys_, message.survey()),
                        .cycle = Resolve(cycles_, message.cycle()),
                        .baseline_wave = Resolve(waves_, message.baseline_wave()),
                        .open_date = message.open_date(),
                        .survey_version = message.survey_version(),
                        .mode = ModeOf(message.mode()),
                        .audience = AudienceOf(message.audience()),
                        .closed = message.state() == domain::v1::WAVE_STATE_CLOSED,
                        .pools_small_sites = message.pools_small_sites(),
                        .session = message.session()};
    if (message.has_min_n()) wave.min_n = message.min_n();
    for (const auto& eligibility : message.eligibility()) {
      const std::string site = SiteOf(eligibility.organization());
      const auto known = organization_by_id_.find(site);
      // The shared wave names every site; a caller who reaches some is told of those.
      if (known == organization_by_id_.end() || known->second->site().empty() ||
          reaches_(known->second->site())) {
        wave.invited[site] += eligibility.invited();
      }
    }
    for (const auto& table : message.disaggregation_plan()) {
      wave.plan.emplace_back(table.attributes().begin(), table.attributes().end());
    }
    input_.waves.push_back(std::move(wave));
  }
  std::sort(input_.waves.begin(), input_.waves.end(), [](const auto& a, const auto& b) {
    return std::pair(a.open_date, a.code) < std::pair(b.open_date, b.code);
  });
}

void ReportInputBuilder::AddResponses() {
  input_.pending_responses = responses_.Waiting(reaches_);
  responses_.ForEach([&](const PlacedColumns& placed) {
    if (!reaches_(placed.scope)) return;
    const auto wave = waves_.find(placed.wave);
    if (wave == waves_.end() || !surveys_.contains(placed.survey_id)) {
      input_.pending_responses += static_cast<int64_t>(placed.columns.size());
      return;
    }
    const std::string site =
        placed.organization.empty() ? SiteOfScope(placed.scope) : SiteOf(placed.organization);
    input_.responses.push_back({wave->second, site, &placed.columns});
  });
}

void ReportInputBuilder::AddSites() {
  std::set<std::string> ids;
  for (const auto& [scope, id] : site_by_scope_) {
    if (reaches_(scope)) ids.insert(id);
  }
  for (const WaveResponses& responses : input_.responses) ids.insert(responses.site);
  for (const AssignmentFact& assignment : input_.assignments) ids.insert(assignment.site);
  std::map<std::string, int> names;
  for (const std::string& id : ids) ++names[NameOf(id)];
  for (const std::string& id : ids) {
    SiteInfo site{.id = id, .label = NameOf(id)};
    const auto found = organization_by_id_.find(id);
    if (found != organization_by_id_.end()) {
      const domain::v1::EducationOrganization& organization = *found->second;
      if (names[site.label] > 1) site.label += " (" + organization.identifier() + ")";
      site.staff_fte = organization.staff_fte();
      site.department = organization.category() != domain::v1::ORGANIZATION_CATEGORY_UNSPECIFIED &&
                        organization.category() != domain::v1::ORGANIZATION_CATEGORY_SCHOOL;
      site.pool = organization.reporting_pool();
      for (const std::string& alias :
           {organization.site(), organization.identifier(), organization.cds_code(), organization.name(),
            organization.short_name()}) {
        if (!alias.empty()) site.aliases.push_back(alias);
      }
    }
    input_.sites.push_back(std::move(site));
  }
  std::sort(input_.sites.begin(), input_.sites.end(),
            [](const auto& a, const auto& b) { return std::pair(a.label, a.id) < std::pair(b.label, b.id); });
  for (size_t i = 0; i < input_.sites.size(); ++i) input_.site_index[input_.sites[i].id] = i;
}

void ReportInputBuilder::AddThresholds() {
  for (const auto& [key, message] : records_.thresholds) {
    if (!message.has_value()) continue;
    input_.thresholds.push_back({message.code(),
                                 message.value(),
                                 message.unit(),
                                 {message.reports().begin(), message.reports().end()}});
  }
}

void ReportInputBuilder::AddCompleteness(const std::vector<SiteCut>& completeness) {
  for (SiteCut cut : completeness) {
    if (!reaches_(cut.site_id)) continue;
    const SiteInfo* site = input_.FindSite(SiteOfScope(cut.site_id));
    if (site != nullptr) {
      cut.site = site->label;
      cut.site_id = site->id;
    } else if (cut.site.empty()) {
      cut.site = cut.site_id;
    }
    input_.completeness.push_back(std::move(cut));
  }
  std::sort(input_.completeness.begin(), input_.completeness.end(), [](const auto& a, const auto& b) {
    return std::pair(a.site, a.site_id) < std::pair(b.site, b.site_id);
  });
}

}  // namespace trellis
