# How every target of this project is compiled.
add_library(muster_build INTERFACE)
target_compile_features(muster_build INTERFACE cxx_std_20)
target_compile_options(muster_build INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
  -Wno-error=array-bounds -Wno-error=restrict  # GCC 12 sees both in std::string at -O2 where there are none
  -Wno-error=maybe-uninitialized)  # and this one in CAF's reading of a vector of enums
target_include_directories(muster_build INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_definitions(muster_build INTERFACE
  MUSTER_VERSION="${PROJECT_VERSION}" CAF_ENABLE_TYPE_ID_CHECKS)

find_program(MUSTER_CCACHE ccache)
if(MUSTER_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${MUSTER_CCACHE})
endif()

# Precompiles CAF for `target`; never Boost.Test, which reads BOOST_TEST_MODULE when first included.
function(muster_precompile target)
  if(MUSTER_PRECOMPILE)
    target_precompile_headers(${target} PRIVATE <caf/all.hpp>)
    target_compile_options(${target} PRIVATE -fpch-preprocess)
  endif()
endfunction()
