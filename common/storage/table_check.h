// A look at what RocksDB reads of a table before it checks it: over one flipped bit in the block of a table's
// properties a RocksDB built with its asserts ends the program.
//
//   table  := ... block trailer ... footer
//   trailer:= compression:byte crc:fixed32                     crc of block and compression
//   footer := 01 (CRC-32C) metaindex:(offset size) index:(offset size) padding version:fixed32 magic:fixed64
#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/storage/disk.h"

namespace trellis {

// kDataLoss, naming the file, if its properties are damaged. Says nothing about the rest.
absl::Status CheckTable(const Disk& disk, const std::string& file);

}  // namespace trellis
