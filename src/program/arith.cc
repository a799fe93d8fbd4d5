#include "program/arith.h"

#include <utility>

#include "base/deep_call.h"
#include "base/run_watch.h"

namespace nacre {
namespace {

bool name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool digit(char c) { return c >= '0' && c <= '9'; }
bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f'; }

struct BinaryOp {
  std::string_view text;
  ArithOp op;
  int level;   ///< higher binds tighter
};
// Longest first, so that the first match is the token.
constexpr BinaryOp kBinary[] = {
    {"**", ArithOp::Power, 11}, {"<<", ArithOp::ShiftLeft, 8}, {">>", ArithOp::ShiftRight, 8}, {"<=", ArithOp::LessEq, 7}, {">=", ArithOp::GreaterEq, 7},
    {"==", ArithOp::Equal, 6},  {"!=", ArithOp::NotEqual, 6},  {"&&", ArithOp::And, 2},        {"||", ArithOp::Or, 1},     {"*", ArithOp::Mul, 10},
    {"/", ArithOp::Div, 10},    {"%", ArithOp::Mod, 10},       {"+", ArithOp::Add, 9},         {"-", ArithOp::Sub, 9},     {"<", ArithOp::Less, 7},
    {">", ArithOp::Greater, 7}, {"&", ArithOp::BitAnd, 5},     {"^", ArithOp::BitXor, 4},      {"|", ArithOp::BitOr, 3},
};
struct AssignOp {
  std::string_view text;
  ArithOp op;
};
constexpr AssignOp kAssign[] = {
    {"<<=", ArithOp::ShiftLeft}, {">>=", ArithOp::ShiftRight}, {"*=", ArithOp::Mul},    {"/=", ArithOp::Div},    {"%=", ArithOp::Mod},
    {"+=", ArithOp::Add},        {"-=", ArithOp::Sub},         {"&=", ArithOp::BitAnd}, {"^=", ArithOp::BitXor}, {"|=", ArithOp::BitOr},
};

class Compiler {
 public:
  Compiler(Arena& arena, Symbols& symbols, std::string_view text, size_t marked) : arena_(arena), symbols_(symbols), text_(text), marked_(marked) {}

  const Arith* run() {
    skip();
    if (at_ == text_.size()) return arena_.make<Arith>(ArithOp::Number);
    const Arith* e = comma();
    skip();
    if (!e->broken && at_ < text_.size()) return then_fail(e, "syntax error in expression", at_);
    return e;
  }

 private:
  const Arith* fail(const char* message, size_t at) {
    Arith* n = arena_.make<Arith>(ArithOp::Error);
    n->broken = true;
    n->message = message;
    while (at < text_.size() && blank(text_[at])) at++;
    // At the end bash points at the last token it has read.
    n->text = text_.substr(at < text_.size() ? at : last_token());
    return n;
  }
  /// `e` is evaluated, then comes the error.
  const Arith* then_fail(const Arith* e, const char* message, size_t at) { return node(ArithOp::Comma, e, fail(message, at)); }

  size_t last_token() const {
    size_t last = text_.size();
    bool behind_name = false;
    for (size_t i = 0; i < text_.size();) {
      if (blank(text_[i])) {
        i++;
        continue;
      }
      last = i;
      if (name_start(text_[i]) || digit(text_[i])) {
        behind_name = name_start(text_[i]);
        while (i < text_.size() && (name_start(text_[i]) || digit(text_[i]) || text_[i] == '#' || text_[i] == '@')) i++;
        if (i < text_.size() && text_[i] == '[') i = std::min(text_.size(), text_.find(']', i) + 1 ? text_.find(']', i) + 1 : text_.size());
        continue;
      }
      size_t length = 1;
      // ++ is one token beside a name only.
      bool doubled = (text_[i] == '+' || text_[i] == '-') && i + 1 < text_.size() && text_[i + 1] == text_[i];
      if (doubled && behind_name) length = 2;
      behind_name = false;
      for (const AssignOp& a : kAssign)
        if (text_.substr(i).starts_with(a.text)) length = std::max(length, a.text.size());
      for (const BinaryOp& b : kBinary)
        if (text_.substr(i).starts_with(b.text)) length = std::max(length, b.text.size());
      i += length;
    }
    return last;
  }
  void skip() {
    while (at_ < text_.size() && blank(text_[at_])) at_++;
  }
  bool looking_at(std::string_view s) const { return text_.substr(at_).starts_with(s); }
  char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  /// At an expansion: the mark and a position that exists.
  bool at_operand() const { return marked_ && peek() == kArithOperand && static_cast<unsigned char>(peek(1)) - 1u < marked_; }
  /// At "++x" or "--x", which is one token and no binary operator.
  bool at_step() const {
    if ((peek() != '+' && peek() != '-') || peek(1) != peek()) return false;
    size_t i = 2;
    while (blank(peek(i))) i++;
    return name_start(peek(i));
  }

  Arith* node(ArithOp op, const Arith* a = nullptr, const Arith* b = nullptr, const Arith* c = nullptr) {
    Arith* n = arena_.make<Arith>(op);
    n->a = a;
    n->b = b;
    n->c = c;
    n->broken = (a && a->broken) || (b && b->broken) || (c && c->broken);
    return n;
  }

  const Arith* comma() {
    return deep_call([&]() -> const Arith* {
      if (++depth_ > kMaxDepth) return fail("expression recursion level exceeded", at_);
      const Arith* left = assignment();
      while (!left->broken) {
        skip();
        if (peek() != ',') break;
        at_++;
        left = node(ArithOp::Comma, left, assignment());
      }
      depth_--;
      return left;
    });
  }

  const Arith* assignment() {
    return deep_call([&]() -> const Arith* {
      if (++depth_ > kMaxDepth) return fail("expression recursion level exceeded", at_);
      const Arith* left = conditional();
      if (!left->broken) left = finish_assignment(left);
      depth_--;
      return left;
    });
  }

  const Arith* finish_assignment(const Arith* left) {
    skip();
    size_t start = at_;
    ArithOp op = ArithOp::Number;
    if (peek() == '=' && peek(1) != '=') {
      op = ArithOp::Assign;
      at_++;
    } else {
      for (const AssignOp& a : kAssign) {
        if (!looking_at(a.text)) continue;
        op = a.op;
        at_ += a.text.size();
        break;
      }
    }
    if (op == ArithOp::Number) return left;
    if (left->op != ArithOp::Variable && left->op != ArithOp::Element) return then_fail(left, "attempted assignment to non-variable", start);
    size_t value_at = at_;
    Arith* n = node(ArithOp::Assign, left, assignment());
    n->assign_op = op;
    n->text = rest(value_at);
    return n;
  }

  const Arith* conditional() {
    const Arith* cond = binary(1);
    if (cond->broken) return cond;
    skip();
    if (peek() != '?') return cond;
    at_++;
    skip();
    if (at_ == text_.size() || peek() == ':') return then_fail(cond, "expression expected", at_);
    const Arith* yes = comma();
    skip();
    const Arith* no;
    if (yes->broken) {
      no = yes;
    } else if (peek() != ':') {
      no = fail("`:' expected for conditional expression", at_);
    } else {
      at_++;
      skip();
      no = at_ == text_.size() ? fail("expression expected", at_) : deep_call([&] { return conditional(); });
    }
    return node(ArithOp::Conditional, cond, yes, no);
  }

  const BinaryOp* binary_op() {
    skip();
    if (at_step()) return nullptr;
    for (const BinaryOp& b : kBinary) {
      if (!looking_at(b.text)) continue;
      // "a += 1" is an assignment, not an addition; "a == b" has no such twin.
      char next = peek(b.text.size());
      bool compares = b.level == 6 || b.text == "<=" || b.text == ">=" || b.level <= 2 || b.text == "**";
      if (next == '=' && !compares && !(b.level == 7 && b.text.size() == 1)) return nullptr;
      return &b;
    }
    return nullptr;
  }

  // Precedence climbing; ** is right-associative.
  const Arith* binary(int level) {
    const Arith* left = deep_call([&] { return unary(); });
    while (!left->broken) {
      const BinaryOp* b = binary_op();
      if (!b || b->level < level) break;
      at_ += b->text.size();
      skip();
      size_t right_at = at_;
      const Arith* right = b->op == ArithOp::Power ? deep_call([&] { return power(b->level); }) : binary(b->level + 1);
      Arith* n = node(b->op, left, right);
      // For the exponent bash notices late: when it has read the token behind it.
      n->text = rest(right_at);
      if (b->op == ArithOp::Power) n->text = rest(at_).empty() ? text_.substr(last_token()) : rest(at_);
      left = n;
    }
    return left;
  }

  // The right side of **, which may be another one.
  const Arith* power(int level) {
    if (++depth_ > kMaxDepth) return fail("expression recursion level exceeded", at_);
    const Arith* e = binary(level);
    depth_--;
    return e;
  }

  std::string_view rest(size_t from) {
    while (from < text_.size() && blank(text_[from])) from++;
    return text_.substr(std::min(from, text_.size()));
  }

  const Arith* unary() {
    if ((++operands_ & 1023) == 0 && should_stop()) return fail("interrupted", at_);
    if (++depth_ > kMaxDepth) return fail("expression recursion level exceeded", at_);
    const Arith* e = unary_operator();
    depth_--;
    return e;
  }

  const Arith* unary_operator() {
    skip();
    char c = peek();
    if (at_step()) {
      at_ += 2;
      skip();
      const Arith* target = name(at_);
      if (target->broken) return target;
      size_t end = at_;
      skip();
      if ((peek() == '+' || peek() == '-') && peek(1) == peek())
        return then_fail(target, peek() == '+' ? "++: assignment requires lvalue" : "--: assignment requires lvalue", at_);
      at_ = end;
      return before_token(node(c == '+' ? ArithOp::PreInc : ArithOp::PreDec, target));
    }
    ArithOp op;
    switch (c) {
      case '!': op = ArithOp::Not; break;
      case '~': op = ArithOp::Complement; break;
      case '-': op = ArithOp::Negate; break;
      case '+': op = ArithOp::Plus; break;
      default: return primary();
    }
    if (peek(1) == '=' && c != '~') return fail("syntax error: operand expected", at_);
    at_++;
    return node(op, deep_call([&] { return unary(); }));
  }

  const Arith* primary() {
    skip();
    size_t start = at_;
    char c = peek();
    if (c == '(') {
      at_++;
      const Arith* inner = comma();
      if (inner->broken) return inner;
      skip();
      if (peek() != ')') return then_fail(inner, "missing `)'", at_);
      at_++;
      // A parenthesised name is a value, not something to assign to.
      return before_token(inner->op == ArithOp::Variable || inner->op == ArithOp::Element ? node(ArithOp::Plus, inner) : inner);
    }
    if (at_operand()) {
      Arith* n = node(ArithOp::Operand);
      n->number = static_cast<unsigned char>(peek(1)) - 1;
      at_ += 2;
      if (at_ < text_.size() && (name_start(peek()) || digit(peek()) || at_operand() || peek() == '#' || peek() == '['))
        return fail("syntax error in expression", start);
      return before_token(n);
    }
    if (name_start(c)) return variable(start);
    if (digit(c)) {
      const Arith* n = constant(start);
      return n->broken ? n : before_token(n);
    }
    return fail("syntax error: operand expected", start);
  }

  /// bash reads a token ahead: one that is none is an error before the operand is used.
  const Arith* before_token(const Arith* e) {
    size_t save = at_;
    skip();
    size_t start = at_;
    constexpr std::string_view kTokens = "=><+-*/%!()&|?:^~,";
    char c = peek();
    const Arith* wrong = nullptr;
    // After a name bash reads one more before it looks at the value.
    if (digit(c)) wrong = constant(start);
    else if (name_start(c)) wrong = variable(start);
    else if (start < text_.size() && !at_operand() && kTokens.find(c) == kTokens.npos) wrong = fail("syntax error: invalid arithmetic operator", start);
    at_ = save;
    if (!wrong || !wrong->broken) return e;
    bool value_last = e->op == ArithOp::Variable || e->op == ArithOp::Element || e->op == ArithOp::PreInc || e->op == ArithOp::PreDec;
    return value_last ? wrong : node(ArithOp::Comma, e, wrong);
  }

  const Arith* constant(size_t start) {
    while (at_ < text_.size() && (digit(peek()) || name_start(peek()) || peek() == '#' || peek() == '@')) at_++;
    if (at_operand()) return fail("syntax error in expression", start);
    Arith* n = node(ArithOp::Number);
    const char* why = nullptr;
    if (!parse_arith_number(text_.substr(start, at_ - start), &n->number, &why)) {
      // bash's message ends where the number does.
      Arith* wrong = node(ArithOp::Error);
      wrong->broken = true;
      wrong->message = why;
      wrong->text = text_.substr(start, at_ - start);
      wrong->number = static_cast<int64_t>(at_);
      return wrong;
    }
    return n;
  }

  /// A name with its subscript: something to assign to.
  const Arith* name(size_t start) {
    while (name_start(peek()) || digit(peek())) at_++;
    if (at_operand()) return fail("syntax error in expression", start);
    Arith* n = node(ArithOp::Variable);
    n->symbol = symbols_.intern(text_.substr(start, at_ - start));
    return peek() == '[' ? subscript(n, start) : n;
  }

  const Arith* variable(size_t start) {
    const Arith* n = name(start);
    if (n->broken) return n;
    size_t save = at_;
    skip();
    if ((peek() == '+' || peek() == '-') && peek(1) == peek()) {
      ArithOp op = peek() == '+' ? ArithOp::PostInc : ArithOp::PostDec;
      at_ += 2;
      return before_token(node(op, n));
    }
    at_ = save;
    return before_token(n);
  }

  const Arith* subscript(Arith* n, size_t start) {
    size_t open = at_++;
    int depth = 1;
    for (; at_ < text_.size() && depth > 0; at_++) {
      char c = text_[at_];
      if (c == '[') depth++;
      if (c == ']') depth--;
      if (c == '\\' && at_ + 1 < text_.size()) at_++;
      if (c == '\'' || c == '"') {
        size_t close = text_.find(c, at_ + 1);
        if (close != text_.npos) at_ = close;
      }
    }
    if (depth != 0) return fail("bad array subscript", start);
    n->op = ArithOp::Element;
    n->text = arena_.copy(text_.substr(open + 1, at_ - open - 2));
    // An expansion in it is left to run time, where the text is known.
    if (marked_ && n->text.find(kArithOperand) != n->text.npos) return fail("expansion in subscript", open);
    const Arith* index = deep_call([&] { return compile_arith(arena_, symbols_, n->text); });
    if (!index->broken) n->index = index;
    return n;
  }

  static constexpr int kMaxDepth = 1024;   // bash's MAX_EXPR_RECURSION_LEVEL
  Arena& arena_;
  Symbols& symbols_;
  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
  size_t marked_;           ///< expansions in the text
  uint32_t operands_ = 0;   ///< read so far
};

int digit_value(char c, int base) {
  if (digit(c)) return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  // Up to base 36 the cases are one; above, upper case continues the alphabet.
  if (c >= 'A' && c <= 'Z') return base <= 36 ? c - 'A' + 10 : c - 'A' + 36;
  if (c == '@') return 62;
  if (c == '_') return 63;
  return 1000;
}

}  // namespace

bool parse_arith_number(std::string_view t, int64_t* value, const char** error) {
  uint64_t base = 10, n = 0;
  bool has_base = false;
  size_t i = 0;
  if (t.size() > 1 && t[0] == '0') {
    has_base = true;
    bool hex = t[1] == 'x' || t[1] == 'X';
    base = hex ? 16 : 8;
    i = hex ? 2 : 1;
  }
  for (; i < t.size(); i++) {
    if (t[i] == '#') {
      if (has_base) {
        *error = "invalid number";
        return false;
      }
      if (n < 2 || n > 64) {
        *error = "invalid arithmetic base";
        return false;
      }
      if (i + 1 == t.size() || t[i + 1] == '#') {
        *error = "invalid integer constant";
        return false;
      }
      base = std::exchange(n, 0);
      has_base = true;
      continue;
    }
    auto d = static_cast<uint64_t>(digit_value(t[i], static_cast<int>(base)));
    if (d >= base) {
      *error = d >= 1000 ? "syntax error: invalid arithmetic operator" : "value too great for base";
      return false;
    }
    n = n * base + d;
  }
  *value = static_cast<int64_t>(n);
  return true;
}

const Arith* compile_arith(Arena& arena, Symbols& symbols, std::string_view text, size_t operands) {
  return Compiler(arena, symbols, arena.copy(text), operands).run();
}

}  // namespace nacre
