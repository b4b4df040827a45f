// What a machine is to its district, once it has joined: kept in the folder `keys/`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/record/record_id.h"

namespace trellis {

struct Membership {
  std::string district;  // id
  std::string district_name;
  HashKey district_key{};
  std::string bundle_key_hex;  // the district's public key for bundles; empty: joined before there was one
  std::string site;            // scope name
  std::string site_name;
  std::string account;       // id of the account the daemon acts as
  std::string account_name;  // its username
  std::string server;        // HOST:PORT of the sync listener
  // PEM. The key never leaves this machine.
  std::string private_key;
  std::string certificate;
  std::string authority;
};

// 32 hex digits; nullopt otherwise.
std::optional<HashKey> ParseHashKey(std::string_view hex);

// NOT_FOUND, with what to do, if the machine has not joined.
absl::StatusOr<Membership> LoadMembership(const std::string& keys_folder);

// The private key is written before anything else and used again by a later attempt.
absl::StatusOr<std::string> LoadOrMakePrivateKey(const std::string& keys_folder);

// `joined.json` comes last: it is there only when everything is.
absl::Status SaveMembership(const std::string& keys_folder, const Membership& membership);

}  // namespace trellis
