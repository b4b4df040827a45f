// Rows of views: what follows from the feeds, kept beside them so that it need not be made again at a start.
// What stands in a row is the view's own (common/report/view_blocks.h); all of them go when the feeds are
// made anew.
//
//   key := 'v' row-key                          row := bytes of the view
#pragma once

#include <string>
#include <string_view>

#include "common/tables/table_names.h"

namespace trellis {

std::string ViewKey(std::string_view row_key);
std::string_view RowKeyOfViewKey(std::string_view key);

}  // namespace trellis
