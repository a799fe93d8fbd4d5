/// Creation: files into members, for -c, -r and -u.
#include <algorithm>

#include "base/deep_call.h"
#include "commands/mode.h"
#include "commands/paths.h"
#include "commands/quoting.h"
#include "commands/tar/incremental.h"
#include "commands/tar/tar.h"

namespace nacre {
namespace {

class Creator {
 public:
  Creator(Tar& tar, TarOutput& out, const std::map<std::string, Timespec>* older) : tar_(tar), p_(tar.p), o_(tar.o.create), out_(out), older_(older) {}

  void run() {
    out_.write(write_tar_global(o_.pax, p_.now()));
    if (!o_.label.empty() && !older_) put_label();
    if (tar_.o.incremental) return run_incremental();
    for (const auto& name : tar_.o.names) {
      tar_.go(name.dir);
      dir_ = name.dir;
      recurse_ = name.recurse;
      excludes_ = name.excludes;
      if (!tar_.excluded(name.text, excludes_)) dump(name.text, true);
    }
    tell_missing_links();
  }

 private:
  // All directories first, each with the list of what it holds; then the files in them that changed.
  void run_incremental() {
    TarIncremental dump(tar_);
    dump.read();
    for (const auto& name : tar_.o.names) {
      tar_.go(dir_ = name.dir);
      if (!tar_.excluded(name.text, name.excludes)) dump.collect(name);
    }
    dump.store_renames();
    incremental_ = &dump;
    for (const auto& [name, found] : dump.gathered()) {
      excludes_ = found.excludes;
      dumpdir_ = found.dumpdir ? &*found.dumpdir : nullptr;
      if (!tar_.excluded(name, excludes_)) this->dump(name, true);
    }
    dumpdir_ = nullptr;
    for (const auto& [name, found] : dump.gathered()) {
      each_dumpdir_entry(found.dumpdir.value_or(""), [&](char letter, std::string_view file) {
        if (letter == 'Y') this->dump(join_path(name, file), false);
        return true;
      });
    }
    removed_.insert(removed_.end(), emptied_.rbegin(), emptied_.rend());   // the deepest first
    if (!tar_.o.verify) remove_files();
    tell_missing_links();
    dump.write();
    incremental_ = nullptr;
  }

  void tell_missing_links() {
    if (o_.check_links) {
      for (const auto& [key, link] : links_)
        if (link.left > 0) tar_.warn("Missing links to " + locale_quote(link.name, p_.utf8()) + ".");
    }
  }

  struct Link {
    std::string name;
    uint64_t left;
    std::string stored;
  };

  void put_label() {
    TarEntry e;
    e.name = o_.label;
    e.type = 'V';
    e.mode = 0;
    e.mtime = p_.now();
    std::string why;
    out_.write(write_tar_header(e, o_.format, o_.pax, &why));
  }

  void cannot_read(const std::string& path, const char* verb, Errno e) {
    if (!o_.ignore_failed_read) return tar_.error(path, verb, e);
    tar_.warn(tar_.shown(path, true) + ": Warning: Cannot " + verb + ": " + std::string(message(e)));
  }

  void dump(const std::string& path, bool top) {
    p_.tick(4);
    if (!tar_.confirmed("add", path)) return;
    if (top) (void)tar_.safe_name(path, false);   // what is cut is said before anything about the file
    auto st = o_.dereference ? p_.stat(path) : p_.lstat(path);
    if (!st) return cannot_read(path, "stat", st.error());
    if (top) device_ = st->dev;
    if (out_.is_archive(*st)) return tar_.warn_about("ignore-archive", tar_.shown(path, true) + ": file is the archive; not dumped");
    if (top && incremental_ && !st->is_dir() && incremental_->unchanged(*st)) return;
    if (!incremental_ && !st->is_dir() && o_.newer && !is_newer(*st)) return;
    if (!st->is_dir() && older_ && !is_updated(path, *st)) return;
    TarEntry e = entry_of(path, *st);
    e.incremental = incremental_ != nullptr;
    if (st->is_dir() && incremental_) return dump_incremental(path, e);
    if (st->is_dir()) return dump_directory(path, e, *st, top);
    if (st->type == FileType::Socket) return tar_.warn_about("file-ignored", tar_.shown(path, true) + ": socket ignored");
    if (make_link(path, e, *st)) return remove(path);
    if (st->is_symlink() && !set_link(path, e)) return;
    // Only files that take less room than they are long have holes.
    sparse_ = o_.sparse && st->is_regular() && st->blocks * 512 < st->size;
    if (st->is_regular()) {
      dump_file(path, e);
      if (o_.keep_atime && !o_.remove_files) (void)p_.utimens(path, &st->atime, &st->mtime, false);
      return;
    }
    if (put(path, e, "")) remove(path);
  }

  bool is_newer(const Stat& st) const { return st.mtime >= *o_.newer || (!o_.newer_mtime_only && st.ctime >= *o_.newer); }
  bool is_updated(const std::string& path, const Stat& st) const {
    auto it = older_->find(std::string(without_trailing_slashes(tar_.safe_name(path, false))));
    return it == older_->end() || st.mtime.sec > it->second.sec;
  }
  void remove(const std::string& path) {
    if (!o_.remove_files) return;
    removed_.push_back({path, dir_, false});
    if (!tar_.o.verify) remove_files();
  }

 public:
  // Only when all is written and seen to be right.
  void remove_files() {
    for (const auto& r : std::exchange(removed_, {})) {
      tar_.go(r.dir);
      auto done = r.is_dir ? p_.rmdir(r.path) : p_.unlink(r.path);
      if (!done) tar_.error(r.path, r.is_dir ? "rmdir" : "unlink", done.error());
    }
  }

 private:
  TarEntry entry_of(const std::string& path, const Stat& st) {
    TarEntry e;
    std::string name = path;
    if (st.is_dir())
      while (name.size() > 1 && name.ends_with('/')) name.pop_back();
    e.name = tar_.safe_name(name, false);
    if (st.is_dir() && !e.name.ends_with('/')) e.name += '/';
    e.name = tar_.transformed(e.name, TarTransform::Of::Name);
    e.mode = st.mode;
    if (o_.mode) e.mode = ModeChange::parse(*o_.mode)->apply(st.mode, st.is_dir(), p_.umask());
    const auto owner = o_.owner_map.find(st.uid), group = o_.group_map.find(st.gid);
    const bool has_owner = owner != o_.owner_map.end(), has_group = group != o_.group_map.end();
    e.uid = has_owner ? owner->second.id : o_.owner_id.value_or(st.uid);
    e.gid = has_group ? group->second.id : o_.group_id.value_or(st.gid);
    if (!tar_.o.numeric_owner) {
      e.uname = has_owner ? owner->second.name : o_.owner_name ? *o_.owner_name : name_of(tar_.accounts.user(st.uid));
      e.gname = has_group ? group->second.name : o_.group_name ? *o_.group_name : name_of(tar_.accounts.group(st.gid));
    }
    e.mtime = mtime_ = st.mtime;
    if (o_.mtime && (!o_.clamp_mtime || st.mtime > *o_.mtime)) e.mtime = *o_.mtime;
    if (o_.format != TarFormat::Pax) e.mtime.nsec = 0;
    e.atime = st.atime;
    e.ctime = st.ctime;
    e.major = st.rdev_major;
    e.minor = st.rdev_minor;
    static constexpr char types[] = {'0', '5', '2', '6', '3', '4', '0'};
    e.type = types[static_cast<int>(st.type)];
    if (st.is_regular()) e.size = e.stored = st.size;
    return e;
  }
  template <class A>
  static std::string name_of(const A* account) {
    return account ? account->name : "";
  }

  // Another name of what was dumped already: true when a link was written.
  bool make_link(const std::string& path, TarEntry& e, const Stat& st) {
    if (st.nlink < 2 || o_.hard_dereference || st.is_dir()) return false;
    auto [it, fresh] = links_.try_emplace({st.dev, st.ino}, Link{path, st.nlink, ""});
    if (it->second.left > 0) it->second.left--;
    if (fresh) {
      it->second.stored = tar_.transformed(tar_.safe_name(path, true), TarTransform::Of::HardLink);
      return false;
    }
    e.type = '1';
    e.link = it->second.stored;
    e.size = e.stored = 0;
    put(path, e, "");
    return true;
  }
  bool set_link(const std::string& path, TarEntry& e) {
    auto target = p_.readlink(path);
    if (!target) {
      cannot_read(path, "readlink", target.error());
      return false;
    }
    e.link = tar_.transformed(*target, TarTransform::Of::Symlink);
    return true;
  }

  bool put(const std::string& path, const TarEntry& e, std::string_view) {
    std::string why, header = write_tar_header(e, o_.format, o_.pax, &why);
    if (header.empty()) {
      // A number that does not fit is told without the name.
      tar_.error(why.starts_with("value ") ? why : tar_.shown(path, true) + ": " + why);
      return false;
    }
    out_.write(header);
    if (tar_.o.verbose) {
      TarEntry listed = e;
      listed.mtime = mtime_;   // the file's own, whatever is stored
      if (e.type == 'D') listed.size = 0;
      tar_.list(listed, tar_.o.verbose, tar_.o.show_transformed ? e.name : shown_path(path, e));
    }
    return true;
  }
  static std::string shown_path(const std::string& path, const TarEntry& e) {
    std::string name = path;
    if (e.type == '5' || e.type == 'D') {
      while (name.size() > 1 && name.ends_with('/')) name.pop_back();
      if (name != "/") name += '/';
    }
    return name;
  }

  void dump_file(const std::string& path, TarEntry& e) {
    auto fd = p_.open(path, kOpenRead);
    if (!fd) return cannot_read(path, "open", fd.error());
    Input in(p_, *fd, path);
    if (sparse_ && find_pieces(*fd, e)) {
      if (!put(path, e, "")) return;
      std::string map = tar_sparse_map(e, o_.format);
      out_.write(map);
      for (const auto& piece : e.pieces) {
        (void)p_.lseek(*fd, static_cast<int64_t>(piece.offset), Whence::Set);
        Input part(p_, *fd, path, false);
        copy(path, part, piece.size);
      }
      out_.write(std::string(tar_padding(e.stored), '\0'));
      return remove(path);
    }
    if (!put(path, e, "")) return;
    copy(path, in, e.stored);
    out_.write(std::string(tar_padding(e.stored), '\0'));
    remove(path);
  }

  // Where a file with holes has something other than zeros, by blocks. False: not worth it.
  bool find_pieces(int fd, TarEntry& e) {
    if (o_.format != TarFormat::Gnu && o_.format != TarFormat::OldGnu && o_.format != TarFormat::Pax) return false;
    Input in(p_, fd, "", false);
    uint64_t at = 0;
    while (true) {
      std::string_view s = in.block(kTarBlock);
      s = s.substr(0, std::min<size_t>(s.size(), kTarBlock));
      if (s.empty()) break;
      if (s.find_first_not_of('\0') != s.npos) {
        if (!e.pieces.empty() && e.pieces.back().offset + e.pieces.back().size == at) e.pieces.back().size += s.size();
        else e.pieces.push_back({at, s.size()});
      }
      at += s.size();
      in.consume(s.size());
      p_.tick();
    }
    (void)p_.lseek(fd, 0, Whence::Set);
    e.size = at;
    if (e.pieces.empty() || e.pieces.back().offset + e.pieces.back().size < at) e.pieces.push_back({at, 0});
    e.stored = 0;
    for (const auto& piece : e.pieces) e.stored += piece.size;
    e.sparse = true;
    return true;
  }

  void copy(const std::string& path, Input& in, uint64_t left) {
    while (left > 0) {
      std::string_view s = in.block().substr(0, left);
      if (s.empty()) break;
      out_.write(s);
      in.consume(s.size());
      left -= s.size();
    }
    if (left > 0) {
      if (in.error() != Errno::OK) tar_.error(path, "read", in.error());
      else {
        tar_.warn_about("file-shrank", tar_.shown(path, true) + ": File shrank by " + std::to_string(left) + " bytes; padding with zeros");
        tar_.status = std::max(tar_.status, 1);
      }
      const std::string zeros(4096, '\0');
      for (; left > 0; p_.tick()) {
        size_t n = static_cast<size_t>(std::min<uint64_t>(left, zeros.size()));
        out_.write(std::string_view(zeros).substr(0, n));
        left -= n;
      }
    }
  }

  void dump_incremental(const std::string& path, TarEntry& e) {
    if (!dumpdir_) return;   // a file until a moment ago
    if (o_.format == TarFormat::Pax) e.dumpdir = *dumpdir_;
    else {
      e.type = 'D';
      e.size = e.stored = dumpdir_->size();
    }
    if (put(path, e, "") && e.stored) {
      out_.write(*dumpdir_);
      out_.write(std::string(tar_padding(e.stored), '\0'));
    }
    if (o_.remove_files) emptied_.push_back({path, dir_, true});
  }

  void dump_directory(const std::string& given, TarEntry& e, const Stat& st, bool top) {
    std::string path(without_trailing_slashes(given));
    if (tar_.has_tag(path, path + "/", o_.tags_all, o_.exclude_caches_all, "directory not dumped")) return;
    const bool stored = (!o_.newer || is_newer(st)) && (!older_ || is_updated(path, st));
    if (stored && !put(path, e, "")) return;
    if (!recurse_) return;
    if (o_.one_file_system && !top && st.dev != device_)
      return tar_.warn_about("xdev", tar_.shown(path, true) + "/: file is on a different filesystem; not dumped");
    if (tar_.has_tag(path, path + "/", o_.tags_under, o_.exclude_caches_under, "contents not dumped")) return;
    const auto tag = tar_.has_tag(path, path + "/", o_.tags, o_.exclude_caches, "contents not dumped");
    auto entries = p_.list(path);
    if (!entries) return cannot_read(path, "open", entries.error());
    std::vector<std::string> names;
    for (const auto& d : *entries) names.push_back(d.name);
    if (o_.sort_names) std::sort(names.begin(), names.end());
    if (!o_.ignore_files.empty()) ignores_.enter(p_, path, o_.ignore_files);
    for (const auto& name : names) {
      if (tag && name != *tag) continue;
      std::string child = join_path(path, name);
      if (!tar_.excluded(child, excludes_) && !ignores_.match(child)) deep_call([&] { dump(child, false); });
    }
    if (!o_.ignore_files.empty()) ignores_.leave();
    if (o_.remove_files) {
      removed_.push_back({path, dir_, true});
      if (!tar_.o.verify) remove_files();
    }
  }

  Tar& tar_;
  Process& p_;
  TarCreateOptions& o_;
  TarOutput& out_;
  const std::map<std::string, Timespec>* older_;
  std::map<std::pair<uint64_t, uint64_t>, Link> links_;
  struct Removed {
    std::string path, dir;
    bool is_dir;
  };
  std::vector<Removed> removed_, emptied_;
  std::string dir_;
  TarIncremental* incremental_ = nullptr;
  const std::string* dumpdir_ = nullptr;   ///< of the directory that is being dumped
  bool recurse_ = true, sparse_ = false;
  TarIgnoreLists ignores_;
  size_t excludes_ = 0;
  uint64_t device_ = 0;
  Timespec mtime_;
};

}  // namespace

uint64_t tar_find_end(Tar& tar, const std::function<void(const TarEntry&)>& seen) {
  TarInput in(tar);
  if (!tar.o.compressor.empty()) tar.fatal("Cannot update compressed archives");
  if (in.stat().size < kTarBlock) return 0;   // less than a header: written over
  TarReader reader(tar, in);
  TarEntry e;
  while (reader.next(e)) seen(e);
  return reader.end_offset();
}

void tar_create(Tar& tar) {
  if (tar.o.verify && tar.o.archives[0] == "-") tar.fatal("Cannot verify stdin/stdout archive");
  const bool update = tar.o.operation == TarOperation::Update, create = tar.o.operation == TarOperation::Create;
  std::map<std::string, Timespec> older;
  uint64_t end = 0;
  if (auto st = tar.p.stat(tar.o.archives[0]); !create && st && st->size > 0) {
    end = tar_find_end(tar, [&](const TarEntry& e) {
      if (update) older[std::string(without_trailing_slashes(e.name))] = e.mtime;
    });
    if (tar.status) return;
  }
  TarOutput out(tar, create ? TarOutput::How::Create : TarOutput::How::AppendAt, end);
  Creator creator(tar, out, update ? &older : nullptr);
  creator.run();
  tar.go(tar.o.start_dir);
  out.finish();
  if (!tar.o.verify) return;
  tar_verify(tar);
  creator.remove_files();
  tar.go(tar.o.start_dir);
}

}  // namespace nacre
