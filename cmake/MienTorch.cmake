# libtorch, either Debian's or the one inside a Python PyTorch: -DCMAKE_PREFIX_PATH=$(python3 -c
# 'import torch; print(torch.utils.cmake_prefix_path)'). A Python wheel may use the old C++ ABI: Torch's own flags say so.
find_package(Torch REQUIRED)
add_library(mien_torch INTERFACE)
target_link_libraries(mien_torch INTERFACE ${TORCH_LIBRARIES})
target_include_directories(mien_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
string(REGEX MATCH "_GLIBCXX_USE_CXX11_ABI=[01]" mien_torch_abi "${TORCH_CXX_FLAGS}")
if(mien_torch_abi)
  target_compile_definitions(mien_options INTERFACE ${mien_torch_abi})
endif()

# One precompiled header for every source file that touches libtorch: made once for mien_nn, used by all others. GCC accepts
# it only under the same code model, so programs are compiled with -fPIC too, instead of -fPIE.
function(mien_use_torch target)
  target_link_libraries(${target} PUBLIC mien_torch)
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "EXECUTABLE")
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    target_compile_options(${target} PRIVATE -fPIC)
  endif()
  if(target STREQUAL "mien_nn")
    target_precompile_headers(${target} PRIVATE "${PROJECT_SOURCE_DIR}/src/mien/nn/torch.h")
  else()
    target_precompile_headers(${target} REUSE_FROM mien_nn)
  endif()
endfunction()
