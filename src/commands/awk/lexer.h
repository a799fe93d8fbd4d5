/// AwkLexer: the tokens of an awk program, which may come from several texts:
/// -f, -e, -i and @include.
/// Source: POSIX XCU awk, "Lexical Conventions"; gawk manual 3.2 "Escape Sequences", 2.7 "Including Other Files".
#pragma once
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "commands/awk/ast.h"

namespace nacre {

/// Finds the text of an @include; nullopt and *error when it cannot be read.
using AwkInclude = std::function<std::optional<AwkSource>(const std::string& name, std::string* error)>;

/// How the language is read.
struct AwkDialect {
  bool utf8 = true;
  bool traditional = false, posix = false;   ///< without gawk's extensions; posix comes with traditional
  bool intervals = false;                    ///< {n,m} in regular expressions also where traditional
  bool notes = false;                        ///< fill AwkProgram::notes
  bool lint = false, lint_old = false;       ///< warn of what is doubtful; of what old awks do not know
  bool lint_fatal = false, lint_extensions = true;   ///< the first such warning ends all; gawk's extensions are doubtful too
};

class AwkLexer {
 protected:
  enum class Tok : uint8_t { End, Newline, Number, String, Name, FuncName, Builtin, Keyword, Op };

  AwkLexer(std::vector<AwkSource> sources, const AwkDialect& dialect, AwkProgram& program);

  void advance();
  bool is(std::string_view op) const { return (tok_ == Tok::Op || tok_ == Tok::Keyword) && text_ == op; }
  bool accept(std::string_view op) {
    if (!is(op)) return false;
    advance();
    return true;
  }
  void skip_newlines() {
    while (tok_ == Tok::Newline) advance();
  }
  void skip_terminators() {
    while (ok() && (tok_ == Tok::Newline || is(";"))) advance();
  }
  /// True if the word behind this token is getline.
  bool peek_getline() const;
  /// At '/' or '/=' where an operand is wanted: the text up to the closing slash. The token after
  /// it is not read yet.
  std::string read_regex();
  /// Goes on with another text, and then here.
  void include(AwkSource source);

  bool ok() const { return program_.error.empty(); }
  /// "SOURCE:LINE: message". The first error counts.
  void error(const std::string& message);
  /// "SOURCE:LINE: warning: message", shown before the program runs.
  void warn(const std::string& message);
  void lint(const std::string& message) {
    if (dialect_.lint) doubt(message);
  }
  void lint_old(const std::string& message) {
    if (dialect_.lint_old) doubt(message);
  }
  /// "... a gawk extension", once for each.
  void lint_extension(const std::string& message);
  void doubt(const std::string& message);
  /// What names without one belong to from here on in this text; specials in capitals stay in "awk".
  void set_namespace(const std::string& name) { place_.back().space = name; }
  /// The line with a mark below the present token, and a message.
  void syntax(const std::string& message = "syntax error");
  const std::string& space() const { return place_.back().space; }
  /// With notes: the comment on the line of the statement just read, and its newline; "" if there is none.
  std::string take_trailing();
  /// With notes: the lines of all comments since the last call.
  std::string take_comments();
  int line() const { return line_; }
  int source() const { return place_.empty() ? 0 : place_.back().source; }

  const AwkDialect dialect_;
  AwkProgram& program_;
  Tok tok_ = Tok::Newline;
  std::string text_, string_;
  std::string raw_;   ///< read_regex(): as written
  bool translatable_ = false;   ///< String: _"..."
  double number_ = 0;
  AwkBuiltin builtin_ = AwkBuiltin::Length;

 private:
  struct Place {
    int source;
    size_t at;
    int line;
    std::string space = {};   ///< @namespace; empty: awk
  };

  bool at_end() const { return at_ >= s_.size(); }
  char peek(size_t n = 0) const { return at_ + n < s_.size() ? s_[at_ + n] : '\0'; }
  void skip_blanks();
  void comment();
  void next_source();
  void enter(int source, size_t at, int line);
  void lex_number();
  void lex_name();
  void lex_string();
  void escape(std::string& out);
  void warn_escape(char c);
  int hex_digits(size_t most, int* value);

  std::string_view s_;       ///< text of the present source
  size_t at_ = 0, token_ = 0;
  int line_ = 1, token_line_ = 1;
  std::vector<Place> place_; ///< the sources being read, innermost last
  struct Comment {
    std::string text;
    bool own_line;
    int line;
  };
  std::vector<Comment> comments_;   ///< not taken yet
  std::set<std::string> extensions_, ended_;   ///< warned of
  std::vector<int> waiting_; ///< sources still to come, last first
};

}  // namespace nacre
