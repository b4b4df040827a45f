#include "server/admission/client_hello.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <memory>

#include "server/admission/port_front.h"

namespace trellis {
namespace {

// What OpenSSL's client says first.
std::string GreetingOf(const char* name, const std::string& alpn) {
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  const std::unique_ptr<SSL, void (*)(SSL*)> tls(SSL_new(context.get()), SSL_free);
  BIO* in = BIO_new(BIO_s_mem());
  BIO* out = BIO_new(BIO_s_mem());
  SSL_set_bio(tls.get(), in, out);
  if (name != nullptr) SSL_set_tlsext_host_name(tls.get(), name);
  SSL_set_alpn_protos(tls.get(), reinterpret_cast<const unsigned char*>(alpn.data()), alpn.size());
  SSL_connect(tls.get());
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out, &bytes);
  return {bytes, static_cast<size_t>(size)};
}

TEST(ClientHelloTest, Name_AndProtocolsAreRead) {
  const ReadHello read = ReadClientHello(GreetingOf("server.x.trellis.internal", "\x02h2\x08http/1.1"));
  ASSERT_EQ(read.state, HelloState::kComplete);
  EXPECT_EQ(read.hello.server_name, "server.x.trellis.internal");
  EXPECT_EQ(read.hello.protocols, (std::vector<std::string>{"h2", "http/1.1"}));
}

TEST(ClientHelloTest, CutAtEveryByte_IsIncompleteUntilTheLast) {
  const std::string greeting = GreetingOf("server", "\x02h2");
  for (size_t size = 0; size < greeting.size(); ++size) {
    EXPECT_EQ(ReadClientHello(greeting.substr(0, size)).state, HelloState::kIncomplete) << size;
  }
  EXPECT_EQ(ReadClientHello(greeting + "more").state, HelloState::kComplete);
}

TEST(ClientHelloTest, AnyByteFlipped_NeverReadsBeyondTheEnd) {
  const std::string greeting = GreetingOf("server", "\x02h2");
  for (size_t at = 0; at < greeting.size(); ++at) {
    for (const char mask : {'\x01', '\x40', '\xff'}) {
      std::string bent = greeting;
      bent[at] = static_cast<char>(bent[at] ^ mask);
      ReadClientHello(bent);  // under the sanitizers
    }
  }
}

TEST(ClientHelloTest, OtherProtocols_AreNotTls) {
  EXPECT_EQ(ReadClientHello("GET / HTTP/1.1\r\n").state, HelloState::kNotTls);
  EXPECT_EQ(ReadClientHello("PRI * HTTP/2.0").state, HelloState::kNotTls);
  EXPECT_EQ(ReadClientHello(std::string("\x16\x03\x01\xff\xff", 5)).state, HelloState::kNotTls);
}

TEST(PortFrontTest, Door_FollowsNameThenProtocol) {
  EXPECT_EQ(DoorOf({.server_name = "ours", .protocols = {"h2"}}, "ours"), DoorName::kSync);
  EXPECT_EQ(DoorOf({.server_name = "localhost", .protocols = {"grpc-exp", "h2"}}, "ours"), DoorName::kApi);
  EXPECT_EQ(DoorOf({.server_name = "localhost", .protocols = {}}, "ours"), DoorName::kJoin);
}

}  // namespace
}  // namespace trellis
