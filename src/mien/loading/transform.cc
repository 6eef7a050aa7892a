// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/loading/transform.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "mien/image/color.h"
#include "mien/image/geometry.h"
#include "mien/image/resize.h"
#include "mien/loading/photometric.h"
#include "mien/loading/warp.h"

namespace mien {

namespace {

/// The parts, in the order of their random streams: append, never reorder.
enum class Part : std::uint64_t {
  flip,
  rotate,
  translate,
  scale,
  shear,
  affine_jitter,
  random_resized_crop,
  pad_crop,
  jitter_order,
  brightness,
  contrast,
  saturation,
  hue,
  clahe,
  blur,
};

/// Independent random numbers for every part of one sample.
class Streams {
 public:
  explicit Streams(Random& random) : key_(random.next()) {}
  Random of(Part part) const { return Random(key_, static_cast<std::uint64_t>(part)); }
  double symmetric(Part part, double limit) const { return limit == 0 ? 0 : of(part).uniform(-limit, limit); }
  bool chance(Part part, double probability) const { return probability > 0 && of(part).chance(probability); }

 private:
  std::uint64_t key_;
};

Affine translation(double x, double y) { return {1, 0, x, 0, 1, y}; }

/// A linear map [a b; c d] that keeps the centre.
Affine about_centre(double a, double b, double c, double d, int width, int height) {
  const double x = (width - 1) / 2.0, y = (height - 1) / 2.0;
  return compose(translation(x, y), compose(Affine(a, b, 0, c, d, 0), translation(-x, -y)));
}

/// Three corners (top left, bottom left, top right) moved independently (report 001).
Affine corner_jitter(double limit, int width, int height, Random random) {
  const auto w = static_cast<float>(width), h = static_cast<float>(height);
  const cv::Point2f edge(-0.5F, -0.5F);
  const std::array<cv::Point2f, 3> from = {edge, edge + cv::Point2f(0, h), edge + cv::Point2f(w, 0)};
  std::array<cv::Point2f, 3> to = from;
  for (cv::Point2f& corner : to) {
    corner.x += static_cast<float>(random.uniform(-limit, limit)) * w;
    corner.y += static_cast<float>(random.uniform(-limit, limit)) * h;
  }
  return Affine(cv::getAffineTransform(from.data(), to.data()));
}

Affine draw_warp(const AugmentOptions& o, const Streams& streams, int width, int height) {
  Affine warp = identity_affine();
  const auto then = [&](const Affine& outer) { warp = compose(outer, warp); };
  if (o.scale > 0) {
    const double zoom = 1 + streams.symmetric(Part::scale, o.scale);
    then(about_centre(zoom, 0, 0, zoom, width, height));
  }
  if (o.shear_deg > 0) {
    const double shear = std::tan(streams.symmetric(Part::shear, o.shear_deg) * std::numbers::pi / 180);
    then(about_centre(1, shear, 0, 1, width, height));
  }
  if (o.rotate_deg > 0) then(rotation_about_centre(streams.symmetric(Part::rotate, o.rotate_deg), width, height));
  if (o.translate > 0) {
    Random random = streams.of(Part::translate);
    const double x = random.uniform(-o.translate, o.translate) * width, y = random.uniform(-o.translate, o.translate) * height;
    then(translation(x, y));
  }
  if (o.affine_jitter > 0) then(corner_jitter(o.affine_jitter, width, height, streams.of(Part::affine_jitter)));
  return warp;
}

void crop_after_padding(Sample& sample, const AugmentOptions& o, Random random) {
  const cv::Size size = sample.image.size();
  const int x = static_cast<int>(std::lround(o.pad_crop * size.width)),
            y = static_cast<int>(std::lround(o.pad_crop * size.height));
  const int left = static_cast<int>(random.integer(2 * x + 1)) - x, top = static_cast<int>(random.integer(2 * y + 1)) - y;
  crop_sample(sample, {left, top, size.width, size.height}, o.border);
}

void crop_and_resize(Sample& sample, const AugmentOptions& o, Random random, int out_width, int out_height) {
  const CropBox box = random_resized_crop(sample.image.rows, sample.image.cols, o.crop_scale_min, 1, 3.0 / 4, 4.0 / 3, random);
  crop_sample(sample, {box.left, box.top, box.width, box.height}, o.border);
  resize_sample(sample, out_width, out_height, ResizeFilter::bilinear);
}

void move_randomly(Sample& sample, const AugmentOptions& o, const Streams& streams, int out_width, int out_height) {
  const Affine warp = draw_warp(o, streams, sample.image.cols, sample.image.rows);
  if (warp != identity_affine()) warp_sample(sample, warp, o.border);
  if (o.pad_crop > 0) crop_after_padding(sample, o, streams.of(Part::pad_crop));
  if (o.random_resized_crop) crop_and_resize(sample, o, streams.of(Part::random_resized_crop), out_width, out_height);
  if (streams.chance(Part::flip, o.flip)) flip_horizontally(sample);
}

/// ColorJitter: its four parts in random order.
void jitter_colors(cv::Mat& image, const AugmentOptions& o, const Streams& streams) {
  std::vector<Part> order = {Part::brightness, Part::contrast, Part::saturation, Part::hue};
  streams.of(Part::jitter_order).shuffle(order);
  for (const Part part : order) {
    const auto factor = [&](double limit) { return std::max(0.0, 1 + streams.symmetric(part, limit)); };
    if (part == Part::brightness && o.brightness > 0) image = adjust_brightness(image, factor(o.brightness));
    if (part == Part::contrast && o.contrast > 0) image = adjust_contrast(image, factor(o.contrast));
    if (part == Part::saturation && o.saturation > 0) image = adjust_saturation(image, factor(o.saturation));
    if (part == Part::hue && o.hue > 0) image = adjust_hue(image, streams.symmetric(part, o.hue));
  }
}

void change_light_randomly(cv::Mat& image, const AugmentOptions& o, const Streams& streams) {
  jitter_colors(image, o, streams);
  if (streams.chance(Part::clahe, o.clahe)) image = equalize_locally(image);
  if (o.blur <= 0) return;
  Random random = streams.of(Part::blur);
  if (random.chance(o.blur)) image = blur(image, random.uniform(std::min(0.1, o.blur_sigma_px), o.blur_sigma_px));
}

void make_continuous(cv::Mat& image) {
  if (!image.isContinuous()) image = image.clone();
}

}  // namespace

void describe(AugmentOptions& o, OptionTable& table) {
  const auto add = [&](const char* name, OptionField::Target target, const char* help) -> OptionField& {
    return table.add("augment", name, target, help);
  };
  add("flip", &o.flip, "probability of a left-right flip").range(0, 1);
  add("rotate_deg", &o.rotate_deg, "largest rotation to either side, in degrees").range(0, 180);
  add("translate", &o.translate, "largest shift to either side, as a share of width and height").range(0, 1);
  add("scale", &o.scale, "largest zoom in or out: the factor is drawn from [1-x,1+x]").range(0, 0.9);
  add("shear_deg", &o.shear_deg, "largest horizontal shear to either side, in degrees").range(0, 60);
  add("affine_jitter", &o.affine_jitter, "largest shift of three corners, as a share of the size").range(0, 0.4);
  add("random_resized_crop", &o.random_resized_crop, "cut out a random part and resize it to the input size (torchvision's)");
  add("crop_scale_min", &o.crop_scale_min, "smallest area share of a random resized crop").range(0.01, 1);
  add("pad_crop", &o.pad_crop, "padding on every side before a random crop of the old size, as a share of the size").range(0, 1);
  add("border", &o.border, "what the image shows where it was moved away").one_of({"zero", "replicate"});
  add("brightness", &o.brightness, "brightness factor is drawn from [1-x,1+x]").range(0, 1);
  add("contrast", &o.contrast, "contrast factor is drawn from [1-x,1+x]").range(0, 1);
  add("saturation", &o.saturation, "saturation factor is drawn from [1-x,1+x] (colour images)").range(0, 1);
  add("hue", &o.hue, "largest shift to either side, as a share of the hue circle (colour images)").range(0, 0.5);
  add("clahe", &o.clahe, "probability of local histogram equalisation").range(0, 1);
  add("blur", &o.blur, "probability of a Gaussian blur").range(0, 1);
  add("blur_sigma_px", &o.blur_sigma_px, "largest sigma of the blur, in pixels; drawn from [0.1,x]").range(0.1, 20);
  add("erase", &o.erase, "probability of filling a rectangle with noise, after normalisation").range(0, 1);
  add("erase_area_max", &o.erase_area_max, "largest share of the area that is erased").range(0.02, 1);
}

void augment(Sample& sample, const AugmentOptions& options, Random random, int out_width, int out_height) {
  const Streams streams(random);
  move_randomly(sample, options, streams, out_width, out_height);
  change_light_randomly(sample.image, options, streams);
}

void fit_to_input(Sample& sample, const Preprocessing& preprocessing) {
  if (preprocessing.channels() == 1) sample.image = to_gray(sample.image);
  resize_sample(sample, preprocessing.width, preprocessing.height, resize_filter(preprocessing.resize));
  if (preprocessing.channels() == 3) sample.image = to_rgb(sample.image);
  make_continuous(sample.image);
  make_continuous(sample.mask);
  make_continuous(sample.heat_map);
}

void augment_and_fit(Sample& sample, const AugmentOptions& options, Random random, const Preprocessing& preprocessing) {
  const int width = preprocessing.width, height = preprocessing.height;
  const bool shrinks = sample.image.cols >= width && sample.image.rows >= height;
  if (shrinks && !options.random_resized_crop) fit_to_input(sample, preprocessing);
  augment(sample, options, random, width, height);
  fit_to_input(sample, preprocessing);
}

void flip_horizontally(Sample& sample) {
  for (cv::Mat* image : {&sample.image, &sample.mask, &sample.heat_map}) {
    if (image->empty()) continue;
    cv::Mat flipped;
    cv::flip(*image, flipped, 1);
    *image = flipped;
  }
  sample.annotations.landmarks = flip_points(sample.annotations.landmarks, sample.image.cols);
}

void erase_random(float* chw, int channels, int height, int width, const AugmentOptions& options, Random& random) {
  constexpr double kAreaMin = 0.02, kRatioMin = 0.3, kRatioMax = 3.3;
  constexpr int kAttempts = 10;
  if (options.erase <= 0 || !random.chance(options.erase)) return;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const double area =
        static_cast<double>(height) * width * random.uniform(kAreaMin, std::max(kAreaMin, options.erase_area_max));
    const double ratio = std::exp(random.uniform(std::log(kRatioMin), std::log(kRatioMax)));
    const auto h = static_cast<int>(std::lround(std::sqrt(area * ratio))),
               w = static_cast<int>(std::lround(std::sqrt(area / ratio)));
    if (h < 1 || w < 1 || h >= height || w >= width) continue;
    const auto top = static_cast<int>(random.integer(height - h + 1)), left = static_cast<int>(random.integer(width - w + 1));
    for (int c = 0; c < channels; ++c)
      for (int y = top; y < top + h; ++y) {
        float* row = chw + (static_cast<std::ptrdiff_t>(c) * height + y) * width + left;
        std::generate(row, row + w, [&] { return static_cast<float>(random.normal()); });
      }
    return;
  }
}

}  // namespace mien
