// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/cli/doctor.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

#include "mien/base/files.h"
#include "mien/base/parallel.h"
#include "mien/base/text.h"
#include "mien/cli/blas_in_use.h"
#include "mien/cli/torch_facts.h"
#include "mien/report/plots.h"

namespace mien::cli {

namespace {

using Status = Finding::Status;

/// A small system file, or "" when it cannot be read.
std::string system_text(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The text after "name:" in a "name : value" file.
std::string value_after(const std::string& text, const std::string& name) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(name)) {
      const auto colon = line.find(':');
      if (colon != std::string::npos && trim(line.substr(0, colon)) == name) return trim(line.substr(colon + 1));
    }
  return {};
}

/// Cores that a container's quota allows, 0 = no quota.
double quota_cores() {
  std::istringstream in(system_text("/sys/fs/cgroup/cpu.max"));
  std::string quota;
  double period = 0;
  if (!(in >> quota >> period) || quota == "max" || period <= 0) return 0;
  return std::strtod(quota.c_str(), nullptr) / period;
}

Finding examine_processor(const std::string& cpuinfo) {
  const std::string model = value_after(cpuinfo, "model name");
  const auto sets = vector_instructions(cpuinfo);
  Finding f{Status::ok, "processor",
            fmt::format("{}: {}", model.empty() ? "unknown" : model, sets.empty() ? "no AVX2" : join(sets, " ")), ""};
  const auto has = [&](const char* name) { return std::find(sets.begin(), sets.end(), name) != sets.end(); };
#if defined(__x86_64__)
  if (!has("avx2")) {
    f.status = Status::warning;
    f.advice = "Without AVX2 everything is several times slower; use a newer processor.";
  } else if (!has("avx512_bf16") && !has("amx_bf16")) {
    f.status = Status::note;
    f.advice = "No bf16 instructions: bf16 precision brings no speed here.";
  }
#else
  (void)has;
#endif
  return f;
}

Finding examine_cores() {
  const int cores = available_cores();
  const auto online = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
  Finding f{Status::ok, "cores", fmt::format("{} usable of {}", cores, online), ""};
  const double quota = quota_cores();
  if (quota > 0 && quota < cores) {
    f.status = Status::warning;
    f.value += fmt::format(", limited to the time of {:.1f}", quota);
    f.advice = fmt::format("Use --threads {}: more threads than the quota only wait.", std::max(1, static_cast<int>(quota)));
  }
  if (const char* named = std::getenv("OMP_NUM_THREADS"); named && std::atoi(named) > cores) {
    f.status = Status::warning;
    f.value += fmt::format(", OMP_NUM_THREADS={}", named);
    f.advice = "Unset OMP_NUM_THREADS: it asks for more threads than there are cores.";
  }
  return f;
}

Finding examine_memory() {
  const std::string info = system_text("/proc/meminfo");
  const double total = 1024 * std::atof(value_after(info, "MemTotal").c_str());
  double free = 1024 * std::atof(value_after(info, "MemAvailable").c_str());
  const double limit = std::atof(system_text("/sys/fs/cgroup/memory.max").c_str());  // "max" reads as 0
  std::string value = fmt::format("{} available of {}", human_bytes(free), human_bytes(total));
  if (limit > 0 && limit < total) {
    value += fmt::format(", limited to {}", human_bytes(limit));
    free = std::min(free, limit);
  }
  Finding f{Status::ok, "memory", value, ""};
  if (free < 2e9) {
    f.status = Status::warning;
    f.advice = "Train with a smaller --batch-size and --cache-mb.";
  }
  return f;
}

Finding examine_blas() {
  const auto blas = blas_in_use();
  if (!blas) return {Status::note, "blas", "none loaded by name (it may be inside libtorch)", ""};
  const std::string kind = blas_kind(blas->path);
  Finding f{Status::ok, "blas", fmt::format("{} ({})", kind, blas->path), ""};
  if (!blas->config.empty()) f.value += ", " + blas->config;
  if (kind == "reference") {
    f.status = Status::warning;
    f.advice = "The reference BLAS makes some layers about ten times slower: apt-get install libopenblas0-pthread";
  }
  return f;
}

Finding examine_torch(const std::optional<TorchFacts>& torch) {
  if (!torch)
    return {Status::note, "libtorch", "not built in: no training and no evaluation",
            "Build with -DMIEN_LEARN=ON and libtorch-dev."};
  Finding f{Status::ok, "libtorch",
            fmt::format("{}, {} kernels, starts with {} thread{}, oneDNN {}", torch->version, torch->cpu_capability,
                        torch->threads, torch->threads == 1 ? "" : "s", torch->onednn ? "yes" : "no"),
            ""};
  if (!torch->onednn) {
    f.status = Status::warning;
    f.advice = "Without oneDNN convolutions are several times slower and bf16 is of no use; use a libtorch built with it.";
  }
  return f;
}

Finding examine_gpu(const std::optional<TorchFacts>& torch) {
  const bool driver = fs::exists("/proc/driver/nvidia/version") || fs::exists("/dev/nvidiactl");
  if (torch && torch->cuda_devices > 0)
    return {Status::ok, "gpu", fmt::format("{} CUDA device{}", torch->cuda_devices, torch->cuda_devices == 1 ? "" : "s"), ""};
  if (driver && torch && !torch->cuda_built)
    return {Status::warning, "gpu", "an NVIDIA driver is loaded, but this libtorch was built without CUDA",
            "Configure with -DCMAKE_PREFIX_PATH pointing to a libtorch with CUDA (preset 'cuda')."};
  if (driver)
    return {Status::warning, "gpu", "an NVIDIA driver is loaded, but no device can be used",
            "Check nvidia-smi and CUDA_VISIBLE_DEVICES."};
  return {Status::ok, "gpu", "none; computing on the CPU", ""};
}

Finding examine_models(const ModelPlaces& places) {
  std::vector<std::string> found;
  std::error_code error;
  for (const auto& folder : model_folders(places))
    for (const auto& entry : fs::directory_iterator(folder, error))
      if (entry.path().extension() == ".onnx" || entry.path().extension() == ".safetensors")
        found.push_back(fmt::format("{} ({})", entry.path().string(), human_bytes(static_cast<double>(entry.file_size()))));
  std::sort(found.begin(), found.end());
  if (found.empty())
    return {Status::note, "models", "none found beside the program", "Name the folder that holds them: --models FOLDER, or MIEN_MODELS."};
  return {Status::ok, "models", join(found, ", "), ""};
}

Finding examine_gnuplot() {
  if (plotting_available()) return {Status::ok, "gnuplot", "found", ""};
  return {Status::warning, "gnuplot", "not found: reports come without PNG plots", "apt-get install gnuplot-nox"};
}

}  // namespace

std::vector<std::string> vector_instructions(const std::string& cpuinfo) {
  std::istringstream words(value_after(cpuinfo, "flags"));
  const std::vector<std::string> flags{std::istream_iterator<std::string>(words), {}};
  std::vector<std::string> found;
  for (const char* name : {"avx2", "fma", "avx512f", "avx_vnni", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8"})
    if (std::find(flags.begin(), flags.end(), name) != flags.end()) found.emplace_back(name);
  return found;
}

std::string blas_kind(const std::string& path) {
  const std::string name = to_lower(path);
  for (const auto& [part, kind] : {std::pair{"openblas", "OpenBLAS"}, {"mkl", "MKL"}, {"blis", "BLIS"}, {"atlas", "ATLAS"}})
    if (name.find(part) != std::string::npos) return kind;
  if (name.find("/blas/libblas.so") != std::string::npos) return "reference";
  return "unknown";
}

std::vector<Finding> examine(const ModelPlaces& places) {
  const auto torch = torch_facts();
  const std::string cpuinfo = system_text("/proc/cpuinfo");
  return {examine_processor(cpuinfo), examine_cores(),    examine_memory(), examine_blas(),
          examine_torch(torch),       examine_gpu(torch), examine_models(places), examine_gnuplot()};
}

}  // namespace mien::cli
