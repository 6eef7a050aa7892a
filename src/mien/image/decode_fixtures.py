# SPDX-FileCopyrightText: 2026 The mien authors
# SPDX-License-Identifier: Apache-2.0
"""Writes decode_fixtures.cc: tiny image files of every kind and the pixels that Pillow 9.4 (or arithmetic) finds in them.

    python3 decode_fixtures.py > decode_fixtures.cc
"""
import base64
import io
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps

# Pillow cannot write YCCK: this 8 x 8 file comes from libjpeg with jpeg_set_colorspace(JCS_YCCK).
YCCK = """/9j/7gAOQWRvYmUAZAAAAAAC/9sAQwACAQEBAQECAQEBAgICAgIEAwICAgIFBAQDBAYFBgYGBQYGBgcJCAYHCQcGBggLCAkKCgoKCgYICwwLCg
wJCgoK/9sAQwECAgICAgIFAwMFCgcGBwoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoK/8AAFAgACAAI
BAEiAAIRAQMRAQQiAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQ
cicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqS
k5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/EAB8BAAMBAQEBAQEBAQEAAA
AAAAABAgMEBQYHCAkKC//EALURAAIBAgQEAwQHBQQEAAECdwABAgMRBAUhMQYSQVEHYXETIjKBCBRCkaGxwQkjM1LwFWJy0QoWJDThJfEXGBka
JicoKSo1Njc4OTpDREVGR0hJSlNUVVZXWFlaY2RlZmdoaWpzdHV2d3h5eoKDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxM
XGx8jJytLT1NXW19jZ2uLj5OXm5+jp6vLz9PX29/j5+v/aAA4EAQACEQMRBAAAPwDx79p39h//AI+P+JR6/wDLOiiivrq+fZlz/GcvjB4gcT/6
6Vv3359/U/Tj9pL42/8AHx/pfr/FRRRX/9k="""

rows, columns = np.mgrid[0:9, 0:11]
RGB = np.stack([20 + 20 * columns, 240 - 22 * rows, 60 + 8 * columns + 9 * rows], -1).astype(np.uint8)
GRAY = RGB[..., 2]
ALPHA = (255 - 20 * columns - 3 * rows).clip(0, 255).astype(np.uint8)
RGBA = np.dstack([RGB, ALPHA])


def over_black(rgba):
    return np.floor(rgba[..., :-1] * (rgba[..., -1:] / 255.0) + 0.5).astype(np.uint8)


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def as_pillow_sees(data):
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    if image.mode in ("RGBA", "LA") or "transparency" in image.info:
        return over_black(np.asarray(image.convert("RGBA")))
    return np.asarray(image if image.mode == "L" else image.convert("RGB"))


def exif(orientation):
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags.tobytes()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def packed(samples, bits):
    """Rows of samples [height, count] as PNG scan lines without filter."""
    out = b""
    for row in samples:
        if bits == 16:
            line = row.astype(">u2").tobytes()
        else:
            line = np.packbits(((row[:, None] >> np.arange(bits)[::-1]) & 1).astype(np.uint8).ravel()).tobytes()
        out += b"\0" + line
    return out


ADAM7 = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]


def png(samples, bits, color_type, before=b"", after=b"", interlaced=False):
    """samples [height, width] or [height, width, channels]."""
    height, width = samples.shape[:2]
    parts = [samples[y::dy, x::dx] for y, x, dy, dx in ADAM7] if interlaced else [samples]
    lines = b"".join(packed(p.reshape(p.shape[0], -1), bits) for p in parts if p.size)
    header = struct.pack(">IIBBBBB", width, height, bits, color_type, 0, 0, interlaced)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + chunk(b"IDAT", zlib.compress(lines, 9)) + after
            + chunk(b"IEND", b""))


def bmp_with_masks(rgba, top_down):
    """32-bit BITFIELDS with a version 4 header: pixels stored as A B G R."""
    height, width = rgba.shape[:2]
    body = (rgba if top_down else rgba[::-1])[..., ::-1].tobytes()
    masks = struct.pack("<IIII", 0xFF000000, 0x00FF0000, 0x0000FF00, 0x000000FF)
    info = struct.pack("<IiiHHIIiiII", 108, width, -height if top_down else height, 1, 32, 3, len(body), 0, 0, 0, 0)
    info += masks + b"\0" * (108 - 40 - 16)
    return b"BM" + struct.pack("<IHHI", 14 + 108 + len(body), 0, 0, 14 + 108) + info + body


def top_down_bmp(rgb):
    data = bytearray(saved(Image.fromarray(rgb[::-1]), "BMP"))
    data[22:26] = struct.pack("<i", -rgb.shape[0])
    return bytes(data)


def fixtures():
    """(name, file, pixels, tolerance)"""
    def lossy(name, data):
        return name, data, as_pillow_sees(data), 2

    def exact(name, data, expected=None):
        return name, data, as_pillow_sees(data) if expected is None else expected, 0

    rgb, gray, rgba = Image.fromarray(RGB), Image.fromarray(GRAY), Image.fromarray(RGBA)
    yield lossy("jpeg rgb", saved(rgb, "JPEG", quality=90))
    yield lossy("jpeg rgb 4:4:4", saved(rgb, "JPEG", quality=95, subsampling=0))
    yield lossy("jpeg progressive", saved(rgb, "JPEG", quality=90, progressive=True))
    yield lossy("jpeg gray", saved(gray, "JPEG", quality=90))
    yield lossy("jpeg cmyk adobe", saved(rgb.convert("CMYK"), "JPEG", quality=95))
    yield lossy("jpeg ycck adobe", base64.b64decode(YCCK))
    for orientation in range(1, 9):
        yield lossy(f"jpeg exif {orientation}", saved(Image.fromarray(RGB[:4, :6]), "JPEG", quality=95, exif=exif(orientation)))

    levels16 = (RGB.astype(np.uint32) * 257 + 31 * columns[..., None]).clip(0, 65535)
    to_8 = np.floor(levels16 * (255 / 65535) + 0.5).astype(np.uint8)
    indices = ((rows * 3 + columns) % 16).astype(np.uint8)
    palette = (np.arange(48) * 5 + 3).astype(np.uint8)
    gray_alpha = np.dstack([GRAY, ALPHA])
    yield exact("png rgb", saved(rgb, "PNG"))
    yield exact("png gray", saved(gray, "PNG"))
    yield exact("png rgba", saved(rgba, "PNG"))
    yield exact("png gray alpha", saved(Image.fromarray(gray_alpha, "LA"), "PNG"), over_black(gray_alpha)[..., 0])
    yield exact("png rgb 16-bit", png(levels16, 16, 2), to_8)
    yield exact("png gray 16-bit", png(levels16[..., 2], 16, 0), to_8[..., 2])
    yield exact("png gray 1-bit", png(indices % 2, 1, 0), (indices % 2 * 255).astype(np.uint8))
    yield exact("png gray 2-bit", png(indices % 4, 2, 0), (indices % 4 * 85).astype(np.uint8))
    yield exact("png gray 4-bit", png(indices, 4, 0), (indices * 17).astype(np.uint8))
    plte = chunk(b"PLTE", palette.tobytes())
    for bits in (1, 2, 4, 8):
        colors = chunk(b"PLTE", palette[:3 * min(16, 1 << bits)].tobytes())
        yield exact(f"png palette {bits}-bit", png(indices % (1 << bits), bits, 3, colors))
    yield exact("png palette transparent", png(indices, 8, 3, plte + chunk(b"tRNS", bytes([0, 128, 255, 40]))))
    yield exact("png rgb transparent colour", png(RGB, 8, 2, chunk(b"tRNS", struct.pack(">HHH", *RGB[2, 3]))))
    yield exact("png interlaced", png(RGB, 8, 2, interlaced=True))
    yield exact("png interlaced 2-bit", png(indices % 4, 2, 0, interlaced=True), (indices % 4 * 85).astype(np.uint8))
    turned = np.rot90(RGB, -1)
    yield exact("png exif 6", png(RGB, 8, 2, chunk(b"eXIf", exif(6)[6:])), turned)
    yield exact("png exif 6 at the end", png(RGB, 8, 2, after=chunk(b"eXIf", exif(6)[6:])), turned)

    yield lossy("webp lossy", saved(rgb, "WEBP", quality=90))
    yield exact("webp lossless", saved(rgb, "WEBP", lossless=True))
    yield exact("webp lossless alpha", saved(rgba, "WEBP", lossless=True, exact=True), over_black(RGBA))
    yield lossy("webp lossy alpha", saved(rgba, "WEBP", quality=90))
    yield exact("webp exif 6", saved(rgb, "WEBP", lossless=True, exif=exif(6)))

    yield exact("bmp rgb", saved(rgb, "BMP"))
    yield exact("bmp top down", top_down_bmp(RGB), RGB)
    yield exact("bmp 32-bit", saved(rgba, "BMP"), RGB)
    yield exact("bmp gray", saved(gray, "BMP"))
    yield exact("bmp palette", saved(rgb.quantize(20), "BMP"))
    yield exact("bmp 1-bit", saved(gray.convert("1"), "BMP"), np.dstack([np.asarray(gray.convert("1")) * np.uint8(255)] * 3))
    yield exact("bmp bit fields", bmp_with_masks(RGBA, False), over_black(RGBA))
    yield exact("bmp bit fields top down", bmp_with_masks(RGBA, True), over_black(RGBA))


def literal(data):
    text = base64.b64encode(data).decode()
    return "\n".join(f'        "{text[i:i + 110]}"' for i in range(0, len(text), 110))


def main():
    print("// SPDX-FileCopyrightText: 2026 The mien authors\n// SPDX-License-Identifier: Apache-2.0")
    print("// Written by decode_fixtures.py; do not edit.")
    print('#include "mien/image/decode_fixtures.h"\n\n// clang-format off\nnamespace mien::testing {\n')
    print("const std::vector<EncodedFixture>& encoded_fixtures() {\n  static const std::vector<EncodedFixture> all = {")
    for name, data, pixels, tolerance in fixtures():
        channels = pixels.shape[2] if pixels.ndim == 3 else 1
        print(f'      {{"{name}", {pixels.shape[1]}, {pixels.shape[0]}, {channels}, {tolerance},')
        print(f"{literal(data)},\n{literal(pixels.tobytes())}}},")
    print("  };\n  return all;\n}\n\n}  // namespace mien::testing")


if __name__ == "__main__":
    main()
