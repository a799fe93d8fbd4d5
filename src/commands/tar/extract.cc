/// Extraction. It never leaves the directory it works in: names are cut as GNU tar
/// cuts them or refused, and symbolic links that lead elsewhere are made at the
/// very end, so that no member can be written through one.
#include "commands/make_dirs.h"
#include "commands/paths.h"
#include "commands/quoting.h"
#include "commands/remove_tree.h"
#include "commands/tar/purge.h"
#include "commands/tar/tar.h"

namespace nacre {
namespace {

class Extractor {
 public:
  explicit Extractor(Tar& tar) : tar_(tar), p_(tar.p), o_(tar.o.extract), in_(tar), reader_(tar, in_) {
    bool root = p_.credentials().uid == 0;
    keep_mode_ = o_.same_permissions.value_or(root);
    keep_owner_ = o_.same_owner.value_or(root);
  }

  void run() {
    TarEntry e;
    while (reader_.next(e)) {
      bool all;
      tar_.at_block(reader_.entry_offset() / kTarBlock + (tar_.o.verbose == 1));   // as GNU's counts here
      TarName* name = tar_.wanted(e.name, &all);
      if ((!name && !all) || tar_.excluded(e.name)) {
        tar_.omit(e);
        continue;
      }
      if (e.type == 'V' || e.type == 'M' || e.type == 'N') {
        if (tar_.o.verbose) tar_.list(e, tar_.o.verbose, e.name);
        continue;
      }
      tar_.go(name ? name->dir : tar_.o.last_dir);
      dir_ = name ? name->dir : tar_.o.last_dir;
      one(e);
      if (tar_.all_found()) break;
    }
    if (tar_.o.block_numbers && tar_.o.verbose) tar_.say("block " + std::to_string(reader_.end_offset() / kTarBlock) + ": ** Block of NULs **");
    in_.finish();
    finish_links();
    finish_directories();
    tar_.go(tar_.o.start_dir);
    tar_.report_missing();
  }

 private:
  // ---- names
  // The name to extract to; "" when nothing is left of it.
  static std::string stripped(std::string_view name, uint64_t components) {
    for (; components > 0; components--) {
      while (name.starts_with('/')) name.remove_prefix(1);
      size_t slash = name.find('/');
      if (slash == name.npos) return "";
      name.remove_prefix(slash);
      while (name.starts_with('/')) name.remove_prefix(1);
    }
    return std::string(name);
  }
  static bool has_dotdot(std::string_view name) {
    for (size_t at = 0; at <= name.size();) {
      size_t end = std::min(name.find('/', at), name.size());
      if (name.substr(at, end - at) == "..") return true;
      at = end + 1;
    }
    return false;
  }

  void one(TarEntry& e) {
    std::string stored = e.name;
    std::string path = tar_.transformed(e.name, TarTransform::Of::Name);
    if (tar_.o.strip) {
      path = stripped(path, tar_.o.strip);
      if (path.empty()) return;
    }
    path = tar_.safe_name(path, false);
    if (e.is_link()) {
      e.link = tar_.transformed(e.link, TarTransform::Of::HardLink);
      if (tar_.o.strip) e.link = stripped(e.link, tar_.o.strip);
      e.link = tar_.safe_name(e.link, true);
    } else if (e.is_symlink()) {
      e.link = tar_.transformed(e.link, TarTransform::Of::Symlink);
    }
    if (o_.one_top_level && !(path == *o_.one_top_level || path.starts_with(*o_.one_top_level + "/")))
      path = path == "." || path == "./" ? *o_.one_top_level : join_path(*o_.one_top_level, path);
    if (!tar_.o.absolute_names && has_dotdot(stored)) return tar_.error(tar_.shown(stored, true) + ": Member name contains '..'");
    if (!tar_.confirmed("extract", path)) return;
    if (tar_.o.verbose) tar_.list(e, tar_.o.verbose, tar_.o.show_transformed ? path : stored);
    if (o_.to_stdout) {
      if (e.is_regular()) copy_out(e, 1);
      return;
    }
    if (!o_.to_command.empty()) {
      if (e.is_regular()) run_command(e, path);
      return;
    }
    if (e.is_dir()) return make_directory(e, path);
    if (!prepare(e, path)) return;
    if (e.is_link()) make_hard_link(e, path);
    else if (e.is_symlink()) make_symlink(e, path);
    else if (e.type == '6') made(e, path, p_.mkfifo(path, e.mode & ~p_.umask()), "mkfifo");
    else if (e.type == '3' || e.type == '4')
      made(e, path, p_.mknod(path, e.type == '3' ? FileType::CharDevice : FileType::BlockDevice, e.mode & ~p_.umask(), e.major, e.minor), "mknod");
    else make_file(e, path);
  }

  // Gives the data to the command of --to-command, which learns about the file from its environment.
  void run_command(const TarEntry& e, const std::string& path) {
    static constexpr std::pair<TarFormat, const char*> formats[] = {
        {TarFormat::V7, "v7"}, {TarFormat::OldGnu, "oldgnu"}, {TarFormat::Gnu, "gnu"}, {TarFormat::Ustar, "ustar"}, {TarFormat::Pax, "posix"}};
    char mode[16];
    std::snprintf(mode, sizeof mode, "0%03o", e.mode & 07777);
    auto time = [](Timespec t) {
      std::string out = std::to_string(t.sec);
      return t.nsec ? out + "." + std::to_string(1'000'000'000 + t.nsec).substr(1) : out;
    };
    const char* format = "gnu";
    for (const auto& f : formats)
      if (f.first == tar_.o.create.format) format = f.second;
    auto env = std::make_shared<EnvList>(p_.env());
    for (const auto& [name, value] : std::initializer_list<std::pair<const char*, std::string>>{{"TAR_VERSION", "1.34"},
                                                                                                {"TAR_ARCHIVE", tar_.o.archives[0]},
                                                                                                {"TAR_VOLUME", "1"},
                                                                                                {"TAR_BLOCKING_FACTOR", std::to_string(tar_.o.blocking)},
                                                                                                {"TAR_FORMAT", format},
                                                                                                {"TAR_FILETYPE", "f"},
                                                                                                {"TAR_MODE", mode},
                                                                                                {"TAR_FILENAME", path},
                                                                                                {"TAR_REALNAME", path},
                                                                                                {"TAR_UNAME", e.uname},
                                                                                                {"TAR_GNAME", e.gname},
                                                                                                {"TAR_UID", std::to_string(e.uid)},
                                                                                                {"TAR_GID", std::to_string(e.gid)},
                                                                                                {"TAR_MTIME", time(e.mtime)},
                                                                                                {"TAR_ATIME", time(e.atime.value_or(p_.now()))},
                                                                                                {"TAR_CTIME", time(e.ctime.value_or(p_.now()))},
                                                                                                {"TAR_SIZE", std::to_string(e.size)}})
      env->push_back(std::string(name) + "=" + value);
    auto pipe = p_.pipe();
    if (!pipe) tar_.fatal("Cannot create pipe: " + std::string(message(pipe.error())));
    SpawnOptions options;
    options.env = env;
    options.stdin_fd = pipe->read_end;
    options.close_fds = {pipe->read_end, pipe->write_end};
    auto pid = p_.spawn({"/bin/sh", "-c", o_.to_command}, options);
    (void)p_.close(pipe->read_end);
    if (!pid) tar_.fatal("/bin/sh: Cannot exec: " + std::string(message(pid.error())));
    // A command need not read all of it.
    p_.set_action(kSigPIPE, SignalAction::Ignore);
    copy_out(e, pipe->write_end);
    p_.set_action(kSigPIPE, SignalAction::Default);
    (void)p_.close(pipe->write_end);
    auto waited = p_.wait(*pid);
    if (!waited || !*waited || o_.ignore_command_error) return;
    const WaitStatus& how = (*waited)->status;
    if (how.kind == WaitStatus::Kind::Signaled) tar_.error(std::to_string(*pid) + ": Child terminated on signal " + std::to_string(how.code));
    else if (how.code != 0) tar_.error(std::to_string(*pid) + ": Child returned status " + std::to_string(how.code));
  }

  // ---- what is there already
  bool back_up(const std::string& path) {
    if (o_.backup.kind == BackupOptions::None) return true;
    auto st = p_.lstat(path);
    if (!st || st->is_dir()) return true;
    const std::string name = backup_name(p_, o_.backup, path);
    if (auto done = p_.rename(path, name); !done) {
      tar_.error(quote(p_, path) + ": Cannot rename to " + quote(p_, name) + ": " + std::string(message(done.error())));
      return false;
    }
    if (tar_.o.verbose) tar_.say("Renaming " + quote(p_, path) + " to " + quote(p_, name));
    return true;
  }

  // False: this member is not extracted.
  bool prepare(const TarEntry& e, const std::string& path) {
    if (!back_up(path)) return false;
    if (o_.existing == TarExisting::UnlinkFirst) remove(path, false);
    if (o_.existing != TarExisting::KeepNewer) return true;
    auto st = p_.lstat(path);
    if (!st || st->mtime.sec < e.mtime.sec) return true;
    tar_.warn_about("ignore-newer", "Current " + quote(p_, path) + " is newer or same age");
    return false;
  }

  // Removes what stands in the way: a file, an empty directory; a whole tree with --recursive-unlink.
  bool remove(const std::string& path, bool report = true) {
    auto st = p_.lstat(path);
    if (!st) return false;
    delayed_links_.erase(key_of(*st));
    Result<void> done = st->is_dir() ? p_.rmdir(path) : p_.unlink(path);
    if (!done && st->is_dir() && o_.recursive_unlink) {
      RemoveTree tree{p_};
      return tree.remove(path, *st);
    }
    if (!done && report) tar_.error(path, "unlink", done.error());
    return done.ok();
  }
  static std::pair<uint64_t, uint64_t> key_of(const Stat& st) { return {st.dev, st.ino}; }

  // After a failed attempt: true to try again, when a directory was missing or a file was removed.
  bool make_room(const std::string& path, Errno e, bool& silent) {
    silent = false;
    if (e == Errno::NOENT) return make_parents_of(path);
    if (e != Errno::EXIST) return false;
    switch (o_.existing) {
      case TarExisting::Keep: return false;
      case TarExisting::Skip:
        silent = true;
        if (tar_.o.verbose) tar_.warn_about("existing-file", tar_.shown(path, true) + ": skipping existing file");
        return false;
      default: return remove(path, false);
    }
  }
  bool make_parents_of(const std::string& path) {
    bool any = false;
    std::string failed;
    Errno e = make_parents(p_, path, [&](const std::string&) { any = true; }, &failed);
    return e == Errno::OK && any;
  }

  template <class Make>
  bool attempt(const std::string& path, const std::string& verb, Make&& make) {
    for (int tries = 0;; tries++) {
      Errno e = make();
      if (e == Errno::OK) return true;
      bool silent = false;
      if (tries < 2 && make_room(path, e, silent)) continue;
      if (!silent) tar_.error(path, verb.c_str(), e);
      return false;
    }
  }
  void made(const TarEntry& e, const std::string& path, Result<void> done, const char* verb) {
    bool first = true;
    bool good = attempt(path, verb, [&]() -> Errno {
      if (std::exchange(first, false)) return done ? Errno::OK : done.error();
      auto again = e.type == '6' ? p_.mkfifo(path, e.mode & ~p_.umask())
                                 : p_.mknod(path, e.type == '3' ? FileType::CharDevice : FileType::BlockDevice, e.mode & ~p_.umask(), e.major, e.minor);
      return again ? Errno::OK : again.error();
    });
    if (good) set_attributes(e, path);
  }

  // ---- attributes
  Mode wanted_mode(const TarEntry& e) const { return keep_mode_ ? e.mode & 07777 : e.mode & 0777 & ~p_.umask(); }

  void set_attributes(const TarEntry& e, const std::string& path, bool is_symlink = false) {
    if (keep_owner_) {
      uint32_t uid = static_cast<uint32_t>(e.uid), gid = static_cast<uint32_t>(e.gid);
      if (!tar_.o.numeric_owner) {
        if (auto* user = e.uname.empty() ? nullptr : tar_.accounts.user(std::string_view(e.uname))) uid = user->uid;
        if (auto* group = e.gname.empty() ? nullptr : tar_.accounts.group(std::string_view(e.gname))) gid = group->gid;
      }
      if (auto done = p_.chown(path, uid, gid, Follow::No); !done)
        tar_.error(tar_.shown(path, true) + ": Cannot change ownership to uid " + std::to_string(uid) + ", gid " + std::to_string(gid) + ": " +
                   std::string(message(done.error())));
    }
    if (!is_symlink) {
      if (auto done = p_.chmod(path, wanted_mode(e)); !done) tar_.error(path, "change mode", done.error());
    }
    if (!o_.touch) {
      check_time(path, e.mtime);
      Timespec atime = e.atime.value_or(p_.now());
      if (auto done = p_.utimens(path, &atime, &e.mtime, false, Follow::No); !done) tar_.error(path, "utime", done.error());
    }
  }

  void check_time(const std::string& path, Timespec t) {
    if (t.sec < 0) return tar_.warn_about("timestamp", tar_.shown(path, true) + ": implausibly old time stamp " + tar_.time_text(t, true));
    Timespec now = p_.now();
    if (t <= now) return;
    int64_t sec = t.sec - now.sec, nsec = t.nsec - now.nsec;
    if (nsec < 0) {
      sec--;
      nsec += 1'000'000'000;
    }
    std::string fraction = std::to_string(1'000'000'000 + nsec).substr(1);
    while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
    tar_.warn_about("timestamp", tar_.shown(path, true) + ": time stamp " + tar_.time_text(t, true) + " is " + std::to_string(sec) +
                                     (fraction.empty() ? "" : "." + fraction) + " s in the future");
  }

  // ---- kinds of members
  void make_directory(const TarEntry& e, const std::string& name) {
    std::string path(without_trailing_slashes(name));
    if (tar_.o.incremental && e.has_dumpdir()) tar_purge(tar_, path, reader_.dumpdir(e));
    bool existed = false;
    for (int tries = 0;; tries++) {
      auto done = p_.mkdir(path, (wanted_mode(e) | 0700) & 0777);
      if (done) break;
      auto st = p_.lstat(path);
      if (st && st->is_symlink() && o_.keep_directory_symlink) {
        if (auto target = p_.stat(path); target && target->is_dir()) return;
      }
      if (st && st->is_dir()) {
        existed = true;
        break;
      }
      bool silent = false;
      if (tries < 2 && make_room(path, done.error(), silent)) continue;
      if (!silent) tar_.error(path, "mkdir", done.error());
      return;
    }
    // "." is the caller's own; existing directories keep what they have, when that is asked for.
    if (existed && (o_.no_overwrite_dir || o_.existing == TarExisting::Keep || o_.existing == TarExisting::Skip)) {
      if (o_.existing == TarExisting::Skip && tar_.o.verbose) tar_.warn_about("existing-file", tar_.shown(path, true) + ": skipping existing file");
      return;
    }
    directories_.push_back({dir_, path, e});
  }

  void make_file(const TarEntry& e, const std::string& path) {
    int fd = -1;
    bool overwrite = o_.existing == TarExisting::Overwrite;
    uint32_t flags = kOpenWrite | kOpenCreate | (overwrite ? kOpenTruncate | kOpenNoFollow : uint32_t{kOpenExclusive});
    bool good = attempt(path, "open", [&]() -> Errno {
      auto opened = p_.open(path, flags, (wanted_mode(e) | 0600) & 0777);
      if (!opened && overwrite && opened.error() == Errno::LOOP) return Errno::EXIST;
      if (!opened) return opened.error();
      fd = *opened;
      return Errno::OK;
    });
    if (!good) return;
    good = write_data(e, path, fd);
    (void)p_.close(fd);
    if (good) set_attributes(e, path);
  }

  bool write_data(const TarEntry& e, const std::string& path, int fd) {
    auto fail = [&](Errno error) {
      tar_.error(path, "write", error);
      return false;
    };
    if (!e.sparse) {
      for (std::string_view s = reader_.data(); !s.empty(); s = reader_.data()) {
        if (auto done = p_.write(fd, s); !done) return fail(done.error());
      }
      return true;
    }
    std::string_view have;
    uint64_t at = 0;
    for (const auto& piece : e.pieces) {
      if (piece.offset < at || piece.size > e.size || piece.offset > e.size - piece.size) return fail(Errno::INVAL);
      if (auto done = p_.lseek(fd, static_cast<int64_t>(piece.offset), Whence::Set); !done) return fail(done.error());
      for (uint64_t left = piece.size; left > 0;) {
        if (have.empty()) have = reader_.data();
        if (have.empty()) return fail(Errno::INVAL);
        std::string_view part = have.substr(0, left);
        if (auto done = p_.write(fd, part); !done) return fail(done.error());
        have.remove_prefix(part.size());
        left -= part.size();
      }
      at = piece.offset + piece.size;
      p_.tick();
    }
    if (auto done = p_.ftruncate(fd, e.size); !done) return fail(done.error());
    return true;
  }

  void copy_out(const TarEntry& e, int fd) {
    uint64_t at = 0, next = 0;
    const std::string zeros(4096, '\0');
    auto put = [&](std::string_view s) {
      auto done = p_.write(fd, s);
      if (!done && (fd == 1 || done.error() != Errno::PIPE)) tar_.fatal("-: Cannot write: " + std::string(message(done.error())));
    };
    auto fill = [&](uint64_t to) {
      for (; at < to; p_.tick()) {
        size_t n = static_cast<size_t>(std::min<uint64_t>(zeros.size(), to - at));
        put(std::string_view(zeros).substr(0, n));
        at += n;
      }
    };
    size_t piece = 0;
    for (std::string_view s = reader_.data(); !s.empty();) {
      if (e.sparse && next == 0) {
        if (piece == e.pieces.size()) break;
        fill(std::min(e.pieces[piece].offset, e.size));
        next = e.pieces[piece++].size;
        if (next == 0) continue;
      }
      std::string_view part = e.sparse ? s.substr(0, next) : s;
      put(part);
      at += part.size();
      if (e.sparse) next -= part.size();
      s.remove_prefix(part.size());
      if (s.empty()) s = reader_.data();
    }
    if (e.sparse) fill(e.size);
  }

  void make_hard_link(const TarEntry& e, const std::string& path) {
    if (has_dotdot(e.link) && !tar_.o.absolute_names) return tar_.error(tar_.shown(e.link, true) + ": Member name contains '..'");
    auto same = [&] {
      auto a = p_.lstat(path), b = p_.lstat(e.link);
      return a && b && key_of(*a) == key_of(*b);
    };
    bool tried = false;
    for (int tries = 0;; tries++) {
      auto done = p_.link(e.link, path);
      if (done) break;
      if (done.error() == Errno::EXIST && same()) return;
      bool silent = false;
      if (done.error() == Errno::NOENT && tried) {
        return tar_.error(tar_.shown(path, true) + ": Cannot hard link to " + quote(p_, e.link) + ": " + std::string(message(done.error())));
      }
      tried = tried || done.error() == Errno::NOENT;
      if (tries < 2 && make_room(path, done.error(), silent)) continue;
      if (!silent) tar_.error(tar_.shown(path, true) + ": Cannot hard link to " + quote(p_, e.link) + ": " + std::string(message(done.error())));
      return;
    }
    // A second name of a link that is not made yet is made with it.
    if (auto st = p_.lstat(path)) {
      if (auto it = delayed_links_.find(key_of(*st)); it != delayed_links_.end()) it->second.paths.push_back({dir_, path});
    }
  }

  void make_symlink(const TarEntry& e, const std::string& path) {
    bool leads_away = !tar_.o.absolute_names && (e.link.starts_with('/') || has_dotdot(e.link));
    bool good = attempt(path, leads_away ? "open" : "create symlink to " + quote(p_, e.link), [&]() -> Errno {
      if (leads_away) {
        auto fd = p_.open(path, kOpenWrite | kOpenCreate | kOpenExclusive, 0);
        if (!fd) return fd.error();
        (void)p_.close(*fd);
        return Errno::OK;
      }
      auto done = p_.symlink(e.link, path);
      return done ? Errno::OK : done.error();
    });
    if (!good) return;
    if (!leads_away) return set_attributes(e, path, true);
    if (auto st = p_.lstat(path)) delayed_links_[key_of(*st)] = {e, {{dir_, path}}};
  }

  // ---- at the end
  void finish_links() {
    for (const auto& [key, link] : delayed_links_) {
      for (const auto& [dir, path] : link.paths) {
        tar_.go(dir);
        auto st = p_.lstat(path);
        // Something else was put there since.
        if (!st || key_of(*st) != key) continue;
        (void)p_.unlink(path);
        auto done = p_.symlink(link.entry.link, path);
        if (!done) tar_.error(tar_.shown(path, true) + ": Cannot create symlink to " + quote(p_, link.entry.link) + ": " + std::string(message(done.error())));
        else set_attributes(link.entry, path, true);
      }
      p_.tick();
    }
  }
  void finish_directories() {
    for (size_t i = directories_.size(); i-- > 0;) {
      const auto& d = directories_[i];
      tar_.go(d.dir);
      // Only if it is still a directory, and not a link in its place.
      auto st = p_.lstat(d.path);
      if (st && st->is_dir()) set_attributes(d.entry, d.path);
      p_.tick();
    }
  }

  struct Delayed {
    TarEntry entry;
    std::vector<std::pair<std::string, std::string>> paths;
  };
  struct Directory {
    std::string dir, path;
    TarEntry entry;
  };

  Tar& tar_;
  Process& p_;
  TarExtractOptions& o_;
  TarInput in_;
  TarReader reader_;
  bool keep_mode_, keep_owner_;
  std::string dir_;
  std::map<std::pair<uint64_t, uint64_t>, Delayed> delayed_links_;
  std::vector<Directory> directories_;
};

}  // namespace

void tar_extract(Tar& tar) { Extractor(tar).run(); }

}  // namespace nacre
