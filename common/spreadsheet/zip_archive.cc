#include "common/spreadsheet/zip_archive.h"

#include <fmt/format.h>
#include <zip.h>

#include <memory>

#include "common/spreadsheet/bounds.h"

namespace trellis {
namespace {

struct DiscardZip {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct CloseZipFile {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
struct FreeSource {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};

// 1 January 1980, the first a zip archive knows.
constexpr time_t kFixedTime = 315532800;

absl::Status Damaged(std::string_view what) {
  return absl::InvalidArgumentError(
      fmt::format("The zip archive is damaged ({}); get it again, or unpack it and give the folder", what));
}

absl::Status TooLarge() {
  return absl::InvalidArgumentError("The zip archive is too large once unpacked; import it in parts");
}

absl::StatusOr<std::string> ReadEntry(zip_t* archive, zip_uint64_t index, const std::string& name,
                                      uint64_t* unpacked) {
  const std::unique_ptr<zip_file_t, CloseZipFile> file(zip_fopen_index(archive, index, 0));
  if (file == nullptr) {
    const int code = zip_error_code_zip(zip_get_error(archive));
    if (code == ZIP_ER_NOPASSWD || code == ZIP_ER_ENCRNOTSUPP) {
      return absl::InvalidArgumentError("The zip archive is encrypted; unpack it and give the folder");
    }
    return Damaged(name);
  }
  std::string bytes;
  std::string buffer(65536, '\0');
  for (;;) {
    const zip_int64_t got = zip_fread(file.get(), buffer.data(), buffer.size());
    if (got < 0) return Damaged(name);
    if (got == 0) return bytes;
    bytes.append(buffer.data(), static_cast<size_t>(got));
    *unpacked += static_cast<uint64_t>(got);
    if (bytes.size() > kLargestPartBytes || *unpacked > kLargestUnpackedBytes) return TooLarge();
  }
}

}  // namespace

bool LooksLikeZip(std::string_view bytes) {
  return bytes.starts_with("PK\x03\x04") || bytes.starts_with("PK\x05\x06");
}

absl::StatusOr<std::map<std::string, std::string>> ReadZip(std::string_view bytes) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  if (source == nullptr) return Damaged("no archive");
  const std::unique_ptr<zip_t, DiscardZip> archive(zip_open_from_source(source, ZIP_RDONLY, &error));
  if (archive == nullptr) {
    zip_source_free(source);
    return Damaged("no archive");
  }
  const zip_int64_t entries = zip_get_num_entries(archive.get(), 0);
  if (entries > kMostParts) return TooLarge();
  std::map<std::string, std::string> files;
  uint64_t unpacked = 0;
  for (zip_int64_t i = 0; i < entries; ++i) {
    const auto index = static_cast<zip_uint64_t>(i);
    const char* name = zip_get_name(archive.get(), index, 0);
    if (name == nullptr) return Damaged("a name");
    if (std::string_view(name).ends_with('/')) continue;
    absl::StatusOr<std::string> content = ReadEntry(archive.get(), index, name, &unpacked);
    if (!content.ok()) return content.status();
    files.emplace(name, *std::move(content));
  }
  return files;
}

absl::StatusOr<std::string> WriteZip(const std::map<std::string, std::string>& files) {
  zip_error_t error;
  zip_error_init(&error);
  const std::unique_ptr<zip_source_t, FreeSource> target(zip_source_buffer_create(nullptr, 0, 0, &error));
  if (target == nullptr) return absl::InternalError("the zip archive could not be made");
  zip_source_keep(target.get());  // the archive takes one reference; this one reads the bytes back
  zip_t* archive = zip_open_from_source(target.get(), ZIP_TRUNCATE, &error);
  if (archive == nullptr) return absl::InternalError("the zip archive could not be made");
  for (const auto& [name, content] : files) {
    zip_source_t* entry = zip_source_buffer(archive, content.data(), content.size(), 0);
    const zip_int64_t index =
        entry == nullptr ? -1 : zip_file_add(archive, name.c_str(), entry, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
      zip_source_free(entry);
      zip_discard(archive);
      return absl::InternalError(fmt::format("{} could not be put into the zip archive", name));
    }
    zip_file_set_mtime(archive, static_cast<zip_uint64_t>(index), kFixedTime, 0);
  }
  if (zip_close(archive) != 0) {
    zip_discard(archive);
    return absl::InternalError("the zip archive could not be written");
  }
  if (zip_source_open(target.get()) != 0)
    return absl::InternalError("the zip archive could not be read back");
  zip_stat_t stat;
  zip_source_stat(target.get(), &stat);
  std::string bytes(static_cast<size_t>(stat.size), '\0');
  zip_source_read(target.get(), bytes.data(), bytes.size());
  zip_source_close(target.get());
  return bytes;
}

}  // namespace trellis
