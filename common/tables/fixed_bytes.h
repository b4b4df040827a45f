// Fixed-width fields inside rows: 64-bit numbers little-endian, hashes and ids of 16 bytes.
#pragma once

#include <cstdint>
#include <string>

#include "common/causal/bytes.h"
#include "common/causal/context.h"
#include "common/record/hash.h"
#include "common/record/record_id.h"

namespace trellis {

void AppendFixed64(std::string* out, uint64_t value);
uint64_t ReadFixed64(ByteReader* reader);
Hash128 ReadHash(ByteReader* reader);
RecordId ReadId(ByteReader* reader);

// count (writer:fixed64 n)*
void AppendContext(std::string* out, const Context& context);
Context ReadContext(ByteReader* reader);

}  // namespace trellis
