#include "tests/bench/workload.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>

#include "common/record/kind_registry.h"
#include "common/record/message_cells.h"
#include "common/time/random.h"
#include "trellis/domain/v1/participation.pb.h"
#include "trellis/domain/v1/response.pb.h"

namespace trellis {
namespace {

constexpr int64_t kSeptemberSeconds = 1'788'220'800;  // 2026-09-01
constexpr std::array<const char*, 48> kWords = {
    "our",      "team",     "looked",   "at",       "student",  "work",     "and",     "planned",
    "the",      "next",     "unit",     "together", "coach",    "visited",  "my",      "room",
    "twice",    "we",       "talked",   "about",    "wait",     "time",     "reading", "routine",
    "practice", "more",     "with",     "grade",    "level",    "families", "during",  "meeting",
    "shared",   "strategy", "tried",    "it",       "day",      "after",    "notes",   "helped",
    "goals",    "feedback", "specific", "kind",     "standard", "lesson",   "before",  "spring"};
constexpr std::array<const char*, 6> kRoles = {"teacher",   "paraeducator", "specialist",
                                               "counselor", "coach",        "administrator"};
constexpr std::array<const char*, 4> kGrades = {"PK-2", "3-5", "6-8", "9-12"};
constexpr std::array<const char*, 4> kYears = {"0-3", "4-9", "10-19", "20+"};
constexpr std::array<const char*, 5> kRaces = {"white", "hispanic_latino", "black", "asian", "two_or_more"};
constexpr std::array<const char*, 7> kStandards = {
    "learning-communities", "leadership",     "resources", "data",
    "learning-designs",     "implementation", "outcomes"};

std::string Sentence(SeededRandom* random, size_t words) {
  std::string text;
  for (size_t i = 0; i < words; ++i) {
    if (i > 0) text += random->Chance(0.08) ? ". " : " ";
    text += kWords[random->Below(kWords.size())];
  }
  return text.empty() ? text : text + ".";
}

template <size_t N>
const char* Pick(SeededRandom* random, const std::array<const char*, N>& table) {
  // Skewed as life is: the first values are the most frequent.
  return table[std::min(random->Below(N), random->Below(N))];
}

std::string ResponseMessage(SeededRandom* random, int64_t seconds) {
  domain::v1::Response response;
  response.set_survey(random->Chance(0.5) ? "PLQ-2026" : "SCHOOL-CLIMATE-2026");
  response.set_wave(fmt::format("{}-W{}", response.survey(), 1 + random->Below(3)));
  response.mutable_submit_time()->set_seconds(seconds);
  response.set_language(random->Chance(0.85) ? "en" : "es");
  response.set_role(Pick(random, kRoles));
  response.set_grade_band(Pick(random, kGrades));
  response.set_years_band(Pick(random, kYears));
  response.set_race_ethnicity(Pick(random, kRaces));
  const double person = random->Unit() + random->Unit();
  for (int question = 0; question < 24; ++question) {
    const double answer = 2.2 + person * 0.8 + random->Unit() * 1.6 + random->Unit() * 0.8;
    response.add_answers(static_cast<uint32_t>(std::clamp(answer, 1.0, 5.0)));
  }
  if (random->Chance(0.1)) response.set_comment(Sentence(random, 4 + random->Below(26)));
  return response.SerializeAsString();
}

std::string ParticipationMessage(SeededRandom* random, int day) {
  domain::v1::Participation participation;
  participation.set_staff(fmt::format("P{:05}", random->Below(80) * 1237 % 100'000));
  participation.set_activity(fmt::format("A{:04}", random->Below(60) * 163 % 10'000));
  participation.set_date(fmt::format("2026-{:02}-{:02}", 9 + day / 30 % 4, 1 + day % 28));
  participation.set_claimed_hours(0.5 * static_cast<double>(1 + random->Below(6)));
  participation.set_state(domain::v1::PARTICIPATION_STATE_ATTENDED);
  for (uint64_t i = 0; i <= random->Below(3); ++i) participation.add_standards(Pick(random, kStandards));
  for (uint64_t i = 0; i < random->Below(3); ++i) {
    participation.add_goals(fmt::format("G{:03}", random->Below(12) * 83 % 1000));
  }
  participation.set_reflection(Sentence(random, random->Below(60)));
  return participation.SerializeAsString();
}

}  // namespace

void Check(const absl::Status& status) {
  if (status.ok()) return;
  std::cerr << "benchmark failed: " << status << std::endl;
  std::exit(1);
}

std::vector<RecordWrite> MakeWorkload(const std::string& scope, size_t count, uint64_t seed) {
  SeededRandom random(seed);
  const KindRegistry& kinds = KindRegistry::BuiltIn();
  const KindInfo* response = kinds.Find("Response");
  const KindInfo* participation = kinds.Find("Participation");
  std::vector<RecordWrite> writes;
  writes.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    const bool is_response = i % 5 < 3;
    const KindInfo* kind = is_response ? response : participation;
    const std::string message =
        is_response ? ResponseMessage(&random, kSeptemberSeconds + static_cast<int64_t>(i) * 97)
                    : ParticipationMessage(&random, static_cast<int>(i * 120 / count));
    const auto cells = SplitMessage(message, kind->split_rules);
    Check(cells.status());
    RecordWrite write;
    write.type = RecordWrite::Type::kCreate;
    write.scope = scope;
    write.kind = kind->full_name;
    write.lane = static_cast<Lane>(kind->lane);
    for (const MessageCell& cell : *cells)
      write.cells.push_back({{cell.field, cell.element}, cell.bytes, false});
    writes.push_back(std::move(write));
  }
  return writes;
}

size_t ContentBytes(const std::vector<RecordWrite>& writes) {
  size_t bytes = 0;
  for (const RecordWrite& write : writes) {
    for (const CellWrite& cell : write.cells) bytes += cell.bytes.size();
  }
  return bytes;
}

void WriteAll(Replica* replica, const std::vector<RecordWrite>& writes, size_t batch) {
  for (size_t i = 0; i < writes.size(); i += batch) {
    WriteRequest request;
    request.actor = "bench";
    request.records.assign(writes.begin() + static_cast<ptrdiff_t>(i),
                           writes.begin() + static_cast<ptrdiff_t>(std::min(i + batch, writes.size())));
    Check(replica->Write(request).status());
  }
}

}  // namespace trellis
