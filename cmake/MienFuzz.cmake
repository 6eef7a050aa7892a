# mien_fuzz(NAME SOURCES ... [MODULES ...]): the libFuzzer program mien_NAME, made by clang++ with its sanitizers whatever
# compiler makes the rest. It compiles the sources of the modules itself, so that they are instrumented too. Run it with a scratch
# folder first and the corpus second: bin/mien_onnx_fuzz scratch src/mien/graph/fuzz_corpus -max_total_time=300
find_program(MIEN_CLANGXX NAMES clang++ clang++-14 REQUIRED DOC "clang++ with libFuzzer (Debian: clang, libclang-rt-14-dev)")

function(mien_fuzz name)
  cmake_parse_arguments(arg "" "" "SOURCES;MODULES" ${ARGN})
  foreach(module ${arg_MODULES})
    get_target_property(sources mien_${module} SOURCES)
    get_target_property(folder mien_${module} SOURCE_DIR)
    list(TRANSFORM sources PREPEND "${folder}/")
    list(APPEND arg_SOURCES ${sources})
  endforeach()
  set(program "${CMAKE_BINARY_DIR}/bin/mien_${name}")
  set(objects)
  foreach(source ${arg_SOURCES})
    cmake_path(ABSOLUTE_PATH source NORMALIZE)
    string(MD5 hash "${source}")
    set(object "${CMAKE_CURRENT_BINARY_DIR}/fuzz_${hash}.o")
    add_custom_command(OUTPUT "${object}"
      COMMAND "${MIEN_CLANGXX}" -std=c++20 -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
        -ffp-contract=off -DONNX_ML=1 -DONNX_NAMESPACE=onnx -DFMT_HEADER_ONLY "-I${PROJECT_SOURCE_DIR}/src"
        -MD -MF "${object}.d" -c "${source}" -o "${object}"
      DEPENDS "${source}" DEPFILE "${object}.d" VERBATIM)
    list(APPEND objects "${object}")
  endforeach()
  add_custom_command(OUTPUT "${program}"
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${CMAKE_BINARY_DIR}/bin"
    COMMAND "${MIEN_CLANGXX}" -fsanitize=fuzzer,address,undefined ${objects} "${ONNX_PROTO_LIBRARY}"
      "$<TARGET_FILE:protobuf::libprotobuf>" -lpthread -o "${program}"
    DEPENDS ${objects} VERBATIM)
  add_custom_target(mien_${name} DEPENDS "${program}")
endfunction()
