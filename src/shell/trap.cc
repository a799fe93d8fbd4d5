// Traps. Source: bash manual, trap; POSIX 2.14 trap.
#include <algorithm>

#include "shell/scopes.h"
#include "shell/shell.h"
#include "syntax/print.h"

namespace nacre {
namespace {

/// Signals that end a shell in an orderly way: its EXIT trap is run. Source: bash's terminating signals.
constexpr int kEndingSignals[] = {kSigHUP,  kSigINT,  kSigILL,  kSigTRAP, kSigABRT, kSigFPE,    kSigBUS,  kSigSEGV, kSigSYS,
                                  kSigPIPE, kSigALRM, kSigTERM, kSigXCPU, kSigXFSZ, kSigVTALRM, kSigUSR1, kSigUSR2};

}  // namespace

int Shell::trap_slot(std::string_view name) {
  std::string upper(name);
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  if (upper == "EXIT" || upper == "SIGEXIT") return kTrapExit;
  if (upper == "DEBUG" || upper == "SIGDEBUG") return kTrapDebug;
  if (upper == "ERR" || upper == "SIGERR") return kTrapErr;
  if (upper == "RETURN" || upper == "SIGRETURN") return kTrapReturn;
  return signal_number(name);
}

std::string Shell::trap_name(int slot) {
  switch (slot) {
    case kTrapExit: return "EXIT";
    case kTrapDebug: return "DEBUG";
    case kTrapErr: return "ERR";
    case kTrapReturn: return "RETURN";
    default: {
      std::string n = signal_name(slot);
      return "SIG" + n;
    }
  }
}

void Shell::set_trap(int slot, const std::string* command) {
  if (state_.traps_inherited) {
    // The first trap set in a subshell drops those it only showed.
    state_.traps_inherited = false;
    for (int i = 0; i < kTrapSlots; i++) {
      Trap& t = state_.traps.write()[static_cast<size_t>(i)];
      bool kept = (i == kTrapDebug || i == kTrapReturn) ? state_.options[Option::FuncTrace] : i == kTrapErr && state_.options[Option::ErrTrace];
      if (t.kind == Trap::Kind::Command && !kept) t = Trap{};
    }
  }
  if (slot > 0 && slot < kSigCount && process_->ignored_on_entry(slot) && !state_.interactive) {
    // As bash: still listed as ignored, but `trap - INT` makes SIGINT deadly again.
    if (slot == kSigINT && !command) process_->set_action(slot, SignalAction::Default);
    return;
  }
  Trap& t = state_.traps.write()[static_cast<size_t>(slot)];
  SignalAction action = SignalAction::Default;
  if (!command) {
    t = Trap{};
  } else if (command->empty()) {
    t = {Trap::Kind::Ignore, ""};
    action = SignalAction::Ignore;
  } else {
    t = {Trap::Kind::Command, *command};
    action = SignalAction::Catch;
  }
  if (slot > 0 && slot < kSigCount) {
    if (action == SignalAction::Default && state_.interactive && (slot == kSigINT || slot == kSigTERM || slot == kSigQUIT)) {
      action = slot == kSigINT ? SignalAction::Catch : SignalAction::Ignore;
    }
    process_->set_action(slot, action);
  }
  update_exit_signals();
}

/// A shell with an EXIT trap must live long enough to run it: it catches the
/// signals that would end it, runs the trap, and then dies of the signal.
void Shell::update_exit_signals() {
  bool wanted = (*state_.traps)[kTrapExit].kind == Trap::Kind::Command && !state_.traps_inherited;
  for (int sig : kEndingSignals) {
    if ((*state_.traps)[static_cast<size_t>(sig)].kind != Trap::Kind::Default) continue;
    if (wanted && process_->action(sig) == SignalAction::Default) process_->set_action(sig, SignalAction::Catch);
    else if (!wanted && !state_.interactive && process_->action(sig) == SignalAction::Catch) process_->set_action(sig, SignalAction::Default);
  }
}

void Shell::reset_traps_for_subshell() {
  bool any = false;
  for (int i = 0; i < kTrapSlots; i++) {
    const Trap& t = (*state_.traps)[static_cast<size_t>(i)];
    if (t.kind != Trap::Kind::Command) continue;
    any = true;
    if (i > 0 && i < kSigCount) process_->set_action(i, SignalAction::Default);
  }
  if (any) {
    for (int sig : kEndingSignals) {
      if (process_->action(sig) == SignalAction::Catch) process_->set_action(sig, SignalAction::Default);
    }
  }
  state_.traps_inherited = any;
}

Flow Shell::run_trap(int slot, bool keep_status) {
  std::string command = (*state_.traps)[static_cast<size_t>(slot)].command;
  int status = state_.last_status;
  uint32_t line = line_;
  Flow flow;
  {
    Restore<int> running(running_trap_, std::exchange(running_trap_, slot));
    Restore<int> before(trap_status_, std::exchange(trap_status_, status));
    Restore<Flow> request(requested_, std::exchange(requested_, Flow::Next));
    auto pipes = pipestatus_;
    int single = single_pipestatus_;
    Raised depth(trap_depth_);
    int unused = 0;
    Raised itself(slot >= kTrapDebug ? pseudo_running_[static_cast<size_t>(slot - kTrapDebug)] : unused);
    const char* name = slot == kTrapDebug    ? "debug trap"
                       : slot == kTrapErr    ? "error trap"
                       : slot == kTrapReturn ? "return trap"
                       : slot == kSigINT     ? "interrupt trap"
                                             : "trap";
    Restore<const char*> text_name(text_name_, std::exchange(text_name_, name));
    flow = run_text(command, slot == kTrapDebug || slot == kTrapErr || slot == kTrapReturn ? line_ : 1);
    pipestatus_ = pipes;
    single_pipestatus_ = single;
  }
  line_ = line;
  if (flow == Flow::Next && keep_status) set_status(status);
  if (flow == Flow::Return && !in_function() && !in_source()) flow = Flow::Next;
  return flow;
}

Flow Shell::run_pending_traps() {
  while (true) {
    int sig = process_->take_caught();
    if (sig == 0) return Flow::Next;
    const Trap& t = (*state_.traps)[static_cast<size_t>(sig)];
    if (t.kind == Trap::Kind::Command && !state_.traps_inherited) {
      // SIGCHLD does not coalesce for the shell: once for each child.
      uint32_t times = sig == kSigCHLD ? std::max(1u, process_->take_children_ended()) : 1;
      for (uint32_t i = 0; i < times; i++) {
        Flow flow = run_trap(sig);
        if (flow != Flow::Next) return flow;
      }
      continue;
    }
    if (t.kind == Trap::Kind::Ignore) continue;
    if (state_.interactive) {
      if (sig == kSigINT) {
        interrupted_ = true;
        set_status(130);
        return Flow::Discard;
      }
      continue;
    }
    // Caught only for the sake of the EXIT trap.
    (void)leave();
    process_->set_action(sig, SignalAction::Default);
    (void)process_->kill(process_->pid(), sig);
    return Flow::Exit;
  }
}

Flow Shell::err_trap() {
  if ((*state_.traps)[kTrapErr].kind != Trap::Kind::Command || pseudo_running_[kTrapErr - kTrapDebug]) return Flow::Next;
  if (state_.traps_inherited && !state_.options[Option::ErrTrace]) return Flow::Next;
  return run_trap(kTrapErr);
}

/// The RETURN trap, after a function or a sourced file. When `return` ended it the trap
/// sees $? as it was before that.
Flow Shell::return_trap(bool by_return) {
  if ((*state_.traps)[kTrapReturn].kind != Trap::Kind::Command || pseudo_running_[kTrapReturn - kTrapDebug]) return Flow::Next;
  if (state_.traps_inherited && !state_.options[Option::FuncTrace]) return Flow::Next;
  int status = state_.last_status;
  if (by_return) state_.last_status = status_before_return_;
  Flow flow = run_trap(kTrapReturn);
  if (flow == Flow::Next) state_.last_status = status;
  return flow;
}

/// The DEBUG trap, before a simple command.
Flow Shell::debug_trap(const ir::Command& c) {
  // $BASH_COMMAND is what the trap was run for, also inside the trap.
  if (running_trap_ < 0) current_command_ = &c;
  const Trap& t = (*state_.traps)[kTrapDebug];
  if (t.kind != Trap::Kind::Command || pseudo_running_[0] || std::exchange(debugged_, nullptr) == &c) return Flow::Next;
  if (state_.traps_inherited && !state_.options[Option::FuncTrace]) return Flow::Next;
  int status = state_.last_status;
  Flow flow = run_trap(kTrapDebug, false);
  if (flow != Flow::Next) return flow;
  int trap_status = std::exchange(state_.last_status, status);
  if (running_trap_ < 0) current_command_ = &c;
  if (!state_.options[Option::ExtDebug] || trap_status == 0) return Flow::Next;
  // A debugger's answer: 2 leaves the function, anything else skips the command.
  if (trap_status == 2 && (in_function() || in_source())) return Flow::Return;
  skip_command_ = true;
  return Flow::Next;
}

}  // namespace nacre
