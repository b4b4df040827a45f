// The main job on answers nobody here made up: 2,042 real respondents in 49 units. Each unit is a site that
// imports its own rows with no link; the server merges what all send, and reports what an independent program
// computed from the same file.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <memory>
#include <sstream>

#include "common/service/record_importer.h"
#include "common/service/report_host.h"
#include "tests/unit/report/reference_numbers.h"
#include "tests/unit/service/service_fixture.h"
#include "trellis/domain/v1/organization.pb.h"
#include "trellis/domain/v1/survey.pb.h"
#include "trellis/domain/v1/wave.pb.h"

namespace trellis {
namespace {

constexpr char kResponsesFile[] = "responses/lq2002.csv";

std::string FileBytes(const std::string& name) {
  std::ifstream file(TestDataPath(name));
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

// Its lines by COMPID, each part with the header on top.
std::map<std::string, std::string> PartsByUnit(const std::string& file) {
  std::stringstream lines(file);
  std::string header, line;
  std::getline(lines, header);
  std::map<std::string, std::string> parts;
  while (std::getline(lines, line)) {
    std::string& part = parts[line.substr(0, line.find(','))];
    if (part.empty()) part = header + "\n";
    part += line + "\n";
  }
  return parts;
}

std::string SiteOf(const std::string& unit) { return "unit-" + unit; }

void AddScale(const std::string& construct, int items, int least, domain::v1::Survey* survey) {
  survey->add_constructs()->set_code(construct);
  survey->mutable_constructs()->rbegin()->set_title(construct);
  for (int i = 1; i <= items; ++i) {
    auto* question = survey->add_questions();
    question->set_slot(survey->questions_size());
    char code[32];
    std::snprintf(code, sizeof code, "%s%02d", construct.c_str(), i);
    question->set_code(code);
    question->set_text(code);
    question->set_form(domain::v1::QUESTION_FORM_SINGLE_CHOICE);
    question->set_construct(construct);
    for (int value = least; value <= least + 4 && value <= 5; ++value) {
      auto* choice = question->add_choices();
      choice->set_value(value);
      choice->set_favorable(value >= least + 3);
    }
  }
}

// The definitions, and an organization with a site for every unit.
void DefineAtDistrict(ServiceStore* server, const std::vector<std::string>& units) {
  domain::v1::Survey survey;
  survey.set_code("LQ2002");
  survey.set_title("Leadership and climate");
  survey.set_state(domain::v1::SURVEY_STATE_PUBLISHED);
  AddScale("LEAD", 11, 1, &survey);
  AddScale("TSIG", 3, 1, &survey);
  AddScale("HOSTIL", 5, 0, &survey);
  server->Create(Admin(), survey);
  server->Create(Admin(), FromText<domain::v1::Wave>(R"(
      code: "LQ-1" survey: "LQ2002" state: WAVE_STATE_OPEN open_date: "2026-09-01" close_date: "2026-12-01"
      audience: AUDIENCE_STAFF mode: WAVE_MODE_CONFIDENTIAL
      disaggregation_plan { code: "by-role" attributes: "role" })"));
  for (const std::string& unit : units) {
    domain::v1::EducationOrganization organization;
    organization.set_identifier(unit);
    organization.set_name("Unit " + unit);
    organization.set_site(SiteOf(unit));
    server->Create(Admin(), organization);
    ASSERT_TRUE(server->replica()->BeginScope(SiteOf(unit)).ok());
  }
}

ImportRequest ImportOf(const std::string& bytes) {
  ImportRequest request;
  request.survey = "LQ2002";
  request.wave = "LQ-1";
  request.files["lq2002.csv"] = bytes;
  return request;
}

absl::StatusOr<ImportOutcome> Import(ServiceStore* store, const Principal& principal,
                                     const ImportRequest& request) {
  return RecordImporter(store->store(), &store->writer()).Run(principal, request);
}

class EverySite final : public SiteCompleteness {
 public:
  explicit EverySite(const std::vector<std::string>& units) : units_(units) {}
  absl::StatusOr<std::vector<SiteCut>> Sites() const override {
    std::vector<SiteCut> cuts;
    for (const std::string& unit : units_) {
      SiteCut& cut = cuts.emplace_back();
      cut.site_id = SiteOf(unit);
      cut.included_up_to_ms = 1;
      cut.state = "live";
    }
    return cuts;
  }

 private:
  std::vector<std::string> units_;
};

absl::StatusOr<Report> RunBy(ReportHost* host, const std::string& report,
                             const std::vector<std::string>& by) {
  ReportQuery query;
  query.report = report;
  query.parameters.wave = "LQ-1";
  query.parameters.by = by;
  query.require_complete = true;
  return host->Run(Admin(), query);
}

const ReportCell* CellOf(const Report& report, const std::string& site, const std::string& cell) {
  for (const ReportRow& row : report.rows) {
    if (row.GroupValue("construct") == "LEAD" && row.GroupValue("site") == site) return row.Find(cell);
  }
  return nullptr;
}

void ExpectReference(ReportHost* host) {
  const auto reference = ReferenceNumbers()["LEAD"];
  const auto mean = RunBy(host, "construct-mean", {});
  const auto favorable = RunBy(host, "percent-favorable", {});
  ASSERT_TRUE(mean.ok() && favorable.ok()) << mean.status() << favorable.status();
  const ReportCell* all = CellOf(*mean, "", "mean");
  ASSERT_NE(all, nullptr);
  EXPECT_EQ(all->n, reference["N"].get<int64_t>());
  EXPECT_NEAR(all->value.value(), reference["mean"].get<double>(), 1e-6);
  EXPECT_NEAR(all->sd.value(), reference["sd"].get<double>(), 1e-6);
  EXPECT_NEAR(CellOf(*favorable, "", "favorable")->value.value(), reference["pct_top2"].get<double>(), 1e-6);

  const auto means = RunBy(host, "construct-mean", {"site"});
  const auto shares = RunBy(host, "percent-favorable", {"site"});
  ASSERT_TRUE(means.ok() && shares.ok()) << means.status() << shares.status();
  EXPECT_EQ(means->cut.sites.size(), 49u);
  for (const auto& unit : ReadCsv("reference/lq2002_LEAD_by_unit.csv")) {
    const ReportCell* cell = CellOf(*means, "Unit " + unit.at("unit"), "mean");
    ASSERT_NE(cell, nullptr) << unit.at("unit");
    EXPECT_EQ(cell->n, std::stoi(unit.at("n")));
    EXPECT_NEAR(cell->value.value(), std::stod(unit.at("mean")), 1e-6);
    EXPECT_NEAR(cell->sd.value(), std::stod(unit.at("sd")), 1e-6);
    const ReportCell* share = CellOf(*shares, "Unit " + unit.at("unit"), "favorable");
    ASSERT_NE(share, nullptr);
    EXPECT_NEAR(share->value.value(), std::stod(unit.at("pct_top2")), 1e-6);
  }
}

TEST(LeadershipAnswers, ReportTheSameFromFortyNineSites) {
  TRELLIS_REQUIRE_TEST_DATA();
  const auto parts = PartsByUnit(FileBytes(kResponsesFile));
  ASSERT_EQ(parts.size(), 49u);
  std::vector<std::string> units;
  for (const auto& [unit, part] : parts) units.push_back(unit);
  ServiceStore server("", 1);
  DefineAtDistrict(&server, units);
  uint64_t seed = 2;
  for (const auto& [unit, part] : parts) {
    ServiceStore site(SiteOf(unit), seed++);
    SendScope(server, "district", site, "shared");
    const auto imported = Import(&site, Lead(SiteOf(unit)), ImportOf(part));
    ASSERT_TRUE(imported.ok()) << imported.status();
    EXPECT_TRUE(imported->errors.empty());
    EXPECT_EQ(imported->created, imported->rows);
    const auto again = Import(&site, Lead(SiteOf(unit)), ImportOf(part));
    EXPECT_EQ(again->created, 0);
    EXPECT_EQ(again->already_imported, imported->rows);
    SendScope(site, SiteOf(unit), server, SiteOf(unit));
    EXPECT_EQ(site.replica()->Head(SiteOf(unit))->digest, server.replica()->Head(SiteOf(unit))->digest);
  }
  const EverySite completeness(units);
  ReportHost host(server.store(), &completeness);
  ExpectReference(&host);
}

TEST(LeadershipAnswers, ReportTheSameFromOneFileAtTheDistrict) {
  TRELLIS_REQUIRE_TEST_DATA();
  const std::string file = FileBytes(kResponsesFile);
  std::vector<std::string> units;
  for (const auto& [unit, part] : PartsByUnit(file)) units.push_back(unit);
  ServiceStore server("");
  DefineAtDistrict(&server, units);
  ImportRequest request = ImportOf(file);
  request.site_column = "COMPID";
  request.dry_run = true;
  const auto tried = Import(&server, Admin(), request);
  ASSERT_TRUE(tried.ok()) << tried.status();
  EXPECT_EQ(tried->created, 2042);
  request.dry_run = false;
  const auto imported = Import(&server, Admin(), request);
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_EQ(imported->created, 2042);
  EXPECT_EQ(imported->created_by_scope.size(), 49u);
  const EverySite completeness(units);
  ReportHost host(server.store(), &completeness);
  ExpectReference(&host);
}

}  // namespace
}  // namespace trellis
