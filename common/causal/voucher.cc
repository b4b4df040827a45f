#include "common/causal/voucher.h"

#include <sodium.h>

#include <algorithm>
#include <string>
#include <utility>

#include "common/causal/bytes.h"

namespace trellis {
namespace {

constexpr std::string_view kPurpose = "trellis voucher 1";

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// BLAKE2b; a key shorter than crypto_generichash_KEYBYTES_MIN means none.
Hash128 Blake(std::string_view key, std::string_view text) {
  std::string out(16, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(out.data()), out.size(), Bytes(text), text.size(),
                     key.empty() ? nullptr : Bytes(key), key.size());
  return Hash128::FromBytes(out);
}

void AppendStamp(std::string* out, const Stamp& stamp) {
  AppendZigzag(out, stamp.ms);
  AppendVarint(out, stamp.counter);
}

Hash128 DigestOf(const CellKey& key, const Sibling& sibling) {
  std::string text;
  text.reserve(64 + sibling.bytes.size());
  AppendVarint(&text, key.field);
  AppendSized(&text, key.element);
  AppendVarint(&text, sibling.dot.writer);
  AppendVarint(&text, sibling.dot.n);
  AppendStamp(&text, sibling.raw);
  AppendSized(&text, sibling.actor);
  AppendSized(&text, sibling.bytes);
  return Blake({}, text);
}

// Digests of the values that `context` covers.
std::vector<Hash128> DigestsOf(const std::vector<Cell>& cells, const Context& context) {
  std::vector<Hash128> digests;
  for (const Cell& cell : cells) {
    for (const Sibling& sibling : cell.siblings) {
      if (context.Covers(sibling.dot)) digests.push_back(DigestOf(cell.key, sibling));
    }
  }
  return digests;
}

Hash128 MacOf(const VoucherKey& key, std::string_view scope, const RecordId& id, std::string_view kind,
              const Context& context, std::vector<Hash128> digests) {
  std::string text(kPurpose);
  AppendSized(&text, scope);
  text += id.view();
  AppendSized(&text, kind);
  AppendVarint(&text, context.entries().size());
  for (const Context::Entry& entry : context.entries()) {
    AppendVarint(&text, entry.writer);
    AppendVarint(&text, entry.n);
  }
  std::sort(digests.begin(), digests.end());
  for (const Hash128& digest : digests) text += digest.ToBytes();
  return Blake({reinterpret_cast<const char*>(key.data()), key.size()}, text);
}

bool Holds(const std::vector<Cell>& cells, const CellKey& key, const Dot& dot) {
  const auto cell = std::lower_bound(cells.begin(), cells.end(), key,
                                     [](const Cell& c, const CellKey& wanted) { return c.key < wanted; });
  return cell != cells.end() && cell->key == key &&
         std::any_of(cell->siblings.begin(), cell->siblings.end(),
                     [&](const Sibling& sibling) { return sibling.dot == dot; });
}

}  // namespace

Voucher VouchFor(const VoucherKey& key, std::string_view scope, const RecordId& id,
                 const RecordState& state) {
  return {state.context,
          {},
          MacOf(key, scope, id, state.kind, state.context, DigestsOf(state.cells, state.context))};
}

bool IsSound(const VoucherKey& key, std::string_view scope, const RecordId& id, std::string_view kind,
             const std::vector<Cell>& cells, const Voucher& voucher) {
  std::vector<Hash128> digests = DigestsOf(cells, voucher.context);
  digests.insert(digests.end(), voucher.gone.begin(), voucher.gone.end());
  const std::string made = MacOf(key, scope, id, kind, voucher.context, std::move(digests)).ToBytes();
  const std::string told = voucher.mac.ToBytes();
  return sodium_memcmp(made.data(), told.data(), made.size()) == 0;
}

Voucher Carried(Voucher voucher, const std::vector<Cell>& before, const std::vector<Cell>& after) {
  for (const Cell& cell : before) {
    for (const Sibling& sibling : cell.siblings) {
      if (!voucher.context.Covers(sibling.dot) || Holds(after, cell.key, sibling.dot)) continue;
      voucher.gone.push_back(DigestOf(cell.key, sibling));
    }
  }
  std::sort(voucher.gone.begin(), voucher.gone.end());
  return voucher;
}

std::vector<Voucher> JoinVouchers(std::vector<Voucher> older, std::vector<Voucher> newer) {
  std::erase_if(older, [&](const Voucher& old) {
    return std::any_of(newer.begin(), newer.end(),
                       [&](const Voucher& voucher) { return old.context.CoveredBy(voucher.context); });
  });
  std::erase_if(newer, [&](const Voucher& voucher) {
    return std::any_of(older.begin(), older.end(),
                       [&](const Voucher& old) { return voucher.context.CoveredBy(old.context); });
  });
  older.insert(older.end(), std::make_move_iterator(newer.begin()), std::make_move_iterator(newer.end()));
  if (older.size() > kMostVouchers) older.erase(older.begin(), older.end() - kMostVouchers);
  return older;
}

}  // namespace trellis
