#include "common/spreadsheet/workbook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "common/spreadsheet/cell_text.h"

namespace trellis {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Workbook SmallBook() {
  return {{{"survey", {{"type", "name"}, {"text", "äöü <b>", "", "5"}, {}, {"note"}}},
           {"choices", {{"a", "b"}}}}};
}

std::optional<std::string> TestData(const std::string& name) {
  const char* folder = std::getenv("TRELLIS_TEST_DATA");
  if (folder == nullptr) return std::nullopt;
  std::ifstream file(std::filesystem::path(folder) / name, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

TEST(Workbook, WrittenAndRead_IsTheSame) {
  const auto bytes = WriteWorkbook(SmallBook());
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  EXPECT_TRUE(LooksLikeWorkbook(*bytes));
  const auto read = ReadWorkbook(*bytes);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->sheets, SmallBook().sheets);
}

TEST(Workbook, Sheets_AreFoundWithoutRegardToCase) {
  const Workbook book = SmallBook();
  ASSERT_NE(book.Find("Survey"), nullptr);
  EXPECT_EQ(book.Find("CHOICES")->rows.size(), 1u);
  EXPECT_EQ(book.Find("settings"), nullptr);
}

TEST(Workbook, WhatLooksLikeAFormula_StaysText) {
  const Workbook book{{{"s", {{"h"}, {"=1+1"}, {"@SUM(A1)"}, {"-2+3"}}}}};
  const auto bytes = WriteWorkbook(book);
  ASSERT_TRUE(bytes.ok());
  const auto read = ReadWorkbook(*bytes);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->sheets, book.sheets);
}

TEST(Workbook, BadNamesOfSheets_AreRefused) {
  EXPECT_THAT(WriteWorkbook({{{"a/b", {}}}}).status().message(), HasSubstr("cannot name a sheet"));
  EXPECT_FALSE(WriteWorkbook({{{"twice", {}}, {"twice", {}}}}).ok());
}

TEST(Workbook, AnythingElse_IsRefusedInWords) {
  EXPECT_THAT(ReadWorkbook("type,name\n").status().message(), HasSubstr("save it as XLSX"));
  EXPECT_THAT(ReadWorkbook(std::string_view("PK\x03\x04junk", 8)).status().message(), HasSubstr("damaged"));
  EXPECT_FALSE(ReadWorkbook("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and nothing").ok());
}

TEST(Workbook, CutOrFlippedAnywhere_NeverBreaksTheReader) {
  const std::string bytes = *WriteWorkbook(SmallBook());
  for (size_t size = 0; size < bytes.size(); size += 7)
    (void)ReadWorkbook(std::string_view(bytes).substr(0, size));
  std::mt19937 random(1);
  for (int i = 0; i < 3000; ++i) {
    std::string damaged = bytes;
    damaged[random() % damaged.size()] ^= static_cast<char>(1 << random() % 8);
    (void)ReadWorkbook(damaged);
  }
}

TEST(Workbook, AsCsv_IsQuotedWhereNeeded) {
  EXPECT_EQ(ToCsv({"s", {{"a", "b"}, {"x,y"}, {"say \"no\"", "2\n3"}}}),
            "a,b\n\"x,y\",\n\"say \"\"no\"\"\",\"2\n3\"\n");
}

TEST(CellText, Numbers_AreAsTyped) {
  EXPECT_EQ(NumberText(5), "5");
  EXPECT_EQ(NumberText(-0.25), "-0.25");
  EXPECT_EQ(NumberText(0.1), "0.1");
  EXPECT_EQ(NumberText(1e20), "1e+20");
}

TEST(CellText, Days_AreIso) {
  EXPECT_EQ(DateText(45199, false), "2023-09-30");
  EXPECT_EQ(DateText(43737, true), "2023-09-30");
  EXPECT_EQ(DateText(45199.5, false), "2023-09-30 12:00:00");
  EXPECT_EQ(DateText(0.25, false), "06:00:00");
  EXPECT_EQ(DateText(-1, false), "-1");
}

TEST(RealWorkbooks, OfBothFormats_AreRead) {
  const auto xlsx = TestData("xlsform/xlsform_spec_test.xlsx");
  const auto xls = TestData("xlsform/widgets.xls");
  if (!xlsx || !xls) GTEST_SKIP() << "TRELLIS_TEST_DATA names no folder with xlsform/";
  const auto form = ReadWorkbook(*xlsx);
  ASSERT_TRUE(form.ok()) << form.status();
  ASSERT_NE(form->Find("survey"), nullptr);
  EXPECT_THAT(form->Find("survey")->rows.at(0), testing::Contains("type"));
  const auto old = ReadWorkbook(*xls);
  ASSERT_TRUE(old.ok()) << old.status();
  ASSERT_NE(old->Find("choices"), nullptr);
  EXPECT_THAT(old->Find("choices")->rows, testing::Contains(testing::Contains("option a")));
  for (size_t size = 0; size < xls->size(); size += 512)
    (void)ReadWorkbook(std::string_view(*xls).substr(0, size));
}

}  // namespace
}  // namespace trellis
