#include "client/join_command.h"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "client/agent/join.h"
#include "client/daemon_app.h"
#include "common/identity/private_file.h"
#include "common/replica/folder_lock.h"
#include "common/rpc/endpoint.h"
#include "common/time/clock.h"

namespace trellis {
namespace {

absl::StatusOr<std::string> ReadCode(const std::string& file) {
  std::string line;
  if (file == "-") {
    std::getline(std::cin, line);
  } else {
    std::ifstream stream(file);
    if (!stream) return absl::NotFoundError(fmt::format("the code file {} cannot be read", file));
    std::getline(stream, line);
  }
  return line;
}

}  // namespace

absl::Status JoinCommand(const JoinOptions& options) {
  if (absl::StatusOr<Endpoint> endpoint = ParseEndpoint(options.server); !endpoint.ok())
    return endpoint.status();
  absl::StatusOr<std::string> code = ReadCode(options.code_file);
  if (!code.ok()) return code.status();
  if (absl::Status fit = PrepareDataFolder(options.data); !fit.ok()) return fit;
  absl::StatusOr<std::unique_ptr<FolderLock>> lock = FolderLock::Take(options.data);
  if (!lock.ok()) return lock.status();
  const std::string keys = SiteKeysFolder(options.data);
  if (absl::Status made = MakePrivateFolder(keys); !made.ok()) return made;
  SystemClock clock;
  absl::StatusOr<Membership> membership = JoinDistrict(keys, options.server, *code, clock, options.proxy);
  if (!membership.ok()) return membership.status();
  std::printf("%s\n", nlohmann::json({{"site", membership->site},
                                      {"siteName", membership->site_name},
                                      {"district", membership->district},
                                      {"districtName", membership->district_name},
                                      {"account", membership->account_name}})
                          .dump()
                          .c_str());
  return absl::OkStatus();
}

}  // namespace trellis
