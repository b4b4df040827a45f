// surveys key: forms on paper keyed in, once or twice.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>

#include "client/cli/command_line.h"
#include "client/cli/keyed_form.h"
#include "client/cli/typed_record.h"
#include "common/spreadsheet/csv_cell.h"
#include "trellis/domain/v1/wave.pb.h"

namespace trellis {
namespace {

namespace v1 = domain::v1;
using Questions = std::vector<const v1::Question*>;

struct KeyFlags {
  std::string wave;
  std::string scope;
  std::string to;
  bool verify = false;
};

std::string RowOf(const std::vector<std::string>& cells) {
  std::string row;
  for (size_t i = 0; i < cells.size(); ++i) {
    fmt::format_to(std::back_inserter(row), "{}{}", i == 0 ? "" : ",", CsvCell(cells[i]));
  }
  return row;
}

std::string HeaderOf(const Questions& questions) {
  std::vector<std::string> codes;
  for (const v1::Question* question : questions) codes.push_back(question->code());
  return RowOf(codes);
}

// The rows of a file keyed before, the header apart; FAILED_PRECONDITION if it is of another form.
absl::StatusOr<std::vector<std::string>> KeyedBefore(const std::string& path, const std::string& header) {
  std::ifstream file(path);
  std::vector<std::string> rows;
  std::string row;
  if (!std::getline(file, row)) return rows;
  if (row != header) {
    return absl::FailedPreconditionError(
        fmt::format("{} was keyed for another form of the survey; key into another file", path));
  }
  while (std::getline(file, row)) rows.push_back(row);
  return rows;
}

// Asks until the line is a form; nullopt: the input has ended.
std::optional<std::string> NextForm(CommandLine& line, const Questions& questions, size_t number,
                                    int* refused) {
  for (;;) {
    line.err() << fmt::format("form {}> ", number) << std::flush;
    std::string typed;
    if (!std::getline(std::cin, typed)) return std::nullopt;
    const auto cells = ParseKeyedForm(questions, typed);
    if (cells.ok()) return RowOf(*cells);
    ++*refused;
    line.err() << fmt::format("form {}: {}\n", number, std::string(cells.status().message()));
  }
}

absl::Status KeyOnce(CommandLine& line, const KeyFlags& flags, const Questions& questions,
                     const std::string& header, size_t before) {
  std::ofstream file(flags.to, std::ios::app);
  if (before == 0 && std::ifstream(flags.to).peek() == std::ifstream::traits_type::eof())
    file << header << '\n';
  size_t number = before;
  int refused = 0;
  while (const auto row = NextForm(line, questions, number + 1, &refused)) {
    file << *row << '\n' << std::flush;  // what was keyed stays, whatever comes
    if (!file) return absl::FailedPreconditionError(fmt::format("cannot write {}", flags.to));
    ++number;
  }
  line.err() << '\n';
  line.out() << fmt::format("{}: {} forms, {} of them keyed now; {} lines were refused\n", flags.to, number,
                            number - before, refused);
  return absl::OkStatus();
}

absl::Status KeyAgain(CommandLine& line, const Questions& questions, const std::vector<std::string>& rows) {
  int refused = 0, differ = 0;
  size_t number = 0;
  for (; number < rows.size(); ++number) {
    const auto row = NextForm(line, questions, number + 1, &refused);
    if (!row.has_value()) break;
    if (*row == rows[number]) continue;
    ++differ;
    line.out() << fmt::format("form {}, line {} of the file, differs:\n  first   {}\n  second  {}\n",
                              number + 1, number + 2, rows[number], *row);
  }
  line.err() << '\n';
  line.out() << fmt::format("{} of {} forms keyed again, {} differ\n", number, rows.size(), differ);
  if (differ > 0)
    return absl::FailedPreconditionError("look at the paper of the forms named, and mend the file");
  return absl::OkStatus();
}

absl::Status Key(CommandLine& line, const KeyFlags& flags) {
  const auto wave = GetTyped<v1::Wave>(line, flags.wave, flags.scope);
  if (!wave.ok()) return wave.status();
  if (wave->data.mode() == v1::WAVE_MODE_ANONYMOUS) {
    return absl::FailedPreconditionError(
        "an anonymous wave is not keyed into a file: whoever keys would hold the answers in the order they "
        "came");
  }
  const auto survey = GetTyped<v1::Survey>(line, wave->data.survey(), "");
  if (!survey.ok()) return survey.status();
  const Questions questions = KeyedQuestions(survey->data);
  const std::string header = HeaderOf(questions);
  const auto before = KeyedBefore(flags.to, header);
  if (!before.ok()) return before.status();
  line.err() << fmt::format("one form a line: {}\n. is left blank; end with Ctrl-D\n", header);
  absl::Status status = flags.verify ? KeyAgain(line, questions, *before)
                                     : KeyOnce(line, flags, questions, header, before->size());
  if (status.ok()) {
    line.err() << fmt::format("to enter them: trellis import responses {} --survey {} --wave {}\n", flags.to,
                              wave->data.survey(), flags.wave);
  }
  return status;
}

}  // namespace

void AddKeyingCommands(CLI::App& app, CommandLine& line) {
  const auto flags = std::make_shared<KeyFlags>();
  CLI::App* key = app.get_subcommand("surveys")->add_subcommand(
      "key", "Key in forms filled in on paper, a line each, into a file that `import responses` takes");
  key->add_option("WAVE", flags->wave, "id or code")->required();
  key->add_option("--scope", flags->scope);
  key->add_option("--to", flags->to, "CSV file; goes on where it ends")->required();
  key->add_flag("--verify", flags->verify, "key the file's forms a second time and name those that differ");
  key->callback(line.Command([&line, flags] { return Key(line, *flags); }));
}

}  // namespace trellis
