# What the modules link. Everything is a Debian 12 package (scripts/install_packages); the learn half needs libtorch,
# OpenCV core + imgproc, libjpeg-turbo, libpng, zlib and header-only libraries, and nothing more.
find_package(JPEG REQUIRED)
find_package(PNG REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(PkgConfig REQUIRED)
find_path(XXHASH_INCLUDE_DIR xxhash.h REQUIRED)
find_path(TOMLPP_INCLUDE_DIR toml++/toml.h REQUIRED)
find_path(CSV_INCLUDE_DIR csv.h REQUIRED)
find_library(CSV_LIBRARY csv REQUIRED)

# Debian's per-module packages (libopencv-core-dev, libopencv-imgproc-dev) carry no OpenCVConfig.cmake: that is in
# libopencv-dev, which brings a desktop along.
find_package(OpenCV QUIET COMPONENTS core imgproc)
add_library(mien_opencv INTERFACE)
if(OpenCV_FOUND)
  target_include_directories(mien_opencv SYSTEM INTERFACE ${OpenCV_INCLUDE_DIRS})
  target_link_libraries(mien_opencv INTERFACE opencv_core opencv_imgproc)
else()
  find_path(OPENCV_INCLUDE_DIR opencv2/imgproc.hpp PATH_SUFFIXES opencv4 REQUIRED)
  find_library(OPENCV_CORE_LIBRARY opencv_core REQUIRED)
  find_library(OPENCV_IMGPROC_LIBRARY opencv_imgproc REQUIRED)
  target_include_directories(mien_opencv SYSTEM INTERFACE ${OPENCV_INCLUDE_DIR})
  target_link_libraries(mien_opencv INTERFACE ${OPENCV_CORE_LIBRARY} ${OPENCV_IMGPROC_LIBRARY})
endif()

find_library(WEBP_LIBRARY webp)
find_library(WEBPDEMUX_LIBRARY webpdemux)

if(MIEN_LEARN)
  include(MienTorch)
endif()
if(MIEN_TESTS)
  find_package(GTest REQUIRED)
endif()
