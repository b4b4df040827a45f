// Records as rows of a table, for spreadsheets and other programs.
#pragma once

#include <string>
#include <vector>

#include "common/spreadsheet/workbook.h"
#include "trellis/domain/v1/survey.pb.h"
#include "trellis/records/v1/records.pb.h"

namespace trellis {

// One row a record: id, scope, the fields of the kind by their names, then who wrote it last and when.
// Several plain values stand in one cell apart by ";", as imports take them; whole messages as JSON. Records
// whose kind this program does not know are left out.
Sheet RowsOf(const std::vector<records::v1::Record>& records, const std::string& name);

// One row a response: site, attributes, then a column for each question by its code. Cells hold what `import
// responses` takes: the value of the choice (its code or wording where it is not scored), texts, "refused",
// "not applicable", "not shown"; empty: left blank.
Sheet ResponseRows(const std::vector<records::v1::Record>& records, const domain::v1::Survey& survey);

// Cells a spreadsheet program would run as a formula get an apostrophe before them: for CSV, which has no
// other way to say that they are text. Numbers stay.
void NeutralizeFormulas(Sheet* sheet);

}  // namespace trellis
