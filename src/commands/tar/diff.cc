/// -d: an archive compared with files.
#include "commands/paths.h"
#include "commands/quoting.h"
#include "commands/tar/incremental.h"
#include "commands/tar/purge.h"
#include "commands/tar/tar.h"

namespace nacre {
namespace {

class Differ {
 public:
  explicit Differ(Tar& tar, bool all = false) : tar_(tar), p_(tar.p), in_(tar), reader_(tar, in_), incremental_(tar), all_(all) {}

  void run() {
    TarEntry e;
    while (reader_.next(e)) {
      bool all;
      TarName* name = tar_.wanted(e.name, &all);
      if ((!name && !all) || (!all_ && tar_.excluded(e.name)) || e.type == 'V') continue;
      tar_.go(name ? name->dir : tar_.o.last_dir);
      std::string stored = e.name;
      path_ = all_ ? e.name : tar_.safe_name(tar_.transformed(e.name, TarTransform::Of::Name), false);
      if (e.is_link() && !all_) e.link = tar_.safe_name(tar_.transformed(e.link, TarTransform::Of::HardLink), true);
      if (tar_.o.verbose) tar_.list(e, tar_.o.verbose, stored);
      compare(e);
    }
    in_.finish();
    tar_.go(tar_.o.start_dir);
    tar_.report_missing();
  }

 private:
  void differs(const std::string& what) {
    tar_.say(tar_.shown(without_trailing_slashes(path_), true) + ": " + what);
    tar_.status = std::max(tar_.status, 1);
  }

  void missing(const std::string& name, const char* verb, Errno error) {
    tar_.warn(tar_.shown(name, true) + ": Warning: Cannot " + verb + ": " + std::string(message(error)));
    tar_.status = std::max(tar_.status, 1);
  }

  void compare(const TarEntry& e) {
    std::string plain(without_trailing_slashes(path_));
    auto st = tar_.o.create.dereference ? p_.stat(plain) : p_.lstat(plain);
    if (!st) return missing(plain, e.is_symlink() ? "readlink" : "stat", st.error());
    if (e.is_link()) {
      auto other = p_.lstat(e.link);
      if (!other) return missing(e.link, "stat", other.error());
      if (other->dev != st->dev || other->ino != st->ino) differs("Not linked to " + tar_.shown(e.link));
      return;
    }
    if (e.is_symlink()) {
      auto target = p_.readlink(plain);
      if (!target) differs("File type differs");
      else if (*target != e.link) differs("Symlink differs");
      return;
    }
    bool same_type = e.is_dir()      ? st->is_dir()
                     : e.type == '6' ? st->type == FileType::Fifo
                     : e.type == '3' ? st->type == FileType::CharDevice
                     : e.type == '4' ? st->type == FileType::BlockDevice
                                     : st->is_regular();
    if (!same_type) return differs("File type differs");
    if (e.mode != st->mode) differs("Mode differs");
    if (e.type == '3' || e.type == '4') {
      if (e.major != st->rdev_major || e.minor != st->rdev_minor) differs("Device number differs");
      return;
    }
    if (e.has_dumpdir() && !tar_same_dumpdir(reader_.dumpdir(e), incremental_.contents(plain, *st))) differs("Contents differ");
    if (!e.is_regular()) return;
    auto* user = e.uname.empty() || tar_.o.numeric_owner ? nullptr : tar_.accounts.user(std::string_view(e.uname));
    auto* group = e.gname.empty() || tar_.o.numeric_owner ? nullptr : tar_.accounts.group(std::string_view(e.gname));
    if ((user ? user->uid : e.uid) != st->uid) differs("Uid differs");
    if ((group ? group->gid : e.gid) != st->gid) differs("Gid differs");
    if (e.mtime.sec != st->mtime.sec || (e.mtime.nsec && e.mtime.nsec != st->mtime.nsec)) differs("Mod time differs");
    if (e.size != st->size) return differs("Size differs");
    if (!same_content(e, plain)) differs("Contents differ");
  }

  bool same_content(const TarEntry& e, const std::string& path) {
    auto fd = p_.open(path, kOpenRead);
    if (!fd) {
      tar_.error(path, "open", fd.error());
      return true;
    }
    Input file(p_, *fd, path);
    if (!e.sparse) return same_piece(file, e.size);
    uint64_t at = 0;
    for (const auto& piece : e.pieces) {
      if (piece.offset < at || piece.offset + piece.size > e.size || !zeros(file, piece.offset - at) || !same_piece(file, piece.size)) return false;
      at = piece.offset + piece.size;
    }
    return zeros(file, e.size - at);
  }
  bool same_piece(Input& file, uint64_t size) {
    while (size > 0) {
      if (have_.empty()) have_ = reader_.data();
      std::string_view a = have_.substr(0, size), b = file.block().substr(0, a.size());
      if (a.empty() || b.empty() || a.substr(0, b.size()) != b) {
        have_ = {};
        return false;
      }
      have_.remove_prefix(b.size());
      file.consume(b.size());
      size -= b.size();
    }
    return true;
  }
  bool zeros(Input& file, uint64_t size) {
    while (size > 0) {
      std::string_view b = file.block().substr(0, size);
      if (b.empty() || b.find_first_not_of('\0') != b.npos) return false;
      file.consume(b.size());
      size -= b.size();
    }
    return true;
  }

  Tar& tar_;
  Process& p_;
  TarInput in_;
  TarReader reader_;
  TarIncremental incremental_;
  const bool all_;   ///< every member, under the name it has
  std::string path_;
  std::string_view have_;
};

}  // namespace

void tar_diff(Tar& tar) { Differ(tar).run(); }

void tar_verify(Tar& tar) {
  const bool transformed = !tar.o.transforms.empty();
  if (transformed) tar.warn("Archive contains transformed file names.");
  if (tar.cut_names()) tar.warn("Archive contains file names with leading prefixes removed.");
  if (transformed || tar.cut_names()) tar.warn("Verification may fail to locate original files.");
  auto names = std::exchange(tar.o.names, {});
  tar.list_prefix = "Verify ";
  Differ(tar, true).run();
  tar.o.names = std::move(names);
}

}  // namespace nacre
