// Cells and stamps as rows keep them; the grammar stands in record_table.h.
#pragma once

#include <string>
#include <vector>

#include "common/causal/bytes.h"
#include "common/causal/record_state.h"

namespace trellis {

void AppendStamps(std::string* out, const Stamp& raw, const Stamp& effective);
void ReadStamps(ByteReader* reader, Stamp* raw, Stamp* effective);

// Cells of one write: only keys and bytes.
void AppendFreshCells(std::string* out, const std::vector<Cell>& cells);
// Each cell gets a copy of `write` with its own bytes.
std::vector<Cell> ReadFreshCells(ByteReader* reader, const Sibling& write);

// Cells of any state. Every sibling's writer must stand in `context`.
void AppendCells(std::string* out, const std::vector<Cell>& cells, const Context& context);
std::vector<Cell> ReadCells(ByteReader* reader, const Context& context);

// `context`: of the state they stand beside.
void AppendVouchers(std::string* out, const std::vector<Voucher>& vouchers, const Context& context);
std::vector<Voucher> ReadVouchers(ByteReader* reader, const Context& context);

void AppendCellKey(std::string* out, const CellKey& key);
CellKey ReadCellKey(ByteReader* reader);

}  // namespace trellis
