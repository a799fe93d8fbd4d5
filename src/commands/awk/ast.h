/// The tree of an awk program. Names are resolved to slots while parsing.
/// Source: POSIX XCU awk, "Grammar"; gawk manual, appendix of the language.
#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "algo/regex.h"
#include "commands/awk/value.h"

namespace nacre {

enum class AwkOp : uint8_t {
  // expressions
  Number,
  String,
  Regex,
  RegexValue,
  Global,
  Local,
  Field,
  Index,
  In,
  Group,
  Assign,
  AddTo,
  SubTo,
  MulTo,
  DivTo,
  ModTo,
  PowTo,
  Cond,
  And,
  Or,
  Not,
  Match,
  NoMatch,
  Less,
  LessEq,
  Equal,
  NotEqual,
  Greater,
  GreaterEq,
  Concat,
  Add,
  Sub,
  Mul,
  Div,
  Mod,
  Pow,
  Negate,
  Plus,
  PreInc,
  PreDec,
  PostInc,
  PostDec,
  Call,
  IndirectCall,
  Builtin,
  Getline,
  GetlineFile,
  GetlinePipe,
  Deep,   ///< a, with a look at the stack: put over every expression of kDeepest levels
  // statements
  Block,
  Expr,
  Print,
  Printf,
  If,
  While,
  Do,
  For,
  ForIn,
  Next,
  NextFile,
  Exit,
  Return,
  Break,
  Continue,
  Delete,
  Switch,
  Case,
  Comment,   ///< only with notes: lines in value
};

struct AwkNode {
  AwkOp op = AwkOp::Number;
  AwkNode *a = nullptr, *b = nullptr, *c = nullptr, *d = nullptr;
  std::vector<AwkNode*> list;       ///< arguments, subscripts, statements
  int slot = -1;                    ///< Global, Local; Call: function; Builtin: AwkBuiltin; Field: its number, if constant; ForIn: variable kind in a
  uint8_t height = 0;               ///< levels of expressions below, since the last Deep
  char redirect = 0;                ///< Print: '>' 'a' (append) '|' '&'; GetlinePipe: '|' '&' (coprocess)
  AwkValue value;                   ///< Number, String
  std::shared_ptr<nacre::Regex> regex;
  int line = 0, source = 0;         ///< where it stands
};

enum class AwkBuiltin : int {
  Length,
  Substr,
  Index,
  Split,
  Sub,
  Gsub,
  Gensub,
  Match,
  Sprintf,
  Sin,
  Cos,
  Atan2,
  Exp,
  Log,
  Sqrt,
  Int,
  Rand,
  Srand,
  ToLower,
  ToUpper,
  System,
  Close,
  Fflush,
  Strftime,
  Systime,
  Mktime,
  And,
  Or,
  Xor,
  Lshift,
  Rshift,
  Compl,
  Strtonum,
  Asort,
  Asorti,
  Patsplit,
  Typeof,
  IsArray,
  Mkbool,
  Dcgettext,
  Dcngettext,
  Bindtextdomain,
};

/// Variables the interpreter itself looks at have fixed slots.
enum AwkSpecial : int {
  kNR,
  kNF,
  kFNR,
  kFS,
  kOFS,
  kORS,
  kRS,
  kRT,
  kFILENAME,
  kSUBSEP,
  kCONVFMT,
  kOFMT,
  kRSTART,
  kRLENGTH,
  kENVIRON,
  kARGC,
  kARGV,
  kIGNORECASE,
  kFPAT,
  kFIELDWIDTHS,
  kPROCINFO,
  kERRNO,
  kARGIND,
  kSpecialCount
};
extern const char* const kAwkSpecialNames[kSpecialCount];

std::optional<AwkBuiltin> awk_builtin(std::string_view name);
const char* awk_builtin_name(AwkBuiltin which);
size_t awk_builtin_count();
std::vector<std::string_view> awk_builtin_names();
std::string awk_escape_warning(char c);

struct AwkFunction {
  std::string name;
  int parameters = 0;
  AwkNode* body = nullptr;
  bool defined = false, called = false;
  int line = 0, source = 0;         ///< where it was first mentioned
  std::vector<std::string> names;   ///< of the parameters
};
/// A text of the program: its name for messages ("cmd. line" or a file).
struct AwkSource {
  std::string name, text;
};
struct AwkRule {
  AwkNode* first = nullptr;
  AwkNode* last = nullptr;
  AwkNode* body = nullptr;
  bool active = false;
};

/// What printing a program needs beyond its meaning.
struct AwkNotes {
  std::unordered_map<const AwkNode*, std::string> texts;      ///< Number, Regex: as written; String: what stands before the quotes
  std::unordered_map<const AwkNode*, std::string> trailing;   ///< a statement's comment on its last line
  std::unordered_map<const AwkNode*, std::string> opening;    ///< a block's comment behind its {
  std::unordered_map<const AwkNode*, std::string> before;     ///< a rule's (by its body, else its pattern) or function's (body) comment
  std::unordered_map<const AwkNode*, std::string> spaces;     ///< the namespace of a rule, if not "awk"
  std::string first, last;                                    ///< comments at the beginning (of a function), at the end
  std::vector<std::string> includes;
};

struct AwkProgram {
  std::deque<AwkNode> nodes;
  std::vector<AwkNode*> begin, end, begin_file, end_file;
  std::vector<AwkRule> rules;
  std::vector<AwkFunction> functions;
  std::vector<std::string> globals;
  std::deque<AwkSource> sources;
  std::vector<std::string> error;   ///< lines of a message; empty: fine
  int error_status = 1;
  std::vector<std::string> warnings;
  std::string warned_escapes;       ///< of regular expressions, one each
  /// Characters that mean nothing behind a backslash in this expression and were not warned of yet; now they were.
  std::string unknown_escapes(std::string_view regex);
  std::string unknown_of(std::string_view unknown, std::string_view regex);
  bool traditional = false;
  std::unique_ptr<AwkNotes> notes;   ///< null unless asked for
  bool uses_rt = false, uses_environ = false;
  int global(const std::string& name);
  /// Slot of a defined function; -1: there is none.
  int function(std::string_view name) const;
};

}  // namespace nacre
