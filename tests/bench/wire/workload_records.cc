#include "tests/bench/wire/workload_records.h"

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "common/record/message_cells.h"
#include "trellis/domain/v1/participation.pb.h"
#include "trellis/domain/v1/response.pb.h"

namespace trellis {
namespace {

namespace pb = trellis::domain::v1;
using Json = nlohmann::json;

const std::vector<SplitRule> kParticipationSets = {{12, 0, SplitRule::Packing::kNever},
                                                   {13, 0, SplitRule::Packing::kNever}};

int64_t MillisecondsOf(const Json& record) {
  const std::string id = record["id"];
  return std::stoll(id.substr(0, 8) + id.substr(9, 4), nullptr, 16);
}

std::string ResponseOf(const Json& record) {
  pb::Response response;
  response.set_survey(record["survey"]);
  response.set_wave(record["survey"].get<std::string>() + "-" + std::to_string(record["wave"].get<int>()));
  for (const Json& answer : record["answers"]) response.add_answers(answer.get<uint32_t>());
  response.mutable_submit_time()->set_seconds(MillisecondsOf(record) / 1000);
  response.set_language(record["language"]);
  response.set_role(record["role"]);
  response.set_grade_band(record["grade_band"]);
  response.set_years_band(record["years_band"]);
  response.set_race_ethnicity(record["race_ethnicity"]);
  if (record.contains("comment")) response.set_comment(record["comment"]);
  return response.SerializeAsString();
}

std::string ParticipationOf(const Json& record) {
  static const std::map<std::string, int> kStates = {
      {"registered", 1}, {"attended", 2}, {"partial", 3}, {"no_show", 4}, {"completed", 6}};
  static const std::map<std::string, int> kRoles = {{"teacher", 1},    {"paraeducator", 2},
                                                    {"specialist", 3}, {"counselor", 4},
                                                    {"coach", 5},      {"administrator", 6}};
  pb::Participation participation;
  participation.set_staff(record["person"]);
  participation.set_activity(record["activity"]);
  participation.set_date(record["date"]);
  participation.set_state(static_cast<pb::ParticipationState>(kStates.at(record["status"])));
  participation.set_claimed_hours(record["hours"]);
  for (const Json& standard : record["standards"]) participation.add_standards(standard);
  for (const Json& goal : record["goals"]) participation.add_goals(goal);
  participation.set_reflection(record["reflection"]);
  participation.set_classification(static_cast<pb::StaffClassification>(kRoles.at(record["role"])));
  return participation.SerializeAsString();
}

Delta DeltaOf(const HashKey& key, const std::string& site, std::string_view kind, Dot dot, int64_t ms,
              const std::string& message, const std::vector<SplitRule>& sets) {
  const Stamp stamp{ms, 0};
  const std::string actor = dot.n % 97 == 0 ? "j.alder" : "m.ferris";
  Delta delta;
  delta.id = DeriveRecordId(key, site, dot.writer, dot.n, ms);
  delta.kind = kind;
  delta.whole = true;
  delta.context = Context(dot);
  absl::StatusOr<std::vector<MessageCell>> cells = SplitMessage(message, sets);
  for (MessageCell& cell : cells.value()) {
    Cell& added = delta.cells.emplace_back();
    added.key = {cell.field, std::move(cell.element)};
    added.siblings.push_back({dot, stamp, stamp, actor, std::move(cell.bytes)});
  }
  delta.version = VersionHash(key, delta.id, RecordState{delta.kind, delta.context, delta.cells});
  return delta;
}

}  // namespace

std::vector<SiteRecords> ReadWorkload(const std::string& folder, size_t sites, const HashKey& key) {
  std::vector<SiteRecords> out;
  std::map<std::string, size_t> index;
  std::map<std::string, uint64_t> last_n;
  const auto read = [&](const char* file, bool responses) {
    std::ifstream lines(folder + "/" + file);
    for (std::string line; std::getline(lines, line);) {
      const Json record = Json::parse(line);
      const std::string site = record["site"];
      if (!index.contains(site) && out.size() == sites) break;
      const auto [it, inserted] = index.try_emplace(site, out.size());
      if (inserted) out.push_back({site, {}, {}});
      const Dot dot{0x9e37'79b9'7f4a'7c15 + it->second, ++last_n[site]};
      const int64_t ms = MillisecondsOf(record);
      if (responses) {
        out[it->second].responses.push_back(
            DeltaOf(key, site, "trellis.domain.v1.Response", dot, ms, ResponseOf(record), {}));
      } else {
        out[it->second].participations.push_back(DeltaOf(key, site, "trellis.domain.v1.Participation", dot,
                                                         ms, ParticipationOf(record), kParticipationSets));
      }
    }
  };
  read("responses.jsonl", true);
  read("pl.jsonl", false);
  return out;
}

}  // namespace trellis
