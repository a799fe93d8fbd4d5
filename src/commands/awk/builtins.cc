#include <algorithm>
#include <cmath>
#include <cstring>

#include "algo/unicode.h"
#include "base/utf8.h"
#include "commands/awk/interp.h"
#include "commands/zone.h"

namespace nacre {
namespace {

bool is_ascii(std::string_view s) {
  for (char c : s) if (static_cast<unsigned char>(c) >= 0x80) return false;
  return true;
}

// The replacement text of sub and gsub: & is the match, \& an ampersand.
void expand(std::string_view to, std::string_view match, std::string& out) {
  for (size_t i = 0; i < to.size(); i++) {
    if (to[i] == '\\' && i + 1 < to.size() && (to[i + 1] == '&' || to[i + 1] == '\\')) {
      if (to[i + 1] == '\\' && !(i + 2 < to.size() && to[i + 2] == '&')) { out += "\\"; i++; continue; }
      out += to[++i];
      continue;
    }
    if (to[i] == '&') out += match;
    else out += to[i];
  }
}

}  // namespace

double AwkInterp::length_of(std::string_view s) const { return static_cast<double>(utf8_ && !is_ascii(s) ? utf8::length(s) : s.size()); }

AwkValue AwkInterp::builtin(const AwkNode* n) {
  auto which = static_cast<AwkBuiltin>(n->slot);
  auto arg = [&](size_t i) { return number(n->list[i]); };
  switch (which) {
    case AwkBuiltin::Sin: return std::sin(arg(0));
    case AwkBuiltin::Cos: return std::cos(arg(0));
    case AwkBuiltin::Atan2: { double y = arg(0); return std::atan2(y, arg(1)); }
    case AwkBuiltin::Exp: return std::exp(arg(0));
    case AwkBuiltin::Log: return std::log(arg(0));
    case AwkBuiltin::Sqrt: return std::sqrt(arg(0));
    case AwkBuiltin::Int: return std::trunc(arg(0));
    case AwkBuiltin::Rand:
      random_state_ = random_state_ * 6364136223846793005ull + 1442695040888963407ull;
      return static_cast<double>(random_state_ >> 11) / 9007199254740992.0;
    case AwkBuiltin::Srand: {
      double old = seed_;
      seed_ = n->list.empty() ? static_cast<double>(p_.now().sec) : arg(0);
      random_state_ = static_cast<uint64_t>(static_cast<int64_t>(seed_)) * 0x9e3779b97f4a7c15ull + 1;
      return old;
    }
    case AwkBuiltin::System: {
      std::string command = text(n->list[0]);
      flush_all();
      auto done = p_.run({"sh", "-c", command});
      if (!done) return -1.0;
      return static_cast<double>(done->kind == WaitStatus::Kind::Exited ? done->code : 256 + done->code);
    }
    case AwkBuiltin::Close: return close_stream(text(n->list[0]));
    case AwkBuiltin::Fflush: flush_all(); return 0.0;
    case AwkBuiltin::Strftime: case AwkBuiltin::Systime: case AwkBuiltin::Mktime: return time_builtin(which, n);
    case AwkBuiltin::And: case AwkBuiltin::Or: case AwkBuiltin::Xor: case AwkBuiltin::Lshift: case AwkBuiltin::Rshift: case AwkBuiltin::Compl: return bits_builtin(which, n);
    default: return string_builtin(which, n);
  }
}

AwkValue AwkInterp::string_builtin(AwkBuiltin which, const AwkNode* n) {
  std::string keep, keep2;
  switch (which) {
    case AwkBuiltin::Length:
      if (n->list.empty()) return length_of(field_view(0));
      if (const AwkNode* a = n->list[0]; (a->op == AwkOp::Global || a->op == AwkOp::Local) && cell(a).array) return static_cast<double>(cell(a).array->size());
      return length_of(view(n->list[0], keep));
    case AwkBuiltin::Substr: return substring(n);
    case AwkBuiltin::Index: {
      std::string s = text(n->list[0]);
      std::string_view t = view(n->list[1], keep2);
      size_t at = std::string_view(s).find(t);
      if (at == std::string_view::npos) return 0.0;
      return length_of(std::string_view(s).substr(0, at)) + 1;
    }
    case AwkBuiltin::Split: return split_builtin(n);
    case AwkBuiltin::Patsplit: return patsplit(n);
    case AwkBuiltin::Sub: return substitute(n, false);
    case AwkBuiltin::Gsub: return substitute(n, true);
    case AwkBuiltin::Gensub: return gensub(n);
    case AwkBuiltin::Match: return match_builtin(n);
    case AwkBuiltin::Sprintf: {
      std::string out;
      format(n->list, out);
      return AwkValue::string(std::move(out));
    }
    case AwkBuiltin::ToLower: return AwkValue::string(lower(view(n->list[0], keep), utf8_));
    case AwkBuiltin::ToUpper: return AwkValue::string(upper(view(n->list[0], keep), utf8_));
    case AwkBuiltin::Strtonum: {
      std::string s = text(n->list[0]);
      bool hex = s.size() > 1 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X');
      if (hex || (s.size() > 1 && s[0] == '0' && s.find_first_not_of("01234567") == std::string::npos)) return static_cast<double>(std::strtoull(s.c_str(), nullptr, hex ? 16 : 8));
      return awk_number(s);
    }
    case AwkBuiltin::Asort: return sort_array(n, false);
    case AwkBuiltin::Asorti: return sort_array(n, true);
    case AwkBuiltin::IsArray: case AwkBuiltin::Typeof: {
      const AwkNode* a = n->list[0];
      bool name = a->op == AwkOp::Global || a->op == AwkOp::Local;
      if (name && cell(a).array) return which == AwkBuiltin::IsArray ? AwkValue(1.0) : AwkValue::string("array");
      if (which == AwkBuiltin::IsArray) return 0.0;
      if (a->op == AwkOp::Regex) return AwkValue::string("regexp");
      AwkValue v = eval(a);
      return AwkValue::string(v.kind == AwkValue::Unset ? (name ? "untyped" : "unassigned") : v.kind == AwkValue::Number ? "number" : v.kind == AwkValue::Text ? "string" : v.numeric() ? "strnum" : "string");
    }
    default: return AwkValue();
  }
}

AwkValue AwkInterp::substring(const AwkNode* n) {
  std::string keep;
  std::string s_copy;
  std::string_view s = view(n->list[0], keep);
  // The other arguments may read fields anew.
  if (n->list[1]->op != AwkOp::Number) { s_copy.assign(s); s = s_copy; }
  double start = std::rint(number(n->list[1]));
  double count = n->list.size() > 2 ? number(n->list[2]) : HUGE_VAL;
  if (std::isnan(start)) start = 0;
  if (std::isnan(count)) count = 0;
  count = std::isinf(count) ? count : std::rint(count);
  if (start < 1) start = 1;   // gawk keeps the length; POSIX would shorten it
  bool wide = utf8_ && !is_ascii(s);
  double length = static_cast<double>(wide ? utf8::length(s) : s.size());
  if (count <= 0 || start > length) return AwkValue::string("");
  auto from = static_cast<size_t>(start) - 1;
  auto take = static_cast<size_t>(std::min(count, length - start + 1));
  if (!wide) return AwkValue::string(std::string(s.substr(from, take)));
  size_t a = utf8::offset(s, from);
  return AwkValue::string(std::string(s.substr(a, utf8::offset(s.substr(a), take))));
}

double AwkInterp::substitute(const AwkNode* n, bool global) {
  const Regex& re = regex(n->list[0]);
  std::string to = text(n->list[1]);
  const AwkNode* target = n->list.size() > 2 ? n->list[2] : nullptr;
  std::string s = target ? text(target) : std::string(field_view(0));
  RegexSpan m[1];
  std::string out;
  size_t at = 0;
  int count = 0;
  while (at <= s.size() && re.match(s, at, m)) {
    out.append(s, at, m[0].begin - at);
    expand(to, std::string_view(s).substr(m[0].begin, m[0].size()), out);
    count++;
    at = m[0].end;
    if (m[0].size() == 0) {
      if (at < s.size()) out += s[at];
      at++;
    } else if (global && at < s.size()) {
      // An empty match right behind a match does not count.
      RegexSpan e[1];
      if (re.match(s, at, e) && e[0].begin == at && e[0].size() == 0) out += s[at++];
    } else if (global && at == s.size()) {
      break;
    }
    if (!global) break;
    if ((count & 255) == 0) p_.tick(32);
  }
  if (count == 0) return 0;
  if (at < s.size()) out.append(s, at);
  if (target) assign(target, AwkValue::string(std::move(out)));
  else set_record(out);
  return count;
}

AwkValue AwkInterp::gensub(const AwkNode* n) {
  const Regex& re = regex(n->list[0]);
  std::string to = text(n->list[1]), how = text(n->list[2]);
  std::string s = n->list.size() > 3 ? text(n->list[3]) : std::string(field_view(0));
  bool global = !how.empty() && (how[0] == 'g' || how[0] == 'G');
  int64_t which = global ? 0 : std::max<int64_t>(1, static_cast<int64_t>(awk_number(how)));
  RegexSpan m[10];
  std::string out;
  size_t at = 0;
  int64_t count = 0;
  while (at <= s.size() && re.match(s, at, m)) {
    out.append(s, at, m[0].begin - at);
    count++;
    if (global || count == which) {
      for (size_t i = 0; i < to.size(); i++) {
        if (to[i] == '&') { out.append(s, m[0].begin, m[0].size()); continue; }
        if (to[i] != '\\' || i + 1 == to.size()) { out += to[i]; continue; }
        char c = to[++i];
        if (!ascii_digit(c)) { out += c; continue; }
        const RegexSpan& g = m[c - '0'];
        if (g.matched()) out.append(s, g.begin, g.size());
      }
    } else {
      out.append(s, m[0].begin, m[0].size());
    }
    at = m[0].end;
    if (m[0].size() == 0) {
      if (at < s.size()) out += s[at];
      at++;
    }
    if (!global && count == which) break;
  }
  if (at < s.size()) out.append(s, at);
  return AwkValue::string(std::move(out));
}

double AwkInterp::match_builtin(const AwkNode* n) {
  std::string s = text(n->list[0]);
  const Regex& re = regex(n->list[1]);
  std::vector<RegexSpan> m(n->list.size() > 2 ? static_cast<size_t>(re.groups()) + 1 : 1);
  bool hit = re.match(s, 0, m);
  double start = hit ? length_of(std::string_view(s).substr(0, m[0].begin)) + 1 : 0;
  double length = hit ? length_of(std::string_view(s).substr(m[0].begin, m[0].size())) : -1;
  globals_[kRSTART].value = AwkValue(start);
  globals_[kRLENGTH].value = AwkValue(length);
  if (n->list.size() > 2) {
    AwkArray& a = array(n->list[2]);
    a.clear();
    for (size_t i = 0; hit && i < m.size(); i++) {
      if (!m[i].matched()) continue;
      std::string key = std::to_string(i);
      a.at(key) = AwkValue::input(std::string_view(s).substr(m[i].begin, m[i].size()));
      a.at(key + subsep_ + "start") = AwkValue(length_of(std::string_view(s).substr(0, m[i].begin)) + 1);
      a.at(key + subsep_ + "length") = AwkValue(length_of(std::string_view(s).substr(m[i].begin, m[i].size())));
    }
  }
  return start;
}

double AwkInterp::split_builtin(const AwkNode* n) {
  std::string s = text(n->list[0]);
  std::vector<std::pair<size_t, size_t>> parts;
  const AwkNode* by = n->list.size() > 2 ? n->list[2] : nullptr;
  if (by && by->op == AwkOp::Regex) {
    const Regex& re = regex(by);
    RegexSpan m[1];
    size_t start = 0;
    for (size_t at = 0; !s.empty() && at <= s.size() && re.match(s, at, m);) {
      if (m[0].size() == 0) { at = m[0].end + 1; continue; }
      parts.push_back({start, m[0].begin - start});
      start = at = m[0].end;
    }
    if (!s.empty()) parts.push_back({start, s.size() - start});
  } else {
    split_text(s, by ? text(by) : fs_, false, parts);
  }
  AwkArray& a = array(n->list[1]);
  a.clear();
  AwkArray* seps = n->list.size() > 3 ? &array(n->list[3]) : nullptr;
  if (seps) seps->clear();
  for (size_t i = 0; i < parts.size(); i++) {
    a.at(std::to_string(i + 1)) = AwkValue::input(std::string_view(s).substr(parts[i].first, parts[i].second));
    if (seps && i + 1 < parts.size()) {
      size_t end = parts[i].first + parts[i].second;
      seps->at(std::to_string(i + 1)) = AwkValue::string(s.substr(end, parts[i + 1].first - end));
    }
  }
  return static_cast<double>(parts.size());
}

double AwkInterp::patsplit(const AwkNode* n) {
  std::string s = text(n->list[0]);
  const Regex& re = n->list.size() > 2 ? regex(n->list[2]) : dynamic_regex("[^[:space:]]+");
  AwkArray& a = array(n->list[1]);
  a.clear();
  RegexSpan m[1];
  int count = 0;
  for (size_t at = 0; at <= s.size() && re.match(s, at, m);) {
    if (m[0].size()) a.at(std::to_string(++count)) = AwkValue::input(std::string_view(s).substr(m[0].begin, m[0].size()));
    at = m[0].size() ? m[0].end : m[0].end + 1;
  }
  return count;
}

double AwkInterp::sort_array(const AwkNode* n, bool by_index) {
  AwkArray& source = array(n->list[0]);
  std::vector<AwkValue> values;
  for (const auto& k : source.keys()) values.push_back(by_index ? AwkValue::string(k) : *source.find(k));
  // Numbers before strings.
  std::sort(values.begin(), values.end(), [&](const AwkValue& a, const AwkValue& b) {
    bool x = a.numeric(), y = b.numeric();
    if (x != y) return x;
    return compare_values(a, b) == -1;
  });
  AwkArray& target = n->list.size() > 1 ? array(n->list[1]) : source;
  target.clear();
  for (size_t i = 0; i < values.size(); i++) target.at(std::to_string(i + 1)) = values[i];
  return static_cast<double>(values.size());
}

AwkValue AwkInterp::bits_builtin(AwkBuiltin which, const AwkNode* n) {
  auto bits = [&](size_t i) { return static_cast<uint64_t>(number(n->list[i])); };
  uint64_t v = bits(0);
  switch (which) {
    case AwkBuiltin::And: for (size_t i = 1; i < n->list.size(); i++) v &= bits(i); break;
    case AwkBuiltin::Or: for (size_t i = 1; i < n->list.size(); i++) v |= bits(i); break;
    case AwkBuiltin::Xor: for (size_t i = 1; i < n->list.size(); i++) v ^= bits(i); break;
    case AwkBuiltin::Lshift: v <<= bits(1) & 63; break;
    case AwkBuiltin::Rshift: v >>= bits(1) & 63; break;
    default: v = ~v & 0x1fffffffffffffull; break;
  }
  return static_cast<double>(v);
}

AwkValue AwkInterp::time_builtin(AwkBuiltin which, const AwkNode* n) {
  if (which == AwkBuiltin::Systime) return static_cast<double>(p_.now().sec);
  TimeZone zone = process_zone(p_);
  if (which == AwkBuiltin::Mktime) {
    std::string s = text(n->list[0]);
    int64_t f[6] = {0};
    size_t at = 0;
    int k = 0;
    for (; k < 6; k++) {
      while (at < s.size() && s[at] == ' ') at++;
      if (at >= s.size()) break;
      f[k] = static_cast<int64_t>(awk_number(std::string_view(s).substr(at)));
      while (at < s.size() && s[at] != ' ') at++;
    }
    if (k < 6) return -1.0;
    return static_cast<double>(zone.seconds(f[0], f[1], f[2], f[3], f[4], f[5]));
  }
  std::string how = n->list.empty() ? "%a %b %e %H:%M:%S %Z %Y" : text(n->list[0]);
  int64_t when = n->list.size() > 1 ? static_cast<int64_t>(number(n->list[1])) : p_.now().sec;
  if (n->list.size() > 2 && truth(n->list[2])) zone = TimeZone();
  return AwkValue::string(format_time(how, zone.local(when), when, 0));
}

// printf and sprintf.
void AwkInterp::format(const std::vector<AwkNode*>& list, std::string& out) {
  std::vector<AwkNode*> args = list;
  if (args.size() == 1 && args[0]->op == AwkOp::Group && !args[0]->list.empty()) args = args[0]->list;
  if (args.empty()) return;
  std::string f = text(args[0]);
  size_t next = 1;
  auto take = [&]() -> AwkValue {
    if (next >= args.size()) fatal("fatal: not enough arguments to satisfy format string\n\t`" + f + "'\n\t" + "ran out for this one");
    return eval(args[next++]);
  };
  for (size_t i = 0; i < f.size();) {
    if (f[i] != '%') {
      size_t end = std::min(f.find('%', i), f.size());
      out.append(f, i, end - i);
      i = end;
      continue;
    }
    size_t start = i++;
    std::string spec = "%";
    int width = -1, precision = -1;
    bool left = false;
    for (; i < f.size() && std::strchr("-+ #0'", f[i]) && f[i]; i++) {
      if (f[i] == '-') left = true;
      if (f[i] != '\'') spec += f[i];
    }
    auto count = [&](int& n) {
      if (i < f.size() && f[i] == '*') {
        n = static_cast<int>(take().to_number());
        i++;
        return;
      }
      if (i < f.size() && ascii_digit(f[i])) n = 0;
      while (i < f.size() && ascii_digit(f[i])) n = std::min(n * 10 + (f[i++] - '0'), 1'000'000);
    };
    count(width);
    if (width < -1) { left = true; spec += '-'; width = -width; }
    if (i < f.size() && f[i] == '.') {
      i++;
      precision = 0;
      count(precision);
    }
    while (i < f.size() && std::strchr("hlLqjzt", f[i])) i++;
    if (i >= f.size()) { out.append(f, start); break; }
    char c = f[i++];
    if (c == '%') { out += '%'; continue; }
    if (!std::strchr("dioxXucsfFeEgGaA", c)) { out.append(f, start, i - start); continue; }
    AwkValue v = take();
    auto pad = [&](std::string_view s, size_t columns) {
      size_t fill = width > 0 && static_cast<size_t>(width) > columns ? static_cast<size_t>(width) - columns : 0;
      if (!left) out.append(fill, ' ');
      out += s;
      if (left) out.append(fill, ' ');
    };
    if (c == 'c') {
      std::string s;
      if (v.kind == AwkValue::Number || (v.kind == AwkValue::Input && v.numeric())) {
        auto code = static_cast<uint32_t>(v.to_number());
        if (utf8_ && code >= 0x80) utf8::append(s, code);
        else s += static_cast<char>(code);
      } else {
        std::string_view t = v.text.view();
        s = t.empty() ? std::string(1, '\0') : std::string(t.substr(0, utf8_ ? utf8::decode(t).length : 1));
      }
      pad(s, 1);
      continue;
    }
    if (c == 's') {
      std::string s;
      append_value(v, s);
      bool wide = utf8_ && !is_ascii(s);
      size_t n = wide ? utf8::length(s) : s.size();
      if (precision >= 0 && static_cast<size_t>(precision) < n) {
        n = static_cast<size_t>(precision);
        s.resize(wide ? utf8::offset(s, n) : n);
      }
      pad(s, n);
      continue;
    }
    if (width >= 0) spec += std::to_string(width);
    if (precision >= 0) spec += "." + std::to_string(precision);
    double d = v.to_number();
    std::string piece(static_cast<size_t>(std::max(width, precision) + 400), 0);
    int k;
    bool integer = std::strchr("dioxXu", c);
    if (integer && (std::isnan(d) || std::isinf(d))) {
      std::string s;
      append_number(s, d, "%g");
      pad(s, s.size());
      continue;
    }
    if (integer && std::fabs(d) >= 9.2e18) k = std::snprintf(piece.data(), piece.size(), (spec + ".0f").c_str(), std::trunc(d));
    else if (c == 'd' || c == 'i') k = std::snprintf(piece.data(), piece.size(), (spec + "lld").c_str(), static_cast<long long>(d));
    else if (integer && d < 0 && c == 'u') k = std::snprintf(piece.data(), piece.size(), (spec + "lld").c_str(), static_cast<long long>(d));
    else if (integer) k = std::snprintf(piece.data(), piece.size(), (spec + "ll" + c).c_str(), static_cast<unsigned long long>(static_cast<int64_t>(d)));
    else k = std::snprintf(piece.data(), piece.size(), (spec + c).c_str(), d);
    out.append(piece, 0, static_cast<size_t>(std::max(k, 0)));
  }
}

}  // namespace nacre
