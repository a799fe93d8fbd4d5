#include "algo/path_glob.h"

#include <cstring>

#include "algo/unicode.h"

namespace nacre {
namespace {

/// What a pattern is made of, before it is known whether a quick comparison will do.
struct Token {
  enum Kind : uint8_t { Char, Any, Star, Prefix, Suffix, Middle, Class, Open, Comma, Close } kind;
  char c = 0;
  std::string text;   // Class: as a bracket expression
};

class Parser {
 public:
  Parser(std::string_view pattern, std::string* error) : p_(pattern), error_(error) {}

  bool run(std::vector<Token>& out) {
    for (; at_ < p_.size(); at_++) {
      char c = p_[at_];
      bool good = true;
      if (c == '?') tokens_.push_back({Token::Any});
      else if (c == '*') star();
      else if (c == '[') good = bracket();
      else if (c == '{') good = open();
      else if (c == '}' && open_) close();
      else if (c == ',' && open_) tokens_.push_back({Token::Comma}), group_start_ = tokens_.size();
      else if (c == '\\') good = escape();
      else tokens_.push_back({Token::Char, c});
      if (!good) return false;
    }
    if (open_) return fail("unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)");
    out = std::move(tokens_);
    return true;
  }

 private:
  bool fail(std::string what) {
    *error_ = std::move(what);
    return false;
  }
  char before(size_t at) const { return at > 0 ? p_[at - 1] : 0; }

  bool open() {
    if (open_) return fail("nested alternate groups are not allowed");
    open_ = true;
    tokens_.push_back({Token::Open});
    group_start_ = tokens_.size();
    return true;
  }
  void close() {
    open_ = false;
    tokens_.push_back({Token::Close});
    group_start_ = 0;
  }
  bool escape() {
    if (at_ + 1 >= p_.size()) return fail("dangling '\\'");
    tokens_.push_back({Token::Char, p_[++at_]});
    return true;
  }

  void star() {
    size_t start = at_;
    if (at_ + 1 >= p_.size() || p_[at_ + 1] != '*') {
      tokens_.push_back({Token::Star});
      return;
    }
    at_++;
    char next = at_ + 1 < p_.size() ? p_[at_ + 1] : 0;
    bool at_end = at_ + 1 >= p_.size(), first = tokens_.size() == group_start_;
    if (first) {
      if (!at_end && next != '/') return two();
      tokens_.push_back({Token::Prefix});
      if (!at_end) at_++;
      return;
    }
    if (before(start) != '/') return two();
    bool suffix = at_end || (open_ && (next == ',' || next == '}'));
    if (!suffix) {
      if (next != '/') return two();
      at_++;
    }
    // The slash before belongs to it.
    Token last = tokens_.back();
    tokens_.pop_back();
    if (last.kind == Token::Prefix || last.kind == Token::Suffix) tokens_.push_back(last);
    else tokens_.push_back({suffix ? Token::Suffix : Token::Middle});
  }
  void two() {
    tokens_.push_back({Token::Star});
    tokens_.push_back({Token::Star});
  }

  bool bracket() {
    size_t i = at_ + 1;
    bool negated = i < p_.size() && (p_[i] == '!' || p_[i] == '^');
    if (negated) i++;
    bool members[256] = {};
    int low = -1;      // what a '-' may begin a range with
    bool range = false, first = true;
    for (;; i++) {
      if (i >= p_.size()) return fail("unclosed character class; missing ']'");
      char c = p_[i];
      if (c == ']' && !first) break;
      if (c == '-' && !first && low >= 0 && !range) {
        range = true;
      } else {
        unsigned char u = static_cast<unsigned char>(c);
        if (range) {
          if (u < low) return fail(std::string("invalid range; '") + static_cast<char>(low) + "' > '" + c + "'");
          for (int m = low; m <= u; m++) members[m] = true;
          range = false;
        }
        members[u] = true;
        low = u;
      }
      first = false;
    }
    if (range) members['-'] = true;
    at_ = i;
    Token t{Token::Class};
    t.text = negated ? "[^" : "[";
    // ']' first and '-' last have no meaning; '^' not first.
    if (members[static_cast<int>(']')]) t.text += ']';
    for (int m = 1; m < 128; m++)   // no set knows more than ASCII
      if (members[m] && m != ']' && m != '-' && m != '^' && m != '[') t.text += static_cast<char>(m);
    if (members[static_cast<int>('[')]) t.text += "[";
    bool only_caret = t.text.size() == 1 && members[static_cast<int>('^')];
    if (only_caret && !members[static_cast<int>('-')]) t = {Token::Char, '^'};
    else {
      if (members[static_cast<int>('^')] && !only_caret) t.text += '^';
      if (members[static_cast<int>('-')]) t.text += '-';
      if (only_caret) t.text += '^';
      t.text += ']';
    }
    tokens_.push_back(std::move(t));
    return true;
  }

  std::string_view p_;
  std::string* error_;
  size_t at_ = 0, group_start_ = 0;
  bool open_ = false;
  std::vector<Token> tokens_;
};

std::string expression(const std::vector<Token>& tokens, bool across) {
  std::string out = "^";
  if (tokens.size() == 1 && tokens[0].kind == Token::Prefix) return "^.*$";
  for (const auto& t : tokens) {
    switch (t.kind) {
      case Token::Char:
        if (std::strchr("\\^$.[|()*+?{", t.c) && t.c) out += '\\';
        out += t.c;
        break;
      case Token::Any: out += across ? "." : "[^/]"; break;
      case Token::Star: out += across ? ".*" : "[^/]*"; break;
      case Token::Prefix: out += "(/?|.*/)"; break;
      case Token::Suffix: out += "/.*"; break;
      case Token::Middle: out += "(/|/.*/)"; break;
      case Token::Class: out += t.text; break;
      case Token::Open: out += '('; break;
      case Token::Comma: out += '|'; break;
      case Token::Close: out += ')'; break;
    }
  }
  return out + "$";
}

bool equal(std::string_view a, std::string_view b, bool fold) {
  if (a.size() != b.size()) return false;
  if (!fold) return a == b;
  for (size_t i = 0; i < a.size(); i++)
    if (ascii_lower(a[i]) != ascii_lower(b[i])) return false;
  return true;
}

}  // namespace

std::optional<PathGlob> PathGlob::compile(std::string_view pattern, bool fold, bool across_slashes, std::string* error) {
  std::vector<Token> tokens;
  if (!Parser(pattern, error).run(tokens)) return std::nullopt;
  PathGlob g;
  g.fold_ = fold;
  // Most rules are names, or endings of names: those need no automaton.
  size_t begin = !tokens.empty() && tokens[0].kind == Token::Prefix ? 1 : 0;
  bool star = begin && tokens.size() > 1 && tokens[1].kind == Token::Star;
  bool plain = tokens.size() > begin + star, slash = false, ascii = true;
  for (size_t i = begin + star; i < tokens.size(); i++) {
    plain = plain && tokens[i].kind == Token::Char;
    slash = slash || tokens[i].c == '/';
    ascii = ascii && static_cast<unsigned char>(tokens[i].c) < 0x80;
    g.text_ += tokens[i].c;
  }
  if (plain && (ascii || !fold) && (begin == 0 || !slash)) {
    g.kind_ = begin == 0 ? Kind::Whole : star ? Kind::BaseSuffix : Kind::Base;
    if (!(star && across_slashes)) return g;
  }
  g.kind_ = Kind::Pattern;
  g.text_ = expression(tokens, across_slashes);
  return g;
}

bool PathGlob::match(std::string_view path) const {
  if (kind_ == Kind::Whole) return equal(path, text_, fold_);
  if (kind_ == Kind::Pattern) {
    if (!regex_) {
      std::string ignored;
      regex_ = Regex::compile(text_, kRegexExtended | kRegexUtf8 | (fold_ ? kRegexFoldCase : 0), &ignored);
    }
    return regex_ && regex_->matches(path);
  }
  size_t slash = path.rfind('/');
  std::string_view base = slash == std::string_view::npos ? path : path.substr(slash + 1);
  if (kind_ == Kind::Base) return equal(base, text_, fold_);
  return base.size() >= text_.size() && equal(base.substr(base.size() - text_.size()), text_, fold_);
}

bool IgnoreRules::add(std::string_view line, bool fold, std::string* error) {
  if (line.starts_with('#')) return true;
  if (!line.ends_with("\\ "))
    while (!line.empty() && ascii_space(line.back())) line.remove_suffix(1);
  if (line.empty()) return true;
  std::string_view whole = line;
  bool whitelist = false, absolute = false, only_dir = false;
  if (line.starts_with("\\!") || line.starts_with("\\#")) {
    line.remove_prefix(1);
  } else {
    if (line.starts_with('!')) {
      whitelist = true;
      line.remove_prefix(1);
    }
    if (line.starts_with('/')) {
      absolute = true;
      line.remove_prefix(1);
    }
  }
  if (line.ends_with('/')) {
    only_dir = true;
    line.remove_suffix(1);
    if (line.ends_with('\\')) line.remove_suffix(1);
  }
  std::string actual(line);
  if (!absolute && line.find('/') == std::string_view::npos && !(line.starts_with("**/") || line == "**")) actual = "**/" + actual;
  if (actual.ends_with("/**")) actual += "/*";
  std::string why;
  auto glob = PathGlob::compile(actual, fold, false, &why);
  if (!glob) {
    *error = "error parsing glob '" + std::string(whole) + "': " + why;
    return false;
  }
  if (!whitelist) ignoring_++;
  rules_.push_back({std::move(*glob), whitelist, only_dir});
  return true;
}

IgnoreMatch IgnoreRules::match(std::string_view path, bool is_dir) const {
  for (auto r = rules_.rbegin(); r != rules_.rend(); ++r)
    if ((!r->only_dir || is_dir) && r->glob.match(path)) return r->whitelist ? IgnoreMatch::Whitelist : IgnoreMatch::Ignore;
  return IgnoreMatch::None;
}

}  // namespace nacre
