// Posting and delivering signals, stopping and continuing.
// Source: POSIX 2.4 "Signal Concepts".
#include <algorithm>

#include "kernel/kernel.h"
#include "kernel/life.h"

namespace nacre {

void Kernel::post_signal(Process& target, int sig) {
  auto& life = *target.life_;
  if (life.state == Process::Life::State::Zombie || sig == 0) return;
  SignalAction action = target.actions_[sig];
  SignalDefault def = default_action(sig);
  if (sig == kSigCONT || sig == kSigKILL) {
    for (int s : {kSigSTOP, kSigTSTP, kSigTTIN, kSigTTOU}) target.pending_.remove(s);
    if (life.stopped) {
      life.stopped = false;
      life.status = {WaitStatus::Kind::Continued, 0};
      life.report_stop = sig == kSigCONT;
      life.resumed.notify_all();
      if (Process* parent = find(target.ppid_)) parent->life_->child_event.notify_all();
    }
  }
  bool forced = sig == kSigKILL || sig == kSigSTOP;
  if (!forced) {
    if (target.blocked_.has(sig)) {
      target.pending_.add(sig);
      return;
    }
    if (action == SignalAction::Ignore) return;
    if (action == SignalAction::Default && (def == SignalDefault::Ignore || def == SignalDefault::Continue)) return;
    if (action == SignalAction::Catch) {
      target.caught_.add(sig);
      if (&target != current_ && life.task && !life.direct_child) scheduler_.wake(life.task);
      return;
    }
  }
  bool fatal = forced ? sig == kSigKILL : def == SignalDefault::Term || def == SignalDefault::Core;
  if (fatal && life.direct_child && !life.persistent) {
    // Its frames lie below a child's on the same stack and can unwind only
    // after it; for the rest of the world it is dead now.
    life.dying = true;
    finish(target, {WaitStatus::Kind::Signaled, sig, def == SignalDefault::Core});
    return;
  }
  target.pending_.add(sig);
  // The session's shell outlives the run, but not the programs it runs in the
  // foreground on its own stack: they end with it, so that it can.
  if (fatal) {
    for (Process* p = life.direct_child; p; p = p->life_->direct_child) {
      if (p->life_->dying) continue;
      p->life_->dying = true;
      p->life_->status = {WaitStatus::Kind::Signaled, kSigKILL};
      if (!p->life_->direct_child && p != current_) scheduler_.wake(life.task);
    }
  }
  if (&target != current_ && life.task && !life.direct_child) scheduler_.wake(life.task);
}

int Kernel::post_group(int pgid, int sig) {
  int found = 0;
  std::vector<int> members;
  for (auto& [pid, p] : table_) {
    if (p->pgid_ == pgid && p->life_->state != Process::Life::State::Zombie) members.push_back(pid);
  }
  for (int pid : members) {
    Process* p = find(pid);
    if (!p) continue;
    found++;
    if (sig) post_signal(*p, sig);
  }
  return found;
}

void Kernel::deliver(Process& p) {
  check_alive(p);
  auto& life = *p.life_;
  while (int sig = p.pending_.without(p.blocked_).first()) {
    p.pending_.remove(sig);
    bool forced = sig == kSigKILL || sig == kSigSTOP;
    if (!forced && p.actions_[sig] == SignalAction::Ignore) continue;
    if (!forced && p.actions_[sig] == SignalAction::Catch) {
      p.caught_.add(sig);
      continue;
    }
    SignalDefault def = default_action(sig);
    if (def == SignalDefault::Ignore || def == SignalDefault::Continue) continue;
    if (def == SignalDefault::Stop) {
      life.stopped = true;
      life.status = {WaitStatus::Kind::Stopped, sig};
      life.report_stop = true;
      if (Process* parent = find(p.ppid_)) parent->life_->child_event.notify_all();
      while (life.stopped) {
        scheduler_.wait(life.resumed);
        check_alive(p);
      }
      continue;
    }
    life.dying = true;
    life.status = {WaitStatus::Kind::Signaled, sig, def == SignalDefault::Core};
    throw ProcessDeath{};
  }
}

}  // namespace nacre
