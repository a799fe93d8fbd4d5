#include "commands/awk/pretty.h"

#include <algorithm>
#include <cstdio>

#include "base/deep_call.h"

namespace nacre {
namespace {

// How tightly operators bind; what is no operator binds most.
int binding(AwkOp op) {
  switch (op) {
    case AwkOp::Cond: return 1;
    case AwkOp::Or: return 2;
    case AwkOp::And: return 3;
    case AwkOp::In: return 4;
    case AwkOp::Match:
    case AwkOp::NoMatch: return 5;
    case AwkOp::Less:
    case AwkOp::LessEq:
    case AwkOp::Equal:
    case AwkOp::NotEqual:
    case AwkOp::Greater:
    case AwkOp::GreaterEq:
    case AwkOp::Getline:
    case AwkOp::GetlineFile:
    case AwkOp::GetlinePipe: return 6;
    case AwkOp::Concat: return 7;
    case AwkOp::Add:
    case AwkOp::Sub: return 8;
    case AwkOp::Mul:
    case AwkOp::Div:
    case AwkOp::Mod: return 9;
    case AwkOp::Negate:
    case AwkOp::Plus:
    case AwkOp::Not: return 10;
    case AwkOp::Pow: return 11;
    default: return op >= AwkOp::Assign && op <= AwkOp::PowTo ? 0 : 12;
  }
}

bool binary(AwkOp op) { return binding(op) < 10 || op == AwkOp::Pow; }

const char* symbol(AwkOp op) {
  switch (op) {
    case AwkOp::Assign: return " = ";
    case AwkOp::AddTo: return " += ";
    case AwkOp::SubTo: return " -= ";
    case AwkOp::MulTo: return " *= ";
    case AwkOp::DivTo: return " /= ";
    case AwkOp::ModTo: return " %= ";
    case AwkOp::PowTo: return " ^= ";
    case AwkOp::And: return " && ";
    case AwkOp::Or: return " || ";
    case AwkOp::Match: return " ~ ";
    case AwkOp::NoMatch: return " !~ ";
    case AwkOp::Less: return " < ";
    case AwkOp::LessEq: return " <= ";
    case AwkOp::Equal: return " == ";
    case AwkOp::NotEqual: return " != ";
    case AwkOp::Greater: return " > ";
    case AwkOp::GreaterEq: return " >= ";
    case AwkOp::Add: return " + ";
    case AwkOp::Sub: return " - ";
    case AwkOp::Mul: return " * ";
    case AwkOp::Div: return " / ";
    case AwkOp::Mod: return " % ";
    case AwkOp::Pow: return " ^ ";
    default: return " ";
  }
}

class AwkPrinter {
 public:
  explicit AwkPrinter(const AwkProgram& program) : p_(program), notes_(*program.notes) {}

  std::string run() {
    comment(notes_.first, 0);
    for (const AwkNode* b : p_.begin) special("BEGIN", b);
    for (const AwkNode* b : p_.begin_file) special("BEGINFILE", b);
    for (const auto& r : p_.rules) rule(r);
    for (const AwkNode* b : p_.end_file) special("ENDFILE", b);
    for (const AwkNode* b : p_.end) special("END", b);
    comment(notes_.last, 0);
    includes();
    functions();
    return std::move(out_);
  }

 private:
  // ---- items
  void special(const char* name, const AwkNode* body) {
    begin_item(body);
    out_ += name;
    out_ += ' ';
    block(body, 0);
    out_ += "\n\n";
  }

  void rule(const AwkRule& r) {
    begin_item(r.body ? r.body : r.first);
    if (r.first) out_ += text(r.first);
    if (r.last) out_ += ", " + text(r.last);
    if (r.first) out_ += ' ';
    if (r.body) block(r.body, 0);
    else out_ += "{\n\tprint\n}";
    out_ += "\n\n";
  }

  void begin_item(const AwkNode* key) {
    if (auto space = notes_.spaces.find(key); (space == notes_.spaces.end() ? "awk" : space->second) != space_) {
      space_ = space == notes_.spaces.end() ? "awk" : space->second;
      out_ += "\n@namespace \"" + space_ + "\"\n\n";
    }
    if (auto before = notes_.before.find(key); before != notes_.before.end()) comment(before->second, 0);
  }

  void includes() {
    if (notes_.includes.empty()) return;
    out_ += "\n# Included files (-i and/or @include)\n\n";
    for (const auto& name : notes_.includes) out_ += "# @include \"" + name + "\"\n";
    out_ += '\n';
  }

  void functions() {
    std::vector<const AwkFunction*> sorted;
    for (const auto& f : p_.functions)
      if (f.defined) sorted.push_back(&f);
    std::sort(sorted.begin(), sorted.end(), [](auto* a, auto* b) { return a->name < b->name; });
    for (const AwkFunction* f : sorted) {
      function_ = f;
      out_ += '\n';
      if (auto before = notes_.before.find(f->body); before != notes_.before.end()) comment(before->second, 0);
      out_ += "function " + name(f->name) + "(";
      for (size_t i = 0; i < f->names.size(); i++) out_ += (i ? ", " : "") + local(f->names[i]);
      out_ += ")\n{\n";
      if (auto opening = notes_.opening.find(f->body); opening != notes_.opening.end()) comment(opening->second, 1);
      statements(f->body->list, 1);
      out_ += "}\n";
      function_ = nullptr;
    }
  }

  // ---- statements
  void indent(int level) { out_.append(static_cast<size_t>(level), '\t'); }

  void comment(const std::string& lines, int level) {
    for (size_t at = 0; at < lines.size();) {
      size_t end = lines.find('\n', at);
      indent(level);
      out_ += lines.substr(at, end - at) + "\n";
      at = end + 1;
    }
  }

  void statements(const std::vector<AwkNode*>& list, int level) {
    for (const AwkNode* s : list) statement(s, level);
  }

  void statement(const AwkNode* n, int level) {
    deep_call([&] { statement_here(n, level); });
  }

  // { with what is in it, up to the }.
  void block(const AwkNode* body, int level) {
    out_ += '{';
    if (auto opening = notes_.opening.find(body); opening != notes_.opening.end()) out_ += "\t" + opening->second;
    else out_ += '\n';
    if (body->op == AwkOp::Block) statements(body->list, level + 1);
    else statement(body, level + 1);
    indent(level);
    out_ += '}';
  }

  void end_line(const AwkNode* n) {
    auto trailing = notes_.trailing.find(n);
    out_ += trailing == notes_.trailing.end() ? "\n" : "\t" + trailing->second;
  }

  void statement_here(const AwkNode* n, int level) {
    if (n->op == AwkOp::Comment) return comment(std::string(n->value.text.view()), level);
    if (n->op == AwkOp::Block) {   // one within another shows no braces
      if (auto opening = notes_.opening.find(n); opening != notes_.opening.end()) comment(opening->second, level);
      statements(n->list, level);
      if (auto trailing = notes_.trailing.find(n); trailing != notes_.trailing.end()) comment(trailing->second, level);
      return;
    }
    indent(level);
    switch (n->op) {
      case AwkOp::If: conditional(n, level); break;
      case AwkOp::While:
        out_ += "while (" + text(n->a) + ") ";
        block(n->b, level);
        break;
      case AwkOp::Do:
        out_ += "do ";
        block(n->b, level);
        out_ += " while (" + text(n->a) + ")";
        break;
      case AwkOp::For: {
        const bool ever = !n->a && !n->b && !n->c;
        out_ += ever ? "for (;;) " : "for (" + (n->a ? simple(n->a) : "") + "; " + (n->b ? text(n->b) : "") + "; " + (n->c ? simple(n->c) : "") + ") ";
        block(n->d, level);
        break;
      }
      case AwkOp::ForIn:
        out_ += "for (" + text(n->a) + " in " + text(n->b) + ") ";
        block(n->c, level);
        break;
      case AwkOp::Switch: return switch_statement(n, level);
      default: out_ += simple(n); break;
    }
    end_line(n);
  }

  void conditional(const AwkNode* n, int level) {
    for (;;) {
      out_ += "if (" + text(n->a) + ") ";
      block(n->b, level);
      if (!n->c) return;
      out_ += " else ";
      const AwkNode* other = n->c;
      while (other->op == AwkOp::Block && other->list.size() == 1) other = other->list[0];
      if (other->op != AwkOp::If) return block(n->c, level);
      n = other;
    }
  }

  void switch_statement(const AwkNode* n, int level) {
    out_ += "switch (" + text(n->a) + ") {";
    if (auto opening = notes_.opening.find(n); opening != notes_.opening.end()) out_ += "\t" + opening->second;
    else out_ += '\n';
    for (const AwkNode* c : n->list) {
      if (auto before = notes_.before.find(c); before != notes_.before.end()) comment(before->second, level);
      indent(level);
      out_ += c->a ? "case " + text(c->a) + ":" : "default:";
      end_line(c);
      statements(c->list, level + 1);
    }
    indent(level);
    out_ += "}\n";
    if (auto trailing = notes_.trailing.find(n); trailing != notes_.trailing.end()) comment(trailing->second, level);
  }

  std::string simple(const AwkNode* n) {
    switch (n->op) {
      case AwkOp::Expr: return text(n->a);
      case AwkOp::Print:
      case AwkOp::Printf: return print(n);
      case AwkOp::Next: return "next";
      case AwkOp::NextFile: return "nextfile";
      case AwkOp::Break: return "break";
      case AwkOp::Continue: return "continue";
      case AwkOp::Exit:
      case AwkOp::Return: {
        std::string word = n->op == AwkOp::Exit ? "exit" : "return";
        return n->a ? word + " " + operand(n->a) : word;
      }
      case AwkOp::Delete: {
        // Of several subscripts, gawk shows no commas here.
        std::string out = "delete " + text(n->a);
        return n->list.empty() ? out : out + "[" + joined(n->list, " ") + "]";
      }
      default: return "";
    }
  }

  std::string print(const AwkNode* n) {
    std::string word = n->op == AwkOp::Print ? "print" : "printf", list = joined(n->list, ", ");
    if (!n->redirect) return list.empty() ? word : word + " " + list;
    const char* how = n->redirect == '>' ? " > " : n->redirect == 'a' ? " >> " : n->redirect == '|' ? " | " : " |& ";
    const bool wraps = n->list.size() > 1 || (!list.empty() && !(list.front() == '(' && list.back() == ')'));
    return word + (wraps ? "(" + list + ")" : list) + how + operand(n->a);
  }

  // ---- expressions
  std::string joined(const std::vector<AwkNode*>& list, const char* between) {
    std::string out;
    for (size_t i = 0; i < list.size(); i++) out += (i ? between : "") + text(list[i]);
    return out;
  }

  static const AwkNode* bare(const AwkNode* n) {
    while (n->op == AwkOp::Deep) n = n->a;
    return n;
  }

  // A text that begins with a parenthesis is taken to be in some.
  static std::string wrapped(std::string s, bool wrap = true) { return !wrap || s.starts_with('(') ? s : "(" + s + ")"; }

  // sub, gsub and gensub bind as little as it gets.
  static int binding_of(const AwkNode* n) {
    n = bare(n);
    if (n->op != AwkOp::Builtin) return binding(n->op);
    auto which = static_cast<AwkBuiltin>(n->slot);
    return which == AwkBuiltin::Sub || which == AwkBuiltin::Gsub || which == AwkBuiltin::Gensub ? -1 : 12;
  }

  // In parentheses, if it has an operator of two sides.
  std::string operand(const AwkNode* n) { return wrapped(text(n), binary(bare(n)->op)); }

  // In parentheses, if it binds less than what it stands in, or as much on the side where that counts.
  std::string side(const AwkNode* n, AwkOp in, bool equal_too) {
    const int inner = binding_of(n), outer = binding(in);
    return wrapped(text(n), inner < outer || (equal_too && inner == outer));
  }

  std::string text(const AwkNode* n) {
    return deep_call([&] { return text_here(bare(n)); });
  }

  std::string noted(const AwkNode* n) {
    auto found = notes_.texts.find(n);
    return found == notes_.texts.end() ? "" : found->second;
  }

  std::string name(const std::string& full) const {
    if (space_ == "awk") return full;
    if (full.starts_with(space_ + "::")) return full.substr(space_.size() + 2);
    const bool capitals = std::all_of(full.begin(), full.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    return full.find("::") != std::string::npos || capitals ? full : "awk::" + full;
  }

  static std::string local(const std::string& full) { return full.substr(full.find("::") == std::string::npos ? 0 : full.find("::") + 2); }

  bool constant(const AwkNode* n) const {
    n = bare(n);
    return n->op == AwkOp::Number || (n->op == AwkOp::Negate && bare(n->a)->op == AwkOp::Number);
  }

  std::string concatenated(const AwkNode* n) {
    std::vector<const AwkNode*> parts;
    const AwkNode* left = n;
    for (; left->op == AwkOp::Concat; left = bare(left->a)) parts.push_back(left->b);
    parts.push_back(left);
    std::string out;
    for (size_t i = parts.size(); i-- > 0;) {
      const AwkNode* part = bare(parts[i]);
      out += wrapped(text(part), part->op == AwkOp::IndirectCall || binary(part->op) || binding_of(part) < 0);
      if (i) out += ' ';
    }
    return out;
  }

  std::string unary(const AwkNode* n) {
    const AwkNode* a = bare(n->a);
    bool wraps = binary(a->op);
    if (n->op == AwkOp::Negate) wraps = wraps || (a->op == AwkOp::Negate && !constant(a));
    return (n->op == AwkOp::Plus ? "+" : n->op == AwkOp::Not ? "! " : "-") + wrapped(text(a), wraps);
  }

  std::string getline(const AwkNode* n) {
    std::string out = "getline";
    if (n->op == AwkOp::GetlinePipe) out = operand(n->b) + (n->redirect == '&' ? " |& getline" : " | getline");
    if (n->a) out += " " + text(n->a);
    if (n->op == AwkOp::GetlineFile) out += " < " + operand(n->b);
    return out;
  }

  // What is left out in a call is there.
  std::string builtin(const AwkNode* n) {
    auto which = static_cast<AwkBuiltin>(n->slot);
    std::string out = std::string(awk_builtin_name(which)) + "(" + joined(n->list, ", ");
    const size_t count = n->list.size();
    if (which == AwkBuiltin::Length && count == 0) out += "$0";
    if (which == AwkBuiltin::Split && count == 2) out += ", FS";
    if (which == AwkBuiltin::Patsplit && count == 2) out += ", FPAT";
    if ((which == AwkBuiltin::Sub || which == AwkBuiltin::Gsub) && count == 2) out += ", $0";
    if (which == AwkBuiltin::Gensub && count == 3) out += ", $0";
    return out + ")";
  }

  std::string text_here(const AwkNode* n) {
    switch (n->op) {
      case AwkOp::Number: return noted(n);
      case AwkOp::String: return noted(n).empty() ? awk_quoted(n->value.text.view()) : noted(n) + awk_quoted(n->value.text.view());
      case AwkOp::Regex: return "/" + noted(n) + "/";
      case AwkOp::RegexValue: return "@/" + noted(n) + "/";
      case AwkOp::Global: return name(p_.globals[static_cast<size_t>(n->slot)]);
      case AwkOp::Local: return local(function_->names[static_cast<size_t>(n->slot)]);
      case AwkOp::Field: return "$" + text(n->a);
      case AwkOp::Index: return text(n->a) + "[" + joined(n->list, ", ") + "]";
      case AwkOp::In: return (n->list.size() == 1 ? side(n->list[0], n->op, false) : "(" + joined(n->list, ", ") + ")") + " in " + text(n->a);
      case AwkOp::Group: return "(" + (n->list.empty() ? text(n->a) : joined(n->list, ", ")) + ")";
      case AwkOp::Cond: return text(n->a) + " ? " + text(n->b) + " : " + text(n->c);
      case AwkOp::Not:
      case AwkOp::Negate:
      case AwkOp::Plus: return unary(n);
      case AwkOp::Match:
      case AwkOp::NoMatch: return operand(n->a) + symbol(n->op) + operand(n->b);
      case AwkOp::Concat: return concatenated(n);
      case AwkOp::PreInc: return "++" + text(n->a);
      case AwkOp::PreDec: return "--" + text(n->a);
      case AwkOp::PostInc: return text(n->a) + "++";
      case AwkOp::PostDec: return text(n->a) + "--";
      case AwkOp::Call: return name(p_.functions[static_cast<size_t>(n->slot)].name) + "(" + joined(n->list, ", ") + ")";
      case AwkOp::IndirectCall: return "@" + text(n->a) + "(" + joined(n->list, ", ") + ")";
      case AwkOp::Builtin: return builtin(n);
      case AwkOp::Getline:
      case AwkOp::GetlineFile:
      case AwkOp::GetlinePipe: return getline(n);
      case AwkOp::Pow:
        return (constant(n->b) && binding_of(n->a) < 0 ? text(n->a) : side(n->a, n->op, true)) + symbol(n->op) +
               (bare(n->b)->op == AwkOp::Negate ? text(n->b) : side(n->b, n->op, false));
      default:
        if (n->op >= AwkOp::Assign && n->op <= AwkOp::PowTo) return text(n->a) + symbol(n->op) + text(n->b);
        // Beside a constant on the right, arithmetic is taken as it is.
        if (constant(n->b) && binding(n->op) >= 8 && binding_of(n->a) < 0) return text(n->a) + symbol(n->op) + text(n->b);
        return side(n->a, n->op, binding(n->op) == 6) + symbol(n->op) + side(n->b, n->op, binding(n->op) > 3);
    }
  }

  const AwkProgram& p_;
  const AwkNotes& notes_;
  const AwkFunction* function_ = nullptr;
  std::string space_ = "awk", out_;
};

}  // namespace

std::string awk_quoted(std::string_view text) {
  std::string out = "\"";
  constexpr std::string_view from = "\\\"\a\b\f\n\r\t\v", to = "\\\"abfnrtv";
  for (char c : text) {
    if (size_t k = from.find(c); k != std::string_view::npos) {
      out += '\\';
      out += to[k];
    } else if (c >= ' ' && c < 0x7f) {
      out += c;
    } else {
      char number[8];
      std::snprintf(number, sizeof number, "\\%03o", static_cast<unsigned char>(c));
      out += number;
    }
  }
  return out + "\"";
}

std::string awk_pretty(const AwkProgram& program) { return AwkPrinter(program).run(); }

}  // namespace nacre
