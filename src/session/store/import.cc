// SessionStore::import_session: an archive's states, one after the other, each on the layer of its parent. All in one
// transaction; an archive that is not what export_session writes is refused (manifest.h tells its form).
#include <algorithm>
#include <cmath>

#include "session/store/archive_stream.h"
#include "session/store/manifest.h"
#include "session/store/session_config.h"
#include "session/store/session_trees.h"
#include "shell/saved_state.h"

namespace nacre {
namespace {

constexpr uint64_t kLargestManifest = 128 << 20, kHeld = 64 << 20;
constexpr const char* kNotOurs = "the archive is damaged, or is not one that nacre export wrote";

Error refused(const std::string& what) { return {"archive", what, kNotOurs}; }

struct ImportedState {
  int64_t layer = 0;
  std::string cwd, shell;
  const ManifestState* manifest = nullptr;
  std::map<std::string, std::string> origins;   ///< of files: path -> the member that has its content
  std::unique_ptr<OpenState> open;              ///< once something was read from it
};

/// Members into the files of one state.
class StateImport {
 public:
  StateImport(SessionStore::Impl& s, const SessionRow& row, const ManifestState& m, std::map<std::string, ImportedState>& states)
      : s_(s), row_(row), m_(m), states_(states), out_(states[m.tree]) {
    out_.manifest = &m;
    out_.layer = row.layer;
  }

  std::optional<Error> run(ArchiveReader& in, Sandbox& host) {
    if (auto wrong = begin()) return wrong;
    for (uint64_t i = 0; i < m_.members; i++) {
      TarEntry e;
      if (!in.next(e)) return refused(in.error().empty() ? m_.tree + ": members are missing" : in.error());
      if (auto wrong = member(e, in)) return wrong;
    }
    if (auto wrong = remove_others()) return wrong;
    for (auto at = times_.rbegin(); at != times_.rend(); ++at)
      if (auto r = vfs().utimens(who_, at->first, &at->second.first, &at->second.second, false, Follow::No); !r) return failed(at->first, r.error());
    compare_with_host(host);
    return store();
  }

  /// Paths where a mount's host is neither as the session saw it nor as it has it itself.
  std::vector<std::string> conflicts;

 private:
  Vfs& vfs() { return *open_->sandbox->impl().vfs; }

  static std::optional<Error> failed(const std::string& path, Errno e) {
    if (e == Errno::NOSPC || e == Errno::DQUOT)
      return Error{"import.limit", path + ": more files than the session may hold", "--limit file_bytes=SIZE and inodes=N set how many"};
    return refused(path + ": " + std::string(message(e)));
  }

  std::optional<Error> begin() {
    Layers layers(*s_.db, row_.layer);
    for (const ManifestMount& m : m_.mounts) {
      if (m.mount == 0 || m_.parent.empty()) continue;
      const auto& theirs = states_[m_.parent].manifest->mounts;
      if (std::none_of(theirs.begin(), theirs.end(), [&](const ManifestMount& o) { return o.mount == m.mount && o.number == m.number; }) &&
          !layers.begin_anew(m.mount))
        return s_.db->error();
    }
    if (auto wrong = reopen()) return wrong;
    for (const ManifestMount& m : m_.mounts) {
      if (m.mount > static_cast<int>(open_->mounts.size()) || !open_->fs(m.mount))
        return refused(m_.tree + ": mount " + std::to_string(m.mount) + " is not one that is kept");
      const std::string prefix = open_->prefix(m.mount);
      directories_.insert(prefix);
      if (m.mount) on_the_way_.insert(prefix);
      for (const auto& [path, seen] : m.paths) {
        if (path == "/") {
          if (m.mount) allowed_[prefix] = m.mount;
          continue;
        }
        if (open_->covered(m.mount, prefix + path)) return refused(m_.tree + ": " + path + " is below another mount");
        allowed_[prefix + path] = m.mount;
        for (size_t slash = path.rfind('/'); slash > 0; slash = path.rfind('/', slash - 1))
          if (!on_the_way_.insert(prefix + path.substr(0, slash)).second) break;
      }
      EarlierTree earlier(*open_, m.mount, nullptr);
      for (const std::string& p : changed_paths(earlier, earlier.tree(), open_->tree(m.mount)))
        if (!open_->covered(m.mount, prefix + p)) before_.insert(prefix + p);
    }
    return std::nullopt;
  }

  std::optional<Error> reopen() {
    auto open = open_state(s_, row_);
    if (!open) return open.error();
    open_ = std::move(*open);
    who_ = {&root_, vfs().root(), 0};
    held_ = 0;
    return std::nullopt;
  }

  std::optional<Error> store() {
    if (s_.store_files(open_->sandbox->impl(), open_->layers, open_->stored)) return std::nullopt;
    return s_.db->good() ? refused(m_.tree + ": its files cannot be stored") : s_.db->error();
  }

  // ---- one member

  std::optional<Error> member(const TarEntry& e, ArchiveReader& in) {
    std::string path = e.name;
    if (!path.starts_with(m_.tree + "/")) return refused(path + ": is not where it belongs");
    path.erase(0, m_.tree.size());
    if (e.is_dir() && path.ends_with('/')) path.pop_back();
    const bool wanted = allowed_.count(path) || (e.is_dir() && on_the_way_.count(path));
    if (!is_plain_path(path) || !wanted) return refused(e.name + ": is not in the manifest");
    // Its directory was a member, or a mount's, so that no symbolic link leads elsewhere.
    if (!directories_.count(path.substr(0, path.rfind('/'))) && !directories_.count(path)) return refused(e.name + ": its directory is missing");
    if (!listed_.insert(path).second) return refused(e.name + ": is there twice");
    auto there = vfs().stat(who_, path, Follow::No);
    if (auto wrong = e.is_dir()      ? directory(path, there)
                     : e.type == '0' ? file(path, e, in, there)
                     : e.is_link()   ? link(path, e, there)
                                     : other(path, e, there))
      return wrong;
    return attributes(path, e);
  }

  std::optional<Error> directory(const std::string& path, const Result<Stat>& there) {
    directories_.insert(path);
    if (there && there->is_dir()) return std::nullopt;
    if (there)
      if (auto wrong = remove(path)) return wrong;
    auto made = vfs().mkdir(who_, path, 0755);
    return made ? std::nullopt : failed(path, made.error());
  }

  /// An empty file of its own; one that is there keeps its number.
  std::optional<Error> empty_file(const std::string& path, const Result<Stat>& there, Node* node) {
    if (there && (!there->is_regular() || there->nlink > 1))
      if (auto wrong = remove(path)) return wrong;
    auto opened = vfs().open(who_, path, kOpenWrite | kOpenCreate | kOpenTruncate | kOpenNoFollow, 0600);
    if (!opened) return failed(path, opened.error());
    *node = *opened;
    return std::nullopt;
  }

  std::optional<Error> write(const std::string& path, Node node, uint64_t at, std::string_view bytes) {
    while (!bytes.empty()) {
      auto n = node.fs->write(node.id, at, bytes);
      if (!n) return failed(path, n.error());
      bytes.remove_prefix(*n);
      at += *n;
      held_ += *n;
    }
    return std::nullopt;
  }

  std::optional<Error> file(const std::string& path, const TarEntry& e, ArchiveReader& in, const Result<Stat>& there) {
    Node node;
    if (auto wrong = empty_file(path, there, &node)) return wrong;
    for (const TarPiece& p : e.pieces) {
      for (uint64_t done = 0; done < p.size;) {
        const std::string_view bytes = in.data(p.size - done);
        if (bytes.empty()) return refused(in.error().empty() ? e.name + ": its content is cut off" : in.error());
        if (auto wrong = write(path, node, p.offset + done, bytes)) return wrong;
        done += bytes.size();
      }
    }
    if (e.sparse || e.size == 0)
      if (auto r = vfs().truncate(who_, path, e.size); !r) return failed(path, r.error());
    out_.origins[path] = e.name;
    if (held_ < kHeld) return std::nullopt;
    if (auto wrong = store()) return wrong;   // what was read so far need not stay in memory
    return reopen();
  }

  /// To a member of this tree: a hard link. Of an earlier one: the same content.
  std::optional<Error> link(const std::string& path, const TarEntry& e, const Result<Stat>& there) {
    if (e.link.starts_with(m_.tree + "/")) {
      const std::string to = e.link.substr(m_.tree.size());
      if (!listed_.count(to) || to == path) return refused(e.name + ": a link to what was not before it");
      if (there)
        if (auto wrong = remove(path)) return wrong;
      if (auto origin = out_.origins.find(to); origin != out_.origins.end()) out_.origins[path] = origin->second;
      auto made = vfs().link(who_, to, path);
      return made ? std::nullopt : failed(path, made.error());
    }
    out_.origins[path] = e.link;
    if (!m_.parent.empty() && there && there->is_regular() && there->nlink == 1) {
      const auto& theirs = states_[m_.parent].origins;
      if (auto at = theirs.find(path); at != theirs.end() && at->second == e.link) return std::nullopt;   // it is so already
    }
    for (auto& [tree, state] : states_) {
      if (!e.link.starts_with(tree + "/") || &state == &out_) continue;
      const std::string from = e.link.substr(tree.size());
      if (!state.origins.count(from)) break;
      return copy(path, state, from, there);
    }
    return refused(e.name + ": a link to what was not before it");
  }

  std::optional<Error> copy(const std::string& path, ImportedState& from_state, const std::string& from, const Result<Stat>& there) {
    if (!from_state.open) {
      SessionRow row = row_;
      row.layer = from_state.layer;
      auto open = open_state(s_, row);
      if (!open) return open.error();
      from_state.open = std::move(*open);
    }
    Vfs& theirs = *from_state.open->sandbox->impl().vfs;
    auto source = theirs.resolve({&root_, theirs.root(), 0}, from, Follow::No);
    if (!source) return failed(from, source.error());
    auto st = theirs.stat(*source);
    Node node;
    if (auto wrong = empty_file(path, there, &node)) return wrong;
    std::string bytes(Chunk::kSize, '\0');
    for (uint64_t at = 0; st && at < st->size;) {
      auto n = source->fs->read(source->id, at, bytes);
      if (!n || *n == 0) return refused(from + ": cannot be read");
      const std::string_view got = std::string_view(bytes).substr(0, *n);
      if (got.find_first_not_of('\0') != got.npos)   // holes stay holes
        if (auto wrong = write(path, node, at, got)) return wrong;
      at += *n;
    }
    auto r = vfs().truncate(who_, path, st ? st->size : 0);
    return r ? std::nullopt : failed(path, r.error());
  }

  std::optional<Error> other(const std::string& path, const TarEntry& e, const Result<Stat>& there) {
    if (there) {
      if (e.is_symlink() && there->is_symlink()) {
        auto target = vfs().read_link(who_, path);
        if (target && *target == e.link) return std::nullopt;
      }
      if (auto wrong = remove(path)) return wrong;
    }
    Result<void> made = Errno::INVAL;
    if (e.is_symlink()) made = vfs().symlink(who_, e.link, path);
    else if (e.type == '6') made = vfs().mknod(who_, path, FileType::Fifo, e.mode);
    else made = vfs().mknod(who_, path, e.type == '3' ? FileType::CharDevice : FileType::BlockDevice, e.mode, e.major, e.minor);
    return made ? std::nullopt : failed(path, made.error());
  }

  /// What is so already is left alone: the node did not change.
  std::optional<Error> attributes(const std::string& path, const TarEntry& e) {
    auto st = vfs().stat(who_, path, Follow::No);
    if (!st) return failed(path, st.error());
    if (e.is_link() && e.link.starts_with(m_.tree + "/")) return std::nullopt;   // they are those of the first one
    const auto uid = static_cast<uint32_t>(e.uid), gid = static_cast<uint32_t>(e.gid);
    const bool changed = allowed_.count(path);   // a directory on the way has those of the host
    if (changed && (st->uid != uid || st->gid != gid))
      if (auto r = vfs().chown(who_, path, uid, gid, Follow::No); !r) return failed(path, r.error());
    if (changed && !st->is_symlink() && st->mode != e.mode)
      if (auto r = vfs().chmod(who_, path, e.mode, Follow::No); !r) return failed(path, r.error());
    if (!(st->mtime == e.mtime) || st->is_dir()) times_.emplace_back(path, std::pair(e.atime.value_or(e.mtime), e.mtime));
    return std::nullopt;
  }

  // ---- what has no member

  std::optional<Error> remove(const std::string& path) {
    Vfs* files = &vfs();
    auto gone = VfsFiles(files, root_).remove(path);
    return gone ? std::nullopt : std::optional<Error>(refused(gone.error().message));
  }

  std::optional<Error> remove_others() {
    for (const auto& [path, mount] : allowed_) before_.insert(path);
    for (auto at = before_.rbegin(); at != before_.rend(); ++at) {
      if (listed_.count(*at) || directories_.count(*at)) continue;
      // Nothing is looked up through a symbolic link.
      const std::string up = at->substr(0, at->rfind('/'));
      auto st = up.empty() ? vfs().stat(vfs().root()) : vfs().stat(who_, up, Follow::No);
      if (!st || !st->is_dir() || !vfs().stat(who_, *at, Follow::No)) continue;
      if (auto wrong = remove(*at)) return wrong;
    }
    return std::nullopt;
  }

  // ---- the host

  void compare_with_host(Sandbox& host) {
    for (const ManifestMount& m : m_.mounts) {
      if (m.mount == 0) continue;
      const auto& kept = host.impl().kept;
      const auto at = std::find_if(kept.begin(), kept.end(), [&](const auto& k) { return k.first == m.mount; });
      const auto state = at->second->snapshot();
      const TreeState theirs = at->second->tree(*state), ours = open_->tree(m.mount);
      for (const auto& [path, seen] : m.paths) {
        if (path == "/") continue;
        const Inode *now = node_at(theirs, path), *own = node_at(ours, path);
        if (!now && !seen) continue;
        if (now && own && same_content(*now, *own) && ((now->mode ^ own->mode) & 0777) == 0) continue;
        bool same = now && seen && now->type == seen->type && (now->is_dir() || (seen_node(*now) == *seen && !(now->file() && seen->digest.empty())));
        if (same && now->is_dir() && !own)   // it goes with all in it
          now->links().for_each([&](const Link& l) { same = same && m.paths.count(path + "/" + std::string(l.name.view())); });
        if (!same && (now || own)) conflicts.push_back(open_->mounts[static_cast<size_t>(m.mount) - 1].host + path);
      }
    }
  }

  SessionStore::Impl& s_;
  const SessionRow& row_;
  const ManifestState& m_;
  std::map<std::string, ImportedState>& states_;
  ImportedState& out_;
  std::unique_ptr<OpenState> open_;
  const Credentials root_{0, 0, {}};
  PathContext who_{};
  uint64_t held_ = 0;                        // bytes in memory
  std::map<std::string, int> allowed_;       // members by their paths in the sandbox
  std::set<std::string> on_the_way_, before_, listed_, directories_;
  std::vector<std::pair<std::string, std::pair<Timespec, Timespec>>> times_;
};

/// The configuration that the session gets.
std::optional<Error> merge(const Config& theirs, const SessionImportOptions& o, Config* out) {
  if (o.trust) {
    *out = theirs;
  } else {
    *out = o.config;
    out->mounts.clear();
    out->env = theirs.env;
    out->hostname = theirs.hostname;
    out->allow_commands = theirs.allow_commands;
    out->deny_commands = theirs.deny_commands;
    out->preset = theirs.preset;
    out->setup.clear();
    out->files.clear();
    out->workdir.clear();
  }
  std::vector<Mount> given = o.config.mounts, mounts;
  std::string missing;
  for (const Mount& m : theirs.mounts) {
    const auto at = std::find_if(given.begin(), given.end(), [&](const Mount& g) { return g.guest == m.guest; });
    if (at == given.end()) {
      if (o.trust) mounts.push_back(m);
      else missing += (missing.empty() ? "" : ", ") + mount_text(m);
      continue;
    }
    if (at->mode != m.mode)
      return Error{"import.mount", "mount " + m.guest + ": it is " + mount_text(m).substr(m.host.size() + m.guest.size() + 2) + " in the archive",
                   "give it so"};
    at->host = absolute_path(at->host);
    mounts.push_back(std::move(*at));
    given.erase(at);
  }
  if (!missing.empty())
    return Error{"import.mount", "the session has mounts that the command line does not place: " + missing,
                 "--mount HOST:GUEST:MODE places one, --trust takes all as they were"};
  if (!given.empty()) return Error{"import.mount", "the session has no mount at " + given[0].guest, "nacre create makes sessions with other mounts"};
  out->mounts = std::move(mounts);
  return std::nullopt;
}

Expected<Manifest> read_first(ArchiveReader& in) {
  TarEntry e;
  if (!in.next(e)) return refused(in.error().empty() ? "the archive is empty" : in.error());
  if (e.name != kManifestName || e.type != '0' || e.sparse) return refused("the first member is not " + std::string(kManifestName));
  if (e.size > kLargestManifest) return refused(std::string(kManifestName) + ": too large");
  std::string json;
  for (std::string_view s = in.data(); !s.empty(); s = in.data()) json += s;
  if (!in.error().empty()) return refused(in.error());
  return read_manifest(json);
}

}  // namespace

Expected<SessionRow> SessionStore::Impl::read_archive(const std::function<int64_t(std::span<char>)>& read, const SessionImportOptions& o,
                                                      std::vector<std::string>* lost) {
  Impl& s = *this;
  ArchiveReader in(read);
  auto m = read_first(in);
  if (!m) return m.error();
  const std::string name = o.name.empty() ? m->name : o.name;
  if (auto ok = s.free_name(name); !ok) {
    if (o.name.empty() && ok.error().code == "session.exists") return Error{"session.exists", ok.error().message, "-n NAME gives the new one another name"};
    return ok.error();
  }
  Config theirs, config;
  if (!decode_config(m->config, &theirs)) return refused("the configuration in it cannot be read");
  if (auto wrong = merge(theirs, o, &config)) return *wrong;
  if (std::string what = not_kept(config); !what.empty()) return Error{"session.config", what + ": cannot be kept in a session", ""};
  auto host = Sandbox::create(config);
  if (!host) return host.error();

  Database::Transaction all(*s.db);
  SessionRow row{.id = s.new_id(), .name = name, .config = encode_config(config), .created = m->created_ms, .used = s.now(), .ttl = m->ttl_ms};
  std::map<std::string, ImportedState> states;
  std::vector<std::string> conflicts;
  for (const ManifestState& state : m->states) {
    row.layer = s.new_layer(state.parent.empty() ? 0 : states[state.parent].layer);
    row.cwd = state.cwd;
    row.shell = state.shell;
    StoredFsByMount none_stored;
    if (state.parent.empty() && !s.store_files((*host)->impl(), std::make_shared<Layers>(*s.db, row.layer), none_stored)) return s.db->error();
    StateImport files(s, row, state, states);
    if (auto wrong = files.run(in, **host)) return *wrong;
    if (!s.db->good()) return s.db->error();
    conflicts.insert(conflicts.end(), files.conflicts.begin(), files.conflicts.end());
    if (state.tree == "base") {
      row.base = row.layer;
      continue;
    }
    // A shell that cannot be opened is found out now.
    StoredFsByMount stored;
    auto layers = std::make_shared<Layers>(*s.db, row.layer);
    if (auto opened = s.load(row, false, layers, &stored); !opened) {
      if (!lost) return refused("the state of the shell in it cannot be read");
      lost->push_back("the state of the shell of " + state.tree);
      row.shell = save_shell(*(*host)->impl().shell);
    }
    if (state.tree == "files") continue;
    const std::string snapshot = state.tree.substr(state.tree.find('/') + 1);
    auto q = s.db->query("INSERT INTO snapshot(session, name, created, layer, cwd, shell) VALUES(?,?,?,?,?,?)");
    q.text(row.id).text(snapshot) << state.created_ms << row.layer;
    q.text(row.cwd) << std::string_view(row.shell);
    if (!s.db->run(q)) return s.db->error();
  }
  TarEntry e;
  if (in.next(e)) return refused(e.name + ": is not in the manifest");
  if (!in.error().empty()) return refused(in.error());
  if (!conflicts.empty() && !o.force) {
    std::sort(conflicts.begin(), conflicts.end());
    conflicts.erase(std::unique(conflicts.begin(), conflicts.end()), conflicts.end());
    std::string list;
    for (const std::string& c : conflicts) list += c + ": not as the session saw it\n";
    return Error{"import.host", "the host has other files than the session changed", "--force imports all the same; nacre apply will then write over them",
                 list};
  }
  for (const RunRecord& r : m->history) {
    auto h = s.db->query("INSERT INTO run VALUES(?,?,?,?,?,?)");
    h.text(row.id) << r.number << r.time_ms << std::string_view(r.command) << r.exit_code << static_cast<int64_t>(std::llround(r.duration_ms * 1000));
    if (!s.db->run(h)) return s.db->error();
  }
  if (!s.insert(row) || !all.commit()) return s.db->error();
  return row;
}

Expected<SessionInfo> SessionStore::import_session(const std::function<int64_t(std::span<char>)>& read, const SessionImportOptions& o) {
  auto row = impl_->read_archive(read, o, nullptr);
  if (!row) return row.error();
  return impl_->info(*row);
}

}  // namespace nacre
