// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/data/readers/npy.h"

#include "mien/data/readers/testing_npy.h"
#include "mien/data/readers/testing_tree.h"

namespace mien {
namespace {

using testing::npy_file;
using namespace std::string_literals;

std::vector<double> parse(const std::string& bytes) { return parse_npy({bytes.begin(), bytes.end()}, "x.npy"); }

// The data bytes below are what numpy.save writes.
TEST(Npy, ReadsScalarsAndArrays) {
  EXPECT_EQ(parse(npy_file("<U1", "()", "3\0\0\0"s)), (std::vector<double>{3}));
  EXPECT_EQ(parse(npy_file("<f8", "()", "\0\0\0\0\0\0\xd0?"s)), (std::vector<double>{0.25}));
  EXPECT_EQ(parse(npy_file("<i8", "()", "\7\0\0\0\0\0\0\0"s)), (std::vector<double>{7}));
  EXPECT_EQ(parse(npy_file("<f4", "(2,)", "\0\0\xc0?\0\0\0\xc0"s)), (std::vector<double>{1.5, -2}));
  EXPECT_EQ(parse(npy_file("<U2", "(2,)",
                           "1\0\0\0"
                           "0\0\0\0"
                           "4\0\0\0\0\0\0\0"s)),
            (std::vector<double>{10, 4}));
  EXPECT_EQ(parse(npy_file("|u1", "(1, 2)", "\5\xff"s)), (std::vector<double>{5, 255}));
}

TEST(Npy, RefusesWhatItCannotRead) {
  EXPECT_MIEN_ERROR(parse(""), ErrorCode::bad_file, "signature");
  EXPECT_MIEN_ERROR(parse("PK\3\4 a zip file, not an array"), ErrorCode::bad_file, "x.npy");
  EXPECT_MIEN_ERROR(parse(npy_file("|O", "(1,)", "\x80\4pickle")), ErrorCode::bad_file, "not a number");
  EXPECT_MIEN_ERROR(parse(npy_file(">i4", "(1,)", "\0\0\0\1"s)), ErrorCode::bad_file, "big-endian");
  EXPECT_MIEN_ERROR(parse(npy_file("<f8", "(3,)", "\0\0\0\0\0\0\xd0?"s)), ErrorCode::bad_file, "expected 3 items");
  EXPECT_MIEN_ERROR(parse(npy_file("<f8", "(99999999999,)", "")), ErrorCode::bad_file, "out of range");
  EXPECT_MIEN_ERROR(parse(npy_file("<f2", "(1,)", "\0\0"s)), ErrorCode::bad_file, "2 bytes");
  const std::string whole = npy_file("<f8", "()", "\0\0\0\0\0\0\xd0?"s);
  for (std::size_t length = 0; length < whole.size(); ++length) EXPECT_THROW(parse(whole.substr(0, length)), Error) << length;
}

// Format 2.0 has a length of four bytes: a header of megabytes is nothing that NumPy writes.
TEST(Npy, RefusesAHeaderLongerThanNumPysLimit) {
  std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': (" + std::string(4'000'000, ' ') + ")}\n";
  std::string file = "\x93NUMPY\x02\x00"s;
  for (int shift = 0; shift < 32; shift += 8) file += static_cast<char>(header.size() >> shift);
  EXPECT_MIEN_ERROR(parse(file + header), ErrorCode::bad_file, "the header has");
}

}  // namespace
}  // namespace mien
