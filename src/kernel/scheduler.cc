#include "kernel/scheduler.h"

#include <algorithm>

#include "base/check.h"
#include "kernel/kernel.h"

namespace nacre {

WaitQueue::~WaitQueue() { notify_all(); }

void WaitQueue::notify_all() {
  if (waiters_.empty()) return;
  std::vector<Task*> woken;
  woken.swap(waiters_);
  for (Task* t : woken) {
    t->woken = true;
    scheduler_->make_ready(t);
  }
}

Scheduler::~Scheduler() {
  for (Task* t : tasks_) delete t;
}

Task* Scheduler::spawn(Fiber::Entry entry) {
  auto* task = new Task(std::move(entry));
  task->index = tasks_.size();
  tasks_.push_back(task);
  make_ready(task);
  return task;
}

void Scheduler::make_ready(Task* task) {
  if (task->queued) return;
  task->queued = true;
  ready_.push_back(task);
}

void Scheduler::wake(Task* task) {
  task->woken = true;
  make_ready(task);
}

void Scheduler::resume(Task* task) {
  Task* outer = current_;
  current_ = task;
  kernel_.current_ = task->process;
  task->fiber.resume();
  task->process = kernel_.current_;
  current_ = outer;
  kernel_.current_ = outer ? outer->process : nullptr;
  if (task->fiber.done()) {
    tasks_.back()->index = task->index;
    std::swap(tasks_[task->index], tasks_.back());
    tasks_.pop_back();
    if (task->queued) std::erase(ready_, task);
    delete task;
  }
}

void Scheduler::suspend() {
  NACRE_CHECK(current_);
  Fiber::suspend();
}

bool Scheduler::wait(std::span<WaitQueue* const> queues, const Timespec* deadline) {
  Task* me = current_;
  me->woken = false;
  for (WaitQueue* q : queues) {
    q->scheduler_ = this;
    q->waiters_.push_back(me);
  }
  TimerKey key{deadline ? *deadline : Timespec{}, ++timer_order_};
  if (deadline) timers_.emplace(key, Timer{me, nullptr});
  suspend();
  if (deadline) timers_.erase(key);
  for (WaitQueue* q : queues) std::erase(q->waiters_, me);
  return me->woken;
}

bool Scheduler::wait_host(int handle, bool write, const Timespec* deadline) {
  Task* me = current_;
  host_waiters_.push_back({handle, write, me});
  bool woken = wait(std::span<WaitQueue* const>{}, deadline);
  std::erase_if(host_waiters_, [&](const HostWaiter& w) { return w.task == me; });
  return woken;
}

void Scheduler::yield() {
  if (ready_.empty()) return;
  make_ready(current_);
  suspend();
}

uint64_t Scheduler::add_timer(const Timespec& due, std::function<void()> fn) {
  timers_.emplace(TimerKey{due, ++timer_order_}, Timer{nullptr, std::move(fn)});
  return timer_order_;
}

void Scheduler::cancel_timer(uint64_t id) {
  if (id) std::erase_if(timers_, [id](const auto& t) { return t.first.second == id; });
}

void Scheduler::expire_timers() {
  while (!timers_.empty() && timers_.begin()->first.first <= kernel_.now(Clock::Monotonic)) {
    auto due = timers_.extract(timers_.begin());
    if (due.mapped().task) make_ready(due.mapped().task);
    else due.mapped().fn();
  }
}

bool Scheduler::idle() {
  if (host_waiters_.empty() && timers_.empty()) {
    // Everybody waits for somebody else: for ever, but for a person with a keyboard.
    Process* shell = kernel_.find(1);
    bool keyboard = shell && shell->isatty(0);
    if (keyboard) kernel_.host().wait({}, nullptr);
    kernel_.outside_events();
    return keyboard || !ready_.empty();
  }
  const Timespec* due = timers_.empty() ? nullptr : &timers_.begin()->first.first;
  Timespec limit = kernel_.deadline_;
  if (kernel_.has_deadline_ && (!due || limit < *due)) due = &limit;
  if (kernel_.options().virtual_clock && host_waiters_.empty()) {
    kernel_.advance_to(*due);
  } else {
    std::vector<Host::Poll> polls;
    for (const HostWaiter& w : host_waiters_) polls.push_back({w.handle, !w.write, w.write});
    kernel_.host().wait(polls, due);
    for (size_t i = 0; i < polls.size(); i++) {
      if (!polls[i].ready) continue;
      host_waiters_[i].task->woken = true;
      make_ready(host_waiters_[i].task);
    }
  }
  kernel_.outside_events();
  expire_timers();
  return true;
}

bool Scheduler::step() {
  if (ready_.empty()) return idle();
  Task* task = ready_.front();
  ready_.pop_front();
  task->queued = false;
  resume(task);
  return true;
}

bool Scheduler::run_until(const bool& done) {
  while (!done) {
    if (!step()) return false;
  }
  return true;
}

}  // namespace nacre
