#include "common/tables/feed_table.h"

#include "common/tables/key_codec.h"

namespace trellis {

std::string FeedLanePrefix(ScopeNumber scope, Lane lane) {
  std::string key = TableKey(Table::kFeed);
  key.reserve(14);
  AppendBig32(&key, scope);
  key.push_back(static_cast<char>(lane));
  return key;
}

std::string FeedKey(ScopeNumber scope, Lane lane, uint64_t seq) {
  std::string key = FeedLanePrefix(scope, lane);
  AppendBig64(&key, seq);
  return key;
}

uint64_t FeedSeqOfKey(std::string_view key) {
  KeyReader reader(key);
  reader.Skip(6);
  return reader.Big64();
}

}  // namespace trellis
