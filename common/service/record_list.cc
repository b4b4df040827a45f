#include <fmt/format.h>

#include <algorithm>

#include "common/causal/bytes.h"
#include "common/record/filter.h"
#include "common/record/order_by.h"
#include "common/rpc/error_reason.h"
#include "common/service/opaque_token.h"
#include "common/service/record_reader.h"

namespace trellis {
namespace {

constexpr char kListPurpose[] = "list";

// Where the next page begins.
struct Position {
  RecordId after;       // the last record told
  uint64_t offset = 0;  // how many were told
};

// A list being made for one principal.
struct Listing {
  const Principal& principal;
  const KindInfo& kind;
  ScopeName scope;
  RecordFilter filter;
  bool show_deleted = false;
};

std::string TokenContext(const Principal& principal, const ListQuery& query, const KindInfo& kind,
                         const ScopeName& scope) {
  std::string context;
  for (const std::string& part :
       {principal.account, kind.name, scope.ToString(), query.filter, query.order_by}) {
    AppendSized(&context, part);
  }
  context.push_back(query.show_deleted ? '1' : '0');
  return context;
}

absl::StatusOr<Position> OpenPosition(const RecordStore& store, const std::string& context,
                                      const std::string& token) {
  Position position;
  if (token.empty()) return position;
  const std::optional<std::string> payload = OpenToken(store.token_key, kListPurpose, context, token);
  if (payload) {
    ByteReader reader(*payload);
    const std::string_view id = reader.Take(position.after.bytes.size());
    position.offset = reader.Varint();
    if (reader.ok() && reader.AtEnd()) {
      position.after = RecordId::FromBytes(id);
      return position;
    }
  }
  return ErrorWithReason(
      reason::kPageTokenInvalid,
      "The page token does not belong to this list: ask with the same kind, scope, filter and "
      "order as the page before, or begin anew without a token");
}

std::string SealPosition(const RecordStore& store, const std::string& context, const Position& position) {
  std::string payload(position.after.view());
  AppendVarint(&payload, position.offset);
  return SealToken(store.token_key, kListPurpose, context, payload);
}

// Nullopt: it does not belong in the list, or its bytes are not of the kind (a peer sent it so): one such
// record must not hide all others. Asked for by id, it is answered with what is wrong.
std::optional<RecordAnswer> Match(const Listing& listing, const RecordId& id, const StoredRecord& stored) {
  absl::StatusOr<RecordAnswer> answer = AnswerOf(listing.kind, listing.scope, id, stored, listing.principal);
  if (!answer.ok()) return std::nullopt;
  if (!IsLive(answer->presence) && !listing.show_deleted) return std::nullopt;
  if (!listing.filter.Matches(*answer->data)) return std::nullopt;
  return *std::move(answer);
}

// Ids an index of the filter's offers, in order.
absl::StatusOr<std::vector<RecordId>> IndexedIds(const RecordStore& store, const Listing& listing,
                                                 const IndexRange& range) {
  std::vector<RecordId> ids;
  const absl::Status status =
      store.replica->ScanIndex(listing.scope.ToString(), listing.kind.full_name, range.field, range.low,
                               range.high, [&](std::string_view, const RecordId& id) {
                                 ids.push_back(id);
                                 return true;
                               });
  if (!status.ok()) return status;
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

// Matching records in id order after `after`, until `enough` are found.
absl::StatusOr<std::vector<RecordAnswer>> Collect(const RecordStore& store, const Listing& listing,
                                                  const RecordId& after, size_t enough) {
  std::vector<RecordAnswer> found;
  const auto take = [&](const RecordId& id, const StoredRecord& stored) {
    if (std::optional<RecordAnswer> answer = Match(listing, id, stored)) found.push_back(*std::move(answer));
    return found.size() < enough;
  };
  const std::string scope = listing.scope.ToString();
  const std::optional<IndexRange>& range = listing.filter.index_range();
  if (range && !listing.show_deleted) {
    absl::StatusOr<std::vector<RecordId>> ids = IndexedIds(store, listing, *range);
    if (!ids.ok()) return ids.status();
    for (auto id = std::upper_bound(ids->begin(), ids->end(), after); id != ids->end(); ++id) {
      absl::StatusOr<std::optional<StoredRecord>> stored = store.replica->Get(scope, *id);
      if (!stored.ok()) return stored.status();
      if (stored->has_value() && !take(*id, **stored)) break;
    }
  } else {
    const absl::Status status =
        store.replica->ScanKind(scope, listing.kind.full_name, after, listing.show_deleted, take);
    if (!status.ok()) return status;
  }
  return found;
}

// Where the records after `position` begin in a sorted list.
size_t Resume(const std::vector<RecordAnswer>& sorted, const Position& position) {
  if (position.offset == 0) return 0;
  for (size_t i = 0; i < sorted.size(); ++i) {
    if (sorted[i].id == position.after) return i + 1;
  }
  return std::min<size_t>(position.offset, sorted.size());
}

absl::Status AsFilterError(const absl::Status& status) {
  return ErrorWithReason(reason::kFilterInvalid, std::string(status.message()));
}

}  // namespace

absl::StatusOr<size_t> PageSize(int64_t asked) {
  if (asked < 0) return FieldViolationsError({{"page_size", "is 0 or more"}});
  if (asked == 0) asked = RecordReader::kDefaultPage;
  return static_cast<size_t>(std::min(asked, RecordReader::kLargestPage));
}

absl::StatusOr<RecordPage> RecordReader::List(const Principal& principal, const ListQuery& query) const {
  absl::StatusOr<const KindInfo*> kind = FindKind(store_, query.kind);
  if (!kind.ok()) return kind.status();
  absl::StatusOr<ScopeName> scope = ChooseScope(store_, **kind, query.scope);
  if (!scope.ok()) return scope.status();
  if (absl::Status status = RequireAccess(principal, Action::kRead, *scope, *kind); !status.ok())
    return status;
  absl::StatusOr<size_t> page_size = PageSize(query.page_size);
  if (!page_size.ok()) return page_size.status();
  absl::StatusOr<RecordFilter> filter = RecordFilter::Parse(query.filter, **kind);
  if (!filter.ok()) return AsFilterError(filter.status());
  absl::StatusOr<RecordOrder> order = RecordOrder::Parse(query.order_by, **kind);
  if (!order.ok()) return AsFilterError(order.status());
  const std::string context = TokenContext(principal, query, **kind, *scope);
  absl::StatusOr<Position> position = OpenPosition(store_, context, query.page_token);
  if (!position.ok()) return position.status();

  const Listing listing{principal, **kind, *scope, *std::move(filter), query.show_deleted};
  const bool sorted = !order->empty();
  absl::StatusOr<std::vector<RecordAnswer>> found =
      Collect(store_, listing, sorted ? RecordId{} : position->after, sorted ? SIZE_MAX : *page_size + 1);
  if (!found.ok()) return found.status();
  size_t begin = 0;
  if (sorted) {
    std::stable_sort(found->begin(), found->end(), [&](const RecordAnswer& a, const RecordAnswer& b) {
      return order->Compare(*a.data, *b.data) < 0;
    });
    begin = Resume(*found, *position);
  }
  RecordPage page;
  const size_t end = std::min(begin + *page_size, found->size());
  std::move(found->begin() + begin, found->begin() + end, std::back_inserter(page.records));
  if (end < found->size()) {
    page.next_page_token =
        SealPosition(store_, context, {page.records.back().id, position->offset + page.records.size()});
  }
  return page;
}

}  // namespace trellis
