#include "common/record/filter.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "common/record/filter_syntax.h"
#include "common/record/index_entries.h"
#include "common/record/kind_registry.h"
#include "common/record/order_by.h"
#include "trellis/domain/v1/action_step.pb.h"
#include "trellis/domain/v1/activity.pb.h"
#include "trellis/domain/v1/cycle.pb.h"
#include "trellis/domain/v1/survey.pb.h"

namespace trellis {
namespace {

namespace d = domain::v1;
using testing::HasSubstr;

const KindInfo& Kind(std::string_view name) { return *KindRegistry::BuiltIn().Find(name); }

template <typename MessageT>
MessageT FromText(const std::string& text) {
  MessageT message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

bool StepMatches(const std::string& filter, const d::ActionStep& step) {
  const auto parsed = RecordFilter::Parse(filter, Kind("ActionStep"));
  EXPECT_TRUE(parsed.ok()) << filter << ": " << parsed.status();
  return parsed.ok() && parsed->Matches(step);
}

d::ActionStep Step() {
  return FromText<d::ActionStep>(
      R"(code: "STEP-1" title: "Open Classrooms" state: ACTION_STEP_STATE_IN_PROGRESS
    percent_complete: 40 due_date: "2026-10-01" contributors: ["P1", "P2"])");
}

TEST(Filter_OnAStep, Compares) {
  const struct {
    const char* filter;
    bool matches;
  } cases[] = {
      {"", true},
      {"   ", true},
      {"code = STEP-1", true},
      {"code=\"STEP-1\"", true},
      {"code != STEP-1", false},
      {"code = STEP", false},
      {"code = STEP*", true},
      {"code = *-1", true},
      {"code = \"*EP*\"", true},
      {"code != STEP*", false},
      {"title = 'Open Classrooms'", true},
      {"title = 'open classrooms'", false},
      {"title : open", true},
      {"title:closed", false},
      {"percent_complete > 39", true},
      {"percentComplete >= 40.5", false},
      {"percent_complete = 40", true},
      {"percent_complete != 40", false},
      {"percent_complete < -1", false},
      {"state = IN_PROGRESS", true},
      {"state = ACTION_STEP_STATE_IN_PROGRESS", true},
      {"state != DONE", true},
      {"due_date < 2026-11-01", true},
      {"due_date >= 2026-11-01", false},
      {"contributors:P1", true},
      {"contributors:P", false},
      {"contributors = P2", true},
      {"contributors != P2", false},
      {"contributors:*", true},
      {"codes:*", false},
      {"notes:*", false},
      {"title:*", true},
      {"notes = \"\"", true},
      {"open", true},
      {"OPEN step-1", true},
      {"open closed", false},
      {"\"open class\"", true},
      {"-closed", true},
      {"NOT open", false},
      {"-(open AND closed)", true},
      {"p2", true},
  };
  for (const auto& [filter, matches] : cases) EXPECT_EQ(StepMatches(filter, Step()), matches) << filter;
}

TEST(Filter_OnAStep, OrBindsTighterThanAnd) {
  EXPECT_FALSE(StepMatches("closed AND open OR open", FromText<d::ActionStep>("title: 'open'")));
  EXPECT_TRUE(StepMatches("open OR closed AND open", FromText<d::ActionStep>("title: 'open'")));
  EXPECT_TRUE(StepMatches("(closed AND open) OR open", FromText<d::ActionStep>("title: 'open'")));
  EXPECT_FALSE(StepMatches("open closed OR shut", FromText<d::ActionStep>("title: 'open'")));
}

TEST(Filter_OnAStep, WhatIsNotSaidEqualsNothing) {
  EXPECT_FALSE(StepMatches("percent_complete < 50", FromText<d::ActionStep>("code: 'A'")));
  EXPECT_TRUE(StepMatches("percent_complete != 50", FromText<d::ActionStep>("code: 'A'")));
  EXPECT_TRUE(StepMatches("percent_complete = 0", FromText<d::ActionStep>("percent_complete: 0")));
}

TEST(Filter_OnACycle, LooksWithin) {
  const auto cycle = FromText<d::ImprovementCycle>(
      "code: 'C' transitions { to: CYCLE_STAGE_IMPLEMENT at { seconds: 1790841600 } note: 'go' } "
      "obstacles { code: 'O' state: OBSTACLE_STATE_OPEN }");
  const auto matches = [&](const std::string& filter) {
    const auto parsed = RecordFilter::Parse(filter, Kind("ImprovementCycle"));
    EXPECT_TRUE(parsed.ok()) << filter << parsed.status();
    return parsed.ok() && parsed->Matches(cycle);
  };
  EXPECT_TRUE(matches("transitions.to = IMPLEMENT"));
  EXPECT_TRUE(matches("transitions.at >= \"2026-10-01T00:00:00Z\""));
  EXPECT_FALSE(matches("transitions.at > 2026-10-02"));
  EXPECT_TRUE(matches("obstacles.state = OPEN AND NOT obstacles.state = RESOLVED"));
  EXPECT_TRUE(matches("transitions:*"));
  EXPECT_FALSE(matches("next_actions:*"));
  EXPECT_TRUE(matches("go"));
}

std::string ErrorOf(std::string_view filter) {
  const auto parsed = RecordFilter::Parse(filter, Kind("ActionStep"));
  EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument) << filter;
  return std::string(parsed.status().message());
}

TEST(Filter_Errors, SayWhereAndWhat) {
  EXPECT_THAT(ErrorOf("code ="), HasSubstr("character 7: expected a value here"));
  EXPECT_THAT(ErrorOf("é code = )"), HasSubstr("character 10: expected a value, not \")\""));
  EXPECT_THAT(ErrorOf("(code = a"), HasSubstr("character 1: this \"(\" is never closed"));
  EXPECT_THAT(ErrorOf("code = a)"), HasSubstr("character 9: unexpected \")\""));
  EXPECT_THAT(ErrorOf("title = \"abc"), HasSubstr("character 9: this quote is never closed"));
  EXPECT_THAT(ErrorOf("nosuch = 1"), HasSubstr("character 1: ActionStep has no field \"nosuch\""));
  EXPECT_THAT(ErrorOf("a AND percent_complete = many"), HasSubstr("character 26: expected a number"));
  EXPECT_THAT(ErrorOf("state = FINISHED"), HasSubstr("expected one of ACTION_STEP_STATE_NOT_STARTED"));
  EXPECT_THAT(ErrorOf("state < DONE"), HasSubstr("compares with = and != only"));
  EXPECT_THAT(ErrorOf("percent_complete:4"), HasSubstr("takes : with * only"));
  EXPECT_THAT(ErrorOf("percent_complete = nan"), HasSubstr("expected a number"));
  EXPECT_THAT(ErrorOf("\"code\" = a"), HasSubstr("a field is not quoted"));
  EXPECT_THAT(ErrorOf("a AND"), HasSubstr("expected a field or a word"));
  EXPECT_THAT(ErrorOf("OR a"), HasSubstr("not AND or OR"));
  EXPECT_THAT(ErrorOf("a,b"), HasSubstr("not \",\""));
  EXPECT_THAT(ErrorOf("code. = a"), HasSubstr("no field"));
  EXPECT_THAT(ErrorOf("code.x = a"), HasSubstr("no field"));
}

TEST(Filter_Errors, BoundSizeDepthAndTerms) {
  EXPECT_THAT(ErrorOf(std::string(kMaxFilterBytes + 1, 'x')), HasSubstr("make it shorter"));
  EXPECT_THAT(ErrorOf(std::string(2000, '(')), HasSubstr("levels deep"));
  EXPECT_THAT(ErrorOf(std::string(2000, '-') + "a"), HasSubstr("levels deep"));
  std::string many;
  for (int i = 0; i <= kMaxFilterTerms; ++i) many += "a ";
  EXPECT_THAT(ErrorOf(many), HasSubstr("more than 64 comparisons"));
  EXPECT_THAT(ErrorOf("\xff"), HasSubstr("not UTF-8"));
  EXPECT_THAT(ErrorOf(std::string_view("a\0b", 3)), HasSubstr("invisible"));
}

TEST(Filter_Errors, SurvivesWhateverIsTyped) {
  EXPECT_TRUE(rc::check([] {
    const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
        "(", ")", "AND", "OR", "NOT", "-", "=", "!=", "<", ":", "*", "\"", "'", "\\", " ", "code", "state",
        "DONE", "percent_complete", "4", ".", ",", "contributors", "\xc3\xa9"));
    std::string filter;
    for (const std::string& piece : pieces) filter += piece;
    const auto parsed = RecordFilter::Parse(filter, Kind("ActionStep"));
    if (parsed.ok()) parsed->Matches(Step());
  }));
}

// Whatever has the value has an index entry in the range the filter names.
TEST(Filter_IndexRange, HoldsTheMatches) {
  const struct {
    const char* filter;
    uint32_t field;
  } cases[] = {
      {"code = STEP-1", 1}, {"state = IN_PROGRESS AND code:STEP", 10}, {"due_date = 2026-10-01 open", 9}};
  for (const auto& [text, field] : cases) {
    const auto filter = RecordFilter::Parse(text, Kind("ActionStep"));
    ASSERT_TRUE(filter.ok());
    ASSERT_TRUE(filter->index_range().has_value()) << text;
    EXPECT_EQ(filter->index_range()->field, field);
    bool found = false;
    for (const IndexEntry& entry : IndexEntriesOf(Kind("ActionStep"), Step().SerializeAsString())) {
      found |= entry.field == field && entry.value >= filter->index_range()->low &&
               entry.value < filter->index_range()->high;
    }
    EXPECT_TRUE(found) << text;
  }
  for (const char* text : {"code = STEP*", "code != A", "code = A OR code = B", "NOT code = A", "code = ''",
                           "notes = a", "percent_complete = 4", "a"}) {
    EXPECT_FALSE(RecordFilter::Parse(text, Kind("ActionStep"))->index_range().has_value()) << text;
  }
}

TEST(OrderBy, OrdersByEachFieldInTurn) {
  const auto a = FromText<d::ActionStep>("title: 'a' percent_complete: 5");
  const auto b = FromText<d::ActionStep>("title: 'b' percent_complete: 5");
  const auto none = FromText<d::ActionStep>("title: 'a'");
  const auto order = [](const char* text) { return *RecordOrder::Parse(text, Kind("ActionStep")); };
  EXPECT_LT(order("title").Compare(a, b), 0);
  EXPECT_GT(order("title desc").Compare(a, b), 0);
  EXPECT_EQ(order("percentComplete").Compare(a, b), 0);
  EXPECT_LT(order("percent_complete desc, title asc").Compare(a, b), 0);
  EXPECT_GT(order("percent_complete").Compare(a, none), 0);
  EXPECT_EQ(order("").Compare(a, b), 0);
  EXPECT_TRUE(order(" ").empty());
}

TEST(OrderBy, RefusesWhatHasNoOrder) {
  for (const char* text : {"nosuch", "contributors", "title up", ",", "title,", "title desc desc"}) {
    EXPECT_EQ(RecordOrder::Parse(text, Kind("ActionStep")).status().code(),
              absl::StatusCode::kInvalidArgument)
        << text;
  }
  EXPECT_FALSE(RecordOrder::Parse("transitions.at", Kind("ImprovementCycle")).ok());
  std::string many = "title";
  for (int i = 0; i < 8; ++i) many += ",title";
  EXPECT_FALSE(RecordOrder::Parse(many, Kind("ActionStep")).ok());
}

}  // namespace
}  // namespace trellis
