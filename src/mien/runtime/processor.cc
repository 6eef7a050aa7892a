// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <oneapi/dnnl/dnnl.hpp>

#include "mien/runtime/model_state.h"
#include "mien/base/json_text.h"

namespace mien::runtime {

namespace {

using dnnl::cpu_isa;

/// The levels from AVX-512 on contain each other; each one's bits contain those of the lower ones.
bool at_least(cpu_isa level) {
  const auto have = static_cast<unsigned>(dnnl::get_effective_cpu_isa()), want = static_cast<unsigned>(level);
  return (have & want) == want;
}

/// What the file's own record says of a precision: nullopt when it has none.
std::optional<std::pair<bool, double>> recorded_agreement(const std::map<std::string, std::string>& metadata,
                                                          const char* precision) {
  const auto found = metadata.find(agreement_key);
  if (found == metadata.end()) return std::nullopt;
  const auto json = try_parse_json(found->second).value_or(nullptr);
  if (!json.is_object() || !json.contains(precision) || !json[precision].is_object()) return std::nullopt;
  const auto& entry = json[precision];
  if (!entry.contains("passed") || !entry["passed"].is_boolean() || !entry.contains("agreement") ||
      !entry["agreement"].is_number())
    return std::nullopt;
  return std::pair(entry["passed"].get<bool>(), entry["agreement"].get<double>());
}

std::string lacking(Precision precision) {
  return fmt::format("{} asked, but the processor (or ONEDNN_MAX_CPU_ISA) offers {} only: fp32", name_of(precision),
                     processor_isa());
}

std::pair<Precision, std::string> choose_automatically(const std::map<std::string, std::string>& metadata) {
  const auto int8 = recorded_agreement(metadata, "int8"), bf16 = recorded_agreement(metadata, "bf16");
  if (metadata.contains(calibration_key) && int8 && int8->first && at_least(cpu_isa::avx512_core_vnni))
    return {Precision::int8, fmt::format("auto: int8, the processor has {} and the file's check passed at {:.2f} % agreement",
                                         processor_isa(), 100 * int8->second)};
  if (!at_least(cpu_isa::avx512_core_bf16))
    return {Precision::fp32, fmt::format("auto: fp32, the processor offers {}", processor_isa())};
  if (bf16 && !bf16->first)
    return {Precision::fp32,
            fmt::format("auto: fp32, the file's check of bf16 failed at {:.2f} % agreement", 100 * bf16->second)};
  return {Precision::bf16,
          fmt::format("auto: bf16, the processor has {}{}", processor_isa(),
                      bf16 ? fmt::format(" and the file's check passed at {:.2f} % agreement", 100 * bf16->second) : "")};
}

}  // namespace

std::string processor_isa() {
  switch (dnnl::get_effective_cpu_isa()) {
    case cpu_isa::avx512_core_amx: return "avx512_core_amx";
    case cpu_isa::avx512_core_bf16: return "avx512_core_bf16";
    case cpu_isa::avx512_core_vnni: return "avx512_core_vnni";
    case cpu_isa::avx512_core: return "avx512_core";
    case cpu_isa::avx512_mic: return "avx512_mic";
    case cpu_isa::avx512_mic_4ops: return "avx512_mic_4ops";
    case cpu_isa::avx2_vnni: return "avx2_vnni";
    case cpu_isa::avx2: return "avx2";
    case cpu_isa::avx: return "avx";
    case cpu_isa::sse41: return "sse41";
    default: return "unknown instructions";
  }
}

bool processor_has(Precision precision) {
  if (precision == Precision::bf16) return at_least(cpu_isa::avx512_core);  // without AVX512_BF16 it is computed by shuffles
  if (precision == Precision::int8) return at_least(cpu_isa::avx2);
  return true;
}

std::pair<Precision, std::string> choose_precision(Precision wanted, const std::map<std::string, std::string>& metadata) {
  if (wanted == Precision::automatic) return choose_automatically(metadata);
  if (!processor_has(wanted)) return {Precision::fp32, lacking(wanted)};
  return {wanted, std::string(name_of(wanted)) + ": asked for"};
}

}  // namespace mien::runtime
