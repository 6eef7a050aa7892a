// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/methods/ldl/teacher.h"

#include <gtest/gtest.h>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/data/catalogue.h"
#include "mien/loading/loader.h"
#include "mien/methods/batch.h"
#include "mien/methods/ldl/ldl.h"
#include "mien/methods/ldl/stored_distributions.h"
#include "mien/nn/weights.h"

namespace mien {
namespace {

constexpr int kSize = 24;

Preprocessing input() {
  Preprocessing p;
  p.color = "gray";
  p.width = p.height = kSize;
  return p;
}

TaskInfo task() {
  TaskInfo info;
  info.labels = known_label_space("ferplus");
  info.class_counts.assign(8, 1);
  info.preprocessing = input();
  return info;
}

/// A small network with statistics that are not its initial ones.
fs::path teacher_file(const fs::path& folder, const Preprocessing& preprocessing = input(),
                      const std::string& space = "ferplus", std::uint64_t seed = 8) {
  torch::manual_seed(seed);
  WeightsInfo info;
  info.network.arch = "face_resnet";
  info.network.width = 0.125;
  info.network.in_channels = preprocessing.channels();
  info.network.input_size = preprocessing.width;
  info.network.num_classes = known_label_space(space).size();
  info.label_space = space;
  info.class_names = known_label_space(space).names();
  info.preprocessing = preprocessing;
  const auto network = create_network(info.network);
  for (int i = 0; i < 20; ++i)
    network->logits(torch::randn({8, preprocessing.channels(), preprocessing.height, preprocessing.width}));
  const fs::path file = folder / "teacher.safetensors";
  save_weights(file, *network, info);
  return file;
}

MethodConfig student_config(const fs::path& teacher) {
  MethodConfig config;
  config.method = "ldl";
  config.network.arch = "face_resnet";
  config.network.width = 0.125;
  config.network.dropout = 0;
  config.ldl.targets = "teacher";
  config.ldl.teacher = teacher.string();
  return config;
}

Batch faces() {
  torch::manual_seed(5);
  Batch batch;
  batch.images = torch::randn({6, 1, kSize, kSize});
  batch.labels = torch::arange(6);
  batch.indices = torch::arange(6);
  batch.targets = torch::one_hot(batch.labels, 8).to(torch::kFloat32);
  return batch;
}

TEST(Teacher, AnswersAsItsNetworkInEvalModeWithTemperature) {
  TemporaryFolder folder;
  const fs::path file = teacher_file(folder.path());
  Teacher teacher(file.string(), task());
  teacher.module().train();  // whatever somebody did to it
  const auto images = faces().images;
  const auto network = load_network(file);
  const torch::NoGradGuard no_grad;
  const auto logits = network->logits(images);
  EXPECT_TRUE(torch::allclose(teacher.distributions(images, 1), torch::softmax(logits, 1), 1e-6, 1e-7));
  EXPECT_TRUE(torch::allclose(teacher.distributions(images, 4), torch::softmax(logits / 4, 1), 1e-6, 1e-7));
  EXPECT_GT(teacher.distributions(images, 0.2).amax(1).mean().item<float>(),
            teacher.distributions(images, 5).amax(1).mean().item<float>() + 0.05);
}

TEST(Teacher, AnotherNormalisationIsConverted) {
  TemporaryFolder folder;
  Preprocessing other = input();
  other.divide_by = 1;
  other.mean = {120};
  other.std = {40};
  Teacher teacher(teacher_file(folder.path(), other).string(), task());
  torch::manual_seed(6);
  const auto pixels = torch::randint(0, 256, {4, 1, kSize, kSize}).to(torch::kFloat32);
  const auto network = load_network(folder.path() / "teacher.safetensors");
  const torch::NoGradGuard no_grad;
  const auto expected = torch::softmax(network->logits((pixels - 120) / 40), 1);
  EXPECT_TRUE(torch::allclose(teacher.distributions((pixels / 255 - 0.5) / 0.5, 1), expected, 1e-4, 1e-5));
}

TEST(Teacher, WhatDoesNotFitIsRefused) {
  TemporaryFolder folder;
  Preprocessing larger = input();
  larger.width = larger.height = 32;
  Preprocessing colour = input();
  colour.color = "rgb";
  for (const auto& wrong : {larger, colour}) EXPECT_THROW(Teacher(teacher_file(folder.path(), wrong).string(), task()), Error);
  EXPECT_THROW(Teacher(teacher_file(folder.path(), input(), "rafdb").string(), task()), Error);
  EXPECT_THROW(Teacher((folder.path() / "none.safetensors").string(), task()), Error);
}

TEST(Teacher, IsTheTargetOfTheStudentAndStaysFrozen) {
  TemporaryFolder folder;
  torch::manual_seed(3);
  const auto method = create_method(student_config(teacher_file(folder.path())), task());
  ASSERT_EQ(method->companions().size(), 1U);
  torch::nn::Module& teacher = *method->companions()[0];
  std::vector<torch::Tensor> before;
  for (const auto& b : teacher.buffers()) before.push_back(b.clone());
  auto step = method->steps()[0];
  const Batch batch = faces();
  method->module().train();
  const auto terms = step.losses(batch, {});
  ASSERT_EQ(terms.size(), 1U);
  terms[0].value.backward();
  for (const auto& p : teacher.parameters()) EXPECT_FALSE(p.requires_grad() || p.grad().defined());
  const auto buffers = teacher.buffers();
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_TRUE(torch::equal(before[i], buffers[i]));
  for (const auto& item : method->module().named_parameters()) EXPECT_TRUE(item.value().grad().defined()) << item.key();
  for (const auto& item : method->module().named_parameters()) EXPECT_EQ(item.key().find("teacher"), std::string::npos);

  method->module().eval();  // one forward pass after the other gives the same
  const torch::NoGradGuard no_grad;
  const auto log_p = torch::log_softmax(method->forward(batch).logits, 1);
  const auto targets =
      Teacher(student_config(folder.path() / "teacher.safetensors").ldl.teacher, task()).distributions(batch.images, 1);
  EXPECT_NEAR(step.losses(batch, {})[0].value.item<float>(), -(targets * log_p).sum(1).mean().item<float>(), 1e-5);
}

TEST(Teacher, StudentComesCloseToIt) {
  TemporaryFolder folder;
  torch::manual_seed(3);
  MethodConfig config = student_config(teacher_file(folder.path()));
  config.ldl.loss = "kl";
  config.ldl.temperature = 0.5;
  config.optimizer.lr = 0.05;
  const auto method = create_method(config, task());
  auto step = method->steps()[0];
  GroupedOptimizer optimizer(step.optimizer, named_parameters(method->module()));
  method->module().train();
  const Batch batch = faces();
  double first = 0, last = 0;
  for (int i = 0; i < 60; ++i) {
    optimizer.zero_grad();
    const auto loss = step.losses(batch, {})[0].value;
    loss.backward();
    optimizer.step();
    last = loss.item<double>();
    if (i == 0) first = last;
  }
  EXPECT_LT(last, 0.1 * first);
  EXPECT_GE(last, 0);
}

class StoredDistributions : public ::testing::Test {
 protected:
  StoredDistributions() {
    DatasetOptions options;
    options.spec = "procedural:30";
    dataset = std::make_shared<Dataset>(open_dataset(options));
    teacher = std::make_unique<Teacher>(teacher_file(folder.path()).string(), task());
    file = folder.path() / "distributions.csv";
  }
  std::int64_t store(const StoreDistributions& options) {
    DistributionStore all(dataset, options);
    all.ask(*teacher, input(), progress);
    return all.write(file);
  }

  TemporaryFolder folder;
  std::shared_ptr<Dataset> dataset;
  std::unique_ptr<Teacher> teacher;
  fs::path file;
  Progress progress;
};

TEST_F(StoredDistributions, OfPlainImagesAreTheTeachers) {
  StoreDistributions options;
  options.augmentations = 0;
  options.batch_size = 7;
  EXPECT_EQ(store(options), 30);
  const auto stored = read_distributions(file, *dataset);
  SamplerOptions in_order;
  in_order.kind = "sequential";
  Loader loader(dataset, input(), std::nullopt, in_order, {.batch_size = 30});
  loader.start(0);
  const Batch all = to_batch(*loader.next(), torch::kCPU, false);
  EXPECT_TRUE(torch::allclose(stored, teacher->distributions(all.images, 1), 1e-4, 1e-6));
}

TEST_F(StoredDistributions, OfAugmentedImagesAreMeansThatTheSeedDecides) {
  StoreDistributions options;
  options.augmentations = 3;
  options.augment.rotate_deg = 20;
  store(options);
  const auto first = read_distributions(file, *dataset);
  store(options);
  EXPECT_TRUE(torch::equal(read_distributions(file, *dataset), first));
  options.seed = 2;
  store(options);
  EXPECT_FALSE(torch::allclose(read_distributions(file, *dataset), first));
  EXPECT_TRUE(torch::allclose(first.sum(1), torch::ones({30})));
}

TEST_F(StoredDistributions, OfSeveralTeachersAreTheirMean) {
  const auto of = [&](std::initializer_list<Teacher*> teachers) {
    StoreDistributions options;
    options.augmentations = 0;
    DistributionStore all(dataset, options);
    for (Teacher* one : teachers) all.ask(*one, input(), progress);
    all.write(file);
    return read_distributions(file, *dataset);
  };
  TemporaryFolder elsewhere;
  Teacher other(teacher_file(elsewhere.path(), input(), "ferplus", /*seed=*/99).string(), task());
  const auto first = of({teacher.get()}), second = of({&other}), both = of({teacher.get(), &other});
  EXPECT_FALSE(torch::allclose(first, second, 1e-3, 1e-4));
  EXPECT_TRUE(torch::allclose(both, (first + second) / 2, 1e-5, 1e-6));
}

TEST_F(StoredDistributions, AreFoundByIdAndTrainedOn) {
  StoreDistributions options;
  options.augmentations = 0;
  store(options);
  const auto in_order = read_distributions(file, *dataset);
  auto part = std::make_shared<Dataset>(select_indices(*dataset, {7, 2, 19, 4, 11, 5}));
  const auto rows = in_order.index_select(0, torch::tensor({7, 2, 19, 4, 11, 5}, torch::kInt64));
  EXPECT_TRUE(torch::equal(read_distributions(file, *part), rows));

  MethodConfig config = student_config("");
  config.ldl.distributions = file.string();
  TaskInfo with_training = task();
  with_training.training = part;
  const auto method = create_method(config, with_training);
  EXPECT_TRUE(method->companions().empty());
  auto step = method->steps()[0];
  method->module().eval();
  Batch batch = faces();
  batch.indices = batch.indices.flip({0});
  const auto log_p = torch::log_softmax(method->forward(batch).logits, 1);
  EXPECT_NEAR(step.losses(batch, {})[0].value.item<float>(), -(rows.flip({0}) * log_p).sum(1).mean().item<float>(), 1e-5);

  config.ldl.own_share = 0.25;
  const auto mixing = create_method(config, with_training);
  auto mixing_step = mixing->steps()[0];
  mixing->module().eval();
  const auto own_log_p = torch::log_softmax(mixing->forward(batch).logits, 1);
  const auto target = 0.25 * batch.targets + 0.75 * rows.flip({0});
  EXPECT_NEAR(mixing_step.losses(batch, {})[0].value.item<float>(), -(target * own_log_p).sum(1).mean().item<float>(), 1e-5);
}

TEST_F(StoredDistributions, DamagedFilesAreRefusedWithTheLine) {
  const Dataset two = select_indices(*dataset, {0, 1});
  const std::string header = "id,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt\n",
                    first = two.records[0].id + ",1,0,0,0,0,0,0,0\n";
  const auto message = [&](const std::string& text) {
    write_atomically(file, text);
    try {
      read_distributions(file, two);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  const std::string& id = two.records[1].id;
  EXPECT_NE(message(header + first).find(id), std::string::npos);
  EXPECT_NE(message(header + first + id + ",0.5,0,0,0,0,0,0,0\n").find(":3"), std::string::npos);
  EXPECT_NE(message(header + first + id + ",1.5,-0.5,0,0,0,0,0,0\n").find(":3"), std::string::npos);
  EXPECT_NE(message(header + first + id + ",x,1,0,0,0,0,0,0\n").find(":3"), std::string::npos);
  EXPECT_NE(message("id,neutral\n" + two.records[0].id + ",1\n").find("happiness"), std::string::npos);
}

}  // namespace
}  // namespace mien
