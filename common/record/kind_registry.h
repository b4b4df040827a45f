// The kinds of record this program knows, from its own protos. No kind has code of its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/record/kind_info.h"

namespace google::protobuf {
class FileDescriptor;
}  // namespace google::protobuf

namespace trellis {

// Immutable once made; thread-safe.
class KindRegistry {
 public:
  // Every message of trellis.domain.v1 that carries the kind option, made on first use and kept for good.
  static const KindRegistry& BuiltIn();
  // The kinds these files define, as another release of the program knows them. The files must outlive it.
  explicit KindRegistry(const std::vector<const google::protobuf::FileDescriptor*>& files);

  // By full name (trellis.domain.v1.Wave) or short name (Wave), with case; null if there is none.
  const KindInfo* Find(std::string_view name) const;
  // By short name.
  const std::vector<KindInfo>& kinds() const { return kinds_; }

  KindRegistry(const KindRegistry&) = delete;
  KindRegistry& operator=(const KindRegistry&) = delete;

 private:
  KindRegistry();

  std::vector<KindInfo> kinds_;
};

}  // namespace trellis
