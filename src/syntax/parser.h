/// Parser: text to syntax tree, one complete command at a time, as bash reads:
/// a command takes effect (an alias, `shopt -s extglob`, `set -o posix`) before
/// the next line is parsed, and a syntax error further down shows only when it
/// is reached.
///
/// Threads: one parser, one thread. The tree outlives the parser.
/// Source: bash manual, "Shell Operation"; POSIX XCU 2.3, 2.10.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "syntax/ast.h"

namespace nacre {

/// Where text comes from, line by line. A fixed text is one big "line".
class LineSource {
 public:
  virtual ~LineSource() = default;
  /// Appends the next line (with its newline, if it has one) or more to out.
  /// False at the end of input. `continuation`: inside an unfinished command
  /// (an interactive shell prompts with PS2 then).
  virtual bool next_line(std::string& out, bool continuation) = 0;
};

/// Sees the lines of a text as they are read, and may change them (history).
class LineHook {
 public:
  virtual ~LineHook() = default;
  virtual bool wanted() const = 0;
  /// Where a line stands: begins a command, goes on with one, does so inside quotes.
  enum class Place : uint8_t { First, More, Quoted, HereDocument };
  /// `line` may end in a newline.
  virtual void line_read(std::string& line, Place place) = 0;
};

/// A $"..." as it stands in the text, without its quotes.
struct LocaleString {
  uint32_t line;
  std::string text;
};

struct ParseOptions {
  bool extglob = false;
  bool posix = false;
  bool expand_aliases = false;
  bool interactive = false;       ///< comments obey interactive_comments
  bool interactive_comments = true;
  uint32_t nesting = 10000;       ///< deepest nesting of constructs (levels)
  uint32_t first_line = 1;        ///< line number of the first byte
  std::vector<LocaleString>* locale_strings = nullptr;   ///< collects them
};

/// Looks up an alias; null if there is none. The text must stay valid during the call to next().
using AliasLookup = std::function<const std::string*(std::string_view name)>;

/// What can be wrong with a text. `message` is what bash prints after
/// "NAME: line N: ", possibly two lines (the second being bash's echo of the
/// offending line: "syntax error near unexpected token `fi'" + "`fi'").
struct SyntaxError {
  enum class Kind : uint8_t { Syntax, UnexpectedEof, Nesting };
  Kind kind = Kind::Syntax;
  ast::Span span;
  /// Lines to print, each after the "name: line N: " prefix, with its line number.
  struct Line {
    uint32_t line;
    std::string text;
  };
  std::vector<Line> lines;
  /// An error inside [[ ]] or for (( )): bash 5.2 then takes the input to end
  /// here. A script stops with the status of the last command; eval returns 2.
  bool ends_input = false;
  /// What is given up with the text: an error in name=( ) fails the command as an
  /// expansion error does; one in $( ) ends the shell.
  enum class Reach : uint8_t { Text, Command, Shell } reach = Reach::Text;
  bool in_substitution = false;   ///< inside $( ) or <( )
};

/// One complete command: what stands between two top-level newlines.
struct SyntaxTree {
  Arena arena;
  const ast::List* list = nullptr;   ///< null: only blank lines and comments
  uint32_t end_line = 0;             ///< its last
  bool used_alias = false;           ///< depends on more than its text: not cacheable
  std::string_view source;           ///< text it was parsed from (in arena)
};

struct ParseResult {
  enum class Status : uint8_t { Command, End, Error };
  Status status;
  /// Said before the command runs: here-documents without their end.
  std::vector<SyntaxError::Line> warnings;
  std::shared_ptr<const SyntaxTree> tree;   ///< Command; Error: its source alone
  SyntaxError error;                        ///< Error
};

class Parser {
 public:
  /// Over a fixed text, which must outlive the parser.
  Parser(std::string_view text, const ParseOptions& options, AliasLookup aliases = {});
  /// Over a source read as needed: never reads a line beyond the one that
  /// completes the command, so that commands may read the rest themselves.
  Parser(LineSource& source, const ParseOptions& options, AliasLookup aliases = {});
  ~Parser();
  Parser(const Parser&) = delete;

  /// The next complete command, the end, or an error. After an error, parsing
  /// resumes at the next line.
  ParseResult next();
  /// Must outlive the parser.
  void set_line_hook(LineHook* hook);
  /// May be changed between commands (`shopt -s extglob`).
  ParseOptions& options();
  /// Line number of the next unread byte.
  uint32_t line() const;
  /// Byte offset of the next unread byte (fixed text).
  size_t position() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Parses text as the inside of double quotes (no quote characters special
/// besides \$ \` \" \\ escapes): here-document bodies, prompts, `${x@P}`.
/// Null and `error` set on a syntax error in an embedded command.
const ast::Word* parse_double_quoted(Arena& arena, std::string_view text, const ParseOptions& options, SyntaxError* error);
/// Parses text as one word with full quoting (for `${!ref}` targets, array
/// subscripts and compound values met at run time).
const ast::Word* parse_word(Arena& arena, std::string_view text, const ParseOptions& options, SyntaxError* error);
/// Parses the inside of a compound array value "(...)" met at run time, as
/// `declare "a=(1 [3]=x)"` does.
bool parse_array_items(Arena& arena, std::string_view text, const ParseOptions& options, ast::Seq<ast::ArrayItem>* out, SyntaxError* error);

}  // namespace nacre
