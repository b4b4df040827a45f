// surveys: validate, publish, preview. waves: open, extend, close, status.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "client/cli/command_line.h"
#include "client/cli/printer.h"
#include "client/cli/typed_record.h"
#include "trellis/domain/v1/survey.pb.h"
#include "trellis/domain/v1/wave.pb.h"
#include "trellis/records/v1/rules.grpc.pb.h"
#include "trellis/reports/v1/reports.grpc.pb.h"

namespace trellis {
namespace {

namespace v1 = domain::v1;
using google::protobuf::RepeatedPtrField;

struct WaveFlags {
  std::string id;
  std::string scope;
  std::string until;
  std::string language;
  bool validate_only = false;
};

template <typename ResponseT>
void PrintChanged(CommandLine& line, const ResponseT& response, const std::string& words) {
  WarnOf(line, response.findings());
  if (line.json()) {
    line.out() << ToJson(response.record()) << '\n';
  } else {
    line.out() << words << '\n';
  }
}

// A published survey is looked at as it stands; a draft as if it were published.
absl::Status Validate(CommandLine& line, const WaveFlags& flags) {
  const auto survey = GetTyped<v1::Survey>(line, flags.id, flags.scope);
  if (!survey.ok()) return survey.status();
  std::string problems;
  if (survey->data.state() == v1::SURVEY_STATE_PUBLISHED) {
    records::v1::ListFindingsRequest request;
    request.set_kind("Survey");
    request.set_scope(survey->record.scope());
    const auto found =
        line.Call<records::v1::RulesService>(&records::v1::RulesService::Stub::ListFindings, request);
    if (!found.ok()) return found.status();
    for (const auto& finding : found->findings()) {
      if (finding.id() == survey->record.id()) problems += finding.problem() + "\n";
    }
  } else {
    v1::Survey change;
    change.set_state(v1::SURVEY_STATE_PUBLISHED);
    const auto tried = ChangeTyped(line, *survey, change, /*validate_only=*/true);
    if (!tried.ok()) return tried.status();
    WarnOf(line, tried->findings());
  }
  if (!problems.empty()) return absl::FailedPreconditionError(problems);
  if (line.json()) {
    line.out() << "{\"valid\":true}\n";
  } else {
    line.out() << fmt::format("{} has no holes\n", flags.id);
  }
  return absl::OkStatus();
}

absl::Status Publish(CommandLine& line, const WaveFlags& flags) {
  const auto survey = GetTyped<v1::Survey>(line, flags.id, flags.scope);
  if (!survey.ok()) return survey.status();
  v1::Survey change;
  change.set_state(v1::SURVEY_STATE_PUBLISHED);
  change.set_version(survey->data.version() + 1);
  const auto published = ChangeTyped(line, *survey, change, false);
  if (!published.ok()) return published.status();
  PrintChanged(line, *published, fmt::format("{} is published, version {}", flags.id, change.version()));
  return absl::OkStatus();
}

std::string Wording(const std::string& text, const RepeatedPtrField<v1::Translation>& translations,
                    const std::string& language) {
  for (const v1::Translation& translation : translations) {
    if (translation.language() == language) return translation.text();
  }
  return text;
}

void PrintQuestion(const v1::Question& question, const std::string& language, std::ostream& out) {
  out << fmt::format("\n  {}{}  {}\n", question.code(), question.required() ? " *" : "",
                     Wording(question.text(), question.translations(), language));
  if (!question.hint().empty()) {
    out << "      " << Wording(question.hint(), question.hint_translations(), language) << '\n';
  }
  if (!question.shown_if().empty()) out << "      shown if " << question.shown_if() << '\n';
  const char* mark = question.form() == v1::QUESTION_FORM_MULTIPLE_CHOICE ? "[ ]" : "( )";
  for (const v1::Choice& choice : question.choices()) {
    out << "      " << mark << ' ' << Wording(choice.text(), choice.translations(), language) << '\n';
  }
  if (question.choices().empty() && question.form() != v1::QUESTION_FORM_NOTE)
    out << "      ______________\n";
}

absl::Status Preview(CommandLine& line, const WaveFlags& flags) {
  const auto survey = GetTyped<v1::Survey>(line, flags.id, flags.scope);
  if (!survey.ok()) return survey.status();
  const v1::Survey& form = survey->data;
  std::ostream& out = line.out();
  out << Wording(form.title(), form.title_translations(), flags.language) << '\n';
  if (!form.introduction().empty()) {
    out << '\n' << Wording(form.introduction(), form.introduction_translations(), flags.language) << '\n';
  }
  std::vector<v1::Section> sections(form.sections().begin(), form.sections().end());
  std::stable_sort(sections.begin(), sections.end(),
                   [](const auto& a, const auto& b) { return a.sort_order() < b.sort_order(); });
  sections.emplace_back();  // questions of no section come last
  std::vector<v1::Question> questions(form.questions().begin(), form.questions().end());
  std::stable_sort(questions.begin(), questions.end(), [](const auto& a, const auto& b) {
    return std::make_pair(a.sort_order(), a.slot()) < std::make_pair(b.sort_order(), b.slot());
  });
  for (const v1::Section& section : sections) {
    if (!section.title().empty()) {
      out << "\n== " << Wording(section.title(), section.translations(), flags.language) << " ==\n";
    }
    for (const v1::Question& question : questions) {
      if (question.section() == section.code() && !question.retired())
        PrintQuestion(question, flags.language, out);
    }
  }
  return absl::OkStatus();
}

absl::Status Open(CommandLine& line, const WaveFlags& flags) {
  const auto wave = GetTyped<v1::Wave>(line, flags.id, flags.scope);
  if (!wave.ok()) return wave.status();
  if (wave->data.state() == v1::WAVE_STATE_CLOSED) {
    return absl::FailedPreconditionError(
        fmt::format("{} is closed; a closed wave stays closed: make another wave", flags.id));
  }
  v1::Wave change;
  change.set_state(v1::WAVE_STATE_OPEN);
  if (const auto survey = GetTyped<v1::Survey>(line, wave->data.survey(), ""); survey.ok()) {
    change.set_survey_version(survey->data.version());
  }
  const auto opened = ChangeTyped(line, *wave, change, flags.validate_only);
  if (!opened.ok()) return opened.status();
  PrintChanged(line, *opened,
               flags.validate_only ? fmt::format("{} is ready to be opened", flags.id)
                                   : fmt::format("{} is open until {}", flags.id, wave->data.close_date()));
  return absl::OkStatus();
}

absl::Status Extend(CommandLine& line, const WaveFlags& flags) {
  const auto wave = GetTyped<v1::Wave>(line, flags.id, flags.scope);
  if (!wave.ok()) return wave.status();
  if (wave->data.state() != v1::WAVE_STATE_OPEN) {
    return absl::FailedPreconditionError(
        fmt::format("{} is not open: only an open wave is extended", flags.id));
  }
  if (flags.until <= wave->data.close_date()) {
    return absl::InvalidArgumentError(
        fmt::format("{} is open until {}: --until wants a later day", flags.id, wave->data.close_date()));
  }
  v1::Wave change;
  change.set_close_date(flags.until);
  if (wave->data.first_close_date().empty()) change.set_first_close_date(wave->data.close_date());
  const auto extended = ChangeTyped(line, *wave, change, flags.validate_only);
  if (!extended.ok()) return extended.status();
  PrintChanged(line, *extended, fmt::format("{} is open until {}", flags.id, flags.until));
  return absl::OkStatus();
}

absl::Status Close(CommandLine& line, const WaveFlags& flags) {
  const auto wave = GetTyped<v1::Wave>(line, flags.id, flags.scope);
  if (!wave.ok()) return wave.status();
  if (wave->data.state() != v1::WAVE_STATE_OPEN) {
    return absl::FailedPreconditionError(fmt::format("{} is not open", flags.id));
  }
  v1::Wave change;
  change.set_state(v1::WAVE_STATE_CLOSED);
  const auto closed = ChangeTyped(line, *wave, change, flags.validate_only);
  if (!closed.ok()) return closed.status();
  PrintChanged(line, *closed, fmt::format("{} is closed", flags.id));
  return absl::OkStatus();
}

// How many have answered so far.
absl::Status PrintCounts(CommandLine& line, const v1::Wave& wave) {
  reports::v1::RunReportRequest request;
  request.set_report("response-rate");
  request.set_survey(wave.survey());
  request.set_wave(wave.code());
  request.set_format(line.json() ? reports::v1::REPORT_FORMAT_JSON : reports::v1::REPORT_FORMAT_TABLE);
  const auto report =
      line.Call<reports::v1::ReportsService>(&reports::v1::ReportsService::Stub::RunReport, request);
  if (!report.ok()) return report.status();
  line.out() << report->content() << '\n';
  return absl::OkStatus();
}

absl::Status Status(CommandLine& line, const WaveFlags& flags) {
  std::vector<TypedRecord<v1::Wave>> waves;
  if (flags.id.empty()) {
    auto all = ListTyped<v1::Wave>(line, flags.scope, "");
    if (!all.ok()) return all.status();
    waves = *std::move(all);
  } else {
    auto one = GetTyped<v1::Wave>(line, flags.id, flags.scope);
    if (!one.ok()) return one.status();
    waves.push_back(*std::move(one));
  }
  if (line.json() && flags.id.empty()) {
    for (const auto& wave : waves) line.out() << ToJson(wave.record) << '\n';
    return absl::OkStatus();
  }
  TextTable table({"wave", "survey", "state", "open", "close", "mode", "invited"});
  for (const auto& wave : waves) {
    uint64_t invited = 0;
    for (const v1::Eligibility& group : wave.data.eligibility()) invited += group.invited();
    table.Add({wave.data.code(), wave.data.survey(),
               PlainCode(v1::WaveState_Name(wave.data.state()), "WAVE_STATE_"), wave.data.open_date(),
               wave.data.close_date(), PlainCode(v1::WaveMode_Name(wave.data.mode()), "WAVE_MODE_"),
               invited > 0 ? std::to_string(invited) : ""});
  }
  if (!line.json()) table.Print(line.out());
  return flags.id.empty() ? absl::OkStatus() : PrintCounts(line, waves.front().data);
}

}  // namespace

void AddWavesCommands(CLI::App& app, CommandLine& line) {
  const auto flags = std::make_shared<WaveFlags>();
  const auto add = [&](CLI::App* group, const char* name, const char* what, auto work, bool required = true) {
    CLI::App* command = group->add_subcommand(name, what);
    CLI::Option* id = command->add_option("ID", flags->id, "id or code");
    if (required) id->required();
    command->add_option("--scope", flags->scope);
    command->callback(line.Command([&line, flags, work] { return work(line, *flags); }));
    return command;
  };
  CLI::App* surveys =
      app.add_subcommand("surveys", "Questionnaires: look for holes, publish, look at the form");
  surveys->require_subcommand(1);
  add(surveys, "validate", "Say what is missing before it can be published", Validate);
  add(surveys, "publish", "Publish it as its next version", Publish);
  add(surveys, "preview", "The form as text", Preview)
      ->add_option("--language", flags->language, "BCP 47; the survey's own unless given");

  CLI::App* waves = app.add_subcommand("waves", "Open, extend and close administrations of a survey");
  waves->require_subcommand(1);
  add(waves, "open", "Open it, if it has what it needs", Open)
      ->add_flag("--validate-only", flags->validate_only, "only say what it still needs");
  add(waves, "extend", "Keep it open for longer", Extend)
      ->add_option("--until", flags->until, "last day, YYYY-MM-DD")
      ->required();
  add(waves, "close", "Close it for good", Close);
  add(waves, "status", "Where it stands and how many have answered; without ID: all", Status, false);
}

}  // namespace trellis
