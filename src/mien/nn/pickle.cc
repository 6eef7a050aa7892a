// SPDX-FileCopyrightText: 2026 The mien authors
// SPDX-License-Identifier: Apache-2.0
#include "mien/nn/pickle.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <unordered_map>

#include "mien/base/error.h"

namespace mien {

const PickleValue* PickleValue::find(const std::string& key) const {
  for (const auto& [name, value] : pairs)
    if (name->kind == Kind::text && name->text == key) return value;
  return nullptr;
}

namespace {

using Kind = PickleValue::Kind;

/// Opcodes of Python's pickletools that PyTorch's files contain.
enum Opcode : std::uint8_t {
  op_mark = '(',
  op_stop = '.',
  op_pop = '0',
  op_pop_mark = '1',
  op_dup = '2',
  op_binfloat = 'G',
  op_binint = 'J',
  op_binint1 = 'K',
  op_binint2 = 'M',
  op_none = 'N',
  op_binpersid = 'Q',
  op_reduce = 'R',
  op_binstring = 'T',
  op_short_binstring = 'U',
  op_binunicode = 'X',
  op_append = 'a',
  op_build = 'b',
  op_global = 'c',
  op_dict = 'd',
  op_empty_dict = '}',
  op_appends = 'e',
  op_binget = 'h',
  op_long_binget = 'j',
  op_list = 'l',
  op_empty_list = ']',
  op_binput = 'q',
  op_long_binput = 'r',
  op_setitem = 's',
  op_tuple = 't',
  op_empty_tuple = ')',
  op_setitems = 'u',
  op_binbytes = 'B',
  op_short_binbytes = 'C',
  op_proto = 0x80,
  op_newobj = 0x81,
  op_tuple1 = 0x85,
  op_tuple2 = 0x86,
  op_tuple3 = 0x87,
  op_newtrue = 0x88,
  op_newfalse = 0x89,
  op_long1 = 0x8a,
  op_long4 = 0x8b,
  op_short_binunicode = 0x8c,
  op_binunicode8 = 0x8d,
  op_binbytes8 = 0x8e,
  op_stack_global = 0x93,
  op_memoize = 0x94,
  op_frame = 0x95,
};

class Reader {
 public:
  Reader(const std::uint8_t* data, std::size_t size, std::size_t begin, const PickleRules& rules, const std::string& origin)
      : data_(data), size_(size), at_(begin), rules_(rules), origin_(origin) {}

  Pickle read() {
    while (!done_) step(byte());
    result_.root = pop();
    if (!stack_.empty()) fail("values are left over at its end");
    result_.end = at_;
    return std::move(result_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::bad_file, fmt::format("{}: damaged pickle at byte {}: {}", origin_, at_, what));
  }

  // --- bytes ---
  const std::uint8_t* take(std::uint64_t count) {
    if (count > size_ - at_) fail(fmt::format("{} bytes are needed, but only {} are left", count, size_ - at_));
    const auto* start = data_ + at_;
    at_ += static_cast<std::size_t>(count);
    return start;
  }
  std::uint8_t byte() { return *take(1); }
  template <typename T>
  T number() {
    T value;
    std::memcpy(&value, take(sizeof(T)), sizeof(T));
    return value;
  }
  std::string text(std::uint64_t count) {
    const auto* start = take(count);
    return {reinterpret_cast<const char*>(start), static_cast<std::size_t>(count)};
  }
  std::string line() {
    const auto* start = data_ + at_;
    const auto* stop = static_cast<const std::uint8_t*>(size_ > at_ ? std::memchr(start, '\n', size_ - at_) : nullptr);
    if (!stop) fail("a line has no end");
    at_ += static_cast<std::size_t>(stop - start) + 1;
    return {start, stop};
  }

  // --- values ---
  /// A few bytes can ask for the same long tuple to be copied again and again: memory is bounded as a whole.
  void charge(std::size_t count) {
    if (count > budget_) fail("it holds more values than any weight file needs");
    budget_ -= count;
  }
  PickleValue* make(Kind kind) {
    charge(1);
    result_.values.emplace_back().kind = kind;
    return &result_.values.back();
  }
  void push(PickleValue* value) { stack_.push_back(value); }
  void push_integer(std::int64_t value, Kind kind = Kind::integer) {
    push(make(kind));
    stack_.back()->integer = value;
  }
  void push_text(std::string value) {
    push(make(Kind::text));
    stack_.back()->text = std::move(value);
  }
  PickleValue* top() const {
    if (stack_.size() <= floor()) fail("a value is missing");
    return stack_.back();
  }
  PickleValue* pop() {
    auto* value = top();
    stack_.pop_back();
    return value;
  }
  std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }
  std::vector<PickleValue*> pop_to_mark() {
    if (marks_.empty()) fail("a mark is missing");
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<PickleValue*> items(first, stack_.end());
    stack_.erase(first, stack_.end());
    marks_.pop_back();
    return items;
  }
  std::vector<PickleValue*> pop_count(std::size_t count) {
    std::vector<PickleValue*> items(count);
    for (std::size_t i = count; i-- > 0;) items[i] = pop();
    return items;
  }
  void push_items(Kind kind, std::vector<PickleValue*> items) {
    push(make(kind));
    stack_.back()->items = std::move(items);
  }

  void put(std::uint64_t key) { memo_[key] = top(); }
  void get(std::uint64_t key) {
    const auto found = memo_.find(key);
    if (found == memo_.end()) fail(fmt::format("memo entry {} does not exist", key));
    push(found->second);
  }

  void set_items(PickleValue* target, const std::vector<PickleValue*>& items) {
    if (target->kind == Kind::opaque) return;
    if (target->kind != Kind::dict || items.size() % 2 != 0) fail("items are set on something that is no dictionary");
    for (std::size_t i = 0; i < items.size(); i += 2) target->pairs.emplace_back(items[i], items[i + 1]);
  }
  void append(PickleValue* target, const std::vector<PickleValue*>& items) {
    if (target->kind == Kind::opaque) return;
    if (target->kind != Kind::list) fail("items are appended to something that is no list");
    target->items.insert(target->items.end(), items.begin(), items.end());
  }

  void push_long(std::uint64_t count) {
    const auto* bytes = take(count);
    // Two's complement. Only PyTorch's magic number is longer than 64 bits: it keeps its bytes as text.
    if (count > 8) return push_text({bytes, bytes + count});
    std::uint64_t value = count > 0 && (bytes[count - 1] & 0x80) ? ~0ull : 0;
    for (std::uint64_t i = count; i-- > 0;) value = (value << 8) | bytes[i];
    push_integer(static_cast<std::int64_t>(value));
  }

  void push_global(const std::string& module, const std::string& name) {
    const std::string full = module + "." + name;
    const bool allowed = rules_.globals.count(full) != 0;
    if (!allowed && !rules_.pass_over_unknown)
      throw Error(ErrorCode::bad_file,
                  fmt::format("{}: the pickle names '{}', which is not among the few names that weights need", origin_, full),
                  "only tensors are read, nothing is executed; save the state_dict alone, or pass unknown objects over");
    push(make(allowed ? Kind::global : Kind::opaque));
    stack_.back()->text = full;
  }

  void stack_global() {
    const auto* name = pop();
    const auto* module = pop();
    if (name->kind != Kind::text || module->kind != Kind::text) fail("a global has no name");
    push_global(module->text, name->text);
  }

  void reduce() {
    const auto* arguments = pop();
    const auto* callee = pop();
    if (arguments->kind != Kind::tuple) fail("arguments are no tuple");
    if (callee->kind == Kind::opaque) {
      push(make(Kind::opaque));
      stack_.back()->text = callee->text;
      return;
    }
    if (callee->kind != Kind::global) fail("something is called that is no name");
    if (callee->text == "collections.OrderedDict") return push_ordered_dict(*arguments);
    charge(arguments->items.size());
    push_items(Kind::call, arguments->items);
    stack_.back()->text = callee->text;
  }

  /// Python writes OrderedDict() and sets the items later, or passes a list of pairs.
  void push_ordered_dict(const PickleValue& arguments) {
    push(make(Kind::dict));
    if (arguments.items.empty()) return;
    if (arguments.items.size() != 1 || arguments.items[0]->kind != Kind::list)
      fail("an OrderedDict is made from something unexpected");
    charge(arguments.items[0]->items.size());
    for (const auto* pair : arguments.items[0]->items) {
      if (pair->items.size() != 2) fail("an OrderedDict is made from something that is no list of pairs");
      stack_.back()->pairs.emplace_back(pair->items[0], pair->items[1]);
    }
  }

  void step(std::uint8_t code) {
    if (!scalar(code) && !container(code) && !bookkeeping(code))
      fail(fmt::format("opcode 0x{:02x} is not one that PyTorch writes", code));
  }

  bool scalar(std::uint8_t code) {
    switch (code) {
      case op_none: push(make(Kind::none)); return true;
      case op_newtrue: push_integer(1, Kind::boolean); return true;
      case op_newfalse: push_integer(0, Kind::boolean); return true;
      case op_binint: push_integer(number<std::int32_t>()); return true;
      case op_binint1: push_integer(byte()); return true;
      case op_binint2: push_integer(number<std::uint16_t>()); return true;
      case op_long1: push_long(byte()); return true;
      case op_long4: push_long(number<std::uint32_t>()); return true;
      case op_binfloat: {
        std::uint64_t bits = 0;
        const auto* bytes = take(8);
        for (int i = 0; i < 8; ++i) bits = (bits << 8) | bytes[i];  // the only big-endian number
        push(make(Kind::real));
        stack_.back()->real = std::bit_cast<double>(bits);
        return true;
      }
      case op_short_binstring: case op_short_binbytes: case op_short_binunicode: push_text(text(byte())); return true;
      case op_binstring: case op_binbytes: case op_binunicode: push_text(text(number<std::uint32_t>())); return true;
      case op_binunicode8: case op_binbytes8: push_text(text(number<std::uint64_t>())); return true;
      default: return false;
    }
  }

  bool container(std::uint8_t code) {
    switch (code) {
      case op_empty_list: push(make(Kind::list)); return true;
      case op_empty_dict: push(make(Kind::dict)); return true;
      case op_empty_tuple: push(make(Kind::tuple)); return true;
      case op_tuple: push_items(Kind::tuple, pop_to_mark()); return true;
      case op_tuple1: push_items(Kind::tuple, pop_count(1)); return true;
      case op_tuple2: push_items(Kind::tuple, pop_count(2)); return true;
      case op_tuple3: push_items(Kind::tuple, pop_count(3)); return true;
      case op_list: push_items(Kind::list, pop_to_mark()); return true;
      case op_dict: {
        const auto items = pop_to_mark();
        push(make(Kind::dict));
        set_items(stack_.back(), items);
        return true;
      }
      case op_append: {
        const auto items = pop_count(1);
        append(top(), items);
        return true;
      }
      case op_appends: {
        const auto items = pop_to_mark();
        append(top(), items);
        return true;
      }
      case op_setitem: {
        const auto items = pop_count(2);
        set_items(top(), items);
        return true;
      }
      case op_setitems: {
        const auto items = pop_to_mark();
        set_items(top(), items);
        return true;
      }
      default: return false;
    }
  }

  bool bookkeeping(std::uint8_t code) {
    switch (code) {
      case op_proto:
        if (const auto protocol = byte(); protocol < 2 || protocol > 5) fail(fmt::format("protocol {} is not 2 to 5", protocol));
        return true;
      case op_frame: number<std::uint64_t>(); return true;
      case op_mark: marks_.push_back(stack_.size()); return true;
      case op_pop: pop(); return true;
      case op_pop_mark: pop_to_mark(); return true;
      case op_dup: push(top()); return true;
      case op_binput: put(byte()); return true;
      case op_long_binput: put(number<std::uint32_t>()); return true;
      case op_memoize: put(memo_.size()); return true;
      case op_binget: get(byte()); return true;
      case op_long_binget: get(number<std::uint32_t>()); return true;
      case op_global: {
        const auto module = line();
        push_global(module, line());
        return true;
      }
      case op_stack_global: stack_global(); return true;
      case op_reduce: case op_newobj: reduce(); return true;
      case op_build:  // attributes, e.g. the _metadata of a state_dict: no tensor hides there
        pop();
        top();
        return true;
      case op_binpersid: push_items(Kind::persistent, pop_count(1)); return true;
      case op_stop: done_ = true; return true;
      default: return false;
    }
  }

  const std::uint8_t* data_;
  std::size_t size_, at_;
  const PickleRules& rules_;
  const std::string& origin_;
  Pickle result_;
  std::vector<PickleValue*> stack_;
  std::vector<std::size_t> marks_;
  std::unordered_map<std::uint64_t, PickleValue*> memo_;
  std::size_t budget_ = 20'000'000;
  bool done_ = false;
};

}  // namespace

Pickle read_pickle(const std::uint8_t* data, std::size_t size, std::size_t begin, const PickleRules& rules,
                   const std::string& origin) {
  return Reader(data, size, std::min(begin, size), rules, origin).read();
}

}  // namespace mien
