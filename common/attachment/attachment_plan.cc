#include "common/attachment/attachment_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace trellis {
namespace {

constexpr size_t kMostNameBytes = 200;
constexpr size_t kMostTypeBytes = 100;
constexpr char kUnknownType[] = "application/octet-stream";

// U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069: they make gpj.exe of exe.jpg.
bool TurnsDirection(std::string_view text) {
  for (size_t i = 0; i + 2 < text.size(); ++i) {
    if (text[i] != '\xE2') continue;
    const auto second = static_cast<uint8_t>(text[i + 1]);
    const auto third = static_cast<uint8_t>(text[i + 2]);
    if (second == 0x80 && (third == 0x8E || third == 0x8F || (third >= 0xAA && third <= 0xAE))) return true;
    if (second == 0x81 && third >= 0xA6 && third <= 0xA9) return true;
  }
  return false;
}

bool IsControl(char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7F; }

std::string ProblemOfName(const std::string& name) {
  if (name.empty()) return "is missing: a file needs a name";
  if (name.size() > kMostNameBytes) return fmt::format("is longer than {} bytes; shorten it", kMostNameBytes);
  if (name.find_first_of("/\\") != std::string::npos || name == "." || name == "..") {
    return "is a path; give the name alone, such as photo.jpg";
  }
  if (std::any_of(name.begin(), name.end(), IsControl) || TurnsDirection(name)) {
    return "holds characters that cannot be seen; rename the file";
  }
  return "";
}

std::string ProblemOfType(const std::string& type) {
  const bool plain = std::all_of(type.begin(), type.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::strchr("/.+-_", c) != nullptr;
  });
  const bool halves =
      std::count(type.begin(), type.end(), '/') == 1 && type.front() != '/' && type.back() != '/';
  if (plain && halves && type.size() <= kMostTypeBytes) return "";
  return "is no media type; give one such as image/jpeg, or leave it out";
}

std::string ProblemOfSize(int64_t bytes) {
  if (bytes == 0) return "is 0: an empty file is no evidence";
  if (bytes < 0) return "is negative";
  if (bytes <= kLargestFileBytes) return "";
  return fmt::format("is {} bytes; files to {} MB are taken: make it smaller, or attach it in pieces", bytes,
                     kLargestFileBytes / 1'000'000);
}

void AppendFramed(std::string* out, const std::string& text) {
  out->append(text);
  out->push_back('\0');
}

}  // namespace

std::vector<FieldViolation> FindViolations(const FileOffer& offer) {
  std::vector<FieldViolation> found;
  const auto note = [&found](const char* field, std::string problem) {
    if (!problem.empty()) found.push_back({field, std::move(problem)});
  };
  note("fileName", ProblemOfName(offer.file_name));
  if (!offer.media_type.empty()) note("mediaType", ProblemOfType(offer.media_type));
  const std::string size = ProblemOfSize(offer.size_bytes);
  note("sizeBytes", size);
  if (offer.sha256.size() != sizeof(Sha256)) note("sha256", "is not 32 bytes");
  if (size.empty() && offer.part_sha256.size() != PartCount(offer.size_bytes) * sizeof(Sha256)) {
    note("partSha256", fmt::format("is not 32 bytes for each of {} parts", PartCount(offer.size_bytes)));
  }
  return found;
}

std::vector<Sha256> PartHashesOf(const FileOffer& offer) {
  std::vector<Sha256> hashes;
  for (size_t at = 0; at < offer.part_sha256.size(); at += sizeof(Sha256)) {
    hashes.push_back(Sha256FromBytes(std::string_view(offer.part_sha256).substr(at)));
  }
  return hashes;
}

domain::v1::Attachment AttachmentOf(const FileOffer& offer, uint32_t generation) {
  domain::v1::Attachment attachment;
  attachment.set_file_name(offer.file_name);
  attachment.set_media_type(offer.media_type.empty() ? kUnknownType : offer.media_type);
  attachment.set_size_bytes(static_cast<uint32_t>(offer.size_bytes));
  attachment.set_sha256(ToHex(Sha256FromBytes(offer.sha256)));
  for (const Sha256& part : PartHashesOf(offer)) {
    attachment.mutable_part_ids()->append(PartId(generation, part).view());
  }
  attachment.set_title(offer.title);
  attachment.set_person(offer.person);
  attachment.set_taken_date(offer.taken_date);
  attachment.set_generation(generation);
  return attachment;
}

RecordId AttachmentId(uint32_t attempt, const std::string& scope, const std::string& about,
                      const FileOffer& offer) {
  std::string input = "trellis attachment";
  for (int shift = 0; shift < 32; shift += 8) input.push_back(static_cast<char>(attempt >> shift));
  AppendFramed(&input, scope);
  AppendFramed(&input, about);
  AppendFramed(&input, offer.file_name);
  input.append(offer.sha256);
  const Sha256 hash = Sha256Of(input);
  return RecordId::FromBytes({reinterpret_cast<const char*>(hash.data()), 16});
}

std::vector<RecordId> PartIdsOf(const domain::v1::Attachment& attachment) {
  std::vector<RecordId> ids;
  const std::string& bytes = attachment.part_ids();
  if (bytes.size() != 16 * PartCount(attachment.size_bytes()) ||
      attachment.size_bytes() > kLargestFileBytes) {
    return ids;
  }
  for (size_t at = 0; at < bytes.size(); at += 16) {
    ids.push_back(RecordId::FromBytes(std::string_view(bytes).substr(at, 16)));
  }
  return ids;
}

}  // namespace trellis
