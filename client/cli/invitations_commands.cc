// invitations: make, print. surveys: print. waves: link. What goes out on paper.
#include <fmt/format.h>
#include <sodium.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <sstream>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "client/cli/command_line.h"
#include "client/cli/printer.h"
#include "client/cli/secret_file.h"
#include "client/cli/typed_record.h"
#include "common/identity/base32.h"
#include "common/paper/invitations.h"
#include "common/paper/survey_form.h"
#include "common/spreadsheet/csv_cell.h"
#include "trellis/domain/v1/invitation.pb.h"
#include "trellis/domain/v1/survey.pb.h"
#include "trellis/domain/v1/wave.pb.h"

namespace trellis {
namespace {

namespace v1 = domain::v1;

constexpr size_t kCodeBytes = 16;  // 128 bits: not to be guessed, and unlike any other
constexpr size_t kGroup = 5;
constexpr size_t kLinkCodeBytes = 10;  // hung up for everybody to see: only not to be mistyped into another's
constexpr int kMostCodes = 100'000;

struct PaperFlags {
  std::string id;
  std::string scope;
  std::string file;
  std::string to;
  std::string language;
  std::string wave;
  std::string link;
  std::string text;
  std::string channel = "card";
  std::string as = "cards";
  int count = 0;
};

std::string RandomCode(size_t size) {
  std::string bytes(size, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return Grouped(EncodeBase32(bytes), kGroup);
}

absl::Status WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary);
  file << bytes;
  if (!file.flush()) return absl::FailedPreconditionError(fmt::format("cannot write {}", path));
  return absl::OkStatus();
}

absl::Status PrintSurvey(CommandLine& line, const PaperFlags& flags) {
  const auto survey = GetTyped<v1::Survey>(line, flags.id, flags.scope);
  if (!survey.ok()) return survey.status();
  const auto& languages = survey->data.languages();
  const bool own = flags.language.empty() || flags.language == survey->data.language();
  if (!own && std::none_of(languages.begin(), languages.end(),
                           [&](const auto& one) { return one.language() == flags.language; })) {
    return absl::InvalidArgumentError(
        fmt::format("{} is not offered in {}: trellis records get Survey {} names its languages", flags.id,
                    flags.language, flags.id));
  }
  const SurveyFormOptions options{.language = flags.language, .wave = flags.wave};
  if (absl::Status status = WriteFile(flags.to, SurveyFormPdf(survey->data, options)); !status.ok())
    return status;
  line.out() << flags.to << '\n';
  return absl::OkStatus();
}

// The code of the wave's persistent link, made at the first asking.
absl::StatusOr<std::string> LinkCode(CommandLine& line, const TypedRecord<v1::Wave>& wave) {
  if (!wave.data.link_code().empty()) return wave.data.link_code();
  v1::Wave change;
  change.set_link_code(RandomCode(kLinkCodeBytes));
  const auto changed = ChangeTyped(line, wave, change, false);
  if (!changed.ok()) return changed.status();
  return change.link_code();
}

std::string In(const std::string& text, const google::protobuf::RepeatedPtrField<v1::Translation>& others,
               const std::string& language) {
  for (const v1::Translation& other : others) {
    if (other.language() == language) return other.text();
  }
  return text;
}

// What stands on every card and letter of the wave.
absl::StatusOr<InvitationText> TextOf(CommandLine& line, const v1::Wave& wave, const PaperFlags& flags) {
  const auto survey = GetTyped<v1::Survey>(line, wave.survey(), "");
  if (!survey.ok()) return survey.status();
  InvitationText text;
  text.title = In(survey->data.title(), survey->data.title_translations(), flags.language);
  text.body = In(survey->data.introduction(), survey->data.introduction_translations(), flags.language);
  text.until = "→ " + wave.close_date();
  text.link = flags.link;
  if (!text.link.empty() && text.link.find("{code}") == std::string::npos) {
    text.link += (text.link.back() == '/' ? "" : "/") + std::string("{code}");
  }
  if (!flags.text.empty()) {
    const auto body = ReadInput(flags.text);
    if (!body.ok()) return body.status();
    text.body = *body;
  }
  return text;
}

absl::Status ShowLink(CommandLine& line, const PaperFlags& flags) {
  const auto wave = GetTyped<v1::Wave>(line, flags.id, flags.scope);
  if (!wave.ok()) return wave.status();
  const auto code = LinkCode(line, *wave);
  if (!code.ok()) return code.status();
  auto text = TextOf(line, wave->data, flags);
  if (!text.ok()) return text.status();
  text->link = LinkOf(*text, *code);
  if (!flags.to.empty()) {
    if (absl::Status status = WriteFile(flags.to, LinkPosterPdf(*text)); !status.ok()) return status;
  }
  line.out() << text->link << '\n';
  return absl::OkStatus();
}

absl::Status Make(CommandLine& line, const PaperFlags& flags) {
  const auto wave = GetTyped<v1::Wave>(line, flags.id, "");
  if (!wave.ok()) return wave.status();
  if (wave->data.mode() == v1::WAVE_MODE_NAMED) {
    return absl::FailedPreconditionError(fmt::format(
        "{} is a named wave: its invitations carry names; codes without a label are for the others",
        flags.id));
  }
  v1::InvitationChannel channel{};
  std::string name = "INVITATION_CHANNEL_";
  for (const char c : flags.channel) name += static_cast<char>(std::toupper(c));
  if (!v1::InvitationChannel_Parse(name, &channel)) {
    return absl::InvalidArgumentError("--channel wants card, letter or email: how the codes go out");
  }
  std::string codes;
  for (int i = 0; i < flags.count; ++i)
    fmt::format_to(std::back_inserter(codes), "{}\n", RandomCode(kCodeBytes));
  // Written first: codes nobody has are only counted too many, never given out uncounted.
  v1::Invitation batch;
  batch.set_wave(flags.id);
  batch.set_channel(channel);
  batch.set_count(static_cast<uint32_t>(flags.count));
  batch.set_made_date(absl::FormatTime("%Y-%m-%d", absl::Now(), absl::UTCTimeZone()));
  batch.set_state(v1::INVITATION_STATE_MADE);
  records::v1::CreateRecordRequest request;
  request.set_kind("Invitation");
  request.set_scope(flags.scope);
  request.mutable_data()->PackFrom(batch);
  const auto made =
      line.Call<records::v1::RecordsService>(&records::v1::RecordsService::Stub::CreateRecord, request);
  if (!made.ok()) return made.status();
  if (absl::Status status = WriteSecretFile(flags.to, codes); !status.ok()) return status;
  line.out() << fmt::format("{}: {} codes, in no order and with no name; nowhere else are they kept\n",
                            flags.to, flags.count);
  return absl::OkStatus();
}

std::string MergeTable(const InvitationText& text, const std::vector<std::string>& codes) {
  std::string csv = "code,link,title,until\r\n";
  for (const std::string& code : codes) {
    fmt::format_to(std::back_inserter(csv), "{},{},{},{}\r\n", CsvCell(code), CsvCell(LinkOf(text, code)),
                   CsvCell(WithoutFormula(text.title)), CsvCell(WithoutFormula(text.until)));
  }
  return csv;
}

absl::Status Print(CommandLine& line, const PaperFlags& flags) {
  const auto wave = GetTyped<v1::Wave>(line, flags.wave, "");
  if (!wave.ok()) return wave.status();
  const auto list = ReadInput(flags.file);
  if (!list.ok()) return list.status();
  std::vector<std::string> codes;
  std::istringstream lines(*list);
  for (std::string code; std::getline(lines, code);) {
    if (code.empty()) continue;
    const auto bytes = DecodeBase32(code);
    if (!bytes.has_value() || bytes->size() != kCodeBytes) {
      return absl::InvalidArgumentError(
          fmt::format("{} line {}: {} is no code that `trellis invitations make` wrote", flags.file,
                      codes.size() + 1, code));
    }
    codes.push_back(std::move(code));
  }
  const auto text = TextOf(line, wave->data, flags);
  if (!text.ok()) return text.status();
  std::string bytes;
  if (flags.as == "cards") {
    bytes = CardsPdf(*text, codes);
  } else if (flags.as == "letters") {
    bytes = LettersPdf(*text, codes);
  } else if (flags.as == "csv") {
    bytes = MergeTable(*text, codes);
  } else {
    return absl::InvalidArgumentError("--as wants cards, letters or csv (for a mail merge)");
  }
  // Who holds a code may answer: the file is the owner's alone.
  if (absl::Status status = WriteSecretFile(flags.to, bytes); !status.ok()) return status;
  line.out() << fmt::format("{}: {} {}\n", flags.to, codes.size(), flags.as == "csv" ? "rows" : flags.as);
  return absl::OkStatus();
}

}  // namespace

void AddInvitationsCommands(CLI::App& app, CommandLine& line) {
  const auto flags = std::make_shared<PaperFlags>();
  const auto add = [&](CLI::App* group, const char* name, const char* what, auto work) {
    CLI::App* command = group->add_subcommand(name, what);
    command->add_option("--scope", flags->scope);
    command->callback(line.Command([&line, flags, work] { return work(line, *flags); }));
    return command;
  };
  CLI::App* form = add(app.get_subcommand("surveys"), "print", "The form on paper, as PDF", PrintSurvey);
  form->add_option("ID", flags->id, "id or code")->required();
  form->add_option("--to", flags->to, "file")->required();
  form->add_option("--language", flags->language, "BCP 47; the survey's own unless given");
  form->add_option("--wave", flags->wave, "printed at the foot, for whoever keys it in");

  CLI::App* link =
      add(app.get_subcommand("waves"), "link", "Its persistent link, and a sheet with its QR", ShowLink);
  link->add_option("ID", flags->id, "id or code")->required();
  link->add_option("--link", flags->link, "where forms stand, such as https://survey.example/{code}");
  link->add_option("--to", flags->to, "PDF to hang up");
  link->add_option("--language", flags->language, "of title and introduction");

  CLI::App* invitations =
      app.add_subcommand("invitations", "Codes that nobody's name stands on: cards, letters");
  invitations->require_subcommand(1);
  CLI::App* make =
      add(invitations, "make", "Fresh codes of 128 bits in a file; only their number is recorded", Make);
  make->add_option("WAVE", flags->id, "id or code")->required();
  make->add_option("--count", flags->count)->required()->check(CLI::Range(1, kMostCodes));
  make->add_option("--to", flags->to, "file, readable by its owner alone")->required();
  make->add_option("--channel", flags->channel, "card, letter or email");
  CLI::App* print = add(invitations, "print", "Codes as cards, letters or a table for a mail merge", Print);
  print->add_option("FILE", flags->file, "codes as `make` wrote them")->required();
  print->add_option("--wave", flags->wave, "id or code")->required();
  print->add_option("--as", flags->as, "cards, letters or csv");
  print->add_option("--to", flags->to, "file, readable by its owner alone")->required();
  print->add_option("--link", flags->link, "where forms stand, such as https://survey.example/{code}");
  print->add_option("--text", flags->text, "a letter's text, with {code} and {link}; else the introduction");
  print->add_option("--language", flags->language, "of title and introduction");
}

}  // namespace trellis
