// Releases of the program that know other kinds than this one: the domain's protos changed, in a pool of
// their own.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <functional>
#include <memory>

#include "common/record/kind_registry.h"

namespace trellis {

class OtherRelease {
 public:
  using Change = std::function<void(google::protobuf::FileDescriptorSet* domain)>;
  explicit OtherRelease(const Change& change);

  const KindRegistry& kinds() const { return *kinds_; }

 private:
  google::protobuf::DescriptorPool pool_;
  std::unique_ptr<KindRegistry> kinds_;
};

inline constexpr char kGoalKind[] = "trellis.domain.v1.Goal";
// What the newer release adds.
inline constexpr char kTelescopeKind[] = "trellis.domain.v1.Telescope";
inline constexpr uint32_t kGoalLanternsField = 900;  // of Goal: an add-wins set of texts, indexed
inline constexpr uint32_t kGoalHeightField =
    901;  // of Goal: a number that merges by a policy of its own, max
inline constexpr uint32_t kGoalTitleField = 2;
inline constexpr uint32_t kGoalStatementField = 3;  // indexed by the newer release

// Today's kinds and what a later release may add: a kind, fields of a kind, another index, a merge policy.
const OtherRelease& NewerRelease();

}  // namespace trellis
