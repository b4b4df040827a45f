// Every *.txt of this folder is a scenario, and a test.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "gtest/gtest.h"
#include "tests/scenario/script.h"

namespace trellis::scenario {
namespace {

std::vector<std::filesystem::path> ScenarioFiles() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(TRELLIS_SCENARIO_FOLDER)) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

class Scenario : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Scenario, GoesAsWritten) {
  std::ifstream file(GetParam());
  std::stringstream text;
  text << file.rdbuf();
  ASSERT_FALSE(text.str().empty());
  const absl::Status status = Script().Run(text.str());
  EXPECT_TRUE(status.ok()) << status.message();
}

INSTANTIATE_TEST_SUITE_P(Files, Scenario, testing::ValuesIn(ScenarioFiles()),
                         [](const auto& info) { return info.param.stem().string(); });

TEST(Script, TellsTheLineThatFailed) {
  const absl::Status status = Script().Run("site A\nwrite A r title=x\n\nexpect value A r title=y\n");
  EXPECT_NE(std::string(status.message()).find("line 4"), std::string::npos);
}

TEST(Script, RefusesStepsItDoesNotKnow) {
  EXPECT_FALSE(Script().Run("frobnicate A r x\n").ok());
  EXPECT_FALSE(Script().Run("write A r title=x\n").ok());
}

}  // namespace
}  // namespace trellis::scenario
