/// -i and -t: an archive read.
#include "algo/glob.h"
#include "commands/cpio/cpio.h"
#include "commands/make_dirs.h"
#include "commands/mode.h"
#include "commands/prompt.h"
#include "commands/quoting.h"
#include "commands/tar/entry.h"

namespace nacre {

// n bytes of the archive; ends the run when it ends first.
std::string_view Cpio::need(size_t n) {
  std::string_view s = in_->block(n);
  if (s.size() >= n) return s.substr(0, n);
  if (in_->error() != Errno::OK) fatal("read error: " + std::string(message(in_->error())));
  fatal("premature end of " + std::string(format_ == CpioFormat::Unknown ? "archive" : "file"));
}

std::string_view Cpio::data() {
  if (left_ == 0) return "";
  std::string_view s = in_->block().substr(0, left_);
  if (s.empty()) fatal("premature end of file");
  left_ -= s.size();
  in_->consume(s.size());
  bytes_ += s.size();
  p_.tick(1 + static_cast<uint32_t>(s.size() / 4096));
  return s;
}

bool Cpio::next_tar(CpioEntry& e) {
  std::string_view b = need(kTarBlock);
  TarEntry t;
  TarHeaderKind kind = read_tar_header(b, t);
  in_->consume(kTarBlock);
  bytes_ += kTarBlock;
  if (kind == TarHeaderKind::Zero) return false;
  if (kind == TarHeaderKind::Bad) fatal("invalid header: checksum error");
  e.name = t.name;
  e.link = t.link;
  e.uid = t.uid;
  e.gid = t.gid;
  e.mtime = t.mtime.sec;
  e.size = t.stored;
  e.rdev_major = t.major;
  e.rdev_minor = t.minor;
  e.hard_link = t.is_link();
  uint32_t type = t.is_dir() ? 0040000 : t.is_symlink() ? 0120000 : t.type == '3' ? 0020000 : t.type == '4' ? 0060000 : t.type == '6' ? 0010000 : 0100000;
  e.mode = t.mode | type;
  return true;
}

// The next member; false at the trailer. Junk between members is passed over.
bool Cpio::next(CpioEntry& e) {
  skip_data();
  left_ = std::exchange(pad_, 0);
  skip_data();
  e = CpioEntry();
  if (format_ == CpioFormat::Unknown) {
    std::string_view head = in_->block(kTarBlock);
    TarEntry ignored;
    if (head.size() < 6) (void)need(6);
    format_ = cpio_format_of(head);
    if (format_ == CpioFormat::Unknown && head.size() >= kTarBlock && read_tar_header(head.substr(0, kTarBlock), ignored) == TarHeaderKind::Good)
      format_ = CpioFormat::Ustar;
  }
  if (format_ == CpioFormat::Ustar) {
    if (!next_tar(e)) return false;
  } else {
    uint64_t junk = 0;
    while (format_ == CpioFormat::Unknown || cpio_format_of(in_->block(6)) != format_) {
      std::string_view s = in_->block(6);
      if (s.size() < 6) (void)need(6);
      if (format_ == CpioFormat::Unknown && (format_ = cpio_format_of(s)) != CpioFormat::Unknown) break;
      in_->consume(1);
      bytes_++;
      junk++;
      p_.tick();
    }
    if (junk) say(std::string(p_.called()) + ": warning: skipped " + std::to_string(junk) + " bytes of junk");
    size_t size = cpio_header_size(format_), name_size = 0;
    if (!read_cpio_header(format_, need(size), e, &name_size)) error("Malformed number in the header");
    in_->consume(size);
    bytes_ += size;
    if (name_size == 0 || name_size > 1 << 20) fatal("malformed header: name of " + std::to_string(name_size) + " bytes");
    size_t padded = name_size + cpio_name_padding(format_, name_size);
    e.name = std::string(need(padded).substr(0, name_size));
    e.name.resize(std::min(e.name.find('\0'), e.name.size()));
    in_->consume(padded);
    bytes_ += padded;
    if (e.name == kCpioTrailer) return false;
  }
  left_ = e.size;
  pad_ = cpio_data_padding(format_, e.size);
  if (e.type() == 0120000 && format_ != CpioFormat::Ustar) {
    if (e.size > 65536) fatal(e.name + ": symbolic link too long");
    for (std::string_view s = data(); !s.empty(); s = data()) e.link += s;
  }
  return true;
}

bool Cpio::selected(const std::string& name) {
  if (o_.patterns.empty()) return true;
  bool hit = false;
  for (const auto& x : o_.patterns) hit = hit || Glob::compile(x, p_.utf8() ? uint32_t{kGlobUtf8} : 0u).match(name);
  return hit != o_.nonmatching;
}

void Cpio::list(const CpioEntry& e) {
  Output out(p_);
  if (!o_.verbose) {
    out.line(e.name);
    return out.flush();
  }
  Stat st;
  st.mode = e.mode & 07777;
  static constexpr uint32_t types[] = {0100000, 0040000, 0120000, 0010000, 0020000, 0060000, 0140000};
  for (size_t i = 0; i < std::size(types); i++)
    if (e.type() == types[i]) st.type = static_cast<FileType>(i);
  std::string owner, group;
  if (!o_.numeric) {
    if (auto* u = accounts_.user(static_cast<uint32_t>(e.uid))) owner = u->name;
    if (auto* g = accounts_.group(static_cast<uint32_t>(e.gid))) group = g->name;
  }
  if (owner.empty()) owner = std::to_string(e.uid);
  if (group.empty()) group = std::to_string(e.gid);
  CivilTime t = zone_.local(e.mtime);
  int64_t now = p_.now().sec;
  bool old = e.mtime < now - 6 * 30 * 24 * 3600 || e.mtime > now + 3600;
  std::string time = format_time(old ? "%b %e  %Y" : "%b %e %H:%M", t, e.mtime, 0);
  out.format("%s %3llu %-8s %-8s ", mode_text(st).c_str(), static_cast<unsigned long long>(e.nlink), owner.substr(0, 8).c_str(), group.substr(0, 8).c_str());
  if (st.type == FileType::CharDevice || st.type == FileType::BlockDevice)
    out.format("%3llu, %3llu ", static_cast<unsigned long long>(e.rdev_major), static_cast<unsigned long long>(e.rdev_minor));
  else out.format("%8llu ", static_cast<unsigned long long>(e.size));
  out.write(time + " " + e.name);
  if (!e.link.empty()) out.write((e.hard_link ? " link to " : " -> ") + e.link);
  out.put('\n');
  out.flush();
}

void Cpio::set_attributes(const CpioEntry& e, bool link) {
  if (p_.credentials().uid == 0 || o_.uid || o_.gid) {
    auto done = p_.chown(e.name, static_cast<uint32_t>(o_.uid.value_or(e.uid)), static_cast<uint32_t>(o_.gid.value_or(e.gid)), Follow::No);
    if (!done && done.error() != Errno::PERM) error(e.name + ": Cannot change ownership: " + std::string(message(done.error())));
  }
  if (!link) (void)p_.chmod(e.name, e.mode & 07777);
  if (o_.keep_mtime && !link) {
    Timespec t{e.mtime, 0};
    (void)p_.utimens(e.name, &t, &t, false);
  }
}

// What stands in the way goes, unless it is newer. False: not this member.
bool Cpio::make_way(const CpioEntry& e, const std::string& name) {
  auto st = p_.lstat(name);
  if (!st) return true;
  bool dir = e.type() == 0040000;
  if (st->is_dir() && dir) return true;
  if (!st->is_dir() && !o_.unconditional && e.mtime <= st->mtime.sec) {
    say(std::string(p_.called()) + ": " + name + " not created: newer or same age version exists");
    return false;
  }
  auto done = st->is_dir() ? p_.rmdir(name) : p_.unlink(name);
  if (!done) say(std::string(p_.called()) + ": cannot remove current " + name + ": " + std::string(message(done.error())));
  return done.ok();
}

// Makes it, with the directories above when -d says so.
template <class Make>
bool Cpio::attempt(const std::string& name, Make&& make, Errno& why) {
  why = make();
  if (why == Errno::OK) return true;
  if (why != Errno::NOENT || !o_.make_directories) return false;
  (void)make_parents(p_, name, [](const std::string&) {});
  why = make();
  return why == Errno::OK;
}

void Cpio::make_directory(const CpioEntry& e) {
  Errno why;
  bool good = attempt(
      e.name,
      [&]() -> Errno {
        auto done = p_.mkdir(e.name, (e.mode & 07777) | 0700);
        if (done) return Errno::OK;
        auto st = p_.stat(e.name);
        return done.error() == Errno::EXIST && st && st->is_dir() ? Errno::OK : done.error();
      },
      why);
  if (!good) return error(e.name, "mkdir", why);
  auto cwd = p_.getcwd();
  directories_.emplace_back(e, cwd ? *cwd : "");
  set_attributes(e, false);
}

// Another name of a file that is there: a link to it. Links whose data comes with a later name wait.
bool Cpio::link_again(const CpioEntry& e) {
  std::pair<uint64_t, uint64_t> id{e.dev_major << 32 | e.dev_minor, e.ino};
  std::string from = e.link;
  if (!e.hard_link) {
    if (e.nlink < 2 || format_ == CpioFormat::Ustar) return false;
    auto it = linked_.find(id);
    if (it == linked_.end()) {
      bool together = format_ == CpioFormat::Newc || format_ == CpioFormat::Crc;
      if (e.size == 0 && together) {
        waiting_[id].push_back(e);
        return true;
      }
      linked_[id] = e.name;
      return false;
    }
    from = it->second;
  }
  Errno why;
  bool good = attempt(
      e.name,
      [&]() -> Errno {
        auto done = p_.link(from, e.name);
        return done ? Errno::OK : done.error();
      },
      why);
  if (!good) error(e.name + ": Cannot link to " + quote(p_, from) + ": " + std::string(message(why)));
  return true;
}

/// Whether the bytes of a member can be swapped as -b, -s and -S say.
void Cpio::check_swapping(const CpioEntry& e) {
  swap_bytes_ = o_.swap_bytes && e.size % 2 == 0;
  swap_halfwords_ = o_.swap_halfwords && e.size % 4 == 0;
  const std::string name(p_.called());
  if (o_.swap_halfwords && !swap_halfwords_) say(name + ": cannot swap halfwords of " + e.name + ": odd number of halfwords");
  if (o_.swap_bytes && !swap_bytes_) say(name + ": cannot swap bytes of " + e.name + ": odd number of bytes");
}

/// The whole words of what has come; the rest waits in word_.
std::string_view Cpio::swapped(std::string_view s) {
  swapped_ = std::exchange(word_, "");
  swapped_ += s;
  const size_t unit = swap_halfwords_ ? 4 : 2, whole = swapped_.size() / unit * unit;
  word_ = swapped_.substr(whole);
  swapped_.resize(whole);
  for (size_t i = 0; i + 1 < whole; i += 2)
    if (swap_bytes_) std::swap(swapped_[i], swapped_[i + 1]);
  for (size_t i = 0; swap_halfwords_ && i + 3 < whole; i += 4) {
    std::swap(swapped_[i], swapped_[i + 2]);
    std::swap(swapped_[i + 1], swapped_[i + 3]);
  }
  return swapped_;
}

/// -r: asks for the name. False: nothing was answered, and the member is left out.
bool Cpio::renamed(CpioEntry& e) {
  (void)p_.write(tty_, "rename " + e.name + " -> ");
  e.name = read_answer(p_, tty_).value_or("");
  return !e.name.empty();
}

void Cpio::make_file(CpioEntry& e) {
  if (link_again(e)) return skip_data();
  Errno why;
  int fd = -1;
  bool good = attempt(
      e.name,
      [&]() -> Errno {
        auto opened = p_.open(e.name, kOpenWrite | kOpenCreate | kOpenExclusive, 0600);
        if (!opened) return opened.error();
        fd = *opened;
        return Errno::OK;
      },
      why);
  if (!good) {
    error(e.name, "open", why);
    return skip_data();
  }
  uint32_t sum = 0;
  check_swapping(e);
  word_.clear();
  for (std::string_view s = data(); !s.empty(); s = data()) {
    if (format_ == CpioFormat::Crc)
      for (char c : s) sum += static_cast<unsigned char>(c);
    if (swap_bytes_ || swap_halfwords_) s = swapped(s);
    if (auto done = p_.write(fd, s); !done) fatal(e.name + ": write error: " + std::string(message(done.error())));
  }
  if (auto done = p_.write(fd, word_); !done) fatal(e.name + ": write error: " + std::string(message(done.error())));
  (void)p_.close(fd);
  if (format_ == CpioFormat::Crc && sum != e.check) {
    char text[96];
    std::snprintf(text, sizeof text, ": checksum error (0x%x, should be 0x%x)", sum, e.check);
    say(std::string(p_.called()) + ": " + e.name + text);
  }
  set_attributes(e, false);
  // The names that came before the data.
  auto it = waiting_.find({e.dev_major << 32 | e.dev_minor, e.ino});
  if (it == waiting_.end()) return;
  std::vector<CpioEntry> names = std::move(it->second);
  waiting_.erase(it);
  for (auto& n : names) (void)link_again(n);
}

void Cpio::extract(CpioEntry& e) {
  while (e.name.size() > 1 && e.name.ends_with('/')) e.name.pop_back();
  if (o_.absolute == false) e.name = safe_name(e.name);
  if (!make_way(e, e.name)) return skip_data();
  Errno why;
  switch (e.type()) {
    case 0040000: return make_directory(e);
    case 0120000: {
      bool good = attempt(
          e.name,
          [&]() -> Errno {
            auto done = p_.symlink(e.link, e.name);
            return done ? Errno::OK : done.error();
          },
          why);
      if (!good) return error(e.link + ": Cannot create symlink to " + quote(p_, e.name) + ": " + std::string(message(why)));
      return set_attributes(e, true);
    }
    case 0010000:
    case 0020000:
    case 0060000: {
      if (link_again(e)) return;
      bool good = attempt(
          e.name,
          [&]() -> Errno {
            auto done = e.type() == 0010000 ? p_.mkfifo(e.name, e.mode & 0777)
                                            : p_.mknod(e.name, e.type() == 0020000 ? FileType::CharDevice : FileType::BlockDevice, e.mode & 0777,
                                                       static_cast<uint32_t>(e.rdev_major), static_cast<uint32_t>(e.rdev_minor));
            return done ? Errno::OK : done.error();
          },
          why);
      if (!good) return error(e.name, "mknod", why);
      return set_attributes(e, false);
    }
    case 0100000: return make_file(e);
    default: error(e.name + ": unknown file type"); return skip_data();
  }
}

void Cpio::copy_in() {
  int fd = 0;
  if (!o_.archive.empty()) {
    auto opened = p_.open(o_.archive, kOpenRead);
    if (!opened) fatal("Cannot open " + o_.archive + ": " + std::string(message(opened.error())));
    fd = *opened;
  } else if (p_.isatty(0)) {
    fatal("standard input is closed");
  }
  in_ = std::make_unique<Input>(p_, fd, o_.archive, fd > 2);
  if (o_.format != CpioFormat::Unknown) format_ = o_.format == CpioFormat::Tar ? CpioFormat::Ustar : o_.format;
  if (o_.rename) {
    auto tty = p_.open("/dev/tty", kOpenReadWrite);
    if (!tty) fatal("/dev/tty: " + std::string(message(tty.error())));
    tty_ = *tty;
  }
  Mode mask = p_.set_umask(0);
  CpioEntry e;
  while (next(e)) {
    p_.tick();
    if (!selected(e.name)) continue;
    if (o_.rename && !renamed(e)) continue;
    if (o_.table) {
      if (o_.absolute == false) e.name = safe_name(e.name);
      list(e);
      continue;
    }
    if (o_.verify_only) {
      uint32_t sum = 0;
      for (std::string_view s = data(); !s.empty(); s = data())
        for (char c : s) sum += static_cast<unsigned char>(c);
      char text[96];
      std::snprintf(text, sizeof text, ": checksum error (0x%x, should be 0x%x)", sum, e.check);
      if (format_ == CpioFormat::Crc && sum != e.check) say(std::string(p_.called()) + ": " + e.name + text);
    } else if (o_.to_stdout) {
      if (e.type() == 0100000) {
        for (std::string_view s = data(); !s.empty(); s = data())
          if (auto done = p_.write(1, s); !done) fatal("write error: " + std::string(message(done.error())));
      }
    } else {
      extract(e);
    }
    tell(e.name);
  }
  // Names whose data never came are empty files.
  for (auto& [id, names] : waiting_) {
    auto list = names;
    for (size_t i = 0; i < list.size(); i++) {
      if (i == 0) list[i].nlink = 1;
      left_ = 0;
      if (i == 0) {
        auto opened = p_.open(list[i].name, kOpenWrite | kOpenCreate | kOpenExclusive, 0600);
        if (!opened) error(list[i].name, "open", opened.error());
        else (void)p_.close(*opened);
        set_attributes(list[i], false);
        linked_[id] = list[i].name;
      } else {
        (void)link_again(list[i]);
      }
    }
  }
  (void)p_.set_umask(mask);
  // Directories whose contents were made since.
  if (o_.keep_mtime)
    for (size_t i = directories_.size(); i-- > 0;) set_attributes(directories_[i].first, false);
  count_blocks(bytes_);
}

}  // namespace nacre
