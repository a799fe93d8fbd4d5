#include <algorithm>
#include <cmath>
#include <cstring>

#include "algo/unicode.h"
#include "base/utf8.h"
#include "commands/awk/interp.h"
#include "commands/zone.h"

namespace nacre {
namespace {

// The replacement text of sub and gsub: & is the match. Backslashes are themselves but right before an &,
// where two mean one and an odd one makes the & an ampersand. Source: gawk manual 9.1.4.1.
void expand(std::string_view to, std::string_view match, std::string& out) {
  for (size_t i = 0; i < to.size(); i++) {
    size_t run = 0;
    while (i + run < to.size() && to[i + run] == '\\') run++;
    i += run;
    const bool ampersand = i < to.size() && to[i] == '&';
    out.append(ampersand ? run / 2 : run, '\\');
    if (ampersand && run % 2 == 0) out += match;
    else if (i < to.size()) out += to[i];
  }
}

}  // namespace

size_t AwkInterp::character(std::string_view s, size_t at) const {
  if (at >= s.size()) return 0;
  return utf8_ && fold_ ? utf8::decode(s.substr(at)).length : 1;
}

double AwkInterp::length_of(std::string_view s) const { return static_cast<double>(utf8_ ? utf8::length(s) : s.size()); }

AwkValue AwkInterp::builtin(const AwkNode* n) {
  auto which = static_cast<AwkBuiltin>(n->slot);
  auto arg = [&](size_t i) {
    static const char* const kFunctions[] = {"sin", "cos", "atan2", "exp", "log", "sqrt", "int", "rand", "srand"};
    if (dialect_.lint)
      lint_number(n->list[i], kFunctions[n->slot - static_cast<int>(AwkBuiltin::Sin)], which != AwkBuiltin::Atan2 ? "" : i ? "second " : "first ");
    return number(n->list[i]);
  };
  switch (which) {
    case AwkBuiltin::Sin: return std::sin(arg(0));
    case AwkBuiltin::Cos: return std::cos(arg(0));
    case AwkBuiltin::Atan2: {
      double y = arg(0);
      return std::atan2(y, arg(1));
    }
    case AwkBuiltin::Exp: {
      double x = arg(0), y = std::exp(x);
      if (std::isinf(y) && !std::isinf(x)) {
        std::string shown;
        awk_format_number(shown, x, "%g");
        warning("exp: argument " + shown + " is out of range");
      }
      return y;
    }
    case AwkBuiltin::Log:
    case AwkBuiltin::Sqrt: {
      double x = arg(0);
      bool log = which == AwkBuiltin::Log;
      if (x < 0) {
        std::string shown;
        awk_format_number(shown, x, "%g");
        warning(std::string(log ? "log" : "sqrt") + ": received negative argument " + shown);
      }
      return log ? std::log(x) : std::sqrt(x);
    }
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
      if (modes_.sandbox) fatal("'system' function not allowed in sandbox mode");
      flush_all();
      auto done = p_.run({"sh", "-c", command}, {.env = environment()});
      if (!done) return -1.0;
      return static_cast<double>(done->kind == WaitStatus::Kind::Exited ? done->code : 256 + done->code);
    }
    case AwkBuiltin::Close: {
      std::string name = text(n->list[0]);
      return close_stream(name, n->list.size() > 1 ? text(n->list[1]) : "");
    }
    case AwkBuiltin::Fflush:
      if (!n->list.empty()) {
        std::string name = text(n->list[0]);
        if (!name.empty()) return flush_stream(name);
      }
      flush_all();
      return 0.0;
    case AwkBuiltin::Strftime:
    case AwkBuiltin::Systime:
    case AwkBuiltin::Mktime: return time_builtin(which, n);
    case AwkBuiltin::And:
    case AwkBuiltin::Or:
    case AwkBuiltin::Xor:
    case AwkBuiltin::Lshift:
    case AwkBuiltin::Rshift:
    case AwkBuiltin::Compl: return bits_builtin(which, n);
    default: return string_builtin(which, n);
  }
}

AwkValue AwkInterp::string_builtin(AwkBuiltin which, const AwkNode* n) {
  std::string keep, keep2;
  switch (which) {
    case AwkBuiltin::Length:
      if (n->list.empty()) return length_of(field_view(0));
      if (auto a = existing_array(n->list[0])) {
        if (dialect_.posix) fatal("length: received array argument");
        lint_extension("`length(array)'");
        return static_cast<double>(a->size());
      }
      if (dialect_.lint) lint_text(n->list[0], "length");
      return length_of(view(n->list[0], keep));
    case AwkBuiltin::Substr: return AwkValue::copy_of(substring(n, keep));
    case AwkBuiltin::Index: {
      if (dialect_.lint) lint_text(n->list[0], "index", "first "), lint_text(n->list[1], "index", "second ");
      std::string s = text(n->list[0]);
      std::string_view t = view(n->list[1], keep2);
      size_t at = std::string_view(s).find(t);
      if (fold_) at = lower(s, utf8_).find(lower(t, utf8_));
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
    case AwkBuiltin::ToLower:
      if (dialect_.lint) lint_text(n->list[0], "tolower");
      return AwkValue::string(lower(view(n->list[0], keep), utf8_));
    case AwkBuiltin::ToUpper:
      if (dialect_.lint) lint_text(n->list[0], "toupper");
      return AwkValue::string(upper(view(n->list[0], keep), utf8_));
    case AwkBuiltin::Strtonum: {
      AwkValue v = eval(n->list[0]);
      if (v.kind == AwkValue::Number || (v.kind == AwkValue::Input && v.numeric())) return v.to_number();
      return strtonum(std::string(v.text.view()));
    }
    case AwkBuiltin::Asort: return sort_array(n, false);
    case AwkBuiltin::Asorti: return sort_array(n, true);
    case AwkBuiltin::IsArray: return existing_array(n->list[0]) ? 1.0 : 0.0;
    case AwkBuiltin::Typeof: return type_of(n->list[0]);
    case AwkBuiltin::Mkbool: {
      AwkValue v(eval(n->list[0]).truth() ? 1.0 : 0.0);
      v.looks = AwkValue::kBool;
      return v;
    }
    // There is no other language to translate to.
    case AwkBuiltin::Dcgettext: return AwkValue::string(text(n->list[0]));
    case AwkBuiltin::Dcngettext: {
      std::string one = text(n->list[0]), more = text(n->list[1]);
      return AwkValue::string(number(n->list[2]) == 1 ? one : more);
    }
    case AwkBuiltin::Bindtextdomain: return AwkValue::string(text(n->list[0]));
    default: return AwkValue();
  }
}

double AwkInterp::strtonum(const std::string& s) {
  size_t at = s.find_first_not_of(" \t\n");
  if (at == std::string::npos) return 0;
  bool negative = s[at] == '-';
  if (negative || s[at] == '+') at++;
  bool hex = s.size() > at + 1 && s[at] == '0' && (s[at + 1] == 'x' || s[at + 1] == 'X');
  bool octal = !hex && s.size() > at + 1 && s[at] == '0' && ascii_digit(s[at + 1]);
  size_t digits = std::min(s.find_first_not_of("0123456789", at), s.size());
  if (octal && (s.find_first_of("89", at) < digits || (digits < s.size() && (s[digits] == '.' || s[digits] == 'e')))) octal = false;
  if (!hex && !octal) return awk_number(s);
  double v = 0;
  for (at += hex ? 2 : 1; at < s.size(); at++) {
    char c = ascii_lower(s[at]);
    int digit = ascii_digit(c) ? c - '0' : hex && c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
    if (digit >= (hex ? 16 : 8)) break;
    v = v * (hex ? 16 : 8) + digit;
  }
  return negative ? -v : v;
}

AwkValue AwkInterp::type_of(const AwkNode* a) {
  if (existing_array(a)) return AwkValue::string("array");
  if (a->op == AwkOp::RegexValue) return AwkValue::string("regexp");
  const bool name = a->op == AwkOp::Global || a->op == AwkOp::Local;
  AwkValue v = name ? cell(a).value : eval(a);   // a look does not count as use
  const char* kind = "string";
  switch (v.kind) {
    case AwkValue::Unset: kind = v.looks < 0 && (name || a->op == AwkOp::Index) ? "untyped" : "unassigned"; break;
    case AwkValue::Number: kind = v.looks == AwkValue::kBool ? "number|bool" : "number"; break;
    case AwkValue::Pattern: kind = "regexp"; break;
    case AwkValue::Input: kind = v.looks == AwkValue::kNull ? "unassigned" : v.numeric() ? "strnum" : "string"; break;
    case AwkValue::Text: break;
  }
  return AwkValue::string(kind);
}

// std::trunc without the call.
static double whole_part(double d) { return std::fabs(d) < 4503599627370496.0 ? static_cast<double>(static_cast<int64_t>(d)) : d; }

std::string_view AwkInterp::substring(const AwkNode* n, std::string& keep) {
  std::string_view s = view(n->list[0], keep);
  // The other arguments may read fields anew.
  if (n->list[1]->op != AwkOp::Number || (n->list.size() > 2 && n->list[2]->op != AwkOp::Number)) {
    keep = std::string(s);
    s = keep;
  }
  // Fractions are cut off, and a start before the text does not shorten the length, as in gawk.
  const double given_start = number(n->list[1]);
  double start = whole_part(given_start);
  double count = n->list.size() > 2 ? number(n->list[2]) : HUGE_VAL;
  if (dialect_.lint) lint_substr(given_start, count, n->list.size() > 2, length_of(s));
  if (std::isnan(start) || start < 1) start = 1;
  count = std::isnan(count) ? 0 : whole_part(count);
  // Only what comes before the end of the piece decides where it is.
  bool wide = utf8_ && !utf8::is_ascii(s.substr(0, start + count < static_cast<double>(s.size()) ? static_cast<size_t>(start + count) : s.size()));
  double length = static_cast<double>(wide ? utf8::length(s) : s.size());
  if (count <= 0 || start > length) return {};
  auto from = static_cast<size_t>(start) - 1;
  auto take = static_cast<size_t>(std::min(count, length - start + 1));
  if (!wide) return s.substr(from, take);
  size_t a = utf8::offset(s, from);
  return s.substr(a, utf8::offset(s.substr(a), take));
}

double AwkInterp::substitute(const AwkNode* n, bool global) {
  const Regex& re = regex(n->list[0]);
  std::string to = text(n->list[1]), keep;
  const AwkNode* target = n->list.size() > 2 ? n->list[2] : nullptr;
  AwkNode place;
  if (target && target->op == AwkOp::Field) {   // a field that is not there comes to be
    const int64_t i = field_index(target);
    place.op = AwkOp::Field;
    place.slot = static_cast<int>(i);
    target = &place;
    if (!split_) split_fields();
    const bool stale = record_stale_;
    if (i > 0 && static_cast<size_t>(i) > nf_) set_nf(i);
    record_stale_ = stale;   // $0 stays until something is put there
  }
  std::string_view s = target ? view(target, keep) : field_view(0);
  const bool plain = to.find_first_of("\\&") == std::string::npos;
  RegexSpan m[1];
  std::string out;
  size_t at = 0;
  int count = 0;
  while (at <= s.size() && re.match(s, at, m)) {
    if (count == 0) out.reserve(s.size() + s.size() / 4 + to.size());
    out.append(s, at, m[0].begin - at);
    if (plain) out += to;
    else expand(to, s.substr(m[0].begin, m[0].size()), out);
    count++;
    at = m[0].end;
    if (m[0].size() == 0) {
      const size_t step = character(s, at);
      out.append(s, std::min(at, s.size()), step);
      at += std::max<size_t>(step, 1);
    } else if (global && at < s.size()) {
      // An empty match right behind a match does not count.
      RegexSpan e[1];
      if (re.can_be_empty() && re.match(s, at, e) && e[0].begin == at && e[0].size() == 0) {
        const size_t step = character(s, at);
        out.append(s, at, step);
        at += step;
      }
    } else if (global && at == s.size()) {
      break;
    }
    if (!global) break;
    if ((count & 255) == 0) p_.tick(32);
  }
  if (count == 0) return 0;
  if (at < s.size()) out.append(s, at);
  if (target) {
    assign(target, AwkValue::string(std::move(out)));
  } else {
    record_text_.swap(out);
    record_ = record_text_;
    record_stale_ = split_ = false;
    record_made_ = true;
  }
  return count;
}

AwkValue AwkInterp::gensub(const AwkNode* n) {
  const Regex& re = regex(n->list[0]);
  std::string to = text(n->list[1]), how = text(n->list[2]);
  std::string s = n->list.size() > 3 ? text(n->list[3]) : std::string(field_view(0));
  bool global = !how.empty() && (how[0] == 'g' || how[0] == 'G');
  int64_t which = global ? 0 : static_cast<int64_t>(std::min(awk_number(how), 1e15));
  if (!global && which < 1) {
    warning("gensub: third argument `" + how + "' treated as 1");
    which = 1;
  }
  RegexSpan m[10];
  std::string out;
  size_t at = 0;
  int64_t count = 0;
  while (at <= s.size() && re.match(s, at, m)) {
    out.append(s, at, m[0].begin - at);
    count++;
    if (global || count == which) {
      for (size_t i = 0; i < to.size(); i++) {
        if (to[i] == '&') {
          out.append(s, m[0].begin, m[0].size());
          continue;
        }
        if (to[i] != '\\' || i + 1 == to.size()) {
          out += to[i];
          continue;
        }
        char c = to[++i];
        if (!ascii_digit(c)) {
          out += c;
          continue;
        }
        const RegexSpan& g = m[c - '0'];
        if (g.matched()) out.append(s, g.begin, g.size());
      }
    } else {
      out.append(s, m[0].begin, m[0].size());
    }
    bool empty = m[0].size() == 0;
    at = m[0].end;
    if (!global && count == which) break;
    // Behind a match that was replaced, an empty one does not count.
    RegexSpan e[1];
    if (empty || (global && at < s.size() && re.can_be_empty() && re.match(s, at, e) && e[0].begin == at && e[0].size() == 0)) {
      const size_t step = character(s, at);
      out.append(s, std::min(at, s.size()), step);
      at += std::max<size_t>(step, 1);
    } else if (global && at == s.size()) {
      break;
    }
    if ((count & 255) == 0) p_.tick(32);
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
    AwkArray& a = array_argument(n, 2, "match");
    a.clear();
    for (size_t i = 0; hit && i < m.size(); i++) {
      if (!m[i].matched()) continue;
      std::string key = std::to_string(i);
      a.at(key) = input_value(std::string_view(s).substr(m[i].begin, m[i].size()));
      a.at(key + subsep_ + "start") = AwkValue(length_of(std::string_view(s).substr(0, m[i].begin)) + 1);
      a.at(key + subsep_ + "length") = AwkValue(length_of(std::string_view(s).substr(m[i].begin, m[i].size())));
    }
  }
  return start;
}

double AwkInterp::split_builtin(const AwkNode* n) {
  const AwkNode* by = n->list.size() > 2 ? n->list[2] : nullptr;
  std::string keep, separator;
  std::string_view s = view(n->list[0], keep);
  if (by && by->op != AwkOp::Regex) {
    if (by->op != AwkOp::String) {   // it may read fields anew
      keep = std::string(s);
      s = keep;
    }
    append(by, separator);
  } else if (!by) {
    separator = fs_;
  }
  std::vector<std::pair<size_t, size_t>> parts;
  parts.swap(parts_);
  parts.clear();
  if (by && by->op == AwkOp::Regex) {
    const Regex& re = regex(by);
    RegexSpan m[1];
    size_t start = 0;
    for (size_t at = 0; !s.empty() && at <= s.size() && re.match(s, at, m);) {
      if (m[0].size() == 0) {
        at = m[0].end + 1;
        continue;
      }
      parts.push_back({start, m[0].begin - start});
      start = at = m[0].end;
    }
    if (!s.empty() && (start < s.size() || parts.empty() || !ends_unseen())) parts.push_back({start, s.size() - start});
  } else {
    split_text(s, separator, false, parts);
  }
  AwkArray* seps = n->list.size() > 3 ? &array_argument(n, 3, "split") : nullptr;
  AwkArray& a = array_argument(n, 1, "split");
  bool blanks = separator == " ";
  store_fields(a, seps, s, parts);
  // Blanks at the ends are separators too when the separator is " ".
  if (seps && blanks && !parts.empty()) {
    if (parts[0].first > 0) seps->at("0") = AwkValue::string(std::string(s.substr(0, parts[0].first)));
    size_t end = parts.back().first + parts.back().second;
    if (end < s.size()) seps->at(std::to_string(parts.size())) = AwkValue::string(std::string(s.substr(end)));
  }
  const size_t count = parts.size();
  parts.swap(parts_);
  return static_cast<double>(count);
}

// Pieces into an array, and what stands between them into another.
void AwkInterp::store_fields(AwkArray& a, AwkArray* seps, std::string_view s, const std::vector<std::pair<size_t, size_t>>& parts) {
  a.clear();
  if (seps) seps->clear();
  for (size_t i = 0; i < parts.size(); i++) {
    std::string_view part = s.substr(parts[i].first, parts[i].second);
    if (reads_numbers_) a.at(std::to_string(i + 1)) = input_value(part);
    else a.set_input(std::to_string(i + 1), part);
    if ((i & 0x3ff) == 0x3ff) p_.charge_memory(1024 * 96);
    if (!seps || i + 1 == parts.size()) continue;
    size_t end = parts[i].first + parts[i].second;
    seps->at(std::to_string(i + 1)) = AwkValue::string(std::string(s.substr(end, parts[i + 1].first - end)));
  }
}

// The array that an argument must be.
AwkArray& AwkInterp::array_argument(const AwkNode* n, size_t i, const char* function) {
  const AwkNode* a = n->list[i];
  static const char* const kWhich[] = {"first", "second", "third", "fourth"};
  const bool name = a->op == AwkOp::Global || a->op == AwkOp::Local || a->op == AwkOp::Index;
  const bool scalar = (a->op == AwkOp::Global || a->op == AwkOp::Local) && !existing_array(a) && cell(a).value.kind != AwkValue::Unset;
  if (!name || scalar) fatal(std::string(function) + ": " + kWhich[i] + " argument is not an array");
  return array(a);
}

double AwkInterp::patsplit(const AwkNode* n) {
  std::string s = text(n->list[0]);
  std::string fpat;
  append_value(globals_[kFPAT].value, fpat);
  const Regex& re = n->list.size() > 2 ? regex(n->list[2]) : dynamic_regex(fpat);
  std::vector<std::pair<size_t, size_t>> parts;
  split_by_pattern(s, re, parts);
  AwkArray* seps = n->list.size() > 3 ? &array_argument(n, 3, "patsplit") : nullptr;
  store_fields(array_argument(n, 1, "patsplit"), seps, s, parts);
  if (seps && !parts.empty()) {
    seps->at("0") = AwkValue::string(s.substr(0, parts[0].first));
    seps->at(std::to_string(parts.size())) = AwkValue::string(s.substr(parts.back().first + parts.back().second));
  }
  return static_cast<double>(parts.size());
}

AwkValue AwkInterp::bits_builtin(AwkBuiltin which, const AwkNode* n) {
  auto bits = [&](size_t i) {
    double d = number(n->list[i]);
    if (d < 0) {
      std::string shown;
      append_number(shown, d, "%g");
      static const char* const names[] = {"and", "or", "xor", "lshift", "rshift", "compl"};
      fatal(std::string(names[static_cast<int>(which) - static_cast<int>(AwkBuiltin::And)]) + ": argument " + std::to_string(i + 1) + " negative value " +
            shown + " is not allowed");
    }
    return static_cast<uint64_t>(std::min(d, 18446744073709549568.0));
  };
  uint64_t v = bits(0);
  switch (which) {
    case AwkBuiltin::And:
      for (size_t i = 1; i < n->list.size(); i++) v &= bits(i);
      break;
    case AwkBuiltin::Or:
      for (size_t i = 1; i < n->list.size(); i++) v |= bits(i);
      break;
    case AwkBuiltin::Xor:
      for (size_t i = 1; i < n->list.size(); i++) v ^= bits(i);
      break;
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
    if (n->list.size() > 1 && truth(n->list[1])) zone = TimeZone();
    return static_cast<double>(zone.seconds(f[0], f[1], f[2], f[3], f[4], f[5]));
  }
  std::string how = n->list.empty() ? "%a %b %e %H:%M:%S %Z %Y" : text(n->list[0]);
  int64_t when = n->list.size() > 1 ? static_cast<int64_t>(number(n->list[1])) : p_.now().sec;
  bool utc = n->list.size() > 2 && truth(n->list[2]);
  if (utc) zone = TimeZone();
  CivilTime time = zone.local(when);
  if (utc) time.zone = "GMT";
  return AwkValue::string(format_time(how, time, when, 0));
}

}  // namespace nacre
