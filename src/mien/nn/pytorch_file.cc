// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/nn/pytorch_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>

#include "mien/base/error.h"
#include "mien/base/files.h"
#include "mien/base/text.h"
#include "mien/nn/pickle.h"
#include "mien/nn/zip_file.h"

namespace mien {

namespace {

using Kind = PickleValue::Kind;

// The long 0x1950a86a20f9469cfc6c, ten bytes in a LONG1 of protocol 2, opens a legacy file.
constexpr std::uint8_t legacy_magic[] = {0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46,
                                         0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e};
constexpr std::uint8_t zip_magic[] = {'P', 'K', 3, 4};

template <std::size_t N>
bool begins_with(const std::uint8_t* data, std::size_t size, const std::uint8_t (&magic)[N]) {
  return size >= N && std::memcmp(data, magic, N) == 0;
}

struct StorageType {
  const char* name;
  torch::ScalarType type;
};
constexpr StorageType storage_types[] = {
    {"torch.FloatStorage", torch::kFloat32}, {"torch.DoubleStorage", torch::kFloat64}, {"torch.HalfStorage", torch::kFloat16},
    {"torch.BFloat16Storage", torch::kBFloat16}, {"torch.LongStorage", torch::kInt64}, {"torch.IntStorage", torch::kInt32},
    {"torch.ShortStorage", torch::kInt16}, {"torch.CharStorage", torch::kInt8}, {"torch.ByteStorage", torch::kUInt8},
    {"torch.BoolStorage", torch::kBool}};

PickleRules rules_for(const PytorchOptions& options) {
  PickleRules rules{.globals = {"collections.OrderedDict", "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2",
                                "torch._utils._rebuild_parameter", "torch.Size"},
                    .pass_over_unknown = options.pass_over_unknown};
  for (const auto& storage : storage_types) rules.globals.insert(storage.name);
  return rules;
}

/// The storages' bytes: by key, wherever the format keeps them.
struct StorageBytes {
  const std::uint8_t* data = nullptr;
  std::uint64_t bytes = 0;
};

/// What a persistent id says about a storage.
struct StorageId {
  std::string key;
  torch::ScalarType type;
  std::int64_t count = 0;             ///< elements of the whole storage
  std::int64_t offset = 0, used = 0;  ///< the part that this id stands for (views of torch 0.3)
};

class TensorBuilder {
 public:
  TensorBuilder(const std::string& origin, std::map<std::string, StorageBytes> storages)
      : origin_(origin), storages_(std::move(storages)) {
    for (const auto& [key, storage] : storages_) budget_ += 16 * storage.bytes;
  }

  /// The tensors of the first dictionary that holds any: a named one inside before the top level, where a training program may
  /// have left single tensors, such as its best accuracy.
  void collect(const PickleValue& root, PytorchFile& file) {
    for (const char* name : {"state_dict", "model_state_dict", "model_state", "model", "net", "weights", "params"}) {
      const auto* inner = root.find(name);
      if (inner && take_dict(*inner, file)) {
        file.place = name;
        return;
      }
    }
    if (take_dict(root, file)) return;
    fail(fmt::format("no dictionary of tensors was found; the top level holds: {}", describe(root)));
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::bad_file, fmt::format("{}: {}", origin_, what));
  }

  static std::string describe(const PickleValue& root) {
    std::vector<std::string> names;
    for (const auto& [key, value] : root.pairs)
      if (names.size() < 12) names.push_back(key->kind == Kind::text ? key->text : "(a key that is no text)");
    return names.empty() ? "nothing with names" : join(names, ", ");
  }

  bool take_dict(const PickleValue& value, PytorchFile& file) {
    if (value.kind != Kind::dict) return false;
    for (const auto& [key, item] : value.pairs) {
      if (key->kind != Kind::text) continue;
      if (auto tensor = build(*item, key->text)) file.tensors.emplace_back(key->text, *tensor);
    }
    return !file.tensors.empty();
  }

  static bool is_call(const PickleValue& value, const char* name) { return value.kind == Kind::call && value.text == name; }

  /// A tensor or parameter; nothing when the value is something else, such as an epoch number.
  std::optional<torch::Tensor> build(const PickleValue& value, const std::string& name) {
    const PickleValue* tensor = &value;
    if (is_call(value, "torch._utils._rebuild_parameter")) {
      if (value.items.empty()) fail(fmt::format("parameter '{}' has no tensor", name));
      tensor = value.items[0];
    }
    if (!is_call(*tensor, "torch._utils._rebuild_tensor_v2") && !is_call(*tensor, "torch._utils._rebuild_tensor"))
      return std::nullopt;
    if (tensor->items.size() < 4) fail(fmt::format("tensor '{}' lacks arguments", name));
    const auto id = storage_id(*tensor->items[0], name);
    const auto offset = integer(*tensor->items[1], "offset", name);
    const auto sizes = integers(*tensor->items[2], "size", name);
    const auto strides = integers(*tensor->items[3], "stride", name);
    const auto count = checked_count(id, offset, sizes, strides, name);
    const auto whole = storage(id, name);
    charge(static_cast<std::uint64_t>(count) * torch::elementSize(id.type));
    return whole.as_strided(sizes, strides, id.offset + offset).clone(torch::MemoryFormat::Contiguous);
  }

  std::int64_t integer(const PickleValue& value, const char* what, const std::string& name) const {
    if (value.kind != Kind::integer || value.integer < 0)
      fail(fmt::format("the {} of tensor '{}' is not a whole number of zero or more", what, name));
    return value.integer;
  }

  std::vector<std::int64_t> integers(const PickleValue& value, const char* what, const std::string& name) const {
    const PickleValue* tuple = &value;
    if (is_call(value, "torch.Size") && value.items.size() == 1) tuple = value.items[0];
    if ((tuple->kind != Kind::tuple && tuple->kind != Kind::list) || tuple->items.size() > 64)
      fail(fmt::format("the {} of tensor '{}' is no tuple of numbers", what, name));
    std::vector<std::int64_t> result;
    for (const auto* item : tuple->items) result.push_back(integer(*item, what, name));
    return result;
  }

  /// ('storage', torch.FloatStorage, key, location, count[, view])
  StorageId storage_id(const PickleValue& value, const std::string& name) const {
    const PickleValue* id = value.kind == Kind::persistent ? value.items[0] : nullptr;
    if (!id || id->kind != Kind::tuple || id->items.size() < 5 || id->items[0]->kind != Kind::text ||
        id->items[0]->text != "storage" || id->items[1]->kind != Kind::global || id->items[2]->kind != Kind::text)
      fail(fmt::format("tensor '{}' does not name a storage", name));
    StorageId result{.key = id->items[2]->text, .type = storage_type(id->items[1]->text, name)};
    result.count = result.used = integer(*id->items[4], "element count", name);
    if (id->items.size() > 5 && id->items[5]->kind == Kind::tuple && id->items[5]->items.size() == 3) {
      result.offset = integer(*id->items[5]->items[1], "view offset", name);
      result.used = integer(*id->items[5]->items[2], "view size", name);
      if (result.offset > result.count || result.used > result.count - result.offset)
        fail(fmt::format("tensor '{}' uses a view beyond its storage of {} elements", name, result.count));
    }
    return result;
  }

  torch::ScalarType storage_type(const std::string& global, const std::string& name) const {
    for (const auto& entry : storage_types)
      if (global == entry.name) return entry.type;
    fail(fmt::format("tensor '{}' lies in a '{}', which is no known storage", name, global));
  }

  /// Tensors may share a storage (tied weights), but not so often that a small file fills the memory.
  void charge(std::uint64_t bytes) {
    if (bytes > budget_) fail("its tensors share their storages too often");
    budget_ -= bytes;
  }

  /// The number of elements. Every one must lie inside the storage, and there may not be more than it holds.
  std::int64_t checked_count(const StorageId& id, std::int64_t offset, const std::vector<std::int64_t>& sizes,
                             const std::vector<std::int64_t>& strides, const std::string& name) const {
    if (sizes.size() != strides.size())
      fail(fmt::format("tensor '{}' has {} sizes but {} strides", name, sizes.size(), strides.size()));
    if (std::find(sizes.begin(), sizes.end(), 0) != sizes.end()) {
      if (offset > id.used) fail(fmt::format("tensor '{}' begins beyond its storage", name));
      return 0;
    }
    std::int64_t last = offset, count = 1;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      std::int64_t reach = 0;
      if (__builtin_mul_overflow(sizes[i] - 1, strides[i], &reach) || __builtin_add_overflow(last, reach, &last) ||
          __builtin_mul_overflow(count, sizes[i], &count))
        fail(fmt::format("the sizes and strides of tensor '{}' overflow", name));
    }
    if (last >= id.used || count > id.used)
      fail(fmt::format("tensor '{}' needs element {} of a storage that has {}", name, std::max(last, count - 1), id.used));
    return count;
  }

  /// The whole storage as a flat tensor.
  torch::Tensor storage(const StorageId& id, const std::string& name) {
    const auto found = storages_.find(id.key);
    if (found == storages_.end()) fail(fmt::format("the storage '{}' of tensor '{}' is not in the file", id.key, name));
    const auto element = static_cast<std::uint64_t>(torch::elementSize(id.type));
    if (static_cast<std::uint64_t>(id.count) > found->second.bytes / element ||
        found->second.bytes != static_cast<std::uint64_t>(id.count) * element)
      fail(fmt::format("the storage '{}' of tensor '{}' should have {} elements of {} bytes, but has {} bytes", id.key, name,
                       id.count, element, found->second.bytes));
    auto& cached = built_[{id.key, id.type}];
    if (!cached.defined()) {
      cached = torch::empty({id.count}, id.type);
      if (id.count > 0) std::memcpy(cached.data_ptr(), found->second.data, found->second.bytes);
    }
    return cached;
  }

  const std::string& origin_;
  std::map<std::string, StorageBytes> storages_;
  std::map<std::pair<std::string, torch::ScalarType>, torch::Tensor> built_;
  std::uint64_t budget_ = 1 << 20;
};

PytorchFile parse_zip(const std::vector<std::uint8_t>& bytes, const std::string& origin, const PickleRules& rules) {
  const auto entries = read_zip(bytes.data(), bytes.size(), origin);
  const auto is_object = [](const ZipEntry& entry) {
    const auto slash = entry.name.find('/');
    return slash != std::string::npos && entry.name.substr(slash + 1) == "data.pkl";
  };
  const auto object = std::find_if(entries.begin(), entries.end(), is_object);
  if (object == entries.end())
    throw Error(ErrorCode::bad_file, fmt::format("{}: a zip archive, but not one of torch.save: it has no data.pkl", origin));
  const std::string folder = object->name.substr(0, object->name.size() - std::string("data.pkl").size());
  std::map<std::string, StorageBytes> storages;
  for (const auto& entry : entries) {
    if (entry.name.rfind(folder + "data/", 0) == 0) storages[entry.name.substr(folder.size() + 5)] = {entry.data, entry.bytes};
    if (entry.name == folder + "byteorder" && std::string(entry.data, entry.data + entry.bytes) != "little")
      throw Error(ErrorCode::bad_file, fmt::format("{}: its numbers are big-endian", origin));
  }
  const auto pickle = read_pickle(object->data, static_cast<std::size_t>(object->bytes), 0, rules, origin);
  PytorchFile file{.format = "PyTorch zip"};
  TensorBuilder(origin, std::move(storages)).collect(*pickle.root, file);
  return file;
}

/// Element sizes by storage key: the raw part of a legacy file gives counts only.
std::map<std::string, std::uint64_t> element_sizes(const Pickle& object) {
  std::map<std::string, std::uint64_t> sizes;
  for (const auto& value : object.values) {
    if (value.kind != Kind::persistent || value.items[0]->items.size() < 5) continue;
    const auto& id = value.items[0]->items;
    for (const auto& entry : storage_types)
      if (id[1]->text == entry.name) sizes[id[2]->text] = torch::elementSize(entry.type);
  }
  return sizes;
}

PytorchFile parse_legacy(const std::vector<std::uint8_t>& bytes, const std::string& origin, const PickleRules& rules) {
  const auto fail = [&](const std::string& what) { throw Error(ErrorCode::bad_file, fmt::format("{}: {}", origin, what)); };
  std::size_t at = sizeof(legacy_magic);
  const auto next = [&]() {
    auto pickle = read_pickle(bytes.data(), bytes.size(), at, rules, origin);
    at = pickle.end;
    return pickle;
  };
  if (const auto version = next(); version.root->kind != Kind::integer || version.root->integer != 1001)
    fail("its version is not 1001, the only one of the legacy format");
  const auto system = next();
  if (const auto* little = system.root->find("little_endian"); little && little->integer == 0) fail("its numbers are big-endian");
  const auto object = next();
  const auto keys = next();
  if (keys.root->kind != Kind::list) fail("it has no list of storages");
  const auto sizes = element_sizes(object);
  std::map<std::string, StorageBytes> storages;
  for (const auto* key : keys.root->items) {
    const auto size = sizes.find(key->text);
    if (key->kind != Kind::text || size == sizes.end())
      fail(fmt::format("it holds a storage '{}' that no tensor uses", key->text));
    std::int64_t count = 0;
    if (bytes.size() - at < 8) fail(fmt::format("it ends before storage '{}'", key->text));
    std::memcpy(&count, bytes.data() + at, 8);
    at += 8;
    if (count < 0 || static_cast<std::uint64_t>(count) > (bytes.size() - at) / size->second)
      fail(fmt::format("storage '{}' should have {} elements, but the file ends after {} bytes", key->text, count,
                       bytes.size() - at));
    const auto used = static_cast<std::uint64_t>(count) * size->second;
    storages[key->text] = {bytes.data() + at, used};
    at += static_cast<std::size_t>(used);
  }
  PytorchFile file{.format = "PyTorch legacy"};
  TensorBuilder(origin, std::move(storages)).collect(*object.root, file);
  return file;
}

}  // namespace

bool looks_like_pytorch(const std::uint8_t* data, std::size_t size) {
  return begins_with(data, size, zip_magic) || begins_with(data, size, legacy_magic);
}

bool is_old_pytorch_tar(const std::uint8_t* data, std::size_t size) {
  return size > 262 && std::memcmp(data + 257, "ustar", 5) == 0;
}

PytorchFile parse_pytorch(const std::vector<std::uint8_t>& bytes, const std::string& origin, const PytorchOptions& options) {
  const auto rules = rules_for(options);
  if (begins_with(bytes.data(), bytes.size(), zip_magic)) return parse_zip(bytes, origin, rules);
  if (begins_with(bytes.data(), bytes.size(), legacy_magic)) return parse_legacy(bytes, origin, rules);
  if (is_old_pytorch_tar(bytes.data(), bytes.size()))
    throw Error(ErrorCode::bad_file, fmt::format("{}: a tar archive, the form that PyTorch wrote before version 0.1.10", origin),
                "load it in Python and save it again with torch.save");
  throw Error(ErrorCode::bad_file, fmt::format("{}: neither a zip nor a legacy file of torch.save", origin));
}

PytorchFile read_pytorch(const std::filesystem::path& file, const PytorchOptions& options) {
  return parse_pytorch(read_bytes(file, 64ull << 30), file.string(), options);
}

}  // namespace mien
