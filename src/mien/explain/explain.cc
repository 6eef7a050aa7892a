// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/explain/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/text.h"
#include "mien/eval/load_method.h"
#include "mien/explain/baseline.h"
#include "mien/explain/batch_explainer.h"
#include "mien/explain/explain_data.h"
#include "mien/explain/summary.h"
#include "mien/loading/loader.h"
#include "mien/methods/compute.h"
#include "mien/pipeline/find_weights.h"

namespace mien {

void describe(ExplainConfig& c, OptionTable& t) {
  describe(c.data, t);
  const std::string s = "explanation";
  t.add(s, "weights", &c.weights, "Weights file (safetensors) or run folder; default: the weights that come with mien");
  t.add(s, "beside", &c.beside, "Weights of another model, e.g. a baseline, whose inner maps are laid beside those of the explained method");
  t.add(s, "split", &c.split, "Split to explain; all = every image");
  t.add(s, "limit", &c.limit, "Images drawn from the split; 0 = all").range(0, 1e9);
  t.add(s, "methods", &c.methods,
        "gradcam, integrated_gradients, occlusion, gradient, gradient_x_input, random, random_smooth, center; gradcam, gradient "
        "and "
        "gradient_x_input also as NAME@LAYER");
  t.add(s, "layer", &c.layer, "Inner layer of gradcam; empty = the last one that is a map");
  t.add(s, "target", &c.target, "What is explained: predicted, the name of a class, or all (the sum of all logits)");
  t.add(s, "steps", &c.steps, "Steps of integrated gradients").range(1, 10000);
  t.add(s, "baseline", &c.baseline, "Where integrated gradients start and what occlusion shows").one_of(baseline_names());
  t.add(s, "occlusion_patch", &c.occlusion_patch, "Side of the patch in pixels of the input; 0 = a seventh of the shorter side")
      .range(0, 10000);
  t.add(s, "occlusion_stride", &c.occlusion_stride, "Pixels between patches; 0 = half a patch").range(0, 10000);
  t.add(s, "faithfulness", &c.faithfulness, "Measure deletion and insertion curves, beside those of random maps");
  t.add(s, "faithfulness_steps", &c.faithfulness_steps, "Parts in which the pixels are removed").range(2, 1000);
  t.add(s, "replace", &c.replace, "What removed pixels show").one_of(baseline_names());
  t.add(s, "panels", &c.panels, "Images that get a picture and a file of maps").range(0, 1e9);
  t.add(s, "device", &c.device, "Where to compute").one_of({"auto", "cpu", "cuda"});
  t.add(s, "threads", &c.threads, "Computing threads; 0 = all cores").range(0, 1024);
  t.add(s, "batch_size", &c.batch_size, "Pictures that pass through the network at once").range(1, 1e5);
  t.add(s, "loader_threads", &c.loader_threads, "Threads that decode").range(0, 1024);
  t.add(s, "bootstrap", &c.bootstrap, "Bootstrap resamples for the 95 % intervals").range(1, 1e6);
  t.add(s, "seed", &c.seed, "Seed of the sample, the random maps and the bootstrap").range(0, 9e15);
}

namespace {

fs::path torch_weights(const std::string& weights) {
  if (weights.empty()) throw Error(ErrorCode::usage, "no weights given", "Name a file or run folder with --weights.");
  const fs::path file = find_weights(weights);
  if (!is_onnx(file)) return file;
  const fs::path beside = fs::path(file).replace_extension(".safetensors");
  throw Error(ErrorCode::usage,
              file.string() + ": explanations need gradients and inner layers, which an ONNX file does not give",
              fs::exists(beside) ? "Use --weights " + beside.string() + ", which lies beside it."
                                 : "Give the safetensors file or the run folder that it was exported from.");
}

/// The faithfulness of a map says something only beside that of maps that know nothing.
std::vector<MapMethod> methods_of(const ExplainConfig& config) {
  std::vector<std::string> names = config.methods;
  if (config.faithfulness)
    for (const char* control : {"random", "random_smooth"})
      if (std::find(names.begin(), names.end(), control) == names.end()) names.push_back(control);
  return parse_map_methods(names, config.layer);
}

AttributionOptions attribution_options(const ExplainConfig& c) {
  AttributionOptions options;
  options.steps = c.steps;
  options.baseline = c.baseline;
  options.occlusion = {c.occlusion_patch, c.occlusion_stride};
  options.batch_size = c.batch_size;
  options.seed = static_cast<std::uint64_t>(c.seed);
  return options;
}

void add_facts(ExplainResult& result, const ExplainConfig& c, const ExplainedModel& model) {
  const auto fact = [&](const std::string& key, const std::string& value) { result.facts.emplace_back(key, value); };
  fact("explained", c.target == "predicted" ? "the logit of the predicted class"
                    : c.target == "all"     ? "the sum of all logits"
                                            : "the logit of " + c.target);
  for (const auto& one : result.methods)
    if (one.method.name == "gradcam") {
      const auto& layer = model.layer(one.method.layer);
      fact("layer of " + one.method.label(),
           fmt::format("{} ({} x {} x {})", layer.name, layer.channels, layer.height, layer.width));
    }
  fact("integrated gradients", fmt::format("{} steps from {}", c.steps, c.baseline));
  fact("occlusion", fmt::format("patch {}, stride {}, shows {}",
                                c.occlusion_patch ? fmt::format("{} px", c.occlusion_patch) : "a seventh of the side",
                                c.occlusion_stride ? fmt::format("{} px", c.occlusion_stride) : "half a patch", c.baseline));
  if (c.faithfulness) fact("faithfulness", fmt::format("{} steps, removed pixels show {}", c.faithfulness_steps, c.replace));
}

/// Passes every batch to the explainer; the images that could not be read end up in the result.
void explain_all(const ExplainConfig& config, const std::shared_ptr<Dataset>& data, BatchExplainer& explainer,
                 const Preprocessing& preprocessing, ExplainResult& result, Progress& progress) {
  LoaderOptions options;
  options.batch_size = config.batch_size;
  options.threads = config.loader_threads;
  options.max_bad_share = 1;
  SamplerOptions in_order;
  in_order.kind = "sequential";
  Loader loader(data, preprocessing, std::nullopt, in_order, options);
  progress.begin("explaining", data->size());
  loader.start(0);
  std::int64_t done = 0;
  while (auto host = loader.next()) {
    const auto before = done + static_cast<std::int64_t>(host->bad.size());
    if (host->size > 0) explainer.explain(*host, [&](std::int64_t images) { progress.advance(before + images, ""); });
    done = before + host->size;
    progress.advance(done, "");
  }
  result.failures = loader.bad();
  if (result.images.empty())
    throw Error(ErrorCode::bad_data, fmt::format("none of {} images could be read: {}", data->size(),
                                                 result.failures.empty() ? "" : result.failures.front().reason));
  progress.end(fmt::format("{} images explained, {} could not be read", result.images.size(), result.failures.size()));
}

}  // namespace

ExplainResult explain(const ExplainConfig& config, const fs::path& output, const FindPoints& find_points, Progress& progress) {
  const auto methods = methods_of(config);
  const fs::path file = torch_weights(config.weights);
  LoadedMethod loaded = load_method(file);
  const WeightsInfo& info = loaded.info;
  ComputePlan plan = plan_compute("fp32", config.device, config.threads);
  apply_plan(plan);
  place_module(loaded.method->module(), plan);
  const FrozenModule frozen(loaded.method->module());
  InnerView inner;
  inner.add("", *loaded.method);
  LoadedMethod beside;
  if (!config.beside.empty()) {
    beside = load_method_as(info, torch_weights(config.beside));
    place_module(beside.method->module(), plan);
    beside.method->module().eval();
    inner.add(fs::path(config.beside).filename().string(), *beside.method);
  }
  const Preprocessing& p = info.preprocessing;
  const ExplainedModel model(*loaded.method, torch::zeros({1, p.channels(), p.height, p.width}).to(plan.device));

  ExplainResult result;
  result.class_names = info.class_names;
  result.facts.emplace_back("weights", file.string());
  if (!config.beside.empty()) result.facts.emplace_back("beside", config.beside);
  for (const auto& method : methods) {
    if (!method.layer.empty() || method.name == "gradcam") model.layer(method.layer);
    result.methods.emplace_back().method = method;
  }
  const ExplainTarget target = parse_target(config.target, info.class_names);
  const auto data = std::make_shared<Dataset>(data_to_explain(config, info, progress, result.facts));
  result.title = info.network.arch + " on " + (config.images.empty() ? config.data.spec : fmt::format("{} images", data->size()));
  add_facts(result, config, model);
  result.facts.emplace_back("compute", "libtorch, " + plan.text());
  progress.info("libtorch, " + plan.text());

  BatchExplainer::Options options;
  options.attribution = attribution_options(config);
  options.measure_faithfulness = config.faithfulness;
  options.faithfulness = {config.faithfulness_steps, config.replace, config.batch_size, static_cast<std::uint64_t>(config.seed)};
  options.panels = config.panels;
  options.output = output;
  BatchExplainer explainer({model, inner, info, target, *data, plan, find_points}, options, result);
  explain_all(config, data, explainer, p, result, progress);
  explainer.finish();
  summarize(result, static_cast<int>(config.bootstrap), static_cast<std::uint64_t>(config.seed));
  return result;
}

}  // namespace mien
