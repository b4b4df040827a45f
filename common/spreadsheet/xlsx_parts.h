// Parts of an Office Open XML package that its sheets refer to.
#pragma once

#include <pugixml.hpp>
#include <string>
#include <vector>

namespace trellis {

// Texts of a shared-strings part, in order; phonetic guides are left out.
std::vector<std::string> SharedStrings(const pugi::xml_document& part);

// Text of one <si> or <is> element: its <t>, or the <t> of its runs.
std::string RichText(const pugi::xml_node& element);

// For each cell format (the s attribute of a cell), whether it shows a number as a day or a time.
std::vector<bool> DateFormats(const pugi::xml_document& styles);

}  // namespace trellis
