// A district with its authority and some sites, in memory, for the tests of bundles.
#pragma once

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>

#include "common/bundle/district_end.h"
#include "common/bundle/site_end.h"
#include "common/causal/bytes.h"
#include "common/identity/keys.h"
#include "common/storage/memory_engine.h"
#include "server/enrolment/certificate_authority.h"

namespace trellis {

inline constexpr char kTestDistrict[] = "d1";
inline constexpr int64_t kTestNowMs = 1'790'000'000'000;

struct TestStore {
  explicit TestStore(uint64_t seed) : random(seed), clock(kTestNowMs) { Open(); }

  // As a restart: a fresh epoch.
  void Open() {
    replica.reset();
    Replica::Options options;
    options.clock = &clock;
    options.random = &random;
    replica = *Replica::Open(engine.get(), options);
  }
  // As restored from a backup.
  void GoBackTo(const MemoryEngine::Image& image) {
    replica.reset();
    engine = std::make_unique<MemoryEngine>(image);
    Open();
  }
  RecordId Create(const std::string& scope, const std::string& text) {
    WriteRequest request;
    request.actor = "somebody";
    request.records.push_back(
        {RecordWrite::Type::kCreate, scope, "test.Thing", std::nullopt, {{{1, ""}, TextField(text)}}});
    return replica->Write(request)->records[0].id;
  }
  void Update(const std::string& scope, const RecordId& id, const std::string& text) {
    WriteRequest request;
    request.actor = "somebody";
    request.records.push_back({RecordWrite::Type::kUpdate, scope, "", id, {{{1, ""}, TextField(text)}}});
    ASSERT_TRUE(replica->Write(request).ok());
  }
  static std::string TextField(const std::string& text) {
    std::string bytes;
    AppendVarint(&bytes, 1 << 3 | 2);
    AppendSized(&bytes, text);
    return bytes;
  }
  Hash128 Digest(const std::string& scope) const { return replica->Head(scope)->digest; }
  size_t Count(const std::string& scope) const { return replica->Head(scope)->records; }

  std::unique_ptr<MemoryEngine> engine = std::make_unique<MemoryEngine>();
  SeededRandom random;
  ManualClock clock;
  std::unique_ptr<Replica> replica;
};

struct TestSite {
  TestSite(const std::string& name, uint64_t seed, const CertificateAuthority& authority,
           const std::string& district_public_key)
      : name(name), store(seed) {
    options.district = kTestDistrict;
    options.site = name;
    options.own_keys = MakeSealKeys();
    options.district_public_key = district_public_key;
    options.district_uri = fmt::format("trellis://{}/server", kTestDistrict);
    options.signer.private_key = *MakePrivateKey();
    options.signer.certificate = *authority.IssueSite(*MakeCertificateRequest(options.signer.private_key),
                                                      SiteUri(kTestDistrict, name), kTestNowMs);
    options.authority = authority.certificate_pem();
    options.exchange.side = Side::kSite;
    options.exchange.peer = "district";
    options.exchange.scopes = {{"shared"}, {name}};
    Reopen();
  }
  // As after a restart of the daemon.
  void Reopen() {
    store.Open();
    options.replica = store.replica.get();
    options.clock = &store.clock;
    end = std::make_unique<SiteEnd>(options);
  }

  std::string name;
  TestStore store;
  SiteEndOptions options;
  std::unique_ptr<SiteEnd> end;
};

struct TestDistrict {
  TestDistrict()
      : authority(*CertificateAuthority::Make(kTestDistrict, kTestNowMs)), store(1), keys(MakeSealKeys()) {
    signer.private_key = *MakePrivateKey();
    signer.certificate = *authority.IssueServer(signer.private_key, kTestDistrict, {"localhost"}, kTestNowMs);
  }
  ExchangeConfig ConfigFor(const std::string& site) const {
    ExchangeConfig config;
    config.side = Side::kServer;
    config.protocols = protocols;
    config.peer = "site/" + site;
    config.scopes = {{"shared"}, {site}};
    return config;
  }
  absl::StatusOr<AnsweredBundle> Import(std::string_view file) {
    absl::StatusOr<OpenedBundle> opened =
        ReadBundleFile(file, BundleDirection::kUp, keys, authority.certificate_pem());
    if (!opened.ok()) return opened.status();
    const std::string site = SiteOfUri(kTestDistrict, ReadCertificate(opened->certificate)->uri);
    return AnswerBundle(store.replica.get(), &store.clock, ConfigFor(site), kTestDistrict, site, signer,
                        *opened);
  }

  CertificateAuthority authority;
  TestStore store;
  SealKeys keys;
  BundleSigner signer;
  ProtocolWindow protocols;
};

}  // namespace trellis
