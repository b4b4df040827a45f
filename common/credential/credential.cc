#include "common/credential/credential.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <optional>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "common/identity/base32.h"
#include "common/identity/signature.h"

namespace trellis {
namespace {

constexpr char kVersion = 1;
constexpr std::string_view kSignedAs = "trellis credential 1\n";
constexpr size_t kLongestText = 400;
constexpr size_t kFingerprintBytes = 8;
constexpr size_t kGroup = 5;
constexpr absl::CivilDay kEpochDay(1970, 1, 1);

uint16_t Crc16(std::string_view bytes) {
  uint16_t crc = 0xFFFF;
  for (const char byte : bytes) {
    crc = static_cast<uint16_t>(crc ^ (static_cast<unsigned char>(byte) << 8));
    for (int bit = 0; bit < 8; ++bit) {
      crc = static_cast<uint16_t>((crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1);
    }
  }
  return crc;
}

std::string ChecksumOf(std::string_view bytes) {
  const uint16_t crc = Crc16(bytes);
  return {static_cast<char>(crc >> 8), static_cast<char>(crc & 0xFF)};
}

void PutVarint(uint64_t value, std::string* out) {
  while (value >= 0x80) {
    out->push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out->push_back(static_cast<char>(value));
}

std::optional<uint64_t> DayNumber(const std::string& date) {
  if (date.empty()) return 0;
  absl::CivilDay day;
  if (!absl::ParseCivilTime(date, &day) || day <= kEpochDay) return std::nullopt;
  return static_cast<uint64_t>(day - kEpochDay);
}

std::string DateOf(uint64_t number) {
  return number == 0 ? "" : absl::FormatCivilTime(kEpochDay + static_cast<int64_t>(number));
}

constexpr uint64_t kLastDay = 2'932'896;  // 9999-12-31

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  std::optional<uint64_t> Varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 35 && !bytes_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    return std::nullopt;
  }
  std::optional<std::string> Bytes(size_t size) {
    if (size > bytes_.size()) return std::nullopt;
    std::string taken(bytes_.substr(0, size));
    bytes_.remove_prefix(size);
    return taken;
  }
  // Each sets *well to false, and nothing else, where the bytes do not go on so.
  std::string Text(bool* well) {
    const std::optional<uint64_t> size = Varint();
    std::optional<std::string> text = size ? Bytes(*size) : std::nullopt;
    if (!text) *well = false;
    return text.value_or("");
  }
  uint64_t Number(uint64_t most, bool* well) {
    const std::optional<uint64_t> number = Varint();
    if (!number || *number > most) *well = false;
    return *well ? *number : 0;
  }
  bool empty() const { return bytes_.empty(); }
  std::string_view rest() const { return bytes_; }

 private:
  std::string_view bytes_;
};

absl::StatusOr<std::string> StatementOf(const Credential& credential) {
  std::string bytes(1, static_cast<char>(credential.type));
  for (const std::string* text :
       {&credential.district, &credential.name, &credential.staff_unique_id, &credential.activity}) {
    if (text->size() > kLongestText)
      return absl::InvalidArgumentError(fmt::format("too long for a code: {}", *text));
    PutVarint(text->size(), &bytes);
    bytes += *text;
  }
  for (const std::string* date : {&credential.issue_date, &credential.from_date, &credential.to_date}) {
    const std::optional<uint64_t> day = DayNumber(*date);
    if (!day) return absl::InvalidArgumentError(fmt::format("{} is no day a code can hold", *date));
    PutVarint(*day, &bytes);
  }
  PutVarint(credential.total_minutes, &bytes);
  for (size_t i = 0; i < kFingerprintBytes; ++i) {
    const std::string digits =
        credential.fingerprint.empty() ? "00" : credential.fingerprint.substr(2 * i, 2);
    bytes.push_back(static_cast<char>(std::stoi(digits, nullptr, 16)));
  }
  const size_t count = credential.lines.size() > kMostCodedLines ? 0 : credential.lines.size();
  PutVarint(count, &bytes);
  for (size_t i = 0; i < count; ++i) {
    const std::optional<uint64_t> day = DayNumber(credential.lines[i].date);
    if (!day)
      return absl::InvalidArgumentError(
          fmt::format("{} is no day a code can hold", credential.lines[i].date));
    PutVarint(*day, &bytes);
    PutVarint(credential.lines[i].minutes, &bytes);
  }
  return bytes;
}

std::optional<Credential> CredentialIn(std::string_view statement) {
  constexpr uint64_t kMostMinutes = UINT32_MAX;
  Reader reader(statement);
  bool well = true;
  Credential credential;
  const uint64_t type = reader.Number(static_cast<uint64_t>(CredentialType::kCertificate), &well);
  if (!well || type == 0) return std::nullopt;
  credential.type = static_cast<CredentialType>(type);
  credential.district = reader.Text(&well);
  credential.name = reader.Text(&well);
  credential.staff_unique_id = reader.Text(&well);
  credential.activity = reader.Text(&well);
  credential.issue_date = DateOf(reader.Number(kLastDay, &well));
  credential.from_date = DateOf(reader.Number(kLastDay, &well));
  credential.to_date = DateOf(reader.Number(kLastDay, &well));
  credential.total_minutes = static_cast<uint32_t>(reader.Number(kMostMinutes, &well));
  const std::optional<std::string> fingerprint = reader.Bytes(kFingerprintBytes);
  const uint64_t count = reader.Number(kMostCodedLines, &well);
  if (!well || !fingerprint) return std::nullopt;
  if (credential.type == CredentialType::kTranscript) {
    for (const char byte : *fingerprint)
      credential.fingerprint += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  }
  for (uint64_t i = 0; i < count && well; ++i) {
    CredentialLine line;
    line.date = DateOf(reader.Number(kLastDay, &well));
    line.minutes = static_cast<uint32_t>(reader.Number(kMostMinutes, &well));
    credential.lines.push_back(std::move(line));
  }
  if (!well || !reader.empty()) return std::nullopt;
  return credential;
}

}  // namespace

std::string FingerprintOf(const std::vector<CredentialLine>& lines) {
  std::string text;
  for (const CredentialLine& line : lines) {
    for (const std::string* word : {&line.date, &line.title, &line.provider, &line.state}) {
      PutVarint(word->size(), &text);
      text += *word;
    }
    PutVarint(line.minutes, &text);
  }
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  std::string hex;
  for (size_t i = 0; i < kFingerprintBytes; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

absl::StatusOr<std::string> IssueCode(const Credential& credential, const SignStatement& sign) {
  const absl::StatusOr<std::string> statement = StatementOf(credential);
  if (!statement.ok()) return statement.status();
  const std::string signature = sign(std::string(kSignedAs) + *statement);
  if (signature.empty()) return absl::InternalError("the district's key could not sign");
  std::string bytes(1, kVersion);
  PutVarint(statement->size(), &bytes);
  bytes += *statement;
  bytes += signature;
  bytes += ChecksumOf(bytes);
  return Grouped(EncodeBase32(bytes), kGroup);
}

absl::StatusOr<Credential> VerifyCode(std::string_view code, std::string_view authority_pem) {
  const absl::Status mistyped = absl::InvalidArgumentError(
      "The code is not whole or was mistyped; compare it group by group, or read the QR beside it");
  constexpr size_t kLongestCode = 8192;
  if (code.size() > kLongestCode) return mistyped;
  std::string plain;
  for (const char c : code) {
    if (c != '\n' && c != '\r' && c != '\t') plain.push_back(c);
  }
  const std::optional<std::string> bytes = DecodeBase32(plain);
  if (!bytes || bytes->size() < 4) return mistyped;
  const std::string_view whole(*bytes);
  const std::string_view body = whole.substr(0, whole.size() - 2);
  if (ChecksumOf(body) != whole.substr(body.size())) return mistyped;
  if (body.front() != kVersion) {
    return absl::InvalidArgumentError("The code is of a newer kind; check it with a newer program");
  }
  Reader reader(body.substr(1));
  const std::optional<uint64_t> size = reader.Varint();
  const std::optional<std::string> statement = size ? reader.Bytes(*size) : std::nullopt;
  if (!statement) return mistyped;
  const absl::Status good = CheckSignature(authority_pem, std::string(kSignedAs) + *statement, reader.rest());
  if (!good.ok()) {
    return absl::PermissionDeniedError(
        "The code was not issued by this district: it is another's, or somebody made it up");
  }
  std::optional<Credential> credential = CredentialIn(*statement);
  if (!credential) return mistyped;
  return *std::move(credential);
}

std::string DurationText(uint32_t minutes) {
  if (minutes % 60 == 0) return fmt::format("{} h", minutes / 60);
  if (minutes < 60) return fmt::format("{} min", minutes);
  return fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

}  // namespace trellis
