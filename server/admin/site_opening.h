// Opening a site: its organization, its scope, its lead's account and role. Every step finds what an earlier
// call has made, so a call that was cut is simply made again.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/service/record_writer.h"
#include "server/enrolment/site_registry.h"

namespace trellis {

struct SiteWanted {
  std::string display_name;
  std::string identifier;         // of the organization; empty: made from the name
  std::string lead;               // username; empty: lead- and the scope
  std::string lead_display_name;  // empty: made from the site's name
};

struct PersonWanted {
  std::string username;
  std::string display_name;
  std::string site;  // home scope
  Grant grant;
};

// Thread-safe; blocks until durable.
class SiteOpening {
 public:
  // Pointers must outlive the object.
  SiteOpening(const RecordStore& store, RecordWriter* writer, SiteRegistry* registry)
      : store_(store), writer_(writer), registry_(registry) {}

  absl::StatusOr<RegisteredSite> Open(const Principal& principal, const SiteWanted& asked);
  // The account's id: of a new account, or of that of this name; with the role.
  absl::StatusOr<RecordId> AddPerson(const Principal& principal, const PersonWanted& wanted);

 private:
  absl::StatusOr<RecordId> EnsureOrganization(const Principal& principal, const SiteWanted& wanted,
                                              const std::string& site);
  absl::Status EnsureGrant(const Principal& principal, const PersonWanted& wanted, const RecordId& account);

  const RecordStore store_;
  RecordWriter* const writer_;
  SiteRegistry* const registry_;
};

// A site's name made from people's words: lower-case ASCII letters and digits joined by hyphens, at most 40;
// empty if nothing is left.
std::string SlugOf(std::string_view words);

}  // namespace trellis
