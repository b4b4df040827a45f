// What must hold of every decision there is: all principals, actions, scopes and kinds, told again in other
// words than the function's own.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "common/access/decision.h"
#include "common/record/kind_registry.h"

namespace trellis {
namespace {

constexpr Action kActions[] = {Action::kRead,       Action::kCreate,   Action::kUpdate,
                               Action::kDelete,     Action::kResolve,  Action::kReport,
                               Action::kAdminister, Action::kSyncPush, Action::kSyncPull};
constexpr const char* kScopes[] = {"shared", "F1", "F10", "F1!up", "F10!up", "F1!district", "F10!district"};
constexpr Role kRoles[] = {Role::kDistrictAdmin, Role::kDistrictStaff, Role::kDistrictAnalyst,
                           Role::kSiteLead,      Role::kSiteStaff,     Role::kService};

bool IsWrite(Action action) {
  return action == Action::kCreate || action == Action::kUpdate || action == Action::kDelete ||
         action == Action::kResolve;
}
bool IsSync(Action action) { return action == Action::kSyncPush || action == Action::kSyncPull; }
bool Has(const std::vector<Role>& roles, Role role) {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

std::vector<Principal> EveryPrincipal() {
  std::vector<Principal> all = {{PrincipalType::kPerson, "eve", "Eve", "", "", {}},
                                {PrincipalType::kSite, "site/F1", "F1", "", "F1", {}},
                                {PrincipalType::kSite, "site/", "", "", "", {}},
                                {PrincipalType::kSystem, "system", "system", "", "", {}}};
  for (const PrincipalType type : {PrincipalType::kPerson, PrincipalType::kService, PrincipalType::kSite}) {
    for (const Role role : kRoles) {
      for (const char* site : {"*", "F1", "F10", ""}) {
        all.push_back({type, "ann", "Ann", "", type == PrincipalType::kSite ? "F1" : "", {{role, site}}});
      }
    }
  }
  return all;
}

struct Case {
  Principal principal;
  Action action = Action::kRead;
  ScopeName scope;
  const KindInfo* kind = nullptr;
  bool allowed = false;

  std::string ToString() const {
    std::string text = principal.account;
    for (const Grant& grant : principal.grants)
      text += std::string(" ") + RoleName(grant.role) + "@" + grant.site;
    return text + " " + ActionName(action) + " " + (kind != nullptr ? kind->name : "-") + " in " +
           scope.ToString();
  }
};

void ForEveryCase(const std::function<void(const Case&)>& check) {
  std::vector<const KindInfo*> kinds = {nullptr};
  for (const KindInfo& kind : KindRegistry::BuiltIn().kinds()) kinds.push_back(&kind);
  for (const Principal& principal : EveryPrincipal()) {
    for (const Action action : kActions) {
      for (const char* scope : kScopes) {
        for (const KindInfo* kind : kinds) {
          Case c{principal, action, *ScopeName::Parse(scope), kind, false};
          const Decision decision = Decide(principal, action, c.scope, kind);
          c.allowed = decision.allowed;
          EXPECT_EQ(decision.reason.empty(), decision.allowed) << c.ToString();
          check(c);
        }
      }
    }
  }
}

TEST(EveryDecision, NothingWithoutAGrant) {
  ForEveryCase([](const Case& c) {
    if (c.principal.type == PrincipalType::kPerson && c.principal.grants.empty()) {
      EXPECT_FALSE(c.allowed) << c.ToString();
    }
  });
}

TEST(EveryDecision, AGrantOfOneSiteNeverReachesAnother) {
  ForEveryCase([](const Case& c) {
    if (IsSync(c.action) || c.principal.grants.empty() || c.principal.grants[0].site == "*") return;
    if (c.scope.kind != ScopeName::Kind::kShared && c.scope.site != c.principal.grants[0].site) {
      EXPECT_FALSE(c.allowed) << c.ToString();
    }
  });
}

TEST(EveryDecision, SyncIsForDaemonsAndDaemonsAreForSync) {
  ForEveryCase([](const Case& c) {
    if (IsSync(c.action) != (c.principal.type == PrincipalType::kSite)) {
      EXPECT_TRUE(!c.allowed || (c.principal.type == PrincipalType::kSystem && !IsSync(c.action)))
          << c.ToString();
    }
  });
}

TEST(EveryDecision, ADaemonTouchesItsSiteAndThoseGrantedItAndNeverWhatStandsAtTheDistrict) {
  ForEveryCase([](const Case& c) {
    if (c.principal.type != PrincipalType::kSite) return;
    const bool granted = c.scope.kind == ScopeName::Kind::kSite && !c.principal.grants.empty() &&
                         c.principal.grants[0].site == c.scope.site;
    const bool others = c.scope.kind != ScopeName::Kind::kShared && c.scope.site != "F1" && !granted;
    if (others || c.scope.kind == ScopeName::Kind::kSiteDistrict || c.principal.site.empty()) {
      EXPECT_FALSE(c.allowed) << c.ToString();
    }
    if (c.scope.kind == ScopeName::Kind::kSiteUp && c.action == Action::kSyncPull) {
      EXPECT_FALSE(c.allowed) << c.ToString();
    }
  });
}

TEST(EveryDecision, ADaemonNeverPushesWhatOnlyTheDistrictWrites) {
  ForEveryCase([](const Case& c) {
    if (c.action != Action::kSyncPush || c.kind == nullptr || !c.allowed) return;
    const bool shared = c.scope.kind == ScopeName::Kind::kShared;
    if (c.scope.kind == ScopeName::Kind::kSiteUp) return;
    const auto& writers = shared ? c.kind->shared_writers : c.kind->writers;
    EXPECT_TRUE(Has(writers, Role::kSiteLead) || Has(writers, Role::kSiteStaff)) << c.ToString();
  });
  const Principal daemon = {PrincipalType::kSite, "site/F1", "F1", "", "F1", {}};
  const KindInfo* grant = KindRegistry::BuiltIn().Find("RoleGrant");
  EXPECT_FALSE(Decide(daemon, Action::kSyncPush, *ScopeName::Parse("F1"), grant).allowed);
}

TEST(EveryDecision, WritingWantsARoleOfTheKindAndItsHome) {
  ForEveryCase([](const Case& c) {
    if (!IsWrite(c.action) || !c.allowed) return;
    ASSERT_NE(c.principal.type, PrincipalType::kSite) << c.ToString();
    if (c.kind == nullptr) {
      EXPECT_EQ(c.principal.type, PrincipalType::kSystem) << c.ToString();
      return;
    }
    EXPECT_TRUE(HomeAllows(c.kind->home, c.scope.kind)) << c.ToString();
    if (c.principal.type == PrincipalType::kSystem) return;
    const Role role = c.principal.grants[0].role;
    EXPECT_NE(role, Role::kDistrictAnalyst) << c.ToString();
    const bool shared = c.scope.kind == ScopeName::Kind::kShared;
    EXPECT_TRUE(role == Role::kDistrictAdmin || Has(shared ? c.kind->shared_writers : c.kind->writers, role))
        << c.ToString();
  });
}

TEST(EveryDecision, OnlyAnAdminAdministersTheDistrict) {
  ForEveryCase([](const Case& c) {
    if (c.action != Action::kAdminister || !c.allowed || c.principal.type == PrincipalType::kSystem) return;
    const Grant& grant = c.principal.grants[0];
    EXPECT_TRUE((grant.role == Role::kDistrictAdmin && grant.site == "*") ||
                (grant.role == Role::kSiteLead && c.scope.kind == ScopeName::Kind::kSite))
        << c.ToString();
  });
}

TEST(EveryDecision, OnRecordNeverAllowsMore) {
  ForEveryCase([](const Case& c) {
    if (c.kind == nullptr) return;
    for (const Relation relation : {Relation{}, Relation{true, false}, Relation{false, true}}) {
      const Decision decision = DecideOnRecord(c.principal, c.action, c.scope, *c.kind, relation);
      EXPECT_TRUE(c.allowed || !decision.allowed) << c.ToString();
      EXPECT_EQ(decision.reason.empty(), decision.allowed) << c.ToString();
    }
  });
}

TEST(DecideOnRecord, SiteStaffChangeOnlyTheirOwn) {
  const Principal staff = {PrincipalType::kPerson, "ann", "Ann", "", "", {{Role::kSiteStaff, "F1"}}};
  const KindInfo& participation = *KindRegistry::BuiltIn().Find("Participation");
  const ScopeName site = *ScopeName::Parse("F1");
  EXPECT_FALSE(DecideOnRecord(staff, Action::kUpdate, site, participation, {}).allowed);
  EXPECT_TRUE(DecideOnRecord(staff, Action::kUpdate, site, participation, {.participant = true}).allowed);
  EXPECT_TRUE(DecideOnRecord(staff, Action::kDelete, site, participation, {.author = true}).allowed);
  EXPECT_TRUE(DecideOnRecord(staff, Action::kCreate, site, participation, {}).allowed);
}

TEST(DecideOnRecord, ALeadDeletesNoSharedRecordOfOthers) {
  const Principal lead = {PrincipalType::kPerson, "ann", "Ann", "", "", {{Role::kSiteLead, "F1"}}};
  const KindInfo& step = *KindRegistry::BuiltIn().Find("ActionStep");
  const ScopeName shared = *ScopeName::Parse("shared");
  EXPECT_TRUE(DecideOnRecord(lead, Action::kUpdate, shared, step, {}).allowed);
  EXPECT_FALSE(DecideOnRecord(lead, Action::kDelete, shared, step, {.participant = true}).allowed);
  EXPECT_TRUE(DecideOnRecord(lead, Action::kDelete, shared, step, {.author = true}).allowed);
  EXPECT_TRUE(DecideOnRecord(lead, Action::kDelete, *ScopeName::Parse("F1"), step, {}).allowed);
}

}  // namespace
}  // namespace trellis
