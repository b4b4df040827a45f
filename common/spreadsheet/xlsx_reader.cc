#include "common/spreadsheet/xlsx_reader.h"

#include <fmt/format.h>
#include <zip.h>

#include <charconv>
#include <map>
#include <memory>
#include <pugixml.hpp>

#include "common/spreadsheet/bounds.h"
#include "common/spreadsheet/cell_text.h"
#include "common/spreadsheet/xlsx_parts.h"

namespace trellis {
namespace {

absl::Status Damaged(std::string_view what) {
  return absl::InvalidArgumentError(
      fmt::format("The workbook is damaged ({}); open it, save it as XLSX and try again", what));
}

absl::Status TooLarge() {
  return absl::InvalidArgumentError("The workbook is too large once unpacked; import it in parts");
}

struct DiscardZip {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct CloseZipFile {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};

// The parts of the package. What a part says of its own size is not believed.
class Package {
 public:
  static absl::StatusOr<Package> Open(std::string_view bytes) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
    if (source == nullptr) return Damaged("no archive");
    zip_t* archive = zip_open_from_source(source, ZIP_RDONLY, &error);
    if (archive == nullptr) {
      zip_source_free(source);
      return Damaged("no archive");
    }
    Package package(archive);
    if (zip_get_num_entries(archive, 0) > kMostParts) return TooLarge();
    return package;
  }

  // NOT_FOUND if the package has no such part.
  absl::StatusOr<std::string> Read(const std::string& name) {
    const std::unique_ptr<zip_file_t, CloseZipFile> file(
        zip_fopen(archive_.get(), name.c_str(), ZIP_FL_NOCASE));
    if (file == nullptr) {
      const int code = zip_error_code_zip(zip_get_error(archive_.get()));
      if (code == ZIP_ER_NOENT) return absl::NotFoundError(fmt::format("no part {}", name));
      if (code == ZIP_ER_NOPASSWD || code == ZIP_ER_ENCRNOTSUPP) {
        return absl::InvalidArgumentError("The workbook is encrypted; save it without a password");
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
      unpacked_ += static_cast<uint64_t>(got);
      if (bytes.size() > kLargestPartBytes || unpacked_ > kLargestUnpackedBytes) return TooLarge();
    }
  }

  absl::Status Parse(const std::string& name, pugi::xml_document* part) {
    absl::StatusOr<std::string> bytes = Read(name);
    if (!bytes.ok()) return bytes.status();
    if (!part->load_buffer(bytes->data(), bytes->size(),
                           pugi::parse_default | pugi::parse_ws_pcdata_single)) {
      return Damaged(name);
    }
    return absl::OkStatus();
  }

 private:
  explicit Package(zip_t* archive) : archive_(archive) {}

  std::unique_ptr<zip_t, DiscardZip> archive_;
  uint64_t unpacked_ = 0;
};

// Column of a cell's name, `BC7` -> 54; `otherwise` where the name has none.
size_t ColumnOf(std::string_view name, size_t otherwise) {
  size_t column = 0;
  for (const char c : name) {
    if (c < 'A' || c > 'Z' || column > kMostColumns) break;
    column = column * 26 + static_cast<size_t>(c - 'A') + 1;
  }
  return column == 0 ? otherwise : column - 1;
}

class SheetReader {
 public:
  SheetReader(const std::vector<std::string>& strings, const std::vector<bool>& dates, bool from_1904,
              size_t* cells)
      : strings_(strings), dates_(dates), from_1904_(from_1904), cells_(cells) {}

  absl::Status Read(const pugi::xml_document& part, Sheet* sheet) {
    for (const pugi::xml_node& row : part.child("worksheet").child("sheetData").children("row")) {
      const size_t number = row.attribute("r").as_ullong(sheet->rows.size() + 1);
      if (number > kMostRows || number == 0) return Damaged(fmt::format("sheet {}", sheet->name));
      if (sheet->rows.size() < number) sheet->rows.resize(number);
      if (absl::Status status = ReadRow(row, &sheet->rows[number - 1]); !status.ok()) return status;
    }
    while (!sheet->rows.empty() && sheet->rows.back().empty()) sheet->rows.pop_back();
    return absl::OkStatus();
  }

 private:
  absl::Status ReadRow(const pugi::xml_node& row, std::vector<std::string>* texts) {
    size_t column = 0;
    for (const pugi::xml_node& cell : row.children("c")) {
      column = ColumnOf(cell.attribute("r").as_string(), column);
      if (column >= kMostColumns || ++*cells_ > kMostCells) return TooLarge();
      absl::StatusOr<std::string> text = Text(cell);
      if (!text.ok()) return text.status();
      if (!text->empty()) {
        if (texts->size() <= column) texts->resize(column + 1);
        (*texts)[column] = *std::move(text);
      }
      ++column;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Text(const pugi::xml_node& cell) const {
    const std::string_view type = cell.attribute("t").as_string("n");
    if (type == "inlineStr") return RichText(cell.child("is"));
    const std::string value = cell.child("v").text().get();
    if (value.empty() || type == "e") return std::string();
    if (type == "b") return std::string(value == "0" ? "FALSE" : "TRUE");
    if (type == "s") {
      size_t index = strings_.size();
      std::from_chars(value.data(), value.data() + value.size(), index);
      if (index >= strings_.size()) return Damaged("a text that is not there");
      return strings_[index];
    }
    double number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (type != "n" || error != std::errc() || end != value.data() + value.size()) return value;
    const size_t format = cell.attribute("s").as_ullong();
    if (format < dates_.size() && dates_[format]) return DateText(number, from_1904_);
    return NumberText(number);
  }

  const std::vector<std::string>& strings_;
  const std::vector<bool>& dates_;
  const bool from_1904_;
  size_t* const cells_;
};

// Names of parts are relative to the folder of the part that refers to them.
std::string PartName(std::string_view target) {
  return target.starts_with('/') ? std::string(target.substr(1)) : "xl/" + std::string(target);
}

absl::StatusOr<std::map<std::string, std::string>> SheetParts(Package* package) {
  pugi::xml_document relations;
  if (absl::Status status = package->Parse("xl/_rels/workbook.xml.rels", &relations); !status.ok()) {
    return absl::IsNotFound(status) ? Damaged("it is no workbook") : status;
  }
  std::map<std::string, std::string> parts;
  for (const pugi::xml_node& relation : relations.child("Relationships").children("Relationship")) {
    parts[relation.attribute("Id").as_string()] = PartName(relation.attribute("Target").as_string());
  }
  return parts;
}

// Parts a package may do without.
absl::Status ParseIfThere(Package* package, const std::string& name, pugi::xml_document* part) {
  const absl::Status status = package->Parse(name, part);
  return absl::IsNotFound(status) ? absl::OkStatus() : status;
}

}  // namespace

absl::StatusOr<Workbook> ReadXlsx(std::string_view bytes) {
  absl::StatusOr<Package> package = Package::Open(bytes);
  if (!package.ok()) return package.status();
  const absl::StatusOr<std::map<std::string, std::string>> parts = SheetParts(&*package);
  if (!parts.ok()) return parts.status();
  pugi::xml_document book, shared, styles;
  if (absl::Status status = package->Parse("xl/workbook.xml", &book); !status.ok())
    return Damaged("xl/workbook.xml");
  for (const auto& [name, part] :
       {std::pair{"xl/sharedStrings.xml", &shared}, std::pair{"xl/styles.xml", &styles}}) {
    if (absl::Status status = ParseIfThere(&*package, name, part); !status.ok()) return status;
  }
  const std::vector<std::string> strings = SharedStrings(shared);
  const std::vector<bool> dates = DateFormats(styles);
  const pugi::xml_node root = book.child("workbook");
  size_t cells = 0;
  SheetReader reader(strings, dates, root.child("workbookPr").attribute("date1904").as_bool(), &cells);
  Workbook workbook;
  for (const pugi::xml_node& entry : root.child("sheets").children("sheet")) {
    const auto part = parts->find(entry.attribute("r:id").as_string());
    if (part == parts->end()) return Damaged("a sheet is missing");
    pugi::xml_document content;
    if (absl::Status status = package->Parse(part->second, &content); !status.ok()) {
      return absl::IsNotFound(status) ? Damaged("a sheet is missing") : status;
    }
    Sheet sheet{entry.attribute("name").as_string(), {}};
    if (absl::Status status = reader.Read(content, &sheet); !status.ok()) return status;
    workbook.sheets.push_back(std::move(sheet));
  }
  return workbook;
}

}  // namespace trellis
