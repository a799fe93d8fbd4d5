// SessionStore::diff: two states of a session, compared.
#include <algorithm>

#include "session/store/change_text.h"
#include "session/store/session_trees.h"

namespace nacre {
namespace {

struct Pair {
  std::string from;                 // in the earlier state, where it is another
  const Inode* before = nullptr;
  const Inode* after = nullptr;
};

/// The patch of one file system's changes.
void append_patches(const ChangeSet& changes, const TreeState& before, const TreeState& after, const std::string& prefix, std::string* out) {
  std::map<std::string, Pair> pairs;   // by path
  for (const Rename& r : changes.renamed) {
    for (const std::string& to : paths_below(after, r.to)) {
      const std::string from = r.from + to.substr(r.to.size());
      const Inode *a = node_at(before, from), *b = node_at(after, to);
      if (a && b) pairs[to] = {from, a, b};
    }
  }
  for (const auto* list : {&changes.created, &changes.modified, &changes.mode_changed})
    for (const std::string& p : *list) pairs.try_emplace(p, Pair{p, node_at(before, p), node_at(after, p)});
  for (const std::string& p : changes.deleted) pairs.try_emplace(p, Pair{p, node_at(before, p), nullptr});
  for (const auto& [path, pair] : pairs)
    append_patch(*out, (prefix + pair.from).substr(1), pair.before, (prefix + path).substr(1), pair.after, [](uint32_t) {});
}

/// Two states of which neither came from the other: what either changed since they parted, compared by path.
void compare_by_path(const std::set<std::string>& paths, const TreeState& before, const TreeState& after, ChangeSet* out) {
  for (const std::string& p : paths) {
    const Inode *a = node_at(before, p), *b = node_at(after, p);
    if (!a && !b) continue;
    if (!a) out->created.push_back(p);
    else if (!b) out->deleted.push_back(p);
    else if (!same_content(*a, *b)) out->modified.push_back(p);
    else if (a->mode != b->mode || a->uid != b->uid || a->gid != b->gid) out->mode_changed.push_back(p);
  }
}

/// The layers that both have.
std::shared_ptr<Layers> common(Database& db, const Layers& a, const Layers& b) {
  for (int64_t layer : a.chain())
    if (std::find(b.chain().begin(), b.chain().end(), layer) != b.chain().end()) return std::make_shared<Layers>(db, layer);
  return nullptr;
}

void keep_selected(const std::vector<std::string>& paths, const std::string& prefix, ChangeSet* c) {
  for (auto* list : {&c->created, &c->modified, &c->deleted, &c->mode_changed})
    std::erase_if(*list, [&](const std::string& p) { return !selected(paths, prefix + p); });
  std::erase_if(c->renamed, [&](const Rename& r) { return !selected(paths, prefix + r.from) && !selected(paths, prefix + r.to); });
}

void add(const ChangeSet& c, const std::string& prefix, Diff* out) {
  auto all = [&](const std::vector<std::string>& from, std::vector<std::string>* to) {
    for (const std::string& p : from) to->push_back(p == "/" && !prefix.empty() ? prefix : prefix + p);   // "/": the mount itself
    std::sort(to->begin(), to->end());
  };
  all(c.created, &out->created);
  all(c.modified, &out->modified);
  all(c.deleted, &out->deleted);
  all(c.mode_changed, &out->mode_changed);
  for (const Rename& r : c.renamed) out->renamed.emplace_back(prefix + r.from, prefix + r.to);
  std::sort(out->renamed.begin(), out->renamed.end());
}

}  // namespace

Expected<SessionDiff> SessionStore::diff(const std::string& session, const SessionDiffOptions& o) {
  Impl& s = *impl_;
  SessionRow row;
  auto held = s.find_locked(session, &row);
  if (!held) return held.error();
  SessionRow from = row, to = row;
  from.layer = row.base;
  if (!o.from.empty()) {
    if (auto found = s.find_snapshot(o.from, &from); !found) return found.error();
  } else if (!row.base) {
    return Error{"session.base", "session " + session + " was made by an older nacre, which did not keep its first state",
                 "--from SNAPSHOT compares with a snapshot"};
  }
  if (!o.to.empty()) {
    if (auto found = s.find_snapshot(o.to, &to); !found) return found.error();
  }
  auto now = open_state(s, to);
  if (!now) return now.error();
  OpenState& b = **now;
  auto before = std::make_shared<Layers>(*s.db, from.layer);
  auto shared = common(*s.db, *before, *b.layers);
  const bool descends = shared && shared->chain() == before->chain();
  std::unique_ptr<OpenState> other;
  if (!descends) {
    auto opened = open_state(s, from);
    if (!opened) return opened.error();
    other = std::move(*opened);
  }
  const std::vector<std::string> paths = absolute_paths(o.paths, row.cwd);
  SessionDiff out;
  for (int mount = 0; mount <= static_cast<int>(b.mounts.size()); mount++) {
    if (!b.fs(mount)) continue;
    EarlierTree earlier(b, mount, descends ? before : shared);
    const TreeState after = b.tree(mount);
    TreeState was = earlier.tree();
    ChangeSet changes;
    diff_trees(was, after, earlier.changed(), "", changes);
    std::optional<EarlierTree> origin;
    if (other) {
      std::set<std::string> either;
      add_paths(changes, was, after, &either);
      was = other->tree(mount);
      origin.emplace(*other, mount, shared);
      ChangeSet theirs;
      diff_trees(origin->tree(), was, origin->changed(), "", theirs);
      add_paths(theirs, origin->tree(), was, &either);
      changes = {};
      compare_by_path(either, was, after, &changes);
    }
    const std::string prefix = b.prefix(mount);
    keep_selected(paths, prefix, &changes);
    if (o.content) append_patches(changes, was, after, prefix, &out.patch);
    add(changes, prefix, &out.changes);
  }
  if (!s.db->good()) return s.db->error();
  return out;
}

}  // namespace nacre
