// Statements, and the run as a whole: BEGIN, the records, END.
#include <cmath>

#include "base/deep_call.h"
#include "commands/awk/interp.h"

namespace nacre {

AwkInterp::Flow AwkInterp::exec_block(const AwkNode* n) {
  for (const AwkNode* s : n->list) {
    Flow f = exec(s);
    if (f != Flow::Normal) return f;
  }
  return Flow::Normal;
}

AwkInterp::Flow AwkInterp::exec_for_in(const AwkNode* n) {
  std::shared_ptr<AwkArray> held = array_ref(n->b);
  AwkArray* procinfo = globals_[kPROCINFO].array.get();
  AwkValue* order = procinfo ? procinfo->find("sorted_in") : nullptr;
  std::string how;
  if (order) append_value(*order, how);
  std::vector<std::string> keys = how.empty() ? held->keys() : sorted_keys(*held, how);
  for (auto& k : keys) {
    if (!held->find(k)) continue;
    assign(n->a, AwkValue::string(k));
    if ((++ticks_ & 63) == 0) p_.tick(8);
    Flow f = exec(n->c);
    if (f == Flow::Break) break;
    if (f != Flow::Normal && f != Flow::Continue) return f;
  }
  return Flow::Normal;
}

AwkInterp::Flow AwkInterp::exec_switch(const AwkNode* n) {
  AwkValue v = eval(n->a);
  size_t start = n->list.size(), otherwise = n->list.size();
  for (size_t i = 0; i < n->list.size() && start == n->list.size(); i++) {
    const AwkNode* c = n->list[i];
    if (!c->a) {
      otherwise = i;
      continue;
    }
    if (c->a->op == AwkOp::Regex || c->a->op == AwkOp::RegexValue) {
      std::string s;
      append_value(v, s);
      if (regex(c->a).matches(s)) start = i;
    } else if (compare_values(v, eval(c->a)) == 0) {
      start = i;
    }
  }
  if (start == n->list.size()) start = otherwise;
  for (size_t i = start; i < n->list.size(); i++) {
    Flow f = exec_block(n->list[i]);
    if (f == Flow::Break) return Flow::Normal;
    if (f != Flow::Normal) return f;
  }
  return Flow::Normal;
}

AwkInterp::Flow AwkInterp::exec_compound(const AwkNode* n) {
  switch (n->op) {
    case AwkOp::If:
      now_ = n;
      if (truth(n->a)) return pending_ != Flow::Normal ? pending_ : exec(n->b);
      return pending_ != Flow::Normal ? pending_ : n->c ? exec(n->c) : Flow::Normal;
    case AwkOp::While:
    case AwkOp::Do:
      now_ = n;
      if (n->op == AwkOp::While && !truth(n->a)) return pending_;
      do {
        if (pending_ != Flow::Normal) return pending_;
        if ((++ticks_ & 63) == 0) p_.tick(16);
        Flow f = exec(n->b);
        if (f == Flow::Break) break;
        if (f != Flow::Normal && f != Flow::Continue) return f;
      } while (truth(n->a));
      return pending_;
    case AwkOp::For:
      if (n->a) exec(n->a);
      while (!n->b || truth(n->b)) {
        if (pending_ != Flow::Normal) return pending_;
        if ((++ticks_ & 63) == 0) p_.tick(16);
        Flow f = exec(n->d);
        if (f == Flow::Break) break;
        if (f != Flow::Normal && f != Flow::Continue) return f;
        if (n->c) exec(n->c);
      }
      return pending_;
    case AwkOp::ForIn: return exec_for_in(n);
    case AwkOp::Switch: return exec_switch(n);
    default: return Flow::Normal;
  }
}

AwkInterp::Flow AwkInterp::exec(const AwkNode* n) {
  switch (n->op) {
    case AwkOp::Block: return deep_call([&] { return exec_block(n); });
    case AwkOp::If:
    case AwkOp::While:
    case AwkOp::Do:
    case AwkOp::For:
    case AwkOp::ForIn:
    case AwkOp::Switch: return deep_call([&] { return exec_compound(n); });
    case AwkOp::Expr: {
      now_ = n;
      const AwkNode* e = n->a;
      if (e->op == AwkOp::PostInc || e->op == AwkOp::PreInc) step(e->a, 1, true);
      else if (e->op >= AwkOp::AddTo && e->op <= AwkOp::PowTo) number(e);
      else if (e->op == AwkOp::Assign) run_assignment(e);
      else if (e->op == AwkOp::Regex || (e->op >= AwkOp::And && e->op <= AwkOp::GreaterEq)) truth(e);
      else eval(e);
      return pending_;
    }
    case AwkOp::Print:
    case AwkOp::Printf:
      now_ = n;
      print(n);
      return pending_;
    case AwkOp::Next: now_ = n; return Flow::Next;
    case AwkOp::NextFile: now_ = n; return Flow::NextFile;
    case AwkOp::Break: return Flow::Break;
    case AwkOp::Continue: return Flow::Continue;
    case AwkOp::Exit:
      if (n->a) exit_status_ = static_cast<int>(static_cast<int64_t>(number(n->a)) & 255);
      return Flow::Exit;
    case AwkOp::Return:
      now_ = n;
      return_value_ = n->a ? eval(n->a) : AwkValue();
      return Flow::Return;
    case AwkOp::Delete: {
      now_ = n;
      if (n->a->op == AwkOp::Global && (n->a->slot == symtab_ || n->a->slot == functab_)) fatal("`delete' is not allowed with " + name_of(n->a));
      AwkArray& a = array(n->a);
      std::string keep;
      if (n->list.empty()) a.clear();
      else a.erase(subscript(n, keep));
      return Flow::Normal;
    }
    default: return Flow::Normal;
  }
}

void AwkInterp::print(const AwkNode* n) {
  Output* out = &out_;
  std::string buffer;
  if (n->op == AwkOp::Printf) {
    buffer.swap(print_buffer_);   // a function among the arguments that prints too finds none
    buffer.clear();
    format(n->list, buffer);
    if (n->redirect) out = output_for(n);
    if (out) out->write(buffer);
    buffer.swap(print_buffer_);
    return;
  } else if (n->list.empty()) {
    if (!n->redirect) {
      out_.write(field_view(0));
      out_.write(ors_);
      return;
    }
    buffer = std::string(field_view(0)) + ors_;
  } else {
    std::string& b = print_buffer_;
    std::string local;
    // An argument may print itself (a function): then the shared buffer is taken.
    std::swap(local, b);
    local.clear();
    for (size_t i = 0; i < n->list.size(); i++) {
      if (i) local += ofs_;
      const AwkNode* a = n->list[i];
      if (a->op == AwkOp::String || a->op == AwkOp::Field || a->op == AwkOp::Concat) append(a, local);
      else append_as(eval(a), local, ofmt_);
    }
    local += ors_;
    if (n->redirect) out = output_for(n);
    if (out) out->write(local);
    std::swap(local, b);
    return;
  }
  if (n->redirect) out = output_for(n);
  if (out) out->write(buffer);
}

AwkInterp::Flow AwkInterp::run_rules() {
  for (auto& r : prog_.rules) {
    if (r.first) now_ = r.first;
    if (r.last) {
      if (!r.active) {
        if (!truth(r.first)) continue;
        r.active = true;
      }
      if (truth(r.last)) r.active = false;
    } else if (r.first && !truth(r.first)) {
      if (pending_ != Flow::Normal) return std::exchange(pending_, Flow::Normal);
      continue;
    }
    if (!r.body) {
      out_.write(field_view(0));
      out_.write(ors_);
      continue;
    }
    Flow f = exec(r.body);
    if (pending_ != Flow::Normal) f = std::exchange(pending_, Flow::Normal);
    if (f == Flow::Next || f == Flow::NextFile || f == Flow::Exit) return f;
  }
  return Flow::Normal;
}

int AwkInterp::run(const std::string& name, const std::vector<std::string>& operands) {
  AwkArray& argv = *(globals_[kARGV].array = std::make_shared<AwkArray>());
  argv.at("0") = AwkValue::string(name);
  for (size_t i = 0; i < operands.size(); i++) argv.at(std::to_string(i + 1)) = input_value(operands[i]);
  globals_[kARGC].value = AwkValue(static_cast<double>(operands.size() + 1));
  make_tables();
  Flow f = Flow::Normal;
  auto run_list = [&](const std::vector<AwkNode*>& list) {
    for (const AwkNode* b : list) {
      Flow r = exec(b);
      if (pending_ != Flow::Normal) r = std::exchange(pending_, Flow::Normal);
      if (r == Flow::Exit) return r;
      // Only a function can bring it here: elsewhere it is no syntax.
      if (r == Flow::Next || r == Flow::NextFile)
        fatal(std::string(r == Flow::Next ? "`next'" : "`nextfile'") + " cannot be called from a `" + (&list == &prog_.begin ? "BEGIN" : "END") + "' rule");
    }
    return Flow::Normal;
  };
  f = run_list(prog_.begin);
  bool reads = !prog_.rules.empty() || !prog_.end.empty() || !prog_.begin_file.empty() || !prog_.end_file.empty();
  if (f != Flow::Exit && reads) {
    while (next_record()) {
      f = run_rules();
      if (f == Flow::Exit) break;
      if (f == Flow::NextFile) finish_file();
    }
    if (f == Flow::Exit) end_inplace();
  }
  // exit elsewhere still runs END; exit in END ends it.
  in_end_ = true;
  run_list(prog_.end);
  in_end_ = false;
  flush_all();
  now_ = nullptr;
  while (!streams_.empty()) {
    const std::string name = streams_.begin()->first;
    const bool pipe = streams_.begin()->second.pipe.pid != 0;
    close_stream(name);
    lint(std::string("no explicit close of ") + (pipe ? "pipe" : "file") + " `" + name + "' provided");
  }
  return exit_status_;
}

}  // namespace nacre
