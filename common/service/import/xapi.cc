#include "common/service/import/xapi.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "absl/status/status.h"
#include "common/interchange/xapi_codes.h"
#include "common/service/import/code_text.h"
#include "common/service/import/day_text.h"
#include "common/service/import/json_rows.h"
#include "common/service/import/text_decoding.h"
#include "nlohmann/json.hpp"
#include "trellis/domain/v1/activity.pb.h"
#include "trellis/domain/v1/participation.pb.h"

namespace trellis {
namespace {

using domain::v1::Activity;
using domain::v1::Participation;
using nlohmann::json;

constexpr std::string_view kVoided = "http://adlnet.gov/expapi/verbs/voided";

// A string member, empty where there is none; `path` goes through objects.
std::string Text(const json& value, std::initializer_list<const char*> path) {
  const json* at = &value;
  for (const char* name : path) {
    if (!at->is_object() || !at->contains(name)) return "";
    at = &(*at)[name];
  }
  return at->is_string() ? at->get<std::string>() : "";
}

const json& Member(const json& value, const char* name) {
  static const auto* const nothing = new json;
  return value.is_object() && value.contains(name) ? value[name] : *nothing;
}

// Of a language map: English, else the first.
std::string WordsOf(const json& map) {
  if (!map.is_object() || map.empty()) return "";
  for (const auto& [tag, words] : map.items()) {
    if (tag.starts_with("en") && words.is_string()) return words.get<std::string>();
  }
  return map.begin()->is_string() ? map.begin()->get<std::string>() : "";
}

struct Statement {
  int64_t line = 0;
  json value;
};

class Planner {
 public:
  Planner(std::string file, const XapiOptions& options, const ImportLookup& lookup)
      : file_(std::move(file)), options_(options), lookup_(lookup) {}

  absl::StatusOr<ImportPlan> Plan(std::string_view text) {
    absl::StatusOr<std::vector<Statement>> statements = Read(text);
    if (!statements.ok()) return statements.status();
    plan_.rows = static_cast<int64_t>(statements->size()) + unreadable_;
    std::set<std::string> voided;
    for (const Statement& statement : *statements) {
      if (Text(statement.value, {"verb", "id"}) == kVoided)
        voided.insert(Text(statement.value, {"object", "id"}));
    }
    for (const Statement& statement : *statements) Take(statement, voided);
    if (plan_.passed_over > 0) {
      plan_.notes.push_back(
          fmt::format("{} statements say nothing about a person taking part, or were voided, and were "
                      "passed over",
                      plan_.passed_over));
    }
    if (repeated_ > 0)
      plan_.notes.push_back(fmt::format("{} statements stand there more than once", repeated_));
    return std::move(plan_);
  }

 private:
  void Error(int64_t line, std::string column, std::string message) {
    plan_.errors.push_back({file_, line, std::move(column), std::move(message)});
  }

  // Statements as an array, one by one, or as a record store answers them.
  absl::StatusOr<std::vector<Statement>> Read(std::string_view text) {
    const absl::StatusOr<std::vector<JsonSlice>> values = JsonValues(text);
    if (!values.ok()) return values.status();
    std::vector<JsonSlice> slices;
    for (const JsonSlice& value : *values) {
      absl::StatusOr<std::vector<JsonSlice>> inside = std::vector<JsonSlice>{value};
      if (value.text.starts_with('[')) inside = JsonElements(value);
      if (value.text.starts_with('{')) {
        const auto members = JsonMembers(value);
        if (!members.ok()) return members.status();
        for (const auto& [name, member] : *members) {
          if (name == "statements" && member.text.starts_with('[')) inside = JsonElements(member);
        }
      }
      if (!inside.ok()) return inside.status();
      slices.insert(slices.end(), inside->begin(), inside->end());
    }
    if (slices.empty()) return absl::InvalidArgumentError("There are no statements in the file");
    std::vector<Statement> statements;
    for (const JsonSlice& slice : slices) {
      json value = json::parse(slice.text, nullptr, /*allow_exceptions=*/false);
      if (value.is_object()) {
        statements.push_back({slice.line, std::move(value)});
      } else {
        Error(slice.line, "", "is no statement: not a JSON object");
        ++unreadable_;
      }
    }
    return statements;
  }

  void Take(const Statement& statement, const std::set<std::string>& voided) {
    const json& value = statement.value;
    const std::string verb = Text(value, {"verb", "id"});
    for (const char* name : {"actor", "verb", "object"}) {
      if (Member(value, name).is_object()) continue;
      return Error(statement.line, name, "is missing; every statement has one");
    }
    if (verb.empty()) return Error(statement.line, "verb", "has no id");
    const std::string id = LowerAscii(Text(value, {"id"}));
    if (!id.empty() && !RecordId::Parse(id))
      return Error(statement.line, "id", fmt::format("{} is no UUID", id));
    const std::string object_type = Text(value, {"object", "objectType"});
    const bool of_activity = object_type.empty() || object_type == "Activity";
    const auto state = StateOf(value, verb);
    if (!state || !of_activity || voided.contains(id) || Text(value, {"objectType"}) == "SubStatement") {
      ++plan_.passed_over;
      return;
    }
    if (!id.empty() && !seen_.insert(id).second) {
      ++repeated_;
      return;
    }
    const std::vector<const json*> agents = AgentsOf(Member(value, "actor"));
    if (agents.empty()) return Error(statement.line, "actor", "is a group that names no members");
    std::vector<std::optional<ImportLookup::Person>> people;
    bool all_known = true;
    for (const json* agent : agents) {
      people.push_back(PersonOf(*agent, statement.line));
      all_known = all_known && people.back().has_value();
    }
    if (!all_known) return;
    std::optional<Participation> participation = ParticipationOf(statement, *state);
    if (!participation) return;
    for (const auto& person : people) Add(statement, id, agents.size() == 1, *person, *participation);
  }

  static std::optional<domain::v1::ParticipationState> StateOf(const json& value, const std::string& verb) {
    auto state = StateOfVerb(verb);
    const json& completion = Member(Member(value, "result"), "completion");
    if (!state && completion.is_boolean() && completion.get<bool>()) {
      state = domain::v1::PARTICIPATION_STATE_COMPLETED;
    }
    if (state == domain::v1::PARTICIPATION_STATE_ATTENDED && completion.is_boolean() &&
        !completion.get<bool>()) {
      state = domain::v1::PARTICIPATION_STATE_PARTIALLY_ATTENDED;
    }
    return state;
  }

  static std::vector<const json*> AgentsOf(const json& actor) {
    if (Text(actor, {"objectType"}) != "Group") return {&actor};
    std::vector<const json*> agents;
    for (const json& member : Member(actor, "member")) agents.push_back(&member);
    return agents;
  }

  std::optional<ImportLookup::Person> PersonOf(const json& agent, int64_t line) {
    std::string key = Text(agent, {"mbox"});
    const char* by = "mbox";
    if (LowerAscii(key).starts_with("mailto:")) key.erase(0, std::string_view("mailto:").size());
    if (key.empty()) {
      key = Text(agent, {"account", "name"});
      by = "account";
    }
    if (key.empty()) {
      Error(line, "actor", "names nobody by mbox or account, so it cannot be told who it is");
      return std::nullopt;
    }
    absl::StatusOr<ImportLookup::Person> person = lookup_.FindPerson(key);
    if (person.ok()) return *std::move(person);
    Error(line, fmt::format("actor.{}", by), std::string(person.status().message()));
    return std::nullopt;
  }

  std::optional<Participation> ParticipationOf(const Statement& statement,
                                               domain::v1::ParticipationState state) {
    const json& value = statement.value;
    Participation participation;
    participation.set_state(state);
    participation.set_role(domain::v1::PARTICIPATION_ROLE_PARTICIPANT);
    participation.set_sign_in_method(domain::v1::SIGN_IN_METHOD_IMPORT);
    std::string moment = Text(value, {"timestamp"});
    if (moment.empty()) moment = Text(value, {"stored"});
    if (!moment.empty()) {
      const std::optional<std::string> day = ReadDay(moment);
      if (!day) {
        Error(statement.line, "timestamp", fmt::format("\"{}\" is no moment", moment));
        return std::nullopt;
      }
      participation.set_date(*day);
    }
    if (const std::string duration = Text(value, {"result", "duration"}); !duration.empty()) {
      const std::optional<uint32_t> minutes = ReadDurationMinutes(duration);
      if (!minutes) {
        Error(statement.line, "result.duration",
              fmt::format("\"{}\" is no duration such as PT1H30M", duration));
        return std::nullopt;
      }
      participation.set_minutes(*minutes);
    }
    const std::string object = Text(value, {"object", "id"});
    if (object.empty()) {
      Error(statement.line, "object", "has no id");
      return std::nullopt;
    }
    if (object.starts_with(kXapiSession)) participation.set_session(object.substr(kXapiSession.size()));
    const std::optional<std::string> activity = ActivityOf(statement, object);
    if (!activity) return std::nullopt;
    participation.set_activity(*activity);
    return participation;
  }

  // Ours by our own name, another's by the name of it we hold, its parent's, or the one that was named; else
  // a new one.
  std::optional<std::string> ActivityOf(const Statement& statement, const std::string& object) {
    std::vector<std::string> names = {object};
    for (const json& parent :
         Member(Member(Member(statement.value, "context"), "contextActivities"), "parent")) {
      names.push_back(Text(parent, {"id"}));
    }
    for (std::string& name : names) {
      if (name.starts_with(kXapiActivity)) name.erase(0, kXapiActivity.size());
      if (name.empty()) continue;
      if (const absl::StatusOr<std::string> known = lookup_.FindActivity(name); known.ok()) return *known;
    }
    if (!options_.activity.empty()) return options_.activity;
    if (object.starts_with(kXapiActivity)) return names.front();
    if (object.starts_with(kXapiSession)) return names.size() > 1 ? names[1] : "";
    if (const auto made = made_.find(object); made != made_.end()) return made->second;
    return Make(statement, object);
  }

  std::optional<std::string> Make(const Statement& statement, const std::string& object) {
    const json& definition = Member(Member(statement.value, "object"), "definition");
    const std::string title = WordsOf(Member(definition, "name"));
    if (title.empty()) {
      Error(statement.line, "object",
            fmt::format("no activity is known by {}, and it has no name to make one by; say which it is with "
                        "--activity CODE, or give an activity that external_id",
                        object));
      return std::nullopt;
    }
    if (const absl::StatusOr<std::string> titled = lookup_.FindActivity(title); titled.ok()) return *titled;
    Activity activity;
    std::string code = CodeOfText(title, "XAPI");
    for (int n = 2; !codes_.insert(code).second || lookup_.FindActivity(code).ok(); ++n) {
      code = fmt::format("{}-{}", CodeOfText(title, "XAPI"), n);
    }
    activity.set_code(code);
    activity.set_title(title.substr(0, 200));
    activity.set_description(WordsOf(Member(definition, "description")));
    activity.set_approach(domain::v1::ACTIVITY_APPROACH_SELF_ORGANIZED);
    activity.set_requirement(domain::v1::ACTIVITY_REQUIREMENT_VOLUNTARY);
    activity.set_state(domain::v1::ACTIVITY_STATE_OPEN);
    activity.set_external_id(object);
    PlannedRecord record;
    record.file = file_;
    record.line = statement.line;
    record.kind = "Activity";
    record.scope = ScopeName{}.ToString();
    record.code = code;
    record.identity = "xapi:" + object;
    record.data = activity.SerializeAsString();
    plan_.records.push_back(std::move(record));
    plan_.notes.push_back(fmt::format("The activity {} ({}) is new, made of {}", code, title, object));
    made_[object] = code;
    return code;
  }

  void Add(const Statement& statement, const std::string& id, bool alone, const ImportLookup::Person& person,
           Participation participation) {
    participation.set_staff(person.code);
    participation.set_external_id(id);
    PlannedRecord record;
    record.file = file_;
    record.line = statement.line;
    record.kind = "Participation";
    record.scope = person.site;
    record.identity = id.empty() ? fmt::format("{}:{}:{}", options_.file_hash, statement.line, person.code)
                                 : fmt::format("xapi:{}:{}", id, person.code);
    if (alone) record.id = RecordId::Parse(id);
    record.data = participation.SerializeAsString();
    plan_.records.push_back(std::move(record));
  }

  const std::string file_;
  const XapiOptions& options_;
  const ImportLookup& lookup_;
  ImportPlan plan_;
  int64_t unreadable_ = 0;
  int64_t repeated_ = 0;
  std::set<std::string> seen_;
  std::set<std::string> codes_;
  std::map<std::string, std::string> made_;  // object id -> code
};

}  // namespace

absl::StatusOr<ImportPlan> PlanXapi(const std::string& file, std::string_view text,
                                    const XapiOptions& options, const ImportLookup& lookup) {
  const DecodedText decoded = DecodeText(text);
  return Planner(file, options, lookup).Plan(decoded.text);
}

}  // namespace trellis
