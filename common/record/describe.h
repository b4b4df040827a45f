// A kind explained: its fields, their meaning and codes, and an example to start from.
#pragma once

#include <string>

#include "common/record/kind_info.h"

namespace trellis {

// Plain text, a field a line, wrapped by nobody.
std::string DescribeText(const KindInfo& kind);

// One JSON document: {"kind","fullName","meaning","home","codeField","appendOnly","writers","sharedWriters",
// "readers","fields":[{"name","type","repeated","required","meaning","merge","visibility","dataClass",
// "indexed","min","max","itemMin","itemMax","unit","format","refersTo","elementKey","codes":[{"name",
// "meaning"}],"fields":[..]}]}; what does not apply is left out.
std::string DescribeJson(const KindInfo& kind);

// Indented proto JSON of a record that validates, every field filled in.
std::string ExampleJson(const KindInfo& kind);

}  // namespace trellis
