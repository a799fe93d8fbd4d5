#include <cmath>
#include <cstring>
#include <map>
#include <set>

#include "algo/unicode.h"
#include "base/deep_call.h"

#include "commands/awk/ast.h"

namespace nacre {

const char* const kAwkSpecialNames[kSpecialCount] = {"NR", "NF", "FNR", "FS", "OFS", "ORS", "RS", "RT", "FILENAME", "SUBSEP", "CONVFMT", "OFMT", "RSTART",
                                                     "RLENGTH", "ENVIRON", "ARGC", "ARGV", "IGNORECASE", "FPAT", "FIELDWIDTHS", "PROCINFO"};

int AwkProgram::global(const std::string& name) {
  for (size_t i = 0; i < globals.size(); i++) if (globals[i] == name) return static_cast<int>(i);
  globals.push_back(name);
  return static_cast<int>(globals.size()) - 1;
}

namespace {

enum class Tok : uint8_t { End, Newline, Number, String, Ere, Name, FuncName, Builtin, Keyword, Op };

struct BuiltinName { const char* name; AwkBuiltin which; };
constexpr BuiltinName kBuiltins[] = {
    {"length", AwkBuiltin::Length}, {"substr", AwkBuiltin::Substr}, {"index", AwkBuiltin::Index}, {"split", AwkBuiltin::Split}, {"sub", AwkBuiltin::Sub},
    {"gsub", AwkBuiltin::Gsub}, {"gensub", AwkBuiltin::Gensub}, {"match", AwkBuiltin::Match}, {"sprintf", AwkBuiltin::Sprintf}, {"sin", AwkBuiltin::Sin},
    {"cos", AwkBuiltin::Cos}, {"atan2", AwkBuiltin::Atan2}, {"exp", AwkBuiltin::Exp}, {"log", AwkBuiltin::Log}, {"sqrt", AwkBuiltin::Sqrt},
    {"int", AwkBuiltin::Int}, {"rand", AwkBuiltin::Rand}, {"srand", AwkBuiltin::Srand}, {"tolower", AwkBuiltin::ToLower}, {"toupper", AwkBuiltin::ToUpper},
    {"system", AwkBuiltin::System}, {"close", AwkBuiltin::Close}, {"fflush", AwkBuiltin::Fflush}, {"strftime", AwkBuiltin::Strftime},
    {"systime", AwkBuiltin::Systime}, {"mktime", AwkBuiltin::Mktime}, {"and", AwkBuiltin::And}, {"or", AwkBuiltin::Or}, {"xor", AwkBuiltin::Xor},
    {"lshift", AwkBuiltin::Lshift}, {"rshift", AwkBuiltin::Rshift}, {"compl", AwkBuiltin::Compl}, {"strtonum", AwkBuiltin::Strtonum},
    {"asort", AwkBuiltin::Asort}, {"asorti", AwkBuiltin::Asorti}, {"patsplit", AwkBuiltin::Patsplit}, {"typeof", AwkBuiltin::Typeof}, {"isarray", AwkBuiltin::IsArray}};
const std::set<std::string_view> kKeywords = {"BEGIN", "END", "BEGINFILE", "ENDFILE", "function", "func", "if", "else", "while", "for", "do", "break", "continue",
                                              "next", "nextfile", "exit", "return", "delete", "in", "getline", "print", "printf", "switch", "case", "default"};

class AwkParser {
 public:
  AwkParser(std::string_view text, bool utf8) : s_(text), utf8_(utf8), p_(std::make_unique<AwkProgram>()) {
    for (const char* n : kAwkSpecialNames) p_->global(n);
  }

  std::unique_ptr<AwkProgram> run() {
    advance();
    skip_newlines();
    while (ok() && tok_ != Tok::End) {
      item();
      while (ok() && (tok_ == Tok::Newline || is(";"))) advance();
    }
    for (const auto& f : p_->functions) if (ok() && !f.defined) error("function `" + f.name + "' not defined");
    return std::move(p_);
  }

 private:
  bool ok() const { return p_->error.empty(); }
  void error(const std::string& message) {
    if (ok()) p_->error = "cmd. line:" + std::to_string(line_) + ": " + message;
    tok_ = Tok::End;
  }
  void syntax() { error(tok_ == Tok::End && at_ >= s_.size() ? "syntax error: unexpected end of program" : "syntax error at or near " + (text_ == "\n" ? std::string("end of line") : text_)); }

  AwkNode* node(AwkOp op, AwkNode* a = nullptr, AwkNode* b = nullptr, AwkNode* c = nullptr) {
    p_->nodes.emplace_back();
    AwkNode& fresh = p_->nodes.back();
    fresh.op = op;
    fresh.a = a;
    fresh.b = b;
    fresh.c = c;
    p_->nodes.back().line = line_;
    return &p_->nodes.back();
  }
  AwkNode* number(double v) {
    AwkNode* n = node(AwkOp::Number);
    n->value = AwkValue(v);
    return n;
  }

  // ---- tokens
  bool is(std::string_view op) const { return (tok_ == Tok::Op || tok_ == Tok::Keyword) && text_ == op; }
  bool accept(std::string_view op) {
    if (!is(op)) return false;
    advance();
    return true;
  }
  void expect(std::string_view op) { if (ok() && !accept(op)) syntax(); }
  void skip_newlines() { while (tok_ == Tok::Newline) advance(); }

  void advance() {
    if (!ok()) return;
    for (;;) {
      while (at_ < s_.size() && (s_[at_] == ' ' || s_[at_] == '\t' || s_[at_] == '\r')) at_++;
      if (at_ + 1 < s_.size() && s_[at_] == '\\' && s_[at_ + 1] == '\n') { at_ += 2; line_++; continue; }
      if (at_ + 2 < s_.size() && s_[at_] == '\\' && s_[at_ + 1] == '\r' && s_[at_ + 2] == '\n') { at_ += 3; line_++; continue; }
      if (at_ < s_.size() && s_[at_] == '#') { while (at_ < s_.size() && s_[at_] != '\n') at_++; continue; }
      break;
    }
    if (at_ >= s_.size()) { tok_ = Tok::End; text_.clear(); return; }
    char c = s_[at_];
    if (c == '\n') { at_++; line_++; tok_ = Tok::Newline; text_ = "\n"; return; }
    if (ascii_digit(c) || (c == '.' && at_ + 1 < s_.size() && ascii_digit(s_[at_ + 1]))) return lex_number();
    if (ascii_alpha(c) || c == '_') return lex_name();
    if (c == '"') return lex_string();
    static const char* const ops[] = {"**=", "&&", "||", "==", "<=", ">=", "!=", "++", "--", "+=", "-=", "*=", "/=", "%=", "^=", "!~", ">>", "**", "|&"};
    for (const char* op : ops) {
      size_t n = std::strlen(op);
      if (s_.substr(at_, n) == op) { at_ += n; tok_ = Tok::Op; text_ = op; if (text_ == "**") text_ = "^"; if (text_ == "**=") text_ = "^="; return; }
    }
    at_++;
    tok_ = Tok::Op;
    text_ = std::string(1, c);
  }

  void lex_number() {
    size_t start = at_;
    if (s_[at_] == '0' && at_ + 2 < s_.size() && (s_[at_ + 1] == 'x' || s_[at_ + 1] == 'X') && in_class_ascii(static_cast<unsigned char>(s_[at_ + 2]), CharClass::Xdigit)) {
      at_ += 2;
      double v = 0;
      while (at_ < s_.size() && in_class_ascii(static_cast<unsigned char>(s_[at_]), CharClass::Xdigit)) {
        char l = ascii_lower(s_[at_++]);
        v = v * 16 + (ascii_digit(l) ? l - '0' : l - 'a' + 10);
      }
      number_ = v;
    } else {
      while (at_ < s_.size() && ascii_digit(s_[at_])) at_++;
      if (at_ < s_.size() && s_[at_] == '.') { at_++; while (at_ < s_.size() && ascii_digit(s_[at_])) at_++; }
      if (at_ < s_.size() && (s_[at_] == 'e' || s_[at_] == 'E')) {
        size_t k = at_ + 1;
        if (k < s_.size() && (s_[k] == '+' || s_[k] == '-')) k++;
        if (k < s_.size() && ascii_digit(s_[k])) { at_ = k; while (at_ < s_.size() && ascii_digit(s_[at_])) at_++; }
      }
      number_ = awk_number(s_.substr(start, at_ - start));
    }
    tok_ = Tok::Number;
    text_ = std::string(s_.substr(start, at_ - start));
  }

  void lex_name() {
    size_t start = at_;
    while (at_ < s_.size() && (ascii_alnum(s_[at_]) || s_[at_] == '_')) at_++;
    text_ = std::string(s_.substr(start, at_ - start));
    if (kKeywords.count(text_)) { tok_ = Tok::Keyword; if (text_ == "func") text_ = "function"; return; }
    for (const auto& b : kBuiltins) if (text_ == b.name && !(locals_.count(text_))) { tok_ = Tok::Builtin; builtin_ = b.which; return; }
    tok_ = at_ < s_.size() && s_[at_] == '(' ? Tok::FuncName : Tok::Name;
  }

  void lex_string() {
    std::string out;
    at_++;
    for (;;) {
      if (at_ >= s_.size() || s_[at_] == '\n') return error("unterminated string");
      char c = s_[at_++];
      if (c == '"') break;
      if (c != '\\' || at_ >= s_.size()) { out += c; continue; }
      escape(out);
    }
    tok_ = Tok::String;
    text_ = "\"" + out + "\"";
    string_ = std::move(out);
  }

  void escape(std::string& out) {
    char c = s_[at_++];
    constexpr std::string_view from = "ntr\\\"/abfv", to = "\n\t\r\\\"/\a\b\f\v";
    size_t k = from.find(c);
    if (k != std::string_view::npos) { out += to[k]; return; }
    if (c == '\n') { line_++; return; }
    if (c >= '0' && c <= '7') {
      int v = c - '0';
      for (int n = 0; n < 2 && at_ < s_.size() && s_[at_] >= '0' && s_[at_] <= '7'; n++) v = v * 8 + (s_[at_++] - '0');
      out += static_cast<char>(v);
      return;
    }
    if (c == 'x') {
      int v = 0, n = 0;
      while (n < 2 && at_ < s_.size() && in_class_ascii(static_cast<unsigned char>(s_[at_]), CharClass::Xdigit)) {
        char l = ascii_lower(s_[at_++]);
        v = v * 16 + (ascii_digit(l) ? l - '0' : l - 'a' + 10);
        n++;
      }
      if (n) { out += static_cast<char>(v); return; }
      out += "\\x";
      return;
    }
    // Unknown escapes keep the backslash for regular expressions' sake (gawk drops it with a warning).
    if (std::strchr(".*+?()[]{}|^$<>yBswSW`'&-", c)) out += '\\';
    out += c;
  }

  // At '/' where an operand is wanted: the rest is a regular expression.
  AwkNode* regex_literal() {
    std::string body = text_ == "/=" ? "=" : "";
    bool bracket = false;
    for (;;) {
      if (at_ >= s_.size() || s_[at_] == '\n') { error("unterminated regexp"); return number(0); }
      char c = s_[at_++];
      if (c == '\\' && at_ < s_.size()) {
        if (s_[at_] == '/') body += '/';
        else { body += c; body += s_[at_]; }
        at_++;
        continue;
      }
      if (c == '[' && !bracket) {
        bracket = true;
        body += c;
        if (at_ < s_.size() && s_[at_] == '^') body += s_[at_++];
        if (at_ < s_.size() && s_[at_] == ']') body += s_[at_++];
        continue;
      }
      if (bracket && c == '[' && at_ < s_.size() && s_[at_] == ':') {
        size_t close = s_.find(":]", at_);
        if (close != std::string_view::npos) { body += s_.substr(at_ - 1, close + 3 - at_); at_ = close + 2; continue; }
      }
      if (c == ']') bracket = false;
      if (c == '/' && !bracket) break;
      body += c;
    }
    AwkNode* n = node(AwkOp::Regex);
    std::string message;
    n->regex = Regex::compile(body, kRegexExtended | kRegexAwk | (utf8_ ? kRegexUtf8 : 0), &message);
    n->value = AwkValue::string(body);
    if (!n->regex) error("fatal: invalid regexp: " + message + ": /" + body + "/");
    advance();
    return n;
  }

  // ---- items and statements
  void item() {
    if (accept("function")) return function();
    if (is("BEGIN") || is("END") || is("BEGINFILE") || is("ENDFILE")) {
      std::string which = text_;
      advance();
      if (!is("{")) return syntax();
      AwkNode* body = block();
      (which == "BEGIN" ? p_->begin : which == "END" ? p_->end : which == "BEGINFILE" ? p_->begin_file : p_->end_file).push_back(body);
      return;
    }
    AwkRule rule;
    if (!is("{")) {
      rule.first = expression();
      if (accept(",")) { skip_newlines(); rule.last = expression(); }
    }
    if (is("{")) rule.body = block();
    p_->rules.push_back(rule);
  }

  int function_slot(const std::string& name) {
    for (size_t i = 0; i < p_->functions.size(); i++) if (p_->functions[i].name == name) return static_cast<int>(i);
    p_->functions.push_back({name});
    return static_cast<int>(p_->functions.size()) - 1;
  }

  void function() {
    if (tok_ != Tok::Name && tok_ != Tok::FuncName) return syntax();
    int slot = function_slot(text_);
    if (p_->functions[static_cast<size_t>(slot)].defined) return error("function name `" + text_ + "' previously defined");
    advance();
    expect("(");
    locals_.clear();
    int count = 0;
    skip_newlines();
    while (ok() && !is(")")) {
      if (tok_ != Tok::Name && tok_ != Tok::FuncName) return syntax();
      locals_[text_] = count++;
      advance();
      skip_newlines();
      if (!accept(",")) break;
      skip_newlines();
    }
    expect(")");
    skip_newlines();
    AwkNode* body = block();
    auto& f = p_->functions[static_cast<size_t>(slot)];
    f.parameters = count;
    f.body = body;
    f.defined = true;
    locals_.clear();
  }

  AwkNode* block() {
    AwkNode* b = node(AwkOp::Block);
    expect("{");
    for (;;) {
      while (ok() && (tok_ == Tok::Newline || is(";"))) advance();
      if (!ok() || is("}")) break;
      if (tok_ == Tok::End) { syntax(); break; }
      b->list.push_back(statement());
    }
    expect("}");
    return b;
  }

  void end_statement() {
    if (accept(";")) { return; }
    if (tok_ == Tok::Newline) { advance(); return; }
    if (is("}") || tok_ == Tok::End) return;
    syntax();
  }

  AwkNode* body_statement() {
    skip_newlines();
    if (is(";")) { advance(); return node(AwkOp::Block); }
    return statement();
  }

  AwkNode* statement() {
    return deep_call([&] { return statement_here(); });
  }

  AwkNode* statement_here() {
    if (is("{")) return block();
    if (tok_ == Tok::Keyword) {
      std::string word = text_;
      if (word == "if") return if_statement();
      if (word == "while") { advance(); AwkNode* n = node(AwkOp::While); expect("("); n->a = expression(); expect(")"); if (is(";")) { advance(); n->b = node(AwkOp::Block); } else n->b = body_statement(); return n; }
      if (word == "do") return do_statement();
      if (word == "for") return for_statement();
      if (word == "switch") return switch_statement();
      AwkNode* n = simple();
      end_statement();
      return n;
    }
    AwkNode* n = simple();
    end_statement();
    return n;
  }

  AwkNode* if_statement() {
    advance();
    AwkNode* n = node(AwkOp::If);
    expect("(");
    n->a = expression();
    expect(")");
    n->b = body_statement();
    // An else may follow newlines and one semicolon.
    size_t mark = at_;
    Tok tok = tok_;
    std::string text = text_;
    int line = line_;
    while (ok() && (tok_ == Tok::Newline || is(";"))) advance();
    if (is("else")) {
      advance();
      n->c = body_statement();
    } else {
      at_ = mark;
      tok_ = tok;
      text_ = text;
      line_ = line;
    }
    return n;
  }

  AwkNode* do_statement() {
    advance();
    AwkNode* n = node(AwkOp::Do);
    n->b = body_statement();
    while (ok() && (tok_ == Tok::Newline || is(";"))) advance();
    expect("while");
    expect("(");
    n->a = expression();
    expect(")");
    end_statement();
    return n;
  }

  AwkNode* for_statement() {
    advance();
    expect("(");
    AwkNode* init = nullptr;
    if (!is(";")) {
      init = simple();
      // for ((i in a)) and for (i in a)
      AwkNode* in = init->op == AwkOp::Expr ? init->a : nullptr;
      if (is(")") && in && in->op == AwkOp::In && in->list.size() == 1) {
        advance();
        AwkNode* n = node(AwkOp::ForIn, in->list[0], in->a);
        n->c = body_statement();
        return n;
      }
    }
    AwkNode* n = node(AwkOp::For, init);
    expect(";");
    skip_newlines();
    if (!is(";")) n->b = expression();
    expect(";");
    skip_newlines();
    if (!is(")")) n->c = simple();
    expect(")");
    n->d = body_statement();
    return n;
  }

  AwkNode* switch_statement() {
    advance();
    AwkNode* n = node(AwkOp::Switch);
    expect("(");
    n->a = expression();
    expect(")");
    skip_newlines();
    expect("{");
    for (;;) {
      while (ok() && (tok_ == Tok::Newline || is(";"))) advance();
      if (!ok() || !(is("case") || is("default"))) break;
      AwkNode* c = node(AwkOp::Case);
      if (accept("case")) c->a = is("/") || is("/=") ? regex_literal() : primary();
      else advance();
      expect(":");
      for (;;) {
        while (ok() && (tok_ == Tok::Newline || is(";"))) advance();
        if (!ok() || is("case") || is("default") || is("}")) break;
        c->list.push_back(statement());
      }
      n->list.push_back(c);
    }
    expect("}");
    return n;
  }

  AwkNode* simple() {
    if (tok_ == Tok::Keyword) {
      std::string word = text_;
      if (word == "print" || word == "printf") return print_statement(word == "printf");
      if (word == "next" || word == "nextfile" || word == "break" || word == "continue") {
        advance();
        return node(word == "next" ? AwkOp::Next : word == "nextfile" ? AwkOp::NextFile : word == "break" ? AwkOp::Break : AwkOp::Continue);
      }
      if (word == "exit" || word == "return") {
        advance();
        AwkNode* n = node(word == "exit" ? AwkOp::Exit : AwkOp::Return);
        if (!(tok_ == Tok::Newline || tok_ == Tok::End || is(";") || is("}"))) n->a = expression();
        return n;
      }
      if (word == "delete") return delete_statement();
    }
    return node(AwkOp::Expr, expression());
  }

  AwkNode* delete_statement() {
    advance();
    if (tok_ != Tok::Name) { syntax(); return number(0); }
    AwkNode* n = node(AwkOp::Delete, variable(text_));
    advance();
    if (accept("[")) {
      n->list = subscripts();
      expect("]");
    }
    return n;
  }

  AwkNode* print_statement(bool formatted) {
    advance();
    AwkNode* n = node(formatted ? AwkOp::Printf : AwkOp::Print);
    bool ends = tok_ == Tok::Newline || tok_ == Tok::End || is(";") || is("}") || is(">") || is(">>") || is("|");
    if (!ends) {
      no_greater_++;
      if (is("(")) {
        // (a, b) may be the argument list, or the beginning of an expression.
        n->list = expression_list();
        if (n->list.size() == 1 && n->list[0]->op == AwkOp::Group) {
          AwkNode* group = n->list[0];
          if (!group->list.empty()) n->list = group->list;
        }
      } else {
        n->list = expression_list();
      }
      no_greater_--;
    }
    if (is(">") || is(">>") || is("|") || is("|&")) {
      n->redirect = text_ == ">" ? '>' : text_ == ">>" ? 'a' : '|';
      advance();
      no_greater_++;
      no_pipe_++;
      n->a = concatenation();
      no_pipe_--;
      no_greater_--;
    }
    return n;
  }

  std::vector<AwkNode*> expression_list() {
    std::vector<AwkNode*> out = {expression()};
    while (accept(",")) { skip_newlines(); out.push_back(expression()); }
    return out;
  }
  std::vector<AwkNode*> subscripts() {
    int saved = std::exchange(no_greater_, 0), saved_in = std::exchange(no_in_, 0);
    auto out = expression_list();
    no_greater_ = saved;
    no_in_ = saved_in;
    return out;
  }

  // ---- expressions, by rising precedence
  AwkNode* expression() {
    return deep_call([&] { return assignment(); });
  }

  static bool is_lvalue(const AwkNode* n) { return n->op == AwkOp::Global || n->op == AwkOp::Local || n->op == AwkOp::Field || n->op == AwkOp::Index; }

  AwkNode* assignment() {
    AwkNode* left = conditional();
    static const std::map<std::string_view, AwkOp> ops = {{"=", AwkOp::Assign}, {"+=", AwkOp::AddTo}, {"-=", AwkOp::SubTo}, {"*=", AwkOp::MulTo},
                                                          {"/=", AwkOp::DivTo}, {"%=", AwkOp::ModTo}, {"^=", AwkOp::PowTo}};
    if (tok_ != Tok::Op) return left;
    auto op = ops.find(text_);
    if (op == ops.end()) return left;
    // a ? b : c = d and !x = y assign to the rightmost operand.
    AwkNode* target = left;
    AwkNode** place = nullptr;
    while (!is_lvalue(target)) {
      if (target->op == AwkOp::Cond) place = &target->c;
      else if (target->op == AwkOp::Not || target->op == AwkOp::Negate || target->op == AwkOp::Plus) place = &target->a;
      else if (target->b && target->op >= AwkOp::And && target->op <= AwkOp::Pow) place = &target->b;
      else { syntax(); return left; }
      target = *place;
    }
    AwkOp which = op->second;
    advance();
    skip_newlines();
    AwkNode* n = node(which, target, expression());
    if (!place) return n;
    *place = n;
    return left;
  }

  AwkNode* conditional() {
    AwkNode* a = or_expression();
    if (!is("?")) return a;
    advance();
    skip_newlines();
    AwkNode* b = expression();
    skip_newlines();
    expect(":");
    skip_newlines();
    return node(AwkOp::Cond, a, b, expression());
  }

  AwkNode* or_expression() {
    AwkNode* a = and_expression();
    while (accept("||")) { skip_newlines(); a = node(AwkOp::Or, a, and_expression()); }
    return a;
  }
  AwkNode* and_expression() {
    AwkNode* a = in_expression();
    while (accept("&&")) { skip_newlines(); a = node(AwkOp::And, a, in_expression()); }
    return a;
  }
  AwkNode* in_expression() {
    AwkNode* a = match_expression();
    while (is("in") && !no_in_) {
      advance();
      AwkNode* n = node(AwkOp::In);
      n->list = a->op == AwkOp::Group && !a->list.empty() ? a->list : std::vector<AwkNode*>{a};
      if (tok_ != Tok::Name) { syntax(); return a; }
      n->a = variable(text_);
      advance();
      a = n;
    }
    return a;
  }
  AwkNode* match_expression() {
    AwkNode* a = comparison();
    while (is("~") || is("!~")) {
      AwkOp op = text_ == "~" ? AwkOp::Match : AwkOp::NoMatch;
      advance();
      a = node(op, a, comparison());
    }
    return a;
  }

  AwkNode* comparison() {
    AwkNode* a = concatenation();
    for (;;) {
      AwkOp op;
      if (is("<")) op = AwkOp::Less;
      else if (is("<=")) op = AwkOp::LessEq;
      else if (is("==")) op = AwkOp::Equal;
      else if (is("!=")) op = AwkOp::NotEqual;
      else if (is(">") && !no_greater_) op = AwkOp::Greater;
      else if (is(">=")) op = AwkOp::GreaterEq;
      else if ((is("|") || is("|&")) && !no_pipe_ && peek_getline()) {
        advance();
        advance();
        AwkNode* n = node(AwkOp::GetlinePipe, optional_lvalue(), a);
        a = n;
        continue;
      } else {
        return a;
      }
      advance();
      a = node(op, a, concatenation());
    }
  }

  bool peek_getline() const {
    size_t i = at_;
    while (i < s_.size() && (s_[i] == ' ' || s_[i] == '\t')) i++;
    return s_.substr(i, 7) == "getline" && (i + 7 >= s_.size() || !(ascii_alnum(s_[i + 7]) || s_[i + 7] == '_'));
  }

  bool starts_operand() const {
    if (tok_ == Tok::Number || tok_ == Tok::String || tok_ == Tok::Name || tok_ == Tok::FuncName || tok_ == Tok::Builtin) return true;
    if (tok_ == Tok::Op) return text_ == "$" || text_ == "!" || text_ == "(" || text_ == "-" || text_ == "+" || text_ == "++" || text_ == "--";
    return false;
  }

  AwkNode* concatenation() {
    AwkNode* a = additive();
    while (ok() && starts_operand() && !is("!") && !is("-") && !is("+")) {
      a = node(AwkOp::Concat, a, additive());
    }
    return a;
  }
  AwkNode* additive() {
    AwkNode* a = multiplicative();
    while (is("+") || is("-")) {
      AwkOp op = text_ == "+" ? AwkOp::Add : AwkOp::Sub;
      advance();
      a = node(op, a, multiplicative());
    }
    return a;
  }
  AwkNode* multiplicative() {
    AwkNode* a = unary();
    while (is("*") || is("/") || is("%")) {
      AwkOp op = text_ == "*" ? AwkOp::Mul : text_ == "/" ? AwkOp::Div : AwkOp::Mod;
      advance();
      a = node(op, a, unary());
    }
    return a;
  }
  AwkNode* unary() {
    if (is("!") || is("-") || is("+")) {
      AwkOp op = text_ == "!" ? AwkOp::Not : text_ == "-" ? AwkOp::Negate : AwkOp::Plus;
      advance();
      return node(op, deep_call([&] { return unary(); }));
    }
    return power();
  }
  AwkNode* power() {
    AwkNode* a = postfix();
    if (!is("^")) return a;
    advance();
    // Right associative; the exponent may have a sign.
    AwkNode* b = is("-") || is("+") || is("!") ? unary() : power();
    return node(AwkOp::Pow, a, b);
  }
  AwkNode* postfix() {
    AwkNode* a = primary();
    if (is_lvalue(a) && (is("++") || is("--"))) {
      AwkOp op = text_ == "++" ? AwkOp::PostInc : AwkOp::PostDec;
      advance();
      return node(op, a);
    }
    return a;
  }

  AwkNode* variable(const std::string& name) {
    auto local = locals_.find(name);
    AwkNode* n = node(local != locals_.end() ? AwkOp::Local : AwkOp::Global);
    n->slot = local != locals_.end() ? local->second : p_->global(name);
    return n;
  }

  AwkNode* named() {
    std::string name = text_;
    AwkNode* v = variable(name);
    advance();
    if (!accept("[")) return v;
    AwkNode* n = node(AwkOp::Index, v);
    n->list = subscripts();
    expect("]");
    return n;
  }

  AwkNode* optional_lvalue() {
    if (is("$")) return field();
    if (tok_ == Tok::Name) return named();
    return nullptr;
  }

  AwkNode* field() {
    advance();
    if (is("++") || is("--")) {
      AwkOp op = text_ == "++" ? AwkOp::PreInc : AwkOp::PreDec;
      advance();
      return node(AwkOp::Field, node(op, primary()));
    }
    if (is("-") || is("+") || is("!")) {
      AwkOp op = text_ == "-" ? AwkOp::Negate : text_ == "+" ? AwkOp::Plus : AwkOp::Not;
      advance();
      return node(AwkOp::Field, node(op, primary()));
    }
    return node(AwkOp::Field, primary());
  }

  AwkNode* primary() {
    switch (tok_) {
      case Tok::Number: { AwkNode* n = number(number_); advance(); return n; }
      case Tok::String: { AwkNode* n = node(AwkOp::String); n->value = AwkValue::string(string_); advance(); return n; }
      case Tok::Name: return named();
      case Tok::FuncName: return call();
      case Tok::Builtin: return builtin_call();
      default: break;
    }
    if (is("/") || is("/=")) return regex_literal();
    if (is("$")) return field();
    if (is("(")) return group();
    if (is("++") || is("--")) {
      AwkOp op = text_ == "++" ? AwkOp::PreInc : AwkOp::PreDec;
      advance();
      AwkNode* a = primary();
      if (!is_lvalue(a)) syntax();
      return node(op, a);
    }
    if (is("-") || is("+") || is("!")) return unary();
    if (is("getline")) {
      advance();
      AwkNode* n = node(AwkOp::Getline, optional_lvalue());
      if (is("<")) {
        advance();
        n->op = AwkOp::GetlineFile;
        n->b = postfix();
      }
      return n;
    }
    syntax();
    return number(0);
  }

  AwkNode* group() {
    advance();
    int saved = std::exchange(no_greater_, 0), saved_pipe = std::exchange(no_pipe_, 0), saved_in = std::exchange(no_in_, 0);
    skip_newlines();
    AwkNode* first = expression();
    AwkNode* n = node(AwkOp::Group, first);
    if (is(",")) {
      n->list.push_back(first);
      while (accept(",")) { skip_newlines(); n->list.push_back(expression()); }
    }
    skip_newlines();
    no_greater_ = saved;
    no_pipe_ = saved_pipe;
    no_in_ = saved_in;
    expect(")");
    return n;
  }

  std::vector<AwkNode*> arguments() {
    int saved = std::exchange(no_greater_, 0), saved_pipe = std::exchange(no_pipe_, 0), saved_in = std::exchange(no_in_, 0);
    std::vector<AwkNode*> out;
    expect("(");
    skip_newlines();
    if (!is(")")) {
      out.push_back(expression());
      skip_newlines();
      while (accept(",")) { skip_newlines(); out.push_back(expression()); skip_newlines(); }
    }
    expect(")");
    no_greater_ = saved;
    no_pipe_ = saved_pipe;
    no_in_ = saved_in;
    return out;
  }

  AwkNode* call() {
    AwkNode* n = node(AwkOp::Call);
    n->slot = function_slot(text_);
    advance();
    n->list = arguments();
    return n;
  }

  AwkNode* builtin_call() {
    AwkNode* n = node(AwkOp::Builtin);
    n->slot = static_cast<int>(builtin_);
    std::string name = text_;
    advance();
    if (is("(")) n->list = arguments();
    else if (n->slot != static_cast<int>(AwkBuiltin::Length)) syntax();
    size_t least = 0;
    switch (static_cast<AwkBuiltin>(n->slot)) {
      case AwkBuiltin::Substr: case AwkBuiltin::Index: case AwkBuiltin::Split: case AwkBuiltin::Sub: case AwkBuiltin::Gsub: case AwkBuiltin::Match:
      case AwkBuiltin::Atan2: case AwkBuiltin::And: case AwkBuiltin::Or: case AwkBuiltin::Xor: case AwkBuiltin::Lshift: case AwkBuiltin::Rshift: least = 2; break;
      case AwkBuiltin::Gensub: least = 3; break;
      case AwkBuiltin::Length: case AwkBuiltin::Rand: case AwkBuiltin::Srand: case AwkBuiltin::Fflush: case AwkBuiltin::Systime: case AwkBuiltin::Strftime: break;
      default: least = 1; break;
    }
    if (ok() && n->list.size() < least) error("fatal: " + std::to_string(n->list.size()) + " is invalid as number of arguments for " + name);
    return n;
  }

  std::string_view s_;
  bool utf8_;
  std::unique_ptr<AwkProgram> p_;
  size_t at_ = 0;
  int line_ = 1;
  Tok tok_ = Tok::Newline;
  std::string text_, string_;
  double number_ = 0;
  AwkBuiltin builtin_ = AwkBuiltin::Length;
  std::map<std::string, int> locals_;
  int no_greater_ = 0, no_pipe_ = 0, no_in_ = 0;
};

}  // namespace

std::unique_ptr<AwkProgram> parse_awk(std::string_view text, bool utf8) { return AwkParser(text, utf8).run(); }

}  // namespace nacre
