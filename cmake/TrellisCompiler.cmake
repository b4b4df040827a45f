# Warnings, sanitizers, the linker and the compiler cache: the same for every target.

add_compile_options(-Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers)
include_directories(${CMAKE_SOURCE_DIR})

# ccache: paths are rewritten relative to the checkout, so every build folder shares one cache.
find_program(TRELLIS_CCACHE ccache)
if(TRELLIS_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${TRELLIS_CCACHE})
endif()

find_program(TRELLIS_MOLD mold)
if(TRELLIS_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

set(TRELLIS_SANITIZE "" CACHE STRING "Sanitizers to build with, as -fsanitize takes them")
if(TRELLIS_SANITIZE)
  add_compile_options(-fsanitize=${TRELLIS_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${TRELLIS_SANITIZE})
endif()
