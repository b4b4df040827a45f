#include "client/cli/settings.h"

#include <fmt/format.h>

#include <fstream>
#include <string_view>

namespace trellis {
namespace {

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

void FillIfEmpty(std::string* setting, const std::optional<std::string>& value) {
  if (setting->empty() && value.has_value()) *setting = *value;
}

std::string ConfigPath(const Environment& environment) {
  if (const auto path = environment("TRELLIS_CONFIG")) return *path;
  if (const auto folder = environment("XDG_CONFIG_HOME")) return *folder + "/trellis/config";
  if (const auto home = environment("HOME")) return *home + "/.config/trellis/config";
  return "";
}

absl::Status FillFromFile(const std::string& path, Settings* settings) {
  std::ifstream file(path);
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    const std::string_view text = Trim(line);
    if (text.empty() || text.front() == '#') continue;
    const size_t equals = text.find('=');
    const std::string_view name = Trim(text.substr(0, equals));
    const std::string value(equals == std::string_view::npos ? "" : Trim(text.substr(equals + 1)));
    if (name == "address" && !value.empty()) {
      FillIfEmpty(&settings->address, value);
    } else if (name == "ca_file" && !value.empty()) {
      FillIfEmpty(&settings->ca_file, value);
    } else if (name == "token_file" && !value.empty()) {
      FillIfEmpty(&settings->token_file, value);
    } else {
      return absl::InvalidArgumentError(
          fmt::format("{} line {}: wants `address = ...`, `ca_file = ...` or `token_file = ...`, not `{}`",
                      path, number, text));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Settings> CompleteSettings(Settings flags, const Environment& environment) {
  FillIfEmpty(&flags.address, environment("TRELLIS_ADDRESS"));
  FillIfEmpty(&flags.ca_file, environment("TRELLIS_CA_FILE"));
  FillIfEmpty(&flags.token_file, environment("TRELLIS_TOKEN_FILE"));
  const std::string path = ConfigPath(environment);
  if (!path.empty()) {
    if (const absl::Status status = FillFromFile(path, &flags); !status.ok()) return status;
  }
  if (flags.address.empty()) {
    return absl::InvalidArgumentError(
        "say where to connect: --address unix:PATH for a daemon on this machine, --address HOST:PORT with "
        "--ca-file and --token-file for a server (or TRELLIS_ADDRESS, or the config file)");
  }
  return flags;
}

}  // namespace trellis
