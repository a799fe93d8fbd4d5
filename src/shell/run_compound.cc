// Compound commands: if, loops, case, [[ ]], (( )), ( ), select, coproc.
#include <algorithm>

#include "algo/glob.h"
#include "algo/regex.h"
#include "algo/test_expr.h"
#include "base/deep_call.h"
#include "kernel/pipe.h"
#include "shell/scopes.h"
#include "shell/test_host.h"
#include "syntax/print.h"

namespace nacre {

Flow Shell::run_if(const ir::If& c) {
  for (const ir::IfArm& arm : c.arms) {
    Flow flow;
    {
      Raised guard(no_errexit_);
      flow = run_list(*arm.condition);
    }
    if (flow != Flow::Next) return flow;
    if (state_.last_status == 0) return run_list(*arm.body);
  }
  if (c.otherwise) return run_list(*c.otherwise);
  set_status(0);
  return Flow::Next;
}

/// After a loop body: true when the loop is to end, with flow as its own result.
bool Shell::after_body(Flow& flow) {
  if (flow == Flow::Next) return false;
  if (flow == Flow::Break) {
    if (--loop_count_ <= 0) flow = Flow::Next;
    return true;
  }
  if (flow == Flow::Continue) {
    if (--loop_count_ > 0) return true;
    flow = Flow::Next;
    return false;
  }
  return true;
}

Flow Shell::run_loop(const ir::Loop& c) {
  bool until = c.kind == ast::CommandKind::Until;
  int status = 0;
  Raised depth(loop_depth_);
  while (true) {
    Flow flow;
    {
      Raised guard(no_errexit_);
      flow = run_list(*c.condition);
    }
    if (after_body(flow)) {
      if (flow == Flow::Next) set_status(status);
      return flow;
    }
    if ((state_.last_status == 0) == until) break;
    flow = run_list(*c.body);
    status = state_.last_status;
    if (after_body(flow)) return flow;
  }
  set_status(status);
  return Flow::Next;
}

Flow Shell::run_for(const ir::For& c) {
  std::vector<std::string> list;
  if (!c.has_in) {
    list = positional();
  } else {
    for (const ir::Word* w : c.words) {
      if (!expander_.fields(*w, &list)) return fail_expansion();
    }
  }
  if (!c.valid_name) {
    error("`" + symbols().name(c.name) + "': not a valid identifier");
    set_status(1);
    return state_.options[Option::Posix] ? Flow::Exit : errexit_check();
  }
  int status = 0;
  Raised depth(loop_depth_);
  for (std::string& value : list) {
    if (!step()) return Flow::Exit;
    line_ = lines_.line_of(c);
    const Variable* v = vars().find(c.name);
    bool ok;
    if (v && v->has(kNameref)) {
      // A nameref loop variable is pointed at each name in turn.
      if (!is_name(value) && value.find('[') == value.npos) {
        error("`" + value + "': not a valid identifier");
        set_status(1);
        if (!state_.options[Option::Posix]) return Flow::Next;   // no failure for set -e, as in bash
        ok = false;
      } else {
        ok = expander_.assign(c.name, value, Expander::kNoNameref);
      }
    } else {
      ok = expander_.assign(c.name, value);
    }
    if (!ok) {
      if (expander_.failure() != Expander::Failure::None) return fail_expansion();
      set_status(1);
      if (!state_.options[Option::Posix]) return errexit_check();
      expander_.fail(Expander::Failure::Exit, "");
      return fail_expansion();
    }
    if (state_.options[Option::XTrace] || (*state_.traps)[kTrapDebug].kind == Trap::Kind::Command) {
      if (Flow f = trace_for(c); f != Flow::Next) return f;
    }
    Flow flow = run_list(*c.body);
    status = state_.last_status;
    if (after_body(flow)) {
      if (flow == Flow::Next) set_status(state_.last_status);
      return flow;
    }
  }
  set_status(status);
  return Flow::Next;
}

Flow Shell::run_arith_for(const ir::ArithFor& c) {
  Restore<std::string> name(arith_name_, std::exchange(arith_name_, "(("));
  Flow stopped = Flow::Next;
  auto evaluate = [&](const ir::ArithText& t, int64_t* out) {
    line_ = lines_.line_of(c);
    current_arith_ = &t;
    stopped = debug_trap(c);
    current_arith_ = nullptr;
    if (stopped != Flow::Next) return false;
    if (skips()) return *out = 0, true;
    arith_name_ = "((";
    trace_arith(t);
    return expander_.arith(t, out);
  };
  int64_t n = 0;
  int status = 0;
  auto failed = [&] {
    if (stopped != Flow::Next) return stopped;
    if (expander_.failure() >= Expander::Failure::TopLevel) return fail_expansion();
    expander_.clear_failure();
    set_status(1);
    return errexit_check();
  };
  if (!evaluate(*c.init, &n)) return failed();
  Raised depth(loop_depth_);
  bool always = c.condition->code && c.condition->code->op == ArithOp::Number && c.condition->source.find_first_not_of(" \t\n") == std::string_view::npos;
  while (true) {
    if (!step()) return Flow::Exit;
    n = 1;
    bool traced = (*state_.traps)[kTrapDebug].kind == Trap::Kind::Command;
    if ((!always || traced) && !evaluate(*c.condition, &n)) return failed();
    if (always) n = 1;
    if (n == 0) break;
    arith_name_.clear();
    Flow flow = run_list(*c.body);
    status = state_.last_status;
    if (after_body(flow)) return flow;
    if (!evaluate(*c.step, &n)) return failed();
  }
  set_status(status);
  return Flow::Next;
}

Flow Shell::run_case(const ir::Case& c) {
  if (Flow f = debug_trap(c); f != Flow::Next || skips()) return f;
  std::string subject;
  if (!expander_.string(*c.subject, &subject)) return fail_expansion();
  if (state_.options[Option::XTrace]) trace("case " + std::string(c.subject->ast->raw) + " in");
  set_status(0);
  bool matched = false;
  for (size_t i = 0; i < c.clauses.size(); i++) {
    const ir::Clause& clause = c.clauses[i];
    for (size_t k = 0; k < clause.patterns.size() && !matched; k++) {
      const ir::Word& w = *clause.patterns[k];
      if (w.literal && !state_.options[Option::NoCaseMatch]) {
        matched = subject == w.text;
        continue;
      }
      std::string made;
      auto pattern = expander_.pattern_view(w, &made);
      if (!pattern) return fail_expansion();
      matched = expander_.matches(*pattern, subject);
    }
    if (!matched) continue;
    if (clause.body) {
      Flow flow = run_list(*clause.body);
      if (flow != Flow::Next) return flow;
    } else {
      set_status(0);
    }
    if (clause.end == ast::CaseEnd::Break) return Flow::Next;
    // ;& runs the next clause whatever its patterns; ;;& tests on.
    matched = clause.end == ast::CaseEnd::FallThrough;
  }
  return Flow::Next;
}

// ---------------------------------------------------------------- (( ))

Flow Shell::run_arith(const ir::ArithCommand& c) {
  if (Flow f = debug_trap(c); f != Flow::Next || skips()) return f;
  trace_arith(*c.expression);
  int64_t n = 0;
  arith_name_ = "((";
  bool ok = expander_.arith(*c.expression, &n);
  arith_name_.clear();
  if (!ok) {
    if (expander_.failure() >= Expander::Failure::TopLevel) return fail_expansion();
    expander_.clear_failure();
    set_status(1);
    set_pipestatus(1);
    return errexit_check();
  }
  set_status(n == 0);
  set_pipestatus(n == 0);
  return state_.last_status ? errexit_check() : Flow::Next;
}

// ---------------------------------------------------------------- [[ ]]

Flow Shell::run_cond(const ir::CondCommand& c) {
  if (Flow f = debug_trap(c); f != Flow::Next || skips()) return f;
  bool value = false;
  cond_status_ = 1;
  if (!cond(*c.expr, &value)) {
    Expander::Failure f = expander_.failure();
    if (f >= Expander::Failure::TopLevel || (f == Expander::Failure::Discard && !cond_arith_)) {
      cond_arith_ = false;
      return fail_expansion();
    }
    cond_arith_ = false;
    expander_.clear_failure();
    set_status(cond_status_);
    set_pipestatus(cond_status_);
    return errexit_check();
  }
  set_status(value ? 0 : 1);
  set_pipestatus(value ? 0 : 1);
  return state_.last_status ? errexit_check() : Flow::Next;
}

bool Shell::cond(const ir::Cond& c, bool* value) {
  return deep_call([&] {
    switch (c.kind) {
      case ast::CondKind::And:
        if (!cond(*c.left, value)) return false;
        return !*value || cond(*c.right, value);
      case ast::CondKind::Or:
        if (!cond(*c.left, value)) return false;
        return *value || cond(*c.right, value);
      case ast::CondKind::Not:
        if (!cond(*c.left, value)) return false;
        *value = !*value;
        return true;
      case ast::CondKind::Group: return cond(*c.left, value);
      case ast::CondKind::Word: {
        std::string s;
        if (!expander_.string(*c.a, &s)) return false;
        if (state_.options[Option::XTrace]) trace_cond("-n", s, nullptr);
        *value = !s.empty();
        return true;
      }
      case ast::CondKind::Unary: {
        std::string s;
        if (!expander_.string(*c.a, &s)) return false;
        if (state_.options[Option::XTrace]) trace_cond(c.op, s, nullptr);
        ShellTestHost host(*this);
        *value = test_unary(host, c.op[1], s);
        return true;
      }
      case ast::CondKind::Binary: return cond_binary(c, value);
    }
    return false;
  });
}

bool Shell::cond_binary(const ir::Cond& c, bool* value) {
  std::string_view op = c.op;
  if (c.arith_a) {
    std::string sa, sb;
    if (!expander_.string(*c.a, &sa) || !expander_.string(*c.b, &sb)) return false;
    if (state_.options[Option::XTrace]) trace_cond(op, sa, &sb);
    int64_t a = 0, b = 0;
    arith_name_ = "[[";
    cond_arith_ = true;
    bool ok = expander_.arith(sa, &a) && expander_.arith(sb, &b);
    arith_name_.clear();
    if (!ok) return false;
    cond_arith_ = false;
    *value = op == "-eq" ? a == b : op == "-ne" ? a != b : op == "-lt" ? a < b : op == "-le" ? a <= b : op == "-gt" ? a > b : a >= b;
    return true;
  }
  std::string a, b;
  if (!expander_.string(*c.a, &a)) return false;
  if (op == "=" || op == "==" || op == "!=") {
    bool equal;
    if (c.b->literal && !state_.options[Option::NoCaseMatch]) {
      if (state_.options[Option::XTrace]) trace_cond(op, a, &(b = c.b->text));
      equal = a == c.b->text;
    } else {
      auto pattern = expander_.pattern_view(*c.b, &b);
      if (!pattern) return false;
      if (state_.options[Option::XTrace]) trace_cond(op, a, &(b = *pattern));
      equal = expander_.matches(*pattern, a, kGlobExtended);
    }
    *value = equal == (op != "!=");
    return true;
  }
  if (op == "=~") {
    // Quotes made nothing literal in bash 3.1.
    if (!(state_.options[Option::Compat31] ? expander_.string(*c.b, &b) : expander_.regex(*c.b, &b))) return false;
    if (state_.options[Option::XTrace]) trace_cond(op, a, &b);
    return cond_regex(a, b, value);
  }
  if (!expander_.string(*c.b, &b)) return false;
  if (state_.options[Option::XTrace]) trace_cond(op, a, &b);
  if (op == "<") *value = a < b;
  else if (op == ">") *value = a > b;
  else {
    ShellTestHost host(*this);
    *value = test_files(host, op, a, b);
  }
  return true;
}

// ---------------------------------------------------------------- ( ) and coproc

Flow Shell::run_group_subshell(const ir::Group& c) {
  if (running_trap_ < 0) current_command_ = &c;
  Process& child = fork();
  int pid = child.pid();
  WaitStatus st;
  {
    st = kernel().call(child, [&](Process& p) {
      Shell sub(p, *this);
      sub.line_ = line_;
      sub.jobs_.clear();
      sub.set_tail(*c.body);
      return sub.run_subshell([&] {
        SavedFds none(p);
        if (!sub.redirect(c.redirects, p, nullptr)) {
          sub.set_status(1);
          return Flow::Exit;
        }
        return sub.run_list(*c.body);
      });
    });
  }
  line_ = lines_.line_of(c);
  set_status(st.shell_status());
  set_pipestatus(st.shell_status());
  report_signal(st, pid, c.ast);
  if (st.kind == WaitStatus::Kind::Signaled && st.code == kSigINT) interrupted_ = true;
  return state_.last_status ? errexit_check() : Flow::Next;
}

Flow Shell::run_coproc(const ir::Coproc& c) {
  dispose_coproc();
  if (coproc_.pid) error("warning: execute_coproc: coproc [" + std::to_string(coproc_.pid) + ":" + symbols().name(coproc_.name) + "] still exists");
  auto [out_reader, out_writer] = make_pipe(kernel());
  auto [in_reader, in_writer] = make_pipe(kernel());
  auto mine_out = process_->add_file(out_reader, true, 60);
  auto mine_in = process_->add_file(in_writer, true, 60);
  if (!mine_out || !mine_in) {
    error("cannot make pipe for coproc: " + std::string(message(Errno::MFILE)));
    set_status(1);
    return Flow::Next;
  }
  auto program = program_;
  int out_fd = *mine_out, in_fd = *mine_in;
  Process& child = start_subshell(
      [program, &c](Shell& sub) {
        if (!sub.redirect(c.redirects, sub.process(), nullptr)) {
          sub.set_status(1);
          return Flow::Exit;
        }
        return sub.run_command(*c.body);
      },
      [&](Process& p) {
        p.fds().set(1, out_writer, false);
        p.fds().set(0, in_reader, false);
        // Its own ends, and those of other coprocesses: one that held the other's input
        // would keep it from ever ending.
        for (int fd = 60; fd < static_cast<int>(p.fds().size()); fd++) {
          if (auto* entry = p.fds().entry(fd); entry && entry->cloexec) p.fds().remove(fd);
        }
        p.fds().remove(out_fd);
        p.fds().remove(in_fd);
      });
  state_.last_background = child.pid();
  jobs_.add({{child.pid(), print_command(*c.ast)}}, print_command(*c.ast), child.pgid());
  Variable& v = vars().writable(c.name);
  v.clear_value();
  v.indexed().clear();
  v.indexed().at(0) = std::to_string(out_fd);
  v.indexed().at(1) = std::to_string(in_fd);
  (void)expander_.assign(symbols().intern(symbols().name(c.name) + "_PID"), std::to_string(child.pid()));
  coproc_ = {child.pid(), c.name, out_fd, in_fd};
  set_status(0);
  return Flow::Next;
}

void Shell::dispose_coproc() {
  if (!coproc_.pid) return;
  if (Job* job = jobs_.by_pid(coproc_.pid); job && !job->done()) return;
  (void)process_->close(coproc_.out);
  (void)process_->close(coproc_.in);
  vars().unset(coproc_.name, false);
  vars().unset(symbols().intern(symbols().name(coproc_.name) + "_PID"), false);
  coproc_ = {};
}

}  // namespace nacre
