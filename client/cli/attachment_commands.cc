#include "client/cli/attachment_commands.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <map>

#include "client/cli/command_line.h"
#include "client/cli/printer.h"
#include "common/attachment/attachment_part.h"
#include "trellis/records/v1/attachments.grpc.pb.h"

namespace trellis {
namespace {

using records::v1::Attachment;
using records::v1::AttachmentsService;
using records::v1::CreateAttachmentRequest;

struct AttachFlags {
  std::string path;
  CreateAttachmentRequest request;
};

struct NameFlags {
  records::v1::AttachmentName name;
  std::string to;
};

std::string PlaceIn(const Attachment& attachment) {
  if (attachment.parts_erased() > 0) {
    return fmt::format("{} of {} parts erased: attach it again", attachment.parts_erased(),
                       attachment.parts());
  }
  if (attachment.parts_here() == attachment.parts()) return "all here";
  return fmt::format("{} of {} parts here", attachment.parts_here(), attachment.parts());
}

std::string SizeText(int64_t bytes) {
  if (bytes < 1'000'000) return fmt::format("{} kB", (bytes + 999) / 1000);
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

// Of the endings evidence mostly has; what the file really is, nobody checks.
std::string TypeOf(const std::filesystem::path& path) {
  static const std::map<std::string, std::string> types = {
      {".jpg", "image/jpeg"}, {".jpeg", "image/jpeg"},     {".png", "image/png"},  {".heic", "image/heic"},
      {".gif", "image/gif"},  {".pdf", "application/pdf"}, {".txt", "text/plain"}, {".csv", "text/csv"}};
  std::string ending = path.extension();
  for (char& c : ending) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  const auto known = types.find(ending);
  return known == types.end() ? "" : known->second;
}

absl::Status CannotRead(const std::string& path) {
  return absl::FailedPreconditionError(fmt::format("cannot read {}", path));
}

absl::Status TooLarge(const std::string& path, uintmax_t bytes) {
  return absl::InvalidArgumentError(
      fmt::format("{} has {}; files to {} MB are taken: make it smaller, or attach it in pieces", path,
                  SizeText(static_cast<int64_t>(bytes)), kLargestFileBytes / 1'000'000));
}

// What the file is, read once from end to end.
absl::Status Announce(const std::string& path, CreateAttachmentRequest* request) {
  std::error_code error;
  const uintmax_t bytes = std::filesystem::file_size(path, error);
  if (error) return CannotRead(path);
  if (bytes == 0) return absl::InvalidArgumentError(fmt::format("{} is empty: that is no evidence", path));
  if (bytes > static_cast<uintmax_t>(kLargestFileBytes)) return TooLarge(path, bytes);
  std::ifstream file(path, std::ios::binary);
  Sha256Sum sum;
  int64_t size = 0;
  for (std::string part(kPartBytes, '\0');;) {
    file.read(part.data(), static_cast<std::streamsize>(part.size()));
    const std::string_view read(part.data(), static_cast<size_t>(file.gcount()));
    if (read.empty()) break;
    sum.Add(read);
    const Sha256 hash = Sha256Of(read);
    request->mutable_part_sha256()->append(reinterpret_cast<const char*>(hash.data()), hash.size());
    size += static_cast<int64_t>(read.size());
  }
  if (file.bad() || size == 0) return CannotRead(path);
  const Sha256 whole = sum.Finish();
  request->set_sha256(std::string(reinterpret_cast<const char*>(whole.data()), whole.size()));
  request->set_size_bytes(size);
  request->set_file_name(std::filesystem::path(path).filename());
  if (request->media_type().empty()) request->set_media_type(TypeOf(path));
  return absl::OkStatus();
}

absl::StatusOr<Attachment> Send(CommandLine& line, const std::string& path,
                                const records::v1::CreateAttachmentResponse& made) {
  const auto connection = line.Connect();
  if (!connection.ok()) return connection.status();
  const auto stub = AttachmentsService::NewStub((*connection)->channel());
  const auto context = (*connection)->NewContext(std::chrono::milliseconds(0));
  records::v1::UploadAttachmentResponse response;
  const auto writer = stub->UploadAttachment(context.get(), &response);
  records::v1::UploadAttachmentRequest message;
  message.mutable_name()->set_id(made.attachment().id());
  message.mutable_name()->set_scope(made.attachment().scope());
  bool taken = writer->Write(message);
  std::ifstream file(path, std::ios::binary);
  std::string data(kPartBytes, '\0');
  for (const int32_t part : made.missing()) {
    if (!taken) break;
    file.clear();
    file.seekg(static_cast<std::streamoff>(part) * static_cast<std::streamoff>(kPartBytes));
    file.read(data.data(), static_cast<std::streamsize>(data.size()));
    message.mutable_part()->set_part(part);
    message.mutable_part()->set_data(data.data(), static_cast<size_t>(file.gcount()));
    taken = writer->Write(message);
  }
  writer->WritesDone();
  const grpc::Status status = writer->Finish();
  if (status.ok()) return response.attachment();
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE) {
    line.err() << "what was sent is kept: run the same command again, and only the rest is sent\n";
  }
  return FromGrpcStatus(status);
}

absl::Status Attach(CommandLine& line, AttachFlags* flags) {
  if (absl::Status status = Announce(flags->path, &flags->request); !status.ok()) return status;
  const auto made =
      line.Call<AttachmentsService>(&AttachmentsService::Stub::CreateAttachment, flags->request);
  if (!made.ok()) return made.status();
  Attachment attachment = made->attachment();
  if (made->missing_size() > 0) {
    line.err() << fmt::format("{}: sending {} of {} parts\n", attachment.file_name(), made->missing_size(),
                              attachment.parts());
    const absl::StatusOr<Attachment> sent = Send(line, flags->path, *made);
    if (!sent.ok()) return sent.status();
    attachment = *sent;
  }
  if (line.json()) {
    line.out() << ToJson(attachment) << '\n';
  } else {
    line.out() << fmt::format("{}  {}  {}, {}\n", attachment.id(), attachment.file_name(),
                              SizeText(attachment.size_bytes()), PlaceIn(attachment));
  }
  return absl::OkStatus();
}

absl::Status List(CommandLine& line, const records::v1::ListAttachmentsRequest& request) {
  const auto response = line.Call<AttachmentsService>(&AttachmentsService::Stub::ListAttachments, request);
  if (!response.ok()) return response.status();
  TextTable table({"ID", "FILE", "TYPE", "SIZE", "HERE", "BY", "TITLE"});
  for (const Attachment& attachment : response->attachments()) {
    if (line.json()) line.out() << ToJson(attachment) << '\n';
    table.Add({attachment.id(), attachment.file_name(), attachment.media_type(),
               SizeText(attachment.size_bytes()), PlaceIn(attachment), attachment.created_by(),
               attachment.title()});
  }
  if (!line.json() && !table.empty()) table.Print(line.out());
  if (response->not_here() > 0) {
    line.err() << fmt::format("{} more are named by the record and have not come yet, or are not for you\n",
                              response->not_here());
  }
  return absl::OkStatus();
}

// Where the file is to stand: never in another folder than asked for, whatever its name says.
std::filesystem::path Target(const std::string& to, const std::string& file_name) {
  std::filesystem::path name = std::filesystem::path(file_name).filename();
  if (to.empty()) return name;
  return std::filesystem::is_directory(to) ? std::filesystem::path(to) / name : std::filesystem::path(to);
}

absl::StatusOr<std::string> HashOfFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  Sha256Sum sum;
  std::string data(kPartBytes, '\0');
  while (file.read(data.data(), static_cast<std::streamsize>(data.size())), file.gcount() > 0) {
    sum.Add(std::string_view(data).substr(0, static_cast<size_t>(file.gcount())));
  }
  if (file.bad()) return CannotRead(path);
  const Sha256 hash = sum.Finish();
  return std::string(reinterpret_cast<const char*>(hash.data()), hash.size());
}

// Into `beside`, from where an earlier call stopped.
absl::Status Fetch(CommandLine& line, const records::v1::AttachmentName& name, const Attachment& attachment,
                   const std::filesystem::path& beside) {
  const auto part_bytes = static_cast<uintmax_t>(std::max(attachment.part_bytes(), 1));
  std::error_code error;
  const uintmax_t had = std::filesystem::file_size(beside, error);
  const uintmax_t first =
      error ? 0 : std::min<uintmax_t>(had / part_bytes, static_cast<uintmax_t>(attachment.parts()));
  if (first > 0) std::filesystem::resize_file(beside, first * part_bytes, error);
  std::ofstream file(beside, std::ios::binary | (first > 0 ? std::ios::app : std::ios::trunc));
  if (!file) {
    return absl::FailedPreconditionError(
        fmt::format("cannot write {}; choose a folder you may write to", beside.string()));
  }
  const auto connection = line.Connect();
  if (!connection.ok()) return connection.status();
  const auto stub = AttachmentsService::NewStub((*connection)->channel());
  const auto context = (*connection)->NewContext(std::chrono::milliseconds(0));
  records::v1::DownloadAttachmentRequest request;
  *request.mutable_name() = name;
  request.set_first_part(static_cast<int32_t>(first));
  const auto reader = stub->DownloadAttachment(context.get(), request);
  for (records::v1::DownloadAttachmentResponse message; reader->Read(&message) && file;) {
    file.write(message.data().data(), static_cast<std::streamsize>(message.data().size()));
  }
  file.close();
  if (!file) context->TryCancel();
  const grpc::Status status = reader->Finish();
  if (!file) {
    return absl::FailedPreconditionError(fmt::format("cannot write {}: is the disk full?", beside.string()));
  }
  return FromGrpcStatus(status);
}

absl::Status Get(CommandLine& line, const NameFlags& flags) {
  records::v1::GetAttachmentRequest request;
  *request.mutable_name() = flags.name;
  const auto found = line.Call<AttachmentsService>(&AttachmentsService::Stub::GetAttachment, request);
  if (!found.ok()) return found.status();
  const Attachment& attachment = found->attachment();
  const std::filesystem::path target = Target(flags.to, attachment.file_name());
  if (std::filesystem::exists(target)) {
    return absl::AlreadyExistsError(
        fmt::format("{} is there already; name another file with --to", target.string()));
  }
  const std::filesystem::path beside =
      fmt::format("{}.{}.part", target.string(), attachment.id().substr(0, 8));
  if (absl::Status status = Fetch(line, flags.name, attachment, beside); !status.ok()) return status;
  const absl::StatusOr<std::string> hash = HashOfFile(beside);
  if (!hash.ok()) return hash.status();
  std::error_code error;
  if (*hash != attachment.sha256()) {
    std::filesystem::remove(beside, error);
    return absl::DataLossError(
        fmt::format("what came is not {} as it was attached; get it again", attachment.file_name()));
  }
  std::filesystem::rename(beside, target, error);
  if (error) return absl::FailedPreconditionError(fmt::format("cannot write {}", target.string()));
  line.err() << fmt::format("{}: {}\n", target.string(), SizeText(attachment.size_bytes()));
  return absl::OkStatus();
}

absl::Status Remove(CommandLine& line, const NameFlags& flags) {
  records::v1::DeleteAttachmentRequest request;
  *request.mutable_name() = flags.name;
  const auto removed = line.Call<AttachmentsService>(&AttachmentsService::Stub::DeleteAttachment, request);
  if (removed.ok()) line.err() << "taken off its record\n";
  return removed.status();
}

absl::Status Erase(CommandLine& line, const NameFlags& flags) {
  records::v1::EraseAttachmentRequest request;
  *request.mutable_name() = flags.name;
  const auto erased = line.Call<AttachmentsService>(&AttachmentsService::Stub::EraseAttachment, request);
  if (!erased.ok()) return erased.status();
  if (line.json()) {
    line.out() << ToJson(*erased) << '\n';
  } else {
    line.out() << fmt::format("erased: {} parts; {} stay, for other files are made of them too\n",
                              erased->parts_erased(), erased->parts_kept());
  }
  return absl::OkStatus();
}

// `set` takes what stands on the command line.
CLI::Option* AddText(CLI::App* command, const std::string& name, const std::string& meaning,
                     const std::function<void(const std::string&)>& set) {
  return command->add_option_function<std::string>(name, set, meaning);
}

void AddAttach(CLI::App& app, CommandLine& line) {
  const auto flags = std::make_shared<AttachFlags>();
  CLI::App* attach = app.add_subcommand("attach",
                                        "A file as evidence for a record: a photo, a PDF, to 50 MB. It "
                                        "travels after the records. Cut short, run it "
                                        "again: only the rest is sent. The same file again costs nothing");
  AddText(attach, "KIND", "of the record, such as ActionStep", [flags](const std::string& kind) {
    flags->request.set_about_kind(kind);
  })->required();
  AddText(attach, "ID", "id or code", [flags](const std::string& id) {
    flags->request.set_about(id);
  })->required();
  attach->add_option("FILE", flags->path)->required()->check(CLI::ExistingFile);
  AddText(attach, "--title", "what it shows", [flags](const std::string& t) { flags->request.set_title(t); });
  AddText(attach, "--type", "media type; else by the file's ending",
          [flags](const std::string& type) { flags->request.set_media_type(type); });
  AddText(attach, "--person", "whom it concerns: staff id",
          [flags](const std::string& person) { flags->request.set_person(person); });
  AddText(attach, "--date", "day it is of, YYYY-MM-DD",
          [flags](const std::string& day) { flags->request.set_taken_date(day); });
  AddText(attach, "--scope", "where the record stands: shared, or a site",
          [flags](const std::string& scope) { flags->request.set_scope(scope); });
  attach->callback(line.Command([&line, flags] { return Attach(line, flags.get()); }));
}

}  // namespace

void AddAttachmentCommands(CLI::App& app, CommandLine& line) {
  AddAttach(app, line);
  CLI::App* attachments = app.add_subcommand("attachments", "Files attached to records");
  attachments->require_subcommand(1);

  const auto about = std::make_shared<records::v1::ListAttachmentsRequest>();
  CLI::App* list = attachments->add_subcommand("list", "Those of a record, and how much of each is here");
  AddText(list, "KIND", "of the record", [about](const std::string& kind) {
    about->set_about_kind(kind);
  })->required();
  AddText(list, "ID", "id or code", [about](const std::string& id) { about->set_about(id); })->required();
  AddText(list, "--scope", "where the record stands", [about](const std::string& s) { about->set_scope(s); });
  list->callback(line.Command([&line, about] { return List(line, *about); }));

  const auto flags = std::make_shared<NameFlags>();
  const auto add = [&](const char* name, const char* meaning,
                       absl::Status (*run)(CommandLine&, const NameFlags&)) {
    CLI::App* command = attachments->add_subcommand(name, meaning);
    AddText(command, "ID", "of the attachment", [flags](const std::string& id) {
      flags->name.set_id(id);
    })->required();
    AddText(command, "--scope", "where it stands",
            [flags](const std::string& s) { flags->name.set_scope(s); });
    command->callback(line.Command([&line, flags, run] { return run(line, *flags); }));
    return command;
  };
  add("get", "Its bytes, checked; cut short, run it again: only the rest comes", Get)
      ->add_option("--to", flags->to, "file or folder; else its name, here");
  add("remove", "Takes it off its record; its bytes stay until it is erased", Remove);
  add("erase", "Erases it for good, here and wherever it went", Erase);
}

}  // namespace trellis
