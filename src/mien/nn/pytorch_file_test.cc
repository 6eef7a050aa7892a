// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/nn/pytorch_file.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstring>

#include "mien/base/error.h"
#include "mien/base/random.h"
#include "mien/nn/pickle.h"
#include "mien/nn/pytorch_fixtures.h"
#include "mien/nn/zip_file.h"
#include "mien/testing/golden.h"

namespace mien {
namespace {

using namespace std::string_literals;  // texts with zero bytes

std::string refusal(const std::vector<std::uint8_t>& bytes, const PytorchOptions& options = {}) {
  try {
    parse_pytorch(bytes, "x.pth", options);
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_file);
    return error.what();
  }
}

/// A legacy file around a hand-written object pickle, with one storage "0" of `floats` numbers.
std::vector<std::uint8_t> legacy_around(const std::string& object, std::int64_t floats, std::int64_t claimed) {
  std::string text = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e"s;
  text += "\x80\x02M\xe9\x03.";          // 1001
  text += "\x80\x02}.";                  // no facts about the system
  text += "\x80\x02" + object + ".";
  text += "\x80\x02]U\x01" "0a.";        // the storage keys
  std::vector<std::uint8_t> bytes(text.begin(), text.end());
  bytes.resize(bytes.size() + 8 + static_cast<std::size_t>(floats) * 4);
  std::memcpy(bytes.data() + text.size(), &claimed, 8);
  return bytes;
}

/// {"w": _rebuild_tensor_v2(storage "0" of 4 floats, offset, (size,), (stride,))}, with numbers as 4-byte integers.
std::string one_tensor(std::int32_t count, std::int32_t offset, std::int32_t size, std::int32_t stride) {
  const auto number = [](std::int32_t value) {
    std::string text = "J    ";
    std::memcpy(text.data() + 1, &value, 4);
    return text;
  };
  return "}U\x01wctorch._utils\n_rebuild_tensor_v2\n((U\x07storagectorch\nFloatStorage\nU\x01"
         "0U\x03"
         "cpu"s +
         number(count) + "NtQ" + number(offset) + number(size) + "\x85" + number(stride) + "\x85\x89NtRs";
}

void expect_fixture(const PytorchFile& file) {
  EXPECT_EQ(file.place, "state_dict");
  ASSERT_EQ(file.tensors.size(), 7u);
  const auto expect = [&](std::size_t i, const char* name, const torch::Tensor& expected) {
    EXPECT_EQ(file.tensors[i].first, name);
    EXPECT_EQ(file.tensors[i].second.scalar_type(), expected.scalar_type()) << name;
    EXPECT_TRUE(torch::equal(file.tensors[i].second, expected)) << name << file.tensors[i].second;
  };
  expect(0, "conv.weight", torch::tensor({{-1.0f, 0.5f}, {-0.5f, 1.0f}, {0.0f, 1.5f}}));
  expect(1, "conv.bias", torch::tensor({0.0f, 0.5f, 1.0f}));
  expect(2, "half", torch::tensor({1.5, -2.0}).to(torch::kFloat16));
  expect(3, "count", torch::tensor(7));
  expect(4, "flag", torch::tensor({true, false, true}));
  expect(5, "param", torch::tensor({{2.25}}, torch::kFloat64));
  expect(6, "empty", torch::zeros({0, 4}));
}

}  // namespace

TEST(PytorchFile, ReadsTheZipFormat) {
  const auto file = parse_pytorch(testing::bytes_from_hex(testing::pytorch_zip_hex), "x.pth");
  EXPECT_EQ(file.format, "PyTorch zip");
  expect_fixture(file);
}

TEST(PytorchFile, ReadsTheLegacyFormat) {
  const auto file = parse_pytorch(testing::bytes_from_hex(testing::pytorch_legacy_hex), "x.pth");
  EXPECT_EQ(file.format, "PyTorch legacy");
  expect_fixture(file);
}

TEST(PytorchFile, RefusesEveryTruncation) {
  for (const char* hex : {testing::pytorch_zip_hex, testing::pytorch_legacy_hex}) {
    const auto whole = testing::bytes_from_hex(hex);
    for (std::size_t size = 0; size < whole.size(); ++size)
      EXPECT_NE(refusal({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}), "") << size;
  }
}

/// A zip archive that stores `bytes` once and names it `count` times.
std::vector<std::uint8_t> zip_with_shared_entry(const std::string& bytes, int count) {
  std::string file;
  const auto put = [&](std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i) file += static_cast<char>(value >> (8 * i));
  };
  const auto checksum = crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size()));
  const auto put_facts = [&] {  // version, flags, method, time, date, checksum, sizes, length of the name
    for (const int zero : {2, 2, 2, 2, 2}) put(0, zero);
    put(checksum, 4);
    put(bytes.size(), 4);
    put(bytes.size(), 4);
    put(1, 2);
  };
  put(0x04034b50, 4);
  put_facts();
  put(0, 2);
  file += "a" + bytes;
  const std::size_t directory = file.size();
  for (int i = 0; i < count; ++i) {
    put(0x02014b50, 4);
    put(0, 2);
    put_facts();
    put(0, 8);  // extra field, comment, disk, attributes, place of the local header
    put(0, 8);
    file += static_cast<char>('a' + i);
  }
  const std::size_t size = file.size() - directory;
  put(0x06054b50, 4);
  put(0, 4);
  put(static_cast<std::uint64_t>(count), 2);
  put(static_cast<std::uint64_t>(count), 2);
  put(size, 4);
  put(directory, 4);
  put(0, 2);
  return {file.begin(), file.end()};
}

// Each entry's checksum is computed: entries that share their bytes would let a small file cost what a large one does.
TEST(PytorchFile, RefusesEntriesThatShareTheirBytes) {
  const auto one = zip_with_shared_entry(std::string(1000, 'x'), 1), two = zip_with_shared_entry(std::string(1000, 'x'), 2);
  EXPECT_EQ(read_zip(one.data(), one.size(), "x.pth").size(), 1u);
  EXPECT_NE(refusal(two).find("overlap"), std::string::npos) << refusal(two);
}

/// Damage of any kind ends in an Error or in tensors that lie inside the file; run under a sanitizer this finds stray reads.
TEST(PytorchFile, SurvivesRandomDamage) {
  Random random(7);
  int refused = 0;
  for (const char* hex : {testing::pytorch_zip_hex, testing::pytorch_legacy_hex})
    for (int round = 0; round < 3000; ++round) {
      auto bytes = testing::bytes_from_hex(hex);
      for (int change = 0; change < 1 + round % 4; ++change)
        bytes[static_cast<std::size_t>(random.integer(static_cast<std::int64_t>(bytes.size())))] =
            static_cast<std::uint8_t>(random.integer(256));
      refused += refusal(bytes) != "";
    }
  EXPECT_GT(refused, 3000);  // every change inside an entry of the zip breaks its checksum
}

TEST(PytorchFile, HandWrittenTensor) {
  const auto file = parse_pytorch(legacy_around(one_tensor(4, 1, 3, 1), 4, 4), "x.pth");
  ASSERT_EQ(file.tensors.size(), 1u);
  EXPECT_EQ(file.tensors[0].second.sizes(), torch::IntArrayRef({3}));
}

TEST(PytorchFile, RefusesLyingSizesStridesAndOffsets) {
  EXPECT_NE(refusal(legacy_around(one_tensor(4, 2, 3, 1), 4, 4)).find("needs element 4 of a storage that has 4"),
            std::string::npos);
  EXPECT_NE(refusal(legacy_around(one_tensor(4, 0, 3, 2), 4, 4)).find("needs element 4"), std::string::npos);
  EXPECT_NE(refusal(legacy_around(one_tensor(4, 0, 2'000'000'000, 0), 4, 4)).find("needs element 1999999999"), std::string::npos);
  EXPECT_NE(refusal(legacy_around(one_tensor(4, -1, 3, 1), 4, 4)).find("offset"), std::string::npos);
  EXPECT_NE(refusal(legacy_around(one_tensor(4, 0, -3, 1), 4, 4)).find("size"), std::string::npos);
  EXPECT_NE(refusal(legacy_around(one_tensor(5, 0, 3, 1), 4, 4)).find("should have 5 elements"), std::string::npos);
  EXPECT_NE(refusal(legacy_around(one_tensor(4, 0, 3, 1), 4, 5)).find("should have 5 elements"), std::string::npos);
  EXPECT_NE(refusal(legacy_around(one_tensor(4, 0, 3, 1), 4, -1)), "");
  EXPECT_NE(refusal(legacy_around(one_tensor(4, 0, 3, 1), 4, 1ll << 62)), "");
}

TEST(PytorchFile, RefusesEveryOtherNameAndRunsNothing) {
  const std::string call = "}(U\x03" "fooctorch\nSize\n)RU\x03" "barcposix\nsystem\nU\x09touch /x\n\x85Ru";
  const auto message = refusal(legacy_around(call, 4, 4));
  EXPECT_NE(message.find("'posix.system'"), std::string::npos) << message;
  for (const char* name : {"cbuiltins\neval\n", "c__main__\nRecorder\n", "ctorch._utils\n_rebuild_tensor_v3\n",
                           "ctorch.nn.modules.container\nSequential\n"})
    EXPECT_NE(refusal(legacy_around(name, 4, 4)).find("not among the few names"), std::string::npos) << name;
}

TEST(PytorchFile, PassesOverForeignObjectsOnRequest) {
  // {"recorder": __main__.Recorder() with attributes, "state_dict": {"w": ...}}
  const std::string object =
      "}(U\x08recorderc__main__\nRecorder\n)\x81}U\x01xK\x05sbU\x0astate_dict" + one_tensor(4, 0, 4, 1) + "u";
  EXPECT_NE(refusal(legacy_around(object, 4, 4)).find("__main__.Recorder"), std::string::npos);
  const auto file = parse_pytorch(legacy_around(object, 4, 4), "x.pth", {.pass_over_unknown = true});
  ASSERT_EQ(file.tensors.size(), 1u);
  EXPECT_EQ(file.tensors[0].first, "w");
}

TEST(PytorchFile, TensorsBesideTheStateAreNoWeights) {
  // {"w": [1], "state_dict": {"w": [4]}}: the outer one could be the best accuracy of a training.
  const std::string object = one_tensor(4, 0, 1, 1) + "U\x0astate_dict" + one_tensor(4, 0, 4, 1) + "s";
  const auto file = parse_pytorch(legacy_around(object, 4, 4), "x.pth");
  EXPECT_EQ(file.place, "state_dict");
  ASSERT_EQ(file.tensors.size(), 1u);
  EXPECT_EQ(file.tensors[0].second.sizes(), torch::IntArrayRef({4}));
}

TEST(PytorchFile, NamesWhatItFoundInsteadOfTensors) {
  EXPECT_NE(refusal(legacy_around("}U\x05" "epochK\x03s", 4, 4)).find("storage '0' that no tensor uses"), std::string::npos);
  std::vector<std::uint8_t> tar(1024, 0);
  std::memcpy(tar.data() + 257, "ustar", 5);
  EXPECT_NE(refusal(tar).find("0.1.10"), std::string::npos);
  EXPECT_NE(refusal({'h', 'e', 'l', 'l', 'o'}).find("neither"), std::string::npos);
}

TEST(Pickle, ReadsTheValuesOfProtocolTwo) {
  // {'a': (1, -2, None, True, 2.5), 'b': [300, 70000, 1 << 40, -1 << 40], 'c': u'\xe9'} as Python 3 writes it.
  const std::string text =
      "\x80\x02}q\x00(X\x01\x00\x00\x00"
      "aq\x01(K\x01J\xfe\xff\xff\xffN\x88G@\x04\x00\x00\x00\x00\x00\x00tq\x02X\x01\x00\x00\x00"
      "bq\x03]q\x04(M,\x01J"
      "p\x11\x01\x00\x8a\x06\x00\x00\x00\x00\x00\x01\x8a\x06\x00\x00\x00\x00\x00\xffX\x02\x00\x00\x00\xc3\xa9"
      "h\x04"
      "eX\x01\x00\x00\x00"
      "ch\x01u."s;
  const auto pickle = read_pickle(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), 0, {}, "x");
  const auto* a = pickle.root->find("a");
  ASSERT_TRUE(a);
  ASSERT_EQ(a->items.size(), 5u);
  EXPECT_EQ(a->items[1]->integer, -2);
  EXPECT_EQ(a->items[2]->kind, PickleValue::Kind::none);
  EXPECT_EQ(a->items[4]->real, 2.5);
  const auto* b = pickle.root->find("b");
  ASSERT_EQ(b->items.size(), 6u);
  EXPECT_EQ(b->items[0]->integer, 300);
  EXPECT_EQ(b->items[1]->integer, 70000);
  EXPECT_EQ(b->items[2]->integer, 1ll << 40);
  EXPECT_EQ(b->items[3]->integer, -(1ll << 40));
  EXPECT_EQ(b->items[4]->text, "\xc3\xa9");
  EXPECT_EQ(b->items[5], b);  // a list inside itself
  EXPECT_EQ(pickle.root->find("c")->text, "a");
  EXPECT_EQ(pickle.end, text.size());
}

TEST(Pickle, BoundsWorkAndDepth) {
  const auto refused = [](const std::string& text) {
    try {
      read_pickle(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), 0, {.globals = {"torch.Size"}}, "x");
      return false;
    } catch (const Error&) {
      return true;
    }
  };
  EXPECT_FALSE(refused("\x80\x02" + std::string(300'000, ']') + std::string(299'999, 'a') + "."));  // deep, but no recursion
  // One tuple of 10,000 values, passed to 10,000 calls: 100 million copies from 60 KB.
  std::string bomb = "\x80\x02(" + std::string(10'000, 'N') + "tq\0" "0"s;
  for (int i = 0; i < 10'000; ++i) bomb += "ctorch\nSize\nh\0R0"s;
  EXPECT_TRUE(refused(bomb + "N."));
  for (const char* text : {"\x80\x01N.", "\x80\x02", "\x80\x02.", "\x80\x02NN.", "\x80\x02h\x05.", "\x80\x02t.", "\x80\x02NNs.",
                           "\x80\x02S'x'\n.", "\x80\x02ctorch"})
    EXPECT_TRUE(refused(text)) << text;
}

TEST(PytorchFile, SharedModelsMatchTorchLoad) {
  const auto shared = testing::shared_folder();
  if (!shared) GTEST_SKIP() << "needs the model files";
  struct Expected {
    const char* file;
    std::size_t tensors;
    std::int64_t values;
    double sum, absolute_sum;
    const char* key;
    std::vector<float> first;
  };
  // torch.load of PyTorch 1.13; the keys are the last but one.
  const std::vector<Expected> files = {{"mobilefacenet.pt",
                                        307,
                                        1019699,
                                        15221684.35378299,
                                        15356801.053979192,
                                        "features.14.conv.3.running_var",
                                        {1.4641801118850708f, 1.0874611139297485f, 1.901502013206482f}},
                                       {"samplenet.pth",
                                        10,
                                        62006,
                                        54.630456374763526,
                                        2358.6581849757895,
                                        "fc3.weight",
                                        {0.13017138838768005f, 0.2416846752166748f, 0.13531501591205597f}},
                                       {"version-RFB-320.pth",
                                        244,
                                        281135,
                                        3020933.6163331065,
                                        3027981.061048236,
                                        "regression_headers.3.weight",
                                        {0.0010951035656034946f, -0.0011115751694887877f, -0.0009719396475702524f}}};
  for (const auto& expected : files) {
    const auto file = read_pytorch(*shared / "models" / expected.file);
    EXPECT_EQ(file.format, "PyTorch legacy");
    ASSERT_EQ(file.tensors.size(), expected.tensors) << expected.file;
    std::int64_t values = 0;
    double sum = 0, absolute_sum = 0;
    for (const auto& [key, tensor] : file.tensors) {
      values += tensor.numel();
      sum += tensor.to(torch::kFloat64).sum().item<double>();
      absolute_sum += tensor.to(torch::kFloat64).abs().sum().item<double>();
    }
    EXPECT_EQ(values, expected.values);
    EXPECT_NEAR(sum, expected.sum, 1e-9 * expected.absolute_sum);
    EXPECT_NEAR(absolute_sum, expected.absolute_sum, 1e-9 * expected.absolute_sum);
    const auto& [key, tensor] = file.tensors[file.tensors.size() - 2];
    EXPECT_EQ(key, expected.key);
    const auto flat = tensor.flatten();
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(flat[static_cast<std::int64_t>(i)].item<float>(), expected.first[i]);
  }
}

}  // namespace mien
