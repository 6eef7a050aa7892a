# Installs a component of a build into an empty folder and uses it as a stranger would: configures, builds and tests the project
# CONSUMER. Also checks that the library shows no more than its interface, and what find_package says about a component that does
# not exist.
#   cmake -D BUILD=... -D COMPONENT=... -D CONSUMER=... -D WORK=... -D COMPILER_C=... -D COMPILER_CXX=... [-D SETTINGS=...] -P install_test.cmake
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nfailed with ${result}:\n${output}")
  endif()
  message(STATUS "${output}")
endfunction()

file(REMOVE_RECURSE "${WORK}")
set(prefix "${WORK}/prefix")
set(compilers "-DCMAKE_C_COMPILER=${COMPILER_C}" "-DCMAKE_CXX_COMPILER=${COMPILER_CXX}")
if(NOT COMPILER_C)
  set(compilers "-DCMAKE_CXX_COMPILER=${COMPILER_CXX}")
endif()
run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${prefix}" --component "${COMPONENT}")
run("${CMAKE_COMMAND}" -S "${CONSUMER}" -B "${WORK}/build" "-DCMAKE_PREFIX_PATH=${prefix}" ${compilers} ${SETTINGS})
run("${CMAKE_COMMAND}" --build "${WORK}/build")
run("${CMAKE_CTEST_COMMAND}" --test-dir "${WORK}/build" --output-on-failure)

# The library finds the models that were installed with it, whatever the present folder is.
if(COMPONENT STREQUAL "analysis")
  file(MAKE_DIRECTORY "${WORK}/elsewhere")
  file(REAL_PATH "${prefix}" real_prefix)
  string(REGEX MATCH "MIEN_PICTURE=([^;]+)" picture "${SETTINGS}")
  set(picture "${CMAKE_MATCH_1}")
  execute_process(COMMAND "${WORK}/build/analyze_picture" "${picture}" WORKING_DIRECTORY "${WORK}/elsewhere" RESULT_VARIABLE result
    OUTPUT_VARIABLE output ERROR_VARIABLE output)
  string(FIND "${output}" "${real_prefix}/share/mien/models/mien-ferplus.onnx" at)
  if(NOT result EQUAL 0 OR at EQUAL -1)
    message(FATAL_ERROR "the installed library did not use its own models (${result}):\n${output}")
  endif()
endif()

# Nothing of protobuf, oneDNN or of mien's inside may leak out of the library: it could clash with the consumer's own.
file(GLOB library "${prefix}/lib*/libmien_${COMPONENT}.so" "${prefix}/lib*/*/libmien_${COMPONENT}.so")
execute_process(COMMAND nm --dynamic --defined-only --demangle --format=posix "${library}" OUTPUT_VARIABLE symbols RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "nm could not read '${library}'")
endif()
string(REGEX REPLACE "\n$" "" symbols "${symbols}")
string(REPLACE ";" ":" symbols "${symbols}")
string(REPLACE "\n" ";" symbols "${symbols}")
foreach(symbol IN LISTS symbols)
  if(NOT symbol MATCHES "^(mien_|mien::runtime::|mien::Analyzer::|mien::Error::|(typeinfo|typeinfo name|vtable) for mien::)")
    message(FATAL_ERROR "${library} shows a symbol that is not of its interface: ${symbol}")
  endif()
endforeach()

file(WRITE "${WORK}/unknown/CMakeLists.txt"
  "cmake_minimum_required(VERSION 3.16)\nproject(unknown NONE)\nfind_package(mien REQUIRED COMPONENTS ${COMPONENT} telepathy)\n")
execute_process(COMMAND "${CMAKE_COMMAND}" -S "${WORK}/unknown" -B "${WORK}/unknown/build" "-DCMAKE_PREFIX_PATH=${prefix}"
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(result EQUAL 0 OR NOT output MATCHES "no component 'telepathy'")
  message(FATAL_ERROR "find_package with an unknown component gave ${result}:\n${output}")
endif()
