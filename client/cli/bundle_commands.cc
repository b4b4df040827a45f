// bundle: export, import.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "client/cli/command_line.h"
#include "client/cli/printer.h"
#include "trellis/sync/v1/bundle.grpc.pb.h"

namespace trellis {
namespace {

using sync::v1::BundleService;

constexpr std::chrono::minutes kTransferTimeout{10};
constexpr size_t kPartBytes = 256 * 1024;

struct BundleFlags {
  std::string file;
  std::string receipt;
};

// Whole or not at all: what is cut off on its way to a stick is worth nothing.
absl::Status WriteWhole(const std::string& path, const std::string& bytes) {
  const std::string partial = path + ".partial";
  std::error_code error;
  {
    std::ofstream file(partial, std::ios::binary | std::ios::trunc);
    file << bytes;
    file.flush();
    if (!file) {
      std::filesystem::remove(partial, error);
      return absl::FailedPreconditionError(
          fmt::format("{} cannot be written: is the disk full, or write-protected?", path));
    }
  }
  std::filesystem::rename(partial, path, error);
  if (error)
    return absl::FailedPreconditionError(fmt::format("{} cannot be written: {}", path, error.message()));
  return absl::OkStatus();
}

template <typename Summary>
void PrintSummary(CommandLine& line, const Summary& summary, const std::string& sentence) {
  if (line.json()) {
    line.out() << ToJson(summary) << '\n';
  } else {
    line.out() << sentence << '\n';
  }
}

absl::Status Export(CommandLine& line, const BundleFlags& flags) {
  const auto connection = line.Connect();
  if (!connection.ok()) return connection.status();
  const auto stub = BundleService::NewStub((*connection)->channel());
  const auto context = (*connection)->NewContext(kTransferTimeout);
  const auto stream = stub->ExportBundle(context.get(), sync::v1::ExportBundleRequest());
  sync::v1::ExportBundleResponse part;
  sync::v1::ExportedBundle summary;
  std::string file;
  while (stream->Read(&part)) {
    if (part.has_summary()) summary = part.summary();
    file += part.data();
  }
  if (const grpc::Status status = stream->Finish(); !status.ok()) return FromGrpcStatus(status);
  if (absl::Status written = WriteWhole(flags.file, file); !written.ok()) return written;
  PrintSummary(
      line, summary,
      fmt::format("{} records in {} ({} bytes), sealed for the district. Import it at the server, and its "
                  "receipt here.{}",
                  summary.records(), flags.file, file.size(),
                  summary.more() ? " It is full: there is more for a next one, after the receipt." : ""));
  return absl::OkStatus();
}

std::string SentenceOf(const sync::v1::ImportedBundle& summary, const std::string& receipt) {
  std::string sentence =
      fmt::format("{} records came, {} of them new here", summary.records(), summary.changed());
  if (summary.set_aside() > 0) sentence += fmt::format(", {} are in quarantine", summary.set_aside());
  if (receipt.empty()) {
    sentence += fmt::format(". The district has stored {} part(s) of the bundle", summary.acknowledged());
    if (summary.set_aside_at_district() > 0)
      sentence += fmt::format(" and keeps {} record(s) in quarantine", summary.set_aside_at_district());
    return sentence + ".";
  }
  sentence += fmt::format(". The receipt for site {} is in {}, with {} records; import it there.",
                          summary.site(), receipt, summary.records_down());
  if (summary.more_down()) sentence += " There is more for the next.";
  return sentence;
}

absl::Status Import(CommandLine& line, const BundleFlags& flags) {
  const absl::StatusOr<std::string> file = ReadInput(flags.file);
  if (!file.ok()) return file.status();
  const auto connection = line.Connect();
  if (!connection.ok()) return connection.status();
  const auto stub = BundleService::NewStub((*connection)->channel());
  const auto context = (*connection)->NewContext(kTransferTimeout);
  const auto stream = stub->ImportBundle(context.get());
  sync::v1::ImportBundleRequest request;
  for (size_t at = 0; at < file->size(); at += kPartBytes) {
    request.set_data(file->substr(at, kPartBytes));
    if (!stream->Write(request)) break;  // a call that ended says why at Finish
  }
  stream->WritesDone();
  sync::v1::ImportBundleResponse part;
  sync::v1::ImportedBundle summary;
  std::string receipt;
  while (stream->Read(&part)) {
    if (part.has_summary()) summary = part.summary();
    receipt += part.data();
  }
  if (const grpc::Status status = stream->Finish(); !status.ok()) return FromGrpcStatus(status);
  std::string receipt_file;
  if (!receipt.empty()) {
    receipt_file = !flags.receipt.empty() ? flags.receipt : flags.file + ".receipt";
    if (absl::Status written = WriteWhole(receipt_file, receipt); !written.ok()) return written;
  }
  PrintSummary(line, summary, SentenceOf(summary, receipt_file));
  if (!line.json()) {
    for (const std::string& notice : summary.notices()) line.out() << "! " << notice << '\n';
  }
  return absl::OkStatus();
}

}  // namespace

void AddBundleCommands(CLI::App& app, CommandLine& line) {
  CLI::App* bundle = app.add_subcommand("bundle", "Sync without a link: a sealed file, carried by hand");
  bundle->require_subcommand(1);
  const auto flags = std::make_shared<BundleFlags>();
  CLI::App* make = bundle->add_subcommand("export", "At a site: what the district has not acknowledged yet");
  make->add_option("FILE", flags->file)->required();
  make->callback(line.Command([&line, flags] { return Export(line, *flags); }));
  CLI::App* take = bundle->add_subcommand("import", "At the server: a site's bundle; at a site: its receipt");
  take->add_option("FILE", flags->file, "the file, - for standard input")->required();
  take->add_option("--receipt", flags->receipt, "where the receipt goes (default: FILE.receipt)");
  take->callback(line.Command([&line, flags] { return Import(line, *flags); }));
}

}  // namespace trellis
