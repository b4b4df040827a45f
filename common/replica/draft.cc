#include "common/replica/draft.h"

#include "common/tables/key_codec.h"
#include "common/tables/store_tables.h"
#include "common/time/planted.h"

namespace trellis {

Draft::Draft(const ReadView* view, const ScopeBook* scopes, const KindBook* kinds, Epoch epoch,
             const Counters& counters)
    : parent_(nullptr),
      view_(view),
      scope_book_(scopes),
      kind_book_(kinds),
      epoch_(epoch),
      counters_(counters) {}

Draft::Draft(const Draft* parent)
    : parent_(parent),
      view_(parent->view_),
      scope_book_(parent->scope_book_),
      kind_book_(parent->kind_book_),
      epoch_(parent->epoch_),
      counters_(parent->counters_) {}

std::optional<std::optional<std::string>> Draft::Staged(const std::string& key) const {
  const auto it = staged_.find(key);
  if (it == staged_.end()) return parent_ != nullptr ? parent_->Staged(key) : std::nullopt;
  const WriteBatch::Operation& operation = batch_.operations()[it->second];
  return operation.is_put ? std::optional(operation.value) : std::optional<std::string>();
}

absl::StatusOr<std::optional<std::string>> Draft::Get(const std::string& key) const {
  if (auto staged = Staged(key); staged.has_value()) return *std::move(staged);
  return view_->Get(key);
}

absl::StatusOr<std::vector<std::optional<std::string>>> Draft::MultiGet(
    const std::vector<std::string>& keys) const {
  auto values = view_->MultiGet(keys);
  if (!values.ok()) return values;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (auto staged = Staged(keys[i]); staged.has_value()) (*values)[i] = *std::move(staged);
  }
  return values;
}

void Draft::CollectStaged(const std::string& prefix, std::map<std::string, std::string>* rows) const {
  if (parent_ != nullptr) parent_->CollectStaged(prefix, rows);
  for (const WriteBatch::Operation& operation : batch_.operations()) {
    if (!operation.key.starts_with(prefix)) continue;
    if (operation.is_put) {
      (*rows)[operation.key] = operation.value;
    } else {
      rows->erase(operation.key);
    }
  }
}

absl::StatusOr<std::vector<std::pair<std::string, std::string>>> Draft::ScanPrefix(
    const std::string& prefix) const {
  std::map<std::string, std::string> rows;
  const absl::Status status =
      view_->Scan(prefix, PrefixEnd(prefix), false, [&](std::string_view key, std::string_view value) {
        rows.emplace(key, value);
        return true;
      });
  if (!status.ok()) return status;
  CollectStaged(prefix, &rows);
  return std::vector<std::pair<std::string, std::string>>(rows.begin(), rows.end());
}

void Draft::Put(std::string key, std::string value) {
  staged_[key] = batch_.operations().size();
  batch_.Put(std::move(key), std::move(value));
}

void Draft::Delete(std::string key) {
  staged_[key] = batch_.operations().size();
  batch_.Delete(std::move(key));
}

std::optional<ScopeFacts> Draft::FindScope(std::string_view name) const {
  for (const Draft* draft = this; draft != nullptr; draft = draft->parent_) {
    if (const auto it = draft->scopes_changed_.find(name); it != draft->scopes_changed_.end()) {
      return it->second;
    }
  }
  return scope_book_->Find(name);
}

ScopeFacts* Draft::OpenScope(std::string_view name) {
  auto it = scopes_changed_.find(name);
  if (it == scopes_changed_.end()) {
    it = scopes_changed_.emplace(name, FindScope(name).value_or(ScopeFacts())).first;
  }
  ScopeFacts& facts = it->second;
  if (facts.number == 0) {
    facts.number = counters_.next_scope++;
    PutUnread(ScopeNameKey(name), EncodeNumber(facts.number));
  }
  const bool forgets = Planted(Fault::kLineageNotKept) && facts.head.lineage_rows > 0;
  if (!facts.in_lineage && !forgets) {
    facts.in_lineage = true;
    PutUnread(LineageKey(facts.number, facts.head.lineage_rows++),
              EncodeLineageRow({epoch_, facts.head.seq + 1}));
  }
  return &facts;
}

KindNumber Draft::NumberOfKind(const std::string& name) {
  for (const Draft* draft = this; draft != nullptr; draft = draft->parent_) {
    if (const auto it = draft->kinds_added_.find(name); it != draft->kinds_added_.end()) return it->second;
  }
  if (const std::optional<KindNumber> known = kind_book_->Find(name); known.has_value()) return *known;
  const KindNumber number = counters_.next_kind++;
  kinds_added_[name] = number;
  PutUnread(KindKey(name), EncodeNumber(number));
  return number;
}

std::string Draft::NameOfKind(KindNumber number) const {
  for (const Draft* draft = this; draft != nullptr; draft = draft->parent_) {
    for (const auto& [name, added] : draft->kinds_added_) {
      if (added == number) return name;
    }
  }
  return kind_book_->Name(number);
}

void Draft::AddToDigest(ScopeFacts* scope, const RecordId& id, int records, const Hash128& plus,
                        const Hash128& minus) {
  scope->head.records += static_cast<uint64_t>(static_cast<int64_t>(records));
  scope->head.digest += plus;
  if (!Planted(Fault::kDigestOnlyGrows)) scope->head.digest -= minus;
  LeafChange& leaf = leaves_[{scope->number, BucketOf(id)}];
  leaf.records += records;
  leaf.digest += plus;
  leaf.digest -= minus;
}

void Draft::Absorb(Draft&& job) {
  if (batch_.empty()) {
    staged_ = std::move(job.staged_);
  } else {
    const size_t offset = batch_.operations().size();
    for (auto& [key, operation] : job.staged_) staged_[key] = operation + offset;
  }
  batch_.Append(std::move(job.batch_));
  for (auto& [name, facts] : job.scopes_changed_) scopes_changed_[name] = facts;
  for (auto& [name, number] : job.kinds_added_) kinds_added_[name] = number;
  for (const auto& [leaf, change] : job.leaves_) {
    leaves_[leaf].records += change.records;
    leaves_[leaf].digest += change.digest;
  }
  counters_ = job.counters_;
}

absl::Status Draft::Seal() {
  std::vector<std::string> keys;
  keys.reserve(leaves_.size());
  for (const auto& [leaf, change] : leaves_) keys.push_back(LeafKey(leaf.first, leaf.second));
  const auto rows = view_->MultiGet(keys);
  if (!rows.ok()) return rows.status();
  size_t i = 0;
  for (const auto& [leaf, change] : leaves_) {
    std::optional<LeafRow> row = LeafRow();
    if ((*rows)[i].has_value()) row = DecodeLeafRow(*(*rows)[i]);
    if (!row.has_value()) return absl::DataLossError(kDamagedRow);
    row->records += static_cast<uint64_t>(change.records);
    row->digest += change.digest;
    PutUnread(std::move(keys[i]), EncodeLeafRow(*row));
    ++i;
  }
  for (const auto& [name, facts] : scopes_changed_)
    PutUnread(HeadKey(facts.number), EncodeHeadRow(facts.head));
  PutUnread(DurableSeqKey(), EncodeNumber(counters_.durable));
  return absl::OkStatus();
}

}  // namespace trellis
