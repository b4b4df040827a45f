#include "common/wire/state_run.h"
#include "trellis/sync/v1/state_item.pb.h"

namespace trellis {
namespace {

namespace pb = trellis::sync::v1;

void Fill(const Context& context, FrameTables* tables,
          google::protobuf::RepeatedPtrField<pb::ContextEntry>* entries) {
  for (const Context::Entry& entry : context.entries()) {
    pb::ContextEntry* out = entries->Add();
    out->set_writer(tables->WriterIndex(entry.writer));
    out->set_n(entry.n);
  }
}

void Fill(const Sibling& sibling, FrameTables* tables, pb::StateSibling* out) {
  out->set_writer(tables->WriterIndex(sibling.dot.writer));
  out->set_n(sibling.dot.n);
  out->set_raw_ms(sibling.raw.ms);
  out->set_raw_counter(sibling.raw.counter);
  out->set_effective_ms_offset(static_cast<int64_t>(static_cast<uint64_t>(sibling.effective.ms) -
                                                    static_cast<uint64_t>(sibling.raw.ms)));
  out->set_effective_counter_offset(int64_t{sibling.effective.counter} - int64_t{sibling.raw.counter});
  out->set_actor(tables->ActorIndex(sibling.actor));
  out->set_bytes(sibling.bytes);
}

}  // namespace

void StateRunEncoder::Add(const Delta& record, FrameStreams* out) {
  pb::StateItem item;
  item.set_kind(tables_->KindIndex(record.kind));
  item.set_whole(record.whole);
  Fill(record.base, tables_, item.mutable_base());
  Fill(record.context, tables_, item.mutable_context());
  for (const Cell& cell : record.cells) {
    pb::StateCell* cell_out = item.add_cells();
    cell_out->set_field(cell.key.field);
    cell_out->set_element(cell.key.element);
    for (const Sibling& sibling : cell.siblings) Fill(sibling, tables_, cell_out->add_siblings());
  }
  for (const Voucher& voucher : record.vouchers) {
    pb::StateVoucher* out_voucher = item.add_vouchers();
    if (voucher.context != record.context) Fill(voucher.context, tables_, out_voucher->mutable_context());
    for (const Hash128& digest : voucher.gone) out_voucher->add_gone(digest.ToBytes());
    out_voucher->set_mac(voucher.mac.ToBytes());
  }
  const std::string bytes = item.SerializeAsString();
  AppendVarint(&out->a, bytes.size());
  out->c.append(bytes);
  out->d.append(record.id.view());
  if (!record.whole) out->d.append(record.version.ToBytes());
}

}  // namespace trellis
