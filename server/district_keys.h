// What makes a folder a district: its id, its keys, its certificate authority.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/causal/voucher.h"
#include "common/identity/joining_code.h"
#include "common/record/record_id.h"
#include "common/time/clock.h"
#include "server/enrolment/certificate_authority.h"

namespace trellis {

struct DistrictKeys {
  std::string id;    // UUID
  std::string name;  // for people
  HashKey key{};     // derives ids, keys digests
  CertificateAuthority authority;
  std::string server_key;           // PEM
  std::string recovery_public_key;  // hex; its secret half is the recovery kit
  std::string recovery_kit_file;    // where the kit was put at init

  std::string key_hex() const;
  // What vouches for states sent to sites (common/causal/voucher.h): of the server's own key, which stays
  // when certificates change and comes back with a backup. No site knows it.
  VoucherKey voucher_key() const;
  // By the authority, whose certificate every site has. What is signed begins by saying what it is. Empty:
  // the key cannot sign.
  std::string Sign(std::string_view text) const;
  std::string SignReceipt(std::string_view statement) const;
  // Hash of the server's public key: what joining codes pin.
  absl::StatusOr<KeyHash> server_key_hash() const;
};

// Names of the files below the data folder.
std::string KeysFolder(const std::string& data);
std::string AuthorityFile(const std::string& data);
std::string AdminTokenFile(const std::string& data);
std::string TokensFile(const std::string& data);

// Makes the keys of a new district and writes them, `keys/district.json` last: it is there only when
// everything is. ALREADY_EXISTS if the folder is a district's.
absl::StatusOr<DistrictKeys> MakeDistrict(const std::string& data, const std::string& name,
                                          const Clock& clock);

// NOT_FOUND, with what to do, if the folder is no district's.
absl::StatusOr<DistrictKeys> LoadDistrict(const std::string& data);

}  // namespace trellis
