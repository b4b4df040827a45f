#include "common/record/scope.h"

#include <algorithm>

namespace trellis {
namespace {

constexpr std::string_view kShared = "shared";
constexpr std::string_view kUp = "!up";
constexpr std::string_view kDistrict = "!district";
constexpr size_t kMaxSiteName = 64;

bool IsSiteChar(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
         c == '-';
}

}  // namespace

bool IsSiteName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxSiteName && name.front() != '.' && name != kShared &&
         std::all_of(name.begin(), name.end(), IsSiteChar);
}

std::optional<ScopeName> ScopeName::Parse(std::string_view text) {
  if (text == kShared) return ScopeName{};
  const size_t mark = text.find('!');
  const std::string_view site = text.substr(0, mark);
  if (!IsSiteName(site)) return std::nullopt;
  if (mark == std::string_view::npos) return ScopeName{Kind::kSite, std::string(site)};
  const std::string_view suffix = text.substr(mark);
  if (suffix == kUp) return ScopeName{Kind::kSiteUp, std::string(site)};
  if (suffix == kDistrict) return ScopeName{Kind::kSiteDistrict, std::string(site)};
  return std::nullopt;
}

std::string ScopeName::ToString() const {
  switch (kind) {
    case Kind::kShared:
      return std::string(kShared);
    case Kind::kSite:
      return site;
    case Kind::kSiteUp:
      return site + std::string(kUp);
    case Kind::kSiteDistrict:
      return site + std::string(kDistrict);
  }
  return site;
}

ScopeName ScopeOfHome(Home home, std::string_view site) {
  switch (home) {
    case Home::kShared:
      return ScopeName{};
    case Home::kSite:
      return {ScopeName::Kind::kSite, std::string(site)};
    case Home::kSiteUp:
      return {ScopeName::Kind::kSiteUp, std::string(site)};
    case Home::kSiteDistrict:
      return {ScopeName::Kind::kSiteDistrict, std::string(site)};
  }
  return ScopeName{};
}

bool HomeAllows(Home home, ScopeName::Kind scope) {
  switch (home) {
    case Home::kShared:
      return scope == ScopeName::Kind::kShared || scope == ScopeName::Kind::kSite;
    case Home::kSite:
      return scope == ScopeName::Kind::kSite;
    case Home::kSiteUp:
      return scope == ScopeName::Kind::kSiteUp;
    case Home::kSiteDistrict:
      return scope == ScopeName::Kind::kSiteDistrict;
  }
  return false;
}

}  // namespace trellis
