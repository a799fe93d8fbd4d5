/// Scanner: bytes to tokens and words. Words are parsed completely here (every
/// quote and expansion becomes a Part); a command substitution is handed to the
/// grammar through CommandReader and comes back as a tree.
///
/// One token is current at a time; it is scanned when first looked at, with the
/// context the grammar asks for, so nothing beyond a command's end is read.
/// Failure is sticky: after fail() every token is Tok::Error and every scan
/// returns at once; the first error is kept.
/// Source: bash manual, "Quoting", "Shell Expansions", "Redirections".
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/deep_call.h"
#include "syntax/ast.h"
#include "syntax/input.h"
#include "syntax/parser.h"
#include "syntax/text_reader.h"
#include "syntax/token.h"

namespace nacre {

/// What the grammar expects next; decides what a word may be.
enum class Expect : uint8_t {
  Command,       ///< reserved words, aliases, assignments, ((
  CommandNoTime, ///< after '|': `time` is an ordinary word
  Element,       ///< after an assignment or redirection: aliases and assignments
  Argument,      ///< an argument of a simple command
  Plain,         ///< a word, nothing more
  Duplicated,    ///< directly behind >& or <&: as Plain; digits are no descriptor of their own, a '-' ends itself
  Reserved,      ///< reserved words and aliases of them
  In,            ///< the `in` of for, select, case
  Pattern,       ///< case pattern: as Plain, `esac` is reserved
  ArrayItem,     ///< inside name=( )
  Cond,          ///< inside [[ ]]
  Regex,         ///< right side of =~
  CondPattern,   ///< right side of == and !=: extglob is on
};

/// The grammar, as the scanner sees it.
class CommandReader {
 public:
  /// Reads commands up to and including the ')' that ends a substitution.
  virtual const ast::List* substitution_body() = 0;

 protected:
  ~CommandReader() = default;
};

class Scanner {
 public:
  Scanner(ScriptInput& input, ParseOptions& options, const AliasLookup& aliases, CommandReader& reader)
      : in_(input), options_(options), aliases_(aliases), reader_(reader) {}
  Scanner(const Scanner&) = delete;

  // --- state of one command
  void begin_command(Arena& arena);
  bool failed() const { return failed_; }
  SyntaxError take_error() { return std::move(error_); }
  std::vector<SyntaxError::Line> take_warnings() { return std::move(warnings_); }
  bool used_alias() const { return used_alias_; }
  uint32_t line() const { return line_; }
  void set_line(uint32_t line) { line_ = line; }
  uint32_t position() const { return pos_; }
  void set_position(uint32_t pos) { pos_ = pos; }
  Arena& arena() { return *arena_; }
  ScriptInput& input() { return in_; }

  // --- tokens
  /// The current token, scanned now if need be.
  const Token& peek(Expect expect) {
    if (token_.kind == Tok::None) scan(expect);
    return token_;
  }
  /// Done with the current token.
  void drop() {
    last_line_ = token_.line;
    last_end_ = token_.end;
    token_.kind = Tok::None;
  }
  /// Scans the current token again, as something else.
  void rescan() {
    pos_ = token_.begin;
    line_ = token_.line;
    token_.kind = Tok::None;
  }
  /// Drops what was scanned ahead; the position is set by the caller.
  void forget() { token_.kind = Tok::None; }
  /// Is the next byte a '('?
  bool at_paren() { return char_at(pos_) == '('; }
  void skip_byte() { pos_++; }
  /// Is the next token a ')'? (Behind a '('.)
  bool at_empty_parens() { return skip_blank() && in_.data()[pos_] == ')'; }
  /// The current token, already scanned.
  const Token& token() const { return token_; }
  /// Declaration builtin: arguments may be compound assignments.
  bool assignments_in_arguments = false;
  /// End offset of the last token dropped.
  uint32_t last_end() const { return last_end_; }
  uint32_t offset(uint32_t pos) const { return static_cast<uint32_t>(in_.base() + pos); }
  ast::Span span_from(uint32_t begin, uint32_t line) const { return {offset(begin), offset(last_end_), line}; }

  // --- failure
  void fail(SyntaxError::Kind kind, uint32_t line, std::string text);
  void fail_matching(char close, uint32_t line);
  /// [[ ]]: bash says nothing.
  void fail_silently(uint32_t line);
  /// "syntax error near unexpected token", about the current token.
  void fail_token();
  /// Adds the echo of the line the scanner stands in to the error.
  void add_offending_line();
  uint32_t line_behind_here_documents();
  /// A further line of the error.
  void add_error_line(uint32_t line, std::string text);
  /// The error is an end of input inside a quote or a parenthesis.
  bool failed_at_end() const { return failed_ && error_.kind == SyntaxError::Kind::UnexpectedEof; }
  bool nothing_follows() { return char_at(pos_) == 0; }
  void set_ends_input();
  void fail_arith_for(uint32_t begin, uint32_t line);
  void too_deep();
  /// Counts bytes that are read again. False: more than the input justifies.
  bool reread(uint64_t bytes);
  /// After an error: on to the next line.
  void skip_line();
  /// The current token as a message spells it.
  std::string token_text();

  // --- nesting: one level per construct inside another
  bool enter();
  void leave() { depth_--; }
  void set_nesting(const TextNesting& nesting) {
    depth_ = nesting.depth;
    text_depth_ = nesting.texts;
    if (nesting.reread) reread_ = nesting.reread;
    stack_base_ = nesting.stack_base;
  }
  /// Lets the whole input be read as the inside of a substitution: its errors
  /// are kept in the tree instead of failing.
  bool lenient = false;

  // --- here-documents
  /// Registers a here-document whose body starts after the next newline.
  void expect_here_document(ast::Redirect* redirect) { here_documents_.push_back(redirect); }
  /// The redirect has moved.
  void relocate_here_document(const ast::Redirect* from, ast::Redirect* to) {
    for (ast::Redirect*& r : here_documents_)
      if (r == from) r = to;
  }
  /// Takes delimiter and quoting from the word in redirect.target.
  void take_delimiter(ast::Redirect& redirect);

  // --- entry points for texts that are words as a whole
  const ast::Word* double_quoted_text();
  const ast::Word* word_text();
  /// `((`: the expression, with the scanner behind "))". Null, and nothing
  /// consumed, when it is two nested subshells.
  const ast::Word* arith_command();
  /// The three parts of for (( ; ; )). False after a failure.
  bool arith_for(const ast::Word* out[3]);
  /// Items up to and including the ')' of a compound assignment.
  ast::Seq<ast::ArrayItem> array_items(uint32_t line);
  void tell_end_too(uint32_t begin, uint32_t line);

  /// Text of buffer [begin, end) as declare -f prints it.
  std::string_view printed(uint32_t begin, uint32_t end);

  /// Substitutions nested deeper keep their text as written (printed forms at
  /// every level would make deep nesting quadratic).
  static constexpr uint32_t kPrintedDepth = 16;
  static constexpr uint32_t kTextDepth = 64;

 private:
  // Where quoted_parts() stops and what is special on the way.
  struct Quoted {
    char close;              ///< 0: end of input
    char fail_close;         ///< named in the message about a missing end
    bool here_document = false;
    bool arith = false;      ///< '"' quotes; parentheses and brackets nest
    bool param_arg = false;  ///< inside ${ } inside double quotes
    char also = 0;           ///< a further end (':' of a substring, ';' of a for)
  };
  enum class ArgStop : uint8_t { Brace, Slash, Bracket, BracketInBrace };

  // scanner.cc
  void scan(Expect expect);
  bool skip_blank();
  void scan_operator(Expect expect);
  bool scan_redirection(char c);
  bool next_is(char c);
  void set_token(Tok kind, uint32_t begin);
  char peek_char();
  char char_at(uint32_t pos);
  void take_newlines(uint32_t from);
  // scan_word.cc
  void scan_word(Expect expect);
  bool expand_alias(Expect expect);
  void classify_word(Expect expect);
  bool number_or_fd_var();
  // word.cc
  void word_parts(bool extglob, bool regex);
  bool extglob_open(uint32_t literal) const;
  void backslash();
  void single_quote();
  void double_quote(bool locale);
  void quoted_parts(const Quoted& q);
  bool quoted_backslash(const Quoted& q, uint32_t& literal);
  void arg_parts(ArgStop stop);
  void skip_single_quotes_in_quoted();
  void literal(uint32_t begin, uint32_t end);
  void join_literal(std::string_view more);
  void flush(uint32_t begin) { literal(begin, pos_); }
  const ast::Word* finish_word(size_t mark, uint32_t begin, uint32_t line);
  ast::Seq<ast::Part> take_parts(size_t mark);
  void edit(uint32_t begin, uint32_t end, std::string_view text);
  // dollar.cc
  bool dollar(bool quoted);
  void recover(size_t mark, uint32_t begin);
  void ansi_quote();
  void backquote(bool quoted);
  void command_substitution(uint32_t begin);
  void process_substitution();
  void substitution(ast::Part& part, uint32_t begin, uint32_t inner);
  void arith_substitution(uint32_t begin);
  void bracket_arith(uint32_t begin);
  const ast::Word* arith_text(uint32_t begin_line, bool* is_arith);
  // param.cc
  void simple_param();
  void braced_param(bool quoted);
  void braced_name(ast::Param& p);
  void param_operator(ast::Param& p, bool quoted);
  void param_substring(ast::Param& p);
  void param_replace(ast::Param& p);
  void bad_param(ast::Param& p, bool quoted);
  const ast::Word* param_word(bool quoted, bool pattern);
  const ast::Word* stopped_word(ArgStop stop);
  const ast::Word* subscript(ast::SubscriptKind* kind);
  // assignment.cc
  bool scan_assignment(Expect expect);
  void subscripted_word(const ast::Assignment& a, uint32_t begin, uint32_t line, size_t mark);
  bool subscript_then_equals(bool bounded, const ast::Word** index);
  void finish_assignment(ast::Assignment& a, uint32_t begin, uint32_t line, Expect expect);
  const ast::Word* assignment_word(const ast::Assignment& a, uint32_t begin, uint32_t value, uint32_t line);
  // heredoc.cc
  void read_here_documents();
  void read_here_document(ast::Redirect& r);
  bool here_line(bool unquoted, std::string& joined, std::string_view& out, bool* newline);

  struct Edit {
    uint32_t begin, end;
    std::string_view text;
  };

  ScriptInput& in_;
  ParseOptions& options_;
  const AliasLookup& aliases_;
  CommandReader& reader_;
  Arena* arena_ = nullptr;
  uint32_t pos_ = 0;
  uint32_t line_ = 1;
  Token token_;
  uint32_t last_end_ = 0, last_line_ = 0;
  std::vector<SyntaxError::Line> warnings_;
  bool failed_ = false;
  Tok token_at_error_ = Tok::End;   ///< what was looked at when it failed
  bool used_alias_ = false;
  bool ended_ = false;              ///< the newline for the end of input was given
  bool line_ended_ = false;
  uint32_t depth_ = 0;
  uint32_t entered_ = 0;
  uint32_t substitutions_ = 0;      ///< $( ) we are inside of
  uint32_t params_ = 0;             ///< ${ } we are inside of
  uintptr_t stack_base_ = 0;
  uint32_t text_depth_ = 0;         ///< texts around this one, taken out of their source
  uint64_t own_reread_ = 0;
  uint64_t* reread_ = &own_reread_; ///< bytes read more than once, for `((` that was no arithmetic
  uint64_t alias_bytes_ = 0;
  std::unordered_set<uint64_t> not_arith_; ///< offsets of "((" known to be subshells
  bool slash_is_text_ = false;      ///< the '/' at pos_ does not end a pattern
  char* join_buffer_ = nullptr;     ///< literal put together last
  size_t join_capacity_ = 0;
  bool blanks_are_text_ = false;    ///< the whole input is one word
  size_t joined_from_ = 0;          ///< first part of the text being read
  bool in_group_ = false;           ///< inside the parentheses of a pattern: $(...) outside double quotes keeps its text when printed
  bool joined_ = false;             ///< a line continuation precedes the next literal
  std::vector<ast::Part> parts_;    ///< stack of parts of unfinished words
  std::vector<Edit> edits_;         ///< where the printed form differs, in order
  std::vector<ast::Redirect*> here_documents_;
  SyntaxError error_;

  friend class Grammar;
};

}  // namespace nacre
