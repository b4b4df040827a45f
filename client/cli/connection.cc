#include "client/cli/connection.h"

#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <iterator>

namespace trellis {
namespace {

constexpr int kMaxAnswerBytes = 64 << 20;  // a long list or report; requests are bounded by the server

std::string TrimNewlines(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> CredentialsFor(const Settings& settings) {
  if (settings.address.starts_with("unix:")) return grpc::InsecureChannelCredentials();
  if (settings.ca_file.empty()) {
    return absl::InvalidArgumentError(
        fmt::format("{} is reached over TLS: give the district's CA with --ca-file", settings.address));
  }
  absl::StatusOr<std::string> ca = ReadInput(settings.ca_file);
  if (!ca.ok()) return ca.status();
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = *std::move(ca);
  return grpc::SslCredentials(options);
}

}  // namespace

absl::StatusOr<Connection> Connection::Open(const Settings& settings) {
  Connection connection;
  if (!settings.token_file.empty()) {
    absl::StatusOr<std::string> token = ReadInput(settings.token_file);
    if (!token.ok()) return token.status();
    connection.token_ = TrimNewlines(*std::move(token));
  }
  auto credentials = CredentialsFor(settings);
  if (!credentials.ok()) return credentials.status();
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxAnswerBytes);
  arguments.SetInt("grpc.enable_http_proxy", 0);
  if (settings.address.starts_with("unix:")) arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, "localhost");
  connection.channel_ = grpc::CreateCustomChannel(settings.address, *credentials, arguments);
  return connection;
}

std::unique_ptr<grpc::ClientContext> Connection::NewContext(std::chrono::milliseconds timeout) const {
  auto context = std::make_unique<grpc::ClientContext>();
  if (!token_.empty()) context->AddMetadata("authorization", "Bearer " + token_);
  if (timeout.count() > 0) context->set_deadline(std::chrono::system_clock::now() + timeout);
  return context;
}

absl::StatusOr<std::string> ReadInput(const std::string& path) {
  if (path == "-") {
    return std::string(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
  }
  std::ifstream file(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file.good() && !file.eof()) {
    return absl::FailedPreconditionError(
        fmt::format("cannot read {}: is it there, and may you read it?", path));
  }
  return bytes;
}

}  // namespace trellis
