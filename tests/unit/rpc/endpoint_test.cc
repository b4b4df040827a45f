#include "common/rpc/endpoint.h"

#include <gtest/gtest.h>

namespace trellis {
namespace {

TEST(EndpointTest, Addresses_AreReadAndWritten) {
  for (const char* text : {"127.0.0.1:7443", "server.example:0", "[::1]:65535"}) {
    const absl::StatusOr<Endpoint> endpoint = ParseEndpoint(text);
    ASSERT_TRUE(endpoint.ok()) << text;
    EXPECT_EQ(endpoint->ToString(), text);
  }
}

TEST(EndpointTest, WhatIsNoAddress_IsRefused) {
  for (const char* text :
       {"", "host", ":1", "host:", "host:x", "host:65536", "host:-1", "::1:5", "host:1 "}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseEndpoint(text).status())) << text;
  }
}

}  // namespace
}  // namespace trellis
