/// tr - translate or delete characters.
/// Source: GNU coreutils 9 manual, "tr invocation"; POSIX XCU tr. Bytes, as GNU.
/// Differs: none known.
#include <algorithm>
#include <array>

#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: tr [OPTION]... STRING1 [STRING2]\n"
    "Translate, squeeze, or delete characters from standard input, writing to standard output.\n\n"
    "  -c, -C, --complement    use the complement of STRING1\n"
    "  -d, --delete            delete characters in STRING1, do not translate\n"
    "  -s, --squeeze-repeats   replace each sequence of a repeated character of the last STRING by one\n"
    "  -t, --truncate-set1     first truncate STRING1 to length of STRING2\n"
    "      --help              display this help and exit\n"
    "      --version           output version information and exit\n\n"
    "STRINGs hold characters, \\NNN \\\\ \\a \\b \\f \\n \\r \\t \\v, ranges a-z, [CHAR*] and [CHAR*REPEAT]\n"
    "(in STRING2), [:class:] and [=CHAR=].\n";

struct Options {
  bool complement = false, del = false, squeeze = false, truncate = false;
};
constexpr Flag<Options> kFlags[] = {
    {'c', "complement", &Options::complement},  {'C', "", &Options::complement}, {'d', "delete", &Options::del}, {'s', "squeeze-repeats", &Options::squeeze},
    {'t', "truncate-set1", &Options::truncate},
};

/// One element of a STRING: its characters, or what must be expanded later.
struct Element {
  enum Kind { Chars, Class, Fill, Equivalents } kind = Chars;
  std::string chars;
  CharClass cls = CharClass::Alpha;
};

class SetParser {
 public:
  SetParser(Process& p, std::string_view text) : p_(p) { unescape(text); }

  bool parse(std::vector<Element>& out, bool second) {
    for (size_t i = 0; i < c_.size();) {
      if (c_[i] == '[' && !quoted_[i] && i + 1 < c_.size()) {
        int done = bracket(i, out, second);
        if (done < 0) return false;
        if (done > 0) continue;
      }
      if (i + 2 < c_.size() && c_[i + 1] == '-' && !quoted_[i + 1]) {
        unsigned char low = static_cast<unsigned char>(c_[i]), high = static_cast<unsigned char>(c_[i + 2]);
        if (low > high) {
          p_.warn("range-endpoints of '%s-%s' are in reverse collating sequence order", show(c_[i]).c_str(), show(c_[i + 2]).c_str());
          return false;
        }
        Element e;
        for (int v = low; v <= high; v++) e.chars.push_back(static_cast<char>(v));
        out.push_back(e);
        i += 3;
        continue;
      }
      out.push_back({Element::Chars, std::string(1, c_[i])});
      i++;
    }
    return true;
  }

 private:
  static std::string show(char c) {
    unsigned char u = static_cast<unsigned char>(c);
    if (u >= ' ' && u < 0x7f) return std::string(1, c);
    char text[8];
    std::snprintf(text, sizeof text, "\\%03o", u);
    return text;
  }

  void push(char c, bool quoted) {
    c_.push_back(c);
    quoted_.push_back(quoted);
  }

  void unescape(std::string_view s) {
    for (size_t i = 0; i < s.size(); i++) {
      if (s[i] != '\\') {
        push(s[i], false);
        continue;
      }
      if (i + 1 >= s.size()) {
        p_.warn("warning: an unescaped backslash at end of string is not portable");
        push('\\', true);
        return;
      }
      char c = s[++i];
      constexpr std::string_view from = "abfnrtv\\", to = "\a\b\f\n\r\t\v\\";
      size_t k = from.find(c);
      if (k != std::string_view::npos) {
        push(to[k], true);
      } else if (c >= '0' && c <= '7') {
        int value = 0, n = 0;
        while (n < 3 && i < s.size() && s[i] >= '0' && s[i] <= '7' && value * 8 + (s[i] - '0') <= 255) {
          value = value * 8 + (s[i++] - '0');
          n++;
        }
        i--;
        if (n == 2 && i + 1 < s.size() && s[i + 1] >= '0' && s[i + 1] <= '7') {
          p_.warn("warning: the ambiguous octal escape \\%c%c%c is being\n\tinterpreted as the 2-byte sequence \\0%c%c, %c", s[i - 1], s[i], s[i + 1], s[i - 1],
                  s[i], s[i + 1]);
        }
        push(static_cast<char>(value), true);
      } else {
        push(c, true);
      }
    }
  }

  bool at(size_t i, char c) const { return i < c_.size() && c_[i] == c && !quoted_[i]; }

  // 1: taken, 0: not a construct, -1: an error.
  int bracket(size_t& i, std::vector<Element>& out, bool second) {
    char kind = c_[i + 1];
    if ((kind == ':' || kind == '=') && !quoted_[i + 1]) {
      for (size_t k = i + 2; k + 1 < c_.size(); k++) {
        if (!(at(k, kind) && at(k + 1, ']'))) continue;
        std::string name = c_.substr(i + 2, k - i - 2);
        if (kind == '=') {
          if (name.size() != 1) {
            if (name.empty()) {
              if (k + 2 < c_.size()) continue;
              p_.warn("missing equivalence class character '[==]'");
              return -1;
            }
            p_.warn("%s: equivalence class operand must be a single character", name.c_str());
            return -1;
          }
          out.push_back({Element::Equivalents, name});
        } else {
          auto cls = char_class(name);
          if (!cls || *cls == CharClass::Word || *cls == CharClass::Ascii) {
            p_.warn("invalid character class %s", quote(p_, name).c_str());
            return -1;
          }
          Element e{Element::Class, {}, *cls};
          for (int v = 0; v < 256; v++)
            if (in_class_ascii(static_cast<unsigned char>(v), *cls)) e.chars.push_back(static_cast<char>(v));
          out.push_back(e);
        }
        i = k + 2;
        return 1;
      }
      return 0;
    }
    if (!at(i + 2, '*')) return 0;
    size_t k = i + 3;
    std::string digits;
    while (k < c_.size() && c_[k] != ']') digits.push_back(c_[k++]);
    if (k >= c_.size()) return 0;
    uint64_t n = 0;
    for (char d : digits) {
      if (!ascii_digit(d) || (digits[0] == '0' && d > '7')) {
        p_.warn("invalid repeat count %s in [c*n] construct", quote(p_, digits).c_str());
        return -1;
      }
      n = std::min<uint64_t>(n * (digits[0] == '0' ? 8 : 10) + static_cast<uint64_t>(d - '0'), 1 << 20);
    }
    if (!second && n == 0) {
      p_.warn("the [c*] repeat construct may not appear in string1");
      return -1;
    }
    if (n == 0) out.push_back({Element::Fill, std::string(1, c_[i + 1])});
    else out.push_back({Element::Chars, std::string(std::min<uint64_t>(n, 1 << 16), c_[i + 1])});
    i = k + 1;
    return 1;
  }

  Process& p_;
  std::string c_;
  std::vector<bool> quoted_;
};

std::string flatten(const std::vector<Element>& set) {
  std::string out;
  for (const auto& e : set) out += e.chars;
  return out;
}

bool is_case(const Element& e) { return e.kind == Element::Class && (e.cls == CharClass::Upper || e.cls == CharClass::Lower); }

class Translation {
 public:
  Translation(Process& p, const Options& o) : p_(p), o_(o) {
    for (size_t i = 0; i < 256; i++) map_[i] = static_cast<unsigned char>(i);
  }

  bool prepare(const std::vector<std::string>& strings) {
    if (!SetParser(p_, strings[0]).parse(one_, false)) return false;
    if (strings.size() > 1 && !SetParser(p_, strings[1]).parse(two_, true)) return false;
    bool translate = !o_.del && strings.size() == 2;
    std::string chars1 = flatten(one_);
    if (o_.complement) chars1 = complement(chars1);
    if (translate && !map(chars1)) return false;
    if (!translate && strings.size() > 1 && !(fill(0) && no_fill())) return false;
    if (o_.del)
      for (char c : chars1) drop_[static_cast<unsigned char>(c)] = true;
    if (o_.squeeze) {
      std::string from = strings.size() > 1 ? flatten(two_) : chars1;
      for (char c : from) squeeze_[static_cast<unsigned char>(c)] = true;
    }
    return true;
  }

  void run() {
    Input in(p_, 0, "-", false);
    Output out(p_);
    int last = -1;
    Buffer buffer = make_buffer(kBlockBytes);
    for (std::string_view block = in.block(); !block.empty(); block = in.block()) {
      char* to = buffer.get();
      if (!o_.del && !o_.squeeze) {
        for (char c : block) *to++ = static_cast<char>(map_[static_cast<unsigned char>(c)]);
      } else if (!o_.squeeze) {
        for (char c : block) {   // without a branch, since which bytes go is hard to foresee
          *to = c;
          to += !drop_[static_cast<unsigned char>(c)];
        }
      } else {
        for (char ch : block) {
          unsigned char c = static_cast<unsigned char>(ch);
          if (drop_[c]) continue;
          c = map_[c];
          if (squeeze_[c] && c == last) continue;
          last = c;
          *to++ = static_cast<char>(c);
        }
      }
      out.write({buffer.get(), static_cast<size_t>(to - buffer.get())});
      if (block.size() < Input::kBlock / 2) out.flush();
      in.consume(block.size());
    }
    out.flush();
    if (in.error() != Errno::OK) {
      p_.warn(in.error(), "read error");
      failed_ = true;
    }
  }
  bool failed() const { return failed_; }

 private:
  static std::string complement(const std::string& chars) {
    std::string out;
    for (int v = 0; v < 256; v++)
      if (chars.find(static_cast<char>(v)) == std::string::npos) out.push_back(static_cast<char>(v));
    return out;
  }

  bool fail(const char* message) {
    p_.warn("%s", message);
    return false;
  }

  // [c*] takes what is left of STRING1's length.
  bool fill(size_t length1) {
    size_t fills = 0, rest = 0;
    for (const auto& e : two_) {
      if (e.kind == Element::Fill) fills++;
      else rest += e.chars.size();
    }
    if (fills > 1) return fail("only one [c*] repeat construct may appear in string2");
    for (auto& e : two_)
      if (e.kind == Element::Fill) e.chars = std::string(length1 > rest ? length1 - rest : 0, e.chars[0]);
    return true;
  }

  bool no_fill() {
    auto is_fill = [](const Element& e) { return e.kind == Element::Fill; };
    return std::none_of(two_.begin(), two_.end(), is_fill) || fail("the [c*] construct may appear in string2 only when translating");
  }

  bool map(const std::string& chars1) {
    if (!fill(chars1.size())) return false;
    bool cases = false;
    for (size_t k = 0; k < two_.size(); k++) {
      if (two_[k].kind == Element::Equivalents) return fail("[=c=] expressions may not appear in string2 when translating");
      if (two_[k].kind != Element::Class) continue;
      if (!is_case(two_[k])) return fail("when translating, the only character classes that may appear in\nstring2 are 'upper' and 'lower'");
      cases = true;
    }
    std::string chars2 = flatten(two_);
    const bool shorter = chars2.size() < chars1.size(), ends_in_class = shorter && cases && !o_.truncate && two_.back().kind == Element::Class;
    constexpr char kEnds[] = "when translating with string1 longer than string2,\nthe latter string must not end with a character class";
    if (cases && !o_.complement) return map_cases() && (!ends_in_class || fail(kEnds));
    if (chars2.empty() && !o_.truncate && !chars1.empty()) return fail("when not truncating set1, string2 must be non-empty");
    if (ends_in_class) return fail(kEnds);
    // Several characters that stand for what a class leaves out have no order.
    auto is_class = [](const Element& e) { return e.kind == Element::Class; };
    auto other = [&](char c) { return c != chars2[0]; };
    if (o_.complement && std::any_of(one_.begin(), one_.end(), is_class) &&
        (chars2.size() > chars1.size() || (shorter && o_.truncate) || std::any_of(chars2.begin(), chars2.end(), other)))
      return fail("when translating with complemented character classes,\nstring2 must map all characters in the domain to one");
    size_t n = o_.truncate ? std::min(chars1.size(), chars2.size()) : chars1.size();
    for (size_t i = 0; i < n; i++) {
      char to = i < chars2.size() ? chars2[i] : chars2.back();
      map_[static_cast<unsigned char>(chars1[i])] = static_cast<unsigned char>(to);
    }
    return true;
  }

  // With [:upper:] against [:lower:] at the same place, position by position.
  bool map_cases() {
    if (one_.empty() && std::any_of(two_.begin(), two_.end(), [](const auto& c) { return is_case(c); }))
      return fail("misaligned [:upper:] and/or [:lower:] construct");
    size_t i = 0, k = 0, ci = 0, ck = 0;
    char last = 0;
    bool any = false;
    while (i < one_.size()) {
      if (k < two_.size() && ck == 0 && is_case(two_[k])) {
        if (ci != 0 || !is_case(one_[i])) return fail("misaligned [:upper:] and/or [:lower:] construct");
        for (char c : one_[i].chars)
          map_[static_cast<unsigned char>(c)] = static_cast<unsigned char>(two_[k].cls == CharClass::Upper ? ascii_upper(c) : ascii_lower(c));
        last = two_[k].chars.back();
        any = true;
        i++;
        k++;
        continue;
      }
      if (ci >= one_[i].chars.size()) {
        i++;
        ci = 0;
        continue;
      }
      if (k < two_.size() && ck >= two_[k].chars.size()) {
        k++;
        ck = 0;
        continue;
      }
      if (k < two_.size()) {
        last = two_[k].chars[ck++];
        any = true;
      } else if (o_.truncate || !any) break;
      map_[static_cast<unsigned char>(one_[i].chars[ci++])] = static_cast<unsigned char>(last);
    }
    return true;
  }

  Process& p_;
  const Options& o_;
  std::vector<Element> one_, two_;
  std::array<unsigned char, 256> map_{};
  std::array<bool, 256> drop_{}, squeeze_{};
  bool failed_ = false;
};

int tr_main(Process& p) {
  Options o;
  std::vector<std::string> strings;
  if (auto status = parse(p, kUsage, kFlags, o, strings, {.in_order = true})) return *status;
  size_t least = o.del == o.squeeze ? 2 : 1, most = o.del && !o.squeeze ? 1 : 2;
  if (strings.empty()) return missing_operand(p);
  if (strings.size() < least) {
    p.warn("missing operand after %s", quote(p, strings.back()).c_str());
    write_error(p, o.squeeze ? "Two strings must be given when both deleting and squeezing repeats.\n" : "Two strings must be given when translating.\n");
    return try_help(p);
  }
  if (strings.size() > most) {
    p.warn("extra operand %s", quote(p, strings[most]).c_str());
    if (strings.size() == 2) write_error(p, "Only one string may be given when deleting without squeezing repeats.\n");
    return try_help(p);
  }
  Translation t(p, o);
  if (!t.prepare(strings)) return 1;
  t.run();
  return t.failed() ? 1 : 0;
}

}  // namespace

Command tr_command() { return {{"tr"}, kUsage, tr_main}; }

}  // namespace nacre
