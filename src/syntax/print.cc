#include "syntax/print.h"

#include <utility>

#include "base/deep_call.h"
#include "syntax/print_tree.h"
#include "syntax/printer.h"
#include "syntax/token.h"

namespace nacre {
using namespace ast;

namespace {
constexpr int kIndent = 4;
}

// ---------------------------------------------------------------- layout

void Printer::indent() { out_.append(static_cast<size_t>(flat_ ? indentation_ > 0 : indentation_), ' '); }

void Printer::begin_node() {
  if (skip_indent_) skip_indent_--;
  else indent();
}

void Printer::newline(std::string_view text) {
  out_ += '\n';
  indent();
  out_ += text;
}

void Printer::semicolon() {
  if (out_.size() > start_ && (out_.back() == '&' || out_.back() == '\n')) return;
  out_ += ';';
}

void Printer::words(Seq<const Word*> list, std::string_view separator) {
  bool first = true;
  for (const Word* w : list) {
    if (!first) out_ += separator;
    first = false;
    out_ += w->raw;
  }
}

/// The line that the text has reached.
void Printer::note_line(const Command& c) {
  if (!records_lines_) return;
  for (; counted_ < out_.size(); counted_++) line_ += out_[counted_] == '\n';
  c.printed_line = line_;
}

// ---------------------------------------------------------------- lists

void Printer::list(const List& l) {
  size_t n = l.items.size();
  if (n == 1 && l.items[0].separator == Separator::Sequence) return command(*l.items[0].command);
  begin_node();
  in_connection_++;
  skip_indent_++;
  for (size_t i = 0; i < n; i++) {
    command(*l.items[i].command);
    // After ';' a background command and what follows are one operand.
    bool joined = l.items[i].separator == Separator::Background && i > 0 && l.items[i - 1].separator == Separator::Sequence;
    if (i > 0 && !joined) print_deferred("");
    if (i + 1 < n || l.items[i].separator == Separator::Background) connector(l.items[i], i + 1 == n);
  }
  print_deferred("");
  in_connection_--;
}

void Printer::connector(const ListItem& item, bool last) {
  if (item.separator == Separator::Background) {
    out_ += " &";
    print_deferred(" &");
    if (last) return;
    out_ += ' ';
    skip_indent_++;
    return;
  }
  // Inside a substitution a newline stays one.
  bool as_newline = in_substitution_ && item.newline_after;
  if (as_newline) {
    print_deferred("");
    out_ += '\n';
    was_here_document_ = false;
  } else if (!deferred_.empty()) {
    print_deferred(in_function_ ? "" : ";");
  } else if (!was_here_document_) {
    out_ += ';';
  } else {
    was_here_document_ = false;
  }
  if (in_function_) {
    out_ += '\n';
  } else {
    if (!as_newline) out_ += ' ';
    skip_indent_++;
  }
}

void Printer::and_or(const AndOr& c) {
  in_connection_++;
  skip_indent_++;
  command(*c.first);
  for (const AndOr::Next& n : c.rest) {
    std::string_view text = n.op == Connector::And ? " && " : " || ";
    out_ += text;
    print_deferred(text);
    skip_indent_++;
    command(*n.command);
    print_deferred("");
  }
  in_connection_--;
}

void Printer::pipeline(const Pipeline& p) {
  if (p.timed) out_ += p.time_posix ? "time -p " : "time ";
  if (p.negated) out_ += "! ";
  if (p.stages.empty()) return;
  skip_indent_++;
  if (p.stages.size() == 1) return command(*p.stages[0]);
  in_connection_++;
  for (size_t i = 0; i < p.stages.size(); i++) {
    pipe_stderr_ = i + 1 < p.stages.size() && p.pipe_stderr[i];
    command(*p.stages[i]);
    if (i > 0) print_deferred("");
    if (i + 1 == p.stages.size()) break;
    out_ += " |";
    print_deferred(" |");
    out_ += ' ';
    skip_indent_++;
  }
  in_connection_--;
}

// ---------------------------------------------------------------- commands

void Printer::command(const Command& c) {
  deep_call([&] {
    begin_node();
    note_line(c);
    bool to_pipe = std::exchange(pipe_stderr_, false);
    if (c.kind == CommandKind::Simple) {
      pipe_stderr_ = to_pipe;
      return simple(static_cast<const Simple&>(c));
    }
    compound(c);
    if (c.redirects.empty() && !to_pipe) return;
    out_ += ' ';
    redirections(c.redirects, to_pipe);
  });
}

void Printer::compound(const Command& c) {
  switch (c.kind) {
    case CommandKind::Simple: break;
    case CommandKind::BraceGroup: return group(static_cast<const Group&>(c));
    case CommandKind::Subshell: return subshell(static_cast<const Group&>(c));
    case CommandKind::If: return if_command(static_cast<const If&>(c), 0);
    case CommandKind::While:
    case CommandKind::Until: return loop(static_cast<const Loop&>(c));
    case CommandKind::For:
    case CommandKind::Select: return for_command(static_cast<const For&>(c));
    case CommandKind::ArithFor: return arith_for(static_cast<const ArithFor&>(c));
    case CommandKind::Case: return case_command(static_cast<const Case&>(c));
    case CommandKind::Function: return nested_function(static_cast<const Function&>(c));
    case CommandKind::Pipeline: return pipeline(static_cast<const Pipeline&>(c));
    case CommandKind::AndOr: return and_or(static_cast<const AndOr&>(c));
    case CommandKind::Arith:
      out_ += "((";
      out_ += static_cast<const Arith&>(c).expression->raw;
      out_ += "))";
      note_line(c);
      return;
    case CommandKind::Cond:
      out_ += "[[ ";
      cond(*static_cast<const Cond&>(c).expr);
      out_ += " ]]";
      return;
    case CommandKind::Coproc: {
      const Coproc& p = static_cast<const Coproc&>(c);
      out_ += "coproc ";
      out_ += p.name.empty() ? std::string_view("COPROC") : p.name;
      out_ += ' ';
      skip_indent_++;
      return command(*p.body);
    }
  }
}

void Printer::assignment(const Assignment& a) {
  out_ += a.name;
  if (a.index) {
    out_ += '[';
    out_ += a.index->raw;
    out_ += ']';
  }
  out_ += a.kind == AssignKind::Append ? "+=" : "=";
  if (!a.is_array) {
    if (a.value) out_ += a.value->raw;
    return;
  }
  out_ += '(';
  bool first = true;
  for (const ArrayItem& i : a.items) {
    if (!first) out_ += ' ';
    first = false;
    if (i.index) {
      out_ += '[';
      out_ += i.index->raw;
      out_ += i.append ? "]+=" : "]=";
    }
    if (i.value) out_ += i.value->raw;
  }
  out_ += ')';
}

void Printer::simple(const Simple& c) {
  bool to_pipe = std::exchange(pipe_stderr_, false);
  bool first = true;
  auto space = [&] {
    if (!first) out_ += ' ';
    first = false;
  };
  // As the parser has it: the line reached behind the first assignment, or the second word.
  for (const Assignment& a : c.assignments) {
    space();
    assignment(a);
    if (&a == &c.assignments[0]) note_line(c);
  }
  for (size_t i = 0; i < c.words.size(); i++) {
    const Argument& a = c.words[i];
    space();
    if (a.word) out_ += a.word->raw;
    else assignment(*a.assignment);
    if (i < 2 && c.assignments.empty()) note_line(c);
  }
  if (c.redirects.empty() && !to_pipe) return;
  space();
  redirections(c.redirects, to_pipe);
}

// The list of a compound command, with the here-documents it leaves.
void Printer::body(const List* l) {
  if (l) list(*l);
  print_deferred("");
}

void Printer::group(const Group& g) {
  out_ += "{ ";
  if (in_function_) {
    out_ += '\n';
    indentation_ += kIndent;
  } else {
    skip_indent_++;
  }
  body(g.body);
  if (in_function_) {
    out_ += '\n';
    indentation_ -= kIndent;
    indent();
  } else {
    semicolon();
    out_ += ' ';
  }
  out_ += '}';
}

void Printer::subshell(const Group& g) {
  out_ += "( ";
  skip_indent_++;
  body(g.body);
  out_ += " )";
}

void Printer::if_command(const If& c, size_t arm) {
  out_ += "if ";
  skip_indent_++;
  list(*c.arms[arm].condition);
  semicolon();
  out_ += " then\n";
  indentation_ += kIndent;
  body(c.arms[arm].body);
  indentation_ -= kIndent;
  bool elif = arm + 1 < c.arms.size();
  if (elif || c.otherwise) {
    semicolon();
    newline("else\n");
    indentation_ += kIndent;
    if (elif) {
      begin_node();
      deep_call([&] { if_command(c, arm + 1); });
      print_deferred("");
    } else {
      body(c.otherwise);
    }
    indentation_ -= kIndent;
  }
  semicolon();
  newline("fi");
}

void Printer::loop(const Loop& c) {
  out_ += c.kind == CommandKind::While ? "while " : "until ";
  skip_indent_++;
  body(c.condition);
  semicolon();
  out_ += " do\n";
  indentation_ += kIndent;
  body(c.body);
  indentation_ -= kIndent;
  semicolon();
  newline("done");
}

void Printer::for_command(const For& c) {
  out_ += c.kind == CommandKind::For ? "for " : "select ";
  out_ += c.name;
  out_ += " in ";
  if (c.has_in) words(c.words, " ");
  else out_ += "\"$@\"";
  out_ += ';';
  newline("do\n");
  indentation_ += kIndent;
  body(c.body);
  semicolon();
  indentation_ -= kIndent;
  newline("done");
}

void Printer::arith_for(const ArithFor& c) {
  out_ += "for ((";
  const Word* parts[] = {c.init, c.condition, c.step};
  for (int i = 0; i < 3; i++) {
    if (i) out_ += "; ";
    out_ += parts[i]->raw.empty() ? std::string_view("1") : parts[i]->raw;
  }
  out_ += "))";
  newline("do\n");
  indentation_ += kIndent;
  body(c.body);
  semicolon();
  indentation_ -= kIndent;
  newline("done");
}

void Printer::case_command(const Case& c) {
  out_ += "case ";
  out_ += c.subject->raw;
  out_ += " in ";
  indentation_ += kIndent;
  for (const CaseClause& clause : c.clauses) {
    newline("");
    words(clause.patterns, " | ");
    out_ += ")\n";
    indentation_ += kIndent;
    if (clause.body) list(*clause.body);
    indentation_ -= kIndent;
    print_deferred("");
    newline(clause.end == CaseEnd::Break ? ";;" : clause.end == CaseEnd::FallThrough ? ";&" : ";;&");
  }
  indentation_ -= kIndent;
  newline("esac");
}

// ---------------------------------------------------------------- functions

void Printer::function_body(const Function& f) {
  in_function_++;
  indentation_ += kIndent;
  const Command& body_command = *f.body;
  bool braces = body_command.kind == CommandKind::BraceGroup;
  note_line(body_command);
  if (braces) list(*static_cast<const Group&>(body_command).body);
  else command(body_command);
  print_deferred("");
  indentation_ -= kIndent;
  in_function_--;
  if (braces && !body_command.redirects.empty()) {
    newline("} ");
    redirections(body_command.redirects, false);
  } else {
    newline("}");
  }
}

void Printer::nested_function(const Function& f) {
  if (!posix_) out_ += "function ";
  out_ += f.name;
  out_ += " () \n";
  indent();
  out_ += "{ \n";
  function_body(f);
  was_here_document_ = false;
}

void Printer::function(const Function& f) {
  if (reserved_word(f.name) != Tok::Word) out_ += "function ";
  out_ += f.name;
  out_ += " () \n{ \n";
  function_body(f);
}

void Printer::exported_function(const Function& f) {
  flat_ = true;
  out_ += "() { ";
  function_body(f);
}

// ---------------------------------------------------------------- [[ ]]

void Printer::cond(const CondExpr& e) {
  deep_call([&] {
    const CondExpr* x = &e;
    bool negated = false;
    for (; x->kind == CondKind::Not; x = x->left) negated = !negated;
    if (negated) out_ += "! ";
    switch (x->kind) {
      case CondKind::Not: break;
      case CondKind::Group:
        out_ += "( ";
        cond(*x->left);
        out_ += " )";
        break;
      case CondKind::And:
      case CondKind::Or:
        cond(*x->left);
        out_ += x->kind == CondKind::And ? " && " : " || ";
        cond(*x->right);
        break;
      case CondKind::Word:
        out_ += "-n ";
        out_ += x->a->raw;
        break;
      case CondKind::Unary:
        out_ += x->op;
        out_ += ' ';
        out_ += x->a->raw;
        break;
      case CondKind::Binary:
        out_ += x->a->raw;
        out_ += ' ';
        out_ += x->op;
        out_ += ' ';
        out_ += x->b->raw;
        break;
    }
  });
}

// ---------------------------------------------------------------- entry points

std::string print_function(const Function& f) {
  std::string out;
  Printer(out).function(f);
  return out;
}

std::string print_exported(const Function& f) {
  std::string out;
  Printer(out).exported_function(f);
  return out;
}

std::string print_head(const Command& c) {
  if (c.kind == CommandKind::Case) return "case " + std::string(static_cast<const Case&>(c).subject->raw) + " in ";
  if (c.kind != CommandKind::For && c.kind != CommandKind::Select) return print_command(c);
  auto& loop = static_cast<const For&>(c);
  std::string out = (c.kind == CommandKind::For ? "for " : "select ") + std::string(loop.name) + " in ";
  if (!loop.has_in) return out + "\"$@\"";
  for (size_t i = 0; i < loop.words.size(); i++) out += (i ? " " : "") + std::string(loop.words[i]->raw);
  return out;
}

std::string print_command(const Command& c) {
  std::string out;
  Printer printer(out);
  printer.command(c);
  printer.end();
  return out;
}

std::string print_list(const List& l, bool posix) {
  std::string out;
  Printer printer(out);
  printer.set_posix(posix);
  printer.list(l);
  printer.end();
  return out;
}

void print_substitution(std::string& out, const List& list) {
  size_t begin = out.size();
  Printer printer(out, true);
  printer.record_lines();
  printer.list(list);
  printer.end();
  if (out.size() > begin && out[begin] == '(') out.insert(begin, " ");
}

}  // namespace nacre
