#include "base/deep_call.h"
#include "commands/bc/compiler.h"

namespace nacre {
namespace {

enum Level { kOr = 1, kAnd, kNot, kRelation, kAssignment, kSum, kProduct, kPower };
constexpr int kDeepest = 10000;

BcOp relation(std::string_view op) {
  if (op == "==") return BcOp::Equal;
  if (op == "!=") return BcOp::NotEqual;
  if (op == "<") return BcOp::Less;
  if (op == "<=") return BcOp::LessEqual;
  return op == ">" ? BcOp::Greater : BcOp::GreaterEqual;
}

BcOp arithmetic(char op) {
  switch (op) {
    case '+': return BcOp::Add;
    case '-': return BcOp::Subtract;
    case '*': return BcOp::Multiply;
    case '/': return BcOp::Divide;
    case '%': return BcOp::Modulo;
    default: return BcOp::Power;
  }
}

int level(BcToken token, char c) {
  if (token == BcToken::Or) return kOr;
  if (token == BcToken::And) return kAnd;
  if (token == BcToken::Relation) return kRelation;
  if (token != BcToken::Character) return 0;
  return c == '+' || c == '-' ? kSum : c == '*' || c == '/' || c == '%' ? kProduct : c == '^' ? kPower : 0;
}

}  // namespace

bool BcCompiler::no_void(Flags flags, const std::string& what) {
  if (flags & kVoid) error("void expression " + what);
  return true;
}

void BcCompiler::long_name(const std::string& name) {
  if (name.size() > 1) warn("multiple letter name - " + name);
}

uint32_t BcCompiler::variable(const std::string& name, bool array) {
  long_name(name);
  return (array ? tables_.arrays : tables_.variables).number(name);
}

bool BcCompiler::expression(Flags& flags, int least) {
  if (depth_ >= kDeepest) {
    error("memory exhausted");
    return false;
  }
  depth_++;
  bool fine = deep_call([&] { return binary(flags, least); });
  depth_--;
  return fine;
}

bool BcCompiler::binary(Flags& flags, int least) {
  if (!operand(flags)) return false;
  for (;;) {
    BcToken token = peek();
    char c = text_.empty() ? '\0' : text_[0];
    int here = level(token, c);
    if (here == 0 || here < least) return true;
    std::string op = text_;
    take();
    if (here == kAnd || here == kOr) {
      if (!boolean(flags, here == kAnd)) return false;
      continue;
    }
    Flags right;
    if (!expression(right, here == kPower ? here : here + 1)) return false;
    if (here == kRelation) {
      no_void(flags | right, "with comparison");
      flags = kValue | kComparison;
      emit(relation(op), 1);
    } else {
      (void)peek();
      no_void(flags | right, "with " + op);
      flags = (flags | right) & (kValue | kComparison);
      emit(arithmetic(c), 1);
    }
  }
}

bool BcCompiler::boolean(Flags& flags, bool both) {
  uint32_t decided = label(), end = label();
  warn(both ? "&& operator" : "|| operator");
  if (both) {
    emit(BcOp::Duplicate, 1);
    jump(BcOp::JumpIfZero, decided);
    emit(BcOp::Pop, 1);
  } else {
    jump(BcOp::JumpIfTrue, decided);
  }
  Flags right;
  if (!expression(right, (both ? kAnd : kOr) + 1)) return false;
  (void)peek();
  no_void(flags | right, both ? "with &&" : "with ||");
  flags = (flags | right) & (kValue | kComparison);
  if (both) {
    emit(BcOp::Duplicate, 1);
    jump(BcOp::JumpIfZero, decided);
    emit(BcOp::Pop, 1);
    emit_number("1");
    place(decided);
    return true;
  }
  jump(BcOp::JumpIfTrue, decided);
  emit_number("0");
  jump(BcOp::Jump, end);
  place(decided);
  emit_number("1");
  place(end);
  return true;
}

// What stands between binary operators, with its signs.
bool BcCompiler::operand(Flags& flags) {
  if (is('-')) {
    take();
    // Nothing between operands binds as much.
    if (depth_ >= kDeepest) return syntax();
    depth_++;
    bool fine = deep_call([&] { return operand(flags); });
    depth_--;
    if (!fine) return false;
    no_void(flags, "with unary -");
    flags &= kValue | kComparison;
    emit(BcOp::Negate, 1);
    return true;
  }
  if (peek() == BcToken::Not) {
    take();
    if (!expression(flags, kNot + 1)) return false;
    (void)peek();
    warn("! operator");
    no_void(flags, "with !");
    flags &= kValue | kComparison;
    emit(BcOp::Not, 1);
    return true;
  }
  if (peek() == BcToken::Step) {
    char sign = text_[0];
    take();
    Target target;
    if (!named(target)) return false;
    emit_step(target, sign, true);
    flags = kValue;
    return true;
  }
  return primary(flags);
}

bool BcCompiler::primary(Flags& flags) {
  flags = kValue;
  switch (peek()) {
    case BcToken::Number:
      for (char c : text_)
        if (c > 'F') warn("Non-standard base in numeric constant");
      emit_number(text_);
      take();
      return true;
    case BcToken::Name: {
      std::string name = text_;
      take();
      if (is('(')) return call(name, flags);
      give_back(BcToken::Name, name);
      Target target;
      return named(target) && target_expression(target, flags);
    }
    case BcToken::Keyword: return keyword(flags);
    case BcToken::Character:
      if (is('(')) return parentheses(flags);
      return syntax();
    default: return syntax();
  }
}

bool BcCompiler::parentheses(Flags& flags) {
  take();
  if (!expression(flags) || !expect(')')) return false;
  if (flags & kVoid) error("void expression in parenthesis");
  flags |= kValue | kParentheses;
  return true;
}

bool BcCompiler::keyword(Flags& flags) {
  std::string word = text_;
  if (word == "sqrt" || word == "length" || word == "read" || word == "random") {
    take();
    if (word == "sqrt") return in_parentheses("sqrt()", BcOp::SquareRoot, flags);
    if (word == "length") return in_parentheses("length()", BcOp::Length, flags);
    if (!expect('(') || !expect(')')) return false;
    warn(word + " function");
    emit(word == "read" ? BcOp::Read : BcOp::Random, 2);
    return true;
  }
  if (word == "scale") {
    take();
    if (is('(')) return in_parentheses("scale()", BcOp::Scale, flags);
    give_back(BcToken::Keyword, word);
  }
  Target target;
  return named(target) && target_expression(target, flags);
}

bool BcCompiler::in_parentheses(const char* what, BcOp op, Flags& flags) {
  Flags inner;
  if (!expect('(') || !expression(inner) || !expect(')')) return false;
  no_void(inner, std::string("in ") + what);
  emit(op, 2);
  flags = kValue;
  return true;
}

// A variable, an array element (its subscript is computed), or a special variable.
bool BcCompiler::named(Target& target) {
  if (peek() == BcToken::Keyword) {
    constexpr std::pair<std::string_view, uint32_t> kNames[] = {{"ibase", kBcIbase}, {"obase", kBcObase}, {"scale", kBcScale},
                                                                {"last", kBcLast},   {".", kBcLast},      {"history", kBcHistory}};
    for (auto [name, number] : kNames) {
      if (text_ != name) continue;
      take();
      if (number == kBcLast) warn("Last variable");
      if (number == kBcHistory) warn("History variable");
      target = {false, number};
      return true;
    }
    return syntax();
  }
  if (peek() != BcToken::Name) return syntax();
  std::string name = text_;
  take();
  bool array = is('[');
  if (array && !subscript()) return false;
  target = {array, variable(name, array)};
  return true;
}

bool BcCompiler::subscript() {
  take();
  Flags flags;
  if (!expression(flags) || !expect(']')) return false;
  if (flags & kComparison) warn("comparison in subscript");
  return no_void(flags, "as subscript");
}

bool BcCompiler::target_expression(const Target& t, Flags& flags) {
  BcToken token = peek();
  if (token == BcToken::Assign) return assignment(t, flags);
  flags = kValue;
  if (token == BcToken::Step) {
    char sign = text_[0];
    take();
    emit_step(t, sign, false);
    return true;
  }
  emit_named(t.array ? BcOp::LoadArray : BcOp::Load, t.number);
  return true;
}

bool BcCompiler::assignment(const Target& t, Flags& flags) {
  std::string op = text_;
  take();
  if (!op.empty()) {
    if (t.array) emit(BcOp::Duplicate, 1);
    emit_named(t.array ? BcOp::LoadArray : BcOp::Load, t.number);
  }
  Flags value;
  if (!expression(value, kAssignment + 1)) return false;
  (void)peek();
  if (value & kComparison) warn("comparison in assignment");
  if (value & kVoid) error("Assignment of a void expression");
  if (!op.empty()) emit(arithmetic(op[0]), 1);
  emit_named(t.array ? BcOp::StoreArray : BcOp::Store, t.number);
  flags = kAssigned;
  return true;
}

void BcCompiler::emit_step(const Target& t, char sign, bool before) {
  BcOp load = t.array ? BcOp::LoadArray : BcOp::Load;
  BcOp step = sign == '+' ? (t.array ? BcOp::IncrementArray : BcOp::Increment) : (t.array ? BcOp::DecrementArray : BcOp::Decrement);
  if (t.array) emit(BcOp::Duplicate, 1);
  emit_named(before ? step : load, t.number);
  if (t.array && !before) emit(BcOp::Swap, 1);
  emit_named(before ? load : step, t.number);
}

bool BcCompiler::call(const std::string& name, Flags& flags) {
  take();
  std::string kinds;
  if (!is(')')) {
    for (;;) {
      if (!argument(kinds)) return false;
      if (!is(',')) break;
      take();
    }
  }
  if (!expect(')')) return false;
  long_name(name);
  uint32_t number = tables_.function(name);
  flags = tables_.functions[number]->is_void ? kVoid : kValue;
  // The kinds of arguments are read after the function is found.
  emit_text(BcOp::Call, number < 128 ? 2 : 3, kinds, number);
  code_->address += static_cast<uint32_t>(kinds.size() + 1);
  return true;
}

bool BcCompiler::argument(std::string& kinds) {
  if (peek() == BcToken::Name) {
    std::string name = text_;
    take();
    if (is('[')) {
      take();
      if (is(']')) {
        take();
        uint32_t number = variable(name, true);
        emit(BcOp::ArrayName, static_cast<uint32_t>(2 + std::to_string(number).size()), number);
        kinds += '1';
        return true;
      }
      give_back(BcToken::Character, "[");
    }
    give_back(BcToken::Name, name);
  }
  Flags flags;
  if (!expression(flags)) return false;
  if (flags & kComparison) warn("comparison in argument");
  if (flags & kVoid) error("void argument");
  kinds += '0';
  return true;
}

}  // namespace nacre
