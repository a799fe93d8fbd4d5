#include "commands/awk/parser.h"

#include <algorithm>

#include "base/deep_call.h"

namespace nacre {

const char* const kAwkSpecialNames[kSpecialCount] = {"NR",       "NF",         "FNR",     "FS",          "OFS",      "ORS",     "RS",      "RT",
                                                     "FILENAME", "SUBSEP",     "CONVFMT", "OFMT",        "RSTART",   "RLENGTH", "ENVIRON", "ARGC",
                                                     "ARGV",     "IGNORECASE", "FPAT",    "FIELDWIDTHS", "PROCINFO", "ERRNO",   "ARGIND"};

int AwkProgram::global(const std::string& name) {
  for (size_t i = 0; i < globals.size(); i++)
    if (globals[i] == name) return static_cast<int>(i);
  globals.push_back(name);
  return static_cast<int>(globals.size()) - 1;
}

std::string AwkProgram::unknown_escapes(std::string_view regex) {
  if (traditional) return unknown_of("!\"#%&',:;<=>@ABCDEFGHIJKLMNOPQRSTUVWXYZ_`cdeghijklmopqsuwyz~", regex);
  return unknown_of("!\"#%&,:;=@ACDEFGHIJKLMNOPQRTUVXYZ_cdeghijklmopquz~", regex);
}

std::string AwkProgram::unknown_of(std::string_view unknown, std::string_view regex) {
  std::string out;
  for (size_t i = 0; i + 1 < regex.size(); i++) {
    if (regex[i] != '\\') continue;
    const char c = regex[++i];
    if (unknown.find(c) == std::string_view::npos || warned_escapes.find(c) != std::string::npos) continue;
    warned_escapes += c;
    out += c;
  }
  return out;
}

std::string awk_escape_warning(char c) { return std::string("regexp escape sequence `\\") + c + "' is not a known regexp operator"; }

int AwkProgram::function(std::string_view name) const {
  for (size_t i = 0; i < functions.size(); i++)
    if (functions[i].name == name && functions[i].defined) return static_cast<int>(i);
  return -1;
}

void AwkParser::run() {
  for (const char* n : kAwkSpecialNames) program_.global(n);
  if (program_.sources.size() == 1 && program_.sources[0].name == "cmd. line" && program_.sources[0].text.empty()) {
    lint("empty program text on command line");
    lint("source file does not end in newline");
  }
  advance();
  skip_newlines();
  while (ok() && tok_ != Tok::End) {
    if (is(";")) return error("each rule must have a pattern or an action part");
    item();
    skip_newlines();
    accept(";");
    skip_newlines();
  }
  if (program_.notes) program_.notes->last = take_comments();
  if (ok() && program_.begin.empty() && program_.end.empty() && program_.begin_file.empty() && program_.end_file.empty() && program_.rules.empty() &&
      dialect_.lint) {
    lint_functions();
    if (program_.functions.empty()) program_.warnings.push_back("warning: no program text at all!");
    else warn("no program text at all!");
  } else {
    lint_functions();
  }
  if (ok()) check_functions();
}

void AwkParser::lint_functions() {
  if (!dialect_.lint) return;
  for (const auto& f : program_.functions) {
    if (!f.defined) program_.warnings.push_back("warning: function `" + f.name + "' called but never defined");
    else if (!f.called) program_.warnings.push_back("warning: function `" + f.name + "' defined but never called directly");
  }
  for (const auto& f : program_.functions)
    for (const auto& p : f.names)
      if (std::find(program_.globals.begin(), program_.globals.end(), p) != program_.globals.end())
        warn("function `" + f.name + "': parameter `" + p + "' shadows global variable");
}

// An expression whose value nobody uses.
void AwkParser::lint_effect(const AwkNode* statement) {
  if (!dialect_.lint || !ok() || statement->op != AwkOp::Expr) return;
  const AwkNode* e = statement->a;
  while (e->op == AwkOp::Deep || (e->op == AwkOp::Group && e->list.empty())) e = e->a;
  const bool none = e->op == AwkOp::Not || e->op == AwkOp::Negate || e->op == AwkOp::Plus || (e->op >= AwkOp::Match && e->op <= AwkOp::Pow) ||
                    e->op == AwkOp::In || e->op <= AwkOp::Index;
  if (none && !(e->op == AwkOp::Global && e->slot == kNF)) lint("statement has no effect");
}

AwkNode* AwkParser::condition() {
  AwkNode* n = expression();
  if (n->op == AwkOp::Assign) lint("assignment used in conditional context");
  return n;
}

void AwkParser::check_functions() {
  for (const auto& f : program_.functions) {
    const bool variable = std::find(program_.globals.begin(), program_.globals.end(), f.name) != program_.globals.end();
    if (f.defined && variable) error("error: function `" + f.name + "' called with space between name and `(',\nor used as a variable or an array");
    if (!ok() || f.defined) continue;
    program_.error = {program_.sources[static_cast<size_t>(f.source)].name + ":" + std::to_string(f.line) + ": fatal: function `" + f.name + "' not defined"};
    program_.error_status = 2;
  }
}

AwkNode* AwkParser::node(AwkOp op, AwkNode* a, AwkNode* b, AwkNode* c) {
  AwkNode& fresh = program_.nodes.emplace_back();
  fresh.op = op;
  fresh.a = a;
  fresh.b = b;
  fresh.c = c;
  fresh.line = line();
  fresh.source = source();
  constexpr int kDeepest = 50;   // levels that a fiber's stack surely holds
  int height = 1;
  for (AwkNode* child : {a, b, c})
    if (child) height = std::max(height, child->height + 1);
  bool place = op == AwkOp::Field || op == AwkOp::Index || op > AwkOp::Deep;   // assigned to; a statement
  if (height >= kDeepest && !place) {
    AwkNode& deep = program_.nodes.emplace_back();
    deep.op = AwkOp::Deep;
    deep.a = &fresh;
    deep.line = fresh.line;
    deep.source = fresh.source;
    return &deep;
  }
  fresh.height = static_cast<uint8_t>(std::min(height, 255));
  return &fresh;
}

AwkNode* AwkParser::number(double v) {
  AwkNode* n = node(AwkOp::Number);
  n->value = AwkValue(v);
  return n;
}

void AwkParser::note_item(const AwkNode* key, const std::string& before) {
  if (!program_.notes) return;
  if (!before.empty()) program_.notes->before[key] = before;
  if (!space().empty() && space() != "awk") program_.notes->spaces[key] = space();
}

void AwkParser::note_trailing(const AwkNode* n) {
  if (!program_.notes) return;
  if (std::string comment = take_trailing(); !comment.empty()) program_.notes->trailing[n] = comment;
}

void AwkParser::note_comments(std::vector<AwkNode*>& list) {
  if (!program_.notes) return;
  std::string lines = take_comments();
  if (lines.empty()) return;
  list.push_back(node(AwkOp::Comment));
  list.back()->value = AwkValue::string(std::move(lines));
}

void AwkParser::item() {
  if (is("@")) return directive();
  std::string before = take_comments();
  if (is("function")) {
    advance();
    if (program_.notes && program_.nodes.empty()) program_.notes->first = std::exchange(before, "");
    return function(before);
  }
  if (is("BEGIN") || is("END") || is("BEGINFILE") || is("ENDFILE")) {
    rule_ = text_;
    advance();
    if (!is("{") && (tok_ == Tok::Newline || tok_ == Tok::End || is(";"))) return error(rule_ + " blocks must have an action part");
    if (!is("{")) return syntax();
    AwkNode* body = block();
    note_item(body, before);
    (rule_ == "BEGIN" ? program_.begin : rule_ == "END" ? program_.end : rule_ == "BEGINFILE" ? program_.begin_file : program_.end_file).push_back(body);
    rule_.clear();
    return;
  }
  AwkRule rule;
  if (!is("{")) {
    rule.first = expression();
    if (accept(",")) {
      skip_newlines();
      rule.last = expression();
    }
  }
  if (is("{")) rule.body = block();
  if (!rule.body) before += take_trailing();
  note_item(rule.body ? rule.body : rule.first, before);
  program_.rules.push_back(rule);
}

// @include "file". @namespace "awk" is where everything is.
void AwkParser::directive() {
  advance();
  std::string word = text_.substr(text_.find("::") == std::string::npos ? 0 : text_.find("::") + 2);   // in a namespace
  if (dialect_.traditional) return syntax();
  if (word != "include" && word != "namespace" && word != "load") return syntax();
  advance();
  if (tok_ != Tok::String) return syntax();
  std::string name = string_;
  if (word == "namespace") {
    bool bad = name.empty() || ascii_digit(name[0]);
    for (char c : name) bad = bad || !(ascii_alnum(c) || c == '_');
    if (bad) return error("fatal: namespace name `" + name + "' must meet identifier naming rules");
    set_namespace(name);
    return advance();
  }
  if (word == "load") return error("error: cannot load extension `" + name + "'");
  std::string why;
  auto text = include_(name, &why);
  if (!text) return error("error: cannot open source file `" + name + "' for reading: " + why);
  if (program_.notes) program_.notes->includes.push_back(name);
  if (included_.insert(text->name).second) include(std::move(*text));
  advance();
}

int AwkParser::function_slot(const std::string& name) {
  for (size_t i = 0; i < program_.functions.size(); i++)
    if (program_.functions[i].name == name) return static_cast<int>(i);
  AwkFunction f;
  f.name = name;
  f.line = line();
  f.source = source();
  program_.functions.push_back(std::move(f));
  return static_cast<int>(program_.functions.size()) - 1;
}

void AwkParser::function(std::string before) {
  if (tok_ == Tok::Builtin) return syntax("`" + text_ + "' is a built-in function, it cannot be redefined");
  if (tok_ != Tok::Name && tok_ != Tok::FuncName) return syntax();
  std::string name = text_;
  auto special = [](const std::string& n) { return std::find(std::begin(kAwkSpecialNames), std::end(kAwkSpecialNames), n) != std::end(kAwkSpecialNames); };
  if (special(name)) return error("error: function name `" + name + "' previously defined");
  int slot = function_slot(name);
  const auto& names = program_.globals;
  if (program_.functions[static_cast<size_t>(slot)].defined || std::find(names.begin(), names.end(), name) != names.end())
    return error("error: function name `" + name + "' previously defined");
  program_.functions[static_cast<size_t>(slot)].defined = true;
  advance();
  expect("(");
  locals_.clear();
  int count = 0;
  skip_newlines();
  while (ok() && !is(")")) {
    if (tok_ != Tok::Name && tok_ != Tok::FuncName) return syntax();
    if (text_ == name) return error("error: function `" + name + "': cannot use function name as parameter name");
    if (special(text_)) return error("error: function `" + name + "': cannot use special variable `" + text_ + "' as a function parameter");
    if (auto [at, fresh] = locals_.try_emplace(text_, count); !fresh)
      return error("error: function `" + name + "': parameter #" + std::to_string(count + 1) + ", `" + text_ + "', duplicates parameter #" +
                   std::to_string(at->second + 1));
    program_.functions[static_cast<size_t>(slot)].names.push_back(text_);
    count++;
    advance();
    skip_newlines();
    if (!accept(",")) break;
    skip_newlines();
  }
  expect(")");
  skip_newlines();
  before += take_comments();
  in_function_ = true;
  program_.functions[static_cast<size_t>(slot)].parameters = count;
  AwkNode* body = block();
  program_.functions[static_cast<size_t>(slot)].body = body;
  note_item(body, before);
  in_function_ = false;
  locals_.clear();
}

AwkNode* AwkParser::block() {
  AwkNode* b = node(AwkOp::Block);
  expect("{");
  if (program_.notes)
    if (std::string comment = take_trailing(); !comment.empty()) program_.notes->opening[b] = comment;
  for (;;) {
    skip_terminators();
    note_comments(b->list);
    if (!ok() || is("}")) break;
    if (tok_ == Tok::End) {
      syntax();
      break;
    }
    b->list.push_back(statement());
    lint_effect(b->list.back());
    note_trailing(b->list.back());
  }
  expect("}");
  return b;
}

void AwkParser::end_statement() {
  if (is(";") || tok_ == Tok::Newline) return advance();
  if (is("}")) return;
  syntax();
}

AwkNode* AwkParser::body_statement() {
  skip_newlines();
  std::vector<AwkNode*> notes;
  note_comments(notes);
  if (accept(";")) return node(AwkOp::Block);
  AwkNode* n = statement();
  if (n->op != AwkOp::Block) note_trailing(n);
  if (notes.empty()) return n;
  AwkNode* both = node(AwkOp::Block);
  both->list = {notes[0], n};
  return both;
}

AwkNode* AwkParser::statement() {
  return deep_call([&] { return statement_here(); });
}

AwkNode* AwkParser::statement_here() {
  if (is("{")) return block();
  if (is("if")) return if_statement();
  if (is("while")) return while_statement();
  if (is("do")) return do_statement();
  if (is("for")) return for_statement();
  if (is("switch")) return switch_statement();
  AwkNode* n = simple();
  if (ok()) end_statement();
  return n;
}

AwkNode* AwkParser::if_statement() {
  advance();
  AwkNode* n = node(AwkOp::If);
  expect("(");
  n->a = condition();
  expect(")");
  n->b = body_statement();
  skip_newlines();
  if (!is("else")) return n;
  std::string out;
  if (program_.notes) {
    if (n->b->op == AwkOp::Block) out = take_trailing();
    std::vector<AwkNode*> notes;
    note_comments(notes);
    if (!notes.empty() && n->b->op != AwkOp::Block) {
      AwkNode* both = node(AwkOp::Block);
      both->list = {n->b};
      n->b = both;
    }
    n->b->list.insert(n->b->list.end(), notes.begin(), notes.end());
  }
  advance();
  n->c = body_statement();
  if (!out.empty()) program_.notes->trailing[n] = out;
  return n;
}

AwkNode* AwkParser::loop_body() {
  loops_++;
  AwkNode* n = body_statement();
  loops_--;
  return n;
}

AwkNode* AwkParser::while_statement() {
  advance();
  AwkNode* n = node(AwkOp::While);
  expect("(");
  n->a = condition();
  expect(")");
  n->b = is(";") ? node(AwkOp::Block) : loop_body();
  return n;
}

AwkNode* AwkParser::do_statement() {
  advance();
  AwkNode* n = node(AwkOp::Do);
  n->b = loop_body();
  skip_terminators();
  expect("while");
  expect("(");
  n->a = condition();
  expect(")");
  if (ok()) end_statement();
  return n;
}

AwkNode* AwkParser::for_statement() {
  advance();
  expect("(");
  AwkNode* init = nullptr;
  if (!is(";")) {
    for_head_ = true;
    init = simple();
    for_head_ = false;
    // for ((i in a)) and for (i in a)
    AwkNode* in = init->op == AwkOp::Expr ? init->a : nullptr;
    if (is(")") && in && in->op == AwkOp::In && in->list.size() == 1) {
      advance();
      AwkNode* n = node(AwkOp::ForIn, in->list[0], in->a);
      n->c = loop_body();
      return n;
    }
  }
  AwkNode* n = node(AwkOp::For, init);
  expect(";");
  skip_newlines();
  if (!is(";")) n->b = condition();
  expect(";");
  skip_newlines();
  if (!is(")")) n->c = simple();
  expect(")");
  n->d = loop_body();
  return n;
}

AwkNode* AwkParser::switch_statement() {
  advance();
  AwkNode* n = node(AwkOp::Switch);
  expect("(");
  n->a = expression();
  expect(")");
  skip_newlines();
  expect("{");
  std::set<std::string> seen;
  switches_++;
  if (program_.notes)
    if (std::string comment = take_trailing(); !comment.empty()) program_.notes->opening[n] = comment;
  for (;;) {
    skip_terminators();
    std::string before = take_comments();
    if (!ok() || !(is("case") || is("default"))) break;
    AwkNode* c = node(AwkOp::Case);
    if (accept("case")) {
      std::string label = text_;
      const bool sign = is("-") || is("+");
      if (!sign && !is("/") && !is("/=") && !is("@") && tok_ != Tok::Number && tok_ != Tok::String) syntax();
      c->a = is("/") || is("/=") ? regex_literal() : is("@") ? at_expression() : sign ? unary() : primary();
      if (c->a->op != AwkOp::Regex && !seen.insert(label).second && label != "-") error("error: duplicate case values in switch body: " + label);
    } else {
      if (!seen.insert("default").second) error("error: duplicate `default' detected in switch body");
      advance();
    }
    if (!before.empty()) program_.notes->before[c] = before;
    expect(":");
    note_trailing(c);
    for (;;) {
      skip_terminators();
      note_comments(c->list);
      if (!ok() || is("case") || is("default") || is("}")) break;
      c->list.push_back(statement());
      lint_effect(c->list.back());
      note_trailing(c->list.back());
    }
    n->list.push_back(c);
  }
  switches_--;
  expect("}");
  return n;
}

AwkNode* AwkParser::simple() {
  if (tok_ == Tok::Keyword) {
    if (is("print") || is("printf")) return print_statement(is("printf"));
    if (is("delete")) return delete_statement();
    if (!is("getline")) return jump();
  }
  return node(AwkOp::Expr, expression());
}

AwkNode* AwkParser::jump() {
  std::string word = text_;
  auto fail = [&](const std::string& message) {
    error("error: " + message);
    return number(0);
  };
  if (word == "next" || word == "nextfile") {
    bool wrong = rule_ == "BEGIN" || rule_ == "END" || (word == "next" && !rule_.empty()) || rule_ == "ENDFILE";
    if (wrong) return fail("`" + word + "' used in " + rule_ + " action");
    advance();
    return node(word == "next" ? AwkOp::Next : AwkOp::NextFile);
  }
  if (word == "break" || word == "continue") {
    if (!loops_ && !(switches_ && word == "break")) {
      fail("`" + word + "' is not allowed outside a loop" + (word == "break" ? " or switch" : ""));
      program_.error.push_back(program_.error.back());   // as gawk: twice
      return number(0);
    }
    advance();
    return node(word == "break" ? AwkOp::Break : AwkOp::Continue);
  }
  if (word == "exit" || word == "return") {
    if (word == "return" && !in_function_) {
      syntax("`return' used outside function context");
      return number(0);
    }
    advance();
    AwkNode* n = node(word == "exit" ? AwkOp::Exit : AwkOp::Return);
    if (!(tok_ == Tok::Newline || tok_ == Tok::End || is(";") || is("}"))) n->a = expression();
    return n;
  }
  syntax();
  return number(0);
}

AwkNode* AwkParser::delete_statement() {
  advance();
  bool parens = accept("(");
  if (tok_ != Tok::Name) {
    syntax();
    return number(0);
  }
  AwkNode* target = named();
  AwkNode* n = node(AwkOp::Delete, target);
  if (target->op == AwkOp::Index) {
    n->a = target->a;
    n->list = target->list;
  }
  if (parens) expect(")");
  if (n->list.empty()) lint_old("`delete' is not supported in old awk");
  return n;
}

AwkNode* AwkParser::print_statement(bool formatted) {
  advance();
  AwkNode* n = node(formatted ? AwkOp::Printf : AwkOp::Print);
  const bool outside = rule_ == "BEGIN" || rule_ == "END";
  bool ends = tok_ == Tok::Newline || tok_ == Tok::End || is(";") || is("}") || is(">") || is(">>") || is("|") || is("|&");
  if (!ends) {
    no_greater_++;
    no_pipe_++;
    n->list = expression_list();
    no_pipe_--;
    no_greater_--;
    // (a, b) alone is the argument list.
    if (n->list.size() == 1 && n->list[0]->op == AwkOp::Group && !n->list[0]->list.empty()) n->list = std::vector<AwkNode*>(n->list[0]->list);
  } else if (!formatted && outside) {
    lint("plain `print' in BEGIN or END rule should probably be `print \"\"'");
  } else if (formatted) {
    error("fatal: printf: no arguments");
    program_.error_status = 2;
  }
  if (is(">") || is(">>") || is("|") || is("|&")) {
    n->redirect = text_ == ">" ? '>' : text_ == ">>" ? 'a' : text_ == "|" ? '|' : '&';
    advance();
    no_greater_++;
    no_pipe_++;
    const std::string how = n->redirect == 'a' ? ">>" : n->redirect == '&' ? "|&" : std::string(1, n->redirect);
    n->a = concatenation();
    if (n->a->op == AwkOp::Concat) lint("concatenation as I/O `" + how + "' redirection target is ambiguous");
    no_pipe_--;
    no_greater_--;
  }
  return n;
}

std::unique_ptr<AwkProgram> parse_awk(std::vector<AwkSource> sources, AwkInclude include, const AwkDialect& dialect) {
  auto program = std::make_unique<AwkProgram>();
  program->traditional = dialect.traditional;
  if (dialect.notes) program->notes = std::make_unique<AwkNotes>();
  AwkParser(std::move(sources), std::move(include), dialect, *program).run();
  return program;
}

}  // namespace nacre
