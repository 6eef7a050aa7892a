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
find_path(HNSWLIB_INCLUDE_DIR hnswlib/hnswlib.h REQUIRED)

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

# The runtime: protobuf with the ONNX messages to read files, oneDNN and OpenMP to compute.
find_package(Protobuf REQUIRED)
# Debian's dnnl-config.cmake asks for the development files of OpenCL, which nothing here uses.
find_path(DNNL_INCLUDE_DIR oneapi/dnnl/dnnl.hpp REQUIRED)
find_library(DNNL_LIBRARY dnnl REQUIRED)
add_library(DNNL::dnnl UNKNOWN IMPORTED)
set_target_properties(DNNL::dnnl PROPERTIES IMPORTED_LOCATION "${DNNL_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${DNNL_INCLUDE_DIR}")
find_package(OpenMP REQUIRED)
find_path(ONNX_INCLUDE_DIR onnx/onnx_pb.h REQUIRED)
find_library(ONNX_PROTO_LIBRARY onnx_proto REQUIRED)
add_library(mien_onnx_messages INTERFACE)
target_include_directories(mien_onnx_messages SYSTEM INTERFACE ${ONNX_INCLUDE_DIR})
target_compile_definitions(mien_onnx_messages INTERFACE ONNX_ML=1 ONNX_NAMESPACE=onnx)
target_link_libraries(mien_onnx_messages INTERFACE ${ONNX_PROTO_LIBRARY} protobuf::libprotobuf)

# Further picture formats; a build does without those that are missing.
find_library(WEBP_LIBRARY webp)
find_library(WEBPDEMUX_LIBRARY webpdemux)
find_library(TIFF_LIBRARY_FILE tiff)
find_library(GIF_LIBRARY_FILE gif)
find_library(HEIF_LIBRARY heif)

# Faces and videos: the run half only.
find_path(DLIB_INCLUDE_DIR dlib/image_processing.h)
find_library(DLIB_LIBRARY dlib)
find_library(OPENCV_OBJDETECT_LIBRARY opencv_objdetect)
find_library(OPENCV_CALIB3D_LIBRARY opencv_calib3d)
pkg_check_modules(LIBAV IMPORTED_TARGET libavformat libavcodec libavutil libswscale libavdevice)

if(MIEN_LEARN)
  include(MienTorch)
endif()
if(MIEN_TESTS)
  find_package(GTest REQUIRED)
endif()
