/// -o: files into an archive.
#include "commands/cpio/cpio.h"

namespace nacre {

// The names on standard input, each as a clean path.
bool Cpio::each_name(const std::function<void(std::string&)>& fn) {
  Input in(p_, 0, "-", false);
  std::string_view line;
  while (in.next_line(line, o_.null ? '\0' : '\n')) {
    std::string name(line);
    if (name.empty()) {
      error("blank line ignored");
      status_ = std::min(status_, 2);
      continue;
    }
    while (name.size() > 1 && name.ends_with('/')) name.pop_back();
    if (name.starts_with("./")) {
      size_t from = name.find_first_not_of('/', 1);
      if (from != name.npos) name.erase(0, from);
    }
    fn(name);
    p_.tick(4);
  }
  return in.error() == Errno::OK;
}

CpioEntry Cpio::entry_of(const std::string& name, const Stat& st) {
  CpioEntry e;
  e.name = name;
  e.mode = st.st_mode();
  e.ino = st.ino;
  e.dev_major = st.dev >> 8 & 0xfff;
  e.dev_minor = (st.dev & 0xff) | (st.dev >> 12 & 0xfff00);
  e.rdev_major = st.rdev_major;
  e.rdev_minor = st.rdev_minor;
  e.uid = o_.uid.value_or(st.uid);
  e.gid = o_.gid.value_or(st.gid);
  e.nlink = st.nlink;
  e.mtime = st.mtime.sec;
  e.size = st.is_regular() ? st.size : 0;
  bool old = o_.format == CpioFormat::Bin || o_.format == CpioFormat::Odc;
  // Numbers that the format has no room for, and on demand: by the order of first sight.
  if (o_.renumber || old) {
    auto [it, fresh] = inos_.try_emplace({st.dev, st.ino}, 0);
    if (fresh) it->second = next_ino_++;
    e.ino = it->second;
  }
  if (o_.ignore_devno || old) e.dev_major = e.dev_minor = 0;
  return e;
}

void Cpio::write(std::string_view s) {
  buffer_ += s;
  bytes_ += s.size();
  if (buffer_.size() >= kBlockBytes) flush();
}
void Cpio::flush() {
  if (buffer_.empty()) return;
  auto done = p_.write(fd_, buffer_);
  buffer_.clear();
  if (!done) fatal("write error: " + std::string(message(done.error())));
}

bool Cpio::put_header(const CpioEntry& e) {
  std::string why, header = write_cpio_header(o_.format, e, &why);
  if (header.empty()) {
    error(e.name + ": " + why);
    return false;
  }
  const bool short_inode = o_.format == CpioFormat::Odc || o_.format == CpioFormat::Bin;
  if (o_.warn_truncate && short_inode && e.ino >> 16) say(std::string(p_.called()) + ": " + e.name + ": truncating inode number");
  write(header);
  return true;
}

void Cpio::dump_file(CpioEntry& e, const std::string& path) {
  auto fd = p_.open(path, kOpenRead);
  if (!fd) return error(path, "open", fd.error());
  Input in(p_, *fd, path);
  if (o_.format == CpioFormat::Crc) {
    for (std::string_view s = in.block(); !s.empty(); s = in.block()) {
      for (char c : s) e.check += static_cast<unsigned char>(c);
      in.consume(s.size());
    }
    (void)p_.lseek(*fd, 0, Whence::Set);
  }
  Input again(p_, *fd, path, false);
  if (!put_header(e)) return;
  uint64_t left = e.size;
  while (left > 0) {
    std::string_view s = again.block().substr(0, left);
    if (s.empty()) break;
    write(s);
    again.consume(s.size());
    left -= s.size();
  }
  if (left > 0) {
    if (again.error() != Errno::OK) error(path + ": Read error: " + std::string(message(again.error())));
    else say(std::string(p_.called()) + ": File " + path + " shrunk by " + std::to_string(left) + " bytes, padding with zeros");
    for (const std::string zeros(4096, '\0'); left > 0; p_.tick()) {
      size_t n = static_cast<size_t>(std::min<uint64_t>(left, zeros.size()));
      write(std::string_view(zeros).substr(0, n));
      left -= n;
    }
  }
  write(std::string(cpio_data_padding(o_.format, e.size), '\0'));
}

// newc and crc store the data of several links once, with the last of them. True: waits for it.
bool Cpio::defer(const CpioEntry& e, const std::string& path) {
  if ((o_.format != CpioFormat::Newc && o_.format != CpioFormat::Crc) || e.nlink < 2 || e.size == 0) return false;
  FileId id{e.dev_major << 32 | e.dev_minor, e.ino};
  auto& list = deferred_[id];
  list.emplace_back(e, path);
  if (list.size() < e.nlink) return true;
  flush_deferred(list);
  deferred_.erase(id);
  return true;
}
void Cpio::flush_deferred(std::vector<std::pair<CpioEntry, std::string>>& list) {
  for (size_t i = 0; i + 1 < list.size(); i++) {
    list[i].first.size = 0;
    put_header(list[i].first);
  }
  dump_file(list.back().first, list.back().second);
}

void Cpio::dump(const std::string& name) {
  auto st = o_.dereference ? p_.stat(name) : p_.lstat(name);
  if (!st) return error(name, "stat", st.error());
  CpioEntry e = entry_of(name, *st);
  bool tar = o_.format == CpioFormat::Ustar || o_.format == CpioFormat::Tar;
  if (o_.absolute == false) e.name = safe_name(e.name);
  if (st->is_symlink()) {
    auto target = p_.readlink(name);
    if (!target) return error(name, "readlink", target.error());
    e.link = *target;
    e.size = target->size();
    if (!put_header(e)) return;
    if (!tar) {
      write(*target);
      write(std::string(cpio_data_padding(o_.format, e.size), '\0'));
    }
  } else if (st->is_regular()) {
    if (tar && st->nlink > 1) {
      auto [it, fresh] = linked_.try_emplace({st->dev, st->ino}, e.name);
      if (!fresh) {
        e.hard_link = true;
        e.link = it->second;
      }
    }
    if (e.hard_link) put_header(e);
    else if (!defer(e, name)) dump_file(e, name);
  } else if (st->type == FileType::Socket) {
    return error(name + ": unknown file type");
  } else {
    if (tar && st->is_dir()) e.name += '/';
    put_header(e);
  }
  if (o_.reset_atime && st->is_regular()) (void)p_.utimens(name, &st->atime, &st->mtime, false);
  tell(name);
}

// Where the trailer of the archive begins, for -A; the format is the archive's own.
uint64_t Cpio::find_append_position() {
  CpioOptions saved = o_;
  o_.quiet = true;
  uint64_t at = 0;
  CpioEntry e;
  format_ = o_.format == CpioFormat::Tar ? CpioFormat::Ustar : o_.format;
  while (true) {
    if (!next(e)) break;
    skip_data();
    at = bytes_ + pad_;
  }
  o_ = saved;
  bytes_ = left_ = pad_ = 0;
  in_.reset();
  return at;
}

void Cpio::copy_out() {
  fd_ = 1;
  uint64_t base = 0;
  if (!o_.archive.empty()) {
    if (o_.append) {
      auto fd = p_.open(o_.archive, kOpenRead);
      if (!fd) fatal("Cannot open " + o_.archive + ": " + std::string(message(fd.error())));
      in_ = std::make_unique<Input>(p_, *fd, o_.archive);
      base = find_append_position();
    }
    auto fd = p_.open(o_.archive, kOpenWrite | kOpenCreate | (o_.append ? 0u : kOpenTruncate));
    if (!fd) fatal("Cannot open " + o_.archive + ": " + std::string(message(fd.error())));
    fd_ = *fd;
    if (base) (void)p_.lseek(fd_, static_cast<int64_t>(base), Whence::Set);
  } else if (p_.isatty(1)) {
    fatal("standard output is closed");
  }
  each_name([&](std::string& name) { dump(name); });
  for (auto& [id, list] : deferred_) flush_deferred(list);
  CpioEntry trailer;
  trailer.name = kCpioTrailer;
  put_header(trailer);
  uint64_t rest = (base + bytes_) % o_.block;
  if (rest) write(std::string(static_cast<size_t>(o_.block - rest), '\0'));
  flush();
  if (base) (void)p_.ftruncate(fd_, base + bytes_);
  if (fd_ > 2) (void)p_.close(fd_);
  count_blocks(bytes_);
}

}  // namespace nacre
