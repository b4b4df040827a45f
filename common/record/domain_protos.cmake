# Makes domain_protos.cc (see domain_protos.h): the descriptors of the domain's protos with their comments.
set(domain_proto_root ${CMAKE_SOURCE_DIR}/proto)
file(GLOB domain_protos CONFIGURE_DEPENDS ${domain_proto_root}/trellis/domain/v1/*.proto)
set(domain_set ${CMAKE_CURRENT_BINARY_DIR}/domain_protos.binpb)
set(domain_source ${CMAKE_CURRENT_BINARY_DIR}/domain_protos.cc)

file(CONFIGURE OUTPUT ${domain_source} @ONLY CONTENT [=[
#include "common/record/domain_protos.h"

#include <cstddef>

asm(R"(
  .section .rodata
  trellis_domain_set_begin: .incbin "@domain_set@"
  trellis_domain_set_end: .byte 0
  .previous
)");
extern "C" const char trellis_domain_set_begin[];
extern "C" const char trellis_domain_set_end[];

namespace trellis {

std::string_view DomainDescriptorSet() {
  return {trellis_domain_set_begin, static_cast<size_t>(trellis_domain_set_end - trellis_domain_set_begin)};
}

}  // namespace trellis
]=])

add_custom_command(
  OUTPUT ${domain_set}
  COMMAND protobuf::protoc --proto_path=${domain_proto_root} --include_imports --include_source_info
          --descriptor_set_out=${domain_set} ${domain_protos}
  DEPENDS ${domain_protos} ${domain_proto_root}/trellis/options/v1/options.proto
  VERBATIM)
set_source_files_properties(${domain_source} PROPERTIES OBJECT_DEPENDS ${domain_set})
add_custom_target(trellis_domain_set DEPENDS ${domain_set})
