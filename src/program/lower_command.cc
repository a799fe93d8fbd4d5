// Commands: one lowered node for each node of the syntax tree.
#include <vector>

#include "base/deep_call.h"
#include "base/run_watch.h"
#include "program/lower.h"
#include "syntax/parser.h"

namespace nacre {
namespace {

const ir::Command* lower_command(LowerContext& ctx, const ast::Command& c);

template <class T>
T* make(LowerContext& ctx, const ast::Command& c) {
  T* out = ctx.arena.make<T>();
  out->kind = c.kind;
  out->line = c.span.line;
  out->printed_line = c.printed_line;
  out->ast = &c;
  return out;
}

int default_fd(ast::RedirOp op) {
  switch (op) {
    case ast::RedirOp::In:
    case ast::RedirOp::ReadWrite:
    case ast::RedirOp::DupIn:
    case ast::RedirOp::HereDoc:
    case ast::RedirOp::HereString: return 0;
    default: return 1;
  }
}

ir::Seq<ir::Redirect> lower_redirects(LowerContext& ctx, ast::Seq<ast::Redirect> redirects) {
  std::vector<ir::Redirect> out;
  for (const ast::Redirect& r : redirects) {
    ir::Redirect i{r.op, r.fd >= 0 ? r.fd : default_fd(r.op)};
    if (!r.fd_var.empty()) i.fd_var = ctx.symbols.intern(r.fd_var);
    bool body = r.op == ast::RedirOp::HereDoc;
    if (r.target) i.target = lower_word(ctx, *r.target, body ? WordMode::Quoted : r.op == ast::RedirOp::HereString ? WordMode::Plain : WordMode::Command);
    i.ast = &r;
    out.push_back(i);
  }
  return ctx.arena.copy(out);
}

ir::Assignment lower_assignment(LowerContext& ctx, const ast::Assignment& a) {
  ir::Assignment out;
  out.symbol = ctx.symbols.intern(a.name);
  out.append = a.kind == ast::AssignKind::Append;
  out.compound = a.is_array;
  out.ast = &a;
  if (a.index) {
    out.index = lower_arith(ctx, *a.index);
    out.key = lower_word(ctx, *a.index, WordMode::Plain);
  }
  if (a.is_array) out.elements = lower_elements(ctx, a.items);
  else if (a.value) out.value = lower_word(ctx, *a.value, WordMode::Value);
  return out;
}

const ir::Command* lower_simple(LowerContext& ctx, const ast::Simple& s) {
  auto* out = make<ir::Simple>(ctx, s);
  std::vector<ir::Assignment> assignments;
  for (const ast::Assignment& a : s.assignments) assignments.push_back(lower_assignment(ctx, a));
  out->assignments = ctx.arena.copy(assignments);
  std::vector<ir::Argument> words;
  for (const ast::Argument& a : s.words) {
    ir::Argument arg;
    if (a.assignment) arg.assignment = ctx.arena.make<ir::Assignment>(lower_assignment(ctx, *a.assignment));
    if (a.word) arg.word = lower_word(ctx, *a.word, WordMode::Command);
    words.push_back(arg);
  }
  out->words = ctx.arena.copy(words);
  return out;
}

ir::Seq<const ir::Word*> lower_words(LowerContext& ctx, ast::Seq<const ast::Word*> words, WordMode mode) {
  std::vector<const ir::Word*> out;
  for (const ast::Word* w : words) out.push_back(lower_word(ctx, *w, mode));
  return ctx.arena.copy(out);
}

const ir::List* lower_body(LowerContext& ctx, const ast::List* list) {
  if (!list) return ctx.arena.make<ir::List>();
  return lower_list(ctx, *list);
}

const ir::Cond* lower_cond(LowerContext& ctx, const ast::CondExpr& c) {
  return deep_call([&]() -> const ir::Cond* {
    auto* out = ctx.arena.make<ir::Cond>();
    out->kind = c.kind;
    out->op = c.op;
    if (c.left) out->left = lower_cond(ctx, *c.left);
    if (c.right) out->right = lower_cond(ctx, *c.right);
    if (c.a) out->a = lower_word(ctx, *c.a, WordMode::Plain);
    if (c.b) out->b = lower_word(ctx, *c.b, WordMode::Plain);
    constexpr std::string_view arithmetic[] = {"-eq", "-ne", "-lt", "-le", "-gt", "-ge"};
    for (std::string_view op : arithmetic) {
      if (c.op != op || !c.a || !c.b) continue;
      out->arith_a = lower_arith(ctx, *c.a);
      out->arith_b = lower_arith(ctx, *c.b);
    }
    return out;
  });
}

const ir::Command* lower_if(LowerContext& ctx, const ast::If& c) {
  auto* out = make<ir::If>(ctx, c);
  std::vector<ir::IfArm> arms;
  for (const ast::IfArm& arm : c.arms) arms.push_back({lower_body(ctx, arm.condition), lower_body(ctx, arm.body)});
  out->arms = ctx.arena.copy(arms);
  if (c.otherwise) out->otherwise = lower_body(ctx, c.otherwise);
  return out;
}

const ir::Command* lower_for(LowerContext& ctx, const ast::For& c) {
  auto* out = make<ir::For>(ctx, c);
  out->valid_name = is_name(c.name);
  out->name = ctx.symbols.intern(c.name);
  out->has_in = c.has_in;
  out->words = lower_words(ctx, c.words, WordMode::Command);
  out->body = lower_body(ctx, c.body);
  return out;
}

const ir::Command* lower_case(LowerContext& ctx, const ast::Case& c) {
  auto* out = make<ir::Case>(ctx, c);
  out->subject = lower_word(ctx, *c.subject, WordMode::Plain);
  std::vector<ir::Clause> clauses;
  for (const ast::CaseClause& clause : c.clauses) {
    ir::Clause i;
    i.patterns = lower_words(ctx, clause.patterns, WordMode::Plain);
    i.body = clause.body ? lower_list(ctx, *clause.body) : nullptr;
    i.end = clause.end;
    clauses.push_back(i);
  }
  out->clauses = ctx.arena.copy(clauses);
  return out;
}

const ir::Command* lower_pipeline(LowerContext& ctx, const ast::Pipeline& c) {
  auto* out = make<ir::Pipeline>(ctx, c);
  out->negated = c.negated;
  out->timed = c.timed;
  out->time_posix = c.time_posix;
  std::vector<const ir::Command*> stages;
  for (const ast::Command* s : c.stages) stages.push_back(lower_command(ctx, *s));
  out->stages = ctx.arena.copy(stages);
  out->pipe_stderr = c.pipe_stderr;
  return out;
}

const ir::Command* lower_and_or(LowerContext& ctx, const ast::AndOr& c) {
  auto* out = make<ir::AndOr>(ctx, c);
  out->first = lower_command(ctx, *c.first);
  std::vector<ir::AndOr::Next> rest;
  for (const ast::AndOr::Next& n : c.rest) rest.push_back({n.op, lower_command(ctx, *n.command)});
  out->rest = ctx.arena.copy(rest);
  return out;
}

const ir::Command* lower_kind(LowerContext& ctx, const ast::Command& c) {
  using Kind = ast::CommandKind;
  switch (c.kind) {
    case Kind::Simple: return lower_simple(ctx, static_cast<const ast::Simple&>(c));
    case Kind::BraceGroup:
    case Kind::Subshell: {
      auto* out = make<ir::Group>(ctx, c);
      out->body = lower_body(ctx, static_cast<const ast::Group&>(c).body);
      return out;
    }
    case Kind::If: return lower_if(ctx, static_cast<const ast::If&>(c));
    case Kind::While:
    case Kind::Until: {
      auto& loop = static_cast<const ast::Loop&>(c);
      auto* out = make<ir::Loop>(ctx, c);
      out->condition = lower_body(ctx, loop.condition);
      out->body = lower_body(ctx, loop.body);
      return out;
    }
    case Kind::For:
    case Kind::Select: return lower_for(ctx, static_cast<const ast::For&>(c));
    case Kind::ArithFor: {
      auto& loop = static_cast<const ast::ArithFor&>(c);
      auto* out = make<ir::ArithFor>(ctx, c);
      out->init = lower_arith(ctx, *loop.init);
      out->condition = lower_arith(ctx, *loop.condition);
      out->step = lower_arith(ctx, *loop.step);
      out->body = lower_body(ctx, loop.body);
      return out;
    }
    case Kind::Case: return lower_case(ctx, static_cast<const ast::Case&>(c));
    case Kind::Function: {
      auto& f = static_cast<const ast::Function&>(c);
      auto* out = make<ir::Function>(ctx, c);
      out->name = ctx.symbols.intern(f.name);
      out->body = lower_command(ctx, *f.body);
      return out;
    }
    case Kind::Arith: {
      auto* out = make<ir::ArithCommand>(ctx, c);
      out->expression = lower_arith(ctx, *static_cast<const ast::Arith&>(c).expression);
      return out;
    }
    case Kind::Cond: {
      auto* out = make<ir::CondCommand>(ctx, c);
      out->expr = lower_cond(ctx, *static_cast<const ast::Cond&>(c).expr);
      return out;
    }
    case Kind::Coproc: {
      auto& co = static_cast<const ast::Coproc&>(c);
      auto* out = make<ir::Coproc>(ctx, c);
      out->name = ctx.symbols.intern(co.name.empty() ? "COPROC" : co.name);
      out->body = lower_command(ctx, *co.body);
      return out;
    }
    case Kind::Pipeline: return lower_pipeline(ctx, static_cast<const ast::Pipeline&>(c));
    case Kind::AndOr: return lower_and_or(ctx, static_cast<const ast::AndOr&>(c));
  }
  return nullptr;
}

const ir::Command* lower_command(LowerContext& ctx, const ast::Command& c) {
  return deep_call([&] {
    const ir::Command* out = lower_kind(ctx, c);
    if (!c.redirects.empty()) const_cast<ir::Command*>(out)->redirects = lower_redirects(ctx, c.redirects);
    return out;
  });
}

}  // namespace

const ir::List* lower_list(LowerContext& ctx, const ast::List& list) {
  auto* out = ctx.arena.make<ir::List>();
  std::vector<ir::Item> items;
  for (const ast::ListItem& item : list.items) {
    if ((++ctx.items & 1023) == 0) ctx.stopped = ctx.stopped || should_stop();
    if (ctx.stopped) break;
    items.push_back({lower_command(ctx, *item.command), item.separator == ast::Separator::Background});
  }
  out->items = ctx.arena.copy(items);
  out->ast = &list;
  return out;
}

std::shared_ptr<const Program> lower(std::shared_ptr<const SyntaxTree> tree, Symbols& symbols, const LowerOptions& options) {
  auto program = std::make_shared<Program>();
  LowerContext ctx{program->arena, symbols, options};
  if (tree->list) program->list = lower_list(ctx, *tree->list);
  program->tree = std::move(tree);
  return program;
}

}  // namespace nacre
