// Tokens handed to a caller to be brought back unread and unchanged: where the next page begins, where a
// watch goes on.
//
//   token := base64url(mac payload), without padding
//   mac   := KeyedHash(store's key; purpose NUL size-of-context NUL context payload), 16 bytes
// `context` is what must not change between the calls (kind, scope, filter, order, caller).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/record/hash.h"

namespace trellis {

std::string SealToken(const HashKey& key, std::string_view purpose, std::string_view context,
                      std::string_view payload);
// Nullopt where any of it is not as it was sealed.
std::optional<std::string> OpenToken(const HashKey& key, std::string_view purpose, std::string_view context,
                                     std::string_view token);

}  // namespace trellis
