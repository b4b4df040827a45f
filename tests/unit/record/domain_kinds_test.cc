// What the kinds of the domain promise in their options.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "common/record/kind_registry.h"

namespace trellis {
namespace {

const KindInfo& Kind(std::string_view name) {
  const KindInfo* kind = KindRegistry::BuiltIn().Find(name);
  if (kind == nullptr) throw std::runtime_error("no kind " + std::string(name));
  return *kind;
}

TEST(DomainKinds, EveryFamilyIsThere) {
  const std::vector<std::string> kinds = {
      // Foundations
      "EducationOrganization", "OrganizationYear", "SchoolYear", "WorkCalendar", "CodeList",
      "StandardsFramework", "PerformanceExpectation", "Threshold", "Feature", "Account", "RoleGrant",
      "Announcement", "Attachment", "AttachmentPart", "Artifact", "ReportSnapshot",
      // People
      "Staff", "StaffDemographics", "Assignment", "Employment", "Absence", "StaffStrength", "CareerPlan",
      "RoleMovement", "TrainerCertification",
      // Purpose
      "ProfessionalLearningPlan", "Strategy", "Goal", "Need", "Initiative", "LookFor", "TheoryOfAction",
      "Evidence", "ImprovementModel", "ImprovementCycle", "Metric", "Benchmark", "Outcome",
      "StudentOutcomeAggregate", "RootCauseAnalysis", "StructureReview", "PlanningQuestionResponse",
      // Professional learning
      "Provider", "Recommendation", "Activity", "Session", "Participation", "LearningPlan", "CheckIn",
      "ApplicationEvidence", "ExperimentLog", "InquiryQuestion", "CoachingCycle", "PeerObservation",
      "LessonStudy", "PeerFeedback", "ImplementationObservation", "Alignment",
      // Groups
      "Group", "Membership", "Meeting", "MeetingVoice", "Decision", "InputResponse", "CommitteeSeat",
      "LeadershipRotation", "Contribution", "CalendarBlock", "ShareEvent", "SharedAgreement",
      "AgreementReview", "Commitment", "Concern", "RestorativeSession", "QualitativeInput",
      // Surveys
      "Survey", "Wave", "Invitation", "Response",
      // District and schools
      "ConnectionEdge", "NetworkObservation", "CommunicationLog", "VisitRequest", "Visit", "CoachSupport",
      "StructureShare", "Partner", "PartnerEvent",
      // Means
      "ResourceAllocation", "SubCoverage", "SupportProvision", "SupportRequest", "ActionStep", "Obstacle",
      "PlanNote", "Rubric", "RubricAssessment"};
  for (const std::string& kind : kinds) {
    EXPECT_NE(KindRegistry::BuiltIn().Find(kind), nullptr) << kind;
  }
}

// Words people say to one another in coaching, check-ins and restorative talks.
TEST(DomainKinds, WhatIsSaidBetweenPeopleIsForThem) {
  const std::vector<std::pair<std::string, std::string>> fields = {
      {"CoachingCycle", "focus"},          {"CoachingCycle", "reflection"},
      {"CoachingCycle", "meetings"},       {"PeerObservation", "noticed"},
      {"PeerObservation", "host"},         {"PeerFeedback", "suggestion"},
      {"CheckIn", "application"},          {"CheckIn", "impact"},
      {"LearningPlan", "outcomes"},        {"ExperimentLog", "result"},
      {"Participation", "reflection"},     {"ApplicationEvidence", "evidence"},
      {"RestorativeSession", "agreement"}, {"Concern", "raisedBy"},
      {"QualitativeInput", "words"},       {"LessonStudy", "observations"},
      {"CareerPlan", "aspiration"},        {"ImplementationObservation", "scores"}};
  for (const auto& [kind, field] : fields) {
    ASSERT_NE(Kind(kind).Find(field), nullptr) << kind << "." << field;
    EXPECT_EQ(Kind(kind).Find(field)->visibility, Visibility::kParticipants) << kind << "." << field;
    EXPECT_FALSE(Kind(kind).participant_fields.empty()) << kind;
  }
}

TEST(DomainKinds, WhatWatchesPeopleIsOffUntilSwitchedOn) {
  EXPECT_EQ(Kind("NetworkObservation").feature, "network-observation");
  EXPECT_GT(Kind("NetworkObservation").retention_days, 0U);
  EXPECT_EQ(Kind("MeetingVoice").Find("voice")->feature, "meeting-voice-per-person");
  EXPECT_EQ(Kind("ConnectionEdge").Find("fromStaff")->feature, "staff-connections");
  EXPECT_EQ(Kind("ConnectionEdge").Find("toStaff")->feature, "staff-connections");
  EXPECT_TRUE(Kind("Meeting").feature.empty());
}

TEST(DomainKinds, ParticipantFieldsNamePeople) {
  for (const KindInfo& kind : KindRegistry::BuiltIn().kinds()) {
    for (const uint32_t number : kind.participant_fields) {
      const FieldInfo* field = kind.Find(number);
      ASSERT_NE(field, nullptr) << kind.name;
      EXPECT_NE(field->data_class, DataClass::kPublic) << kind.name << "." << field->name;
    }
  }
}

void ExpectDueFieldsAreDates(const std::string& of, const std::vector<FieldInfo>& fields, bool* any) {
  for (const FieldInfo& field : fields) {
    if (field.due) {
      EXPECT_EQ(field.format, "date") << of << "." << field.name;
    }
    *any = *any || field.due;
    ExpectDueFieldsAreDates(of + "." + field.name, field.members, any);
  }
}

TEST(DomainKinds, WhatIsDueIsADateAndSaysWhenItIsDone) {
  for (const KindInfo& kind : KindRegistry::BuiltIn().kinds()) {
    bool any = false;
    ExpectDueFieldsAreDates(kind.name, kind.fields, &any);
    EXPECT_TRUE(any || kind.done_states.empty()) << kind.name;
    const FieldInfo* state = kind.Find("state");
    for (const std::string& done : kind.done_states) {
      ASSERT_NE(state, nullptr) << kind.name;
      EXPECT_TRUE(std::any_of(state->codes.begin(), state->codes.end(),
                              [&](const EnumValueInfo& code) { return code.name == done; }))
          << kind.name << " " << done;
    }
  }
}

TEST(DomainKinds, AnAnonymousConcernKeepsNoAuthor) {
  EXPECT_EQ(Kind("Concern").anonymous_field, Kind("Concern").Find("anonymous")->number);
  EXPECT_EQ(Kind("Response").anonymous_field, 0U);
}

// A pattern and its copies are of one kind.
TEST(DomainKinds, CopiesNameThePatternTheyCameFrom) {
  for (const char* name : {"ImprovementCycle", "ActionStep", "SharedAgreement", "Survey"}) {
    EXPECT_EQ(Kind(name).Find("template")->type, FieldType::kBool) << name;
    EXPECT_EQ(Kind(name).Find("templateOf")->refers_to, name);
  }
}

// A file of 50 MB goes before whatever is written after it to the same lane.
TEST(DomainKinds, NothingPeopleWaitForTravelsWithFiles) {
  std::vector<std::string> last;
  for (const KindInfo& kind : KindRegistry::BuiltIn().kinds()) {
    if (kind.lane == 4) last.push_back(kind.name);
  }
  EXPECT_EQ(last, (std::vector<std::string>{"AttachmentPart", "ReportSnapshot"}));
}

TEST(DomainKinds, CountsOfPupilsNameNone) {
  for (const char* name : {"StudentOutcomeAggregate", "OrganizationYear"}) {
    EXPECT_TRUE(Kind(name).participant_fields.empty()) << name;
    for (const FieldInfo& field : Kind(name).fields) EXPECT_NE(field.refers_to, "Staff") << field.name;
  }
}

}  // namespace
}  // namespace trellis
