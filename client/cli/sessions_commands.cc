// sessions: roster, sheet, sign-in, sign-out, cancel: who comes to a session, at the door and on paper.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/util/time_util.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>
#include <set>

#include "client/cli/command_line.h"
#include "client/cli/printer.h"
#include "client/cli/typed_record.h"
#include "common/paper/sign_in_sheet.h"
#include "trellis/domain/v1/activity.pb.h"
#include "trellis/domain/v1/participation.pb.h"
#include "trellis/domain/v1/staff.pb.h"

namespace trellis {
namespace {

namespace v1 = domain::v1;
using google::protobuf::util::TimeUtil;
using Row = TypedRecord<v1::Participation>;

// A row of somebody who was signed in the day before is a mistake of the clock or of the keyboard.
constexpr int64_t kLongestMinutes = 24 * 60;

struct SessionFlags {
  std::string id;
  std::string scope;
  std::vector<std::string> staff;
  std::string time;
  std::string method = "code";
  std::string to;
};

// A session and who stands in it here.
struct Roster {
  TypedRecord<v1::Session> session;
  std::vector<Row> rows;

  Row* Find(const std::string& staff) {
    const auto row =
        std::find_if(rows.begin(), rows.end(), [&](const Row& one) { return one.data.staff() == staff; });
    return row == rows.end() ? nullptr : &*row;
  }
  int64_t CountOf(v1::ParticipationState state) const {
    return std::count_if(rows.begin(), rows.end(), [&](const Row& row) { return row.data.state() == state; });
  }
  // People who have a place; facilitators need none.
  int64_t Taken() const {
    return std::count_if(rows.begin(), rows.end(), [](const Row& row) {
      const v1::ParticipationState state = row.data.state();
      return row.data.role() != v1::PARTICIPATION_ROLE_FACILITATOR &&
             (state == v1::PARTICIPATION_STATE_REGISTERED || state == v1::PARTICIPATION_STATE_ATTENDED ||
              state == v1::PARTICIPATION_STATE_PARTIALLY_ATTENDED ||
              state == v1::PARTICIPATION_STATE_COMPLETED);
    });
  }
};

absl::StatusOr<Roster> ReadRoster(CommandLine& line, const SessionFlags& flags) {
  Roster roster;
  auto session = GetTyped<v1::Session>(line, flags.id, "");
  if (!session.ok() && !flags.scope.empty()) session = GetTyped<v1::Session>(line, flags.id, flags.scope);
  if (!session.ok()) return session.status();
  roster.session = *std::move(session);
  for (const std::string& name : {roster.session.record.id(), roster.session.data.code()}) {
    if (name.empty()) continue;
    auto rows = ListTyped<v1::Participation>(line, flags.scope, fmt::format("session = \"{}\"", name));
    if (!rows.ok()) return rows.status();
    for (Row& row : *rows) {
      if (row.data.copied_from().empty()) roster.rows.push_back(std::move(row));
    }
  }
  std::stable_sort(roster.rows.begin(), roster.rows.end(), [](const Row& a, const Row& b) {
    return TimeUtil::TimestampToMilliseconds(a.data.registered_time()) <
           TimeUtil::TimestampToMilliseconds(b.data.registered_time());
  });
  return roster;
}

std::string NameOfSession(const Roster& roster) {
  return roster.session.data.code().empty() ? roster.session.record.id() : roster.session.data.code();
}

std::string StateText(const v1::Participation& part) {
  return PlainCode(v1::ParticipationState_Name(part.state()), "PARTICIPATION_STATE_");
}

absl::Status ShowRoster(CommandLine& line, const SessionFlags& flags) {
  const auto roster = ReadRoster(line, flags);
  if (!roster.ok()) return roster.status();
  TextTable table({"STAFF", "STATE", "IN", "OUT", "MINUTES"});
  for (const Row& row : roster->rows) {
    if (line.json()) line.out() << ToJson(row.record) << '\n';
    const v1::Participation& part = row.data;
    table.Add({part.staff(), StateText(part), part.has_sign_in_time() ? ToText(part.sign_in_time()) : "",
               part.has_sign_out_time() ? ToText(part.sign_out_time()) : "",
               part.has_minutes() ? std::to_string(part.minutes()) : ""});
  }
  if (line.json()) return absl::OkStatus();
  table.Print(line.out());
  const std::string places = roster->session.data.has_capacity()
                                 ? fmt::format(" of {}", roster->session.data.capacity())
                                 : std::string();
  line.out() << fmt::format("{}: {}{} places taken as far as is known here, {} on the wait-list\n",
                            NameOfSession(*roster), roster->Taken(), places,
                            roster->CountOf(v1::PARTICIPATION_STATE_WAITLISTED));
  return absl::OkStatus();
}

absl::Status PrintSheet(CommandLine& line, const SessionFlags& flags) {
  const auto roster = ReadRoster(line, flags);
  if (!roster.ok()) return roster.status();
  const v1::Session& session = roster->session.data;
  SignInSheet sheet{.title = session.title().empty() ? NameOfSession(*roster) : session.title(),
                    .when = fmt::format("{}   {}", ToText(session.start_time()), session.place()),
                    .code = NameOfSession(*roster)};
  std::map<std::string, std::string> names;
  const auto people = ListTyped<v1::Staff>(line, flags.scope, "");
  if (people.ok()) {
    for (const auto& person : *people) {
      names[person.data.staff_unique_id()] =
          fmt::format("{} {}", person.data.given_name(), person.data.family_name());
    }
  }
  for (const Row& row : roster->rows) {
    if (row.data.state() == v1::PARTICIPATION_STATE_WITHDRAWN) continue;
    const bool waits = row.data.state() == v1::PARTICIPATION_STATE_WAITLISTED;
    sheet.rows.push_back({names[row.data.staff()], row.data.staff(), waits ? "wait-listed" : ""});
  }
  std::sort(sheet.rows.begin(), sheet.rows.end(), [](const auto& a, const auto& b) {
    return std::tie(a.name, a.staff) < std::tie(b.name, b.staff);
  });
  std::ofstream file(flags.to, std::ios::binary);
  file << SignInSheetPdf(sheet);
  if (!file.flush()) return absl::FailedPreconditionError(fmt::format("cannot write {}", flags.to));
  line.out() << fmt::format("{}: {} people\n", flags.to, sheet.rows.size());
  return absl::OkStatus();
}

absl::StatusOr<google::protobuf::Timestamp> TimeIn(const SessionFlags& flags) {
  google::protobuf::Timestamp time;
  if (flags.time.empty()) return TimeUtil::GetCurrentTime();
  if (!TimeUtil::FromString(flags.time, &time)) {
    return absl::InvalidArgumentError(
        fmt::format("--time wants a moment such as 2026-02-01T20:03:00Z; {} is none", flags.time));
  }
  return time;
}

absl::StatusOr<v1::SignInMethod> MethodIn(const SessionFlags& flags) {
  std::string name = "SIGN_IN_METHOD_";
  for (const char c : flags.method) name += c == '-' ? '_' : static_cast<char>(std::toupper(c));
  v1::SignInMethod method{};
  if (v1::SignInMethod_Parse(name, &method) && method != v1::SIGN_IN_METHOD_UNSPECIFIED) return method;
  return absl::InvalidArgumentError(
      "--method wants code, paper, platform, facilitator or self-report: how attendance was taken");
}

absl::Status WriteRow(CommandLine& line, const Row* row, const std::string& scope,
                      const v1::Participation& change) {
  if (row != nullptr) return ChangeTyped(line, *row, change, false).status();
  records::v1::CreateRecordRequest request;
  request.set_kind("Participation");
  request.set_scope(scope);
  request.mutable_data()->PackFrom(change);
  return line.Call<records::v1::RecordsService>(&records::v1::RecordsService::Stub::CreateRecord, request)
      .status();
}

// Each person named, or each line of the standard input, as a scanner types them. One that is not taken is
// told and the next is asked for.
absl::Status ForEachPerson(CommandLine& line, const SessionFlags& flags,
                           const std::function<absl::StatusOr<std::string>(const std::string&)>& work) {
  absl::Status last;
  int failed = 0, done = 0;
  const auto one = [&](const std::string& staff) {
    const absl::StatusOr<std::string> words = work(staff);
    (words.ok() ? done : failed)++;
    if (words.ok()) {
      line.out() << fmt::format("{} {}", staff, *words) << std::endl;
    } else {
      line.err() << fmt::format("{}: {}", staff, std::string(words.status().message())) << std::endl;
      last = words.status();
    }
  };
  for (const std::string& staff : flags.staff) {
    if (staff != "-") {
      one(staff);
      continue;
    }
    for (std::string scanned; std::getline(std::cin, scanned);) {
      while (!scanned.empty() && std::isspace(static_cast<unsigned char>(scanned.back()))) scanned.pop_back();
      if (!scanned.empty()) one(scanned);
    }
  }
  if (failed > 0 && done > 0) line.set_exit_code(ExitCode::kDoneInPart);
  return done > 0 ? absl::OkStatus() : last;
}

absl::Status SignIn(CommandLine& line, const SessionFlags& flags) {
  const auto method = MethodIn(flags);
  if (!method.ok()) return method.status();
  return ForEachPerson(line, flags, [&](const std::string& staff) -> absl::StatusOr<std::string> {
    const auto time = TimeIn(flags);
    if (!time.ok()) return time.status();
    auto roster = ReadRoster(line, flags);
    if (!roster.ok()) return roster.status();
    const Row* row = roster->Find(staff);
    if (row != nullptr && row->data.has_sign_in_time()) {
      return fmt::format("is in since {}", ToText(row->data.sign_in_time()));
    }
    v1::Participation change;
    if (row == nullptr) {
      const auto person = GetTyped<v1::Staff>(line, staff, flags.scope);
      if (!person.ok()) return person.status();
      change.set_staff(staff);
      change.set_session(NameOfSession(*roster));
      change.set_activity(roster->session.data.activity());
    }
    change.set_state(v1::PARTICIPATION_STATE_ATTENDED);
    change.set_sign_in_method(*method);
    *change.mutable_sign_in_time() = *time;
    change.set_date(TimeUtil::ToString(*time).substr(0, 10));
    if (absl::Status status = WriteRow(line, row, flags.scope, change); !status.ok()) return status;
    return std::string(row == nullptr ? "is in; was not enrolled before" : "is in");
  });
}

absl::Status SignOut(CommandLine& line, const SessionFlags& flags) {
  return ForEachPerson(line, flags, [&](const std::string& staff) -> absl::StatusOr<std::string> {
    const auto time = TimeIn(flags);
    if (!time.ok()) return time.status();
    auto roster = ReadRoster(line, flags);
    if (!roster.ok()) return roster.status();
    const Row* row = roster->Find(staff);
    if (row == nullptr || !row->data.has_sign_in_time()) {
      return absl::FailedPreconditionError("has not signed in: trellis sessions sign-in first");
    }
    const int64_t minutes = (time->seconds() - row->data.sign_in_time().seconds() + 30) / 60;
    if (minutes < 0 || minutes > kLongestMinutes) {
      return absl::InvalidArgumentError(fmt::format("signed in at {}: give a later --time of the same day",
                                                    ToText(row->data.sign_in_time())));
    }
    v1::Participation change;
    *change.mutable_sign_out_time() = *time;
    change.set_minutes(static_cast<uint32_t>(minutes));
    if (absl::Status status = WriteRow(line, row, flags.scope, change); !status.ok()) return status;
    return fmt::format("is out after {} minutes", minutes);
  });
}

// Gives free places to who has waited longest.
absl::Status Promote(CommandLine& line, const SessionFlags& flags) {
  auto roster = ReadRoster(line, flags);
  if (!roster.ok()) return roster.status();
  const v1::Session& session = roster->session.data;
  int64_t free = session.has_capacity() ? static_cast<int64_t>(session.capacity()) - roster->Taken()
                                        : static_cast<int64_t>(roster->rows.size());
  int moved = 0;
  for (const Row& row : roster->rows) {
    if (row.data.state() != v1::PARTICIPATION_STATE_WAITLISTED || free-- <= 0) continue;
    v1::Participation change;
    change.set_state(v1::PARTICIPATION_STATE_REGISTERED);
    if (absl::Status status = WriteRow(line, &row, flags.scope, change); !status.ok()) return status;
    line.out() << fmt::format("{} moves up from the wait-list\n", row.data.staff());
    ++moved;
  }
  if (moved == 0) line.out() << "nobody moves up\n";
  return absl::OkStatus();
}

absl::Status Cancel(CommandLine& line, const SessionFlags& flags) {
  const absl::Status cancelled =
      ForEachPerson(line, flags, [&](const std::string& staff) -> absl::StatusOr<std::string> {
        auto roster = ReadRoster(line, flags);
        if (!roster.ok()) return roster.status();
        const Row* row = roster->Find(staff);
        if (row == nullptr) return absl::NotFoundError(fmt::format("is not in {}", NameOfSession(*roster)));
        v1::Participation change;
        change.set_state(v1::PARTICIPATION_STATE_WITHDRAWN);
        if (absl::Status status = WriteRow(line, row, flags.scope, change); !status.ok()) return status;
        return std::string("has withdrawn");
      });
  return cancelled.ok() ? Promote(line, flags) : cancelled;
}

}  // namespace

void AddSessionsCommands(CLI::App& app, CommandLine& line) {
  CLI::App* sessions = app.add_subcommand("sessions", "Who comes to a session: at the door and on paper");
  sessions->require_subcommand(1);
  const auto flags = std::make_shared<SessionFlags>();
  const auto add = [&](const char* name, const char* what, auto work) {
    CLI::App* command = sessions->add_subcommand(name, what);
    command->add_option("SESSION", flags->id, "id or code, as its QR code says it")->required();
    command->add_option("--scope", flags->scope, "site whose people come; at a site, its own");
    command->callback(line.Command([&line, flags, work] { return work(line, *flags); }));
    return command;
  };
  const auto people = [&](CLI::App* command) {
    command
        ->add_option("STAFF", flags->staff, "staff unique ids; - reads one a line, as a scanner types them")
        ->required();
  };
  add("roster", "Who has a place, who waits, who came", ShowRoster);
  add("sheet", "A sheet for the table at the door, as PDF", PrintSheet)
      ->add_option("--to", flags->to, "file")
      ->required();
  CLI::App* in = add("sign-in", "Note that people have come; who was not enrolled is added", SignIn);
  people(in);
  in->add_option("--time", flags->time, "when, if not now; for sheets keyed in later");
  in->add_option("--method", flags->method, "code, paper, platform, facilitator or self-report");
  CLI::App* out = add("sign-out", "Note that they have left; minutes follow", SignOut);
  people(out);
  out->add_option("--time", flags->time, "when, if not now");
  people(add("cancel", "Withdraw people; who has waited longest moves up", Cancel));
  add("promote", "Give free places to who has waited longest", Promote);
}

}  // namespace trellis
