// The domain's protos as the build found them, comments included. Written at build time
// (domain_protos.cmake), so that a meaning is written once, above its field.
#pragma once

#include <string_view>

namespace trellis {

// A serialized google.protobuf.FileDescriptorSet of trellis/domain/v1 and what it imports, imports first,
// with source info.
std::string_view DomainDescriptorSet();

}  // namespace trellis
