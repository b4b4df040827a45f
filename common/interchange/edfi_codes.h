// Ed-Fi descriptors (Data Standard 5, TPDM) and what stands for them here. A descriptor travels as
// NAMESPACE/NAMEDescriptor#CODE VALUE; only the code value counts when reading.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "trellis/domain/v1/activity.pb.h"
#include "trellis/domain/v1/assignment.pb.h"
#include "trellis/domain/v1/participation.pb.h"
#include "trellis/domain/v1/survey.pb.h"

namespace trellis {

// uri://ed-fi.org/StaffClassificationDescriptor#Teacher.
std::string EdFiDescriptor(std::string_view name, std::string_view code_value);
// What follows the #; the whole where there is none.
std::string_view EdFiCodeValue(std::string_view descriptor);

// nullopt: none of theirs. Case does not matter.
std::optional<domain::v1::StaffClassification> ClassificationOfEdFi(std::string_view descriptor);
std::optional<domain::v1::EmploymentState> EmploymentOfEdFi(std::string_view descriptor);
std::optional<domain::v1::Separation> SeparationOfEdFi(std::string_view descriptor);
std::optional<domain::v1::SeparationReason> SeparationReasonOfEdFi(std::string_view descriptor);
std::optional<domain::v1::QuestionForm> QuestionFormOfEdFi(std::string_view descriptor);
std::optional<domain::v1::ParticipationState> AttendanceOfEdFi(std::string_view descriptor);

// Code values; the first that is read as this value.
std::string_view EdFiOf(domain::v1::StaffClassification value);
std::string_view EdFiOf(domain::v1::EmploymentState value);
std::string_view EdFiOf(domain::v1::Separation value);
std::string_view EdFiOf(domain::v1::SeparationReason value);
std::string_view EdFiOf(domain::v1::QuestionForm value);
std::string_view EdFiOf(domain::v1::ParticipationState value);

}  // namespace trellis
