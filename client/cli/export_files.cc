#include "client/cli/export_files.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "common/spreadsheet/zip_archive.h"
#include "trellis/domain/v1/organization.pb.h"
#include "trellis/records/v1/records.grpc.pb.h"

namespace trellis {
namespace {

using records::v1::Record;
using records::v1::RecordsService;

constexpr int kPageRecords = 1000;

// Whether a scope is only not there at this end, or not for the caller.
bool IsElsewhere(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsNotFound(status) || absl::IsPermissionDenied(status);
}

}  // namespace

absl::StatusOr<std::vector<Record>> ListAll(CommandLine& line, const std::string& kind,
                                            const std::string& scope, const std::string& filter) {
  records::v1::ListRecordsRequest request;
  request.set_kind(kind);
  request.set_scope(scope);
  request.set_filter(filter);
  request.set_page_size(kPageRecords);
  std::vector<Record> all;
  do {
    auto response = line.Call<RecordsService>(&RecordsService::Stub::ListRecords, request);
    if (!response.ok()) return response.status();
    for (auto& record : *response->mutable_records()) all.push_back(std::move(record));
    request.set_page_token(response->next_page_token());
  } while (!request.page_token().empty());
  return all;
}

absl::StatusOr<std::vector<Record>> ListEverywhere(CommandLine& line, const std::string& kind,
                                                   const ExportFlags& flags, const std::string& filter) {
  std::vector<Record> all;
  std::set<std::pair<std::string, std::string>> seen;
  const auto add = [&](std::vector<Record>* records) {
    for (Record& record : *records) {
      if (seen.emplace(record.scope(), record.id()).second) all.push_back(std::move(record));
    }
  };
  auto first = ListAll(line, kind, "", filter);
  if (!first.ok() && !absl::IsInvalidArgument(first.status())) return first.status();
  if (first.ok()) add(&*first);
  if (!flags.scope.empty()) {
    auto there = ListAll(line, kind, flags.scope, filter);
    if (!there.ok() && !(first.ok() && absl::IsInvalidArgument(there.status()))) return there.status();
    if (there.ok()) add(&*there);
    return all;
  }
  const auto organizations = ListAll(line, "EducationOrganization", "", "");
  if (!organizations.ok()) return organizations.status();
  std::set<std::string> sites;
  for (const Record& record : *organizations) {
    domain::v1::EducationOrganization organization;
    if (record.data().UnpackTo(&organization) && !organization.site().empty())
      sites.insert(organization.site());
  }
  bool any = first.ok();
  absl::Status last = first.status();
  for (const std::string& site : sites) {
    auto there = ListAll(line, kind, site, filter);
    if (there.ok()) {
      add(&*there);
      any = true;
    } else if (!IsElsewhere(there.status())) {
      return there.status();
    } else {
      last = there.status();
    }
  }
  if (!any && !sites.empty()) return last;
  if (!any) return first.status();
  return all;
}

absl::Status WriteWhole(const std::string& path, const std::string& bytes) {
  const std::string beside = path + ".part";
  std::ofstream file(beside, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(beside, path, error);
  if (!file || error) {
    std::filesystem::remove(beside, error);
    return absl::FailedPreconditionError(
        fmt::format("cannot write {}; choose a folder you may write to", path));
  }
  return absl::OkStatus();
}

absl::Status WriteFiles(const std::string& path, const std::map<std::string, std::string>& files) {
  if (std::filesystem::path(path).extension() == ".zip") {
    const absl::StatusOr<std::string> archive = WriteZip(files);
    if (!archive.ok()) return archive.status();
    return WriteWhole(path, *archive);
  }
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return absl::FailedPreconditionError(fmt::format("cannot make the folder {}", path));
  for (const auto& [name, bytes] : files) {
    if (absl::Status status = WriteWhole((std::filesystem::path(path) / name).string(), bytes);
        !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace trellis
