# SPDX-FileCopyrightText: 2026 The mien authors
# SPDX-License-Identifier: Apache-2.0
"""Resize, Upsample, DepthToSpace, SpaceToDepth."""
from operator_cases.case import case, f32, i64, i8, real, u8

X = (1, 2, 4, 5)


def by_scales(name, h, w, opset=13, x=X, scales=None, data=real, **more):
    scales = f32(scales or [1, 1, h, w])
    if opset < 11:
        return case(name, "Resize", [data(*x), scales], opset=opset, constants=[1], **more)
    return case(name, "Resize", [data(*x), f32([]), scales], opset=opset, constants=[1, 2], **more)


def by_sizes(name, h, w, opset=13, x=X, sizes=None, **more):
    scales = f32([]) if opset < 13 else None
    roi = f32([]) if opset < 13 else None
    wanted = i64(sizes or [x[0], x[1], h, w])
    return case(name, "Resize", [real(*x), roi, scales, wanted], opset=opset, constants=[1, 2, 3], **more)


def upsample(name, h, w, **more):
    return case(name, "Upsample", [real(*X), f32([1, 1, h, w])], opset=9, constants=[1], **more)


CASES = [
    upsample("upsample_nearest", 2, 2),
    upsample("upsample_nearest_fraction", 1.5, 2.6, mode="nearest"),
    upsample("upsample_linear", 2, 3, mode="linear"),
    by_scales("opset10_nearest", 2, 2, opset=10),
    by_scales("opset10_nearest_shrink", 0.5, 0.6, opset=10),
    by_scales("opset10_nearest_fraction", 1.7, 2.3, opset=10),
    by_scales("opset10_linear", 2, 1.5, opset=10, mode="linear"),
    by_scales("opset10_linear_shrink", 0.6, 0.5, opset=10, mode="linear"),
    by_scales("opset11_default", 2, 2, opset=11),
    by_sizes("opset11_sizes", 7, 9, opset=11),
    by_sizes("opset11_tf_half_pixel", 7, 3, opset=11, coordinate_transformation_mode="tf_half_pixel_for_nn"),
    by_sizes("opset11_linear_align", 7, 9, opset=11, mode="linear", coordinate_transformation_mode="align_corners"),
    by_scales("u8_nearest", 2, 3, data=u8, tolerance=0),
    by_scales("i8_nearest", 0.5, 0.4, data=i8, tolerance=0),
    by_scales("nearest_3d", 2, 2, x=(1, 2, 5), scales=[1, 1, 2.5]),
    by_scales("nearest_5d", 2, 2, x=(1, 2, 2, 3, 2), scales=[1, 1, 2, 1.5, 2]),
    by_scales("linear_3d", 2, 2, x=(1, 2, 5), scales=[1, 1, 2.5], mode="linear"),
    by_scales("linear_same_size", 1.1, 1.15, mode="linear"),
    by_scales("linear_same_height", 1.1, 2, mode="linear"),
    by_scales("cubic_same_height", 1.1, 2, mode="cubic"),
    by_sizes("linear_one_pixel_out", 1, 1, mode="linear"),
    by_sizes("linear_one_pixel_out_pytorch", 1, 1, mode="linear", coordinate_transformation_mode="pytorch_half_pixel"),
    by_sizes("linear_one_pixel_out_align", 1, 1, mode="linear", coordinate_transformation_mode="align_corners"),
    by_sizes("linear_one_pixel_in", 3, 4, x=(1, 2, 1, 1), mode="linear"),
    by_scales("opset18_axes", 2, 2, opset=18, scales=[2, 1.5], axes=[2, 3], mode="linear"),
    by_scales("opset18_axes_swapped", 2, 2, opset=18, scales=[2, 0.5], axes=[3, 2]),
    by_sizes("opset18_axes_sizes", 2, 2, opset=18, sizes=[9, 3], axes=[2, 3], mode="cubic"),
    by_sizes("opset18_not_larger", 2, 2, opset=18, sizes=[9, 8], axes=[2, 3], keep_aspect_ratio_policy="not_larger"),
    by_sizes("opset18_not_smaller", 2, 2, opset=18, sizes=[9, 8], axes=[2, 3], keep_aspect_ratio_policy="not_smaller",
             mode="linear"),
    by_scales("cubic_exclude_outside", 2, 1.5, mode="cubic", exclude_outside=1),
    by_scales("cubic_exclude_outside_shrink", 0.6, 0.5, mode="cubic", exclude_outside=1),
    by_scales("cubic_a", 2, 1.5, mode="cubic", cubic_coeff_a=-0.5),
    *[by_scales(f"{mode}_{coordinates}_{name}", h, w, mode=mode, coordinate_transformation_mode=coordinates)
      for mode in ("nearest", "linear", "cubic")
      for coordinates in ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel")
      for name, h, w in (("grow", 2, 2.6), ("shrink", 0.75, 0.5))],
    *[by_sizes(f"nearest_{rounding}_{coordinates}", 8, 3, mode="nearest", nearest_mode=rounding,
               coordinate_transformation_mode=coordinates)
      for rounding in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")
      for coordinates in ("half_pixel", "asymmetric", "align_corners")],
    case("depth_to_space_dcr", "DepthToSpace", [real(2, 8, 2, 3)], opset=9, blocksize=2),
    case("depth_to_space_crd", "DepthToSpace", [real(2, 12, 2, 3)], blocksize=2, mode="CRD"),
    case("depth_to_space_3", "DepthToSpace", [real(1, 18, 2, 2)], opset=11, blocksize=3, mode="DCR"),
    case("space_to_depth", "SpaceToDepth", [real(2, 3, 4, 6)], blocksize=2),
    case("space_to_depth_3", "SpaceToDepth", [real(1, 2, 6, 3)], opset=9, blocksize=3),
]
