#include "client/cli/settings.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

namespace trellis {
namespace {

class SettingsTest : public ::testing::Test {
 protected:
  SettingsTest() : config_(::testing::TempDir() + "/trellis-config-" + std::to_string(getpid())) {
    variables_["TRELLIS_CONFIG"] = config_;
  }
  ~SettingsTest() override { std::filesystem::remove(config_); }

  void WriteConfig(const std::string& text) { std::ofstream(config_) << text; }
  absl::StatusOr<Settings> Complete(Settings flags) {
    return CompleteSettings(std::move(flags), [this](const std::string& name) -> std::optional<std::string> {
      const auto it = variables_.find(name);
      return it == variables_.end() ? std::nullopt : std::optional<std::string>(it->second);
    });
  }

  std::string config_;
  std::map<std::string, std::string> variables_;
};

TEST_F(SettingsTest, FlagsWinOverEnvironmentOverFile) {
  WriteConfig("# the office\naddress = file:1\nca_file = /file/ca\ntoken_file = /file/token\n");
  variables_["TRELLIS_ADDRESS"] = "environment:1";
  variables_["TRELLIS_CA_FILE"] = "/environment/ca";
  const auto settings = Complete({.address = "flag:1"});
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(settings->address, "flag:1");
  EXPECT_EQ(settings->ca_file, "/environment/ca");
  EXPECT_EQ(settings->token_file, "/file/token");
}

TEST_F(SettingsTest, WithoutAnAddressSaysHowToGiveOne) {
  const auto settings = Complete({});
  ASSERT_EQ(settings.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(std::string(settings.status().message()).find("--address"), std::string::npos);
}

TEST_F(SettingsTest, NamesTheLineOfTheFileThatIsWrong) {
  WriteConfig("address = unix:/run/x\ntoken = abc\n");
  const auto settings = Complete({});
  ASSERT_EQ(settings.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(std::string(settings.status().message()).find("line 2"), std::string::npos);
}

}  // namespace
}  // namespace trellis
