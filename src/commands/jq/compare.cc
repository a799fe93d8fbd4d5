/// The order of values, containment, and code points of strings.
/// Source: jq 1.8 manual, "sort", "contains", "<, <=, >, >=".
#include <algorithm>
#include <vector>

#include "base/deep_call.h"
#include "commands/jq/number.h"
#include "commands/jq/value.h"

namespace nacre::jq {
namespace {

int sign(int n) { return n < 0 ? -1 : n > 0; }

int compare_at(const Value& a, const Value& b, int depth);

int compare_arrays(const Value& a, const Value& b, int depth) {
  if (a.identical(b) && a.size() == 0) return 0;
  size_t n = std::min(a.size(), b.size());
  for (size_t i = 0; i < n; i++) {
    int c = deep_call([&] { return compare_at(a.at(i), b.at(i), depth + 1); });
    if (c) return c;
  }
  return a.size() < b.size() ? -1 : a.size() > b.size();
}

// First the sets of keys as sorted arrays, then the values key by key.
int compare_objects(const Value& a, const Value& b, int depth) {
  Value x = sorted_keys(a), y = sorted_keys(b);
  int c = compare_arrays(x, y, depth);
  if (c) return c;
  for (size_t i = 0; i < x.size(); i++) {
    c = deep_call([&] { return compare_at(*a.find(x.at(i)), *b.find(x.at(i)), depth + 1); });
    if (c) return c;
  }
  return 0;
}

int compare_at(const Value& a, const Value& b, int depth) {
  if (depth > kMaxDepth) return kTooDeep;
  Kind k = a.kind();
  if (k != b.kind()) return k < b.kind() ? -1 : 1;
  switch (k) {
    case Kind::Number: return compare_numbers(a, b);
    case Kind::String: return sign(a.str().compare(b.str()));
    case Kind::Array: return compare_arrays(a, b, depth);
    case Kind::Object: return compare_objects(a, b, depth);
    default: return 0;
  }
}

int contains_at(const Value& a, const Value& b, int depth) {
  if (depth > kMaxDepth) return kTooDeep;
  if (a.kind() != b.kind()) return 0;
  if (a.is_object()) {
    int all = 1;
    each_entry(b, [&](const Value& key, const Value& want) {
      if (all != 1) return;
      const Value* have = a.find(key);
      all = have ? deep_call([&] { return contains_at(*have, want, depth + 1); }) : 0;
    });
    return all;
  }
  if (a.is_array()) {
    for (size_t i = 0; i < b.size(); i++) {
      int any = 0;
      for (size_t j = 0; j < a.size() && !any; j++) any = deep_call([&] { return contains_at(a.at(j), b.at(i), depth + 1); });
      if (any != 1) return any;
    }
    return 1;
  }
  if (a.is_string()) return a.str().find(b.str()) != std::string_view::npos;
  return compare_at(a, b, depth) == 0;
}

}  // namespace

int compare(const Value& a, const Value& b) { return compare_at(a, b, 0); }
int contains(const Value& a, const Value& b) { return contains_at(a, b, 0); }

Value sorted_keys(const Value& object) {
  Value keys = Value::array(object.size());
  each_entry(object, [&](const Value& key, const Value&) { keys.push(key); });
  Value* first = keys.arr()->items();
  std::sort(first, first + keys.size(), [](const Value& x, const Value& y) { return x.str() < y.str(); });
  return keys;
}

size_t codepoints(std::string_view s) {
  size_t n = 0;
  for (char c : s) n += (c & 0xc0) != 0x80;
  return n;
}

size_t codepoint_offset(std::string_view s, size_t n) {
  size_t i = 0;
  for (; i < s.size(); i++) {
    if ((s[i] & 0xc0) == 0x80) continue;
    if (n-- == 0) return i;
  }
  return i;
}

}  // namespace nacre::jq
