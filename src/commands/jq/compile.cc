/// Names to places: the walk over the tree.
#include "commands/jq/compile.h"

#include <algorithm>

#include "base/deep_call.h"

namespace nacre::jq {
namespace {

bool binds(const Node* n);
bool binds_any(const std::vector<Node*>& list) {
  for (const Node* n : list)
    if (n && binds(n)) return true;
  return false;
}
// Whether a node needs variables of a frame.
bool binds(const Node* n) {
  switch (n->op) {
    case Op::Reduce:
    case Op::Foreach:
    case Op::Bind:
    case Op::Label:
    case Op::Define: return true;
    default: break;
  }
  for (const Node* part : {n->a, n->b, n->c, n->d})
    if (part && deep_call([&] { return binds(part); })) return true;
  return binds_any(n->list);
}

}  // namespace

std::string describe(const Problem& problem, const Source& source) {
  std::string out = "jq: error: " + problem.message;
  if (!problem.placed) return out + "\n";
  std::string_view text = source.text;
  size_t at = std::min<size_t>(problem.offset, text.size());
  size_t start = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
  size_t end = std::min(text.find('\n', at), text.size());
  size_t line = 1;
  for (char c : text.substr(0, start)) line += c == '\n';
  out += " at " + source.name + ", line " + std::to_string(line) + ", column " + std::to_string(at - start + 1) + ":\n    ";
  out += text.substr(start, end - start);
  out += "\n    " + std::string(at - start, ' ') + std::string(std::max<size_t>(1, std::min<size_t>(problem.length, end - at)), '^') + "\n";
  return out;
}

void Compiler::report(const Problem& p, const Source& s) {
  errors_ += describe(p, s);
  error_count_++;
}

void Compiler::undefined(Node* n, const std::string& what) { report({what + " is not defined", n->offset, n->length}, *source_); }

int Compiler::declare(const std::string& name, std::map<std::string, int>* shared) {
  if (shared) {
    auto found = shared->find(name);
    if (found != shared->end()) return found->second;
  }
  int slot = (*slots_)++;
  if (shared) (*shared)[name] = slot;
  names_.push_back({Name::Variable, name, 0, level_, slot});
  return slot;
}

// `shared`: with ?//, one variable per name over all patterns.
Card Compiler::visit_pattern(Pattern& p, std::map<std::string, int>* shared) {
  if (p.kind == Pattern::Variable) {
    p.slot = declare(p.name, shared);
    return kOne;
  }
  Card card = kOne;
  for (auto& e : p.elements) card |= deep_call([&] { return visit_pattern(*e, shared); });
  for (auto& f : p.fields) {
    card |= visit(f.key);
    if (!f.variable.empty()) f.slot = declare(f.variable, shared);
    if (f.value) card |= deep_call([&] { return visit_pattern(*f.value, shared); });
  }
  return card;
}

Card Compiler::visit_bind(Node* n) {
  Card card = visit(n->a);
  size_t mark = names_.size();
  if (n->patterns.size() == 1) {
    card |= visit_pattern(*n->patterns[0], nullptr);
  } else {
    std::map<std::string, int> shared;
    for (auto& p : n->patterns) visit_pattern(*p, &shared);
    for (auto& [name, slot] : shared) n->all_slots.push_back(slot);
    card = kMany;
  }
  card |= visit(n->b);
  names_.resize(mark);
  return card;
}

Card Compiler::visit_fold(Node* n) {
  visit(n->a);
  Card card = visit(n->b);
  size_t mark = names_.size();
  std::map<std::string, int> shared;
  for (auto& p : n->patterns) visit_pattern(*p, n->patterns.size() > 1 ? &shared : nullptr);
  for (auto& [name, slot] : shared) n->all_slots.push_back(slot);
  visit(n->c);
  if (n->d) visit(n->d);
  names_.resize(mark);
  return n->op == Op::Foreach ? kMany : card;
}

Card Compiler::visit_object(Node* n) {
  Card card = kOne;
  for (Node* part : n->list)
    if (part) card |= visit(part);
  return card;
}

void Compiler::visit_function(FunctionDef* f) {
  names_.push_back({Name::Function, f->name, f->params.size(), level_, 0, f});
  f->level = level_ + 1;
  size_t inside = names_.size();
  for (size_t i = 0; i < f->params.size(); i++) names_.push_back({Name::Parameter, f->params[i], 0, f->level, static_cast<int>(i)});
  int* outer = std::exchange(slots_, &f->slots);
  level_++;
  visit(f->body);
  level_--;
  slots_ = outer;
  f->compiled = true;
  names_.resize(inside);
}

// An argument that binds variables runs in a frame of its own, below the one it is written in.
void Compiler::visit_argument(Node*& n) {
  if (n->op == Op::Call && n->list.empty()) {   // most are a parameter handed on
    visit(n);
    return;
  }
  if (!binds(n)) {
    visit(n);
    return;
  }
  n->own_frame = true;
  int* outer = std::exchange(slots_, &n->frame_slots);
  level_++;
  visit(n);
  level_--;
  slots_ = outer;
}

Card Compiler::function_card(Node* n, const FunctionDef* f) {
  if (!f->compiled || f->body->card & kMany) return kMany;
  Card card = kOne;
  for (size_t i = 0; i < n->list.size(); i++)
    if (i < 31 && f->body->card & (1u << i)) card |= n->list[i]->own_frame && n->list[i]->card ? kMany : n->list[i]->card;
  return card;
}

Card Compiler::visit_call(Node* n) {
  for (size_t i = names_.size(); i-- > 0;) {
    const Name& name = names_[i];
    if (name.name != n->name || name.arity != n->list.size()) continue;
    if (name.kind == Name::Parameter) {
      n->op = Op::Parameter;
      n->depth = level_ - name.level;
      n->slot = name.slot;
      return n->depth == 0 && n->slot < 31 ? 1u << n->slot : kMany;
    }
    if (name.kind != Name::Function) continue;
    n->op = Op::Function;
    n->function = name.function;
    n->depth = level_ - (name.function->level - 1);
    for (Node*& a : n->list) visit_argument(a);
    return function_card(n, n->function);
  }
  return visit_builtin(n);
}

Card Compiler::visit_node(Node* n) {
  Card card = kOne;
  switch (n->op) {
    case Op::Identity:
    case Op::Literal: return kOne;
    case Op::RecurseAll: return kMany;
    case Op::Call: return visit_call(n);
    case Op::Bind: return visit_bind(n);
    case Op::Reduce:
    case Op::Foreach: return visit_fold(n);
    case Op::Object: return visit_object(n);
    case Op::Array:
      if (n->a) visit(n->a);
      return kOne;
    case Op::Iterate: visit(n->a); return kMany;
    case Op::Comma:
      visit(n->a);
      visit(n->b);
      return kMany;
    case Op::Update:
      visit(n->a);
      visit(n->b);
      return kOne;
    case Op::Assign:
    case Op::ArithUpdate:
    case Op::AltUpdate: visit(n->a); return visit(n->b);
    case Op::Define: {
      size_t mark = names_.size();
      visit_function(n->function);
      card = visit(n->a);
      names_.resize(mark);
      return card;
    }
    case Op::Label: {
      n->slot = (*slots_)++;
      names_.push_back({Name::Label, n->name, 0, level_, n->slot});
      card = visit(n->a);
      names_.pop_back();
      return card;
    }
    case Op::Break:
    case Op::Variable: {
      Name::Kind want = n->op == Op::Break ? Name::Label : Name::Variable;
      for (size_t i = names_.size(); i-- > 0;) {
        const Name& name = names_[i];
        if (name.name != n->name || (name.kind != want && !(want == Name::Variable && name.kind == Name::Global))) continue;
        n->depth = level_ - name.level;
        n->slot = name.slot;
        if (name.kind == Name::Global) n->op = Op::Global;
        return kOne;
      }
      undefined(n, n->op == Op::Break ? "$*label-" + n->name : "$" + n->name);
      return kOne;
    }
    default: break;
  }
  for (Node* part : {n->a, n->b, n->c, n->d})
    if (part) card |= visit(part);
  for (Node* part : n->list) card |= visit(part);
  return card;
}

Card Compiler::visit(Node* n) {
  Card card = deep_call([&] { return visit_node(n); });
  return n->card = card;
}

bool Compiler::compile(const std::string& text, const std::map<std::string, Value>& globals) {
  program_.sources.push_back(std::make_unique<Source>());
  Source& source = *program_.sources.back();
  source.name = "<top-level>";
  source.text = text;
  std::vector<Problem> problems;
  parse_program(program_, source, false, problems);
  for (const Problem& p : problems) report(p, source);
  if (error_count_) return false;
  if (!source.body && !source.functions.empty() && source.imports.empty()) {
    report({"Top-level program not given (try \".\")", 0, 0, false}, source);
    return false;
  }
  if (!source.body) source.body = program_.make(Op::Identity);
  main_ = program_.make_function();
  std::vector<Name> names;
  for (const auto& [name, value] : globals) {
    names.push_back({Name::Global, name, 0, 0, static_cast<int>(globals_.size())});
    globals_.push_back(value);
  }
  if (std::string own = files_.home + "/.jq"; !files_.home.empty() && files_.exists(own)) {   // definitions of the user's own
    Module* m = load_module(own);
    if (!m) return false;
    names.insert(names.end(), m->names.begin(), m->names.end());
  }
  std::vector<Name> imported;
  if (!load_imports(source, ".", imported)) return false;
  names.insert(names.end(), imported.begin(), imported.end());
  names_ = names;
  source_ = &source;
  slots_ = &main_->slots;
  level_ = 0;
  for (FunctionDef* f : source.functions) visit_function(f);
  main_->body = source.body;
  visit(main_->body);
  return error_count_ == 0;
}

}  // namespace nacre::jq
