// The only file that knows Boost.Beast: it is slow to compile.
#include "server/enrolment/join_listener.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>
#include <utility>

#include "absl/status/status.h"

namespace trellis {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;

http::status StatusOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
      return http::status::bad_request;
    case absl::StatusCode::kPermissionDenied:
      return http::status::forbidden;
    case absl::StatusCode::kNotFound:
      return http::status::not_found;
    case absl::StatusCode::kResourceExhausted:
      return http::status::too_many_requests;
    default:
      return http::status::service_unavailable;
  }
}

// One connection: handshake, one request, one reply. Owns itself through the handlers that wait.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, asio::ssl::context* tls, const JoinListener::Answer* answer, int* open)
      : stream_(std::move(socket), *tls), answer_(answer), open_(open) {
    ++*open_;
    parser_.header_limit(JoinListener::kMaxHeaderBytes);
    parser_.body_limit(JoinListener::kMaxBodyBytes);
  }
  ~Connection() { --*open_; }

  void Begin() {
    beast::get_lowest_layer(stream_).expires_after(std::chrono::seconds(JoinListener::kSecondsAConnection));
    stream_.async_handshake(asio::ssl::stream_base::server,
                            [self = shared_from_this()](beast::error_code error) {
                              if (!error) self->Read();
                            });
  }

 private:
  void Read() {
    http::async_read(stream_, buffer_, parser_, [self = shared_from_this()](beast::error_code error, size_t) {
      if (error == http::error::end_of_stream || error == beast::error::timeout) return;
      if (error) {
        self->Reply(http::status::bad_request, "this listener takes small HTTP requests only");
      } else {
        self->Handle();
      }
    });
  }

  void Handle() {
    const auto& request = parser_.get();
    if (request.method() != http::verb::post || request.target() != "/join") {
      return Reply(http::status::not_found, "machines join here with POST /join");
    }
    absl::StatusOr<std::string> answer = (*answer_)(request.body());
    if (!answer.ok()) return Reply(StatusOf(answer.status()), std::string(answer.status().message()));
    Send(http::status::ok, *std::move(answer));
  }

  void Reply(http::status status, const std::string& message) {
    Send(status, nlohmann::json({{"message", message}}).dump());
  }

  void Send(http::status status, std::string body) {
    reply_.version(11);
    reply_.result(status);
    reply_.set(http::field::content_type, "application/json");
    reply_.set(http::field::cache_control, "no-store");
    reply_.keep_alive(false);
    reply_.body() = std::move(body);
    reply_.prepare_payload();
    http::async_write(stream_, reply_, [self = shared_from_this()](beast::error_code error, size_t) {
      if (error) return;
      self->stream_.async_shutdown([self](beast::error_code) {});
    });
  }

  beast::ssl_stream<beast::tcp_stream> stream_;
  beast::flat_buffer buffer_{JoinListener::kMaxHeaderBytes + JoinListener::kMaxBodyBytes};
  http::request_parser<http::string_body> parser_;
  http::response<http::string_body> reply_;
  const JoinListener::Answer* const answer_;
  int* const open_;
};

class BeastJoinListener final : public JoinListener {
 public:
  explicit BeastJoinListener(Answer answer) : answer_(std::move(answer)) {}

  ~BeastJoinListener() override {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }

  absl::Status Begin(const Options& options) {
    beast::error_code error;
    tls_.use_certificate(asio::buffer(options.certificate_pem), asio::ssl::context::pem, error);
    if (!error) tls_.use_private_key(asio::buffer(options.key_pem), asio::ssl::context::pem, error);
    if (error)
      return absl::InternalError(fmt::format("the server's certificate is not usable: {}", error.message()));
    SSL_CTX_set_min_proto_version(tls_.native_handle(), TLS1_3_VERSION);

    if (!options.host.empty()) {
      if (absl::Status open = Open(options); !open.ok()) return open;
      Accept();
    }
    thread_ = std::thread([this] {
      const auto work = asio::make_work_guard(context_);
      context_.run();
    });
    return absl::OkStatus();
  }

  uint16_t port() const override { return port_; }

  void Take(int fd) override {
    asio::post(context_, [this, fd] {
      sockaddr_storage address{};
      socklen_t size = sizeof address;
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
      tcp::socket socket(context_);
      beast::error_code error;
      socket.assign(address.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), fd, error);
      if (error) {
        close(fd);
      } else {
        Serve(std::move(socket));
      }
    });
  }

 private:
  absl::Status Open(const Options& options) {
    beast::error_code error;
    tcp::resolver resolver(context_);
    const auto found =
        resolver.resolve(options.host, std::to_string(options.port), tcp::resolver::passive, error);
    if (!error) acceptor_.open(found.begin()->endpoint().protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(found.begin()->endpoint(), error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      return absl::UnavailableError(
          fmt::format("cannot listen for joining on {}:{}: {}", options.host, options.port, error.message()));
    }
    port_ = acceptor_.local_endpoint().port();
    return absl::OkStatus();
  }

  void Serve(tcp::socket socket) {
    if (open_ >= kMaxConnections) return;
    std::make_shared<Connection>(std::move(socket), &tls_, &answer_, &open_)->Begin();
  }

  void Accept() {
    acceptor_.async_accept([this](beast::error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (error) return AcceptLater();
      Serve(std::move(socket));
      Accept();
    });
  }

  // Out of descriptors, most likely: connections end by themselves, so a moment later there are some.
  void AcceptLater() {
    pause_.expires_after(std::chrono::milliseconds(200));
    pause_.async_wait([this](beast::error_code error) {
      if (!error) Accept();
    });
  }

  const Answer answer_;
  int open_ = 0;  // outlives the context, whose handlers hold the connections
  asio::ssl::context tls_{asio::ssl::context::tls_server};
  asio::io_context context_{1};
  tcp::acceptor acceptor_{context_};
  asio::steady_timer pause_{context_};
  uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<JoinListener>> JoinListener::Start(const Options& options, Answer answer) {
  auto listener = std::make_unique<BeastJoinListener>(std::move(answer));
  if (absl::Status begun = listener->Begin(options); !begun.ok()) return begun;
  return listener;
}

}  // namespace trellis
