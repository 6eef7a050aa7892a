# The CMake package: find_package(mien COMPONENTS runtime) gives mien::runtime, one shared library that shows the C++ and the
# C interface and nothing else. Who uses it needs the libraries of protobuf, libonnx and oneDNN, but none of their
# development files.  cmake --install BUILD --component runtime  installs this component alone.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(mien_runtime_symbols "${PROJECT_SOURCE_DIR}/src/mien/runtime/exported_symbols.map")
file(CONFIGURE OUTPUT empty.cc CONTENT "// CMake wants a source for a library made of another one.\n")
add_library(mien_runtime_shared SHARED "${CMAKE_CURRENT_BINARY_DIR}/empty.cc")
target_link_libraries(mien_runtime_shared PRIVATE "$<LINK_LIBRARY:WHOLE_ARCHIVE,mien_runtime>")
target_link_options(mien_runtime_shared PRIVATE "LINKER:--version-script=${mien_runtime_symbols}" LINKER:--as-needed LINKER:--no-undefined)
set_target_properties(mien_runtime_shared PROPERTIES
  OUTPUT_NAME mien_runtime EXPORT_NAME runtime VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
  LINK_DEPENDS "${mien_runtime_symbols}")
target_compile_features(mien_runtime_shared INTERFACE cxx_std_17)
target_include_directories(mien_runtime_shared INTERFACE "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
if(mien_torch_abi)
  target_compile_definitions(mien_runtime_shared INTERFACE ${mien_torch_abi})
endif()

set(mien_package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/mien")
install(TARGETS mien_runtime_shared EXPORT mienRuntimeTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime NAMELINK_COMPONENT runtime)
install(EXPORT mienRuntimeTargets NAMESPACE mien:: DESTINATION ${mien_package_folder} COMPONENT runtime)
install(FILES src/mien/base/error.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/mien/base COMPONENT runtime)
install(FILES src/mien/runtime/runtime.h src/mien/runtime/c_api.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/mien/runtime COMPONENT runtime)
configure_package_config_file(cmake/mienConfig.cmake.in mienConfig.cmake INSTALL_DESTINATION ${mien_package_folder}
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(mienConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/mienConfig.cmake" "${CMAKE_CURRENT_BINARY_DIR}/mienConfigVersion.cmake"
  DESTINATION ${mien_package_folder} COMPONENT runtime)

if(MIEN_TESTS AND NOT MIEN_SANITIZE)  # a consumer would have to be sanitized too
  add_test(NAME install.runtime COMMAND "${CMAKE_COMMAND}"
    -D "BUILD=${CMAKE_BINARY_DIR}" -D "CONSUMER=${PROJECT_SOURCE_DIR}/src/mien/runtime/install_test"
    -D "WORK=${CMAKE_BINARY_DIR}/install_test" -D "COMPILER_CXX=${CMAKE_CXX_COMPILER}" -D "COMPILER_C=${CMAKE_C_COMPILER}"
    -P "${PROJECT_SOURCE_DIR}/src/mien/runtime/install_test/run.cmake")
  set_tests_properties(install.runtime PROPERTIES LABELS e2e TIMEOUT 300)
endif()
