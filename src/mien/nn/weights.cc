// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/nn/weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "mien/base/error.h"
#include "mien/base/text.h"
#include "mien/nn/key_dialects.h"

namespace mien {

namespace {

bool begins_with(const std::string& text, const std::string& prefix) { return text.rfind(prefix, 0) == 0; }

/// The first few names, then how many more.
std::string first_few(const std::vector<std::string>& names) {
  std::vector<std::string> shown(names.begin(),
                                 names.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(3, names.size())));
  const std::string text = join(shown, ", ");
  return names.size() > 3 ? fmt::format("{} and {} more", text, names.size() - 3) : text;
}

std::string shape_text(const std::vector<std::int64_t>& shape) { return fmt::format("[{}]", fmt::join(shape, ",")); }

/// Decides what each key of the file becomes, and copies only when all is decided.
class Loader {
 public:
  Loader(torch::nn::Module& module, const State& state, const LoadOptions& options)
      : module_(module), network_(dynamic_cast<Network*>(&module)), state_(state), options_(options), target_(state_of(module)) {
    for (const auto& [key, tensor] : target_.tensors) places_.emplace(key, tensor);
    skip_ = options.skip;
    if (options.ignore_head && network_) skip_.push_back(network_->head_prefix());
  }

  LoadReport run() {
    report_.dialect = "own names";
    const bool vggface2 = is_vggface2();
    for (const auto& [key, tensor] : state_.tensors) place(key, tensor, vggface2);
    for (const auto& [key, tensor] : target_.tensors)
      if (!sources_.count(key) && !skipped(key) && !optional(key) && !has_mismatch(key)) report_.missing.push_back(key);
    refuse_wrong_variant(vggface2);
    if (!options_.allow_partial && !report_.complete()) refuse();
    if (report_.matched.empty()) refuse();
    copy();
    return report_;
  }

 private:
  bool is_vggface2() const {
    return std::any_of(state_.tensors.begin(), state_.tensors.end(),
                       [](const auto& entry) { return without_wrapper_prefixes(entry.first) == vggface2_stem; });
  }
  bool skipped(const std::string& key) const {
    return std::any_of(skip_.begin(), skip_.end(), [&](const auto& prefix) { return begins_with(key, prefix); });
  }
  /// Files from before PyTorch 0.4.1 lack the counters of batch norm, which matter only to cumulative averages.
  static bool optional(const std::string& key) {
    const std::string ending = "num_batches_tracked";
    return key.size() >= ending.size() && key.compare(key.size() - ending.size(), ending.size(), ending) == 0;
  }
  bool has_mismatch(const std::string& key) const {
    return std::any_of(report_.mismatched.begin(), report_.mismatched.end(), [&](const auto& m) { return m.key == key; });
  }

  std::string own_name(const std::string& key, bool vggface2) {
    if (places_.count(key) && !vggface2) return key;
    const auto renamed = own_key(without_wrapper_prefixes(key), vggface2);
    if (!renamed.dialect.empty() && places_.count(renamed.key)) report_.dialect = renamed.dialect;
    return renamed.key;
  }

  void place(const std::string& key, const torch::Tensor& tensor, bool vggface2) {
    const std::string name = own_name(key, vggface2);
    if (skipped(name)) {
      report_.ignored.push_back(key);
      return;
    }
    const auto found = places_.find(name);
    if (found == places_.end() || sources_.count(name)) {
      report_.left_over.push_back(key);
      return;
    }
    auto value = tensor;
    if (value.dim() == 4 && found->second.dim() == 2 && value.size(2) == 1 && value.size(3) == 1)
      value = value.flatten(1);  // a 1x1 head
    if (network_ && name == network_->stem_weight() && value.dim() == 4 && value.size(1) == 3 && found->second.size(1) == 1) {
      value = gray_stem(value);
      report_.adapted.push_back(name);
    }
    if (value.sizes() != found->second.sizes()) {
      report_.mismatched.push_back({name, found->second.sizes().vec(), value.sizes().vec()});
      return;
    }
    sources_.emplace(name, value);
    report_.matched.push_back(name);
  }

  /// The two ResNet-50 have the same shapes but strides in other places: weights of one give nonsense in the other.
  void refuse_wrong_variant(bool vggface2) const {
    if (!network_ || !vggface2 || network_->network_options().arch != "resnet50") return;
    throw Error(ErrorCode::mismatch,
                fmt::format("{}: these are VGGFace2 weights, whose ResNet-50 has its strides in other places", state_.origin),
                "use the architecture resnet50_vggface2");
  }

  std::string module_name() const { return network_ ? network_->network_options().arch : module_.name(); }

  [[noreturn]] void refuse() const {
    const std::size_t wanted = target_.tensors.size();
    const bool other_arch = network_ && state_.info && state_.info->network.arch != network_->network_options().arch;
    if (other_arch)
      throw Error(ErrorCode::mismatch,
                  fmt::format("{}: holds a {}, not a {}", state_.origin, state_.info->network.arch, module_name()),
                  fmt::format("use network.arch = \"{}\"", state_.info->network.arch));
    if (report_.matched.size() * 2 < wanted)
      throw Error(ErrorCode::mismatch,
                  fmt::format("{}: does not hold a {}: only {} of its {} tensors fit (the file has {}; it begins with {})",
                              state_.origin, module_name(), report_.matched.size(), wanted, state_.tensors.size(),
                              state_.tensors.empty() ? "nothing" : state_.tensors.front().first),
                  "check network.arch");
    throw Error(ErrorCode::mismatch, fmt::format("{}: does not fit this {}: {}", state_.origin, module_name(), details()),
                hint());
  }

  std::string details() const {
    std::vector<std::string> parts;
    if (!report_.mismatched.empty()) {
      const auto& m = report_.mismatched.front();
      parts.push_back(fmt::format("{} should be {} but is {}", m.key, shape_text(m.expected), shape_text(m.found)));
      if (report_.mismatched.size() > 1) parts.back() += fmt::format(" ({} more differ)", report_.mismatched.size() - 1);
    }
    if (!report_.missing.empty()) parts.push_back("missing " + first_few(report_.missing));
    if (!report_.left_over.empty()) parts.push_back("left over " + first_few(report_.left_over));
    return join(parts, "; ");
  }

  std::string hint() const {
    const auto in_head = [&](const std::string& key) { return network_ && begins_with(key, network_->head_prefix()); };
    const bool only_head =
        std::all_of(report_.mismatched.begin(), report_.mismatched.end(), [&](const auto& m) { return in_head(m.key); }) &&
        std::all_of(report_.missing.begin(), report_.missing.end(), in_head) && report_.left_over.empty();
    return only_head ? "only the classifier differs: use --ignore-head to keep the new one"
                     : "use --allow-partial to take what fits";
  }

  void copy() {
    torch::NoGradGuard no_grad;
    for (const auto& [key, value] : sources_) places_.at(key).copy_(value);
  }

  torch::nn::Module& module_;
  Network* network_;
  const State& state_;
  const LoadOptions& options_;
  State target_;
  std::vector<std::string> skip_;
  std::map<std::string, torch::Tensor> places_;   ///< the module's tensors
  std::map<std::string, torch::Tensor> sources_;  ///< what will be copied into them
  LoadReport report_;
};

}  // namespace

LoadReport load_into(torch::nn::Module& module, const State& state, const LoadOptions& options) {
  return Loader(module, state, options).run();
}

std::string LoadReport::text() const {
  std::string text = fmt::format("{} tensors loaded ({})\n", matched.size(), dialect);
  const auto add = [&](const char* what, const std::vector<std::string>& names) {
    if (!names.empty()) text += fmt::format("{} {}: {}\n", names.size(), what, first_few(names));
  };
  add("summed over the colour channels", adapted);
  add("passed over on request", ignored);
  add("missing in the file", missing);
  add("left over in the file", left_over);
  for (const auto& m : mismatched)
    text += fmt::format("{}: expected {}, found {}\n", m.key, shape_text(m.expected), shape_text(m.found));
  return text;
}

std::shared_ptr<Network> load_network(const std::filesystem::path& file, WeightsInfo* info) {
  const State state = load_state(file);
  if (!state.info)
    throw Error(ErrorCode::bad_file, fmt::format("{}: has no description of its network", file.string()),
                "convert it first: mien models import FILE --arch NAME --output W.safetensors");
  auto network = create_network(state.info->network);
  load_into(*network, state);
  network->eval();
  if (info) *info = *state.info;
  return network;
}

torch::Tensor gray_stem(const torch::Tensor& weight) { return weight.sum(1, true); }

}  // namespace mien
