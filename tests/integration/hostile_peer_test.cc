// A peer that holds a good certificate and means harm, against the real listener: every way of it is cut off,
// in words where there are any, and the server serves others all the while.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "client/agent/join.h"
#include "client/agent/membership.h"
#include "common/identity/keys.h"
#include "common/rpc/channel_settings.h"
#include "common/rpc/sync_reactor.h"
#include "tests/integration/district_fixture.h"
#include "trellis/sync/v1/sync.grpc.pb.h"

namespace trellis {
namespace {

namespace pb = trellis::sync::v1;
using Stream = grpc::ClientReaderWriter<pb::SyncRequest, pb::SyncResponse>;

size_t ResidentBytes() {
  std::ifstream file("/proc/self/statm");
  size_t pages = 0;
  size_t resident = 0;
  file >> pages >> resident;
  return resident * 4'096;
}

class HostilePeerTest : public DistrictFixture {
 protected:
  void SetUp() override {
    DistrictFixture::SetUp();
    StartServer();
    StartSite("S1");  // whose good name is used
    ASSERT_TRUE(Site("S1").SyncNow().ok());
    member_ = *LoadMembership(SiteKeysFolder(Path("S1")));
    StopSite("S1");
    channel_ = Channel(SyncChannelArguments(Keepalive()));
  }

  std::shared_ptr<grpc::Channel> Channel(grpc::ChannelArguments arguments) const {
    grpc::SslCredentialsOptions tls;
    tls.pem_root_certs = member_.authority;
    tls.pem_private_key = member_.private_key;
    tls.pem_cert_chain = member_.certificate;
    arguments.SetSslTargetNameOverride(ServerName(member_.district));
    return grpc::CreateCustomChannel(fmt::format("127.0.0.1:{}", sync_port_), grpc::SslCredentials(tls),
                                     arguments);
  }
  std::unique_ptr<Stream> Open(grpc::ClientContext* context) const {
    context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    return pb::SyncService::NewStub(channel_)->Sync(context);
  }
  static pb::SyncRequest Hello(uint32_t protocol = kSyncProtocolVersion,
                               uint32_t oldest = kOldestSyncProtocolVersion) {
    pb::SyncRequest request;
    auto* hello = request.mutable_hello();
    hello->set_protocol(protocol);
    hello->set_oldest_protocol(oldest);
    hello->set_boot(7);
    hello->set_credit_bytes(1 << 16);
    auto* scope = hello->add_scopes();
    scope->set_scope("S1");
    auto* row = scope->add_lineage();
    row->set_epoch(7);
    row->set_first_seq(1);
    return request;
  }
  // Whatever comes until the end; the good-bye, if one was said.
  static pb::Bye Drain(Stream* stream) {
    pb::Bye bye;
    pb::SyncResponse response;
    while (stream->Read(&response)) {
      if (response.has_bye()) bye = response.bye();
    }
    return bye;
  }
  // The server is as well as before.
  void ExpectServed() {
    Serve("S1");
    EXPECT_TRUE(Site("S1").SyncNow().ok());
    StopSite("S1");
  }

  Membership member_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(HostilePeerTest, ProtocolsNobodySpeaks_AreTurnedAwayInWords) {
  for (const auto& [protocol, oldest] : {std::pair{0u, 0u}, std::pair{999u, 999u}}) {
    grpc::ClientContext context;
    const auto stream = Open(&context);
    stream->Write(Hello(protocol, oldest));
    const pb::Bye bye = Drain(stream.get());
    EXPECT_TRUE(bye.fatal()) << protocol;
    EXPECT_NE(bye.reason().find("upgrade"), std::string::npos) << bye.reason();
    stream->Finish();
  }
  ExpectServed();
}

TEST_F(HostilePeerTest, FrameBeforeHelloAndHelloTwice_EndTheStream) {
  {
    grpc::ClientContext context;
    const auto stream = Open(&context);
    pb::SyncRequest frame;
    frame.mutable_frame()->set_scope("S1");
    stream->Write(frame);
    Drain(stream.get());
    stream->Finish();
  }
  {
    grpc::ClientContext context;
    const auto stream = Open(&context);
    stream->Write(Hello());
    stream->Write(Hello());
    Drain(stream.get());
    stream->Finish();
  }
  ExpectServed();
}

TEST_F(HostilePeerTest, LargeMetadata_IsRefused) {
  grpc::ClientContext context;
  context.AddMetadata("x-long", std::string(64 * 1024, 'x'));
  const auto stream = Open(&context);
  stream->Write(Hello());
  Drain(stream.get());
  const grpc::Status status = stream->Finish();
  EXPECT_FALSE(status.ok());
  ExpectServed();
}

TEST_F(HostilePeerTest, Gzip_IsUnimplemented) {
  grpc::ClientContext context;
  context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  grpc::ChannelArguments arguments = SyncChannelArguments(Keepalive());
  arguments.SetInt(GRPC_COMPRESSION_CHANNEL_ENABLED_ALGORITHMS_BITSET, 0x7);
  channel_ = Channel(arguments);
  const auto stream = Open(&context);
  pb::SyncRequest hello = Hello();
  hello.mutable_hello()->set_software(std::string(10'000, 'x'));
  stream->Write(hello);
  Drain(stream.get());
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNIMPLEMENTED);
  ExpectServed();
}

TEST_F(HostilePeerTest, MessageBeyondTheLimit_IsRefusedUnread) {
  const size_t before = ResidentBytes();
  grpc::ClientContext context;
  const auto stream = Open(&context);
  pb::SyncRequest request = Hello();
  request.mutable_hello()->set_software(std::string(32 << 20, 'x'));
  stream->Write(request);
  Drain(stream.get());
  EXPECT_FALSE(stream->Finish().ok());
  // The 32 MB are this client's own, once as a string and once on their way.
  EXPECT_LT(ResidentBytes() - std::min(before, ResidentBytes()), size_t{160} << 20);
  ExpectServed();
}

TEST_F(HostilePeerTest, MessagesOutOfTurn_EndTheStream) {
  grpc::ClientContext context;
  const auto stream = Open(&context);
  stream->Write(Hello());
  pb::SyncRequest narrow;
  narrow.mutable_narrow()->set_scope("S1");
  // One may be due; of these, all but one are not.
  for (int i = 0; i < 100 && stream->Write(narrow); ++i) {
  }
  EXPECT_NE(Drain(stream.get()).reason(), "");
  stream->Finish();
  ExpectServed();
}

TEST_F(HostilePeerTest, ManySilentStreams_AreBoundedAndLeaveOthersServed) {
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<Stream>> streams;
  for (int i = 0; i < 100; ++i) {
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    streams.push_back(Open(contexts.back().get()));
  }
  ExpectServed();
  for (const auto& context : contexts) context->TryCancel();
  for (const auto& stream : streams) stream->Finish();
}

}  // namespace
}  // namespace trellis
