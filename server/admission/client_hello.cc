#include "server/admission/client_hello.h"

#include <cstdint>

namespace trellis {
namespace {

constexpr uint8_t kHandshakeRecord = 22;
constexpr uint8_t kClientHello = 1;
constexpr uint16_t kServerNameExtension = 0;
constexpr uint16_t kAlpnExtension = 16;
constexpr size_t kRecordHeaderBytes = 5;
constexpr size_t kRandomAndVersionBytes = 34;

// Takes big-endian numbers and length-prefixed vectors off the front; anything short makes it fail for good.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  bool AtEnd() const { return bytes_.empty(); }

  size_t Number(size_t width) {
    const std::string_view taken = Take(width);
    size_t number = 0;
    for (const char byte : taken) number = number << 8 | static_cast<uint8_t>(byte);
    return number;
  }
  std::string_view Vector(size_t length_width) { return Take(Number(length_width)); }
  std::string_view Take(size_t size) {
    if (!ok_ || size > bytes_.size()) {
      ok_ = false;
      bytes_ = {};
      return {};
    }
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }

 private:
  std::string_view bytes_;
  bool ok_ = true;
};

void ReadServerName(std::string_view body, ClientHello* hello) {
  Reader names(Reader(body).Vector(2));
  if (names.Number(1) == 0) hello->server_name = names.Vector(2);
}

void ReadProtocols(std::string_view body, ClientHello* hello) {
  Reader protocols(Reader(body).Vector(2));
  while (protocols.ok() && !protocols.AtEnd()) {
    const std::string_view name = protocols.Vector(1);
    if (protocols.ok()) hello->protocols.emplace_back(name);
  }
}

bool ReadBody(std::string_view body, ClientHello* hello) {
  Reader reader(body);
  reader.Take(kRandomAndVersionBytes);
  reader.Vector(1);  // session id
  reader.Vector(2);  // cipher suites
  reader.Vector(1);  // compression methods
  if (!reader.ok()) return false;
  Reader extensions(reader.Vector(2));
  while (extensions.ok() && !extensions.AtEnd()) {
    const size_t type = extensions.Number(2);
    const std::string_view value = extensions.Vector(2);
    if (type == kServerNameExtension) ReadServerName(value, hello);
    if (type == kAlpnExtension) ReadProtocols(value, hello);
  }
  return extensions.ok();
}

}  // namespace

ReadHello ReadClientHello(std::string_view bytes) {
  ReadHello no_tls{HelloState::kNotTls, {}};
  if (!bytes.empty() && static_cast<uint8_t>(bytes[0]) != kHandshakeRecord) return no_tls;
  if (bytes.size() >= 2 && bytes[1] != 3) return no_tls;
  if (bytes.size() < kRecordHeaderBytes) return {};
  const size_t length = Reader(bytes.substr(3)).Number(2);
  if (length == 0 || length > kMaxClientHelloBytes) return no_tls;
  if (bytes.size() < kRecordHeaderBytes + length) return {};
  Reader record(bytes.substr(kRecordHeaderBytes, length));
  if (record.Number(1) != kClientHello) return no_tls;
  ReadHello read{HelloState::kComplete, {}};
  const std::string_view body = record.Vector(3);
  return record.ok() && ReadBody(body, &read.hello) ? read : no_tls;
}

}  // namespace trellis
