/// asort, asorti and the order of for (k in a).
/// Source: gawk manual 8.1.6 "Controlling Scanning", 12.2 "Controlling Array Traversal and Array Sorting".
#include <algorithm>

#include "algo/unicode.h"
#include "commands/awk/interp.h"

namespace nacre {
namespace {

int sign(int n) { return n < 0 ? -1 : n > 0; }

// A merge sort: unlike std::sort it may be given an order that is none.
template <class Before>
void merge_sort(std::vector<std::string>& v, std::vector<std::string>& spare, size_t from, size_t to, const Before& after) {
  if (to - from < 2) return;
  size_t mid = from + (to - from) / 2;
  merge_sort(v, spare, from, mid, after);
  merge_sort(v, spare, mid, to, after);
  size_t a = from, b = mid, k = from;
  while (a < mid && b < to) spare[k++] = std::move(after(v[a], v[b]) ? v[b++] : v[a++]);
  while (a < mid) spare[k++] = std::move(v[a++]);
  while (b < to) spare[k++] = std::move(v[b++]);
  std::move(spare.begin() + static_cast<long>(from), spare.begin() + static_cast<long>(to), v.begin() + static_cast<long>(from));
}

}  // namespace

int AwkInterp::compare_elements(AwkArray& a, const std::string& how, const std::string& x, const std::string& y) {
  auto strings = [&](const std::string& s, const std::string& t) { return sign(fold_ ? lower(s, utf8_).compare(lower(t, utf8_)) : s.compare(t)); };
  auto numbers = [&](double p, double q) { return p < q ? -1 : p > q; };
  bool by_index = how.starts_with("@ind");
  if (by_index && how.find("num") == std::string::npos) return strings(x, y);
  if (by_index) {
    int c = numbers(awk_number(x), awk_number(y));
    return c ? c : strings(x, y);
  }
  // Arrays come last.
  bool p_array = a.sub(x) != nullptr, q_array = a.sub(y) != nullptr;
  if (p_array || q_array) return p_array != q_array ? (p_array ? 1 : -1) : strings(x, y);
  const AwkValue p = *a.find(x), q = *a.find(y);
  std::string s, t;
  append_value(p, s);
  append_value(q, t);
  int c = 0;
  if (how.find("num") != std::string::npos) {
    c = numbers(p.to_number(), q.to_number());
  } else if (how.find("type") != std::string::npos) {
    bool pn = p.numeric(), qn = q.numeric();
    c = pn != qn ? (pn ? -1 : 1) : pn ? numbers(p.to_number(), q.to_number()) : 0;
  }
  if (!c) c = strings(s, t);
  return c ? c : strings(x, y);
}

int AwkInterp::compare_by_function(AwkArray& a, int slot, const std::string& x, const std::string& y) {
  std::vector<AwkCell> arguments(static_cast<size_t>(prog_.functions[static_cast<size_t>(slot)].parameters));
  auto fill = [&](size_t i, const std::string& key) {
    if (i < arguments.size()) arguments[i].value = AwkValue::string(key);
    if (i + 1 >= arguments.size()) return;
    arguments[i + 1].array = a.sub(key);
    if (AwkValue* v = a.find(key)) arguments[i + 1].value = *v;
  };
  fill(0, x);
  fill(2, y);
  double d = call_function(slot, std::move(arguments)).to_number();
  return d < 0 ? -1 : d > 0;
}

std::vector<std::string> AwkInterp::sorted_keys(AwkArray& a, const std::string& how) {
  static constexpr std::string_view kOrders[] = {"@ind_str_asc",  "@ind_num_asc",  "@val_str_asc",  "@val_num_asc",  "@val_type_asc",
                                                 "@ind_str_desc", "@ind_num_desc", "@val_str_desc", "@val_num_desc", "@val_type_desc"};
  std::vector<std::string> keys = a.keys(), spare(keys.size());
  if (how == "@unsorted") return keys;
  uint32_t work = 0;
  auto tick = [&] {
    if ((++work & 255) == 0) p_.tick(64);
  };
  if (std::find(std::begin(kOrders), std::end(kOrders), how) != std::end(kOrders)) {
    int down = how.ends_with("_desc") ? -1 : 1;
    merge_sort(keys, spare, 0, keys.size(), [&](const std::string& x, const std::string& y) {
      tick();
      return compare_elements(a, how, x, y) * down > 0;
    });
    return keys;
  }
  int slot = prog_.function(how);
  if (slot < 0) fatal("sort comparison function `" + how + "' is not defined");
  merge_sort(keys, spare, 0, keys.size(), [&](const std::string& x, const std::string& y) {
    tick();
    return compare_by_function(a, slot, x, y) > 0;
  });
  return keys;
}

double AwkInterp::sort_array(const AwkNode* n, bool by_index) {
  for (size_t i = 0; i < std::min<size_t>(n->list.size(), 2); i++) (void)array_argument(n, i, by_index ? "asorti" : "asort");
  std::shared_ptr<AwkArray> source = array_ref(n->list[0]);
  std::shared_ptr<AwkArray> target = n->list.size() > 1 ? array_ref(n->list[1]) : source;
  std::string how = n->list.size() > 2 ? text(n->list[2]) : by_index ? "@ind_str_asc" : "@val_type_asc";
  struct Element {
    AwkValue value;
    std::shared_ptr<AwkArray> sub;
  };
  std::vector<Element> sorted;
  for (const auto& k : sorted_keys(*source, how)) {
    AwkValue* v = source->find(k);
    if (by_index) sorted.push_back({AwkValue::string(k), nullptr});
    else if (v) sorted.push_back({*v, source->sub(k)});
  }
  target->clear();
  for (size_t i = 0; i < sorted.size(); i++) {
    std::string key = std::to_string(i + 1);
    if (sorted[i].sub) target->set_sub(key, sorted[i].sub);
    else target->at(key) = sorted[i].value;
  }
  return static_cast<double>(sorted.size());
}

}  // namespace nacre
