#include "tests/golden/stores/golden_stores.h"

#include <fmt/format.h>

#include <deque>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "common/causal/bytes.h"
#include "common/causal/lifecycle.h"
#include "common/exchange/exchange.h"
#include "common/exchange/receipt.h"
#include "common/record/index_entries.h"
#include "common/record/kind_registry.h"
#include "common/replica/quarantine.h"

namespace trellis {
namespace {

using Type = RecordWrite::Type;

constexpr char kGoal[] = "trellis.domain.v1.Goal";
constexpr char kUnknownKind[] = "trellis.domain.v1.Telescope";
constexpr uint32_t kCode = 1;
constexpr uint32_t kTitle = 2;
constexpr uint32_t kStatement = 3;
constexpr uint32_t kUnknownField = 900;
constexpr char kSite[] = "F1";
constexpr char kServer[] = "server";

CellWrite Text(uint32_t field, const std::string& text) {
  std::string bytes;
  AppendVarint(&bytes, field << 3 | 2);
  AppendSized(&bytes, text);
  return {{field, ""}, bytes, false};
}

RecordId IdOf(uint8_t n) {
  RecordId id;
  id.bytes.fill(0x5a);
  id.bytes[0] = n;
  return id;
}

VoucherKey GoldenVoucherKey() {
  VoucherKey key{};
  key.fill(7);
  return key;
}

// A store and whoever writes into it.
class Program {
 public:
  Program(std::string folder, std::string actor) : folder_(std::move(folder)), actor_(std::move(actor)) {}

  absl::Status Open() {
    store_.reset();
    absl::StatusOr<std::unique_ptr<StoreFolder>> opened =
        StoreFolder::Open(GoldenOptions(folder_, &machine_));
    if (opened.ok()) store_ = *std::move(opened);
    return opened.status();
  }
  void Write(Type type, const std::string& scope, uint8_t n, std::vector<CellWrite> cells,
             const std::string& kind = kGoal, const std::string& request_id = "") {
    machine_.clock.Advance(1000);
    WriteRequest request{actor_, request_id, {}};
    RecordWrite write{type, scope, kind, IdOf(n), std::move(cells)};
    const absl::StatusOr<WriteOutcome> outcome =
        replica()->Write({request.actor, request.request_id, {std::move(write)}});
    if (!outcome.ok() && status_.ok()) status_ = outcome.status();
  }
  void WriteAs(std::string actor) { actor_ = std::move(actor); }
  Replica* replica() const { return store_->replica(); }
  StoreFolder* store() const { return store_.get(); }
  GoldenMachine& machine() { return machine_; }
  const absl::Status& status() const { return status_; }

 private:
  const std::string folder_;
  std::string actor_;
  GoldenMachine machine_;
  std::unique_ptr<StoreFolder> store_;
  absl::Status status_;
};

ExchangeConfig ConfigAt(Side side) {
  ExchangeConfig config;
  config.side = side;
  config.store = side == Side::kSite ? "the site" : "the district";
  config.software = "golden";
  config.peer = side == Side::kSite ? kServer : kSite;
  config.district_key.fill(9);
  config.scopes = {{"shared", true, true}, {kSite, true, true}, {std::string(kSite) + "!up", false, true}};
  if (side == Side::kSite) {
    config.is_signed = [](std::string_view, std::string_view signature) { return signature == "signed"; };
    return config;
  }
  config.sign = [](std::string_view) { return "signed"; };
  config.writers = WriterRule{GoldenVoucherKey(), kSite};
  config.admit = [](std::string_view, const Delta& delta) {
    if (KindRegistry::BuiltIn().Find(delta.kind) != nullptr) return absl::OkStatus();
    return absl::FailedPreconditionError("of a kind this server does not know");
  };
  return config;
}

// A session until both have nothing more to say, and a while longer.
absl::Status Sync(Program* site, Program* server) {
  Exchange up(site->replica(), &site->machine().clock, ConfigAt(Side::kSite));
  Exchange down(server->replica(), &server->machine().clock, ConfigAt(Side::kServer));
  up.Start();
  std::deque<SyncMessage> to_server;
  std::deque<SyncMessage> to_site;
  const auto collect = [&] {
    std::ranges::move(up.TakeOutgoing(), std::back_inserter(to_server));
    std::ranges::move(down.TakeOutgoing(), std::back_inserter(to_site));
    return !to_server.empty() || !to_site.empty();
  };
  for (int second = 0; second < 40; ++second) {
    while (collect()) {
      if (!to_server.empty()) {
        down.Receive(to_server.front());
        to_server.pop_front();
      }
      if (!to_site.empty()) {
        up.Receive(to_site.front());
        to_site.pop_front();
      }
    }
    for (Program* end : {site, server}) end->machine().clock.Advance(1000);
    up.Tick();
    down.Tick();
  }
  for (const ScopeProgress& scope : up.Status().scopes) {
    if (scope.scope != std::string(kSite) + "!up" && !scope.verified) {
      return absl::InternalError(fmt::format("{} was not verified", scope.scope));
    }
  }
  up.Ended();
  down.Ended();
  return up.closed() ? absl::InternalError(up.Status().close_reason) : absl::OkStatus();
}

void WorkApart(Program* site, Program* server) {
  server->Write(Type::kCreate, "shared", 1,
                {Text(kCode, "TRUST"), Text(kTitle, "Trust"), Text(kUnknownField, "later")});
  server->Write(Type::kCreate, "shared", 2, {Text(kTitle, "an eye on the sky")}, kUnknownKind);
  for (uint8_t n = 10; n < 16; ++n) {
    site->Write(Type::kCreate, kSite, n,
                {Text(kCode, fmt::format("GOAL-{}", n)), Text(kTitle, "Every student reads")}, kGoal,
                fmt::format("request {}", n));
  }
  site->Write(Type::kUpdate, kSite, 10, {Text(kUnknownField, "of a newer program")});
  site->Write(Type::kCreate, kSite, 20, {Text(kTitle, "seen from the site")}, kUnknownKind);
  site->Write(Type::kCreate, std::string(kSite) + "!up", 21, {Text(kTitle, "only upwards")});
  site->WriteAs("district/nobody");
  site->Write(Type::kCreate, kSite, 22, {Text(kTitle, "signed as the district")});
  site->WriteAs("lead");
}

void EditTheSame(Program* site, Program* server) {
  site->Write(Type::kUpdate, kSite, 11, {Text(kTitle, "Every student writes")});
  server->Write(Type::kUpdate, kSite, 11,
                {Text(kTitle, "Every student counts"), Text(kStatement, "In full")});
  site->Write(Type::kDelete, kSite, 12, {});
  site->Write(Type::kDelete, kSite, 13, {});
  server->Write(Type::kUpdate, kSite, 13, {Text(kTitle, "still wanted")});
  server->Write(Type::kErase, kSite, 14, {});
  server->Write(Type::kUpdate, "shared", 1, {Text(kStatement, "People trust each other")});
}

// ---- in words ----

std::string Words(std::string_view bytes) { return absl::CHexEscape({bytes.data(), bytes.size()}); }

std::string ContextWords(const Context& context) {
  std::string words;
  for (const Context::Entry& entry : context.entries()) {
    fmt::format_to(std::back_inserter(words), " {:016x}:{}", entry.writer, entry.n);
  }
  return words;
}

void AppendState(const RecordState& state, std::string* out) {
  fmt::format_to(std::back_inserter(*out), "    context{}\n", ContextWords(state.context));
  for (const Cell& cell : state.cells) {
    for (const Sibling& value : cell.siblings) {
      fmt::format_to(std::back_inserter(*out),
                     "    {} \"{}\" = \"{}\" by {} dot {:016x}:{} at {}.{} shown at {}.{}\n", cell.key.field,
                     Words(cell.key.element), Words(value.bytes), value.actor, value.dot.writer, value.dot.n,
                     value.raw.ms, value.raw.counter, value.effective.ms, value.effective.counter);
    }
  }
}

absl::Status AppendRecords(const Replica& replica, const std::string& scope, std::string* out) {
  absl::Status problem;
  const absl::Status scanned =
      replica.ScanFeed(scope, 0, [&](uint64_t seq, const RecordId& id, const StoredRecord& record) {
        fmt::format_to(std::back_inserter(*out),
                       "  {} {} {} lane {} origin {:016x}:{} delta {} vouchers {} version {}\n", seq,
                       id.ToString(), record.state.kind, static_cast<int>(record.lane), record.origin.epoch,
                       record.origin.seq, record.delta.has_value(), record.vouchers.size(),
                       record.version.ToHex());
        AppendState(record.state, out);
        for (const Voucher& voucher : record.vouchers) {
          fmt::format_to(std::back_inserter(*out), "    voucher {} for{} gone {}\n", voucher.mac.ToHex(),
                         ContextWords(voucher.context), voucher.gone.size());
        }
        const absl::StatusOr<std::vector<HistoryEntry>> history = replica.History(scope, id);
        if (!history.ok()) problem = history.status();
        for (const HistoryEntry& was : history.value_or(std::vector<HistoryEntry>())) {
          fmt::format_to(std::back_inserter(*out), "    was {} \"{}\" -> \"{}\" by {} at {}.{}\n",
                         was.key.field, Words(was.before), Words(was.after), was.actor, was.at.ms,
                         was.at.counter);
        }
        return problem.ok();
      });
  return problem.ok() ? scanned : problem;
}

absl::Status AppendScope(const Replica& replica, const std::string& scope, std::string* out) {
  const absl::StatusOr<ScopeHead> head = replica.Head(scope);
  if (!head.ok()) return head.status();
  fmt::format_to(std::back_inserter(*out), "scope {} seq {} records {} digest {}\n", scope, head->seq,
                 head->records, head->digest.ToHex());
  for (const LineageRow& row : head->lineage.rows()) {
    fmt::format_to(std::back_inserter(*out), "  epoch {:016x} from {}\n", row.epoch, row.first_seq);
  }
  if (absl::Status status = AppendRecords(replica, scope, out); !status.ok()) return status;
  absl::Status status = replica.ScanConflicts(scope, [&](const RecordId& id, const StoredRecord&) {
    fmt::format_to(std::back_inserter(*out), "  conflict {}\n", id.ToString());
    return true;
  });
  if (!status.ok()) return status;
  status =
      replica.ScanIndex(scope, kGoal, kCode, "", "\xff", [&](std::string_view value, const RecordId& id) {
        fmt::format_to(std::back_inserter(*out), "  code \"{}\" {}\n", Words(value), id.ToString());
        return true;
      });
  if (!status.ok()) return status;
  const absl::StatusOr<std::vector<SetAsideItem>> aside = replica.SetAsideItems(scope);
  if (!aside.ok()) return aside.status();
  for (const SetAsideItem& item : *aside) {
    fmt::format_to(std::back_inserter(*out), "  set aside {} of {} from {}: {}; {}\n",
                   item.delta.id.ToString(), item.delta.kind, item.peer, CauseWord(item.cause), item.reason);
    AppendState({item.delta.kind, item.delta.context, item.delta.cells}, out);
  }
  return absl::OkStatus();
}

absl::Status AppendPeer(const Replica& replica, const std::string& peer, const std::string& scope,
                        std::string* out) {
  const absl::StatusOr<std::vector<PeerCursor>> cursors = replica.Cursors(peer, scope);
  if (!cursors.ok()) return cursors.status();
  for (const PeerCursor& cursor : *cursors) {
    fmt::format_to(std::back_inserter(*out), "cursor {} {} {:016x} lane {}: {} of {}\n", peer, scope,
                   cursor.epoch, static_cast<int>(cursor.lane), cursor.seq, cursor.seen);
  }
  const absl::StatusOr<std::optional<KeptReceipt>> receipt = ReadReceipt(replica, peer, scope);
  if (!receipt.ok()) return receipt.status();
  if (!receipt->has_value()) return absl::OkStatus();
  const VerifiedCut& cut = (*receipt)->cut;
  fmt::format_to(std::back_inserter(*out), "receipt {} {}: {} records {} at {}, {}\n", peer, scope,
                 cut.records, cut.digest.ToHex(), cut.at_ms, (*receipt)->signature);
  return absl::OkStatus();
}

}  // namespace

StoreFolderOptions GoldenOptions(const std::string& folder, GoldenMachine* machine) {
  StoreFolderOptions options;
  options.folder = folder;
  options.district_key.fill(9);
  options.clock = &machine->clock;
  options.random = &machine->random;
  options.kinds = &KindRegistry::BuiltIn();
  return options;
}

absl::Status MakeGoldenStores(const std::string& folder) {
  Program site(folder + "/site", "lead");
  Program server(folder + "/server", std::string(kDistrictActorPrefix) + "office");
  server.machine().random = SeededRandom(2);
  for (Program* program : {&site, &server}) {
    if (absl::Status opened = program->Open(); !opened.ok()) return opened;
  }
  WorkApart(&site, &server);
  if (absl::Status synced = Sync(&site, &server); !synced.ok()) return synced;
  EditTheSame(&site, &server);
  if (absl::Status synced = Sync(&site, &server); !synced.ok()) return synced;
  if (absl::Status opened = site.Open(); !opened.ok()) return opened;
  site.Write(Type::kUpdate, kSite, 15, {Text(kTitle, "written offline")});
  site.Write(Type::kUpdate, "shared", 1, {Text(kTitle, "Trust, and time")});
  return site.status().ok() ? server.status() : site.status();
}

absl::StatusOr<std::string> DescribeStore(const Replica& replica) {
  std::string out;
  const absl::StatusOr<std::vector<std::string>> scopes = replica.Scopes();
  if (!scopes.ok()) return scopes.status();
  for (const std::string& scope : *scopes) {
    if (absl::Status status = AppendScope(replica, scope, &out); !status.ok()) return status;
    for (const std::string peer : {kServer, kSite}) {
      if (absl::Status status = AppendPeer(replica, peer, scope, &out); !status.ok()) return status;
    }
  }
  return out;
}

}  // namespace trellis
