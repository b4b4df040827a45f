#include "server/commands.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "common/identity/private_file.h"
#include "common/record/kind_registry.h"
#include "common/replica/store_folder.h"
#include "server/admin/token_store.h"
#include "server/backup/backup.h"
#include "server/backup/backup_log.h"
#include "server/control_socket.h"
#include "server/district_keys.h"

namespace trellis {
namespace {

absl::StatusOr<std::unique_ptr<StoreFolder>> OpenQuietly(const std::string& data, const DistrictKeys& keys,
                                                         const Clock* clock, Random* random,
                                                         bool salvage = true) {
  StoreFolderOptions options;
  options.folder = data;
  options.anchor_copy = KeysFolder(data);
  options.district_key = keys.key;
  options.clock = clock;
  options.random = random;
  options.kinds = &KindRegistry::BuiltIn();
  options.salvage = salvage;
  return StoreFolder::Open(options);
}

}  // namespace

absl::Status InitCommand(const std::string& folder, const std::string& district) {
  // The files' names are told and kept, so they must mean the same from everywhere.
  std::string data = std::filesystem::absolute(folder).lexically_normal().string();
  while (data.size() > 1 && data.back() == '/') data.pop_back();
  SystemClock clock;
  SystemRandom random;
  absl::StatusOr<DistrictKeys> keys = MakeDistrict(data, district, clock);
  if (!keys.ok()) return keys.status();
  absl::StatusOr<std::unique_ptr<StoreFolder>> store = OpenQuietly(data, *keys, &clock, &random);
  if (!store.ok()) return store.status();
  absl::StatusOr<std::unique_ptr<TokenStore>> tokens = TokenStore::Open(TokensFile(data), &clock);
  if (!tokens.ok()) return tokens.status();
  TokenEntry entry{
      .name = "administrator", .grant = {Role::kDistrictAdmin, kWholeDistrict}, .created_by = "init"};
  absl::StatusOr<std::string> token = (*tokens)->Create(&entry);
  if (!token.ok()) return token.status();
  if (absl::Status kept = WritePrivateFile(AdminTokenFile(data), *token + "\n"); !kept.ok()) return kept;
  std::printf("%s\n", nlohmann::json({{"districtId", keys->id},
                                      {"district", keys->name},
                                      {"adminTokenFile", AdminTokenFile(data)},
                                      {"recoveryKitFile", keys->recovery_kit_file},
                                      {"caFile", AuthorityFile(data)}})
                          .dump()
                          .c_str());
  return absl::OkStatus();
}

absl::Status BackupCommand(const std::string& data, const std::string& to) {
  const std::string target = std::filesystem::absolute(to).lexically_normal().string();
  const std::string folder = std::filesystem::absolute(data + "/").lexically_normal().string();
  if (target.starts_with(folder)) {
    return absl::InvalidArgumentError(
        fmt::format("{} lies in the data folder and would be lost with it; name a folder elsewhere", to));
  }
  absl::StatusOr<std::string> answer = AskControlSocket(data + "/control.sock", "backup " + target);
  if (answer.ok()) {
    return *answer == "ok" ? absl::OkStatus()
                           : absl::FailedPreconditionError(answer->substr(answer->find(' ') + 1));
  }
  SystemClock clock;
  SystemRandom random;
  absl::StatusOr<DistrictKeys> keys = LoadDistrict(data);
  if (!keys.ok()) return keys.status();
  absl::StatusOr<std::unique_ptr<StoreFolder>> store = OpenQuietly(data, *keys, &clock, &random);
  if (!store.ok()) return store.status();
  BackupLog log(data);
  return WriteBackup({.data = data,
                      .district_key = keys->key,
                      .log = &log,
                      .checkpoint = [&](const std::string& to) { return (*store)->Checkpoint(to); },
                      .district = keys->id,
                      .district_name = keys->name,
                      .recovery_public_key = keys->recovery_public_key,
                      .recovery_kit_file = keys->recovery_kit_file},
                     target, clock);
}

absl::Status RestoreCommand(const std::string& from, const std::string& data, const std::string& kit_file) {
  std::string kit;
  if (!kit_file.empty()) {
    std::ifstream file(kit_file);
    if (!file) return absl::NotFoundError(fmt::format("the recovery kit {} cannot be read", kit_file));
    std::ostringstream text;
    text << file.rdbuf();
    kit = text.str();
  }
  return RestoreBackup(from, data, kit);
}

absl::Status VerifyCommand(const std::string& data) {
  SystemClock clock;
  SystemRandom random;
  absl::StatusOr<DistrictKeys> keys = LoadDistrict(data);
  if (!keys.ok()) return keys.status();
  absl::StatusOr<std::unique_ptr<StoreFolder>> store =
      OpenQuietly(data, *keys, &clock, &random, /*salvage=*/false);
  if (!store.ok()) return store.status();
  if ((*store)->in_rescue()) {
    return absl::DataLossError(fmt::format("the store is behind what it had acknowledged by {} change(s)",
                                           (*store)->changes_lost()));
  }
  if (absl::Status sound = (*store)->Verify(); !sound.ok()) return sound;
  const absl::StatusOr<std::vector<std::string>> scopes = (*store)->replica()->Scopes();
  if (!scopes.ok()) return scopes.status();
  std::printf("%s\n", nlohmann::json({{"scopes", scopes->size()}, {"sound", true}}).dump().c_str());
  return absl::OkStatus();
}

}  // namespace trellis
