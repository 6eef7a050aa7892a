# mien_module(NAME SOURCES ... [DEPENDS ...]): one layer, a static library mien_NAME.
# mien_test(NAME LABEL SOURCES ... [DEPENDS ...]): one GoogleTest program mien_NAME_test, its cases labelled LABEL.
add_library(mien_options INTERFACE)
target_include_directories(mien_options INTERFACE "${CMAKE_CURRENT_SOURCE_DIR}/src")
target_compile_options(mien_options INTERFACE -Wall -Wextra -Wno-psabi
  -Wno-restrict)  # GCC 12 sees overlaps in "text" + std::string that are not there (GCC bug 105651)
if(MIEN_SANITIZE)
  target_compile_options(mien_options INTERFACE -fsanitize=address,undefined -fno-omit-frame-pointer -g1)
  target_link_options(mien_options INTERFACE -fsanitize=address,undefined)
endif()

function(mien_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(mien_${name} STATIC ${arg_SOURCES})
  target_link_libraries(mien_${name} PUBLIC mien_options ${arg_DEPENDS})
endfunction()

function(mien_test name label)
  if(NOT MIEN_TESTS)
    return()
  endif()
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(mien_${name}_test ${arg_SOURCES})
  target_link_libraries(mien_${name}_test PRIVATE mien_testing ${arg_DEPENDS})
  include(GoogleTest)
  gtest_discover_tests(mien_${name}_test DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 120
    PROPERTIES LABELS ${label} ENVIRONMENT "OMP_WAIT_POLICY=passive")
endfunction()
