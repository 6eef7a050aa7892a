// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/exporting/conversion.h"

// Batch, layer and group normalisation, with running statistics only.
namespace mien::exporting {
namespace {

void convert_batch_norm(Conversion& c) {
  if (c.flag("training")) c.refuse("it normalises with the statistics of the batch; put the module into eval mode");
  if (!c.has("running_mean") || !c.has("running_var"))
    c.refuse("it has no running statistics, so its answer depends on the other images");
  c.builder().enter_module_of(c.tensor("running_mean").name);
  const std::int64_t channels = c.dim("running_mean", 0);
  const auto filled = [&](const char* name, float value) {
    return c.has(name) ? c.value(name)
                       : c.builder().constant(c.builder().module() + "." + name, to_graph_tensor(torch::full({channels}, value)));
  };
  const ValueId scale = filled("weight", 1), shift = filled("bias", 0);
  c.result(c.add_owner("BatchNormalization", {c.value("input"), scale, shift, c.value("running_mean"), c.value("running_var")},
                       {{"epsilon", static_cast<float>(c.real("eps"))}}, "running_mean"));
}

/// Mean and variance over the last axes, spelled out: what LayerNormalization is for below opset 17.
ValueId spelled_out(Conversion& c, ValueId x, std::int64_t first_axis, std::int64_t rank) {
  std::vector<std::int64_t> axes;
  for (std::int64_t a = first_axis; a < rank; ++a) axes.push_back(a);
  const Attributes reduction = {{"axes", axes}, {"keepdims", std::int64_t{1}}};
  const ValueId centred = c.add("Sub", {x, c.add("ReduceMean", {x}, reduction)});
  const ValueId variance = c.add("ReduceMean", {c.add("Mul", {centred, centred})}, reduction);
  const ValueId deviation = c.add("Sqrt", {c.add("Add", {variance, c.scalar(c.real("eps"))})});
  return c.add("Div", {centred, deviation});
}

void convert_layer_norm(Conversion& c) {
  if (c.has("weight")) c.builder().enter_module_of(c.tensor("weight").name);
  const auto shape = c.integers("normalized_shape");
  const std::int64_t rank = c.rank("input"), axis = rank - static_cast<std::int64_t>(shape.size());
  if (c.opset() >= 17) {
    const ValueId scale = c.has("weight")
                              ? c.value("weight")
                              : c.builder().constant(c.builder().module() + "/scale", to_graph_tensor(torch::ones(shape)));
    c.result(c.add_owner("LayerNormalization", {c.value("input"), scale, c.value_or_none("bias")},
                         {{"axis", axis}, {"epsilon", static_cast<float>(c.real("eps"))}}, "weight"));
    return;
  }
  ValueId y = spelled_out(c, c.value("input"), axis, rank);
  if (c.has("weight")) y = c.add("Mul", {y, c.value("weight")});
  if (c.has("bias")) y = c.add("Add", {y, c.value("bias")});
  c.result(y);
}

/// Each group becomes a channel of an instance normalisation.
void convert_group_norm(Conversion& c) {
  if (c.has("weight")) c.builder().enter_module_of(c.tensor("weight").name);
  const std::int64_t groups = c.integer("num_groups"), channels = c.dim("input", 1);
  const auto& dims = c.tensor("input").dims;
  const ValueId grouped = c.add("Reshape", {c.value("input"), c.list({0, groups, -1})});
  const auto vector = [&](const char* name, float value) {
    return c.builder().constant(c.builder().module() + "/" + name, to_graph_tensor(torch::full({groups}, value)));
  };
  const ValueId normal = c.add("InstanceNormalization", {grouped, vector("ones", 1), vector("zeros", 0)},
                               {{"epsilon", static_cast<float>(c.real("eps"))}});
  ValueId y = c.reshape(normal, dims);
  std::vector<TracedNumber> channel_dims(dims.size() - 1, TracedNumber{1});
  channel_dims[0] = {channels};
  if (c.has("weight")) y = c.add("Mul", {y, c.reshape(c.value("weight"), channel_dims)});
  if (c.has("bias")) y = c.add("Add", {y, c.reshape(c.value("bias"), channel_dims)});
  c.result(y);
}

}  // namespace

std::span<const Converter> normalization_converters() {
  static constexpr Converter table[] = {
      {"aten::batch_norm", convert_batch_norm},
      {"aten::group_norm", convert_group_norm},
      {"aten::layer_norm", convert_layer_norm},
  };
  return table;
}

}  // namespace mien::exporting
