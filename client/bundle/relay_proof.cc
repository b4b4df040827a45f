#include "client/bundle/relay_proof.h"

#include <sodium.h>

#include "common/identity/keys.h"
#include "common/identity/signature.h"

namespace trellis {
namespace {

constexpr std::string_view kPurpose = "trellis relay";

std::string ProvenText(std::string_view bundle) { return std::string(kPurpose) + HashOfFile(bundle); }

}  // namespace

std::string HashOfFile(std::string_view bytes) {
  std::string hash(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()),
                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  return hash;
}

absl::StatusOr<sync::v1::HandOverProof> MakeProof(const BundleSigner& signer, std::string_view bundle) {
  absl::StatusOr<std::string> signature = SignWithKey(signer.private_key, ProvenText(bundle));
  if (!signature.ok()) return signature.status();
  sync::v1::HandOverProof proof;
  proof.set_certificate(signer.certificate);
  proof.set_signature(*signature);
  return proof;
}

absl::StatusOr<std::string> CheckProof(const sync::v1::HandOverProof& proof, std::string_view bundle,
                                       const std::string& district, std::string_view authority_pem) {
  if (absl::Status ours = CheckIssuedBy(proof.certificate(), authority_pem); !ours.ok()) return ours;
  if (absl::Status proven = CheckSignature(proof.certificate(), ProvenText(bundle), proof.signature());
      !proven.ok()) {
    return proven;
  }
  const absl::StatusOr<CertificateFacts> facts = ReadCertificate(proof.certificate());
  if (!facts.ok() || SiteOfUri(district, facts->uri).empty()) {
    return absl::PermissionDeniedError("only sites of the district hand over bundles");
  }
  return KeyHashHex(facts->key);
}

}  // namespace trellis
