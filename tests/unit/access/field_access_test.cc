#include "common/access/field_access.h"

#include <gtest/gtest.h>

#include "common/record/kind_registry.h"
#include "trellis/domain/v1/account.pb.h"
#include "trellis/domain/v1/response.pb.h"

namespace trellis {
namespace {

Principal Person(Role role, std::string site) {
  return {PrincipalType::kPerson, "ann", "Ann", "S-17", "", {{role, std::move(site)}}};
}

FieldInfo Field(Visibility visibility) {
  FieldInfo field;
  field.visibility = visibility;
  return field;
}

TEST(MaySeeField, TheWholeTable) {
  const ScopeName scope = *ScopeName::Parse("F1");
  const struct {
    Visibility visibility;
    Relation relation;
    bool staff, lead, other_lead, district;
  } rows[] = {
      {Visibility::kPublic, {}, true, true, true, true},
      {Visibility::kMembers, {}, true, true, true, true},
      {Visibility::kSiteLeads, {}, false, true, false, true},
      {Visibility::kSiteLeads, {.author = true}, true, true, true, true},
      {Visibility::kDistrict, {.author = true, .participant = true}, false, false, false, true},
      {Visibility::kParticipants, {}, false, false, false, false},
      {Visibility::kParticipants, {.participant = true}, true, true, true, true},
      {Visibility::kAuthor, {.participant = true}, false, false, false, false},
      {Visibility::kAuthor, {.author = true}, true, true, true, true},
      {Visibility::kNobody, {.author = true, .participant = true}, false, false, false, false},
  };
  for (const auto& row : rows) {
    const FieldInfo field = Field(row.visibility);
    EXPECT_EQ(MaySeeField(Person(Role::kSiteStaff, "F1"), scope, field, row.relation), row.staff)
        << VisibilityName(row.visibility);
    EXPECT_EQ(MaySeeField(Person(Role::kSiteLead, "F1"), scope, field, row.relation), row.lead)
        << VisibilityName(row.visibility);
    EXPECT_EQ(MaySeeField(Person(Role::kSiteLead, "F10"), scope, field, row.relation), row.other_lead)
        << VisibilityName(row.visibility);
    EXPECT_EQ(MaySeeField(Person(Role::kDistrictStaff, "*"), scope, field, row.relation), row.district)
        << VisibilityName(row.visibility);
  }
}

TEST(MayGiveField, WhatNobodyIsShownNobodyGives) {
  EXPECT_FALSE(MayGiveField(Person(Role::kDistrictAdmin, "*"), Field(Visibility::kNobody)));
  EXPECT_TRUE(MayGiveField(Person(Role::kSiteStaff, "F1"), Field(Visibility::kDistrict)));
  EXPECT_FALSE(MayChangeField(Person(Role::kSiteStaff, "F1"), *ScopeName::Parse("F1"),
                              Field(Visibility::kDistrict), {.author = true}));
}

TEST(ClearHiddenFields, LeavesOnlyWhatMayBeSeen) {
  const KindInfo& kind = *KindRegistry::BuiltIn().Find("Account");
  domain::v1::Account account;
  account.set_username("bob");
  account.set_email("bob@example.org");
  account.set_pin_verifier("secret");
  domain::v1::Account for_staff = account;
  ClearHiddenFields(Person(Role::kSiteStaff, "F1"), *ScopeName::Parse("F1"), kind, {}, &for_staff);
  EXPECT_EQ(for_staff.username(), "bob");
  EXPECT_EQ(for_staff.email(), "");
  domain::v1::Account for_lead = account;
  ClearHiddenFields(Person(Role::kSiteLead, "F1"), *ScopeName::Parse("F1"), kind, {}, &for_lead);
  EXPECT_EQ(for_lead.email(), "bob@example.org");
  EXPECT_EQ(for_lead.pin_verifier(), "");
}

TEST(IsParticipant, ByAccountNameOrStaffId) {
  const KindInfo& kind = *KindRegistry::BuiltIn().Find("Response");
  domain::v1::Response response;
  EXPECT_FALSE(IsParticipant(Person(Role::kSiteStaff, "F1"), kind, response));
  response.set_staff("S-17");
  EXPECT_TRUE(IsParticipant(Person(Role::kSiteStaff, "F1"), kind, response));
  response.set_staff("S-18");
  EXPECT_FALSE(IsParticipant(Person(Role::kSiteStaff, "F1"), kind, response));
}

}  // namespace
}  // namespace trellis
