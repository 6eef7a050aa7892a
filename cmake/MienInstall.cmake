# The CMake package. find_package(mien COMPONENTS runtime analysis) gives mien::runtime and mien::analysis: shared libraries that show
# their public headers' classes and functions and nothing else. Who uses them needs the libraries that they link (protobuf, libonnx,
# oneDNN; for analysis also OpenCV and dlib), but none of their development files.
#   cmake --install BUILD --component runtime     installs one component alone.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(mien_package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/mien")

# mien_component(NAME HEADERS ...): the module mien_NAME as a shared library and a component. Its interface is
# src/mien/NAME/exported_symbols.map; HEADERS are relative to src.
function(mien_component name)
  cmake_parse_arguments(arg "" "" "HEADERS" ${ARGN})
  set(symbols "${PROJECT_SOURCE_DIR}/src/mien/${name}/exported_symbols.map")
  set(library mien_${name}_shared)
  file(CONFIGURE OUTPUT empty.cc CONTENT "// CMake wants a source for a library made of another one.\n")
  add_library(${library} SHARED "${CMAKE_CURRENT_BINARY_DIR}/empty.cc")
  target_link_libraries(${library} PRIVATE "$<LINK_LIBRARY:WHOLE_ARCHIVE,mien_${name}>")
  target_link_options(${library} PRIVATE "LINKER:--version-script=${symbols}" LINKER:--as-needed LINKER:--no-undefined)
  set_target_properties(${library} PROPERTIES
    OUTPUT_NAME mien_${name} EXPORT_NAME ${name} VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
    LINK_DEPENDS "${symbols}")
  target_compile_features(${library} INTERFACE cxx_std_17)
  target_include_directories(${library} INTERFACE "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
  if(mien_torch_abi)
    target_compile_definitions(${library} INTERFACE ${mien_torch_abi})
  endif()
  install(TARGETS ${library} EXPORT mien_${name}_targets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT ${name} NAMELINK_COMPONENT ${name})
  install(EXPORT mien_${name}_targets NAMESPACE mien:: FILE mien_${name}_targets.cmake DESTINATION ${mien_package_folder} COMPONENT ${name})
  foreach(header IN LISTS arg_HEADERS ITEMS mien/base/error.h)
    get_filename_component(folder "${header}" DIRECTORY)
    install(FILES "src/${header}" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/${folder}" COMPONENT ${name})
  endforeach()
  install(FILES "${CMAKE_CURRENT_BINARY_DIR}/mienConfig.cmake" "${CMAKE_CURRENT_BINARY_DIR}/mienConfigVersion.cmake"
    DESTINATION ${mien_package_folder} COMPONENT ${name})
endfunction()

# mien_install_test(NAME CONSUMER FOLDER [SETTINGS ...]): installs the component and builds and runs a stranger's project against it.
function(mien_install_test name)
  if(NOT MIEN_TESTS OR MIEN_SANITIZE)  # a consumer would have to be sanitized too
    return()
  endif()
  cmake_parse_arguments(arg "" "CONSUMER" "SETTINGS" ${ARGN})
  add_test(NAME install.${name} COMMAND "${CMAKE_COMMAND}"
    -D "BUILD=${CMAKE_BINARY_DIR}" -D COMPONENT=${name} -D "CONSUMER=${arg_CONSUMER}" -D "WORK=${CMAKE_BINARY_DIR}/install_test/${name}"
    -D "COMPILER_CXX=${CMAKE_CXX_COMPILER}" -D "COMPILER_C=${CMAKE_C_COMPILER}" -D "SETTINGS=${arg_SETTINGS}"
    -P "${PROJECT_SOURCE_DIR}/cmake/install_test.cmake")
  set_tests_properties(install.${name} PROPERTIES LABELS e2e TIMEOUT 300)
endfunction()

configure_package_config_file(cmake/mienConfig.cmake.in mienConfig.cmake INSTALL_DESTINATION ${mien_package_folder}
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(mienConfigVersion.cmake COMPATIBILITY SameMinorVersion)

mien_component(runtime HEADERS mien/runtime/runtime.h mien/runtime/c_api.h)
mien_install_test(runtime CONSUMER "${PROJECT_SOURCE_DIR}/src/mien/runtime/install_test")
mien_component(analysis HEADERS mien/analysis/analyzer.h)
# The library finds the models beside itself: lib/libmien_analysis.so, share/mien/models.
install(DIRECTORY models DESTINATION share/mien COMPONENT analysis FILES_MATCHING PATTERN "*.onnx" PATTERN "*.md")
mien_install_test(analysis CONSUMER "${PROJECT_SOURCE_DIR}/examples"
  SETTINGS "-DMIEN_PICTURE=${PROJECT_SOURCE_DIR}/docs/images/procedural-faces.png")
if(MIEN_TESTS AND NOT MIEN_SANITIZE)
  add_test(NAME install.program COMMAND "${CMAKE_COMMAND}" -D "BUILD=${CMAKE_BINARY_DIR}" -D "PROGRAM=$<TARGET_FILE:mien>"
    -D "PICTURE=${PROJECT_SOURCE_DIR}/docs/images/procedural-faces.png" -D "WORK=${CMAKE_BINARY_DIR}/install_test/program"
    -P "${PROJECT_SOURCE_DIR}/cmake/install_program_test.cmake")
  set_tests_properties(install.program PROPERTIES LABELS e2e TIMEOUT 300)
endif()
