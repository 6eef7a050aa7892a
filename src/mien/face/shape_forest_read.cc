// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cmath>
#include <limits>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/face/shape_forest.h"

namespace mien {

namespace {

constexpr std::uint64_t kLargestFile = 1ull << 30;
constexpr std::size_t kMostPoints = 4096, kMostPixels = 65535, kMostLeaves = 1 << 16;

}  // namespace

/// dlib's own format. An integer is a control byte (bit 7: negative, low bits: number of bytes) and its bytes, lowest first; a
/// float is an integer mantissa and an integer exponent of 2; a vector is its length and its items. In order: version 1; the mean
/// shape as a matrix (rows, columns, values; sizes negated); stages of trees, a tree being its splits (pixel, pixel, threshold)
/// and its leaves (matrices); a stage's pixels' landmarks; their offsets.
class ShapeForestReader {
 public:
  ShapeForestReader(std::span<const std::uint8_t> bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  ShapeForest read() {
    if (integer() != 1) fail("expected version 1 of dlib's shape predictor");
    read_mean();
    read_trees();
    read_pixels();
    if (at_ != bytes_.size()) fail("there is more behind the model's end");
    return std::move(forest_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::bad_file, name_ + ": byte " + std::to_string(at_) + ": " + what,
                "Expected a file that dlib's shape_predictor wrote (.dat, unpacked when it was .bz2).");
  }

  std::int64_t integer() {
    if (at_ >= bytes_.size()) fail("the file ends too early");
    const std::uint8_t control = bytes_[at_];
    const std::size_t size = control & 0x0F;
    if ((control & 0x70) != 0 || size == 0 || size > 8) fail("no number where one was expected");
    if (bytes_.size() - at_ - 1 < size) fail("the file ends too early");
    std::uint64_t value = 0;
    for (std::size_t i = size; i > 0; --i) value = value << 8 | bytes_[at_ + i];
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) fail("a number is out of range");
    at_ += 1 + size;
    return (control & 0x80) != 0 ? -static_cast<std::int64_t>(value) : static_cast<std::int64_t>(value);
  }

  /// An integer of `low`..`high`.
  std::size_t count(const char* what, std::size_t low, std::size_t high) {
    const auto value = integer();
    if (value < static_cast<std::int64_t>(low) || value > static_cast<std::int64_t>(high))
      fail(std::string(what) + " is " + std::to_string(value) + ", expected " + std::to_string(low) + ".." +
           std::to_string(high));
    return static_cast<std::size_t>(value);
  }
  /// The length of a vector whose items take at least `item_bytes` each: nothing larger than the file is ever allocated.
  std::size_t length(const char* what, std::size_t low, std::size_t high, std::size_t item_bytes) {
    const auto n = count(what, low, high);
    if (n > (bytes_.size() - at_) / item_bytes) fail("the file ends too early");
    return n;
  }

  float real() {
    const auto mantissa = integer(), exponent = integer();
    if (exponent < -1000 || exponent > 1000) fail("a value is not finite");
    const auto power =
        std::bit_cast<double>(static_cast<std::uint64_t>(1023 + exponent) << 52);  // std::ldexp takes a third of the whole time
    const auto value = static_cast<float>(static_cast<double>(mantissa) * power);
    if (!std::isfinite(value)) fail("a value is not finite");
    return value;
  }

  /// The head of a column vector of `rows` values (0: any even number).
  std::size_t column(std::size_t rows) {
    const auto nr = std::abs(integer()), nc = std::abs(integer());
    if (nc != 1 || (rows != 0 && nr != static_cast<std::int64_t>(rows))) fail("a shape does not have the mean shape's size");
    if (nr < 2 || nr % 2 != 0 || nr > static_cast<std::int64_t>(2 * kMostPoints))
      fail("a shape must have 1.." + std::to_string(kMostPoints) + " points");
    return static_cast<std::size_t>(nr);
  }

  void read_mean() {
    forest_.mean_.resize(column(0) / 2);
    for (auto& p : forest_.mean_) {
      p.x = real();
      p.y = real();
    }
  }

  void read_trees() {
    forest_.stages_.resize(length("the number of stages", 1, 1000, 1));
    for (auto& stage : forest_.stages_) {
      const auto trees = length("the number of trees", 1, 100000, 2);
      if (&stage != &forest_.stages_.front()) stage.leaves.reserve(forest_.stages_.front().leaves.size());
      for (std::size_t t = 0; t < trees; ++t) read_tree(stage);
    }
  }

  void read_tree(ShapeForest::Stage& stage) {
    const auto splits = length("the number of splits", 1, kMostLeaves - 1, 8);
    if (forest_.splits_a_tree_ == 0) forest_.splits_a_tree_ = splits;
    if (splits != forest_.splits_a_tree_ || !std::has_single_bit(splits + 1))
      fail("the trees are not full binary trees of one depth");
    for (std::size_t i = 0; i < splits; ++i) {
      const auto first = count("a pixel", 0, kMostPixels), second = count("a pixel", 0, kMostPixels);
      stage.splits.push_back({static_cast<std::uint16_t>(first), static_cast<std::uint16_t>(second), real()});
    }
    if (length("the number of leaves", splits + 1, splits + 1, 4) != splits + 1) fail("a tree lacks leaves");
    for (std::size_t i = 0; i <= splits; ++i) {
      const auto rows = column(2 * forest_.mean_.size());
      if (rows > (bytes_.size() - at_) / 4) fail("the file ends too early");
      for (std::size_t k = 0; k < rows; ++k) stage.leaves.push_back(real());
    }
  }

  void read_pixels() {
    const auto stages = forest_.stages_.size();
    if (count("the number of stages of pixels", stages, stages) != stages) fail("a stage lacks its pixels");
    for (auto& stage : forest_.stages_) {
      stage.pixels.resize(length("the number of pixels", 1, kMostPixels, 2));
      for (auto& p : stage.pixels) p.anchor = static_cast<std::uint16_t>(count("a landmark", 0, forest_.mean_.size() - 1));
      for (const auto& s : stage.splits)
        if (s.first >= stage.pixels.size() || s.second >= stage.pixels.size()) fail("a split names a pixel that is not there");
    }
    if (count("the number of stages of offsets", stages, stages) != stages) fail("a stage lacks its offsets");
    for (auto& stage : forest_.stages_) {
      const auto pixels = stage.pixels.size();
      if (count("the number of offsets", pixels, pixels) != pixels) fail("a pixel lacks its offset");
      for (auto& p : stage.pixels) {
        p.offset.x = real();
        p.offset.y = real();
      }
    }
  }

  std::span<const std::uint8_t> bytes_;
  std::string name_;
  std::size_t at_ = 0;
  ShapeForest forest_;
};

ShapeForest ShapeForest::parse(std::span<const std::uint8_t> bytes, const std::string& name) {
  return ShapeForestReader(bytes, name).read();
}

ShapeForest ShapeForest::read(const std::filesystem::path& file) { return parse(read_bytes(file, kLargestFile), file.string()); }

}  // namespace mien
