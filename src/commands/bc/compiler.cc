#include "commands/bc/compiler.h"

#include "base/deep_call.h"

namespace nacre {

BcTables::BcTables() {
  for (auto name : {"ibase", "obase", "scale", "last", "history"}) variables.number(name);
  // 0 is no array and no function: messages number from 1.
  arrays.number("");
  function("(main)");
}

uint32_t BcTables::function(std::string_view name) {
  uint32_t n = function_names.number(name);
  while (functions.size() <= n) functions.push_back(std::make_unique<BcFunction>());
  return n;
}

BcCompiler::BcCompiler(Process& p, const BcOptions& options, BcTables& tables, BcLexer& lexer) : p_(p), o_(options), tables_(tables), lexer_(lexer) {
  lexer_.on_error = [this](const std::string& text) { error(text); };
}

BcToken BcCompiler::peek() {
  if (have_) return token_;
  have_ = true;
  if (!ahead_.empty()) {
    token_ = ahead_.back().first;
    text_ = std::move(ahead_.back().second);
    ahead_.pop_back();
    return token_;
  }
  token_ = lexer_.next();
  text_ = lexer_.text();
  return token_;
}

// A token that was taken comes again, before the one that is looked at.
void BcCompiler::give_back(BcToken token, const std::string& text) {
  if (have_) ahead_.emplace_back(token_, text_);
  token_ = token;
  text_ = text;
  have_ = true;
}

bool BcCompiler::expect(char c) {
  if (!is(c)) return syntax();
  take();
  return true;
}

void BcCompiler::error(const std::string& text) {
  write_error(p_, lexer_.place() + ": " + text + "\n");
  had_error_ = true;
}

bool BcCompiler::syntax() {
  error("syntax error");
  return false;
}

void BcCompiler::warn(const std::string& text) {
  if (o_.standard) error("Error: " + text);
  else if (o_.warn) write_error(p_, lexer_.place() + ": (Warning) " + text + "\n");
}

// After an error: to the end of the line, but over groups in braces.
void BcCompiler::skip_line() {
  int braces = 0;
  for (BcToken t = peek(); t != BcToken::End; t = peek()) {
    if (t == BcToken::Newline && braces == 0) break;
    if (is('{')) braces++;
    if (is('}') && braces > 0) braces--;
    take();
  }
}

void BcCompiler::emit(BcOp op, uint32_t size, uint32_t operand) {
  code_->address += size;
  code_->instructions.push_back({op, operand, 0, code_->address});
}

void BcCompiler::emit_text(BcOp op, uint32_t size, std::string_view text, uint32_t operand) {
  emit(op, size, operand);
  code_->instructions.back().text = static_cast<uint32_t>(code_->texts.size());
  code_->texts.push_back({std::string(text)});
  if ((code_->texts.size() & 0xfff) == 0) p_.check_memory(code_->texts.size() * 128);
}

void BcCompiler::emit_number(std::string_view digits) {
  emit_text(BcOp::Number, digits == "0" || digits == "1" ? 1 : static_cast<uint32_t>(digits.size() + 2), digits);
}

uint32_t BcCompiler::label() {
  code_->labels.push_back(0);
  return static_cast<uint32_t>(code_->labels.size() - 1);
}

BcCompiler::Item BcCompiler::next(BcCode& code) {
  code.clear();
  code_ = &code;
  function_ = nullptr;
  loops_.clear();
  had_error_ = false;
  if (peek() == BcToken::End) return Item::End;
  if (is_word("define")) {
    if (!function()) {
      skip_line();
      if (peek() == BcToken::Newline) take();
    }
    return Item::Nothing;
  }
  bool fine = statements(false);
  if (quit_) return Item::Quit;
  if (fine && peek() == BcToken::End) fine = syntax();
  if (!fine) skip_line();
  if (peek() == BcToken::Newline) take();
  return fine && !had_error_ ? Item::Run : Item::Nothing;
}

// Statements up to the end of the line, or up to a closing brace, which is taken.
bool BcCompiler::statements(bool braced) {
  for (;;) {
    BcToken t = peek();
    if (t == BcToken::End) return !braced || (!had_error_ && syntax());
    if (t == BcToken::Newline && !braced) return true;
    if (braced && is('}')) {
      take();
      return true;
    }
    if (t == BcToken::Newline || is(';')) {
      take();
      continue;
    }
    bool fine = deep_call([&] { return statement(); });
    if (quit_) return true;
    if (fine) {
      t = peek();
      if (t == BcToken::Newline || t == BcToken::End || is(';') || (braced && is('}'))) continue;
      fine = syntax();
    }
    if (!braced) return false;
    // What is left of the group is read all the same.
    while (peek() != BcToken::End && peek() != BcToken::Newline && !is(';') && !is('}')) take();
  }
}

// A list of parameters or automatic variables after which `end` comes.
bool BcCompiler::declared(std::vector<BcParameter>& to, bool parameter) {
  for (;;) {
    BcParameter item{BcParameter::Scalar, 0};
    if (is('*') || is('&')) {
      take();
      if (parameter) warn("Call by variable arrays");
      item.kind = BcParameter::ArrayReference;
    }
    if (peek() != BcToken::Name) return syntax();
    std::string name = text_;
    take();
    if (is('[')) {
      take();
      if (!expect(']')) return false;
      if (item.kind == BcParameter::Scalar) item.kind = BcParameter::Array;
    } else if (item.kind != BcParameter::Scalar) {
      return syntax();
    }
    item.name = variable(name, item.kind != BcParameter::Scalar);
    for (const auto& other : to) {
      bool same = (other.kind == BcParameter::Scalar) == (item.kind == BcParameter::Scalar) && other.name == item.name;
      if (same) error(parameter ? "duplicate parameter names" : "duplicate auto variable names");
    }
    to.push_back(item);
    if (!is(',')) return true;
    take();
  }
}

bool BcCompiler::function() {
  take();
  bool is_void = is_word("void");
  if (is_void) {
    warn("void functions");
    take();
  }
  if (peek() != BcToken::Name) return syntax();
  long_name(text_);
  uint32_t number = tables_.function(text_);
  take();
  BcFunction fresh;
  fresh.is_void = is_void;
  if (!expect('(') || (!is(')') && !declared(fresh.parameters, true)) || !expect(')')) return false;
  if (peek() == BcToken::Newline) {
    warn("newline not allowed");
    take();
  }
  if (!expect('{')) return false;
  if (peek() != BcToken::Newline) warn("End of line required");
  for (bool first = true; peek() == BcToken::Newline; first = false) {
    take();
    if (!first) warn("Too many end of lines");
  }
  if (is_word("auto")) {
    take();
    if (!declared(fresh.autos, false)) return false;
    if (peek() != BcToken::Newline && !is(';')) return syntax();
    take();
  }
  for (const auto& q : fresh.parameters)
    if (q.kind == BcParameter::ArrayReference) warn("Variable array parameter");
  for (const auto& a : fresh.autos) {
    for (const auto& q : fresh.parameters) {
      if (q.name == a.name && (q.kind == BcParameter::Scalar) == (a.kind == BcParameter::Scalar)) error("variable in both parameter and auto lists");
    }
  }
  function_ = &fresh;
  code_ = &fresh.code;
  bool fine = statements(true);
  emit_number("0");
  emit(BcOp::Return, 1);
  function_ = nullptr;
  fresh.defined = true;
  if (fine && !had_error_) *tables_.functions[number] = std::move(fresh);
  return fine;
}

}  // namespace nacre
