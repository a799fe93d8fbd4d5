/// Program: a syntax tree lowered for running: names are Symbols, literal words
/// are unquoted, quoting is a flag on a part, arithmetic is compiled, tilde and
/// brace expansions are found. Immutable; shared by all shells of a sandbox.
///
/// Ownership: nodes live in the Program's arena and point into the SyntaxTree
/// it keeps. A function definition keeps its Program.
/// Source: design.md, section 4.
#pragma once
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "program/arith.h"
#include "program/symbol.h"
#include "syntax/ast.h"

namespace nacre::ir {

struct Word;
struct Command;
struct List;
template <class T>
using Seq = std::span<T const>;

enum class PartKind : uint8_t {
  Text,         ///< `text`, already unquoted
  Param,        ///< `param`
  Command,      ///< $(...) `...`: `list`
  Arith,        ///< $((...)): `arith`
  Process,      ///< <(...) >(...): `list`, `direction`
  Tilde,        ///< ~ or ~user: `text` is what follows the ~
};

/// An arithmetic text: compiled where that is possible before running.
struct ArithText {
  const Arith* code = nullptr;      ///< null: expand `word`, compile the result
  Seq<const Word*> operands;        ///< expansions that stand for whole operands of `code`
  const Word* word = nullptr;       ///< the text as a double-quoted word
  std::string_view source;          ///< as written
};

enum class ParamKind : uint8_t { Variable, Positional, Special };

struct Param {
  ParamKind kind = ParamKind::Variable;
  Symbol symbol = 0;                ///< Variable
  int position = 0;                 ///< Positional: 1...
  char special = 0;                 ///< Special: @ * # ? - $ ! 0 _ is a variable
  bool length = false, indirect = false, colon = false;
  bool plain = false;               ///< $name or ${name}: nothing else to look at
  ast::ParamOp op = ast::ParamOp::None;
  ast::SubscriptKind subscript = ast::SubscriptKind::None;
  char transform = 0;
  const ArithText* index = nullptr; ///< SubscriptKind::Expr, as arithmetic
  const Word* key = nullptr;        ///< SubscriptKind::Expr, as an associative key
  const Word* arg = nullptr;        ///< default or pattern; null when absent
  const Word* arg2 = nullptr;
  const ArithText* offset = nullptr;
  const ArithText* count = nullptr;
  std::string_view name;
  std::string_view raw;
};

struct Part {
  PartKind kind;
  bool quoted = false;              ///< inside quotes: no splitting, no globbing
  bool glob = false;                ///< Text, unquoted: holds a pattern character
  char direction = 0;
  bool backquoted = false;
  bool printed = false;             ///< the commands of the list have printed lines
  bool whole = false;               ///< unquoted, but not split: the last '$' of its word stands for itself
  bool weak = false;                ///< in quotes that hold "$@" and no text: empty, it makes no field
  std::string_view text;
  const Param* param = nullptr;
  const ArithText* arith = nullptr;
  const List* list = nullptr;
  const ast::Part* ast = nullptr;   ///< Command: for a body that did not parse
  uint32_t line = 0;
};

/// A word that contains brace expansions: what stands between them, in order.
struct Brace {
  enum class Kind : uint8_t { Parts, Alternatives, Range } kind = Kind::Parts;
  Seq<Part> parts;                      ///< Parts
  Seq<Seq<Brace>> alternatives;         ///< Alternatives: each a concatenation
  int64_t first = 0, last = 0, step = 1;///< Range (step > 0 always; direction by first and last)
  int width = 0;                        ///< Range: zero-padded to this width; 0 = no padding
  bool characters = false;              ///< Range of bytes
};

struct Word {
  Seq<Part> parts;
  bool literal = false;             ///< one constant string, no expansion of any kind: `text`
  bool glob = false;                ///< some Text part holds an unquoted pattern character
  bool quoted = false;              ///< has any quoting: an empty result is still a field
  std::string_view text;            ///< literal
  Symbol symbol = 0;                ///< literal: its interned text (command words)
  Seq<Brace> braces;                ///< not empty: expand these instead of parts
  const ast::Word* ast = nullptr;
};

struct Redirect {
  ast::RedirOp op;
  int fd;                           ///< resolved default
  Symbol fd_var = 0;
  const Word* target = nullptr;     ///< here-doc: the body
  const ast::Redirect* ast = nullptr;
};

struct Element {                    ///< of a compound array value
  const ArithText* index = nullptr;
  const Word* key = nullptr;        ///< the same as an associative key
  bool append = false;
  const Word* value = nullptr;
  const Word* braced = nullptr;     ///< [k]=v{a,b} as a plain word, which an indexed array takes it for; else null
};

struct Assignment {
  Symbol symbol;
  const ArithText* index = nullptr;
  const Word* key = nullptr;
  bool append = false;
  bool compound = false;
  Seq<Element> elements;
  const Word* value = nullptr;      ///< null: empty
  const ast::Assignment* ast = nullptr;
};

struct Argument {
  const Word* word = nullptr;
  const Assignment* assignment = nullptr;
};

struct Command {
  ast::CommandKind kind;
  uint32_t line = 0;
  uint32_t printed_line = 0;        ///< in the text bash keeps of the $(...) it stands in, from 1
  Seq<Redirect> redirects;
  const ast::Command* ast = nullptr;
};

struct Simple : Command {
  Seq<Assignment> assignments;
  Seq<Argument> words;
};
struct Item {
  const Command* command;
  bool background = false;
};
struct List {
  Seq<Item> items;
  const ast::List* ast = nullptr;
};
struct Pipeline : Command {
  bool negated = false, timed = false, time_posix = false;
  Seq<const Command*> stages;
  Seq<bool> pipe_stderr;
};
struct AndOr : Command {
  const Command* first;
  struct Next {
    ast::Connector op;
    const Command* command;
  };
  Seq<Next> rest;
};
struct Group : Command {
  const List* body;
};
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
};
struct For : Command {
  Symbol name;
  bool valid_name = true;
  bool has_in = false;
  Seq<const Word*> words;
  const List* body;
};
struct ArithFor : Command {
  const ArithText* init;
  const ArithText* condition;
  const ArithText* step;
  const List* body;
};
struct Clause {
  Seq<const Word*> patterns;
  const List* body = nullptr;
  ast::CaseEnd end;
};
struct Case : Command {
  const Word* subject;
  Seq<Clause> clauses;
};
struct Function : Command {
  Symbol name;
  const Command* body;
};
struct ArithCommand : Command {
  const ArithText* expression;
};
struct Cond {
  ast::CondKind kind;
  std::string_view op;
  const Cond* left = nullptr;
  const Cond* right = nullptr;
  const Word* a = nullptr;
  const Word* b = nullptr;
  const ArithText* arith_a = nullptr;   ///< -eq and its kin: operands as arithmetic
  const ArithText* arith_b = nullptr;
};
struct CondCommand : Command {
  const Cond* expr;
};
struct Coproc : Command {
  Symbol name;
  const Command* body;
};

}  // namespace nacre::ir

namespace nacre {

struct SyntaxTree;

struct Program {
  Arena arena;
  std::shared_ptr<const SyntaxTree> tree;
  const ir::List* list = nullptr;    ///< null: nothing to do
};

struct LowerOptions {
  bool brace_expand = true;          ///< set -B
  bool posix = false;
};

/// Lowers one complete command. Leaves out what is left of it when the run has to end (should_stop()).
std::shared_ptr<const Program> lower(std::shared_ptr<const SyntaxTree> tree, Symbols& symbols, const LowerOptions& options);

/// Lowers single words met at run time into an arena: how a word is read.
enum class WordMode : uint8_t {
  Command,       ///< argument: braces and tilde are expanded
  Element,       ///< item of a compound array value: the same, but for the tilde behind "name="
  Value,         ///< right side of an assignment: tilde after '=' and ':', no braces
  Plain,         ///< tilde at the start, no braces: patterns, case subjects, redirections
  Quoted,        ///< inside double quotes
};
const ir::Word* lower_word(Arena& arena, Symbols& symbols, const ast::Word& word, WordMode mode, const LowerOptions& options = {});
const ir::ArithText* lower_arith(Arena& arena, Symbols& symbols, const ast::Word& word);
ir::Seq<ir::Element> lower_elements(Arena& arena, Symbols& symbols, ast::Seq<ast::ArrayItem> items, const LowerOptions& options = {});

}  // namespace nacre
