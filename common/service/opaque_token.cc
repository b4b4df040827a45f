#include "common/service/opaque_token.h"

#include "absl/strings/escaping.h"

namespace trellis {
namespace {

constexpr size_t kMacBytes = 16;

std::string MacOf(const HashKey& key, std::string_view purpose, std::string_view context,
                  std::string_view payload) {
  std::string text(purpose);
  text.push_back('\0');
  text += std::to_string(context.size());
  text.push_back('\0');
  text += context;
  text += payload;
  return KeyedHash(key, text).ToBytes();
}

}  // namespace

std::string SealToken(const HashKey& key, std::string_view purpose, std::string_view context,
                      std::string_view payload) {
  std::string token;
  absl::WebSafeBase64Escape(MacOf(key, purpose, context, payload) + std::string(payload), &token);
  return token;
}

std::optional<std::string> OpenToken(const HashKey& key, std::string_view purpose, std::string_view context,
                                     std::string_view token) {
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(std::string(token), &bytes) || bytes.size() < kMacBytes)
    return std::nullopt;
  std::string payload = bytes.substr(kMacBytes);
  if (MacOf(key, purpose, context, payload) != bytes.substr(0, kMacBytes)) return std::nullopt;
  return payload;
}

}  // namespace trellis
