/// Values by path: reading, setting, deleting; slices.
/// Source: jq 1.8 manual, "getpath", "setpath", "delpaths", "Array/string slice".
#include <algorithm>
#include <cmath>

#include "base/deep_call.h"
#include "commands/jq/interp.h"
#include "commands/jq/json_write.h"

namespace nacre::jq {
namespace {

constexpr size_t kMaxPath = 10000;
constexpr double kMaxIndex = 536870911;

const Value kStart = Value::string("start"), kEnd = Value::string("end");

Value no_index(Interp& interp, const Value& v, const Value& key) {
  return interp.fail("Cannot index " + std::string(kind_name(v)) + " with " + kind_name(key) + " (" + brief(key) + ")");
}

// Bounds of a slice of `length` things. False after fail().
bool bounds(Interp& interp, const Value& key, size_t length, size_t& from, size_t& to) {
  const Value* s = key.find(kStart);
  const Value* e = key.find(kEnd);
  bool good = (!s || s->is_null() || s->is_number()) && (!e || e->is_null() || e->is_number()) && s && e;
  if (!good) {
    interp.fail("Array/string slice indices must be integers");
    return false;
  }
  double n = static_cast<double>(length);
  double a = s->is_null() ? 0 : s->num(), b = e->is_null() ? n : e->num();
  if (a != a) a = 0;
  if (b != b) b = n;
  if (a < 0) a += n;
  if (b < 0) b += n;
  a = std::clamp(std::floor(a), 0.0, n);
  b = std::clamp(std::ceil(b), a, n);
  from = static_cast<size_t>(a);
  to = static_cast<size_t>(b);
  return true;
}

double wrapped(double i, size_t size) {
  i = std::floor(i);
  return i < 0 ? i + static_cast<double>(size) : i;
}

bool put_slice(Interp& interp, Value& v, const Value& key, Value x) {
  if (v.is_null()) v = Value::array();
  size_t from, to;
  if (!bounds(interp, key, v.size(), from, to)) return false;
  if (!x.is_array()) {
    interp.fail("A slice of an array can only be assigned another array");
    return false;
  }
  Value out = v.slice(0, from);
  for (size_t i = 0; i < x.size(); i++) out.push(x.at(i));
  for (size_t i = to; i < v.size(); i++) out.push(v.at(i));
  v = std::move(out);
  return true;
}

bool put_index(Interp& interp, Value& v, const Value& key, Value x) {
  double i = key.num();
  if (i != i) {
    interp.fail("Cannot set array element at NaN index");
    return false;
  }
  if (v.is_null()) v = Value::array();
  i = wrapped(i, v.size());
  if (i < 0) {
    interp.fail("Out of bounds negative array index");
    return false;
  }
  if (i > kMaxIndex) {
    interp.fail("Array index too large");
    return false;
  }
  v.slot(static_cast<size_t>(i)) = std::move(x);
  return true;
}

// Deletes the keys (sorted) of one container.
bool delete_keys(Interp& interp, Value& v, const std::vector<Value>& keys) {
  std::vector<std::pair<size_t, size_t>> cuts;
  for (const Value& key : keys) {
    if (v.is_null()) continue;
    if (v.is_object() && key.is_string()) {
      v.remove(key);
      continue;
    }
    size_t from, to;
    if (v.is_array() && key.is_object()) {
      if (!bounds(interp, key, v.size(), from, to)) return false;
      cuts.emplace_back(from, to);
    } else if (v.is_array() && key.is_number()) {
      double i = wrapped(key.num(), v.size());
      if (i >= 0 && i < static_cast<double>(v.size())) cuts.emplace_back(static_cast<size_t>(i), static_cast<size_t>(i) + 1);
    } else {
      no_index(interp, v, key);
      return false;
    }
  }
  if (cuts.empty()) return true;
  std::sort(cuts.begin(), cuts.end());
  Value out = Value::array(v.size());
  size_t at = 0;
  for (auto [from, to] : cuts) {
    for (; at < from; at++) out.push(v.at(at));
    at = std::max(at, to);
  }
  for (; at < v.size(); at++) out.push(v.at(at));
  v = std::move(out);
  return true;
}

// paths[begin..end), sorted and all longer than `level`: those that end here are deleted after
// what is below the others.
bool delete_below(Interp& interp, Value& v, const std::vector<Value>& paths, size_t begin, size_t end, size_t level) {
  if (v.is_null()) return true;
  std::vector<Value> ending;
  for (size_t i = end; i > begin;) {   // from the back, so that positions stay right
    const Value& key = paths[i - 1].at(level);
    size_t first = i - 1;
    while (first > begin && compare(paths[first - 1].at(level), key) == 0) first--;
    if (paths[first].size() == level + 1) {
      ending.push_back(key);
    } else {
      Value child = get(interp, v, key);
      if (!child.valid()) return false;
      if (!child.is_null()) {
        if (!deep_call([&] { return delete_below(interp, child, paths, first, i, level + 1); })) return false;
        if (!put(interp, v, key, std::move(child))) return false;
      }
    }
    i = first;
  }
  return delete_keys(interp, v, ending);
}

}  // namespace

Value slice_key(const Value& from, const Value& to) {
  Value key = Value::object();
  key.set(kStart, from);
  key.set(kEnd, to);
  return key;
}

Value get(Interp& interp, const Value& v, const Value& key) {
  if (v.is_object() && key.is_string()) {
    const Value* found = v.find(key);
    return found ? *found : Value::null();
  }
  if (v.is_array() && key.is_number()) {
    double i = key.num();
    if (i != i) return Value::null();
    i = wrapped(i, v.size());
    return i >= 0 && i < static_cast<double>(v.size()) ? v.at(static_cast<size_t>(i)) : Value::null();
  }
  if (v.is_null() && (key.is_string() || key.is_number() || key.is_object() || key.is_null())) return Value::null();
  if ((v.is_array() || v.is_string()) && key.is_object()) {
    size_t from, to;
    if (v.is_array()) return bounds(interp, key, v.size(), from, to) ? v.slice(from, to) : Value();
    std::string_view s = v.str();
    if (!bounds(interp, key, codepoints(s), from, to)) return Value();
    size_t a = codepoint_offset(s, from), b = codepoint_offset(s, to);
    return Value::string(s.substr(a, b - a));
  }
  if (v.is_array() && key.is_array()) {
    Value out = Value::array();
    size_t n = key.size();
    for (size_t i = 0; n && i + n <= v.size(); i++) {
      size_t k = 0;
      while (k < n && compare(v.at(i + k), key.at(k)) == 0) k++;
      if (k == n) out.push(Value::number(static_cast<double>(i)));
    }
    return out;
  }
  return no_index(interp, v, key);
}

bool put(Interp& interp, Value& v, const Value& key, Value x) {
  if (key.is_string() && (v.is_object() || v.is_null())) {
    if (v.is_null()) v = Value::object();
    v.set(key, std::move(x));
    return true;
  }
  if (key.is_number() && (v.is_array() || v.is_null())) return put_index(interp, v, key, std::move(x));
  if (key.is_object() && (v.is_array() || v.is_null())) return put_slice(interp, v, key, std::move(x));
  if (key.is_object() && v.is_string()) interp.fail("Cannot update string slices");
  else if (key.is_array() && v.is_array()) interp.fail("Cannot update field at array index of array");
  else no_index(interp, v, key);
  return false;
}

Value get_path(Interp& interp, const Value& v, const Value& path) {
  if (!path.is_array()) return interp.fail("Path must be specified as an array");
  if (path.size() > kMaxPath) return interp.fail("Path too deep");
  Value at = v;
  for (size_t i = 0; i < path.size(); i++) {
    if (at.is_null()) return at;
    at = get(interp, at, path.at(i));
    if (!at.valid()) return at;
  }
  return at;
}

namespace {

bool can_place(const Value& v, const Value& path, bool create) {
  const Value* at = &v;   // null: what would be made
  for (size_t i = 0; i < path.size(); i++) {
    const Value& key = path.at(i);
    if (!key.is_string() && !key.is_number()) return false;
    if (at && at->is_null()) at = nullptr;
    if (!at && !create) return false;
    if (key.is_string()) {
      if (at && !at->is_object()) return false;
      at = at ? at->find(key) : nullptr;
    } else {
      if (at && !at->is_array()) return false;
      size_t size = at ? at->size() : 0;
      double n = wrapped(key.num(), size);
      if (!(n >= 0 && n <= kMaxIndex)) return false;
      at = n < static_cast<double>(size) ? &at->at(static_cast<size_t>(n)) : nullptr;
    }
    if (!at && !create) return false;
  }
  return true;
}

}  // namespace

Value* place_of(Value& v, const Value& path, bool create) {
  if (!can_place(v, path, create)) return nullptr;
  Value* at = &v;
  for (size_t i = 0; i < path.size(); i++) {
    const Value& key = path.at(i);
    if (at->is_null()) *at = key.is_string() ? Value::object() : Value::array();
    at = key.is_string() ? &at->slot(key) : &at->slot(static_cast<size_t>(wrapped(key.num(), at->size())));
  }
  return at;
}

namespace {

bool set_below(Interp& interp, Value& v, const Value& path, size_t level, Value& x) {
  if (level == path.size()) {
    v = std::move(x);
    return true;
  }
  Value child = get(interp, v, path.at(level));
  if (!child.valid()) return false;
  if (!deep_call([&] { return set_below(interp, child, path, level + 1, x); })) return false;
  return put(interp, v, path.at(level), std::move(child));
}

}  // namespace

bool set_path(Interp& interp, Value& v, const Value& path, Value x) {
  if (!path.is_array()) {
    interp.fail("Path must be specified as an array");
    return false;
  }
  if (path.size() > kMaxPath) {
    interp.fail("Path too deep");
    return false;
  }
  if (Value* place = place_of(v, path, true)) {
    *place = std::move(x);
    return true;
  }
  return set_below(interp, v, path, 0, x);
}

bool delete_paths(Interp& interp, Value& v, Value paths) {
  if (!paths.is_array()) {
    interp.fail("Paths must be specified as an array");
    return false;
  }
  std::vector<Value> list;
  for (size_t i = 0; i < paths.size(); i++) {
    const Value& p = paths.at(i);
    if (!p.is_array()) {
      interp.fail("Path must be specified as array, not " + std::string(kind_name(p)));
      return false;
    }
    if (p.size() > kMaxPath) {
      interp.fail("Path too deep");
      return false;
    }
    if (p.size() == 0) {
      v = Value::null();
      return true;
    }
    list.push_back(p);
  }
  std::sort(list.begin(), list.end(), [](const Value& a, const Value& b) { return compare(a, b) < 0; });
  return delete_below(interp, v, list, 0, list.size(), 0);
}

}  // namespace nacre::jq
