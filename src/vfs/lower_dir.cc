#include "vfs/lower_dir.h"

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <utility>
#include <vector>

#include "vfs/host_types.h"
#include "vfs/lock.h"

namespace nacre {
namespace {

constexpr uint32_t kAskedOneByOne = 3;
constexpr size_t kAtOnce = 256;
constexpr uint32_t kMostWhole = 64;

class HostSource;

}  // namespace

/// What all generations of one mount have in common: ids, and open handles.
struct LowerDir::Shared {
  /// Its children are those last listed: where the ids of a new listing come from.
  using Known = HostPlace;
  struct OpenFile {
    const HostSource* owner = nullptr;
    int64_t handle = -1;
    uint64_t used = 0;
  };

  ~Shared() {
    for (OpenFile& f : open)
      if (f.owner) host->close(f.handle);
  }
  std::string path(NodeId id) const {
    std::vector<std::string_view> parts;
    for (; id != kRoot; id = at(id).parent) parts.push_back(at(id).name.view());
    std::string out;
    for (size_t i = parts.size(); i-- > 0;) {
      if (!out.empty()) out += '/';
      out += parts[i];
    }
    return out;
  }

  /// One past the ids in use.
  NodeId end() const { return first + nodes.size() * 2; }
  bool has(NodeId id) const { return id >= first ? id < end() : stored->place(id) != nullptr; }
  /// Of an id for which has() holds.
  Known& at(NodeId id) const {
    if (id >= first) return const_cast<Known&>(nodes[(id - first) / 2]);
    auto [found, fresh] = from_store.try_emplace(id);
    if (fresh) {
      if (const HostPlace* p = stored->place(id)) found->second = *p;
      else found->second.parent = kRoot;   // of a damaged store
    }
    return found->second;
  }

  std::shared_ptr<HostDir> host;
  uint32_t uid, gid;
  std::shared_ptr<StoredNodes> stored;   // ids below `first` are from there
  NodeId first = kRoot;
  Mutex mutex;  // of everything below, and of the facts of each generation
  std::deque<Known> nodes;
  mutable std::unordered_map<NodeId, Known> from_store;
  OpenFile open[32];
  uint64_t tick = 0;
};

/// One generation: what was read of the host.
struct LowerDir::Facts {
  struct Fact {
    Ref<Inode> inode;
    Ref<Inode> listed;  // a directory with its links: another object, since the first may be in use
    uint32_t asked = 0;  // a directory: how often a node in it was missing
  };
  Fact& of(NodeId id) {
    if (nodes.size() <= id / 2) nodes.resize(id / 2 + 1);
    return nodes[id / 2];
  }
  std::deque<Fact> nodes;
  uint32_t whole = 0;   // directories in a row that were wanted entry by entry
  uint32_t to_read_whole = 0;   // so many of the next ones are read at the first question
};

namespace {

/// The bytes of a host file. Handles are few; they are opened again by path as needed.
class HostSource final : public Source {
 public:
  using Shared = LowerDir::Shared;
  /// just_seen: `seen` is what the host has said in this run.
  HostSource(std::shared_ptr<Shared> shared, std::string path, const HostStat& seen, bool strict, bool just_seen)
      : shared_(std::move(shared)), path_(std::move(path)), seen_(seen), strict_(strict), just_seen_(just_seen) {}
  /// Of a file that is open; `shared` is locked.
  HostSource(std::shared_ptr<Shared> shared, std::string path, const HostStat& seen, int64_t handle)
      : shared_(std::move(shared)), path_(std::move(path)), seen_(seen), strict_(false), just_seen_(false) {
    keep(handle);
  }
  ~HostSource() override {
    Lock lock(shared_->mutex);
    if (auto* f = mine()) forget(*f);
  }

  uint64_t size() override { return seen_.size; }

  Result<size_t> read(uint64_t offset, std::span<char> out) override {
    if (offset >= seen_.size) return size_t{0};
    out = out.first(static_cast<size_t>(std::min<uint64_t>(out.size(), seen_.size - offset)));
    Lock lock(shared_->mutex);
    NACRE_TRY(int64_t handle, open());
    if (strict_) {
      HostStat now;
      if (shared_->host->stat_handle(handle, now) < 0 || !same(now)) return Errno::IO;
    }
    HostResult n = shared_->host->read(handle, offset, out);
    if (n < 0) return errno_of(n);
    return static_cast<size_t>(n);
  }

  bool origin(HostBytes* out) const override {
    *out = {path_, seen_.size, seen_.mtime, strict_};
    return true;
  }

  Result<Ref<Source>> pin() override {
    if (strict_) return Ref<Source>(this);
    HostStat now;
    {
      Lock lock(shared_->mutex);
      if (auto* f = mine()) forget(*f);  // the path may name another file by now
      NACRE_TRY(int64_t handle, open());
      if (HostResult r = shared_->host->stat_handle(handle, now); r < 0) return errno_of(r);
    }
    return Ref<Source>(new HostSource(shared_, path_, now, true, false));
  }

 private:
  bool same(const HostStat& now) const { return now.dev == seen_.dev && now.ino == seen_.ino && now.size == seen_.size && now.mtime == seen_.mtime; }
  Shared::OpenFile* mine() {
    for (auto& f : shared_->open)
      if (f.owner == this) return &f;
    return nullptr;
  }
  void forget(Shared::OpenFile& f) {
    shared_->host->close(f.handle);
    f = {};
  }
  Result<int64_t> open() {
    if (auto* f = mine()) {
      f->used = ++shared_->tick;
      return f->handle;
    }
    const HostResult handle = std::exchange(just_seen_, false) ? shared_->host->open_seen(path_) : shared_->host->open(path_, 0, false, 0);
    if (handle < 0) return errno_of(handle);
    keep(handle);
    return handle;
  }
  // In the place of the one that was used longest ago.
  void keep(int64_t handle) {
    auto* f = std::min_element(std::begin(shared_->open), std::end(shared_->open), [](const auto& a, const auto& b) { return a.used < b.used; });
    if (f->owner) shared_->host->close(f->handle);
    *f = {this, handle, ++shared_->tick};
  }

  std::shared_ptr<Shared> shared_;
  std::string path_;
  HostStat seen_;
  bool strict_;
  bool just_seen_;   // not opened yet since
};

}  // namespace

LowerDir::LowerDir(std::shared_ptr<HostDir> host, uint32_t uid, uint32_t gid, std::shared_ptr<StoredNodes> stored) : LowerDir(std::make_shared<Shared>()) {
  shared_->host = std::move(host);
  shared_->uid = uid;
  shared_->gid = gid;
  if (stored) shared_->first = stored->host_end();
  shared_->stored = std::move(stored);
  if (shared_->first == kRoot) shared_->nodes.push_back({kRoot, Name(), FileType::Directory, {}});
}

LowerDir::LowerDir(std::shared_ptr<Shared> shared) : shared_(std::move(shared)), facts_(std::make_unique<Facts>()) {}

LowerDir::~LowerDir() = default;

std::shared_ptr<LowerDir> LowerDir::refreshed() const { return std::shared_ptr<LowerDir>(new LowerDir(shared_)); }

std::string LowerDir::host_path(NodeId id) {
  Lock lock(shared_->mutex);
  return shared_->path(id);
}

HostPlace LowerDir::place(NodeId id) {
  Lock lock(shared_->mutex);
  return shared_->at(id);
}

Ref<Source> LowerDir::host_bytes(const HostBytes& bytes) {
  HostStat seen;
  seen.size = bytes.size;
  seen.mtime = bytes.mtime;
  Ref<Source> now(new HostSource(shared_, bytes.path, seen, false, false));
  if (!bytes.pinned) return now;
  auto pinned = now->pin();
  HostBytes is;
  if (pinned && (*pinned)->origin(&is) && is.size == bytes.size && is.mtime == bytes.mtime) return *pinned;
  return Ref<Source>(new HostSource(shared_, bytes.path, seen, true, false));   // another file by now: its reads fail
}

// What the host says of a node, as an inode. `path`: of the node; `handle`: of a file that is open already.
Result<void> LowerDir::remember(NodeId id, const std::string& path, const HostStat& st, int64_t handle) {
  const Shared::Known& known = shared_->at(id);
  if (type_of(st.type) != known.type) return Errno::NOENT;
  Ref<Inode> node = make_ref<Inode>();
  node->id = id;
  node->parent = known.parent;
  node->name = known.name;
  node->type = known.type;
  node->mode = static_cast<uint16_t>(st.mode);
  node->uid = shared_->uid;
  node->gid = shared_->gid;
  node->nlink = known.type == FileType::Directory ? 2 : 1;
  node->atime = st.atime;
  node->mtime = st.mtime;
  node->ctime = node->btime = st.ctime;
  if (known.type == FileType::Regular) {
    node->data = FileData(Ref<Source>(handle < 0 ? new HostSource(shared_, path, st, false, true) : new HostSource(shared_, path, st, handle)));
  } else if (known.type == FileType::Directory) {
    node->data.emplace<LinkMap>();
  } else if (known.type == FileType::Symlink) {
    std::string target;
    if (HostResult r = shared_->host->read_link(path, target); r < 0) return errno_of(r);
    node->data.emplace<std::string>(std::move(target));
  } else {
    node->data.emplace<Device>();
  }
  facts_->of(id).inode = std::move(node);
  return {};
}

// How many nodes to read at this question about one. Most that looks at files looks at one or at all:
// after the third question in a directory a few, then more; and where that was so for the files of one
// directory, the next ones are read whole when they are listed, twice as many each time that proves right.
size_t LowerDir::how_many(const HostPlace& node) {
  const uint32_t asked = ++facts_->of(node.parent).asked;
  if (asked < kAskedOneByOne) return 1;
  if (asked == kAskedOneByOne && node.type == FileType::Regular) {
    facts_->whole = std::min(kMostWhole, facts_->whole * 2 + 1);
    facts_->to_read_whole = facts_->whole;
  }
  return std::min<size_t>(kAtOnce, asked * 4);
}

// Reads a node together with the unread ones listed next to it: finding the directory costs the host
// more than one stat in it.
void LowerDir::read_several(NodeId id) {
  const NodeId parent = shared_->at(id).parent;
  const size_t most = how_many(shared_->at(id));
  if (most < 2) return;
  auto unread = [&](NodeId n) {
    if (n <= kRoot || n < shared_->first || n >= shared_->end()) return false;
    const Shared::Known& k = shared_->at(n);
    return k.parent == parent && !facts_->of(n).inode && (k.type == FileType::Regular || k.type == FileType::Directory);
  };
  std::vector<NodeId> ids;
  for (NodeId n = id; ids.size() < most && unread(n); n += 2) ids.push_back(n);
  for (NodeId n = id - 2; ids.size() < most && unread(n); n -= 2) ids.push_back(n);
  if (ids.size() < 2) return;
  std::vector<HostDir::Child> children;
  children.reserve(ids.size());
  for (NodeId n : ids) children.push_back({std::string(shared_->at(n).name.view()), {}, 0});
  std::string path = shared_->path(parent);
  if (shared_->host->stat_children(path, children) < 0) return;
  if (!path.empty()) path += '/';
  const size_t length = path.size();
  for (size_t i = 0; i < ids.size(); ++i) {
    if (children[i].result != 0) continue;
    path.resize(length);
    (void)remember(ids[i], path.append(children[i].name), children[i].stat);
  }
}

Result<const Inode*> LowerDir::read_inode(NodeId id) {
  if (!shared_->has(id)) return Errno::STALE;
  if (const Inode* known = facts_->of(id).inode.get()) return known;
  if (id != kRoot) read_several(id);
  if (const Inode* known = facts_->of(id).inode.get()) return known;
  const std::string path = shared_->path(id);
  HostStat st;
  if (HostResult r = shared_->host->stat(path, st); r < 0) return errno_of(r);
  NACRE_CHECKED(remember(id, path, st));
  return static_cast<const Inode*>(facts_->of(id).inode.get());
}

const Inode* LowerDir::inode(NodeId id) {
  Lock lock(shared_->mutex);
  auto found = read_inode(id);
  if (!found) return nullptr;
  const Inode* listed = facts_->of(id).listed.get();
  return listed ? listed : *found;
}

void LowerDir::open_ahead(NodeId id) {
  Lock lock(shared_->mutex);
  if (id < shared_->first || id >= shared_->end() || facts_->of(id).inode) return;
  const Shared::Known& known = shared_->at(id);
  // Only what this generation's listing calls a regular file: nothing else is opened unseen.
  if (known.type != FileType::Regular || !facts_->of(known.parent).listed) return;
  const std::string path = shared_->path(id);
  HostStat st;
  const HostResult handle = shared_->host->open_and_stat(path, st);
  if (handle < 0) return;
  if (!remember(id, path, st, handle)) shared_->host->close(handle);
}

Result<const Inode*> LowerDir::directory(NodeId id) {
  Lock lock(shared_->mutex);
  if (!shared_->has(id)) return Errno::STALE;
  if (const Inode* listed = facts_->of(id).listed.get()) return listed;
  std::vector<HostDir::Entry> entries;
  std::vector<HostDir::Child> children;
  const bool whole = facts_->to_read_whole > 0;
  if (whole) facts_->to_read_whole--;
  std::string path = shared_->path(id);
  if (!facts_->of(id).inode && shared_->at(id).type == FileType::Directory) {
    // Not even looked at yet: one visit to the host for both.
    HostStat self;
    if (HostResult r = shared_->host->list_and_stat(path, entries, &self, whole ? &children : nullptr); r < 0)
      return errno_of(r) == Errno::NOTDIR ? Errno::NOENT : errno_of(r);
    NACRE_CHECKED(remember(id, path, self));
  } else {
    NACRE_TRY(const Inode* found, read_inode(id));
    if (!found->is_dir()) return Errno::NOTDIR;
    if (HostResult r = shared_->host->list_and_stat(path, entries, nullptr, whole ? &children : nullptr); r < 0) return errno_of(r);
  }
  const Inode* listed = list(id, entries);
  remember_children(id, std::move(path), children);
  return listed;
}

// Makes the links of a directory whose inode is known.
const Inode* LowerDir::list(NodeId id, const std::vector<HostDir::Entry>& entries) {
  LinkMap links;
  uint32_t subdirs = 0;
  for (const HostDir::Entry& e : entries) {
    const FileType type = type_of(e.type);
    const Link* before = shared_->at(id).children.find(e.name);
    NodeId child;
    if (before && before->type() == type) {
      child = before->node();
    } else {
      child = shared_->end();
      shared_->nodes.push_back({id, Name(e.name), type, {}});
    }
    links.put(Link(e.name, child, type));
    subdirs += type == FileType::Directory;
  }
  shared_->at(id).children = links;
  Ref<Inode> listed = make_ref<Inode>(*facts_->of(id).inode);
  listed->data = std::move(links);
  listed->nlink = 2 + subdirs;
  return (facts_->of(id).listed = listed).get();
}

void LowerDir::remember_children(NodeId id, std::string path, const std::vector<HostDir::Child>& children) {
  const LinkMap& links = facts_->of(id).listed->links();
  if (!path.empty()) path += '/';
  const size_t length = path.size();
  for (const HostDir::Child& c : children) {
    const Link* link = c.result == 0 ? links.find(c.name) : nullptr;
    if (!link || facts_->of(link->node()).inode) continue;
    path.resize(length);
    (void)remember(link->node(), path.append(c.name), c.stat);
  }
}

}  // namespace nacre
