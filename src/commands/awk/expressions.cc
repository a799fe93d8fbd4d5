/// The expressions of AwkParser.
#include "algo/unicode.h"
#include "base/deep_call.h"
#include "commands/awk/parser.h"

namespace nacre {

std::vector<AwkNode*> AwkParser::expression_list() {
  std::vector<AwkNode*> out = {expression()};
  while (accept(",")) {
    skip_newlines();
    out.push_back(expression());
  }
  return out;
}

std::vector<AwkNode*> AwkParser::subscripts() {
  Fresh fresh(*this);
  return expression_list();
}

AwkNode* AwkParser::expression() {
  return deep_call([&] { return assignment(); });
}

AwkNode* AwkParser::assignment() {
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
    else if (target->b && target->op >= AwkOp::And && target->op <= AwkOp::GreaterEq) place = &target->b;
    else {
      syntax();
      return left;
    }
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

AwkNode* AwkParser::conditional() {
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

AwkNode* AwkParser::or_expression() {
  AwkNode* a = and_expression();
  while (accept("||")) {
    skip_newlines();
    a = node(AwkOp::Or, a, and_expression());
  }
  return a;
}

AwkNode* AwkParser::and_expression() {
  AwkNode* a = in_expression();
  while (accept("&&")) {
    skip_newlines();
    a = node(AwkOp::And, a, in_expression());
  }
  return a;
}

AwkNode* AwkParser::in_expression() {
  AwkNode* a = match_expression();
  while (is("in") && !no_in_) {
    if (!for_head_) lint_old("old awk does not support the keyword `in' except after `for'");
    advance();
    AwkNode* n = node(AwkOp::In);
    n->list = a->op == AwkOp::Group && !a->list.empty() ? a->list : std::vector<AwkNode*>{a};
    if (tok_ != Tok::Name) {
      syntax();
      return a;
    }
    n->a = named();
    a = n;
  }
  return a;
}

AwkNode* AwkParser::match_expression() {
  AwkNode* a = comparison();
  while (is("~") || is("!~")) {
    AwkOp op = text_ == "~" ? AwkOp::Match : AwkOp::NoMatch;
    if (a->op == AwkOp::Regex) warn("regular expression on left of `~' or `!~' operator");
    advance();
    a = node(op, a, comparison());
  }
  return a;
}

AwkNode* AwkParser::comparison() {
  AwkNode* a = concatenation();
  for (bool compared = false;;) {
    AwkOp op;
    if (is("<")) op = AwkOp::Less;
    else if (is("<=")) op = AwkOp::LessEq;
    else if (is("==")) op = AwkOp::Equal;
    else if (is("!=")) op = AwkOp::NotEqual;
    else if (is(">") && !no_greater_) op = AwkOp::Greater;
    else if (is(">=")) op = AwkOp::GreaterEq;
    else if ((is("|") || is("|&")) && !no_pipe_ && peek_getline()) {
      bool both = is("|&");
      advance();
      advance();
      AwkNode* n = node(AwkOp::GetlinePipe, optional_lvalue(), a);
      n->redirect = both ? '&' : '|';
      a = n;
      continue;
    } else {
      return a;
    }
    if (std::exchange(compared, true)) {   // a < b < c is no expression
      syntax();
      return a;
    }
    advance();
    a = node(op, a, concatenation());
  }
}

bool AwkParser::starts_operand() const {
  if (tok_ == Tok::Number || tok_ == Tok::String || tok_ == Tok::Name || tok_ == Tok::FuncName || tok_ == Tok::Builtin) return true;
  if (tok_ == Tok::Op) return text_ == "$" || text_ == "(" || text_ == "++" || text_ == "--" || text_ == "@";
  return false;
}

AwkNode* AwkParser::concatenation() {
  AwkNode* a = additive();
  while (ok() && starts_operand()) a = node(AwkOp::Concat, a, additive());
  return a;
}

AwkNode* AwkParser::additive() {
  AwkNode* a = multiplicative();
  while (is("+") || is("-")) {
    AwkOp op = text_ == "+" ? AwkOp::Add : AwkOp::Sub;
    advance();
    a = node(op, a, multiplicative());
  }
  return a;
}

AwkNode* AwkParser::multiplicative() {
  AwkNode* a = unary();
  while (is("*") || is("/") || is("%")) {
    AwkOp op = text_ == "*" ? AwkOp::Mul : text_ == "/" ? AwkOp::Div : AwkOp::Mod;
    advance();
    AwkNode* b = unary();
    const AwkNode* divisor = b;   // -0 is as constant as 0
    while (divisor->op == AwkOp::Negate) divisor = divisor->a;
    const bool by_zero = divisor->op == AwkOp::Number && divisor->value.number == 0 && op != AwkOp::Mul;
    if (by_zero) error(std::string("error: division by zero attempted") + (op == AwkOp::Mod ? " in `%'" : ""));
    a = node(op, a, b);
  }
  return a;
}

AwkNode* AwkParser::unary() {
  if (is("!") || is("-") || is("+")) {
    AwkOp op = text_ == "!" ? AwkOp::Not : text_ == "-" ? AwkOp::Negate : AwkOp::Plus;
    advance();
    return node(op, deep_call([&] { return unary(); }));
  }
  return power();
}

AwkNode* AwkParser::power() {
  AwkNode* a = postfix();
  if (!is("^")) return a;
  advance();
  // Right associative; the exponent may have a sign.
  AwkNode* b = deep_call([&] { return is("-") || is("+") || is("!") ? unary() : power(); });
  return node(AwkOp::Pow, a, b);
}

AwkNode* AwkParser::postfix() {
  AwkNode* a = primary();
  if (is_lvalue(a) && (is("++") || is("--"))) {
    AwkOp op = text_ == "++" ? AwkOp::PostInc : AwkOp::PostDec;
    advance();
    return node(op, a);
  }
  return a;
}

AwkNode* AwkParser::variable(const std::string& name) {
  auto local = locals_.find(name);
  AwkNode* n = node(local != locals_.end() ? AwkOp::Local : AwkOp::Global);
  n->slot = local != locals_.end() ? local->second : program_.global(name);
  if (n->op == AwkOp::Global && n->slot == kRT) program_.uses_rt = true;
  if (n->op == AwkOp::Global && n->slot == kENVIRON) program_.uses_environ = true;
  return n;
}

// A variable, or an element of an array, of an array in it...
AwkNode* AwkParser::named() {
  std::string name = text_;
  AwkNode* v = variable(name);
  advance();
  while (accept("[")) {
    if (v->op == AwkOp::Index && dialect_.traditional) fatal("multidimensional arrays are a gawk extension");
    AwkNode* n = node(AwkOp::Index, v);
    n->list = subscripts();
    expect("]");
    v = n;
  }
  return v;
}

AwkNode* AwkParser::optional_lvalue() {
  if (is("$")) return field();
  if (tok_ == Tok::Name) return named();
  return nullptr;
}

AwkNode* AwkParser::field() {
  advance();
  if (is("++") || is("--")) {
    AwkOp op = text_ == "++" ? AwkOp::PreInc : AwkOp::PreDec;
    advance();
    return node(AwkOp::Field, node(op, deep_call([&] { return primary(); })));
  }
  if (is("-") || is("+") || is("!")) {
    AwkOp op = text_ == "-" ? AwkOp::Negate : text_ == "+" ? AwkOp::Plus : AwkOp::Not;
    advance();
    return node(AwkOp::Field, node(op, deep_call([&] { return primary(); })));
  }
  AwkNode* index = deep_call([&] { return primary(); });
  AwkNode* n = node(AwkOp::Field, index);
  if (index->op == AwkOp::Number && index->value.number >= 0 && index->value.number <= 1e7) n->slot = static_cast<int>(index->value.number);
  return n;
}

AwkNode* AwkParser::primary() {
  switch (tok_) {
    case Tok::Number: {
      AwkNode* n = number(number_);
      if (program_.notes) program_.notes->texts[n] = text_;
      advance();
      return n;
    }
    case Tok::String: {
      AwkNode* n = node(AwkOp::String);
      n->value = AwkValue::string(string_);
      if (program_.notes && translatable_) program_.notes->texts[n] = "_";
      advance();
      return n;
    }
    case Tok::Name: return named();
    case Tok::FuncName: return call();
    case Tok::Builtin: return builtin_call();
    default: break;
  }
  if (is("/") || is("/=")) return regex_literal();
  if (is("$")) return field();
  if (is("(")) return group();
  if (is("@")) return at_expression();
  if (is("++") || is("--")) {
    AwkOp op = text_ == "++" ? AwkOp::PreInc : AwkOp::PreDec;
    advance();
    AwkNode* a = deep_call([&] { return primary(); });
    if (!is_lvalue(a)) syntax();
    return node(op, a);
  }
  if (is("-") || is("+") || is("!")) return unary();
  if (is("getline")) {
    advance();
    AwkNode* n = node(AwkOp::Getline, optional_lvalue());
    if (!is("<") && rule_ == "END") lint("non-redirected `getline' undefined inside END action");
    if (accept("<")) {
      n->op = AwkOp::GetlineFile;
      n->b = deep_call([&] { return additive(); });
    }
    return n;
  }
  syntax();
  return number(0);
}

AwkNode* AwkParser::regex_literal() {
  std::string body = read_regex(), message;
  AwkNode* n = node(AwkOp::Regex);
  bool bare = !body.empty() && std::string_view("*+?").find(body[0]) != std::string_view::npos;   // stands for itself
  n->regex = Regex::compile(bare ? "\\" + body : body, kRegexExtended | kRegexAwk | (dialect_.utf8 ? kRegexUtf8 : 0) | (dialect_.traditional ? kRegexNoGnu : 0),
                            &message);
  if (program_.notes) program_.notes->texts[n] = raw_;
  for (char c : program_.unknown_escapes(body)) warn(awk_escape_warning(c));
  n->value = AwkValue::string(body);
  if (!n->regex) error("error: " + message + ": /" + body + "/");
  advance();
  return n;
}

// @/regular expression/ as a value, or @name(...): a call of the function that name holds.
AwkNode* AwkParser::at_expression() {
  advance();
  if (is("/") || is("/=")) {
    AwkNode* n = regex_literal();
    n->op = AwkOp::RegexValue;
    n->value.kind = AwkValue::Pattern;
    return n;
  }
  if (tok_ != Tok::FuncName) {
    syntax();
    return number(0);
  }
  if (dialect_.traditional) advance(), syntax("indirect function calls are a gawk extension");
  lint_extension("indirect function calls are a gawk extension");
  AwkNode* n = node(AwkOp::IndirectCall, variable(text_));
  advance();
  n->list = arguments();
  expect(")");
  return n;
}

AwkNode* AwkParser::group() {
  advance();
  AwkNode* n;
  {
    Fresh fresh(*this);
    skip_newlines();
    AwkNode* first = expression();
    n = node(AwkOp::Group, first);
    if (is(",")) {
      n->list.push_back(first);
      while (accept(",")) {
        skip_newlines();
        n->list.push_back(expression());
      }
    }
    skip_newlines();
  }
  expect(")");
  if (!n->list.empty() && is("in") && !no_in_) {
    lint_old("old awk does not support the keyword `in' except after `for'");
    lint_old("old awk does not support multidimensional arrays");
    advance();
    AwkNode* in = node(AwkOp::In);
    in->list = n->list;
    if (tok_ != Tok::Name) {
      syntax();
      return n;
    }
    in->a = named();
    return in;
  }
  return n;
}

std::vector<AwkNode*> AwkParser::arguments() {
  std::vector<AwkNode*> out;
  expect("(");
  Fresh fresh(*this);
  skip_newlines();
  if (is(")")) return out;
  out.push_back(expression());
  skip_newlines();
  while (accept(",")) {
    skip_newlines();
    out.push_back(expression());
    skip_newlines();
  }
  if (!is(")")) syntax();
  return out;
}

AwkNode* AwkParser::call() {
  AwkNode* n = node(AwkOp::Call);
  std::string name = text_;
  if (locals_.count(name)) error("error: attempt to use non-function `" + name + "' in function call");
  n->slot = function_slot(name);
  program_.functions[static_cast<size_t>(n->slot)].called = true;
  advance();
  n->list = arguments();
  for (size_t i = 0; i < n->list.size(); i++)
    if (n->list[i]->op == AwkOp::Regex) warn("regexp constant for parameter #" + std::to_string(i + 1) + " yields boolean value");
  expect(")");
  return n;
}

namespace {

struct Arity {
  size_t least, most;
};
constexpr size_t kMany = SIZE_MAX;

Arity arity(AwkBuiltin b) {
  switch (b) {
    case AwkBuiltin::Length:
    case AwkBuiltin::Srand:
    case AwkBuiltin::Fflush: return {0, 1};
    case AwkBuiltin::Rand:
    case AwkBuiltin::Systime: return {0, 0};
    case AwkBuiltin::Strftime: return {0, 3};
    case AwkBuiltin::Substr:
    case AwkBuiltin::Sub:
    case AwkBuiltin::Gsub:
    case AwkBuiltin::Match: return {2, 3};
    case AwkBuiltin::Index:
    case AwkBuiltin::Atan2:
    case AwkBuiltin::Lshift:
    case AwkBuiltin::Rshift: return {2, 2};
    case AwkBuiltin::Split:
    case AwkBuiltin::Patsplit: return {2, 4};
    case AwkBuiltin::Gensub: return {3, 4};
    case AwkBuiltin::And:
    case AwkBuiltin::Or:
    case AwkBuiltin::Xor: return {2, kMany};
    case AwkBuiltin::Sprintf: return {1, kMany};
    case AwkBuiltin::Asort:
    case AwkBuiltin::Asorti: return {1, 3};
    case AwkBuiltin::Bindtextdomain:
    case AwkBuiltin::Close:
    case AwkBuiltin::Mktime: return {1, 2};
    case AwkBuiltin::Dcgettext: return {1, 3};
    case AwkBuiltin::Dcngettext: return {3, 5};
    default: return {1, 1};
  }
}

}  // namespace

AwkNode* AwkParser::builtin_call() {
  AwkNode* n = node(AwkOp::Builtin);
  AwkBuiltin which = builtin_;
  n->slot = static_cast<int>(which);
  std::string name = text_;
  advance();
  if (!is("(")) {
    if (which != AwkBuiltin::Length) syntax();
    lint("call of `length' without parentheses is not portable");
    return n;
  }
  n->list = arguments();
  bool few = (which == AwkBuiltin::And || which == AwkBuiltin::Or || which == AwkBuiltin::Xor) && n->list.size() < 2;
  if (few) fatal(name + ": called with less than two arguments");
  if (which == AwkBuiltin::Index && n->list.size() == 2 && n->list[1]->op == AwkOp::Regex) fatal("index: regexp constant as second argument is not allowed");
  if ((which == AwkBuiltin::Sub || which == AwkBuiltin::Gsub) && n->list.size() == 3) {
    const AwkNode* target = n->list[2];
    const bool changeable = is_lvalue(target) || target->op == AwkOp::String || target->op == AwkOp::Number || target->op == AwkOp::Regex;
    if (!changeable) syntax(name + " third parameter is not a changeable object");
  }
  if (dialect_.traditional && which == AwkBuiltin::Close && n->list.size() == 2) syntax("close: second argument is a gawk extension");
  if (dialect_.traditional && which == AwkBuiltin::Match && n->list.size() == 3) syntax("match: third argument is a gawk extension");
  if (dialect_.traditional && which == AwkBuiltin::Split && n->list.size() == 4) fatal("split: fourth argument is a gawk extension");
  Arity a = arity(which);
  if (ok() && (n->list.size() < a.least || n->list.size() > a.most)) syntax(std::to_string(n->list.size()) + " is invalid as number of arguments for " + name);
  expect(")");
  return n;
}

}  // namespace nacre
