/// Nodes: making, copying, finding; scalars and their tags.
#include "commands/yq/node.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "algo/unicode.h"
#include "base/deep_call.h"

namespace nacre::yq {

const std::string& Node::none() {
  static const std::string empty;
  return empty;
}

bool Node::truthy() const {
  const Node* n = real(this);
  if (!n->scalar()) return true;
  if (n->tag == "!!null") return false;
  return n->tag != "!!bool" || n->value == "true" || n->value == "True" || n->value == "TRUE";
}

size_t Node::index_of(const Node* child) const {
  if (child->hint < content.size() && content[child->hint] == child) return child->hint;
  for (size_t i = 0; i < content.size(); i++) {
    content[i]->hint = static_cast<uint32_t>(i);
    if (content[i] == child) return i;
  }
  return static_cast<size_t>(-1);
}

Node* Tree::make() {
  if (left_ == 0) {
    chunks_.push_back(std::make_unique<Node[]>(kChunk));
    left_ = kChunk;
  }
  made_++;
  return &chunks_.back()[kChunk - left_--];
}

void Tree::clear() {
  chunks_.clear();
  left_ = 0;
  made_ = 0;
}

Node* Tree::scalar(std::string_view tag, std::string_view value) {
  Node* n = make();
  n->tag = tag;
  n->value = value;
  return n;
}

Node* Tree::map() {
  Node* n = make();
  n->kind = Kind::Map;
  n->tag = "!!map";
  return n;
}

Node* Tree::seq() {
  Node* n = make();
  n->kind = Kind::Seq;
  n->tag = "!!seq";
  return n;
}

Node* Tree::copy_node(const Node* n, std::vector<std::pair<const Node*, Node*>>& anchors) {
  Node* c = make();
  c->kind = n->kind;
  c->style = n->style;
  c->tagged = n->tagged;
  c->is_key = n->is_key;
  c->together = n->together;
  c->separated = n->separated;
  c->cdata = n->cdata;
  c->doc = n->doc;
  c->file = n->file;
  c->line = n->line;
  c->column = n->column;
  c->tag = n->tag;
  c->value = n->value;
  c->anchor = n->anchor;
  c->alias = n->alias;
  if (n->comments && !n->comments->empty()) c->comments = std::make_unique<Comments>(*n->comments);
  if (!n->anchor.empty()) anchors.emplace_back(n, c);
  if (n->alias)
    for (auto& [from, to] : anchors)
      if (from == n->alias) c->alias = to;
  c->content.reserve(n->content.size());
  for (size_t i = 0; i < n->content.size(); i++) {
    Node* child = deep_call([&] { return copy_node(n->content[i], anchors); });
    child->hint = static_cast<uint32_t>(i);
    child->parent = c;
    if (n->map() && i % 2 == 1) child->key = c->content[i - 1];
    c->content.push_back(child);
  }
  return c;
}

Node* Tree::copy(const Node* n) {
  std::vector<std::pair<const Node*, Node*>> anchors;
  return copy_node(n, anchors);
}

void append(Node* seq, Node* item) {
  item->parent = seq;
  item->key = nullptr;
  item->is_key = item->absent = false;
  item->hint = static_cast<uint32_t>(seq->content.size());
  seq->content.push_back(item);
}

void append(Node* map, Node* key, Node* value) {
  key->parent = map;
  key->is_key = true;
  key->absent = false;
  key->key = nullptr;
  key->hint = static_cast<uint32_t>(map->content.size());
  map->content.push_back(key);
  value->parent = map;
  value->key = key;
  value->is_key = value->absent = false;
  value->hint = static_cast<uint32_t>(map->content.size());
  map->content.push_back(value);
}

void insert(Node* parent, size_t at, Node* child) {
  child->parent = parent;
  child->absent = false;
  parent->content.insert(parent->content.begin() + static_cast<ptrdiff_t>(at), child);
}

void adopt(Node* parent, List children) {
  parent->content = std::move(children);
  for (size_t i = 0; i < parent->content.size(); i++) {
    Node* c = parent->content[i];
    c->parent = parent;
    c->absent = false;
    c->hint = static_cast<uint32_t>(i);
    c->is_key = parent->map() && i % 2 == 0;
    c->key = parent->map() && i % 2 == 1 ? parent->content[i - 1] : nullptr;
  }
}

Node* find(const Node* map, std::string_view key) {
  for (size_t i = 0; i + 1 < map->content.size(); i += 2)
    if (map->content[i]->value == key && map->content[i]->scalar()) return map->content[i + 1];
  return nullptr;
}

bool equal(const Node* a, const Node* b) {
  a = real(a);
  b = real(b);
  if (a->kind != b->kind) return false;
  if (a->scalar()) return a->null() ? b->null() : a->tag == b->tag && a->value == b->value;
  if (a->content.size() != b->content.size()) return false;
  if (a->seq()) {
    for (size_t i = 0; i < a->content.size(); i++)
      if (!deep_call([&] { return equal(a->content[i], b->content[i]); })) return false;
    return true;
  }
  for (size_t i = 0; i + 1 < a->content.size(); i += 2) {
    const Node* other = i < b->content.size() && b->content[i]->value == a->content[i]->value ? b->content[i + 1] : find(b, a->content[i]->value);
    if (!other || !deep_call([&] { return equal(a->content[i + 1], other); })) return false;
  }
  return true;
}

Node* root_of(Node* n) {
  while (n->parent) n = n->parent;
  return n;
}

size_t position(const Node* n) { return n->parent ? n->parent->index_of(n) : static_cast<size_t>(-1); }

namespace {

bool float_text(std::string_view s) {
  size_t i = 0;
  if (i < s.size() && (s[i] == '-' || s[i] == '+')) i++;
  size_t digits = 0;
  while (i < s.size() && ascii_digit(s[i])) i++, digits++;
  if (i < s.size() && s[i] == '.') {
    i++;
    while (i < s.size() && ascii_digit(s[i])) i++, digits++;
  }
  if (digits == 0) return false;
  if (i < s.size() && (s[i] == 'e' || s[i] == 'E')) {
    i++;
    if (i < s.size() && (s[i] == '-' || s[i] == '+')) i++;
    size_t from = i;
    while (i < s.size() && ascii_digit(s[i])) i++;
    if (i == from) return false;
  }
  return i == s.size();
}

// Digits of a base after an optional sign, as Go's ParseInt(s, 0, 64) takes them.
bool int_text(std::string_view s, bool& negative, int& base, std::string& digits) {
  negative = false;
  base = 10;
  size_t i = 0;
  if (i < s.size() && (s[i] == '-' || s[i] == '+')) negative = s[i++] == '-';
  if (s.size() - i > 1 && s[i] == '0') {
    char c = ascii_lower(s[i + 1]);
    base = c == 'x' ? 16 : c == 'b' ? 2 : 8;
    i += c == 'x' || c == 'b' || c == 'o' ? 2 : 1;
  }
  digits.clear();
  for (; i < s.size(); i++) {
    char c = ascii_lower(s[i]);
    if (c == '_') continue;
    int d = ascii_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
    if (d >= base) return false;
    digits += c;
  }
  return !digits.empty();
}

bool timestamp(std::string_view s) {
  size_t i = 0;
  auto digits = [&](size_t least, size_t most) {
    size_t n = 0;
    while (n < most && i < s.size() && ascii_digit(s[i])) i++, n++;
    return n >= least;
  };
  auto is = [&](char c) { return i < s.size() && s[i] == c && ++i; };
  if (!digits(4, 4) || !is('-') || !digits(1, 2) || !is('-') || !digits(1, 2)) return false;
  if (i == s.size()) return true;
  bool zoned = s[i] == 'T' || s[i] == 't';
  if (!zoned && s[i] != ' ') return false;
  i++;
  if (!digits(1, 2) || !is(':') || !digits(1, 2) || !is(':') || !digits(1, 2)) return false;
  if (is('.') && !digits(1, 9)) return false;
  if (!zoned) return i == s.size();
  if (is('Z')) return i == s.size();
  if (!is('+') && !is('-')) return false;
  return digits(2, 2) && is(':') && digits(2, 2) && i == s.size();
}

}  // namespace

std::string_view resolve(std::string_view v) {
  if (v.empty() || v == "~" || v == "null" || v == "Null" || v == "NULL") return "!!null";
  if (v == "true" || v == "True" || v == "TRUE" || v == "false" || v == "False" || v == "FALSE") return "!!bool";
  if (v == "<<") return "!!merge";
  if (!ascii_digit(v[0]) && v[0] != '.' && v[0] != '-' && v[0] != '+') return "!!str";
  std::string_view w = v;
  if (w[0] == '-' || w[0] == '+') w.remove_prefix(1);
  if (w == ".inf" || w == ".Inf" || w == ".INF") return "!!float";
  if (v == ".nan" || v == ".NaN" || v == ".NAN") return "!!float";
  if (ascii_digit(v[0]) && timestamp(v)) return "!!timestamp";
  bool negative;
  int base;
  std::string digits;
  if (int_text(v, negative, base, digits)) {
    uint64_t n;
    auto r = std::from_chars(digits.data(), digits.data() + digits.size(), n, base);
    if (r.ec == std::errc()) return "!!int";
  }
  std::string plain;
  for (char c : v)
    if (c != '_') plain += c;
  return float_text(plain) ? "!!float" : "!!str";
}

std::string short_tag(std::string_view tag) {
  constexpr std::string_view kLong = "tag:yaml.org,2002:";
  if (tag.starts_with(kLong)) return "!!" + std::string(tag.substr(kLong.size()));
  return std::string(tag);
}

bool to_int(std::string_view text, int64_t& out) {
  bool negative;
  int base;
  std::string digits;
  if (!int_text(text, negative, base, digits)) return false;
  uint64_t n;
  auto r = std::from_chars(digits.data(), digits.data() + digits.size(), n, base);
  if (r.ec != std::errc() || r.ptr != digits.data() + digits.size()) return false;
  if (n > static_cast<uint64_t>(INT64_MAX) + negative) return false;
  out = negative ? static_cast<int64_t>(0 - n) : static_cast<int64_t>(n);
  return true;
}

bool to_double(std::string_view text, double& out) {
  std::string plain;
  for (char c : text)
    if (c != '_') plain += c;
  std::string_view w = plain;
  bool negative = w.starts_with('-');
  if (negative || w.starts_with('+')) w.remove_prefix(1);
  if (w == ".inf" || w == ".Inf" || w == ".INF" || w == "inf" || w == "+Inf" || w == "Inf") return out = negative ? -INFINITY : INFINITY, true;
  if (w == ".nan" || w == ".NaN" || w == ".NAN" || w == "NaN") return out = NAN, true;
  int64_t n;
  if (!float_text(plain)) {
    if (!to_int(plain, n)) return false;
    out = static_cast<double>(n);
    return true;
  }
  auto r = std::from_chars(w.data(), w.data() + w.size(), out);
  if (r.ec == std::errc::result_out_of_range) out = w.find("e-") != w.npos || w.find("E-") != w.npos ? 0 : INFINITY;
  else if (r.ec != std::errc()) return false;
  if (negative) out = -out;
  return true;
}

std::string format_double(double d) {
  if (std::isnan(d)) return "NaN";
  if (std::isinf(d)) return d < 0 ? "-Inf" : "+Inf";
  double size = std::fabs(d);
  char buffer[400];
  bool exponent = size != 0 && (size < 1e-6 || size >= 1e21);
  auto r = std::to_chars(buffer, buffer + sizeof buffer, d, exponent ? std::chars_format::scientific : std::chars_format::fixed);
  return std::string(buffer, r.ptr);
}

bool wildcard(std::string_view text, std::string_view pattern) {
  if (pattern.find('*') == pattern.npos && pattern.find('?') == pattern.npos) return text == pattern;
  size_t t = 0, p = 0, star = pattern.npos, again = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      again = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      p++;
      t++;
    } else if (star != pattern.npos) {
      p = star + 1;
      t = ++again;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') p++;
  return p == pattern.size();
}

}  // namespace nacre::yq
