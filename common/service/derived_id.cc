#include "common/service/derived_id.h"

#include "common/causal/bytes.h"
#include "common/record/hash.h"

namespace trellis {

RecordId DerivedRecordId(const HashKey& district_key, std::string_view purpose,
                         const std::vector<std::string>& parts) {
  std::string text(purpose);
  text += '\n';
  for (const std::string& part : parts) AppendSized(&text, part);
  RecordId id = RecordId::FromBytes(KeyedHash(district_key, text).ToBytes());
  id.bytes[6] = static_cast<uint8_t>((id.bytes[6] & 0x0F) | 0x80);  // version 8: custom
  id.bytes[8] = static_cast<uint8_t>((id.bytes[8] & 0x3F) | 0x80);  // variant of RFC 9562
  return id;
}

}  // namespace trellis
