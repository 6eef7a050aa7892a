// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace mien {

/// A value read from a pickle. Nothing is ever executed: a call stays a value that says what would have been called.
struct PickleValue {
  enum class Kind {
    none,
    boolean,     ///< integer is 0 or 1
    integer,
    real,
    text,        ///< also bytes
    list,        ///< items
    tuple,       ///< items
    dict,        ///< pairs, in insertion order
    global,      ///< text is "module.name", one of the allowed names
    call,        ///< text is "module.name", items the arguments
    persistent,  ///< items: the persistent id, a single value
    opaque,      ///< something unknown that was passed over; text is its name
  };
  Kind kind = Kind::none;
  std::int64_t integer = 0;
  double real = 0;
  std::string text;
  std::vector<PickleValue*> items;
  std::vector<std::pair<PickleValue*, PickleValue*>> pairs;

  /// The value of a text key of a dict; nullptr when absent.
  const PickleValue* find(const std::string& key) const;
};

/// The result of reading one pickle. Values may refer to each other in any way, cycles included; all die with this.
struct Pickle {
  std::deque<PickleValue> values;
  PickleValue* root = nullptr;
  std::size_t end = 0;  ///< position after the STOP opcode
};

/// What a pickle may name.
struct PickleRules {
  std::set<std::string> globals;   ///< "collections.OrderedDict", "torch.FloatStorage", ...
  bool pass_over_unknown = false;  ///< other names become opaque values instead of an error; still nothing is executed
};

/// Reads a pickle of protocol 2 to 5 from `data` at `begin`. Throws Error{bad_file} that names `origin` for anything truncated,
/// for opcodes that PyTorch does not write, and for a global that `rules` do not allow, by its name. Work and memory are
/// bounded by the size of the input. `collections.OrderedDict` becomes a dict.
Pickle read_pickle(const std::uint8_t* data, std::size_t size, std::size_t begin, const PickleRules& rules,
                   const std::string& origin);

}  // namespace mien
