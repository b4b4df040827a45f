#include "client/cli/command_line.h"

#include <gtest/gtest.h>

#include <sstream>
#include <vector>

namespace trellis {
namespace {

struct Outcome {
  int exit_code;
  std::string out;
  std::string err;
};

Outcome RunWith(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "trellis");
  std::ostringstream out;
  std::ostringstream err;
  const Environment none = [](const std::string&) { return std::nullopt; };
  const int code = RunCommandLine(static_cast<int>(arguments.size()), arguments.data(), none, out, err);
  return {code, out.str(), err.str()};
}

TEST(CommandLine, UnknownCommandIsWrongUse) { EXPECT_EQ(RunWith({"frobnicate"}).exit_code, 2); }

TEST(CommandLine, WhatIsMistyped_IsNamedWithWhereToLook) {
  EXPECT_EQ(RunWith({"frobnicate"}).err,
            "trellis: there is no command frobnicate; `trellis --help` says what may be given\n");
  EXPECT_EQ(RunWith({"sync", "nwo"}).err,
            "trellis: there is no command nwo; `trellis sync --help` says what may be given\n");
  EXPECT_EQ(RunWith({"trace", "Staff"}).err,
            "trellis: ID is required; `trellis trace --help` says what may be given\n");
  EXPECT_NE(RunWith({"status", "--bogus"}).err.find("--bogus"), std::string::npos);
}

TEST(CommandLine, WrongUseIsOneJsonLineWhenAskedFor) {
  for (const Outcome& run : {RunWith({"--json", "frobnicate"}), RunWith({"trace", "Staff", "--json"})}) {
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_EQ(run.err.find("{\"code\":\"INVALID_ARGUMENT\",\"reason\":"), 0u) << run.err;
    EXPECT_EQ(run.err.find('\n'), run.err.size() - 1);
  }
}

TEST(CommandLine, HelpIsNoError) {
  const Outcome run = RunWith({"--help"});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_NE(run.out.find("records"), std::string::npos);
}

TEST(CommandLine, WithoutAnAddressIsWrongUse) {
  const Outcome run = RunWith({"status"});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_NE(run.err.find("--address"), std::string::npos);
}

TEST(CommandLine, NobodyThereIsNotReachable) {
  const Outcome run = RunWith({"--address", "unix:/nonexistent/trellis.sock", "status"});
  EXPECT_EQ(run.exit_code, 3);
}

TEST(CommandLine, ErrorsAreOneJsonLineWhenAskedFor) {
  const Outcome run = RunWith({"--json", "status"});
  EXPECT_EQ(run.err.find("{\"code\":\"INVALID_ARGUMENT\",\"reason\":"), 0u);
  EXPECT_EQ(run.err.find('\n'), run.err.size() - 1);
  EXPECT_TRUE(run.out.empty());
}

TEST(CommandLine, TcpWithoutCaIsWrongUse) {
  EXPECT_EQ(RunWith({"--address", "127.0.0.1:1", "status"}).exit_code, 2);
}

TEST(CommandLine, ResolveWantsExactlyOneChoice) {
  EXPECT_EQ(RunWith({"--address", "unix:/x", "conflicts", "resolve", "Goal", "G1", "title"}).exit_code, 2);
  EXPECT_EQ(RunWith({"--address", "unix:/x", "conflicts", "resolve", "Goal", "G1", "title", "--take", "v",
                     "--value", "1"})
                .exit_code,
            2);
}

TEST(CommandLine, MistypedTimeoutIsWrongUse) {
  EXPECT_EQ(RunWith({"--address", "unix:/x", "sync", "now", "--timeout", "soon"}).exit_code, 2);
}

}  // namespace
}  // namespace trellis
