// Codes made of other systems' names.
#pragma once

#include <string>
#include <string_view>

namespace trellis {

// The text itself where it is a code; else its letters and digits in upper case with hyphens between words,
// at most 40: `Trust in teams: a MOOC` -> `TRUST-IN-TEAMS-A-MOOC`. `otherwise` where nothing is left.
std::string CodeOfText(std::string_view text, std::string_view otherwise);

}  // namespace trellis
