#include "common/bundle/site_end.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/bundle/bundle_id.h"
#include "common/causal/bytes.h"
#include "common/exchange/receipt.h"
#include "common/exchange/wire_frame_codec.h"
#include "common/identity/keys.h"
#include "common/wire/messages_codec.h"

namespace trellis {
namespace {

// meta "bundle/told/<peer>" := welcome:sized { n { epoch lane seq seen }*n }* for each scope of the exchange
std::string ToldKey(const std::string& peer) { return fmt::format("bundle/told/{}", peer); }

void AppendCursors(std::string* bytes, const std::vector<LaneCursor>& cursors) {
  AppendVarint(bytes, cursors.size());
  for (const LaneCursor& cursor : cursors) {
    AppendVarint(bytes, cursor.epoch);
    AppendVarint(bytes, cursor.lane);
    AppendVarint(bytes, cursor.seq);
    AppendVarint(bytes, cursor.seen);
  }
}

std::vector<LaneCursor> ReadCursors(ByteReader* reader) {
  std::vector<LaneCursor> cursors;
  for (uint64_t left = reader->Varint(); left > 0 && reader->ok(); --left) {
    LaneCursor cursor;
    cursor.epoch = reader->Varint();
    cursor.lane = static_cast<uint8_t>(reader->Varint());
    cursor.seq = reader->Varint();
    cursor.seen = reader->Varint();
    cursors.push_back(cursor);
  }
  return cursors;
}

const ScopeOpening* FindScope(const Welcome& welcome, const std::string& scope) {
  const auto found = std::find_if(welcome.scopes.begin(), welcome.scopes.end(),
                                  [&](const ScopeOpening& opening) { return opening.scope == scope; });
  return found != welcome.scopes.end() ? &*found : nullptr;
}

}  // namespace

absl::StatusOr<SiteEnd::Told> SiteEnd::LoadTold() const {
  Told told;
  told.remembered.resize(options_.exchange.scopes.size());
  const absl::StatusOr<std::optional<std::string>> kept =
      options_.replica->GetMeta(ToldKey(options_.exchange.peer));
  if (!kept.ok()) return kept.status();
  if (!kept->has_value()) return told;
  ByteReader reader(**kept);
  absl::StatusOr<SyncMessage> message = DecodeMessage(reader.Sized(), Direction::kDown);
  if (!message.ok() || !std::holds_alternative<Welcome>(*message)) return told;
  told.welcome = std::get<Welcome>(*std::move(message));
  for (std::vector<LaneCursor>& cursors : told.remembered) cursors = ReadCursors(&reader);
  return told;
}

absl::Status SiteEnd::KeepTold(const Welcome& welcome) {
  std::string kept;
  AppendSized(&kept, EncodeMessage(welcome, Direction::kDown));
  for (const ScopeGrant& grant : options_.exchange.scopes) {
    const absl::StatusOr<std::vector<LaneCursor>> remembered =
        RememberedPush(*options_.replica, options_.exchange.peer, grant.scope);
    if (!remembered.ok()) return remembered.status();
    AppendCursors(&kept, *remembered);
  }
  return options_.replica->PutMeta(ToldKey(options_.exchange.peer), kept);
}

absl::StatusOr<std::vector<LaneCursor>> SiteEnd::HeldByDistrict(const Told& told, size_t scope_index) const {
  const std::string& scope = options_.exchange.scopes[scope_index].scope;
  absl::StatusOr<std::vector<LaneCursor>> remembered =
      RememberedPush(*options_.replica, options_.exchange.peer, scope);
  if (!remembered.ok()) return remembered.status();
  const ScopeOpening* opening = FindScope(told.welcome, scope);
  const bool session_since = *remembered != told.remembered[scope_index];
  if (opening == nullptr || session_since) return remembered;
  return opening->cursors;
}

absl::StatusOr<bool> SiteEnd::Acknowledged(const std::string& scope, Lane lane, uint64_t seq) const {
  std::lock_guard lock(mutex_);
  const ExchangeConfig& exchange = options_.exchange;
  const absl::StatusOr<Told> told = LoadTold();
  if (!told.ok()) return told.status();
  for (size_t i = 0; i < exchange.scopes.size(); ++i) {
    if (exchange.scopes[i].scope != scope) continue;
    const absl::StatusOr<ScopeOpening> mine = OpenScopeFor(options_.replica, exchange.peer, scope, false);
    if (!mine.ok()) return mine.status();
    const absl::StatusOr<std::vector<LaneCursor>> held = HeldByDistrict(*told, i);
    if (!held.ok()) return held.status();
    return session::FindResumePoints(*mine, *held).lane[static_cast<size_t>(lane)] >= seq;
  }
  return false;
}

absl::StatusOr<ExportedBundle> SiteEnd::Export(size_t most_bytes) {
  std::lock_guard lock(mutex_);
  if (options_.district_public_key.empty()) {
    return absl::FailedPreconditionError(
        "this machine joined before its district had a key for bundles: join again with a fresh code");
  }
  const absl::StatusOr<Told> told = LoadTold();
  if (!told.ok()) return told.status();
  const ExchangeConfig& exchange = options_.exchange;
  Hello hello;
  // Nobody answers while it is written: in the version last agreed on with the district.
  const ProtocolWindow& spoken = exchange.protocols;
  hello.protocol = std::clamp(told->welcome.protocol, spoken.oldest, spoken.newest);
  hello.oldest_protocol = hello.protocol;
  hello.software = exchange.software;
  hello.store = exchange.store;
  hello.boot = options_.replica->epoch();
  hello.wall_ms = options_.clock->WallMs();
  for (size_t i = 0; i < exchange.scopes.size(); ++i) {
    absl::StatusOr<ScopeOpening> opening =
        OpenScopeFor(options_.replica, exchange.peer, exchange.scopes[i].scope, exchange.reconcile);
    if (!opening.ok()) return opening.status();
    absl::StatusOr<std::vector<LaneCursor>> held = HeldByDistrict(*told, i);
    if (!held.ok()) return held.status();
    opening->guessed = *std::move(held);
    hello.scopes.push_back(*std::move(opening));
  }
  Bundle bundle;
  bundle.direction = BundleDirection::kUp;
  bundle.district = options_.district;
  bundle.site = options_.site;
  bundle.id = MakeBundleId();
  bundle.reply_key = options_.own_keys.public_key;
  bundle.wall_ms = hello.wall_ms;
  bundle.messages.emplace_back(hello);
  const WireFrameCodec codec(exchange.district_key);
  FramesOut out(options_.replica, &codec, std::nullopt, most_bytes, &bundle);
  for (size_t i = 0; i < exchange.scopes.size(); ++i) {
    if (!MaySend(Side::kSite, exchange.scopes[i])) continue;
    const ScopeOpening* theirs = FindScope(told->welcome, exchange.scopes[i].scope);
    const absl::Status added =
        out.Add(hello.scopes[i], theirs != nullptr ? ToldOpening(*theirs) : std::nullopt);
    if (!added.ok()) return added;
  }
  absl::StatusOr<std::string> file = WriteBundleFile(bundle, options_.district_public_key, options_.signer);
  if (!file.ok()) return file.status();
  return ExportedBundle{*std::move(file), out.records(), out.full()};
}

absl::StatusOr<TakenReceipt> SiteEnd::Import(std::string_view file) {
  std::lock_guard lock(mutex_);
  absl::StatusOr<OpenedBundle> opened =
      ReadBundleFile(file, BundleDirection::kDown, options_.own_keys, options_.authority);
  if (!opened.ok()) return opened.status();
  const Bundle& bundle = opened->bundle;
  const absl::StatusOr<CertificateFacts> maker = ReadCertificate(opened->certificate);
  if (!maker.ok() || maker->uri != options_.district_uri) {
    return absl::PermissionDeniedError("the receipt was not made by the district's server");
  }
  if (bundle.district != options_.district || bundle.site != options_.site) {
    return absl::PermissionDeniedError(
        fmt::format("the receipt is for site {}, not for this one", bundle.site));
  }
  const auto& welcome = std::get<Welcome>(bundle.messages.front());
  const ProtocolWindow written{welcome.protocol, welcome.protocol};
  if (!session::AgreeOnProtocol(options_.exchange.protocols, written).has_value()) {
    return absl::FailedPreconditionError(session::NoCommonProtocol(options_.exchange.protocols, written));
  }
  const WireFrameCodec codec(options_.exchange.district_key);
  FramesIn in(options_.replica, &codec, options_.clock, &options_.exchange);
  absl::StatusOr<FramesTaken> taken = in.Take(bundle, welcome.scopes);
  if (!taken.ok()) return taken.status();
  TakenReceipt receipt;
  receipt.taken = *std::move(taken);
  receipt.notices = welcome.notices;
  int64_t backed_up_to_ms = 0;
  for (const SyncMessage& message : bundle.messages) {
    const auto* ack = std::get_if<Ack>(&message);
    if (ack == nullptr) continue;
    if (ack->nacks.empty()) ++receipt.acknowledged;
    backed_up_to_ms = std::max(backed_up_to_ms, static_cast<int64_t>(ack->backed_up_to_ms));
    receipt.set_aside.insert(receipt.set_aside.end(), ack->set_aside.begin(), ack->set_aside.end());
  }
  const absl::StatusOr<Told> told = LoadTold();
  if (!told.ok()) return told.status();
  // An older receipt, imported late, says less than is known.
  if (told->welcome.wall_ms > welcome.wall_ms) return receipt;
  const std::string& peer = options_.exchange.peer;
  for (const ScopeOpening& opening : welcome.scopes) {
    absl::Status forgotten =
        ForgetReceiptOfAnotherTimeline(options_.replica, peer, opening.scope, Lineage(opening.lineage));
    if (!forgotten.ok()) return forgotten;
  }
  absl::Status noted = NoteBackedUpTo(options_.replica, peer, backed_up_to_ms);
  if (!noted.ok()) return noted;
  if (absl::Status kept = KeepTold(welcome); !kept.ok()) return kept;
  return receipt;
}

}  // namespace trellis
