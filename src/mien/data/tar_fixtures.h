// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace mien::testing {

/// Bytes of an archive that Python's tarfile wrote; the rest of its `size` bytes is zero.
struct TarFixture {
  struct Run {
    std::size_t at;
    std::string bytes;
  };
  std::size_t size;
  std::vector<Run> runs;

  std::string bytes() const {
    std::string all(size, '\0');
    for (const auto& run : runs) all.replace(run.at, run.bytes.size(), run.bytes);
    return all;
  }
};

/// GNU format: a name of 121 bytes, a folder, a symbolic link with a long target, "b.cls".
inline const TarFixture kGnu = {
    10240,
    {
        {0, std::string("././@LongLink", 13)},
        {100, std::string("0000000\0000000000\0000000000\00000000000172\00000000000000\000007755\000 L", 57)},
        {257, std::string("ustar  ", 7)},
        {512, std::string("folder/nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn", 60)},
        {572, std::string("nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn.jp", 60)},
        {632, std::string("g", 1)},
        {1024, std::string("folder/nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn", 60)},
        {1084, std::string("nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn0000644\0000000000\0000000", 60)},
        {1144, std::string("000\00000000000005\00000000000000\000033143\000 0", 37)},
        {1281, std::string("ustar  ", 7)},
        {1536, std::string("first", 5)},
        {2048, std::string("dir/", 4)},
        {2148, std::string("0000644\0000000000\0000000000\00000000000000\00000000000000\000006460\000 5", 57)},
        {2305, std::string("ustar  ", 7)},
        {2560, std::string("././@LongLink", 13)},
        {2660, std::string("0000000\0000000000\0000000000\00000000000171\00000000000000\000007753\000 K", 57)},
        {2817, std::string("ustar  ", 7)},
        {3072, std::string("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 60)},
        {3132, std::string("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 60)},
        {3584, std::string("link", 4)},
        {3684, std::string("0000644\0000000000\0000000000\00000000000000\00000000000000\000036115\000 2xxx", 60)},
        {3744, std::string("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 60)},
        {3804, std::string("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxustar  ", 44)},
        {4096, std::string("b.cls", 5)},
        {4196, std::string("0000644\0000000000\0000000000\00000000000001\00000000000000\000006620\000 0", 57)},
        {4353, std::string("ustar  ", 7)},
        {4608, std::string("3", 1)},
    }};

/// pax format: a name of 121 bytes, a name outside ASCII, a folder, "z.json".
inline const TarFixture kPax = {
    10240,
    {
        {0, std::string("././@PaxHeader", 14)},
        {100, std::string("0000000\0000000000\0000000000\00000000000203\00000000000000\000010210\000 x", 57)},
        {257, std::string("ustar\00000", 8)},
        {512, std::string("131 path=folder/nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn", 60)},
        {572, std::string("nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn", 60)},
        {632, std::string("nnnnnn.jpg\012", 11)},
        {1024, std::string("folder/nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn", 60)},
        {1084, std::string("nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn0000644\0000000000\0000000", 60)},
        {1144, std::string("000\00000000000005\00000000000000\000033203\000 0", 37)},
        {1281, std::string("ustar\00000", 8)},
        {1536, std::string("first", 5)},
        {2048, std::string("././@PaxHeader", 14)},
        {2148, std::string("0000000\0000000000\0000000000\00000000000017\00000000000000\000010213\000 x", 57)},
        {2305, std::string("ustar\00000", 8)},
        {2560, std::string("15 path=\303\251.cls\012", 15)},
        {3072, std::string("?.cls", 5)},
        {3172, std::string("0000644\0000000000\0000000000\00000000000001\00000000000000\000006615\000 0", 57)},
        {3329, std::string("ustar\00000", 8)},
        {3584, std::string("7", 1)},
        {4096, std::string("dir/", 4)},
        {4196, std::string("0000644\0000000000\0000000000\00000000000000\00000000000000\000006520\000 5", 57)},
        {4353, std::string("ustar\00000", 8)},
        {4608, std::string("z.json", 6)},
        {4708, std::string("0000644\0000000000\0000000000\00000000000002\00000000000000\000007101\000 0", 57)},
        {4865, std::string("ustar\00000", 8)},
        {5120, std::string("{}", 2)},
    }};

/// ustar format: a name in two parts, an empty file.
inline const TarFixture kUstar = {
    10240,
    {
        {0, std::string("qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq", 60)},
        {60, std::string(".png", 4)},
        {100, std::string("0000644\0000000000\0000000000\00000000000004\00000000000000\000047460\000 0", 57)},
        {257, std::string("ustar\00000", 8)},
        {345, std::string("pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp", 60)},
        {405, std::string("pppppppppppppppppppppppppppppp", 30)},
        {512, std::string("data", 4)},
        {1024, std::string("empty.txt", 9)},
        {1124, std::string("0000644\0000000000\0000000000\00000000000000\00000000000000\000007632\000 0", 57)},
        {1281, std::string("ustar\00000", 8)},
    }};

}  // namespace mien::testing
