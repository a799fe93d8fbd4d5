/// The syntax tree of a shell script: what the parser produces, before any name
/// is resolved. It keeps every detail that printing (`declare -f`, `type`) and
/// diagnostics need: quoting, spans, original spelling.
///
/// Ownership: nodes, spans of nodes and text live in the Arena of the
/// SyntaxTree they belong to, are trivially destructible and immutable once
/// parsed. Text is bytes.
/// Source: bash manual, "Shell Grammar"; POSIX XCU 2.10.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace nacre::ast {

/// Half-open byte range in the source, and the 1-based line of its first byte.
struct Span {
  uint32_t begin = 0, end = 0;
  uint32_t line = 0;
};

struct Word;
struct Command;
struct List;
template <class T>
using Seq = std::span<T const>;

// ---------------------------------------------------------------- words

enum class PartKind : uint8_t {
  Literal,       ///< unquoted text, taken as it is: may hold pattern and brace characters
  Escaped,       ///< backslash-quoted: `text` is the bytes after removing the backslash
  SingleQuoted,  ///< '...': `text` without the quotes
  AnsiQuoted,    ///< $'...': `text` decoded; `raw` the inside as written
  DoubleQuoted,  ///< "..." : `parts`; `locale` for $"..."
  Param,         ///< $x ${x...}: `param`
  CommandSub,    ///< $(...) or `...`: `list`, `backquoted`, `raw` = the inside as written
  ArithSub,      ///< $((...)) or $[...]: `word` is the text as a double-quoted word
  ProcessSub,    ///< <(...) or >(...): `list`, `direction`
};

/// The operator in ${name OP word}.
enum class ParamOp : uint8_t {
  None,
  Default,
  Assign,
  Error,
  Alternate,          // - = ? +     (`colon`: with ':')
  RemovePrefix,
  RemoveLongPrefix,             // # ##
  RemoveSuffix,
  RemoveLongSuffix,             // % %%
  Replace,
  ReplaceAll,
  ReplacePrefix,
  ReplaceSuffix,  // / // /# /%
  Substring,                                  // :offset:length
  UpperFirst,
  UpperAll,
  LowerFirst,
  LowerAll, // ^ ^^ , ,,
  ToggleFirst,
  ToggleAll,                     // ~ ~~
  Transform,                                  // @X  (`transform` = X)
  Keys,                                       // ${!name[@]} ${!name[*]}
  PrefixNames,                                // ${!prefix*} ${!prefix@}  (`transform` = '*' or '@')
  Bad,                                        // parsed but invalid: "bad substitution" at run time, `raw`
};

enum class SubscriptKind : uint8_t { None, At, Star, Expr };

struct Param {
  std::string_view name;       ///< variable name, digits, or one of @*#?-$!  (with `length`: the measured one)
  bool braced = false;
  bool length = false;         ///< ${#name}
  bool indirect = false;       ///< ${!name}
  SubscriptKind subscript = SubscriptKind::None;
  const Word* index = nullptr; ///< SubscriptKind::Expr: the text between [ ], a word with its quoting kept (no splitting)
  ParamOp op = ParamOp::None;
  bool colon = false;          ///< :- := :? :+
  char transform = 0;
  const Word* arg = nullptr;   ///< default, pattern, offset (arithmetic text) ...; null when absent
  const Word* arg2 = nullptr;  ///< replacement, length; null when absent ("${x/p}" has none, "${x/p/}" an empty one)
  std::string_view raw;        ///< as written from '$' on, for messages: "${x:-y}"
};

struct Part {
  PartKind kind;
  bool locale = false;         ///< DoubleQuoted: $"..."
  bool backquoted = false;     ///< CommandSub
  bool bracketed = false;      ///< ArithSub: written $[...]
  bool printed = false;        ///< CommandSub, ProcessSub: the commands inside know their printed_line
  char direction = 0;          ///< ProcessSub: '<' or '>'
  std::string_view text;
  std::string_view raw;
  Seq<Part> parts;             ///< DoubleQuoted
  const Param* param = nullptr;
  const Word* word = nullptr;  ///< ArithSub
  const List* list = nullptr;  ///< CommandSub, ProcessSub; null for an empty one
  uint32_t line = 0;
  uint32_t error_line = 0;     ///< line of `error`
  std::string_view error;      ///< CommandSub in backquotes or a here-document: syntax error to report when expanded, lines joined by '\n'; empty if none
};

struct Word {
  Seq<Part> parts;             ///< adjacent; empty only for synthesised empty words
  std::string_view raw;        ///< as `declare -f` prints it (bash re-prints command substitutions)
  Span span;
};

// ---------------------------------------------------------------- redirections

enum class RedirOp : uint8_t {
  In,
  Out,
  Append,
  Clobber,          // <  >  >>  >|
  ReadWrite,                         // <>
  DupIn,
  DupOut,                     // <& >&  (target word: digits, '-', digits-, or expands to one)
  OutErr,
  AppendErr,                 // &> &>>
  HereDoc,
  HereString,               // << (and <<-)  <<<
};

struct Redirect {
  RedirOp op;
  int fd = -1;                       ///< explicit descriptor, -1 = the operator's default
  std::string_view fd_var;           ///< {name}> form
  const Word* target =
      nullptr;  ///< file, descriptor, here-string; here-doc: the BODY as a double-quoted style word (or one SingleQuoted part if the delimiter was quoted)
  std::string_view delimiter;  ///< here-doc: delimiter after quote removal
  bool delimiter_quoted = false;
  bool strip_tabs = false;  ///< <<-
  bool eof_before_delimiter = false;  ///< body ended by end of input: warning at run time
  Span span;
};

// ---------------------------------------------------------------- commands

enum class AssignKind : uint8_t { Set, Append };  // =  +=

struct ArrayItem {
  const Word* index = nullptr;  ///< [index]=value; null: next position
  bool append = false;  ///< [i]+=v
  const Word* value = nullptr;
};

/// name=value, name[index]=value, name=(...)
struct Assignment {
  std::string_view name;
  const Word* index = nullptr;  ///< subscript text as a word; null if none
  AssignKind kind = AssignKind::Set;
  bool is_array = false;  ///< value is a compound list
  Seq<ArrayItem> items;
  const Word* value = nullptr;  ///< null: empty value
  Span span;
};

enum class CommandKind : uint8_t {
  Simple,
  BraceGroup,
  Subshell,
  If,
  While,
  Until,
  For,
  ArithFor,
  Select,
  Case,
  Function,
  Arith,
  Cond,
  Coproc,
  Pipeline,
  AndOr,
};

struct Command {
  CommandKind kind;
  Span span;
  Seq<Redirect> redirects;  ///< Simple and every compound command
  /// In a $(...): its line in the text bash keeps of that, from 1. Set while the text is printed, before anybody else sees the tree.
  mutable uint32_t printed_line = 0;
};

/// An element of a simple command after its assignments. Declaration builtins
/// (declare, local, export, readonly, typeset, alias ... as bash decides by the
/// literal command word) take compound assignments as arguments.
struct Argument {
  const Word* word = nullptr;
  const Assignment* assignment =
      nullptr;  ///< word has the shape of an assignment and the command word is a declaration builtin; `word` is set as well unless is_array
};

struct Simple : Command {
  Seq<Assignment> assignments;
  Seq<Argument> words;  ///< command word and arguments
};

enum class Separator : uint8_t { Sequence, Background };  // ; or newline, &

struct ListItem {
  const Command* command;
  Separator separator;
  bool newline_after = false;  ///< spelled with a newline, not ';'
};
struct List {
  Seq<ListItem> items;
  Span span;
};

struct Pipeline : Command {
  bool negated = false;
  bool timed = false, time_posix = false;  ///< time, time -p
  Seq<const Command*> stages;  ///< may be empty for a bare `time` or `!`
  Seq<bool> pipe_stderr;  ///< per '|': true for |&   (stages.size()-1)
};

enum class Connector : uint8_t { And, Or };
struct AndOr : Command {  ///< left-associative: first (op next)*
  const Command* first;
  struct Next {
    Connector op;
    const Command* command;
  };
  Seq<Next> rest;
};

struct Group : Command {
  const List* body;
};  // BraceGroup, Subshell
struct IfArm {
  const List* condition;
  const List* body;
};
struct If : Command {
  Seq<IfArm> arms;
  const List* otherwise = nullptr;
};
struct Loop : Command {
  const List* condition;
  const List* body;
};  // While, Until
struct For : Command {  // For, Select
  std::string_view name;
  bool has_in = false;  ///< false: over "$@"
  Seq<const Word*> words;
  const List* body;
  bool braces = false;  ///< for x { ... }
  uint32_t name_line = 0;
};
struct ArithFor : Command {
  const Word* init;
  const Word* condition;
  const Word* step;  ///< arithmetic text as double-quoted words; never null, may be empty
  const List* body;
};
enum class CaseEnd : uint8_t { Break, FallThrough, TestNext };  // ;; ;& ;;&
struct CaseClause {
  Seq<const Word*> patterns;
  const List* body = nullptr;
  CaseEnd end = CaseEnd::Break;
};
struct Case : Command {
  const Word* subject;
  Seq<CaseClause> clauses;
};
struct Function : Command {
  std::string_view name;
  const Command* body;  ///< any compound command, redirections included
  bool keyword = false;  ///< written with `function`
  std::string_view source;  ///< text of the definition as written
};
struct Arith : Command {
  const Word* expression;
};  // ((...)), text as a double-quoted word
struct Coproc : Command {
  std::string_view name;
  const Command* body;
};

enum class CondKind : uint8_t { And, Or, Not, Unary, Binary, Word, Group };
struct CondExpr {
  CondKind kind;
  std::string_view op;  ///< Unary: "-f"; Binary: "==", "=", "!=", "=~", "<", ">", "-eq", "-nt" ...
  const CondExpr* left = nullptr;  ///< And, Or, Not, Group
  const CondExpr* right = nullptr;
  const Word* a = nullptr;  ///< Unary, Binary, Word
  const Word* b = nullptr;  ///< Binary
  uint32_t line = 0;        ///< on which it was complete
};
struct Cond : Command {
  const CondExpr* expr;
};

}  // namespace nacre::ast
