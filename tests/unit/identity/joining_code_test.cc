#include "common/identity/joining_code.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cctype>

#include "common/identity/base32.h"

namespace trellis {
namespace {

JoiningCode Sample() {
  JoiningCode code;
  for (size_t i = 0; i < code.secret.size(); ++i) code.secret[i] = static_cast<uint8_t>(i * 17);
  for (size_t i = 0; i < code.server_key.size(); ++i) code.server_key[i] = static_cast<uint8_t>(255 - i);
  code.expires_s = 1'800'000'000;
  code.host = "127.0.0.1";
  code.port = 7444;
  return code;
}

TEST(JoiningCodeTest, Golden) {
  EXPECT_EQ(EncodeJoiningCode(Sample()),
            "TRELLIS-04012-8HK8H-APCXW-8K6NB-QK6XX-VZH1Z-ZYZQY-FQYQS-Z3VZ"
            "D-XFMYF-SF3W7-FXVPY-RTT9T-801T5-1H68V-JWC1E-60Q33-M9RNE-QG");
}

TEST(JoiningCodeTest, WhatIsTypedByHand_IsTaken) {
  const std::string line = EncodeJoiningCode(Sample());
  std::string typed;
  for (const char c : line.substr(8)) {
    if (c == '-')
      typed += ' ';
    else if (c == '0')
      typed += 'o';
    else if (c == '1')
      typed += 'l';
    else
      typed += static_cast<char>(std::tolower(c));
  }
  const absl::StatusOr<JoiningCode> code = DecodeJoiningCode("  trellis " + typed + "\r\n");
  ASSERT_TRUE(code.ok()) << code.status().ToString();
  EXPECT_EQ(*code, Sample());
}

TEST(JoiningCodeTest, AnyOneWrongCharacter_IsNoticed) {
  const std::string line = EncodeJoiningCode(Sample());
  for (size_t i = 0; i < line.size(); ++i) {
    std::string wrong = line;
    wrong[i] = wrong[i] == 'Z' ? 'Y' : 'Z';
    if (line[i] == '-') continue;
    EXPECT_TRUE(absl::IsInvalidArgument(DecodeJoiningCode(wrong).status())) << i;
    EXPECT_FALSE(DecodeJoiningCode(line.substr(0, i)).ok()) << i;
  }
  EXPECT_FALSE(DecodeJoiningCode(std::string(100'000, 'A')).ok());
}

TEST(Base32Test, AnyBytes_ComeBack) {
  EXPECT_TRUE(rc::check("base 32 round trip", [](const std::string& bytes) {
    const std::string text = EncodeBase32(bytes);
    RC_ASSERT(DecodeBase32(text) == bytes);
    RC_ASSERT(DecodeBase32(Grouped(text, 5)) == bytes);
  }));
}

TEST(Base32Test, WhatNoEncodingGives_IsRefused) {
  for (const char* text : {"U", "A", "AAA", "01", "!!"}) EXPECT_FALSE(DecodeBase32(text).has_value()) << text;
}

}  // namespace
}  // namespace trellis
