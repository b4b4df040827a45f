#include "common/access/decision.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "common/record/kind_registry.h"

namespace trellis {
namespace {

const KindInfo* Kind(const char* name) { return KindRegistry::BuiltIn().Find(name); }
ScopeName Scope(const char* text) { return *ScopeName::Parse(text); }

Principal Person(Role role, std::string site) {
  return {PrincipalType::kPerson, "ann", "Ann", "", "", {{role, std::move(site)}}};
}
Principal SiteDaemon(std::string site) { return {PrincipalType::kSite, "site/" + site, site, "", site, {}}; }

bool Allowed(const Principal& principal, Action action, const char* scope, const char* kind) {
  return Decide(principal, action, Scope(scope), kind == nullptr ? nullptr : Kind(kind)).allowed;
}

// Everything a role may do with some kinds in every sort of scope: r read, c create, R report, A administer.
std::string Row(const Principal& principal, const char* scope) {
  std::string row;
  for (const char* kind : {"Response", "Staff", "ActionStep", "Wave", "Account", "StaffDemographics"}) {
    row += Allowed(principal, Action::kRead, scope, kind) ? 'r' : '-';
    row += Allowed(principal, Action::kCreate, scope, kind) ? 'c' : '-';
    row += ' ';
  }
  row += Allowed(principal, Action::kReport, scope, nullptr) ? 'R' : '-';
  row += Allowed(principal, Action::kAdminister, scope, nullptr) ? 'A' : '-';
  return row;
}

TEST(Decide, TheWholeTable) {
  const std::vector<std::pair<std::string, Principal>> principals = {
      {"district admin", Person(Role::kDistrictAdmin, "*")},
      {"district staff", Person(Role::kDistrictStaff, "*")},
      {"analyst", Person(Role::kDistrictAnalyst, "*")},
      {"lead of F1", Person(Role::kSiteLead, "F1")},
      {"staff of F1", Person(Role::kSiteStaff, "F1")},
      {"nobody", {PrincipalType::kPerson, "eve", "Eve", "", "", {}}},
      {"daemon of F1", SiteDaemon("F1")},
  };
  std::string table;
  for (const auto& [name, principal] : principals) {
    for (const char* scope : {"shared", "F1", "F10", "F1!district"}) {
      table += name + " in " + scope + ": " + Row(principal, scope) + "\n";
    }
  }
  // Response Staff ActionStep Wave Account StaffDemographics, then report, administer.
  EXPECT_EQ(table, R"(district admin in shared: r- r- rc rc r- r- RA
district admin in F1: rc rc rc rc rc r- RA
district admin in F10: rc rc rc rc rc r- RA
district admin in F1!district: r- r- r- r- r- rc RA
district staff in shared: r- r- rc rc -- r- R-
district staff in F1: rc rc rc rc -- r- R-
district staff in F10: rc rc rc rc -- r- R-
district staff in F1!district: r- r- r- r- -- rc R-
analyst in shared: r- r- r- r- -- -- R-
analyst in F1: r- r- r- r- -- -- R-
analyst in F10: r- r- r- r- -- -- R-
analyst in F1!district: r- r- r- r- -- -- R-
lead of F1 in shared: r- r- rc r- r- -- --
lead of F1 in F1: rc rc rc r- rc -- RA
lead of F1 in F10: -- -- -- -- -- -- --
lead of F1 in F1!district: -- -- -- -- -- -- --
staff of F1 in shared: r- r- rc r- -- -- --
staff of F1 in F1: rc r- rc r- -- -- R-
staff of F1 in F10: -- -- -- -- -- -- --
staff of F1 in F1!district: -- -- -- -- -- -- --
nobody in shared: -- -- -- -- -- -- --
nobody in F1: -- -- -- -- -- -- --
nobody in F10: -- -- -- -- -- -- --
nobody in F1!district: -- -- -- -- -- -- --
daemon of F1 in shared: -- -- -- -- -- -- --
daemon of F1 in F1: -- -- -- -- -- -- --
daemon of F1 in F10: -- -- -- -- -- -- --
daemon of F1 in F1!district: -- -- -- -- -- -- --
)");
}

TEST(Decide, ADaemonPushesItsOwnAndSharedKindsSitesMayWrite) {
  const Principal daemon = SiteDaemon("F1");
  EXPECT_TRUE(Allowed(daemon, Action::kSyncPush, "F1", "Response"));
  EXPECT_TRUE(Allowed(daemon, Action::kSyncPush, "F1!up", "Response"));
  EXPECT_TRUE(Allowed(daemon, Action::kSyncPush, "shared", "ActionStep"));
  EXPECT_FALSE(Allowed(daemon, Action::kSyncPush, "shared", "Wave"));
  EXPECT_FALSE(Allowed(daemon, Action::kSyncPush, "shared", nullptr));
  EXPECT_FALSE(Allowed(daemon, Action::kSyncPush, "F10", "Response"));
  EXPECT_FALSE(Allowed(daemon, Action::kSyncPush, "F1!district", "StaffDemographics"));
}

TEST(Decide, ADaemonPullsSharedAndItsOwn) {
  const Principal daemon = SiteDaemon("F1");
  EXPECT_TRUE(Allowed(daemon, Action::kSyncPull, "shared", "Wave"));
  EXPECT_TRUE(Allowed(daemon, Action::kSyncPull, "F1", "Response"));
  EXPECT_FALSE(Allowed(daemon, Action::kSyncPull, "F10", "Response"));
  EXPECT_FALSE(Allowed(daemon, Action::kSyncPull, "F", "Response"));
  EXPECT_FALSE(Allowed(daemon, Action::kSyncPull, "F1!up", "Response"));
  EXPECT_FALSE(Allowed(daemon, Action::kSyncPull, "F1!district", "StaffDemographics"));
}

TEST(Decide, UnknownKindsTravelInASitesOwnScope) {
  EXPECT_TRUE(Allowed(SiteDaemon("F1"), Action::kSyncPush, "F1", nullptr));
  EXPECT_FALSE(Allowed(Person(Role::kDistrictAdmin, "*"), Action::kRead, "F1", nullptr));
}

TEST(Decide, APersonTakesNoPartInSync) {
  EXPECT_FALSE(Allowed(Person(Role::kDistrictAdmin, "*"), Action::kSyncPull, "F1", "Response"));
  EXPECT_FALSE(Allowed(Person(Role::kDistrictAdmin, "*"), Action::kSyncPush, "F1", "Response"));
}

TEST(Require, SaysWhyNot) {
  const absl::Status status =
      Require(Person(Role::kSiteLead, "F1"), Action::kRead, Scope("F10"), Kind("Response"));
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_NE(std::string(status.message()).find("F10"), std::string::npos);
}

}  // namespace
}  // namespace trellis
