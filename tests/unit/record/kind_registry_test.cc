#include "common/record/kind_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace trellis {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const KindInfo& Kind(std::string_view name) {
  const KindInfo* kind = KindRegistry::BuiltIn().Find(name);
  if (kind == nullptr) throw std::runtime_error("no kind " + std::string(name));
  return *kind;
}

TEST(KindRegistry, KindsStandInOrderOfTheirNames) {
  std::vector<std::string> names;
  for (const KindInfo& kind : KindRegistry::BuiltIn().kinds()) names.push_back(kind.name);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
}

TEST(KindRegistry, FindsByShortAndFullName) {
  EXPECT_EQ(KindRegistry::BuiltIn().Find("Wave"), KindRegistry::BuiltIn().Find("trellis.domain.v1.Wave"));
  EXPECT_EQ(KindRegistry::BuiltIn().Find("wave"), nullptr);
  EXPECT_EQ(KindRegistry::BuiltIn().Find("Question"), nullptr);
}

TEST(KindRegistry, ReadsTheOptionsOfAKind) {
  const KindInfo& response = Kind("Response");
  EXPECT_EQ(response.home, Home::kSite);
  EXPECT_EQ(response.lane, 2);
  EXPECT_TRUE(response.append_only);
  EXPECT_EQ(Kind("StaffDemographics").home, Home::kSiteDistrict);
  EXPECT_THAT(Kind("Goal").shared_writers, ElementsAre(Role::kDistrictAdmin, Role::kDistrictStaff));
  EXPECT_EQ(Kind("ActionStep").shared_writers, Kind("ActionStep").writers);
  EXPECT_EQ(Kind("EducationOrganization").code_field, 1U);
}

TEST(KindRegistry, ReadsTheRulesOfAField) {
  const FieldInfo* questions = Kind("Survey").Find("questions");
  ASSERT_NE(questions, nullptr);
  EXPECT_EQ(questions->policy, CellPolicy::kAddWinsSet);
  EXPECT_EQ(questions->element_key, 1U);
  EXPECT_EQ(questions->members.front().name, "slot");
  const FieldInfo* state = Kind("Wave").Find("state");
  EXPECT_EQ(state->type, FieldType::kCode);
  EXPECT_EQ(state->codes.front().name, "WAVE_STATE_PLANNED");
  EXPECT_EQ(Kind("Response").Find("respondentKey")->visibility, Visibility::kNobody);
  EXPECT_EQ(Kind("Response").Find(1000), nullptr);
  EXPECT_EQ(Kind("Response").PolicyOf(1000), CellPolicy::kRegister);
}

TEST(KindRegistry, TakesMeaningsFromTheComments) {
  EXPECT_THAT(Kind("Response").Find("answers")->meaning, HasSubstr("One number a question, in slot order"));
  EXPECT_EQ(Kind("Wave").Find("mode")->codes[2].meaning, "Nothing links; answers go into the ballot box.");
}

TEST(KindRegistry, SplitRulesAreTheSets) {
  EXPECT_THAT(Kind("ImprovementCycle").split_rules,
              testing::Contains(SplitRule{15, 1, SplitRule::Packing::kNever}));
  EXPECT_THAT(Kind("StaffDemographics").split_rules,
              testing::Contains(SplitRule{2, 0, SplitRule::Packing::kVarint}));
  for (const SplitRule& rule : Kind("Response").split_rules) EXPECT_NE(rule.field, 3U);
}

void ExpectDescribed(const std::string& of, const std::vector<FieldInfo>& fields) {
  for (const FieldInfo& field : fields) {
    EXPECT_FALSE(field.meaning.empty()) << of << "." << field.name;
    for (const EnumValueInfo& code : field.codes) EXPECT_FALSE(code.name.empty());
    ExpectDescribed(of + "." + field.name, field.members);
  }
}

// What nobody thought about must not pass for a decision: every kind and field says who sees it.
TEST(KindRegistry, EveryKindAndFieldSaysWhatItIs) {
  for (const KindInfo& kind : KindRegistry::BuiltIn().kinds()) {
    EXPECT_FALSE(kind.meaning.empty()) << kind.name;
    EXPECT_FALSE(kind.writers.empty()) << kind.name;
    ExpectDescribed(kind.name, kind.fields);
    for (const FieldInfo& field : kind.fields) {
      if (field.data_class == DataClass::kPublic) {
        EXPECT_TRUE(field.visibility == Visibility::kPublic || field.visibility == Visibility::kMembers)
            << kind.name << "." << field.name;
      } else {
        EXPECT_NE(field.visibility, Visibility::kPublic) << kind.name << "." << field.name;
      }
      if (!field.refers_to.empty()) {
        EXPECT_NE(KindRegistry::BuiltIn().Find(field.refers_to), nullptr) << kind.name << "." << field.name;
      }
      if (field.IsSet()) {
        EXPECT_TRUE(field.repeated) << kind.name << "." << field.name;
      }
      if (field.element_key != 0) {
        EXPECT_TRUE(field.IsSet()) << kind.name << "." << field.name;
      }
    }
    if (kind.code_field != 0) {
      EXPECT_TRUE(kind.Find(kind.code_field)->index) << kind.name;
    }
  }
}

// A person's own words and answers, and what links them, are not for the site's leads.
TEST(KindRegistry, AnswersAreHiddenFromTheSite) {
  const std::set<std::string> open = {"survey", "wave", "submit_time", "organization", "language", "partial"};
  for (const FieldInfo& field : Kind("Response").fields) {
    if (open.contains(field.name)) continue;
    EXPECT_TRUE(field.visibility == Visibility::kDistrict || field.visibility == Visibility::kNobody)
        << field.name;
  }
}

}  // namespace
}  // namespace trellis
