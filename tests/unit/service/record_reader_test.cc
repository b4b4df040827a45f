#include "common/service/record_reader.h"

#include <set>

#include "tests/unit/service/service_fixture.h"
#include "trellis/domain/v1/organization.pb.h"

namespace trellis {
namespace {

using domain::v1::EducationOrganization;
using ::testing::ElementsAre;

EducationOrganization School(int number, const std::string& county) {
  EducationOrganization school;
  school.set_identifier("ID" + std::to_string(number));
  school.set_name("School " + std::to_string(number % 7));
  school.set_county(county);
  return school;
}

std::vector<std::string> Codes(const RecordPage& page) {
  std::vector<std::string> codes;
  for (const RecordAnswer& record : page.records) codes.push_back(record.code);
  return codes;
}

class Lists : public testing::Test {
 protected:
  Lists() : district_("") {
    for (int i = 0; i < 25; ++i) district_.Create(Admin(), School(i, i % 2 == 0 ? "Kern" : "Napa"));
  }
  absl::StatusOr<RecordPage> List(ListQuery query) {
    query.kind = "EducationOrganization";
    return district_.reader().List(Admin(), query);
  }
  ServiceStore district_;
};

TEST_F(Lists, GoThroughAllPagesOnce) {
  for (const std::string order : {"", "name desc"}) {
    std::set<std::string> seen;
    ListQuery query{.order_by = order, .page_size = 4};
    int pages = 0;
    do {
      const auto page = List(query);
      ASSERT_TRUE(page.ok()) << page.status();
      for (const std::string& code : Codes(*page)) EXPECT_TRUE(seen.insert(code).second);
      query.page_token = page->next_page_token;
      ++pages;
    } while (!query.page_token.empty());
    EXPECT_EQ(seen.size(), 25u);
    EXPECT_EQ(pages, 7);
  }
}

TEST_F(Lists, FilterAndOrder) {
  const auto page = List({.filter = "county = \"Napa\" AND identifier != \"ID1\"", .order_by = "identifier"});
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_THAT(Codes(*page), ElementsAre("ID11", "ID13", "ID15", "ID17", "ID19", "ID21", "ID23", "ID3", "ID5",
                                        "ID7", "ID9"));
  EXPECT_EQ(ReasonIn(List({.filter = "colour = 1"})), "FILTER_INVALID");
  EXPECT_EQ(ReasonIn(List({.order_by = "colour"})), "FILTER_INVALID");
}

TEST_F(Lists, RefuseAnEditedToken) {
  const std::string token = List({.page_size = 3})->next_page_token;
  ASSERT_FALSE(token.empty());
  for (size_t i = 0; i < token.size(); ++i) {
    std::string edited = token;
    edited[i] = edited[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(ReasonIn(List({.page_size = 3, .page_token = edited})), "PAGE_TOKEN_INVALID") << i;
  }
  EXPECT_EQ(ReasonIn(List({.filter = "county = \"Napa\"", .page_size = 3, .page_token = token})),
            "PAGE_TOKEN_INVALID");
}

TEST_F(Lists, ClampThePageSize) {
  EXPECT_EQ(List({.page_size = 100000})->records.size(), 25u);
  EXPECT_THAT(FieldsIn(List({.page_size = -1})), ElementsAre("page_size"));
}

TEST_F(Lists, LeaveOutWhatIsDeleted) {
  ASSERT_TRUE(district_.writer().Delete(Admin(), {{"EducationOrganization", "ID3", ""}, "", ""}).ok());
  EXPECT_EQ(List({})->records.size(), 24u);
  EXPECT_EQ(List({.show_deleted = true})->records.size(), 25u);
}

TEST_F(Lists, PassOverARecordThatCannotBeRead) {
  WriteRequest request;
  request.actor = "peer";
  RecordWrite& write = request.records.emplace_back();
  write.scope = "shared";
  write.kind = "trellis.domain.v1.EducationOrganization";
  write.cells.push_back({{1, ""}, "\x0A\x02\xFF\xFE", false});  // an identifier that is no text
  const auto written = district_.replica()->Write(request);
  ASSERT_TRUE(written.ok()) << written.status();
  EXPECT_EQ(List({})->records.size(), 25u);
  const std::string id = written->records[0].id.ToString();
  EXPECT_FALSE(district_.reader().Get(Admin(), {"EducationOrganization", id, ""}).ok());
}

TEST_F(Lists, AreDeniedByDefault) {
  const auto denied = district_.reader().List(PersonWith("nobody", {}), {.kind = "EducationOrganization"});
  EXPECT_EQ(denied.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(ReasonIn(district_.reader().List(Admin(), {.kind = "Dragon"})), "KIND_UNKNOWN");
}

TEST(History, TellsWhoChangedWhat) {
  ServiceStore district("");
  district.Create(Admin(), School(1, "Kern"));
  EducationOrganization change;
  change.set_name("New name");
  ASSERT_TRUE(district.Update(Admin(), "ID1", change).ok());
  ASSERT_TRUE(district.writer().Delete(Admin(), {{"EducationOrganization", "ID1", ""}, "", ""}).ok());
  const auto changes = district.reader().History(Admin(), {"EducationOrganization", "ID1", ""});
  ASSERT_TRUE(changes.ok()) << changes.status();
  ASSERT_EQ(changes->size(), 2u);
  EXPECT_EQ(changes->at(0).field, "name");
  EXPECT_EQ(changes->at(0).before, "\"School 1\"");
  EXPECT_EQ(changes->at(0).after, "\"New name\"");
  EXPECT_EQ(changes->at(0).actor, "district/admin");
  EXPECT_EQ(changes->at(1).what, "deleted");
}

}  // namespace
}  // namespace trellis
