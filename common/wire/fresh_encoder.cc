#include <algorithm>

#include "common/wire/fresh_run.h"
#include "common/wire/number_column.h"
#include "common/wire/timed_id.h"

namespace trellis {
namespace {

// FreshWrite of a delta: the sibling that stands for all.
const Sibling* WriteOf(const Delta& record) {
  if (!record.whole || !record.base.empty() || record.context.entries().size() != 1 || record.cells.empty() ||
      record.cells.front().siblings.size() != 1) {
    return nullptr;
  }
  const Sibling& first = record.cells.front().siblings.front();
  const Context::Entry& entry = record.context.entries().front();
  if (first.dot != Dot{entry.writer, entry.n} || entry.writer == 0 || entry.n == 0) return nullptr;
  const bool same = std::all_of(record.cells.begin(), record.cells.end(), [&](const Cell& cell) {
    return cell.key.field != kLifecycleField && cell.siblings.size() == 1 &&
           cell.siblings.front().dot == first.dot && cell.siblings.front().raw == first.raw &&
           cell.siblings.front().effective == first.effective && cell.siblings.front().actor == first.actor;
  });
  return same ? &first : nullptr;
}

// Without a voucher, or with one for the record as it stands: its code is all there is to tell.
bool VouchedWhole(const Delta& record) {
  if (record.vouchers.empty()) return true;
  const Voucher& voucher = record.vouchers.front();
  return record.vouchers.size() == 1 && voucher.gone.empty() && voucher.context == record.context;
}

const Sibling& FirstOf(const Delta& record) { return record.cells.front().siblings.front(); }

}  // namespace

bool FreshRunEncoder::AddToKind(const Delta& record, uint32_t row) {
  const uint64_t kind = tables_->KindIndex(record.kind);
  if (kind >= kinds_.size()) kinds_.resize(kind + 1);
  const bool first = kinds_[kind] == nullptr;
  if (first && kinds_used_ == kMaxColumnKinds) return false;
  if (first) kinds_[kind] = std::make_unique<KindRows>();
  KindRows& rows = *kinds_[kind];
  fields_.clear();
  const bool follows = rows.sets.Note(record.cells, &fields_);
  if (!follows || !rows.node.AddRow(fields_, row)) {
    if (follows) rows.sets.Forget();
    if (first) kinds_[kind] = nullptr;
    return false;
  }
  if (first) ++kinds_used_;
  kind_of_row_.push_back(kind);
  return true;
}

bool FreshRunEncoder::Add(const Delta& record) {
  const Sibling* write = WriteOf(record);
  if (write == nullptr || !VouchedWhole(record) || !AddToKind(record, static_cast<uint32_t>(records_.size())))
    return false;
  records_.push_back(&record);
  return true;
}

uint8_t FreshRunEncoder::FormOf(const Delta& record) const {
  const Sibling& write = FirstOf(record);
  const uint8_t vouched = record.vouchers.empty() ? 0 : kVouched;
  if (record.id ==
      DeriveRecordId(options_.district_key, options_.scope, write.dot.writer, write.dot.n, write.raw.ms)) {
    return kDerived | vouched;
  }
  return (IsTimedId(record.id, write.raw.ms) ? kTimed : kRaw) | vouched;
}

void FreshRunEncoder::WriteStamps(FrameStreams* out) const {
  const auto write = [&](auto value_of) {
    std::vector<uint64_t> values;
    values.reserve(records_.size());
    for (const Delta* record : records_) values.push_back(value_of(FirstOf(*record)));
    EncodeNumbers(values, out);
  };
  write([&](const Sibling& s) { return tables_->WriterIndex(s.dot.writer); });
  write([](const Sibling& s) { return s.dot.n; });
  write([](const Sibling& s) { return static_cast<uint64_t>(s.raw.ms) - kStampBase; });
  write([](const Sibling& s) { return uint64_t{s.raw.counter}; });
  write([](const Sibling& s) {
    return ZigzagOf(static_cast<uint64_t>(s.effective.ms) - static_cast<uint64_t>(s.raw.ms));
  });
  write([](const Sibling& s) { return ZigzagOf(uint64_t{s.effective.counter} - uint64_t{s.raw.counter}); });
  write([&](const Sibling& s) { return tables_->ActorIndex(s.actor); });
}

void FreshRunEncoder::WriteIds(FrameStreams* out) const {
  for (size_t begin = 0, end = 0; begin < records_.size(); begin = end) {
    const uint8_t form = FormOf(*records_[begin]);
    for (end = begin + 1; end < records_.size() && FormOf(*records_[end]) == form;) ++end;
    out->a.push_back(static_cast<char>(form));
    AppendVarint(&out->a, end - begin);
    const uint8_t id_form = form & ~kVouched;
    for (size_t i = begin; i < end; ++i) {
      if (id_form == kTimed) out->d.append(RandomOfTimedId(records_[i]->id));
      if (id_form == kRaw) out->d.append(records_[i]->id.view());
      if (form != id_form) out->d.append(records_[i]->vouchers.front().mac.ToBytes());
    }
  }
}

void FreshRunEncoder::Encode(FrameStreams* out) {
  if (records_.empty()) return;
  EncodeNumbers(kind_of_row_, out);
  WriteStamps(out);
  WriteIds(out);
  std::vector<int64_t> raw_ms;
  raw_ms.reserve(records_.size());
  for (const Delta* record : records_) raw_ms.push_back(FirstOf(*record).raw.ms);
  size_t fields_left = kMaxFields;
  for (const auto& kind : kinds_) {
    if (kind != nullptr) fields_left -= kind->node.columns();
  }
  for (const auto& kind : kinds_) {
    if (kind == nullptr) continue;
    kind->sets.Encode(out);
    kind->node.Encode(raw_ms, 0, &fields_left, out);
  }
}

}  // namespace trellis
