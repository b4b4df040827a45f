#include "common/tables/view_table.h"

namespace trellis {

std::string ViewKey(std::string_view row_key) { return TableKey(Table::kViews).append(row_key); }

std::string_view RowKeyOfViewKey(std::string_view key) { return key.substr(1); }

}  // namespace trellis
