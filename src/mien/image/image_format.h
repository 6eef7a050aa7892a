// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include "mien/base/file_walk.h"

namespace mien {

/// Kinds of picture files. `heif` is HEIC and AVIF.
enum class ImageFormat { none, jpeg, png, webp, bmp, tiff, gif, heif };

/// So many of a file's first bytes tell its format.
inline constexpr std::size_t image_format_bytes = 64;

/// What the first bytes of a file say that it is; `none` for everything that is no picture of a known kind, videos included.
ImageFormat image_format(const std::uint8_t* data, std::size_t size);

/// "jpg", "png", "webp", "bmp", "tif", "gif", "heif"; "" for none.
const char* usual_extension(ImageFormat format);

/// Why a file is left out of a list of pictures: "no picture", "empty", "cannot be opened: ..."; "" for pictures. A picture is one by
/// its content, or its name ends in a picture's extension (then it is meant to be one, and reading it says what is wrong with it). The
/// file is opened only when its name does not tell.
std::string why_no_picture(const std::filesystem::path& file);

/// The format of a file by its first bytes; `none` too when it cannot be read. Must not be asked of pipes.
ImageFormat image_format_of(const std::filesystem::path& file);

/// The pictures below a folder, at any depth.
WalkedFiles find_pictures(const std::filesystem::path& folder);

}  // namespace mien
