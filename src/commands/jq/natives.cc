/// Builtins over values: lengths, keys, sorting, conversion, what belongs to the run.
/// Source: jq 1.8 manual, "Builtin operators and functions".
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/deep_call.h"
#include "commands/jq/interp.h"
#include "commands/jq/json_read.h"
#include "commands/jq/json_write.h"
#include "commands/jq/natives.h"
#include "commands/jq/number.h"

namespace nacre::jq {
namespace {

Value no_iterate(Interp& i, const Value& v) { return i.fail("Cannot iterate over " + std::string(kind_name(v)) + " (" + brief(v) + ")"); }

Value f_length(Interp& i, Value& in, Value*) {
  switch (in.kind()) {
    case Kind::Null: return Value::number(0);
    case Kind::Number: return absolute(in);
    case Kind::String: return Value::number(static_cast<double>(codepoints(in.str())));
    case Kind::Array:
    case Kind::Object: return Value::number(static_cast<double>(in.size()));
    default: return i.fail_about(in, "has no length");
  }
}

Value f_utf8bytelength(Interp& i, Value& in, Value*) {
  return in.is_string() ? Value::number(static_cast<double>(in.str().size())) : i.fail_about(in, "only strings have UTF-8 byte length");
}

Value f_not(Interp&, Value& in, Value*) { return Value::boolean(!in.truthy()); }
Value f_type(Interp&, Value& in, Value*) { return Value::string(kind_name(in)); }

Value positions(const Value& v) {
  Value out = Value::array(v.size());
  for (size_t i = 0; i < v.size(); i++) out.push(Value::number(static_cast<double>(i)));
  return out;
}

Value f_keys(Interp& i, Value& in, Value*) { return in.is_object() ? sorted_keys(in) : in.is_array() ? positions(in) : i.fail_about(in, "has no keys"); }

Value f_keys_unsorted(Interp& i, Value& in, Value*) {
  if (!in.is_object()) return f_keys(i, in, nullptr);
  Value out = Value::array(in.size());
  each_entry(in, [&](const Value& k, const Value&) { out.push(k); });
  return out;
}

Value f_has(Interp& i, Value& in, Value* a) {
  if (in.is_object() && a[0].is_string()) return Value::boolean(in.find(a[0]) != nullptr);
  if (in.is_array() && a[0].is_number()) return Value::boolean(a[0].num() >= 0 && a[0].num() < static_cast<double>(in.size()));
  return i.fail("Cannot check whether " + std::string(kind_name(in)) + " has a " + kind_name(a[0]) + " key");
}

Value f_contains(Interp& i, Value& in, Value* a) {
  if (in.kind() != a[0].kind() && !(in.is_bool() && a[0].is_bool())) {
    return i.fail(std::string(kind_name(in)) + " (" + brief(in) + ") and " + kind_name(a[0]) + " (" + brief(a[0]) + ") cannot have their containment checked");
  }
  int c = contains(in, a[0]);
  return c == kTooDeep ? i.fail("Containment check too deep") : Value::boolean(c == 1);
}

Value f_add(Interp& i, Value& in, Value*) {
  if (!in.is_array() && !in.is_object()) return no_iterate(i, in);
  Value sum = Value::null(), all = std::move(in);
  auto one = [&](const Value& v) {
    if (sum.valid()) sum = i.arithmetic(Arith::Add, std::move(sum), v);
  };
  if (all.is_array())
    for (size_t k = 0; k < all.size() && sum.valid(); k++) {
      i.process().tick();
      one(all.at(k));
    }
  else each_entry(all, [&](const Value&, const Value& v) { one(v); });
  return sum;
}

// ---- sorting
bool sort_values(Interp& i, Value& v) {
  Value copy = Value::array(v.size());
  for (size_t k = 0; k < v.size(); k++) copy.push(v.at(k));
  bool deep = false;
  i.process().tick(static_cast<uint32_t>(v.size()));
  Value* first = copy.arr()->items();
  std::stable_sort(first, first + copy.size(), [&](const Value& x, const Value& y) {
    int c = compare(x, y);
    deep |= c == kTooDeep;
    return c < 0;
  });
  if (deep) i.fail("Comparison too deep");
  v = std::move(copy);
  return !deep;
}

Value f_sort(Interp& i, Value& in, Value*) {
  if (!in.is_array()) return i.fail_about(in, "cannot be sorted, as it is not an array");
  return sort_values(i, in) ? std::move(in) : Value();
}

Value f_unique(Interp& i, Value& in, Value*) {
  if (!in.is_array()) return i.fail_about(in, "cannot be sorted, as it is not an array");
  if (!sort_values(i, in)) return Value();
  Value out = Value::array();
  for (size_t k = 0; k < in.size(); k++) {
    int c = k ? compare(in.at(k), in.at(k - 1)) : 1;
    if (c == kTooDeep) return i.fail("Comparison too deep");
    if (c) out.push(in.at(k));
  }
  return out;
}

Value extreme(Interp& i, const Value& in, bool max) {
  if (!in.is_array()) return i.fail(std::string(kind_name(in)) + " (" + brief(in) + ") and " + kind_name(in) + " (" + brief(in) + ") cannot be iterated over");
  Value best = in.size() ? in.at(0) : Value::null();
  for (size_t k = 1; k < in.size(); k++) {
    int c = compare(in.at(k), best);
    if (c == kTooDeep) return i.fail("Comparison too deep");
    if (max ? c >= 0 : c < 0) best = in.at(k);
  }
  return best;
}
Value f_min(Interp& i, Value& in, Value*) { return extreme(i, in, false); }
Value f_max(Interp& i, Value& in, Value*) { return extreme(i, in, true); }

Value f_bsearch(Interp& i, Value& in, Value* a) {
  if (!in.is_array()) return i.fail_about(in, "cannot be searched from");
  size_t low = 0, high = in.size();
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    int c = compare(in.at(mid), a[0]);
    if (c == 0) return Value::number(static_cast<double>(mid));
    if (c < 0) low = mid + 1;
    else high = mid;
  }
  return Value::number(-1 - static_cast<double>(low));
}

// ---- shapes
bool flatten_into(Interp& i, const Value& v, double depth, Value& out) {
  bool good = true;
  auto one = [&](const Value& x) {
    if (!good) return;
    i.process().tick();
    if (x.is_array() && depth > 0) good = deep_call([&] { return flatten_into(i, x, depth - 1, out); });
    else out.push(x);
  };
  if (v.is_array())
    for (size_t k = 0; k < v.size(); k++) one(v.at(k));
  else if (v.is_object()) each_entry(v, [&](const Value&, const Value& x) { one(x); });
  else {
    no_iterate(i, v);
    return false;
  }
  return good;
}

Value f_flatten_to(Interp& i, Value& in, Value* a) {
  if (!a[0].is_number()) return i.fail("flatten depth must not be negative");
  if (a[0].num() < 0) return i.fail("flatten depth must not be negative");
  Value out = Value::array();
  return flatten_into(i, in, a[0].num(), out) ? out : Value();
}

Value f_flatten(Interp& i, Value& in, Value*) {
  Value depth = Value::number(1e9);
  return f_flatten_to(i, in, &depth);
}

const Value kKey = Value::string("key"), kValue = Value::string("value");

Value f_to_entries(Interp& i, Value& in, Value*) {
  if (!in.is_object() && !in.is_array()) return i.fail_about(in, "has no keys");
  Value out = Value::array(in.size());
  auto one = [&](const Value& k, const Value& v) {
    Value e = Value::object();
    e.set(kKey, k);
    e.set(kValue, v);
    out.push(std::move(e));
  };
  if (in.is_object()) each_entry(in, one);
  else
    for (size_t k = 0; k < in.size(); k++) one(Value::number(static_cast<double>(k)), in.at(k));
  return out;
}

Value f_from_entries(Interp& i, Value& in, Value*) {
  if (!in.is_array() && !in.is_object()) return no_iterate(i, in);
  Value out = Value::object();
  bool good = true;
  auto key_of = [&](const Value& e) {
    for (const char* name : {"key", "name", "Name", "Key"}) {
      Value v = get(i, e, Value::string(name));
      if (!v.valid() || v.truthy()) return v;
    }
    return Value::null();
  };
  auto value_of = [&](const Value& e) {
    bool lower = e.is_object() && e.find(kValue);
    return get(i, e, lower ? kValue : Value::string("Value"));
  };
  auto one = [&](const Value& e) {
    if (!good) return;
    Value k = key_of(e), v = k.valid() ? value_of(e) : Value();
    if (k.valid() && v.valid() && !k.is_string()) {
      i.fail("Cannot use " + std::string(kind_name(k)) + " (" + brief(k) + ") as object key");
      k = Value();
    }
    good = k.valid() && v.valid();
    if (good) out.set(k, std::move(v));
  };
  if (in.is_array())
    for (size_t k = 0; k < in.size(); k++) one(in.at(k));
  else each_entry(in, [&](const Value&, const Value& v) { one(v); });
  return good ? out : Value();
}

Value f_setpath(Interp& i, Value& in, Value* a) { return set_path(i, in, a[0], std::move(a[1])) ? std::move(in) : Value(); }
Value f_delpaths(Interp& i, Value& in, Value* a) { return delete_paths(i, in, std::move(a[0])) ? std::move(in) : Value(); }

Value f_indices(Interp& i, Value& in, Value* a) {
  if (in.is_null()) return in;
  if (in.is_string() && a[0].is_string()) return string_indices(in.str(), a[0].str());
  if (in.is_array() && !a[0].is_array()) {
    Value needle = Value::array(1);
    needle.push(a[0]);
    return get(i, in, needle);
  }
  return get(i, in, a[0]);
}

// ---- conversion
Value f_tostring(Interp&, Value& in, Value*) { return in.is_string() ? std::move(in) : Value::string(to_json(in)); }
Value f_tojson(Interp&, Value& in, Value*) { return Value::string(to_json(in)); }

Value f_tonumber(Interp& i, Value& in, Value*) {
  if (in.is_number()) return std::move(in);
  Value v = in.is_string() ? parse_number(in.str()) : Value();
  return v.valid() ? v : i.fail_about(in, "cannot be parsed as a number");
}

Value f_toboolean(Interp& i, Value& in, Value*) {
  if (in.is_bool()) return std::move(in);
  if (in.is_string() && (in.str() == "true" || in.str() == "false")) return Value::boolean(in.str() == "true");
  return i.fail_about(in, "cannot be parsed as a boolean");
}

Value f_fromjson(Interp& i, Value& in, Value*) {
  if (!in.is_string()) return i.fail_about(in, "only strings can be parsed");
  JsonReader reader;
  reader.feed(in.str());
  reader.finish();
  Value v, extra;
  auto parsing = [&](const std::string& what) { return i.fail(what + " (while parsing '" + std::string(in.str()) + "')"); };
  Read r = reader.next(v);
  if (r == Read::End) return parsing("Expected JSON value");
  if (r == Read::Value) {
    r = reader.next(extra);
    if (r == Read::End) return v;
    if (r == Read::Value) return parsing("Unexpected extra JSON values");
  }
  return parsing(reader.error());
}

Value f_abs(Interp& i, Value& in, Value*) {
  if (in.is_number()) return absolute(in);
  return compare(in, Value::number(0)) < 0 ? i.fail_about(in, "cannot be negated") : std::move(in);
}

// ---- the run
Value f_input_filename(Interp& i, Value&, Value*) { return i.inputs().file_name(); }
Value f_input_line_number(Interp& i, Value&, Value*) { return Value::number(static_cast<double>(i.inputs().line())); }

Value f_debug(Interp& i, Value& in, Value*) {
  i.inputs().message("[\"DEBUG:\"," + to_json(in) + "]\n");
  return std::move(in);
}

Value f_stderr(Interp& i, Value& in, Value*) {
  i.inputs().message(in.is_string() ? std::string(in.str()) : to_json(in));
  return std::move(in);
}

Value f_halt(Interp& i, Value&, Value*) { return i.halt(0, Value()); }

Value f_halt_error(Interp& i, Value& in, Value* a) {
  if (!a[0].is_number()) return i.fail("halt_error/1: number required");
  return i.halt(static_cast<int>(a[0].num()) & 255, std::move(in));
}

Value f_have_true(Interp&, Value&, Value*) { return Value::boolean(true); }
Value f_builtins(Interp&, Value&, Value*) { return builtin_names(); }
Value f_infinite(Interp&, Value&, Value*) { return Value::number(std::numeric_limits<double>::infinity()); }
Value f_nan(Interp&, Value&, Value*) { return Value::number(std::nan("")); }

Value f_get_search_list(Interp& i, Value&, Value*) {
  Value out = Value::array();
  for (const auto& s : i.compiler().search_list()) out.push(Value::string(s));
  return out;
}

Value f_modulemeta(Interp& i, Value& in, Value*) {
  if (!in.is_string()) return i.fail("modulemeta input module name must be a string");
  std::string error;
  Value out = i.compiler().module_meta(std::string(in.str()), &error);
  return out.valid() ? out : i.fail(error);
}

constexpr NativeInfo kNatives[] = {
    {"length", 0, f_length},
    {"utf8bytelength", 0, f_utf8bytelength},
    {"not", 0, f_not},
    {"type", 0, f_type},
    {"keys", 0, f_keys},
    {"keys_unsorted", 0, f_keys_unsorted},
    {"has", 1, f_has},
    {"contains", 1, f_contains},
    {"add", 0, f_add},
    {"sort", 0, f_sort},
    {"unique", 0, f_unique},
    {"min", 0, f_min},
    {"max", 0, f_max},
    {"bsearch", 1, f_bsearch},
    {"flatten", 0, f_flatten},
    {"flatten", 1, f_flatten_to},
    {"to_entries", 0, f_to_entries},
    {"from_entries", 0, f_from_entries},
    {"setpath", 2, f_setpath},
    {"delpaths", 1, f_delpaths},
    {"indices", 1, f_indices},
    {"tostring", 0, f_tostring},
    {"tojson", 0, f_tojson},
    {"tonumber", 0, f_tonumber},
    {"toboolean", 0, f_toboolean},
    {"fromjson", 0, f_fromjson},
    {"abs", 0, f_abs},
    {"input_filename", 0, f_input_filename},
    {"input_line_number", 0, f_input_line_number},
    {"debug", 0, f_debug},
    {"stderr", 0, f_stderr},
    {"halt", 0, f_halt},
    {"halt_error", 1, f_halt_error},
    {"have_decnum", 0, f_have_true},
    {"have_literal_numbers", 0, f_have_true},
    {"builtins", 0, f_builtins},
    {"infinite", 0, f_infinite},
    {"nan", 0, f_nan},
    {"get_search_list", 0, f_get_search_list},
    {"modulemeta", 0, f_modulemeta},
};

std::span<const NativeInfo> tables(size_t i) {
  switch (i) {
    case 0: return kNatives;
    case 1: return string_natives();
    case 2: return math_natives();
    case 3: return date_natives();
    default: return {};
  }
}

}  // namespace

const NativeInfo* find_native(std::string_view name, size_t arity) {
  for (size_t t = 0; t < 4; t++) {
    for (const NativeInfo& n : tables(t))
      if (static_cast<size_t>(n.arity) == arity && n.name == name) return &n;
  }
  return nullptr;
}

Value native_names() {
  Value out = Value::array();
  for (size_t t = 0; t < 4; t++) {
    for (const NativeInfo& n : tables(t))
      if (n.name[0] != '_') out.push(Value::string(std::string(n.name) + "/" + std::to_string(n.arity)));
  }
  return out;
}

}  // namespace nacre::jq
