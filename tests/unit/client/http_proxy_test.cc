#include "client/link/http_proxy.h"

#include <gtest/gtest.h>

#include <map>

namespace trellis {
namespace {

EnvironmentLookup Of(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const char* name) -> std::optional<std::string> {
    const auto it = values.find(name);
    return it == values.end() ? std::nullopt : std::optional<std::string>(it->second);
  };
}

TEST(HttpProxyTest, Option_ComesBeforeTheEnvironment) {
  const auto proxy =
      ChooseProxy("proxy.school:3128", Of({{"HTTPS_PROXY", "http://other:1"}}), "server.district.org");
  ASSERT_TRUE(proxy.ok());
  EXPECT_EQ((*proxy)->Uri(), "http://proxy.school:3128");
  EXPECT_EQ(*ChooseProxy("none", Of({{"HTTPS_PROXY", "http://other:1"}}), "server.district.org"),
            std::nullopt);
}

TEST(HttpProxyTest, Environment_IsReadAsOthersReadIt) {
  const auto by = [](std::map<std::string, std::string> values, const char* host) {
    return ChooseProxy("", Of(std::move(values)), host);
  };
  EXPECT_EQ((**by({{"https_proxy", "http://user:pass@p:8080/"}}, "a.org")).Uri(), "http://user:pass@p:8080");
  EXPECT_EQ((**by({{"HTTPS_PROXY", "p"}}, "a.org")).Uri(), "http://p:80");
  EXPECT_EQ(*by({{"HTTPS_PROXY", "http://p:1"}}, "127.0.0.1"), std::nullopt);
  EXPECT_EQ(*by({{"HTTPS_PROXY", "http://p:1"}, {"NO_PROXY", "x.org, .a.org"}}, "s.a.org"), std::nullopt);
  EXPECT_EQ(*by({{"HTTPS_PROXY", "http://p:1"}, {"NO_PROXY", "*"}}, "s.a.org"), std::nullopt);
  EXPECT_TRUE(by({{"HTTPS_PROXY", "http://p:1"}, {"NO_PROXY", "a.org"}}, "nota.org")->has_value());
  EXPECT_FALSE(by({{"HTTPS_PROXY", "socks5://p:1"}}, "a.org").ok());
}

TEST(HttpProxyTest, PasswordAsAnArgument_IsRefused) {
  EXPECT_TRUE(absl::IsInvalidArgument(ChooseProxy("user:pass@p:1", Of({}), "a.org").status()));
}

}  // namespace
}  // namespace trellis
