// SessionStore::apply: what a session changed under its cow mounts, written to the host.
//
// Told as one wanted state for each path, so that doing it twice is the same as once. In this order:
// 1. all is compared with the host; a path that is neither as the session first saw it nor as it wants it
//    is a conflict, and then nothing is done;
// 2. what a state here, or a snapshot, has from the host at a place that will not have it any more is stored;
// 3. the host is changed: what is new, then what goes, then what could not be before. A file is written beside its
//    place, synced and renamed over it;
// 4. in the store the mount begins anew, as the host's (or, after a part of it was applied, notes how the host is).
// Killed between any two of these, the same call does the rest.
#include <algorithm>

#include "session/store/apply_paths.h"
#include "session/store/keep_from_host.h"
#include "session/store/note_host.h"
#include "session/store/session_trees.h"
#include "vfs/host_types.h"

namespace nacre {
namespace {

using Kind = Applied::Change::Kind;

struct Step {
  std::string path;                 ///< below the mount: "/a/b"
  const Inode* base = nullptr;      ///< as the session first saw it on the host
  const Inode* want = nullptr;
  bool done = false;                ///< the host is so already; or it cannot be made so
  std::string host_path() const { return path.substr(1); }
};

bool is_special(const Inode& n) {
  return n.type != FileType::Regular && n.type != FileType::Directory && n.type != FileType::Symlink && n.type != FileType::Fifo;
}

/// The changes of one mount, and the host under them.
class MountChanges {
 public:
  MountChanges(OpenState& now, int mount, std::shared_ptr<HostDir> host, const std::string& session)
      : now_(now), mount_(mount), number_(now.layers->number(mount)), host_(std::move(host)), earlier_(now, mount, nullptr), session_(session) {}

  void find(const std::vector<std::string>& paths) {
    was_ = earlier_.tree();
    wanted_ = now_.tree(mount_);
    ChangeSet changes;
    diff_trees(was_, wanted_, earlier_.changed(), "", changes);
    std::set<std::string> all;
    add_paths(changes, was_, wanted_, &all);
    const std::string prefix = now_.prefix(mount_);
    const bool some = !paths.empty();
    std::set<std::string> chosen;
    if (some) chosen = paths_to_apply(all, was_, wanted_, [&](const std::string& p) { return selected(paths, prefix + p); });
    for (const std::string& p : all) {
      Step s{p, node_at(was_, p), node_at(wanted_, p)};
      if (p.empty() || (!s.base && !s.want)) continue;
      if (!s.base && only_for_mounts(p, *s.want)) continue;
      if (s.base && s.want && same_content(*s.base, *s.want) && ((s.base->mode ^ s.want->mode) & 0777) == 0) continue;
      if (some && !chosen.count(p)) {
        left_ = true;
        continue;
      }
      steps_.push_back(std::move(s));
    }
  }

  /// A directory that is there only so that another mount could be made in it.
  bool only_for_mounts(const std::string& path, const Inode& dir) const {
    if (!dir.is_dir()) return false;
    const std::string here = now_.prefix(mount_) + path;
    if (now_.covered(mount_, here)) return true;
    bool only = std::any_of(now_.mounts.begin(), now_.mounts.end(), [&](const Mount& m) { return m.guest.starts_with(here + "/"); });
    if (only) {
      dir.links().for_each([&](const Link& l) {
        const std::string below = path + "/" + std::string(l.name.view());
        const Inode* n = node_at(wanted_, below);
        only = only && n && only_for_mounts(below, *n);
      });
    }
    return only;
  }

  /// Of 1. A reason, or "".
  void compare(Applied* out, const std::string& host_dir) {
    std::set<std::string> going;
    for (const Step& s : steps_)
      if (!s.want) going.insert(s.path);
    for (Step& s : steps_) {
      HostStat st;
      const HostResult there = host_->stat(s.host_path(), st);
      const bool absent = there == -static_cast<int>(Errno::NOENT) || there == -static_cast<int>(Errno::NOTDIR);
      std::string reason;
      if (there < 0 && !absent) reason = std::string(message(errno_of(there)));
      else if (s.want ? !absent && is_wanted(s, st) : absent) s.done = true;
      else if (absent && s.base && s.want && s.base->type != s.want->type) reason = "";   // as a killed call leaves it
      else if (absent && s.base) {
        reason = "deleted on the host meanwhile";
        s.done = s.want && s.want->file() && same_content(*s.base, *s.want);   // what it held is nowhere
      } else if (absent) reason = "";
      else if (!s.base) reason = s.want && s.want->is_dir() && st.type == HostStat::Type::Directory ? "" : "created on the host meanwhile";
      else if (!is_base(*s.base, s.host_path(), st)) reason = "changed on the host meanwhile";
      else if (!s.want && s.base->is_dir()) reason = stays_full(s, going);
      if (s.want && is_special(*s.want)) {
        reason = "a special file cannot be made on the host";
        s.done = true;
      }
      const std::string prefix = now_.prefix(mount_);
      if (!reason.empty()) out->conflicts.push_back({prefix + s.path, host_dir + s.path, reason});
      Kind kind = !s.want ? Kind::Delete : !s.base ? Kind::Create : !same_content(*s.base, *s.want) ? Kind::Modify : Kind::Mode;
      out->changes.push_back({kind, prefix + s.path, host_dir + s.path});
    }
  }

  /// Of 2, for what is the host's in part, or from another place there. How many nodes that were; -1: one
  /// cannot be read. With `force` such a one is left out.
  int own(bool force) {
    // A directory that was moved may be stored without what is in it, and a call that was killed, having removed that
    // at its old place, would not find it again.
    std::set<std::string> writing;
    std::vector<const Step*> open;
    std::vector<NodeId> nodes;
    for (const Step& s : steps_) {
      if (s.want && s.want->file()) writing.insert(s.host_path());
      if (!s.want || s.done) continue;
      open.push_back(&s);
      nodes.push_back(s.want->id);
    }
    const std::vector<std::string> places = nodes.empty() ? std::vector<std::string>() : listed_places(now_, mount_, nodes);
    std::vector<ListedNode> listed;
    for (size_t i = 0; i < open.size(); i++) {
      if (places[i].empty() || places[i] == open[i]->host_path()) continue;
      listed.push_back({nodes[i], open[i]->want->file() && (writing.count(places[i]) || blocked(*open[i]))});
    }
    int files = listed.empty() ? 0 : keep_listed(now_, mount_, listed);
    if (files < 0) return -1;
    for (Step& s : steps_) {
      const FileData* f = s.want && !s.done ? s.want->file() : nullptr;
      const auto* stored = f ? dynamic_cast<const StoredSource*>(f->source()) : nullptr;
      if (!stored || !stored->host_end() || (s.base && same_content(*s.base, *s.want))) continue;   // stored, or only its mode
      files++;
      if (store_host_bytes(now_.layers, number_, *now_.fs(mount_), s.want->id)) continue;
      if (!force || !now_.layers->db().good()) return -1;
      s.done = true;
      files--;
    }
    return files;
  }

  HostPaths host_paths() const {
    HostPaths out;
    out.all = !left_;
    for (const Step& s : steps_) {
      if (!s.base || s.done) continue;
      out.changing.insert(s.host_path());
      if (!s.want || s.want->type != s.base->type) out.going.insert(s.host_path());
    }
    return out;
  }

  /// Of 3. "" or what the host said, and where.
  std::string write(bool force) {
    std::vector<Step*> later;
    for (Step& s : steps_) {
      if (!s.want || s.done) continue;
      if (blocked(s)) later.push_back(&s);
      else if (std::string e = make(s); !e.empty()) return e;
    }
    for (size_t i = steps_.size(); i-- > 0;) {
      Step& s = steps_[i];
      HostStat st;
      if (s.want && std::find(later.begin(), later.end(), &s) == later.end()) continue;
      if (host_->stat(s.host_path(), st) < 0 || (s.want && type_of(st.type) == s.want->type)) continue;
      const HostResult r = host_->remove(s.host_path(), st.type == HostStat::Type::Directory);
      if (r < 0 && !(force && r == -static_cast<HostResult>(Errno::NOTEMPTY))) return failed(s, r);
    }
    for (Step* s : later)
      if (std::string e = make(*s); !e.empty()) return e;
    for (size_t i = steps_.size(); i-- > 0;) {   // a directory may lose its own permission to write only now
      const Step& s = steps_[i];
      if (!s.want || !s.want->is_dir() || s.done) continue;
      if (const HostResult r = host_->set_mode(s.host_path(), s.want->mode & 0777); r < 0) return failed(s, r);
    }
    return "";
  }

  /// Of 4.
  bool settle() {
    if (!left_) return now_.layers->begin_anew(mount_);
    AppliedPaths applied;
    for (const Step& s : steps_) applied[s.path] = s.want;
    return note_host(now_, mount_, *host_, was_, wanted_, applied);
  }

  bool empty() const { return steps_.empty(); }

 private:
  /// Has the host what is wanted already?
  bool is_wanted(const Step& s, const HostStat& st) {
    if (type_of(st.type) != s.want->type) return false;
    if (s.want->type == FileType::Symlink) return target(s.host_path()) == s.want->target();
    if ((st.mode & 0777) != (s.want->mode & 0777u)) return false;
    const FileData* f = s.want->file();
    if (!f) return true;
    if (st.size != f->size()) return false;
    bool readable = true;
    const bool same = same_bytes(*f, s.host_path(), &readable);
    return readable ? same : st.mtime == s.want->mtime;   // its source went when it was written here
  }

  /// Is the host's file the one that the session first saw?
  bool is_base(const Inode& base, const std::string& path, const HostStat& st) {
    if (type_of(st.type) != base.type) return false;
    if (base.type == FileType::Symlink) return target(path) == base.target();
    return !base.file() || (st.size == base.file()->size() && st.mtime == base.mtime);
  }

  /// A directory that is to go, with files that the session did not delete.
  std::string stays_full(const Step& s, const std::set<std::string>& going) {
    std::vector<HostDir::Entry> entries;
    if (host_->list(s.host_path(), entries) < 0) return "";
    for (const HostDir::Entry& e : entries)
      if (!going.count(s.path + "/" + e.name)) return "the host has " + e.name + " in it, which the session did not delete";
    return "";
  }

  std::string target(const std::string& path) {
    std::string out;
    return host_->read_link(path, out) < 0 ? std::string() : out;
  }

  bool same_bytes(const FileData& f, const std::string& path, bool* readable) {
    const HostResult handle = host_->open(path, 0, false, 0);
    if (handle < 0) return false;
    std::string a(Chunk::kSize, '\0'), b = a;
    bool same = true;
    for (uint64_t at = 0; same && at < f.size();) {
      auto n = f.read(at, a);
      if (!n || *n == 0) {
        *readable = false;
        break;
      }
      size_t have = 0;
      while (have < *n) {
        const HostResult m = host_->read(handle, at + have, std::span(b).first(*n).subspan(have));
        if (m <= 0) break;
        have += static_cast<size_t>(m);
      }
      same = have == *n && a.compare(0, have, b, 0, have) == 0;
      at += *n;
    }
    host_->close(handle);
    return same;
  }

  /// What is on the host in its place, or above it, must go first.
  bool blocked(const Step& s) {
    HostStat st;
    if (host_->stat(s.host_path(), st) >= 0) return type_of(st.type) != s.want->type;
    for (size_t slash = s.path.rfind('/'); slash > 0; slash = s.path.rfind('/', slash - 1))
      if (host_->stat(s.path.substr(1, slash - 1), st) >= 0) return st.type != HostStat::Type::Directory;
    return false;
  }

  static std::string failed(const Step& s, HostResult r) { return s.host_path() + ": " + std::string(message(errno_of(r))); }

  std::string make(const Step& s) {
    const std::string path = s.host_path();
    HostStat st;
    const bool there = host_->stat(path, st) >= 0;
    HostResult r = 0;
    switch (s.want->type) {
      case FileType::Directory: r = there ? 0 : host_->make_dir(path, (s.want->mode & 0777) | 0700); break;
      case FileType::Symlink:
        (void)host_->remove(beside(path, s.want->id), false);   // of a call that was killed
        r = host_->make_symlink(beside(path, s.want->id), s.want->target());
        if (r >= 0) r = host_->rename(beside(path, s.want->id), path);
        break;
      case FileType::Fifo: r = there ? host_->set_mode(path, s.want->mode & 0777) : host_->make_fifo(path, s.want->mode & 0777); break;
      default:
        if (there && s.base && same_content(*s.base, *s.want) && is_base(*s.base, path, st)) r = host_->set_mode(path, s.want->mode & 0777);
        else r = write_file(path, *s.want);
    }
    return r < 0 ? failed(s, r) : "";
  }

  std::string beside(const std::string& path, NodeId id) const {
    const size_t slash = path.rfind('/');
    return (slash == path.npos ? "" : path.substr(0, slash + 1)) + ".nacre-apply-" + session_ + "-" + std::to_string(id);
  }

  HostResult write_file(const std::string& path, const Inode& want) {
    const std::string temporary = beside(path, want.id);
    HostResult handle = host_->open(temporary, 1, true, want.mode & 0777);
    if (handle == -static_cast<HostResult>(Errno::EXIST)) {   // of a call that was killed
      (void)host_->remove(temporary, false);
      handle = host_->open(temporary, 1, true, want.mode & 0777);
    }
    if (handle < 0) return handle;
    HostResult r = copy(*want.file(), handle);
    if (r >= 0) r = host_->sync(handle);
    host_->close(handle);
    if (r >= 0) r = host_->set_times(temporary, want.mtime, want.mtime);
    if (r >= 0) r = host_->rename(temporary, path);
    if (r < 0) (void)host_->remove(temporary, false);
    return r;
  }

  HostResult copy(const FileData& f, HostResult handle) {
    std::string bytes(Chunk::kSize, '\0');
    for (uint64_t at = 0; at < f.size();) {
      auto n = f.read(at, bytes);
      if (!n) return -static_cast<HostResult>(n.error());
      if (*n == 0) return -static_cast<HostResult>(Errno::IO);
      for (size_t done = 0; done < *n;) {
        const HostResult w = host_->write(handle, at + done, std::string_view(bytes).substr(done, *n - done));
        if (w <= 0) return w < 0 ? w : -static_cast<HostResult>(Errno::IO);
        done += static_cast<size_t>(w);
      }
      at += *n;
    }
    return 0;
  }

  OpenState& now_;
  int mount_, number_;
  std::shared_ptr<HostDir> host_;
  EarlierTree earlier_;
  std::string session_;
  TreeState was_, wanted_;
  std::vector<Step> steps_;
  bool left_ = false;   // changes that were not chosen
};

/// Of 2, for all states that a rollback, a fork or this session's files outside of `paths` can show. How many nodes were stored.
Expected<int> keep_in_states(SessionStore::Impl& s, const SessionRow& row, const std::map<int, HostPaths>& paths) {
  std::set<int64_t> layers{row.layer};
  if (row.base) layers.insert(row.base);
  {
    auto q = s.db->query("SELECT layer FROM snapshot WHERE session=?");
    q.text(row.id);
    while (q.step()) layers.insert(q.integer(0));
  }
  int kept = 0;
  bool separate = false;   // are ids that are new in one state new in the others?
  for (int64_t layer : layers) {
    for (auto at = paths.begin(); !separate && at != paths.end(); ++at)
      if (!separate_new_ids(*s.db, layers, at->first)) return s.db->error();
    separate = true;
    SessionRow state = row;
    state.layer = layer;
    auto opened = open_state(s, state);
    for (auto at = paths.begin(); opened && at != paths.end(); ++at) {   // a damaged state has nothing to lose
      if (layer == row.layer && at->second.all) continue;   // it begins anew
      const int n = keep_from_host(**opened, at->first, at->second);
      if (n < 0) return s.db->error();
      if (n > 0) separate = false;
      kept += n;
    }
  }
  for (auto at = paths.begin(); !separate && at != paths.end(); ++at)
    if (!separate_new_ids(*s.db, layers, at->first)) return s.db->error();
  return kept;
}

}  // namespace

Expected<Applied> SessionStore::apply(const std::string& session, const SessionApplyOptions& o) {
  Impl& s = *impl_;
  SessionRow row;
  auto held = s.find_locked(session, &row);
  if (!held) return held.error();
  const std::vector<std::string> paths = absolute_paths(o.paths, row.cwd);
  for (bool owned = false;; owned = true) {
    auto opened = open_state(s, row);
    if (!opened) return opened.error();
    OpenState& now = **opened;
    Applied out;
    std::vector<std::pair<std::string, std::unique_ptr<MountChanges>>> mounts;
    std::map<int, HostPaths> paths_on_host;
    for (int mount = 1; mount <= static_cast<int>(now.mounts.size()); mount++) {
      if (!now.fs(mount)) continue;
      const std::string& dir = now.mounts[static_cast<size_t>(mount) - 1].host;
      int error = 0;
      auto host = s.host->open_dir(dir, true, &error);
      if (!host) return Error{"apply", dir + ": " + std::string(message(static_cast<Errno>(error))), "nothing was written"};
      auto changes = std::make_unique<MountChanges>(now, mount, host, row.id);
      changes->find(paths);
      changes->compare(&out, dir);
      paths_on_host[mount] = changes->host_paths();
      mounts.emplace_back(dir, std::move(changes));
    }
    if (mounts.empty()) return Error{"apply.none", "session " + session + " has no cow mount", "what it wrote through a rw mount is on the host already"};
    if (!paths.empty() && out.changes.empty())
      return Error{"apply.none", "nothing was changed at " + o.paths[0], "nacre diff " + session + " shows the changes"};
    if (o.dry_run || out.changes.empty() || (!out.conflicts.empty() && !o.force)) return out;
    {
      Database::Transaction all(*s.db);
      int stored = 0;
      for (auto& [dir, changes] : mounts) {
        const int n = changes->own(o.force);
        if (n < 0)
          return s.db->good() ? Error{"apply", "a file of the host that changes refer to cannot be read any more", "nothing was written"} : s.db->error();
        stored += n;
      }
      auto kept = owned ? Expected<int>(0) : keep_in_states(s, row, paths_on_host);
      if (!kept) return kept.error();
      if (stored + *kept > 0) {
        if (!all.commit()) return s.db->error();
        continue;
      }
    }
    for (auto& [dir, changes] : mounts)
      if (std::string failed = changes->write(o.force); !failed.empty())
        return Error{"apply", dir + "/" + failed, "what was written before is whole; run it again when the host lets it"};
    Database::Transaction all(*s.db);
    for (auto& [dir, changes] : mounts)
      if (!changes->empty() && !changes->settle()) return s.db->error();
    if (!all.commit()) return s.db->error();
    return out;
  }
}

}  // namespace nacre
