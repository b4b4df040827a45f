#include "common/service/follower/report_follower.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/record/message_cells.h"
#include "common/report/block_bytes.h"
#include "common/storage/memory_engine.h"
#include "common/tables/view_table.h"
#include "fmt/format.h"

namespace trellis {
namespace {

constexpr char kShared[] = "shared";

domain::v1::Survey SurveyNamed(const std::string& code, int questions, int options) {
  domain::v1::Survey survey;
  survey.set_code(code);
  for (int slot = 1; slot <= questions; ++slot) {
    auto* question = survey.add_questions();
    question->set_slot(slot);
    question->set_code(fmt::format("Q{}", slot));
    // The last one is answered in words.
    question->set_form(slot == questions && questions > 2 ? domain::v1::QUESTION_FORM_TEXT
                                                          : domain::v1::QUESTION_FORM_SINGLE_CHOICE);
    for (int value = 1; value <= options; ++value) question->add_choices()->set_value(value);
  }
  return survey;
}

// A store in memory with a follower of its feeds.
class FollowedStore {
 public:
  explicit FollowedStore(uint64_t seed) : random_(seed) { Open(); }

  void Open(bool rescue = false) {
    follower.reset();
    replica_.reset();
    Replica::Options options;
    options.clock = &clock_;
    options.random = &random_;
    options.kinds = &KindRegistry::BuiltIn();
    options.rescue = rescue;
    auto opened = Replica::Open(&engine_, options);
    ASSERT_TRUE(opened.ok()) << opened.status();
    replica_ = *std::move(opened);
    follower = std::make_unique<ReportFollower>(replica_.get(), &KindRegistry::BuiltIn());
  }
  void Reopen() {
    Close();
    engine_.Reopen();
    Open();
  }
  void Crash() {
    Close();
    engine_.Crash();
    Open();
  }

  Replica* replica() const { return replica_.get(); }

  // As a write of these fields, in place of what was there.
  RecordId Put(const std::string& scope, const google::protobuf::Message& message,
               std::optional<RecordId> id = std::nullopt) {
    clock_.Advance(10);
    const KindInfo* kind = KindRegistry::BuiltIn().Find(message.GetDescriptor()->full_name());
    RecordWrite write;
    write.type = id ? RecordWrite::Type::kUpdate : RecordWrite::Type::kCreate;
    write.scope = scope;
    write.kind = kind->full_name;
    write.id = id;
    const auto cells = SplitMessage(message.SerializeAsString(), kind->split_rules);
    for (const MessageCell& cell : *cells) write.cells.push_back({{cell.field, cell.element}, cell.bytes});
    return Write(write);
  }
  void Change(const std::string& scope, const RecordId& id, RecordWrite::Type type) {
    clock_.Advance(10);
    RecordWrite write;
    write.type = type;
    write.scope = scope;
    write.id = id;
    Write(write);
  }

  // Every row that rests in the store, one after the other.
  std::string Resting() const {
    std::string all;
    EXPECT_TRUE(ViewRowsOf(replica_.get())
                    ->ScanViewRows("",
                                   [&](std::string_view key, std::string_view row) {
                                     all.append(key).append("=").append(row).append("\n");
                                     return true;
                                   })
                    .ok());
    return all;
  }

  std::unique_ptr<ReportFollower> follower;

 private:
  void Close() {
    follower.reset();
    replica_.reset();
  }
  RecordId Write(const RecordWrite& write) {
    WriteRequest request;
    request.actor = "test";
    request.records = {write};
    const auto written = replica_->Write(request);
    EXPECT_TRUE(written.ok()) << written.status();
    return written.ok() ? written->records[0].id : RecordId();
  }

  MemoryEngine engine_;
  SeededRandom random_;
  ManualClock clock_{1'800'000'000'000};
  std::unique_ptr<Replica> replica_;
};

// The columns' bytes with rows by id and attributes by name: what must not depend on how they came to be.
std::string CanonicalBytes(const ReportView& view) {
  const ReportInput input = view.Input({}, {});
  std::vector<std::string> parts;
  for (const WaveResponses& responses : input.responses) {
    const ResponseColumns& columns = *responses.columns;
    std::string part;
    PutText(responses.wave, &part);
    PutText(responses.site, &part);
    for (const QuestionColumn& question : columns.layout().questions) {
      PutText(question.item, &part);
      PutVarint(static_cast<uint64_t>(question.options), &part);
    }
    for (const ResponseRow& row : columns.RowsById()) {
      PutIdentity(row.identity, &part);
      part.push_back(row.complete ? 1 : 0);
      part.append(row.answers.begin(), row.answers.end());
      std::map<std::string, std::string> attributes;
      for (size_t a = 0; a < row.attributes.size(); ++a) {
        if (!row.attributes[a].empty()) attributes[columns.layout().attributes[a]] = row.attributes[a];
      }
      for (const auto& [name, value] : attributes) {
        PutText(name, &part);
        PutText(value, &part);
      }
    }
    parts.push_back(std::move(part));
  }
  std::sort(parts.begin(), parts.end());
  std::string bytes;
  PutVarint(static_cast<uint64_t>(input.pending_responses), &bytes);
  for (const std::string& part : parts) PutText(part, &bytes);
  return bytes;
}

std::string MadeFromNothing(const FollowedStore& store) {
  ReportFollower anew(store.replica(), &KindRegistry::BuiltIn());
  EXPECT_TRUE(anew.Rebuild().ok());
  return CanonicalBytes(anew.view());
}

domain::v1::Response ResponseTo(const std::string& survey, const std::string& wave, SeededRandom* random) {
  domain::v1::Response response;
  response.set_survey(survey);
  response.set_wave(wave);
  for (int i = 0; i < 3; ++i) {
    const uint64_t drawn = random->Below(8);
    response.add_answers(drawn < 6 ? static_cast<uint32_t>(drawn) : 119 + static_cast<uint32_t>(drawn));
  }
  response.set_role(fmt::format("role{}", random->Below(5)));
  response.set_partial(random->Chance(0.1));
  response.set_respondent_key(random->Chance(0.5) ? fmt::format("key{}", random->Below(50)) : "");
  response.mutable_submit_time()->set_seconds(1'790'000'000 + static_cast<int64_t>(random->Below(1000)));
  if (random->Chance(0.3)) {
    auto* attribute = response.add_attributes();
    attribute->set_attribute(random->Chance(0.5) ? "team" : "house");
    attribute->set_value(fmt::format("v{}", random->Below(3)));
  }
  return response;
}

class History {
 public:
  explicit History(uint64_t seed) : random_(seed), store_(seed) {
    for (const char* code : {"W1", "W2"}) {
      domain::v1::Wave wave;
      wave.set_code(code);
      wave.set_survey("S");
      store_.Put(kShared, wave);
    }
  }

  void Step() {
    const uint64_t drawn = random_.Below(100);
    if (drawn < 55) {
      AddResponses(random_.Chance(0.05) ? 300 : 1);
    } else if (drawn < 75 && !responses_.empty()) {
      ChangeResponse();
    } else if (drawn < 80) {
      ChangeSurvey();
    } else if (drawn < 84) {
      domain::v1::Staff staff;
      staff.set_staff_unique_id(fmt::format("P{}", random_.Below(100)));
      store_.Put("oak", staff);
    } else if (drawn < 90) {
      ASSERT_TRUE(store_.follower->CatchUp().ok());
    } else if (drawn < 95) {
      ASSERT_TRUE(store_.follower->CatchUp().ok());
      ASSERT_TRUE(store_.follower->Checkpoint().ok());
    } else if (drawn < 97) {
      store_.Reopen();
    } else if (drawn < 99) {
      store_.Crash();
    } else {
      store_.Open(/*rescue=*/true);
    }
  }

  void Check() {
    ASSERT_TRUE(store_.follower->CatchUp().ok());
    ASSERT_EQ(CanonicalBytes(store_.follower->view()), MadeFromNothing(store_));
  }

 private:
  struct Written {
    std::string scope;
    RecordId id;
    bool deleted = false;
    bool erased = false;
  };

  void AddResponses(int count) {
    const std::string scope = random_.Chance(0.7) ? "oak" : "elm";
    for (int i = 0; i < count; ++i) responses_.push_back({scope, store_.Put(scope, Draw())});
  }
  domain::v1::Response Draw() {
    return ResponseTo(random_.Chance(0.8) ? "S" : "T", random_.Chance(0.6) ? "W1" : "W2", &random_);
  }
  void ChangeResponse() {
    Written& response = responses_[random_.Below(responses_.size())];
    if (response.erased) return;
    const uint64_t drawn = random_.Below(10);
    if (response.deleted) {
      store_.Change(response.scope, response.id, RecordWrite::Type::kRestore);
      response.deleted = false;
    } else if (drawn < 6) {
      store_.Put(response.scope, Draw(), response.id);
    } else if (drawn < 9) {
      store_.Change(response.scope, response.id, RecordWrite::Type::kDelete);
      response.deleted = true;
    } else {
      store_.Change(response.scope, response.id, RecordWrite::Type::kErase);
      response.erased = true;
    }
  }
  void ChangeSurvey() {
    const std::string code = random_.Chance(0.7) ? "S" : "T";
    const domain::v1::Survey survey =
        SurveyNamed(code, 1 + static_cast<int>(random_.Below(3)), 3 + static_cast<int>(random_.Below(3)));
    const auto known = surveys_.find(code);
    if (known == surveys_.end() || random_.Chance(0.2)) {
      surveys_[code] = store_.Put(kShared, survey);  // a second survey may answer to the code
    } else if (random_.Chance(0.3)) {
      store_.Change(kShared, known->second, RecordWrite::Type::kDelete);
      surveys_.erase(known);
    } else {
      store_.Put(kShared, survey, known->second);
    }
  }

  SeededRandom random_;
  FollowedStore store_;
  std::vector<Written> responses_;
  std::map<std::string, RecordId> surveys_;
};

TEST(ReportFollower_, AfterAnyHistoryIsWhatTheRecordsGiveByteForByte) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    History history(seed);
    for (int step = 1; step <= 120; ++step) {
      history.Step();
      if (step % 10 == 0) history.Check();
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

class Resting : public testing::Test {
 protected:
  Resting() : store_(7), random_(7) {
    domain::v1::Wave wave;
    wave.set_code("W1");
    wave.set_survey("S");
    store_.Put(kShared, wave);
    survey_ = store_.Put(kShared, SurveyNamed("S", 3, 5));
    for (int i = 0; i < 400; ++i) ids_.push_back(store_.Put("oak", Answered()));
    // A response that waits for its survey.
    domain::v1::Response waiting = Answered();
    waiting.set_survey("LATER");
    waiting_ = store_.Put("oak", waiting);
    EXPECT_TRUE(store_.follower->CatchUp().ok());
    EXPECT_TRUE(store_.follower->Checkpoint().ok());
  }
  domain::v1::Response Answered() { return ResponseTo("S", "W1", &random_); }

  FollowedStore store_;
  SeededRandom random_;
  RecordId survey_;
  RecordId waiting_;
  std::vector<RecordId> ids_;
};

TEST_F(Resting, ColumnsAreTakenUpAtAStartAndOnlyWhatChangedIsWritten) {
  const std::string before = store_.Resting();
  store_.Reopen();
  ASSERT_TRUE(store_.follower->CatchUp().ok());
  EXPECT_EQ(store_.follower->unsaved(), 0u) << "nothing had to be read from the feed";
  EXPECT_EQ(CanonicalBytes(store_.follower->view()), MadeFromNothing(store_));
  store_.Put("oak", Answered());
  ASSERT_TRUE(store_.follower->CatchUp().ok());
  EXPECT_EQ(store_.follower->unsaved(), 1u);
  const ViewRowChanges changes = store_.follower->view().Changes();
  EXPECT_TRUE(changes.cleared.empty());
  EXPECT_LE(changes.rows.size(), 3u) << "its row, perhaps a new value, perhaps its answers in words";
  ASSERT_TRUE(store_.follower->Checkpoint().ok());
  EXPECT_TRUE(store_.follower->view().Changes().rows.empty());
}

TEST_F(Resting, ErasedValuesLeaveTheBlocks) {
  domain::v1::Response one = Answered();
  one.set_role("the-only-librarian");
  one.set_respondent_key("key-of-the-librarian");
  const RecordId id = store_.Put("oak", one);
  one.set_survey("LATER");
  const RecordId waiting = store_.Put("oak", one);
  ASSERT_TRUE(store_.follower->CatchUp().ok() && store_.follower->Checkpoint().ok());
  EXPECT_FALSE(store_.follower->erased_unsaved());
  for (const char* value : {"the-only-librarian", "key-of-the-librarian"}) {
    EXPECT_NE(store_.Resting().find(value), std::string::npos);
  }
  store_.Change("oak", id, RecordWrite::Type::kErase);
  store_.Change("oak", waiting, RecordWrite::Type::kErase);
  ASSERT_TRUE(store_.follower->CatchUp().ok());
  EXPECT_TRUE(store_.follower->erased_unsaved());
  ASSERT_TRUE(store_.follower->Checkpoint().ok());
  const std::string resting = store_.Resting();
  for (const std::string_view value : {std::string_view("librarian"), id.view(), waiting.view()}) {
    EXPECT_EQ(resting.find(value), std::string::npos);
  }
  EXPECT_EQ(CanonicalBytes(store_.follower->view()), MadeFromNothing(store_));
}

TEST_F(Resting, RowsOfAnotherVersionOrDamagedAreMadeAnewFromTheFeeds) {
  std::vector<std::pair<std::string, std::string>> rows;
  ASSERT_TRUE(ViewRowsOf(store_.replica())
                  ->ScanViewRows("",
                                 [&](std::string_view key, std::string_view row) {
                                   rows.emplace_back(key, row);
                                   return true;
                                 })
                  .ok());
  std::set<char> letters;
  for (const auto& [key, row] : rows) {
    // One of each sort of row is enough.
    if (!letters.insert(key[0] == 'g' ? key[5] : key[0]).second) continue;
    for (const std::string& bad : {'\x09' + row.substr(1), row.substr(0, row.size() / 2)}) {
      ASSERT_TRUE(
          ViewRowsOf(store_.replica())->WriteViewRows(store_.replica()->epoch(), {{}, {{key, bad}}}).ok());
      store_.Reopen();
      ASSERT_TRUE(store_.follower->CatchUp().ok());
      EXPECT_EQ(CanonicalBytes(store_.follower->view()), MadeFromNothing(store_));
      ASSERT_TRUE(store_.follower->Checkpoint().ok());
      store_.Reopen();
      ASSERT_TRUE(store_.follower->CatchUp().ok());
      EXPECT_EQ(store_.follower->unsaved(), 0u) << "the rows are whole again";
    }
  }
  EXPECT_GE(letters.size(), 7u);
}

TEST_F(Resting, ARescueVoidsThem) {
  store_.Open(/*rescue=*/true);
  EXPECT_EQ(store_.Resting(), "");
  EXPECT_FALSE(*store_.follower->Rests());
  ASSERT_TRUE(store_.follower->CatchUp().ok());
  EXPECT_EQ(CanonicalBytes(store_.follower->view()), MadeFromNothing(store_));
}

TEST_F(Resting, CursorAheadOfTheRecords_IsNotBelieved) {
  std::string row;
  PutVarint(kBlockVersion, &row);
  PutVarint(1'000'000, &row);
  ASSERT_TRUE(
      ViewRowsOf(store_.replica())->WriteViewRows(store_.replica()->epoch(), {{}, {{"coak", row}}}).ok());
  store_.Put("oak", Answered());
  store_.Reopen();
  ASSERT_TRUE(store_.follower->CatchUp().ok());
  EXPECT_EQ(CanonicalBytes(store_.follower->view()), MadeFromNothing(store_));
}

TEST_F(Resting, AnAttributeNobodyBrokeDownByIsThereWhenAWaveDeclaresIt) {
  domain::v1::Response response = Answered();
  response.clear_attributes();
  auto* attribute = response.add_attributes();
  attribute->set_attribute("campus");
  attribute->set_value("north");
  store_.Put("oak", response);
  ASSERT_TRUE(store_.follower->CatchUp().ok() && store_.follower->Checkpoint().ok());
  store_.Reopen();
  ASSERT_TRUE(store_.follower->CatchUp().ok());
  const ReportInput input = store_.follower->view().Input({}, {});
  ASSERT_EQ(input.responses.size(), 1u);
  const int campus = input.responses[0].columns->AttributeIndex("campus");
  ASSERT_GE(campus, 0);
  EXPECT_EQ(input.responses[0].columns->dictionary(campus), (std::vector<std::string>{"", "north"}));
}

TEST_F(Resting, SurveyThatComesLater_PlacesWhatWaitedInTheStore) {
  store_.Reopen();
  store_.Put(kShared, SurveyNamed("LATER", 3, 5));
  ASSERT_TRUE(store_.follower->CatchUp().ok() && store_.follower->Checkpoint().ok());
  EXPECT_EQ(store_.follower->view().Input({}, {}).pending_responses, 0);
  EXPECT_EQ(CanonicalBytes(store_.follower->view()), MadeFromNothing(store_));
  EXPECT_EQ(store_.Resting().find(std::string("w") + "oak"), std::string::npos);
}

}  // namespace
}  // namespace trellis
