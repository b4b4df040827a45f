// From records, whose references are ids or codes as people wrote them, to the resolved facts of a report's
// input.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/report/report_view.h"

namespace trellis {

class ReportInputBuilder {
 public:
  // All must outlive the builder; the input it builds points into `responses`.
  ReportInputBuilder(const ReportRecords& records, const ResponseView& responses,
                     std::function<bool(const std::string& scope)> reaches);

  ReportInput Build(const std::vector<SiteCut>& completeness);

 private:
  // Ids by id and by code: the least id where several share a code.
  using References = std::map<std::string, std::string>;

  void IndexOrganizations();
  void AddSites();
  void AddSurveys();
  void AddWaves();
  void AddResponses();
  void AddStaff();
  void AddActivities();
  void AddParticipations();
  // Whether it is a copy of a record that is counted itself.
  bool OriginalCounts(const domain::v1::Participation& message) const;
  void AddCycles();
  void AddMetrics();
  void AddSteps();
  void AddPeopleFacts();
  void AddContactFacts();
  void AddMeetingFacts();
  void AddMeansFacts();
  void AddPurposeFacts();
  void AddPracticeUseFacts();
  void AddTheories();
  void AddRatings();
  // As PlaceOf, but empty for an organization without a scope of its own, such as the district.
  std::string SchoolOf(const std::string& scope, const std::string& organization) const;
  void AddThresholds();
  void AddCompleteness(const std::vector<SiteCut>& completeness);

  // The site a reference to an organization means: the organization's id; as it stands if unknown.
  std::string SiteOf(const std::string& reference) const;
  std::string SiteOfScope(const std::string& scope) const;
  // Of the organization named, else of the scope it stands in; empty for a shared record without one.
  std::string PlaceOf(const std::string& scope, const std::string& organization) const;
  // An organization's name; as it stands if unknown.
  std::string NameOf(const std::string& reference) const;
  // The organization and all under it.
  std::set<std::string> WithDescendants(const std::string& reference) const;
  AssignmentFact AssignmentOf(const std::string& scope, const domain::v1::Assignment& assignment) const;

  const ReportRecords& records_;
  const ResponseView& responses_;
  std::function<bool(const std::string& scope)> reaches_;

  References organizations_;
  std::map<std::string, const domain::v1::EducationOrganization*> organization_by_id_;
  std::map<std::string, std::string> site_by_scope_;
  References surveys_;
  References waves_;
  References staff_;
  References activities_;
  References cycles_;
  References metrics_;
  References goals_;
  References needs_;
  References initiatives_;
  References theories_;
  ReportInput input_;
};

}  // namespace trellis
