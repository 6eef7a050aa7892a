// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/reproduce/configure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "mien/base/error.h"
#include "mien/base/flag_names.h"
#include "mien/base/text.h"
#include "mien/reproduce/catalogue.h"

namespace mien {
namespace {

ReproduceRequest request_for(const StudyScale& scale) {
  ReproduceRequest request;
  request.scale = scale.name;
  request.data = "rafdb:/data/RAF-DB";
  request.landmark_table = "points.csv";
  request.output = "out";
  for (const auto& required : scale.required) request.set.push_back(required.option + "=start.pth");
  return request;
}

const DataFacts rafdb{"rafdb", "test", ""};

template <typename F>
void each_row(const F& use) {
  for (const auto& study : studies())
    for (const auto& scale : study.scales)
      for (const auto& row : study.rows) use(study, scale, row);
}

std::string message_of(const auto& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    return error.what();
  }
  return "";
}

/// Reads a command line of flags back, as `mien train` would.
TrainConfig read_back(const std::string& command) {
  TrainConfig config;
  OptionTable table;
  describe(config, table);
  const auto names = flag_names(table.fields());
  const auto words = split(command, ' ');
  for (std::size_t w = 2; w < words.size(); ++w) {
    bool found = false;
    for (std::size_t i = 0; i < names.size() && !found; ++i) {
      const OptionField field = table.fields()[i];
      const bool is_switch = std::holds_alternative<bool*>(field.target);
      if (words[w] == "--" + names[i] || (is_switch && words[w] == "--no-" + names[i])) {
        const std::string value = is_switch ? (words[w] == "--" + names[i] ? "true" : "false") : words.at(++w);
        table.set(field.section, field.name, value, "test");
        found = true;
      }
    }
    EXPECT_TRUE(found) << words[w];
  }
  return config;
}

TEST(Configure, EveryRowAtEveryScaleIsATrainCommand) {
  each_row([](const Study& study, const StudyScale& scale, const StudyRow& row) {
    const TrainConfig config = configure(study, row, 3, request_for(scale), rafdb);
    const TrainConfig again = read_back(train_command(config));
    EXPECT_EQ(differences(again, config), std::vector<std::string>{}) << study.name << " " << row.key;
    EXPECT_EQ(again.project + "/" + again.name, "out/runs/" + row.key + "-s3");
    EXPECT_EQ(again.seed, 3);
  });
}

TEST(Configure, EqualKeysAreEqualSettingsAndDifferentKeysAreNot) {
  std::map<std::string, std::map<std::string, TrainConfig>> by_scale;
  each_row([&](const Study& study, const StudyScale& scale, const StudyRow& row) {
    const TrainConfig config = configure(study, row, 1, request_for(scale), rafdb);
    const auto [found, fresh] = by_scale[scale.name].try_emplace(row.key, config);
    EXPECT_EQ(differences(found->second, config), std::vector<std::string>{}) << study.name << " " << row.key;
    if (!fresh) return;
    for (const auto& [key, other] : by_scale[scale.name]) {
      if (key == row.key) continue;
      EXPECT_FALSE(differences(other, config).empty()) << key << " and " << row.key;
    }
  });
}

TEST(Configure, KeysNameFoldersAndAreUniqueInAStudy) {
  for (const auto& study : studies()) {
    std::set<std::string> keys;
    for (const auto& row : study.rows) {
      EXPECT_TRUE(keys.insert(row.key).second) << row.key;
      EXPECT_EQ(row.key.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string::npos) << row.key;
      for (const auto& published : row.published) EXPECT_FALSE(published.source.empty());
    }
  }
}

TEST(Configure, TheFullProtocolIsTheReports) {
  const Study& study = study_named("pal-attribution");
  const TrainConfig config = configure(study, study.rows.back(), 1, request_for(scale_named(study, "full")), rafdb);
  EXPECT_EQ(config.method.network.arch, "vgg16");
  EXPECT_EQ(config.input_size, 224);
  EXPECT_EQ(config.epochs, 75);
  EXPECT_EQ(config.method.optimizer.kind, "adam");
  EXPECT_DOUBLE_EQ(config.method.optimizer.lr, 5e-5);
  EXPECT_EQ(config.method.schedule.kind, "polynomial");
  EXPECT_DOUBLE_EQ(config.method.schedule.power, 2);
  EXPECT_DOUBLE_EQ(config.augment.rotate_deg, 10);
  EXPECT_EQ(config.validation.source, "test_part");
  EXPECT_DOUBLE_EQ(config.validation.share, 0.5);
  EXPECT_EQ(config.method.pal.attribution, "grad_input");
  EXPECT_DOUBLE_EQ(config.method.pal.channel_share, 0.5);
  EXPECT_GT(config.method.pal.weight, 0);
}

TEST(Configure, StudentsHaveTheTeacherOfTheirSeedAndItsNetworkIsItsOwn) {
  const Study& study = study_named("ldl-table");
  const auto row = [&](const std::string& key) {
    return *std::find_if(study.rows.begin(), study.rows.end(), [&](const StudyRow& one) { return one.key == key; });
  };
  const ReproduceRequest request = request_for(scale_named(study, "full"));
  const TrainConfig student = configure(study, row("ef-ldg-aus"), 2, request, rafdb), teacher = configure(study, row("ldg-aus"), 2, request, rafdb);
  EXPECT_EQ(student.method.ldl.teacher, "out/runs/ldg-aus-s2");
  EXPECT_EQ(student.method.network.arch, "efficientface");
  EXPECT_EQ(student.method.ldl.loss, "element_mean");
  EXPECT_DOUBLE_EQ(student.method.optimizer.lr, 0.7);
  EXPECT_EQ(student.batch_size, 256);
  EXPECT_EQ(student.method.schedule.kind, "one_cycle");
  EXPECT_EQ(teacher.method.ldl.teacher, "");
  EXPECT_EQ(teacher.method.network.arch, "resnet50");
  EXPECT_DOUBLE_EQ(teacher.method.optimizer.lr, 0.001);
  EXPECT_EQ(teacher.batch_size, 16);
  EXPECT_EQ(teacher.epochs, 35);
  EXPECT_DOUBLE_EQ(teacher.method.ldl.neighbour_weight, 0.01);
  EXPECT_EQ(teacher.method.ldl.graph.k, 4);
  EXPECT_EQ(teacher.input_size, student.input_size);
  TrainConfig other = student;
  other.method.ldl.teacher = "/elsewhere/ldg-s2";
  EXPECT_EQ(differences(other, student), std::vector<std::string>{"ldl.ldl_teacher is ldg-s2, not ldg-aus-s2"});
  for (const auto& one : study.rows) EXPECT_EQ(teacher_of(study, one) == nullptr, one.teacher_row.empty()) << one.key;
}

// The authors' program makes torch.optim.SGD of all parameters with momentum and weight decay alone: no Nesterov, and norms and
// biases decay, too. mien's own defaults are the opposite, so every row must say it.
TEST(Configure, TheFullScaleOfLabelDistributionsHasTheAuthorsPlainSgd) {
  for (const char* name : {"ldl-table", "label-noise", "label-noise-pairs"}) {
    const Study& study = study_named(name);
    for (const auto& row : study.rows) {
      const OptimizerOptions o = configure(study, row, 1, request_for(scale_named(study, "full")), rafdb).method.optimizer;
      EXPECT_EQ(o.kind, "sgd") << row.key;
      EXPECT_FALSE(o.nesterov) << row.key;
      EXPECT_TRUE(o.decay_norm_and_bias) << row.key;
      EXPECT_DOUBLE_EQ(o.momentum, 0.9) << row.key;
      EXPECT_GT(o.weight_decay, 0) << row.key;
    }
  }
}

TEST(Configure, WrongLabelsAreTheTeachersTooAndRowsWithoutThemAreTheTables) {
  const Study &noise = study_named("label-noise"), &pairs = study_named("label-noise-pairs"), &table = study_named("ldl-table");
  const auto row = [](const Study& study, const std::string& key) -> const StudyRow& {
    const auto found = std::find_if(study.rows.begin(), study.rows.end(), [&](const StudyRow& one) { return one.key == key; });
    if (found == study.rows.end()) throw std::out_of_range(key);
    return *found;
  };
  for (const auto& scale : table.scales) {
    const ReproduceRequest request = request_for(scale);
    const auto of = [&](const Study& study, const std::string& key) { return configure(study, row(study, key), 1, request, rafdb); };
    const TrainConfig student = of(noise, "ef-ldg-symmetric-40"), teacher = of(noise, "ldg-symmetric-40");
    EXPECT_EQ(student.label_noise, "symmetric:0.4");
    EXPECT_EQ(student.method.ldl.teacher, "out/runs/ldg-symmetric-40-s1");
    EXPECT_EQ(teacher.label_noise, "symmetric:0.4");
    EXPECT_EQ(of(pairs, "ef-votes-pairs-20").label_noise, "pairs:0.2");
    const TrainConfig weighed = of(noise, "ldg-anomalies-symmetric-40");
    EXPECT_EQ(differences(weighed, teacher), std::vector<std::string>{"ldl.ldl_anomaly_floor is 0.1, not 1"});
    EXPECT_EQ(differences(teacher, of(table, "ldg")), std::vector<std::string>{"data.label_noise is symmetric:0.4, not empty"});
    EXPECT_EQ(differences(of(pairs, "ef-sll"), of(table, "ef-sll")), std::vector<std::string>{});
  }
  for (const auto& one : noise.rows) EXPECT_EQ(one.curve.find('%'), std::string::npos) << one.key;
  EXPECT_EQ(row(noise, "ldg-symmetric-20").level, 20);
  EXPECT_EQ(row(noise, "ldg-symmetric-20").curve, row(noise, "ldg").curve);
}

TEST(Configure, SetReachesEveryRowThatDoesNotSetTheOptionItself) {
  const Study& study = study_named("pal-attribution");
  ReproduceRequest request = request_for(scale_named(study, "smoke"));
  request.set = {"pal_weight=0.125", "data-seed=7", "training.epochs=5"};
  const TrainConfig baseline = configure(study, study.rows.front(), 1, request, rafdb);
  const TrainConfig half = configure(study, study.rows.back(), 1, request, rafdb);
  EXPECT_EQ(baseline.method.pal.weight, 0);
  EXPECT_EQ(half.method.pal.weight, 0.125);
  EXPECT_EQ(half.data.seed, 7);
  EXPECT_EQ(half.seed, 1);
  EXPECT_EQ(half.epochs, 5);
}

TEST(Configure, SetForRowsReachesThemAloneAndBeatsSetForAll) {
  const Study& study = study_named("ldl-table");
  ReproduceRequest request = request_for(scale_named(study, "full"));
  request.set = {"ldg*:weights=resnet.pth", "ldg:epochs=7", "epochs=5", "ef-*:weights=a:b=c.pth"};
  const auto of = [&](const std::string& key) {
    return configure(study, *std::find_if(study.rows.begin(), study.rows.end(), [&](const auto& row) { return row.key == key; }), 1,
                     request, rafdb);
  };
  EXPECT_EQ(of("ldg").weights, "resnet.pth");
  EXPECT_EQ(of("ldg-aus").weights, "resnet.pth");
  EXPECT_EQ(of("ef-ldg").weights, "a:b=c.pth");
  EXPECT_EQ(of("ldg").epochs, 7);
  EXPECT_EQ(of("ldg-aus").epochs, 5);
  EXPECT_EQ(of("ef-sll").epochs, 5);
  EXPECT_EQ(settings_that_matter(request),
            (std::map<std::string, std::string>{{"ldg*:training.weights", "resnet.pth"}, {"ldg:training.epochs", "7"},
                                                {"training.epochs", "5"}, {"ef-*:training.weights", "a:b=c.pth"}}));
  const auto with = [&](const std::string& set) {
    request.set = {set};
    return message_of([&] { of("ldg-aus"); });
  };
  EXPECT_EQ(with("lgd*:epochs=3"), "--set lgd*:epochs=3: ldl-table has no row 'lgd*'");
  EXPECT_EQ(with("ldg-aus:ldl_neighbour_weight=1"),
            "--set ldg-aus:ldl_neighbour_weight=1: the row ldg-aus sets ldl.ldl_neighbour_weight itself");
  EXPECT_EQ(with(":epochs=3"), "--set :epochs=3: expected option=value or rows:option=value");
  EXPECT_EQ(with("ldg:=3"), "--set ldg:=3: expected option=value or rows:option=value");
  EXPECT_EQ(with("ef-sll:epoch=3"), "");  // another row's: said when that is configured
}

TEST(Configure, WhatAScaleNeedsMayBeGivenRowByRow) {
  const Study& study = study_named("pal-attribution");
  ReproduceRequest request = request_for(scale_named(study, "full"));
  request.set = {study.rows[0].key + ":weights=vgg.pth"};
  EXPECT_EQ(configure(study, study.rows[0], 1, request, rafdb).weights, "vgg.pth");
  EXPECT_NE(message_of([&] { configure(study, study.rows[1], 1, request, rafdb); }).find("needs the option weights"), std::string::npos);
}

TEST(Configure, RefusesWhatWouldHaveNoEffectOrSpoilTheTable) {
  const Study& study = study_named("pal-attribution");
  const auto with = [&](const std::string& set) {
    ReproduceRequest request = request_for(scale_named(study, "smoke"));
    request.set = {set};
    return message_of([&] { configure(study, study.rows[1], 1, request, rafdb); });
  };
  EXPECT_EQ(with("pal_attribution=grad"),
            "--set pal_attribution=grad: every row of pal-attribution sets pal.pal_attribution itself");
  EXPECT_EQ(with("seed=4"), "--set seed=4: the command fills training.seed itself");
  EXPECT_EQ(with("data=x:y"), "--set data=x:y: the command fills data.spec itself");
  EXPECT_EQ(with("epoch=4"), "--set: unknown option 'epoch'");
  EXPECT_EQ(with("epochs"), "--set epochs: expected option=value or rows:option=value");
  EXPECT_NE(with("epochs=0").find("out of range"), std::string::npos);

  ReproduceRequest full = request_for(scale_named(study, "full"));
  full.set.clear();
  EXPECT_NE(message_of([&] { configure(study, study.rows[1], 1, full, rafdb); }).find("--scale full needs the option weights"),
            std::string::npos);
}

TEST(Configure, AValidSplitThatIsScoredDoesNotSelectEpochs) {
  const Study& study = study_named("pal-attribution");
  ReproduceRequest request = request_for(scale_named(study, "smoke"));
  request.data = "ferplus:/data/ferplus";
  EXPECT_EQ(configure(study, study.rows[0], 1, request, {"ferplus", "valid", ""}).validation.source, "holdout");
  EXPECT_EQ(configure(study, study.rows[0], 1, request, {"ferplus", "test", ""}).validation.source, "auto");
  EXPECT_TRUE(configure(study, study.rows[0], 1, request, {"ferplus", "test", ""}).data.drop_leaks);
  request.set = {"validation=split"};
  EXPECT_NE(message_of([&] {
              configure(study, study.rows[0], 1, request, {"ferplus", "valid", ""});
            }).find("cannot validate"),
            std::string::npos);
}

// Only the PAL protocol takes half of RAF-DB's test split; what the tables and docs/reproduce.md say follows from here.
TEST(Configure, SaysWhichImagesValidate) {
  const auto text = [](const char* study_name, const DataFacts& facts, const std::vector<std::string>& set = {}) {
    const Study& study = study_named(study_name);
    ReproduceRequest request = request_for(scale_named(study, "smoke"));
    request.set = set;
    return validation_text(configure(study, study.rows[0], 1, request, facts).validation, facts);
  };
  const DataFacts without_test{"ferplus", "valid", ""}, with_both{"ferplus", "test", "", {}, true};
  for (const char* study : {"pal-attribution", "pal-channels", "pal-controls"}) {
    EXPECT_EQ(text(study, rafdb), "50 % of the test split, drawn by seed; the rest is scored") << study;
    EXPECT_EQ(text(study, without_test), "10 % of the training split, drawn by seed") << study;
    EXPECT_EQ(text(study, with_both), "the valid split") << study;
  }
  for (const char* study : {"ldl-table", "label-noise", "label-noise-pairs"}) {
    EXPECT_EQ(text(study, rafdb), "10 % of the training split, drawn by seed") << study;
    EXPECT_EQ(text(study, without_test), "10 % of the training split, drawn by seed") << study;
    EXPECT_EQ(text(study, with_both), "the valid split") << study;
  }
  EXPECT_EQ(text("ldl-table", rafdb, {"validation=folds", "folds=4"}), "one of 4 folds of the training split, another one every epoch");
}

TEST(Configure, NamesDifferencesButNotThoseWithoutEffect) {
  TrainConfig a, b;
  b.epochs = 3;
  b.threads = 7;
  b.name = "other";
  b.data.spec = "rafdb:x";
  EXPECT_EQ(differences(a, b), (std::vector<std::string>{"data.spec is empty, not rafdb:x", "training.epochs is 14, not 3"}));
  b = a;
  b.method.pal.weight = 7;  // read by the method pal alone
  EXPECT_EQ(differences(a, b), std::vector<std::string>{});
  b.method.method = "pal";
  EXPECT_EQ(differences(a, b), (std::vector<std::string>{"method.method is classifier, not pal", "pal.pal_weight is 5, not 7"}));
  ReproduceRequest request;
  request.set = {"epochs=03", "threads=2", "data-seed=1"};
  EXPECT_EQ(settings_that_matter(request), (std::map<std::string, std::string>{{"data.seed", "1"}, {"training.epochs", "3"}}));
}

}  // namespace
}  // namespace mien
