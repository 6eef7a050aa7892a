// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/methods/pal/pal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "mien/base/error.h"
#include "mien/face_geometry/points.h"
#include "mien/methods/classifier/classifier.h"
#include "mien/methods/losses.h"
#include "mien/methods/pal/attributed_layer.h"
#include "mien/methods/pal/attribution_map.h"
#include "mien/methods/pal/pal_loss.h"
#include "mien/methods/pal/prior_map.h"
#include "mien/nn/eval_mode.h"

namespace mien {

void describe(PalOptions& o, OptionTable& t) {
  const std::string s = "pal";
  t.add(s, "pal_layer", &o.layer, "Inner layer whose attribution is constrained; empty = by the backbone");
  t.add(s, "pal_attribution", &o.attribution, "What is constrained").one_of({"grad", "grad_input", "activation"});
  t.add(s, "pal_channels", &o.channels, "Every channel, or their average").one_of({"all", "mean"});
  t.add(s, "pal_channel_share", &o.channel_share, "Share of the channels, the first ones, that is constrained").range(1e-6, 1);
  t.add(s, "pal_form", &o.form, "Minus the correlation, or the report's sum").one_of({"pearson", "sum", "sum_unbiased"});
  t.add(s, "pal_weight", &o.weight, "Weight lambda of the attribution loss; 0 = only measured").range(0, 1e6);
  t.add(s, "pal_rise_epochs", &o.rise_epochs, "Epochs over which lambda grows from 0").range(0, 1e6);
  t.add(s, "pal_fall_power", &o.fall_power, "Lambda times (1 - share of the training done)^x; 0 = it stays").range(0, 100);
  t.add(s, "pal_prior", &o.prior, "Whose landmarks make the prior: the image's, or another's (a control)")
      .one_of({"landmarks", "shuffled"});
  t.add(s, "pal_points", &o.points, "Points in the prior: all, jaw, brows, nose, eyes, mouth, joined by +");
  t.add(s, "pal_sigma_px", &o.sigma_px, "Sigma of the prior's Gaussians, pixels of the network's input").range(0.05, 1000);
  t.add(s, "pal_resize", &o.resize, "How the prior comes to the layer's size").one_of({"area", "bilinear"});
  t.add(s, "pal_batch_norm", &o.batch_norm, "Statistics of batch norms in the attribution pass").one_of({"frozen", "batch"});
}

namespace {

bool has_batch_norm(const torch::nn::Module& module) {
  const auto modules = module.modules();
  return std::any_of(modules.begin(), modules.end(), [](const std::shared_ptr<torch::nn::Module>& m) {
    return m->as<torch::nn::BatchNorm2d>() || m->as<torch::nn::BatchNorm1d>();
  });
}

class Pal : public Classifier {
 public:
  Pal(const MethodConfig& config, const TaskInfo& task)
      : Classifier(config, task),
        kind_(attribution_kind(options().attribution)),
        form_(pal_form(options().form)),
        points_(landmark_subset(options().points)),
        two_passes_(options().batch_norm == "frozen" && has_batch_norm(network())) {
    if (options().weight > 0 && config.classifier.mixup_alpha > 0)
      throw Error(ErrorCode::usage, "--pal-weight with --mixup-alpha: mixed faces have no landmarks", "Set one of them to 0.");
    layer_ = attributed_layer(network(), options().layer, task.preprocessing.height, task.preprocessing.width).name;
  }

  std::vector<MeasuredMetric> measured() const override {
    return {{"prior_correlation"}, {"prior_correlation_others"}, {"prior_correlation_free"}};
  }

  std::vector<Measurement> measure(const Batch& batch) override {
    if (!batch.landmarks.defined()) return {};
    const Look look = look_at(batch);
    const auto next = [&](const torch::Tensor& of_samples) { return of_samples.roll(1, 0); };
    const auto two_images = batch.has_landmarks * next(batch.has_landmarks) * (batch.size() > 1);
    std::vector<Measurement> found = {{"prior_correlation", correlation(look.constrained, look.priors, batch.has_landmarks)},
                                      {"prior_correlation_others", correlation(look.constrained, next(look.priors), two_images)}};
    if (look.free.defined())
      found.push_back({"prior_correlation_free", correlation(look.free, look.priors, batch.has_landmarks)});
    return found;
  }

  std::vector<InnerMap> inner_maps(const Batch& batch) override {
    if (!batch.landmarks.defined()) return {};
    const Look look = look_at(batch);
    std::vector<InnerMap> maps = {
        {"prior", look.priors, {}},
        {"constrained channels", look.constrained.mean(1), correlation(look.constrained, look.priors, batch.has_landmarks)}};
    if (look.free.defined())
      maps.push_back({"free channels", look.free.squeeze(1), correlation(look.free, look.priors, batch.has_landmarks)});
    return maps;
  }

 protected:
  std::set<std::string> loss_taps() const override {
    return two_passes_ ? std::set<std::string>{} : std::set<std::string>{layer_};
  }

  void add_terms(std::vector<LossTerm>& terms, const Pass& pass) override {
    if (options().weight == 0) return;
    const double lambda = weight_at(pass.context);
    if (!has_landmarks(pass)) {
      terms.push_back({"pal", torch::zeros({}), lambda});
      terms.push_back({"landmark_share", torch::zeros({}), 0});
      return;
    }
    auto landmarks = pass.batch.landmarks, present = pass.batch.has_landmarks;
    if (options().prior == "shuffled") {
      const std::int64_t shift =
          1 + static_cast<std::int64_t>(Random(pass.context.seed, shuffle_purpose).integer(pass.batch.size() - 1));
      landmarks = landmarks.roll(shift, 0);
      present = present.roll(shift, 0);
    }
    const auto attribution = two_passes_
                                 ? attribute(pass.batch, true)
                                 : attribution_map(kind_, full_precision(pass.output.logits), pass.taps.found.at(layer_), true);
    const auto priors = priors_for(landmarks, pass.batch, attribution);
    const auto chosen = constrained(attribution);
    terms.push_back({"pal", (pal_losses(chosen, priors, form_) * present).mean(), lambda});
    if (form_ != PalForm::pearson)
      terms.push_back(
          {"prior_correlation", (prior_correlation(chosen.detach(), priors) * present).sum() / present.sum().clamp_min(1), 0});
    terms.push_back({"landmark_share", present.mean(), 0});
  }

 private:
  static constexpr std::uint64_t shuffle_purpose = 301;

  const PalOptions& options() const { return config().pal; }

  /// The attribution of images that are not trained on. `free` is undefined where all channels are constrained.
  struct Look {
    torch::Tensor priors, constrained, free;
  };
  Look look_at(const Batch& batch) {
    const FrozenModule frozen(network());
    const auto attribution = attribute(batch, /*differentiable=*/false);
    return {priors_for(batch.landmarks, batch, attribution), constrained(attribution),
            other_channels(attribution, options().channel_share)};
  }

  /// [N], not a number where `present` is 0.
  static torch::Tensor correlation(const torch::Tensor& maps, const torch::Tensor& priors, const torch::Tensor& present) {
    return prior_correlation(maps, priors).masked_fill(present == 0, std::numeric_limits<double>::quiet_NaN());
  }

  /// Attribution of the whole batch, with stored statistics in batch norms and without dropout.
  torch::Tensor attribute(const Batch& batch, bool differentiable) {
    const EvalMode stored_statistics(network());
    const torch::AutoGradMode with_gradients(true);
    Taps taps({layer_});
    taps.differentiable = true;
    const auto logits = full_precision(network().forward(batch.images, taps));
    const auto attribution = attribution_map(kind_, logits, taps.found.at(layer_), differentiable);
    return differentiable ? attribution : attribution.detach();
  }

  torch::Tensor constrained(const torch::Tensor& attribution) const {
    return first_channels(attribution, options().channel_share, options().channels == "mean");
  }

  torch::Tensor priors_for(const torch::Tensor& landmarks, const Batch& batch, const torch::Tensor& attribution) const {
    const torch::NoGradGuard no_grad;
    const auto maps = prior_maps(landmarks, batch.images.size(2), batch.images.size(3), options().sigma_px, points_);
    return resize_priors(maps, attribution.size(2), attribution.size(3), options().resize).to(attribution.dtype());
  }

  double weight_at(const StepContext& context) const {
    double weight = options().weight * std::pow(1 - context.progress, options().fall_power);
    if (options().rise_epochs > 0) weight *= std::min(1.0, static_cast<double>(context.epoch + 1) / options().rise_epochs);
    return weight;
  }

  /// A later batch may happen to have none; a first one without means that the data set has hardly any.
  static bool has_landmarks(const Pass& pass) {
    const auto& landmarks = pass.batch.landmarks;
    if (landmarks.defined() && landmarks.size(1) == 68) return true;
    if (pass.context.iteration > 0 && !landmarks.defined()) return false;
    throw Error(
        ErrorCode::bad_data,
        landmarks.defined() ? fmt::format("PAL needs 68 landmarks an image, but the data have {}", landmarks.size(1))
                            : std::string("PAL needs landmarks, but no image of the first batch has any"),
        "Find them with 'mien data landmarks DATA -o FOLDER' and name the table with --landmark-table FOLDER/landmarks.csv.");
  }

  AttributionKind kind_;
  PalForm form_;
  std::vector<int> points_;
  bool two_passes_;
  std::string layer_;
};

}  // namespace

std::unique_ptr<Method> create_pal(const MethodConfig& config, const TaskInfo& task) {
  return std::make_unique<Pal>(config, task);
}

}  // namespace mien
