// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "mien/base/options.h"
#include "mien/base/random.h"
#include "mien/data/dataset.h"
#include "mien/image/preprocessing.h"

namespace mien {

/// Augmentation of training samples. Image, landmarks, heat map and mask move together. All geometric parts except the
/// random resized crop are composed into one warp, so that a sample is interpolated once. Zero switches a part off. Every
/// part draws from its own random numbers: switching one on or off does not change what the others do.
struct AugmentOptions {
  double flip = 0.5;                 ///< probability of a left-right flip (68-point permutation applied to landmarks)
  double rotate_deg = 0;             ///< angle drawn from [-x,x] degrees
  double translate = 0;              ///< shift drawn from [-x,x] of width and height
  double scale = 0;                  ///< zoom drawn from [1-x,1+x]
  double shear_deg = 0;              ///< shear angle drawn from [-x,x] degrees
  double affine_jitter = 0;          ///< three corners moved by up to x of the size (report 001)
  bool random_resized_crop = false;  ///< torchvision's, area share [crop_scale_min,1], ratio 3/4..4/3
  double crop_scale_min = 0.08;
  double pad_crop = 0;           ///< padding of x of the size on every side, then a random crop of the old size
  std::string border = "zero";   ///< what the image shows where it was moved away: "zero" or "replicate" (its edge)
  double brightness = 0;         ///< factor drawn from [1-x,1+x]
  double contrast = 0;           ///< likewise, about the image's mean gray
  double saturation = 0;         ///< likewise (colour images)
  double hue = 0;                ///< shift drawn from [-x,x] of the hue circle, x <= 0.5
  double clahe = 0;              ///< probability of CLAHE on the lightness
  double blur = 0;               ///< probability of a Gaussian blur
  double blur_sigma_px = 1;      ///< largest sigma, drawn from [0.1,x] pixels
  double erase = 0;              ///< probability of erasing a rectangle (Zhong et al. 2017), after preprocessing
  double erase_area_max = 0.33;  ///< largest share of the area that is erased
};
void describe(AugmentOptions& options, OptionTable& table);

/// Applies the random part; `random` must be keyed by (seed, epoch, index). The image keeps its size unless
/// random_resized_crop sets it to `out_width` x `out_height`. Never writes into the pixels that it was given (they may be
/// shared with a cache): what changes is a new image. Erasing is not part of it, see `erase_random`.
void augment(Sample& sample, const AugmentOptions& options, Random random, int out_width, int out_height);

/// Resizes image, landmarks, heat map and mask to the network's size and converts the colour (gray replicated for rgb).
void fit_to_input(Sample& sample, const Preprocessing& preprocessing);

/// `augment`, then `fit_to_input`; but images larger than the input are fitted first where no random resized crop needs their
/// pixels, which costs a fraction of the time (blur_sigma_px then counts pixels of the input).
void augment_and_fit(Sample& sample, const AugmentOptions& options, Random random, const Preprocessing& preprocessing);

/// [C,H,W] floats of an RGB or gray image of any size: divided, normalised, in the preprocessing's channel order. Gray is
/// replicated for three channels, RGB becomes lightness for one.
void write_normalized(const cv::Mat& image, const Preprocessing& preprocessing, float* out);

/// With probability `erase`, fills one rectangle of [C,H,W] normalised floats with noise ~ N(0,1): area share drawn from
/// [0.02,erase_area_max], side ratio from 0.3..3.3 on a logarithmic scale (Zhong et al. 2017, "random" filling).
void erase_random(float* chw, int channels, int height, int width, const AugmentOptions& options, Random& random);

/// Left-right mirror of sample and annotations.
void flip_horizontally(Sample& sample);

}  // namespace mien
