/// ast: a jq program as a tree. The parser makes it with names; compile.h fills in
/// what the names mean and how many outputs each node can have.
///
/// Ownership: a Program owns its nodes and functions; nothing is freed before it.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "commands/jq/value.h"

namespace nacre::jq {

enum class Op : uint8_t {
  Identity,
  RecurseAll,
  Field,
  Index,
  Slice,
  Iterate,
  Literal,
  Format,
  Text,
  Array,
  Object,
  Negate,
  Pipe,
  Comma,
  Binary,
  And,
  Or,
  Alternative,
  Assign,
  Update,
  ArithUpdate,
  AltUpdate,
  If,
  Try,
  Reduce,
  Foreach,
  Define,
  Call,
  Variable,
  Bind,
  Label,
  Break,
  // after compiling:
  Parameter,
  Function,
  Native,
  Special,
  Global,
};

enum class Arith : uint8_t { Add, Sub, Mul, Div, Mod, Eq, Ne, Lt, Le, Gt, Ge };

/// How many outputs: kOne is none or one; with kMany unknown; the other bits: as many as these
/// parameters of the function it is in.
using Card = uint32_t;
constexpr Card kOne = 0, kMany = 1u << 31;

struct Node;
struct FunctionDef;
struct NativeInfo;

/// A destructuring pattern: a variable, an array of patterns, or an object.
struct Pattern {
  enum Kind : uint8_t { Variable, Array, Object } kind = Variable;
  std::string name;                     ///< without $
  int slot = -1;
  uint32_t offset = 0;
  struct Field {
    Node* key = nullptr;
    std::string variable;
    int slot = -1;
    std::unique_ptr<Pattern> value;
  };
  std::vector<std::unique_ptr<Pattern>> elements;
  std::vector<Field> fields;
};

struct Node {
  Op op;
  Arith arith = Arith::Add;
  bool own_frame = false;      ///< as an argument: binds variables, so each call needs a frame
  bool optional = false;       ///< Field, Index, Slice, Iterate with ?: no output where it cannot be done
  uint8_t special = 0;         ///< Special: which
  Card card = kMany;
  uint32_t offset = 0, length = 0;   ///< where in the source
  int depth = 0, slot = -1;    ///< frames up, and where there
  Node *a = nullptr, *b = nullptr, *c = nullptr, *d = nullptr;
  std::vector<Node*> list;
  Value value;                 ///< Literal, the key of Field
  std::string name;            ///< Call, Variable, Label, Break, Format
  std::vector<std::unique_ptr<Pattern>> patterns;   ///< Bind, Reduce, Foreach
  std::vector<int> all_slots;  ///< Bind with ?//: the variables of all patterns
  FunctionDef* function = nullptr;
  const NativeInfo* native = nullptr;
  int frame_slots = 0;         ///< with own_frame: variables in it
};

struct FunctionDef {
  std::string name;
  std::vector<std::string> params;      ///< "$x" for value parameters
  Node* body = nullptr;
  uint32_t offset = 0;
  int level = 0, slots = 0;
  bool compiled = false;
};

struct Import {
  std::string path, alias;   ///< alias "" : include
  bool data = false;
  Value meta;                ///< Invalid: none
  uint32_t offset = 0;
};

/// One source text, parsed.
struct Source {
  std::string name;                     ///< "<top-level>" or a path
  std::string text;
  Value module_meta;
  std::vector<Import> imports;
  std::vector<FunctionDef*> functions;
  Node* body = nullptr;                 ///< null for a library
};

struct Program {
  std::vector<std::unique_ptr<Node>> nodes;
  std::vector<std::unique_ptr<FunctionDef>> functions;
  std::vector<std::unique_ptr<Source>> sources;

  Node* make(Op op, uint32_t offset = 0) {
    nodes.push_back(std::make_unique<Node>());
    nodes.back()->op = op;
    nodes.back()->offset = offset;
    return nodes.back().get();
  }
  FunctionDef* make_function() {
    functions.push_back(std::make_unique<FunctionDef>());
    return functions.back().get();
  }
};

struct Problem {
  std::string message;
  uint32_t offset = 0, length = 1;
  bool placed = true;
};
/// "jq: error: MESSAGE at FILE, line 1, column 3:" and the line with a mark below.
std::string describe(const Problem& problem, const Source& source);

/// Parses the text of source into its other fields. `library`: definitions only.
void parse_program(Program& program, Source& source, bool library, std::vector<Problem>& problems);

}  // namespace nacre::jq
