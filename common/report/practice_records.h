// The records behind the facts of daily work.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "common/record/record_id.h"
#include "trellis/domain/v1/agreement.pb.h"
#include "trellis/domain/v1/career.pb.h"
#include "trellis/domain/v1/code_list.pb.h"
#include "trellis/domain/v1/communication.pb.h"
#include "trellis/domain/v1/decision.pb.h"
#include "trellis/domain/v1/goal.pb.h"
#include "trellis/domain/v1/group.pb.h"
#include "trellis/domain/v1/group_life.pb.h"
#include "trellis/domain/v1/initiative.pb.h"
#include "trellis/domain/v1/learning_plan.pb.h"
#include "trellis/domain/v1/means.pb.h"
#include "trellis/domain/v1/network.pb.h"
#include "trellis/domain/v1/organization.pb.h"
#include "trellis/domain/v1/organization_year.pb.h"
#include "trellis/domain/v1/outcome.pb.h"
#include "trellis/domain/v1/partner.pb.h"
#include "trellis/domain/v1/plan.pb.h"
#include "trellis/domain/v1/provider.pb.h"
#include "trellis/domain/v1/root_cause.pb.h"
#include "trellis/domain/v1/rubric.pb.h"
#include "trellis/domain/v1/theory_of_action.pb.h"

namespace trellis {

// Records of one kind by (scope, id).
template <typename Message>
using RecordsOf = std::map<std::pair<std::string, RecordId>, Message>;

struct PracticeRecords {
  RecordsOf<domain::v1::Need> needs;
  RecordsOf<domain::v1::Employment> employments;
  RecordsOf<domain::v1::Absence> absences;
  RecordsOf<domain::v1::WorkCalendar> calendars;
  RecordsOf<domain::v1::CommunicationLog> communications;
  RecordsOf<domain::v1::VisitRequest> visit_requests;
  RecordsOf<domain::v1::ConnectionEdge> edges;
  RecordsOf<domain::v1::Meeting> meetings;
  RecordsOf<domain::v1::MeetingVoice> voices;
  RecordsOf<domain::v1::Decision> decisions;
  RecordsOf<domain::v1::Membership> memberships;
  RecordsOf<domain::v1::CommitteeSeat> seats;
  RecordsOf<domain::v1::PartnerEvent> partner_events;
  RecordsOf<domain::v1::ResourceAllocation> allocations;
  RecordsOf<domain::v1::SubCoverage> coverage;
  RecordsOf<domain::v1::OrganizationYear> site_years;
  RecordsOf<domain::v1::SchoolYear> school_years;
  RecordsOf<domain::v1::Alignment> alignments;
  RecordsOf<domain::v1::StandardsFramework> frameworks;
  RecordsOf<domain::v1::Goal> goals;
  RecordsOf<domain::v1::Initiative> initiatives;
  RecordsOf<domain::v1::LookFor> look_fors;
  RecordsOf<domain::v1::ImplementationObservation> observations;
  RecordsOf<domain::v1::Outcome> outcomes;
  RecordsOf<domain::v1::ApplicationEvidence> application_evidence;
  RecordsOf<domain::v1::TheoryOfAction> theories;
  RecordsOf<domain::v1::Evidence> evidence;
  RecordsOf<domain::v1::AgreementReview> agreement_reviews;
  RecordsOf<domain::v1::Rubric> rubrics;
  RecordsOf<domain::v1::RubricAssessment> rubric_assessments;
  RecordsOf<domain::v1::PlanningQuestionResponse> planning_answers;
};

}  // namespace trellis
