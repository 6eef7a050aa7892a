# SPDX-FileCopyrightText: 2026 The mien authors
# SPDX-License-Identifier: Apache-2.0
"""Writes decode_format_fixtures.cc: tiny TIFF, GIF, animated WebP, HEIC and AVIF files made by other programs (Pillow 9.4, tiffcp of
libtiff-tools 4.5, heif-enc of libheif-examples 1.15) or by hand, and the pixels that went in or that another decoder finds.

    python3 decode_format_fixtures.py > decode_format_fixtures.cc
"""
import io
import os
import struct
import subprocess
import tempfile

import numpy as np
from PIL import Image

from decode_fixtures import ALPHA, GRAY, RGB, RGBA, columns, literal, over_black, rows, saved

PALETTE = (np.arange(48) * 5 + 3).astype(np.uint8)
INDICES = ((rows * 3 + columns) % 16).astype(np.uint8)


def program(command, data, suffix, out_suffix):
    """What COMMAND makes of a file with the bytes `data`; {} and {out} stand for the files."""
    with tempfile.TemporaryDirectory() as folder:
        given, out = os.path.join(folder, "in" + suffix), os.path.join(folder, "out" + out_suffix)
        with open(given, "wb") as file:
            file.write(data)
        subprocess.run([part.format(given, out=out) for part in command], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        with open(out, "rb") as file:
            return file.read()


def tiffcp(data, *flags):
    return program(["tiffcp", *flags, "{}", "{out}"], data, ".tif", ".tif")


def tiff(samples, bits, photometric, orientation=1, order="<"):
    """One uncompressed strip, [height, width(, channels)]; alpha is unassociated."""
    height, width = samples.shape[:2]
    channels = samples.shape[2] if samples.ndim == 3 else 1
    body = samples.astype(order + ("u2" if bits == 16 else "u1")).tobytes()
    tags = [(256, 3, [width]), (257, 3, [height]), (258, 3, [bits] * channels), (259, 3, [1]), (262, 3, [photometric]),
            (273, 4, [8]), (274, 3, [orientation]), (277, 3, [channels]), (278, 3, [height]), (279, 4, [len(body)])]
    if channels == 4:
        tags.append((338, 3, [2]))
    at = 8 + len(body) + len(body) % 2
    after = at + 2 + 12 * len(tags) + 4
    directory, extra = struct.pack(order + "H", len(tags)), b""
    for tag, kind, values in tags:
        value = struct.pack(order + ("H" if kind == 3 else "I") * len(values), *values)
        if len(value) > 4:
            value, extra = struct.pack(order + "I", after + len(extra)), extra + value
        directory += struct.pack(order + "HHI", tag, kind, len(values)) + value.ljust(4, b"\0")
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", at)
    return head + body + b"\0" * (len(body) % 2) + directory + struct.pack(order + "I", 0) + extra


def turned(pixels, orientation):
    """Stored pixels as they are meant to be seen (TIFF 6.0, Orientation)."""
    if orientation >= 5:
        pixels = np.swapaxes(pixels, 0, 1)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def heif(pixels, *flags):
    return program(["heif-enc", *flags, "{}", "-o", "{out}"], saved(Image.fromarray(pixels), "PNG"), ".png",
                   ".avif" if "-A" in flags else ".heic")


def as_heif_convert_sees(data):
    return np.asarray(Image.open(io.BytesIO(program(["heif-convert", "{}", "{out}"], data, ".heic", ".png"))))


def boxes(data, begin, end):
    while begin < end:
        size, kind = struct.unpack(">I4s", data[begin:begin + 8])
        yield kind, begin, begin + size
        begin += size


def find(data, path):
    """[begin, end) of the boxes of a path, outermost first."""
    begin, end, found = 0, len(data), []
    for name in path:
        _, start, stop = next(box for box in boxes(data, begin, end) if box[0] == name)
        found.append((start, stop))
        begin, end = start + (12 if name == b"meta" else 8), stop
    return found


def with_property(data, box):
    """The HEIF file with one more property (a turn) of its picture."""
    data = bytearray(data)
    properties = find(data, [b"meta", b"iprp", b"ipco"])
    count = sum(1 for _ in boxes(data, properties[2][0] + 8, properties[2][1]))
    data[properties[2][1]:properties[2][1]] = box
    for start, stop in properties:
        data[start:start + 4] = struct.pack(">I", stop - start + len(box))
    association = find(data, [b"meta", b"iprp", b"ipma"])
    start = association[2][0]
    assert data[start + 8:start + 12] == b"\0\0\0\0", "16-bit items, 8-bit associations"
    (_, (item, _)) = find(data, [b"meta", b"pitm"])
    entry = start + 16
    while data[entry:entry + 2] != data[item + 12:item + 14]:
        entry += 3 + data[entry + 2]
    data[entry + 2] += 1
    at = entry + 3 + data[entry + 2] - 1
    data[at:at] = bytes([0x80 | (count + 1)])  # essential
    for start, stop in association:
        data[start:start + 4] = struct.pack(">I", stop - start + 1)
    (_, (start, _)) = find(data, [b"meta", b"iloc"])
    grown = len(box) + 1
    version, sizes, items = data[start + 8], *struct.unpack(">HH", data[start + 12:start + 16])
    assert version < 2 and sizes in (0x4400, 0x4440), (version, hex(sizes))
    at = start + 16
    for _ in range(items):
        in_file = version == 0 or data[at + 3] & 15 == 0
        at += 4 if version == 0 else 6
        at += 4 if sizes & 0xf0 else 0  # base offset, always 0 here
        extents = struct.unpack(">H", data[at:at + 2])[0]
        at += 2
        for _ in range(extents):
            if in_file:
                data[at:at + 4] = struct.pack(">I", struct.unpack(">I", data[at:at + 4])[0] + grown)
            at += 8
    return bytes(data)


def gif(indices, palette, **options):
    image = Image.fromarray(indices, "P")
    image.putpalette(palette.tobytes())
    return saved(image, "GIF", **options)


def animated(kind, frames, **options):
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=40, **options)


def fixtures():
    """(name, file, pixels, tolerance)"""
    rgb, gray, rgba = Image.fromarray(RGB), Image.fromarray(GRAY), Image.fromarray(RGBA)
    plain = saved(rgb, "TIFF")
    yield "tiff rgb", plain, RGB, 0
    for method in ("tiff_lzw", "tiff_adobe_deflate", "packbits"):
        yield f"tiff {method}", saved(rgb, "TIFF", compression=method), RGB, 0
    jpeg = saved(rgb, "TIFF", compression="jpeg", quality=95)
    yield "tiff jpeg", jpeg, np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB")), 2
    yield "tiff gray", saved(gray, "TIFF"), GRAY, 0
    yield "tiff min is white", tiff(255 - GRAY, 8, 0), GRAY, 0
    bits = INDICES % 2
    yield "tiff 1-bit", saved(Image.fromarray(bits * np.uint8(255)).convert("1"), "TIFF"), bits * np.uint8(255), 0
    yield ("tiff group 4", saved(Image.fromarray(bits * np.uint8(255)).convert("1"), "TIFF", compression="group4"),
           bits * np.uint8(255), 0)
    paletted = Image.fromarray(INDICES, "P")
    paletted.putpalette(PALETTE.tobytes())
    yield "tiff palette", saved(paletted, "TIFF"), PALETTE.reshape(16, 3)[INDICES], 0
    yield "tiff rgba", tiff(RGBA, 8, 2), over_black(RGBA), 1
    cmyk = rgb.convert("CMYK")
    yield "tiff cmyk", saved(cmyk, "TIFF"), np.asarray(cmyk.convert("RGB")), 1
    levels16 = (RGB.astype(np.uint32) * 257 + 31 * columns[..., None]).clip(0, 65535)
    to_8 = np.floor(levels16 * (255 / 65535) + 0.5).astype(np.uint8)
    yield "tiff rgb 16-bit", tiff(levels16, 16, 2), to_8, 1
    yield "tiff rgb 16-bit big-endian", tiff(levels16, 16, 2, order=">"), to_8, 1
    yield "tiff gray 16-bit", tiff(levels16[..., 2], 16, 1), to_8[..., 2], 1
    yield "tiff tiled", tiffcp(plain, "-t", "-w", "16", "-l", "16"), RGB, 0
    yield "tiff planes", tiffcp(plain, "-p", "separate"), RGB, 0
    yield "tiff big-endian", tiffcp(plain, "-B"), RGB, 0
    yield "bigtiff", tiffcp(plain, "-8"), RGB, 0
    for orientation in range(2, 9):
        yield f"tiff orientation {orientation}", tiff(RGB[:4, :6], 8, 2, orientation), turned(RGB[:4, :6], orientation), 0
    yield "tiff two pages", animated("TIFF", [rgb, Image.fromarray(255 - RGB)]), RGB, 0

    colors = PALETTE.reshape(16, 3)
    yield "gif", gif(INDICES, PALETTE, interlace=0), colors[INDICES], 0
    yield "gif interlaced", gif(INDICES, PALETTE, interlace=1), colors[INDICES], 0
    yield "gif transparent", gif(INDICES, PALETTE, transparency=5), np.where((INDICES == 5)[..., None], 0, colors[INDICES]).astype(np.uint8), 0
    frames = [Image.fromarray(i, "P") for i in (INDICES, (INDICES + 1) % 16)]
    for frame in frames:
        frame.putpalette(PALETTE.tobytes())
    yield "gif animated", animated("GIF", frames), colors[INDICES], 0

    yield "webp animated", animated("WEBP", [rgba, Image.fromarray(255 - RGBA)], lossless=True, exact=True), over_black(RGBA), 1

    lossless = ["-L", "-p", "chroma=444", "--matrix_coefficients=0"]
    yield "heic lossless", heif(RGB, *lossless), RGB, 1
    yield "avif lossless", heif(RGB, "-A", *lossless), RGB, 1
    lossy = heif(RGB, "-q", "90")
    yield "heic lossy", lossy, as_heif_convert_sees(lossy), 1
    lossy = heif(RGB, "-A", "-q", "80")
    yield "avif lossy", lossy, as_heif_convert_sees(lossy), 1
    yield "avif alpha", heif(RGBA, "-A", *lossless), over_black(RGBA), 2
    for quarters in (1, 2, 3):  # against the clock
        box = struct.pack(">I4sB", 9, b"irot", quarters)
        yield f"heic irot {quarters}", with_property(heif(RGB, *lossless), box), np.ascontiguousarray(np.rot90(RGB, quarters)), 1
    mirror = struct.pack(">I4sB", 9, b"imir", 1)  # about a horizontal or a vertical axis: programs differ; this one as heif-convert
    mirrored = with_property(heif(RGB, *lossless), mirror)
    yield "heic imir", mirrored, as_heif_convert_sees(mirrored), 1


def main():
    print("// SPDX-FileCopyrightText: 2026 The mien authors\n// SPDX-License-Identifier: Apache-2.0")
    print("// Written by decode_format_fixtures.py; do not edit.")
    print('#include "mien/image/decode_fixtures.h"\n\n// clang-format off\nnamespace mien::testing {\n')
    print("const std::vector<EncodedFixture>& format_fixtures() {\n  static const std::vector<EncodedFixture> all = {")
    for name, data, pixels, tolerance in fixtures():
        channels = pixels.shape[2] if pixels.ndim == 3 else 1
        print(f'      {{"{name}", {pixels.shape[1]}, {pixels.shape[0]}, {channels}, {tolerance},')
        print(f"{literal(data)},\n{literal(pixels.tobytes())}}},")
    print("  };\n  return all;\n}\n\n}  // namespace mien::testing")


if __name__ == "__main__":
    main()
