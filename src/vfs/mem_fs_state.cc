// Snapshots: a State is plain values and shared structure, so taking, restoring
// and forking one copies a few words. What nothing refers to any more is freed
// then, in time proportional to what changed since.
#include <algorithm>

#include "vfs/mem_fs_impl.h"

namespace nacre {

MemFsImpl::MemFsImpl(const MemFsImpl& from, TimeSource* clock, Budget* budget)
    : options_(from.options_), state_(from.state_), lower_(from.lower_), stored_(from.stored_) {
  options_.clock = clock;
  options_.budget = budget;
  // Nobody holds the orphans here.
  for (NodeId id : std::exchange(state_.orphans, {})) forget(id);
}

std::shared_ptr<const MemFs::State> MemFsImpl::snapshot() {
  share_recent();
  return std::make_shared<const State>(state_);
}

void MemFsImpl::restore(const std::shared_ptr<const State>& state) {
  // Ids given out since must not come back as another file while somebody holds them.
  const NodeId next = std::max(state_.next, state->next);
  forget_recent();
  state_ = *state;
  state_.next = next;
  for (NodeId id : std::exchange(state_.orphans, {})) forget(id);
}

std::unique_ptr<MemFs> MemFsImpl::fork(TimeSource* clock, Budget* budget) {
  share_recent();
  return std::make_unique<MemFsImpl>(*this, clock, budget);
}

void MemFsImpl::refresh() {
  if (lower_ && !options_.backing_fixed) lower_ = lower_->refreshed();
}

}  // namespace nacre
