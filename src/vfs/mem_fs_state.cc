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

void MemFsImpl::each_change(const State* before, const State& after, const std::function<void(NodeId, const Inode*, const Inode*)>& f) {
  auto in_memory = [](const Ref<Inode>* n) { return n && !(*n)->gone ? n->get() : nullptr; };
  const InodeMap none;
  InodeMap::diff(before ? before->inodes : none, after.inodes,
                 [&](const Ref<Inode>* a, const Ref<Inode>* b) { f(a ? (*a)->id : (*b)->id, in_memory(a), in_memory(b)); });
}

const Inode* MemFsImpl::host_node(NodeId id) {
  if (!hosts(id)) return nullptr;
  const Inode* n = lower_->inode(id);
  if (!n || !n->is_dir()) return n;
  auto listed = lower_->directory(id);
  return listed ? *listed : nullptr;
}

TreeState MemFsImpl::tree(const State& state) {
  auto with_links = [this, &state](NodeId id) -> const Inode* {
    const Inode* n = find(state, id);
    if (!n || !n->is_dir() || state.inodes.find(id)) return n;
    auto listed = directory_below(id);
    return listed ? *listed : nullptr;
  };
  auto each = [this, &state, with_links](const std::function<void(const Inode&)>& f) {
    state.inodes.for_each([&](const Ref<Inode>& n) {
      if (n->is_dir() && !n->gone) f(*n);
    });
    if (!stored_) return;
    stored_->each_directory([&](NodeId id) {
      if (state.inodes.find(id)) return;
      if (const Inode* n = with_links(id)) f(*n);
    });
  };
  return {state.root, with_links, each};
}

void MemFsImpl::diff(const State& before, const State& after, const std::string& prefix, ChangeSet& out) {
  std::vector<NodeId> changed;
  InodeMap::diff(before.inodes, after.inodes, [&](const Ref<Inode>* a, const Ref<Inode>* b) { changed.push_back(a ? (*a)->id : (*b)->id); });
  diff_trees(tree(before), tree(after), changed, prefix, out);
}

void MemFsImpl::refresh() {
  if (!lower_ || options_.backing_fixed) return;
  forget_recent();
  lower_ = lower_->refreshed();
}

}  // namespace nacre
