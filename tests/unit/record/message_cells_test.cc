#include "common/record/message_cells.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "common/record/kind_registry.h"
#include "trellis/domain/v1/activity.pb.h"
#include "trellis/domain/v1/cycle.pb.h"
#include "trellis/domain/v1/survey.pb.h"

namespace trellis {
namespace {

namespace d = domain::v1;
using testing::ElementsAre;

const std::vector<SplitRule>& RulesOf(std::string_view kind) {
  return KindRegistry::BuiltIn().Find(kind)->split_rules;
}

std::vector<MessageCell> Split(std::string_view bytes, const std::vector<SplitRule>& rules) {
  auto cells = SplitMessage(bytes, rules);
  EXPECT_TRUE(cells.ok()) << cells.status();
  return cells.ok() ? *cells : std::vector<MessageCell>();
}

std::vector<std::string> ElementsOf(const std::vector<MessageCell>& cells, uint32_t field) {
  std::vector<std::string> elements;
  for (const MessageCell& cell : cells) {
    if (cell.field == field) elements.push_back(cell.element);
  }
  return elements;
}

TEST(SplitMessage, GivesAPlainFieldOneCell) {
  d::Survey survey;
  survey.set_code("A");
  survey.set_title("T");
  const auto cells = Split(survey.SerializeAsString(), RulesOf("Survey"));
  EXPECT_THAT(cells, ElementsAre(MessageCell{1, "",
                                             "\x0a\x01"
                                             "A"},
                                 MessageCell{2, "",
                                             "\x12\x01"
                                             "T"}));
}

TEST(SplitMessage, KeysElementsByTheirSubfieldInOrderOfNumbers) {
  d::Survey survey;
  for (const uint32_t slot : {300U, 2U, 200U, 1U}) survey.add_questions()->set_slot(slot);
  const auto cells = Split(survey.SerializeAsString(), RulesOf("Survey"));
  EXPECT_THAT(ElementsOf(cells, 8), ElementsAre("\x01\x01", "\x01\x02", "\x01\xc8", "\x02\x01\x2c"));
  d::Survey joined;
  ASSERT_TRUE(joined.ParseFromString(JoinCells(cells)));
  EXPECT_EQ(joined.questions(0).slot(), 1U);
  EXPECT_EQ(joined.questions(3).slot(), 300U);
}

TEST(SplitMessage, KeysAnElementByItself) {
  d::Activity activity;
  activity.add_goals("TRUST-26");
  activity.add_goals(std::string(33, 'x'));
  const auto cells = Split(activity.SerializeAsString(), RulesOf("Activity"));
  const auto elements = ElementsOf(cells, 18);
  ASSERT_EQ(elements.size(), 2U);
  EXPECT_TRUE(elements[0] == "TRUST-26" || elements[1] == "TRUST-26");
  EXPECT_TRUE(elements[0].size() == 16 || elements[1].size() == 16);
}

TEST(SplitMessage, UnpacksPackedNumbers) {
  d::Activity activity;
  activity.add_audience_classifications(d::STAFF_CLASSIFICATION_COACH);
  activity.add_audience_classifications(d::STAFF_CLASSIFICATION_TEACHER);
  const auto cells = Split(activity.SerializeAsString(), RulesOf("Activity"));
  EXPECT_THAT(cells,
              ElementsAre(MessageCell{9, "\x01\x01", "\x48\x01"}, MessageCell{9, "\x01\x05", "\x48\x05"}));
}

TEST(SplitMessage, CountsElementsAlikeOnce) {
  d::Activity activity;
  activity.add_goals("A");
  activity.add_goals("B");
  activity.add_goals("A");
  const auto cells = Split(activity.SerializeAsString(), RulesOf("Activity"));
  EXPECT_THAT(ElementsOf(cells, 18), ElementsAre("A", "B"));
  d::Activity joined;
  ASSERT_TRUE(joined.ParseFromString(JoinCells(cells)));
  EXPECT_EQ(joined.goals_size(), 2);
}

TEST(SplitMessage, KeepsElementsOfOneKeyTogether) {
  d::Survey survey;
  survey.add_questions()->set_slot(1);
  survey.mutable_questions(0)->set_code("A");
  *survey.add_questions() = survey.questions(0);
  survey.mutable_questions(1)->set_code("B");
  const auto cells = Split(survey.SerializeAsString(), RulesOf("Survey"));
  ASSERT_EQ(cells.size(), 1U);
  d::Survey joined;
  ASSERT_TRUE(joined.ParseFromString(JoinCells(cells)));
  EXPECT_EQ(joined.questions_size(), 2);
}

TEST(SplitMessage, KeepsUnknownFields) {
  const std::string unknown =
      "\xfa\x3f\x03new\xf8\x3f\x07\xfa\x3f\x01"
      "2";  // 1023: text, number, text
  const auto cells = Split(unknown, RulesOf("Survey"));
  ASSERT_EQ(cells.size(), 1U);
  EXPECT_EQ(cells[0].field, 1023U);
  EXPECT_EQ(JoinCells(cells), unknown);
}

TEST(SplitMessage, RefusesMalformedBytes) {
  const std::string cases[] = {
      "\x0a",  // length missing
      "\x0a\x05"
      "ab",                                            // cut
      "\x08",                                          // value missing
      "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",  // varint of more than 64 bits
      std::string("\x00\x01", 2),                      // field 0
      "\x0b\x0c",                                      // group
      "\x0f\x01",                                      // wire type 7
      "\x0d\x01\x02",                                  // fixed32 cut
      "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",  // enormous length
      "\x4a\x01\x80",                                  // packed set, cut inside
  };
  for (const std::string& bytes : cases) {
    EXPECT_EQ(SplitMessage(bytes, RulesOf("Activity")).status().code(), absl::StatusCode::kInvalidArgument)
        << testing::PrintToString(bytes);
  }
}

TEST(SplitMessage, RefusesMoreThanTheLimit) {
  d::Survey survey;
  survey.set_introduction(std::string(kMaxMessageBytes, 'x'));
  EXPECT_EQ(SplitMessage(survey.SerializeAsString(), {}).status().code(), absl::StatusCode::kInvalidArgument);
}

d::ImprovementCycle ArbitraryCycle() {
  d::ImprovementCycle cycle;
  cycle.set_code(*rc::gen::container<std::string>(rc::gen::inRange('a', 'f')));
  if (*rc::gen::arbitrary<bool>()) cycle.set_aim("aim");
  for (const int goal : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 6))) {
    cycle.add_goals(std::string(goal * 10, 'g'));
  }
  for (const int at : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 9))) {
    auto* transition = cycle.add_transitions();
    transition->set_to(d::CYCLE_STAGE_IMPLEMENT);
    transition->mutable_at()->set_seconds(at);
  }
  for (const int stage : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 5))) {
    auto* gate = cycle.add_planned_gates();
    gate->set_stage(static_cast<d::CycleStage>(stage));
    gate->set_due_date(std::to_string(*rc::gen::inRange(0, 3)));
  }
  return cycle;
}

std::vector<std::string> Sorted(const auto& repeated) {
  std::vector<std::string> out;
  for (const auto& element : repeated) {
    if constexpr (std::is_same_v<std::decay_t<decltype(element)>, std::string>) {
      out.push_back(element);
    } else {
      out.push_back(element.SerializeAsString());
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

TEST(SplitMessage, JoinedIsTheSameMessage) {
  EXPECT_TRUE(rc::check([] {
    const d::ImprovementCycle cycle = ArbitraryCycle();
    const auto cells = SplitMessage(cycle.SerializeAsString(), RulesOf("ImprovementCycle"));
    RC_ASSERT(cells.ok());
    d::ImprovementCycle joined;
    RC_ASSERT(joined.ParseFromString(JoinCells(*cells)));
    RC_ASSERT(joined.code() == cycle.code());
    RC_ASSERT(joined.aim() == cycle.aim());
    RC_ASSERT(Sorted(joined.goals()) == Sorted(cycle.goals()));
    RC_ASSERT(Sorted(joined.transitions()) == Sorted(cycle.transitions()));
    RC_ASSERT(Sorted(joined.planned_gates()) == Sorted(cycle.planned_gates()));
  }));
}

TEST(SplitMessage, JoinedBytesAreCanonical) {
  EXPECT_TRUE(rc::check([] {
    const auto& rules = RulesOf("ImprovementCycle");
    const auto once = SplitMessage(ArbitraryCycle().SerializeAsString(), rules);
    RC_ASSERT(once.ok());
    auto shuffled = *once;
    const auto middle = once->empty() ? 0 : *rc::gen::inRange<size_t>(0, once->size());
    std::rotate(shuffled.begin(), shuffled.begin() + middle, shuffled.end());
    const std::string joined = JoinCells(shuffled);
    const auto again = SplitMessage(joined, rules);
    RC_ASSERT(again.ok());
    RC_ASSERT(*again == *once);
    RC_ASSERT(JoinCells(*again) == joined);
  }));
}

TEST(SplitMessage, NeverReadsPastHostileBytes) {
  EXPECT_TRUE(rc::check([](const std::string& bytes) {
    const auto cells = SplitMessage(bytes, RulesOf("Survey"));
    if (!cells.ok()) return;
    RC_ASSERT(SplitMessage(JoinCells(*cells), RulesOf("Survey")).ok());
  }));
}

}  // namespace
}  // namespace trellis
