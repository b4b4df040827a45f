#include "common/service/import/csv_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "common/service/import/table.h"

namespace trellis {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Rows = std::vector<std::vector<std::string>>;

absl::StatusOr<Rows> ReadAll(std::string_view text) {
  CsvReader reader(text);
  CsvRow row;
  Rows rows;
  while (true) {
    absl::StatusOr<bool> more = reader.Next(&row);
    if (!more.ok()) return more.status();
    if (!*more) return rows;
    rows.push_back(row.cells);
  }
}

TEST(CsvReader, TakesByteOrderMarkAndEveryLineEnd) {
  EXPECT_EQ(*ReadAll("\xEF\xBB\xBF"
                     "a,b\r\n1,2\n3,4\r5,6"),
            (Rows{{"a", "b"}, {"1", "2"}, {"3", "4"}, {"5", "6"}}));
}

TEST(CsvReader, TakesQuotedCommasLineBreaksAndDoubledQuotes) {
  EXPECT_EQ(*ReadAll("\"a,b\",\"say \"\"hi\"\"\"\r\n\"two\r\nlines\",\n"),
            (Rows{{"a,b", "say \"hi\""}, {"two\nlines", ""}}));
}

TEST(CsvReader, PassesOverBlankLines) { EXPECT_EQ(*ReadAll("\n\na\n\n\nb\n\n"), (Rows{{"a"}, {"b"}})); }

TEST(CsvReader, NamesTheLineOfARow) {
  CsvReader reader("h\n\"x\ny\"\nz\n");
  CsvRow row;
  ASSERT_TRUE(*reader.Next(&row));
  ASSERT_TRUE(*reader.Next(&row));
  EXPECT_EQ(row.line, 2);
  ASSERT_TRUE(*reader.Next(&row));
  EXPECT_EQ(row.line, 4);
}

TEST(CsvReader, RefusesAnOpenQuoteNamingItsLine) {
  EXPECT_THAT(std::string(ReadAll("a\nb,\"c\nd\n").status().message()),
              HasSubstr("Line 2: a quote is opened"));
}

TEST(CsvReader, RefusesTextAfterAClosingQuote) {
  EXPECT_THAT(std::string(ReadAll("\"a\"b\n").status().message()), HasSubstr("after a closing quote"));
}

TEST(CsvReader, RefusesOtherEncodings) {
  EXPECT_THAT(std::string(ReadAll("name\nJos\xE9\n").status().message()), HasSubstr("CSV UTF-8"));
}

TEST(CsvReader, RefusesRowsWithoutEnd) {
  EXPECT_FALSE(ReadAll("\"" + std::string(CsvReader::kMaxRowBytes + 10, 'x') + "\"").ok());
  EXPECT_FALSE(ReadAll(std::string(CsvReader::kMaxCells + 1, ',')).ok());
}

TEST(CsvReader, ReadsBackWhatIsQuoted) {
  rc::check("what is written with quotes is read back", [] {
    const auto cells = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(
        rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab,\"\n ")))));
    std::string text;
    for (size_t i = 0; i < cells.size(); ++i) {
      text += i == 0 ? "\"" : ",\"";
      for (const char c : cells[i]) text += c == '"' ? "\"\"" : std::string(1, c);
      text += '"';
    }
    RC_ASSERT(*ReadAll(text) == Rows{cells});
  });
}

TEST(Table, DropsBlankTrailingColumnsAndTrims) {
  const auto table = Table::Parse("t.csv", "a , b,,\n 1,2 ,,\n", {});
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_THAT(table->columns(), ElementsAre("a", "b"));
  EXPECT_THAT(table->rows()[0].cells, ElementsAre("1", "2"));
}

TEST(Table, TellsRowsOfTheWrongWidth) {
  const auto table = Table::Parse("t.csv", "a,b\n1\n1,2,3\n1,2\n", {});
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(table->rows().size(), 1u);
  ASSERT_EQ(table->row_errors().size(), 2u);
  EXPECT_EQ(table->row_errors()[0].line, 2);
}

TEST(Table, MapsAForeignHeaderOverAColumnOfThatName) {
  const auto table = Table::Parse("t.csv", "name,sname\nlong,short\n", {{"name", "sname"}});
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->Find("NAME"), 1u);
  EXPECT_FALSE(table->IsUsed(0));
}

TEST(Table, RefusesAMapOfNoColumnAndDoubledColumns) {
  EXPECT_THAT(std::string(Table::Parse("t.csv", "a\n", {{"name", "sname"}}).status().message()),
              HasSubstr("column sname"));
  EXPECT_THAT(std::string(Table::Parse("t.csv", "a,A\n", {}).status().message()), HasSubstr("two columns"));
  EXPECT_FALSE(Table::Parse("t.csv", "", {}).ok());
}

}  // namespace
}  // namespace trellis
