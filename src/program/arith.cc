#include "program/arith.h"

#include "base/deep_call.h"

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
    {"**", ArithOp::Power, 11}, {"<<", ArithOp::ShiftLeft, 8}, {">>", ArithOp::ShiftRight, 8},
    {"<=", ArithOp::LessEq, 7}, {">=", ArithOp::GreaterEq, 7}, {"==", ArithOp::Equal, 6},
    {"!=", ArithOp::NotEqual, 6}, {"&&", ArithOp::And, 2}, {"||", ArithOp::Or, 1},
    {"*", ArithOp::Mul, 10}, {"/", ArithOp::Div, 10}, {"%", ArithOp::Mod, 10},
    {"+", ArithOp::Add, 9}, {"-", ArithOp::Sub, 9}, {"<", ArithOp::Less, 7},
    {">", ArithOp::Greater, 7}, {"&", ArithOp::BitAnd, 5}, {"^", ArithOp::BitXor, 4}, {"|", ArithOp::BitOr, 3},
};
struct AssignOp {
  std::string_view text;
  ArithOp op;
};
constexpr AssignOp kAssign[] = {
    {"<<=", ArithOp::ShiftLeft}, {">>=", ArithOp::ShiftRight}, {"*=", ArithOp::Mul}, {"/=", ArithOp::Div},
    {"%=", ArithOp::Mod}, {"+=", ArithOp::Add}, {"-=", ArithOp::Sub}, {"&=", ArithOp::BitAnd},
    {"^=", ArithOp::BitXor}, {"|=", ArithOp::BitOr},
};

class Compiler {
 public:
  Compiler(Arena& arena, Symbols& symbols, std::string_view text, ArithError* error)
      : arena_(arena), symbols_(symbols), text_(text), error_(error) {}

  const Arith* run() {
    skip();
    if (at_ == text_.size()) return arena_.make<Arith>(ArithOp::Number);
    const Arith* e = comma();
    if (!e) return nullptr;
    skip();
    if (at_ < text_.size()) {
      constexpr std::string_view kTokens = "=><+-*/%!()&|?:^~,";
      bool token = name_start(peek()) || digit(peek()) || kTokens.find(peek()) != kTokens.npos || peek() == kArithOperand;
      return fail(token ? "syntax error in expression" : "syntax error: invalid arithmetic operator", at_);
    }
    return e;
  }

 private:
  const Arith* fail(const char* message, size_t at) {
    if (error_ && error_->message.empty()) {
      error_->message = message;
      while (at < text_.size() && blank(text_[at])) at++;
      // At the end bash points at the last token it has read.
      error_->token = text_.substr(at < text_.size() ? at : last_token());
    }
    return nullptr;
  }
  size_t last_token() const {
    size_t last = text_.size();
    for (size_t i = 0; i < text_.size();) {
      if (blank(text_[i])) {
        i++;
        continue;
      }
      last = i;
      if (name_start(text_[i]) || digit(text_[i])) {
        while (i < text_.size() && (name_start(text_[i]) || digit(text_[i]) || text_[i] == '#' || text_[i] == '@')) i++;
        continue;
      }
      size_t length = 1;
      for (const AssignOp& a : kAssign) if (text_.substr(i).starts_with(a.text)) length = std::max(length, a.text.size());
      for (const BinaryOp& b : kBinary) if (text_.substr(i).starts_with(b.text)) length = std::max(length, b.text.size());
      i += length;
    }
    return last;
  }
  void skip() {
    while (at_ < text_.size() && blank(text_[at_])) at_++;
  }
  bool looking_at(std::string_view s) const { return text_.substr(at_).starts_with(s); }
  char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  Arith* node(ArithOp op, const Arith* a = nullptr, const Arith* b = nullptr, const Arith* c = nullptr) {
    Arith* n = arena_.make<Arith>(op);
    n->a = a;
    n->b = b;
    n->c = c;
    return n;
  }

  const Arith* comma() {
    return deep_call([&]() -> const Arith* {
      if (++depth_ > kMaxDepth) return fail("expression recursion level exceeded", at_);
      const Arith* left = assignment();
      while (left) {
        skip();
        if (peek() != ',') break;
        at_++;
        const Arith* right = assignment();
        left = right ? node(ArithOp::Comma, left, right) : nullptr;
      }
      depth_--;
      return left;
    });
  }

  const Arith* assignment() {
    return deep_call([&]() -> const Arith* {
      if (++depth_ > kMaxDepth) return fail("expression recursion level exceeded", at_);
      const Arith* left = conditional();
      if (left) left = finish_assignment(left);
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
    if (left->op != ArithOp::Variable && left->op != ArithOp::Element) return fail("attempted assignment to non-variable", start);
    size_t value_at = at_;
    const Arith* right = assignment();
    if (!right) return nullptr;
    Arith* n = node(ArithOp::Assign, left, right);
    n->assign_op = op;
    n->text = rest(value_at);
    return n;
  }

  const Arith* conditional() {
    const Arith* cond = binary(1);
    if (!cond) return nullptr;
    skip();
    if (peek() != '?') return cond;
    at_++;
    skip();
    if (at_ == text_.size() || peek() == ':') return fail("expression expected", at_);
    const Arith* yes = comma();
    if (!yes) return nullptr;
    skip();
    if (peek() != ':') return fail("`:' expected for conditional expression", at_);
    at_++;
    skip();
    if (at_ == text_.size()) return fail("expression expected", at_);
    const Arith* no = assignment();
    return no ? node(ArithOp::Conditional, cond, yes, no) : nullptr;
  }

  const BinaryOp* binary_op() {
    skip();
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
    while (left) {
      const BinaryOp* b = binary_op();
      if (!b || b->level < level) break;
      at_ += b->text.size();
      skip();
      size_t right_at = at_;
      const Arith* right = binary(b->op == ArithOp::Power ? b->level : b->level + 1);
      if (!right) return nullptr;
      Arith* n = node(b->op, left, right);
      n->text = rest(right_at);
      left = n;
    }
    return left;
  }

  std::string_view rest(size_t from) {
    while (from < text_.size() && blank(text_[from])) from++;
    return text_.substr(std::min(from, text_.size()));
  }

  const Arith* unary() {
    if (++depth_ > kMaxDepth) return fail("expression recursion level exceeded", at_);
    const Arith* e = unary_operator();
    depth_--;
    return e;
  }

  const Arith* unary_operator() {
    skip();
    char c = peek();
    if ((c == '+' || c == '-') && peek(1) == c) {
      // ++x; but ++5 is +(+5), as bash reads it.
      size_t save = at_;
      at_ += 2;
      skip();
      if (name_start(peek())) {
        const Arith* target = primary();
        if (!target) return nullptr;
        return node(c == '+' ? ArithOp::PreInc : ArithOp::PreDec, target);
      }
      at_ = save;
    }
    ArithOp op;
    switch (c) {
      case '!': op = ArithOp::Not; break;
      case '~': op = ArithOp::Complement; break;
      case '-': op = ArithOp::Negate; break;
      case '+': op = ArithOp::Plus; break;
      default: return primary();
    }
    at_++;
    const Arith* operand = deep_call([&] { return unary(); });
    return operand ? node(op, operand) : nullptr;
  }

  const Arith* primary() {
    skip();
    size_t start = at_;
    char c = peek();
    if (c == '(') {
      at_++;
      const Arith* inner = comma();
      if (!inner) return nullptr;
      skip();
      if (peek() != ')') return fail("missing `)'", at_);
      at_++;
      // A parenthesised name is a value, not something to assign to.
      return inner->op == ArithOp::Variable || inner->op == ArithOp::Element ? node(ArithOp::Plus, inner) : inner;
    }
    if (c == kArithOperand) {
      Arith* n = node(ArithOp::Operand);
      n->number = static_cast<unsigned char>(peek(1)) - 1;
      at_ += 2;
      if (at_ < text_.size() && (name_start(peek()) || digit(peek()) || peek() == kArithOperand || peek() == '#' || peek() == '['))
        return fail("syntax error in expression", start);
      return n;
    }
    if (name_start(c)) return variable(start);
    if (digit(c)) return constant(start);
    return fail("syntax error: operand expected", start);
  }

  const Arith* constant(size_t start) {
    while (at_ < text_.size() && (digit(peek()) || name_start(peek()) || peek() == '#' || peek() == '@')) at_++;
    if (peek() == kArithOperand) return fail("syntax error in expression", start);
    Arith* n = node(ArithOp::Number);
    const char* why = nullptr;
    if (!parse_arith_number(text_.substr(start, at_ - start), &n->number, &why)) return fail(why, start);
    return n;
  }

  const Arith* variable(size_t start) {
    while (name_start(peek()) || digit(peek())) at_++;
    if (peek() == kArithOperand) return fail("syntax error in expression", start);
    Arith* n = node(ArithOp::Variable);
    n->symbol = symbols_.intern(text_.substr(start, at_ - start));
    if (peek() == '[' && !subscript(n)) return nullptr;
    // Postfix, unless it begins a binary operator and a prefix (x++ +y is fine, x+ +y is not ours).
    size_t save = at_;
    skip();
    if ((peek() == '+' || peek() == '-') && peek(1) == peek()) {
      ArithOp op = peek() == '+' ? ArithOp::PostInc : ArithOp::PostDec;
      at_ += 2;
      return node(op, n);
    }
    at_ = save;
    return n;
  }

  bool subscript(Arith* n) {
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
    if (depth != 0) {
      fail("bad array subscript", open);
      return false;
    }
    n->op = ArithOp::Element;
    n->text = arena_.copy(text_.substr(open + 1, at_ - open - 2));
    if (n->text.find(kArithOperand) != n->text.npos) {
      fail("expansion in subscript", open);   // left to run time, where the text is known
      return false;
    }
    ArithError ignored;
    n->index = deep_call([&] { return compile_arith(arena_, symbols_, n->text, &ignored); });
    return true;
  }

  static constexpr int kMaxDepth = 1024;   // bash's MAX_EXPR_RECURSION_LEVEL
  Arena& arena_;
  Symbols& symbols_;
  std::string_view text_;
  ArithError* error_;
  size_t at_ = 0;
  int depth_ = 0;
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
  uint64_t base = 10;
  size_t i = 0;
  size_t hash = t.find('#');
  if (hash != t.npos) {
    base = 0;
    for (; i < hash; i++) {
      if (!digit(t[i])) { *error = "invalid number"; return false; }
      base = base * 10 + static_cast<uint64_t>(t[i] - '0');
      if (base > 64) break;
    }
    if (base < 2 || base > 64) { *error = "invalid arithmetic base"; return false; }
    i = hash + 1;
    if (i >= t.size()) { *error = "invalid integer constant"; return false; }
  } else if (t.size() > 1 && t[0] == '0') {
    if (t[1] == 'x' || t[1] == 'X') {
      base = 16;
      i = 2;
      if (t.size() == 2) { *value = 0; return true; }
    } else {
      base = 8;
      i = 1;
    }
  }
  uint64_t n = 0;
  for (; i < t.size(); i++) {
    int d = digit_value(t[i], static_cast<int>(base));
    if (t[i] == '#') { *error = "invalid number"; return false; }
    if (static_cast<uint64_t>(d) >= base) { *error = d >= 1000 ? "syntax error: invalid arithmetic operator" : "value too great for base"; return false; }
    n = n * base + static_cast<uint64_t>(d);
  }
  *value = static_cast<int64_t>(n);
  return true;
}

const Arith* compile_arith(Arena& arena, Symbols& symbols, std::string_view text, ArithError* error) {
  std::string_view kept = arena.copy(text);
  return Compiler(arena, symbols, kept, error).run();
}

}  // namespace nacre
