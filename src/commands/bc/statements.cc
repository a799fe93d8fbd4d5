#include "base/deep_call.h"
#include "commands/bc/compiler.h"

namespace nacre {
namespace {

constexpr char kLimits[] =
    "BC_BASE_MAX     = 2147483647\n"
    "BC_DIM_MAX      = 16777215\n"
    "BC_SCALE_MAX    = 2147483647\n"
    "BC_STRING_MAX   = 2147483647\n"
    "MAX Exponent    = 9223372036854775807\n"
    "Number of vars  = 32767\n";
constexpr char kWarranty[] = "bc (nacre)\nThis program comes without any warranty.\n";
constexpr int kDeepest = 5000;

}  // namespace

void BcCompiler::optional_newline() {
  if (peek() != BcToken::Newline) return;
  warn("newline not allowed");
  take();
}

bool BcCompiler::statement() {
  if (depth_ >= kDeepest) {
    error("memory exhausted");
    return false;
  }
  depth_++;
  bool fine = deep_call([&] { return plain_statement(); });
  depth_--;
  return fine;
}

bool BcCompiler::plain_statement() {
  if (peek() == BcToken::String) {
    emit_text(BcOp::String, static_cast<uint32_t>(text_.size() + 2), text_);
    take();
    return true;
  }
  if (is('{')) {
    take();
    return statements(true);
  }
  if (peek() != BcToken::Keyword) return expression_statement();
  std::string word = text_;
  using Parser = bool (BcCompiler::*)();
  Parser parser = word == "for"      ? &BcCompiler::for_statement
                  : word == "if"     ? &BcCompiler::if_statement
                  : word == "while"  ? &BcCompiler::while_statement
                  : word == "return" ? &BcCompiler::return_statement
                  : word == "print"  ? &BcCompiler::print_statement
                                     : nullptr;
  if (parser) {
    take();
    return (this->*parser)();
  }
  if (word == "break") {
    take();
    if (loops_.empty()) error("Break outside a for/while");
    else jump(BcOp::Jump, loops_.back().leave);
  } else if (word == "continue") {
    take();
    warn("Continue statement");
    if (loops_.empty() || !loops_.back().again) error("Continue outside a for");
    else jump(BcOp::Jump, *loops_.back().again);
  } else if (word == "quit") {
    quit_ = true;
  } else if (word == "halt") {
    take();
    emit(BcOp::Halt, 1);
  } else if (word == "limits" || word == "warranty") {
    take();
    on_text(word == "limits" ? kLimits : kWarranty);
  } else {
    return expression_statement();
  }
  return true;
}

bool BcCompiler::expression_statement() {
  Flags flags;
  if (!expression(flags)) return false;
  if (flags & kComparison) warn("comparison in expression");
  emit(flags & kValue ? BcOp::PrintLine : BcOp::Pop, 1);
  return true;
}

bool BcCompiler::condition() {
  Flags flags;
  if (!expect('(') || !expression(flags)) return false;
  if (!is(')')) return syntax();
  take();
  if (flags & kVoid) error("void expression");
  return true;
}

bool BcCompiler::if_statement() {
  uint32_t otherwise = label();
  if (!condition()) return false;
  jump(BcOp::JumpIfZero, otherwise);
  optional_newline();
  if (!statement()) return false;
  if (quit_ || !is_word("else")) {
    place(otherwise);
    return true;
  }
  take();
  warn("else clause in if statement");
  uint32_t end = label();
  jump(BcOp::Jump, end);
  place(otherwise);
  optional_newline();
  if (!statement()) return false;
  place(end);
  return true;
}

bool BcCompiler::while_statement() {
  uint32_t start = label(), end = label();
  place(start);
  if (!condition()) return false;
  jump(BcOp::JumpIfZero, end);
  optional_newline();
  loops_.push_back({end, start});
  bool fine = statement();
  loops_.pop_back();
  jump(BcOp::Jump, start);
  place(end);
  return fine;
}

// One of the three expressions of a for.
bool BcCompiler::for_part(char end, const char* comparison, const char* is_void, bool& empty) {
  empty = is(end);
  if (empty) {
    warn("Missing expression in for statement");
  } else {
    Flags flags;
    if (!expression(flags)) return false;
    if (!is(end)) return syntax();
    if (comparison && (flags & kComparison)) warn(comparison);
    if (flags & kVoid) error(is_void);
  }
  take();
  return true;
}

bool BcCompiler::for_statement() {
  uint32_t test = label(), body = label(), next = label(), end = label();
  bool empty;
  if (!expect('(') || !for_part(';', "Comparison in first for expression", "first expression is void", empty)) return false;
  if (!empty) emit(BcOp::Pop, 1);
  place(test);
  if (!for_part(';', nullptr, "second expression is void", empty)) return false;
  if (empty) emit_number("1");
  jump(BcOp::JumpIfTrue, body);
  jump(BcOp::Jump, end);
  place(next);
  if (!for_part(')', "Comparison in third for expression", "third expression is void", empty)) return false;
  if (!empty) emit(BcOp::Pop, 1);
  jump(BcOp::Jump, test);
  place(body);
  optional_newline();
  loops_.push_back({end, next});
  bool fine = statement();
  loops_.pop_back();
  jump(BcOp::Jump, next);
  place(end);
  return fine;
}

bool BcCompiler::return_statement() {
  BcToken t = peek();
  bool empty = t == BcToken::Newline || t == BcToken::End || is(';') || is('}');
  if (empty) {
    emit_number("0");
  } else {
    Flags flags;
    if (!expression(flags)) return false;
    if (flags & kComparison) warn("comparison in return expression");
    if (!(flags & kParentheses)) warn("return expression requires parenthesis");
    if (flags & kVoid) error("return requires non-void expression");
  }
  if (!function_) error("Return outside of a function.");
  else if (function_->is_void && !empty) error("Return expression in a void function.");
  emit(BcOp::Return, 1);
  return true;
}

bool BcCompiler::print_statement() {
  warn("print statement");
  for (;;) {
    if (peek() == BcToken::String) {
      emit_text(BcOp::PrintString, static_cast<uint32_t>(text_.size() + 2), text_);
      take();
    } else {
      Flags flags;
      if (!expression(flags)) return false;
      if (flags & kVoid) error("void expression in print");
      emit(BcOp::Print, 1);
    }
    if (!is(',')) return true;
    take();
  }
}

}  // namespace nacre
