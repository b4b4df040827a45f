// Names of the Experience API (xAPI 1.0.3) and what stands for them here.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "trellis/domain/v1/participation.pb.h"

namespace trellis {

// An activity or session of ours that has no name of another system.
inline constexpr std::string_view kXapiActivity = "urn:trellis:activity:";
inline constexpr std::string_view kXapiSession = "urn:trellis:session:";

struct XapiVerb {
  std::string_view id;
  std::string_view word;
};
// nullopt: there is nothing to tell (absent, withdrawn).
std::optional<XapiVerb> VerbOf(domain::v1::ParticipationState state);

// By the last part of the verb's IRI, so that every vocabulary's completed is one. nullopt: says nothing
// about taking part.
std::optional<domain::v1::ParticipationState> StateOfVerb(std::string_view iri);

}  // namespace trellis
