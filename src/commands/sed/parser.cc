#include <algorithm>
#include <cstring>
#include <map>

#include "algo/unicode.h"
#include "base/utf8.h"
#include "commands/sed/script.h"
#include "commands/sed/texts.h"

namespace nacre {
namespace {

constexpr std::string_view kCommands = "{}=abcdDeFgGhHilnNpPqQrRstTvwWxyz:#";

class SedParser {
 public:
  SedParser(const std::vector<SedSource>& sources, const SedDialect& d) : sources_(sources), d_(d) {
    for (const auto& s : sources) {
      starts_.push_back(t_.size());
      t_ += s.text;
      if (s.file.empty() || (!t_.empty() && t_.back() != '\n')) t_ += '\n';
    }
    if (!t_.empty()) t_.pop_back();
  }

  SedScript run() {
    // A file's first line must be just that; of -e, GNU's sed looks at two characters only.
    if (t_.substr(0, 2) == "#n" && !sources_[0].text.empty() && (sources_[0].file.empty() || t_.size() == 2 || t_[2] == '\n')) s_.quiet = true;
    while (s_.error.empty() && skip_to_command()) command();
    if (s_.error.empty() && !blocks_.empty()) {
      s_.error = place(blocks_.back().second, true) + "unmatched `{'";
    }
    if (s_.error.empty()) resolve();
    s_.end = place(t_.size(), true);
    return std::move(s_);
  }

 private:
  bool end() const { return at_ >= t_.size(); }
  char peek() const { return end() ? '\n' : t_[at_]; }
  void skip_blanks() {
    while (!end() && (t_[at_] == ' ' || t_[at_] == '\t')) at_++;
  }

  void fail(const std::string& message) { fail_at(at_, message); }
  void fail_at(size_t at, const std::string& message) {
    if (s_.error.empty()) s_.error = place(at, at == 0) + message;
  }
  // "-e expression #1, char 5: " or "file x line 2: "; `whole` when no character is at fault.
  std::string place(size_t at, bool whole) const {
    size_t k = 0;
    while (k + 1 < starts_.size() && starts_[k + 1] <= at) k++;
    const SedSource& source = sources_[k];
    if (source.file.empty()) {
      size_t number = 0;
      for (size_t i = 0; i <= k; i++) number += sources_[i].file.empty();
      return "-e expression #" + std::to_string(number) + ", char " + std::to_string(whole ? 0 : at - starts_[k]) + ": ";
    }
    auto line = std::count(t_.begin() + static_cast<long>(starts_[k]), t_.begin() + static_cast<long>(std::min(at, t_.size())), '\n') + 1;
    return "file " + source.file + " line " + std::to_string(line) + ": ";
  }

  bool skip_to_command() {
    while (!end() && (ascii_space(t_[at_]) || t_[at_] == ';')) at_++;
    return !end();
  }

  uint64_t number() {
    uint64_t n = 0;
    while (!end() && ascii_digit(t_[at_])) n = n * 10 + static_cast<uint64_t>(t_[at_++] - '0');
    return n;
  }

  // ---- addresses
  bool address(SedAddress& a, bool second) {
    char c = peek();
    if (end()) return false;
    if (ascii_digit(c)) {
      a.n = number();
      a.kind = SedAddress::Line;
      skip_blanks();
      if (peek() == '~' && !d_.posix) {
        at_++;
        a.step = number();
        a.kind = a.step > 0 ? SedAddress::Step : a.n > 0 || second ? SedAddress::Line : SedAddress::Zero;
      } else if (!second && a.n == 0) {
        a.kind = SedAddress::Zero;
      }
      return true;
    }
    if (!second && (c == '+' || c == '~') && !d_.posix) {
      at_++;
      skip_blanks();
      if (end() || !ascii_digit(t_[at_])) return false;   // GNU's sed takes the sign alone for no address
      number();
      fail("invalid usage of +N or ~N as first address");
      return false;
    }
    if (second && (c == '+' || c == '~') && at_ + 1 < t_.size() && ascii_digit(t_[at_ + 1]) && !d_.posix) {
      at_++;
      a.n = number();
      a.kind = c == '+' ? SedAddress::Plus : SedAddress::Multiple;
      return true;
    }
    if (c == '$') {
      at_++;
      a.kind = SedAddress::Last;
      return true;
    }
    if (c != '/' && c != '\\') return false;
    at_++;
    char delimiter = '/';
    if (c == '\\') {
      if (end()) {
        fail("unterminated address regex");
        return false;
      }
      delimiter = t_[at_++];
    }
    std::string pattern;
    if (!delimited(delimiter, true, pattern)) {
      fail("unterminated address regex");
      return false;
    }
    uint32_t flags = 0;
    for (; skip_blanks(), !d_.posix; at_++) {
      if (peek() == 'I') flags |= kRegexFoldCase;
      else if (peek() == 'M') flags |= kRegexLineAnchors;
      else break;
    }
    a.kind = SedAddress::Pattern;
    a.regex = compile(pattern, flags, a.pattern);
    a.flags = flags;
    return s_.error.empty();
  }

  // Text up to an unescaped delimiter. In a regular expression a bracket protects it, and a
  // backslash before it outside of brackets only takes away its meaning as delimiter.
  bool delimited(char delimiter, bool regex, std::string& out) {
    for (; !end(); at_++) {
      char c = t_[at_];
      if (c == delimiter) {
        at_++;
        return true;
      }
      if (c == '\n') return false;
      if (c == '[' && regex) {
        size_t close = bracket_end(at_);
        if (close == std::string::npos) {   // nothing ends within a bracket
          at_ = std::min(t_.find('\n', at_), t_.size());
          return false;
        }
        out.append(t_, at_, close - at_ + 1);
        at_ = close;
        continue;
      }
      if (c != '\\' || at_ + 1 >= t_.size()) {
        out += c;
        continue;
      }
      char n = t_[++at_];
      if (n == '\n' && std::find(starts_.begin(), starts_.end(), at_ + 1) != starts_.end()) return false;   // the end of one -e
      bool bare = n == delimiter && (regex || (n != '&' && !ascii_digit(n)));
      if (!bare && n != '\n') out += '\\';
      out += n;
    }
    return false;
  }

  // Where the bracket expression at `at` closes; npos if it does not on this line.
  size_t bracket_end(size_t at) const {
    size_t i = at + 1;
    if (i < t_.size() && t_[i] == '^') i++;
    if (i < t_.size() && t_[i] == ']') i++;
    for (; i < t_.size() && t_[i] != '\n'; i++) {
      if (t_[i] == ']') return i;
      if (t_[i] != '[' || i + 1 >= t_.size() || !std::strchr(":.=", t_[i + 1])) continue;
      const char closer[] = {t_[i + 1], ']', 0};
      size_t close = t_.find(closer, i + 2);
      if (close != std::string::npos) i = close + 1;
    }
    return std::string::npos;
  }

  // *text: what is compiled in the end.
  std::shared_ptr<Regex> compile(const std::string& pattern, uint32_t flags, std::string& text) {
    if (pattern.empty()) {
      if (flags) fail("cannot specify modifiers on empty regexp");
      return nullptr;
    }
    if (misses_a_bracket(pattern)) {
      if (s_.error.empty()) s_.error = "character class syntax is [[:space:]], not [:space:]";
      s_.error_status = 4;
      return nullptr;
    }
    if (flags & kRegexLineAnchors) flags |= kRegexDotInLine;
    if (d_.null_data) flags &= ~kRegexLineAnchors;   // a newline ends no line then
    if (d_.extended) flags |= kRegexExtended;
    if (d_.utf8) flags |= kRegexUtf8;
    std::string error;
    if (!d_.extended && has_bare_interval(pattern)) return fail("Invalid preceding regular expression"), nullptr;
    auto re = Regex::compile(text = sed_regex_text(pattern, d_), flags, &error);
    if (!re) fail(error);
    return re;
  }

  // ---- commands
  void command() {
    SedCommand c;
    if (address(c.first, false)) {
      skip_blanks();
      if (peek() == ',' && !end()) {
        at_++;
        skip_blanks();
        if (!address(c.second, true)) return fail_at(at_ + 1, "unexpected `,'");
      }
    }
    if (!s_.error.empty()) return;
    skip_blanks();
    if (c.first.kind == SedAddress::Zero) {
      c.active = c.second.kind == SedAddress::Pattern;
      const bool before_all = c.second.kind == SedAddress::None && !end() && peek() == 'r';
      if (d_.posix || (!c.active && !before_all)) return fail_at(at_ + !end(), "invalid usage of line address 0");
    }
    while (peek() == '!' && !end()) {
      if (c.negate) return fail_at(at_ + 1, "multiple `!'s");
      c.negate = true;
      at_++;
      skip_blanks();
    }
    if (end()) return fail("missing command");
    c.name = t_[at_++];
    if (d_.posix && std::strchr("eFLQRTvWz", c.name)) return fail(std::string("unknown command: `") + c.name + "'");
    if (d_.posix && c.second.kind != SedAddress::None && std::strchr("=air", c.name)) return fail("command only uses one address");
    if (kCommands.find(c.name) == std::string_view::npos) return fail(std::string("unknown command: `") + c.name + "'");
    body(c);
  }

  void body(SedCommand& c) {
    switch (c.name) {
      case '#':
        if (c.first.kind != SedAddress::None) return fail("comments don't accept any addresses");
        while (!end() && t_[at_] != '\n') at_++;
        return;
      case '{': blocks_.push_back({s_.commands.size(), at_}); return add(c);
      case '}': return close(c);
      case ':': return label_definition(c);
      case 'b':
      case 't':
      case 'T': c.text = label(); return finish(c);
      case 'a':
      case 'i':
      case 'c': return text_command(c);
      case 's': return substitution(c);
      case 'y': return transliteration(c);
      case 'r':
      case 'R':
      case 'w':
      case 'W': return file_command(c);
      case 'e':
        if (d_.sandbox) return fail("e/r/w commands disabled in sandbox mode");
        skip_blanks();
        c.text = rest_of_line();
        return add(c);
      case 'q':
      case 'Q':
      case 'l':
      case 'L':
        if ((c.name == 'q' || c.name == 'Q') && c.second.kind != SedAddress::None) return fail("command only uses one address");
        skip_blanks();
        if (ascii_digit(peek()) && !end() && !d_.posix) c.number = static_cast<int64_t>(number());
        return finish(c);
      case '=': return finish(c);
      case 'v': return version_command();
      default: return finish(c);
    }
  }

  // v VERSION: an error if this is older than what the script asks for.
  void version_command() {
    skip_blanks();
    std::string want = rest_of_label();
    constexpr int kHave[] = {4, 9, 0};
    if (!want.empty() && want.find_first_not_of("0123456789.") != std::string::npos) return fail("expected newer version of sed");
    if (!end() && t_[std::min(t_.find_first_not_of(" \t", at_), t_.size() - 1)] != '\n') return fail("expected newer version of sed");
    int have = 0;
    for (size_t i = 0, k = 0; k < 3 && i < want.size(); k++) {
      int n = 0;
      for (; i < want.size() && ascii_digit(want[i]); i++) n = n * 10 + (want[i] - '0');
      i++;
      if (have == 0) have = kHave[k] > n ? 1 : kHave[k] < n ? -1 : 0;
    }
    if (have < 0) fail("expected newer version of sed");
  }

  void add(SedCommand& c) { s_.commands.push_back(std::move(c)); }

  // After a command: blanks, then ; } # newline or the end.
  void finish(SedCommand& c) {
    skip_blanks();
    if (!end()) {
      char n = t_[at_];
      if (n == ';' || n == '\n') at_++;
      else if (n != '}' && n != '#') return fail_at(at_ + 1, "extra characters after command");
    }
    add(c);
  }

  void close(SedCommand& c) {
    if (blocks_.empty()) return fail("unexpected `}'");
    if (c.first.kind != SedAddress::None) return fail("} doesn't want any addresses");
    s_.commands[blocks_.back().first].target = s_.commands.size();
    blocks_.pop_back();
    if (d_.debug) s_.commands.push_back(c);
    skip_blanks();
    if (!end()) {
      char n = t_[at_];
      if (n == ';' || n == '\n') at_++;
      else if (n != '}' && n != '#') fail_at(at_ + 1, "extra characters after command");
    }
  }

  std::string rest_of_line() {
    size_t start = at_;
    while (!end() && t_[at_] != '\n') at_++;
    return t_.substr(start, at_ - start);
  }

  std::string rest_of_label() {
    size_t start = at_;
    while (!end() && t_[at_] != '\n' && t_[at_] != ';' && !ascii_space(t_[at_])) at_++;
    return t_.substr(start, at_ - start);
  }

  std::string label() {
    skip_blanks();
    size_t start = at_;
    while (!end() && t_[at_] != '\n' && t_[at_] != ';' && t_[at_] != '}' && !ascii_space(t_[at_])) at_++;
    return t_.substr(start, at_ - start);
  }

  void label_definition(SedCommand& c) {
    if (c.first.kind != SedAddress::None) return fail(": doesn't want any addresses");
    skip_blanks();
    size_t start = at_;
    while (!end() && !ascii_space(t_[at_]) && t_[at_] != ';' && t_[at_] != '}') at_++;
    std::string name = t_.substr(start, at_ - start);
    if (name.empty()) return fail("\":\" lacks a label");
    labels_[name] = s_.commands.size();
    skip_blanks();
    if (!d_.debug) return;
    c.text = name;
    add(c);
  }

  // a, i, c: GNU's one-line form `a text`, and `a\` newline text with its continuation lines.
  void text_command(SedCommand& c) {
    skip_blanks();
    if (end()) return fail("expected \\ after `a', `c' or `i'");
    if (t_[at_] == '\\') {
      size_t mark = ++at_;
      skip_blanks();
      if (!end() && t_[at_] == '\n') at_++;
      else at_ = mark;   // a\text keeps its leading blanks
    } else if (d_.posix) return fail_at(at_ + 1, "expected \\ after `a', `c' or `i'");
    if (end()) {   // `a\` at the end adds nothing
      if (t_.back() == '\n') c.text = "\n";
      return add(c);
    }
    std::string text;
    while (!end()) {
      char ch = t_[at_++];
      if (ch == '\\') {
        if (end()) break;
        char byte;
        if (sed_escape(t_, at_, byte)) text += byte;
        else text += t_[at_++];
        continue;
      }
      if (ch == '\n') break;
      text += ch;
    }
    c.text = text + "\n";
    add(c);
  }

  int file_index(const std::string& name) {
    for (size_t i = 0; i < s_.files.size(); i++)
      if (s_.files[i] == name) return static_cast<int>(i);
    s_.files.push_back(name);
    return static_cast<int>(s_.files.size()) - 1;
  }

  void file_command(SedCommand& c) {
    if (d_.sandbox) return fail("e/r/w commands disabled in sandbox mode");
    skip_blanks();
    c.text = rest_of_line();
    if (c.text.empty()) return fail_at(at_ + !end(), "missing filename in r/R/w/W commands");
    if (c.name == 'w' || c.name == 'W') c.file = file_index(c.text);
    add(c);
  }

  void substitution(SedCommand& c) {
    if (end()) return fail("unterminated `s' command");
    char delimiter = t_[at_++];
    if (delimiter == '\n' || delimiter == '\\') return fail("unterminated `s' command");
    std::string pattern, replacement;
    if (!delimited(delimiter, true, pattern) || !delimited(delimiter, false, replacement)) return fail("unterminated `s' command");
    uint32_t flags = 0;
    bool numbered = false;
    for (bool more = true; more && !end();) {
      char f = t_[at_];
      if (d_.posix && std::strchr("iImMe", f)) break;
      switch (f) {
        case 'i':
        case 'I':
          flags |= kRegexFoldCase;
          at_++;
          break;
        case 'm':
        case 'M':
          flags |= kRegexLineAnchors;
          at_++;
          break;
        case 'e':
          c.evaluate = true;
          at_++;
          if (d_.sandbox) return fail("e/r/w commands disabled in sandbox mode");
          break;
        case 'g':
          at_++;
          if (c.global) return fail("multiple `g' options to `s' command");
          c.global = true;
          break;
        case 'p':
          at_++;
          if (c.print) return fail("multiple `p' options to `s' command");
          c.print = true;
          break;
        case ' ': at_++; break;
        case 'w':
          at_++;
          if (d_.sandbox) return fail("e/r/w commands disabled in sandbox mode");
          skip_blanks();
          c.text = rest_of_line();
          if (c.text.empty()) return fail_at(at_ + !end(), "missing filename in r/R/w/W commands");
          c.file = file_index(c.text);
          more = false;
          break;
        default:
          if (!ascii_digit(f)) {
            more = false;
            break;
          }
          c.occurrence = number();
          if (c.occurrence == 0) return fail("number option to `s' command may not be zero");
          if (numbered) return fail("multiple number options to `s' command");
          numbered = c.occurrence_given = true;
          break;
      }
    }
    skip_blanks();
    if (!end() && c.file < 0 && !std::strchr(";\n}#", t_[at_])) return fail_at(at_ + 1, "unknown option to `s'");
    // What ends the command is read before its parts are looked at, and so counts in messages about them.
    const size_t behind = at_;
    if (!end() && (t_[at_] == '\n' || (c.file < 0 && t_[at_] == ';'))) at_++;
    c.regex = compile(pattern, flags, c.pattern);
    c.flags = flags;
    if (!s_.error.empty()) return;
    int highest = 0;
    std::string wrong;
    c.replacement = parse_sed_replacement(replacement, d_, &highest, &wrong);
    if (!wrong.empty()) return fail(wrong);
    if (c.regex && highest > c.regex->groups()) return fail("invalid reference \\" + std::to_string(highest) + " on `s' command's RHS");
    at_ = behind;
    finish(c);
  }

  void transliteration(SedCommand& c) {
    if (end()) return fail("unterminated `y' command");
    char delimiter = t_[at_++];
    std::string from, to;
    if (!delimited(delimiter, false, from) || !delimited(delimiter, false, to)) return fail("unterminated `y' command");
    auto a = sed_characters(from, d_.utf8), b = sed_characters(to, d_.utf8);
    if (a.size() != b.size()) return fail("strings for `y' command are different lengths");
    for (size_t i = 0; i < a.size(); i++) c.map.push_back({a[i], b[i]});
    finish(c);
  }

  void resolve() {
    for (size_t i = s_.commands.size(); i-- > 0;) {   // of the missing ones, the last is told of
      SedCommand& c = s_.commands[i];
      if (c.name != 'b' && c.name != 't' && c.name != 'T') continue;
      if (c.text.empty()) {
        c.target = s_.commands.size();
      } else if (auto found = labels_.find(c.text); found != labels_.end()) {
        c.target = found->second;
      } else {
        s_.error = "can't find label for jump to `" + c.text + "'";
        s_.error_status = 4;
        return;
      }
    }
  }

  const std::vector<SedSource>& sources_;
  SedDialect d_;
  std::string t_;
  std::vector<size_t> starts_;
  size_t at_ = 0;
  SedScript s_;
  std::vector<std::pair<size_t, size_t>> blocks_;   // command index, position
  std::map<std::string, size_t> labels_;
};

}  // namespace

SedScript parse_sed(const std::vector<SedSource>& sources, const SedDialect& dialect) { return SedParser(sources, dialect).run(); }

}  // namespace nacre
