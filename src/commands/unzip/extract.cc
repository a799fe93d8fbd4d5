/// Extraction and tests. Names lose what would lead out of the directory, and
/// symbolic links are made at the very end, so that nothing is written through one.
#include "algo/bzip2.h"
#include "algo/gzip.h"
#include "commands/paths.h"
#include "commands/prompt.h"
#include "commands/pump.h"
#include "commands/unzip/unzip.h"
#include "commands/zip/cipher.h"

namespace nacre {
namespace {

std::string padded(std::string s) {
  if (s.size() < 22) s.resize(22, ' ');
  return s;
}

// Every line end as a newline; *after_return: the last byte was a carriage return.
std::string unix_lines(std::string_view text, bool* after_return) {
  std::string out;
  for (char c : text) {
    if (c == '\r') out += '\n';
    else if (c != '\n' || !*after_return) out += c;
    *after_return = c == '\r';
  }
  return out;
}

}  // namespace

void Unzip::back_up(const std::string& path) {
  if (p_.lstat(path)) (void)p_.rename(path, path + "~");
}

void Unzip::announce(const char* verb, const std::string& path, bool end_line) {
  if (o_.quiet) return;
  std::string name;
  for (char c : path) {
    if (static_cast<unsigned char>(c) < 32) (name += '^') += static_cast<char>(c + 64);
    else name += c;
  }
  char text[32];
  std::snprintf(text, sizeof text, "%11s: ", verb);
  out_.write(text + (end_line ? name + "\n" : padded(name) + "  "));
}

// The name to extract to: relative, without "..", below -d.
std::string Unzip::target_name(const ZipEntry& e) {
  std::string_view name = e.name;
  std::string shown_name(name), out;
  if (name.starts_with('/')) {
    note("warning:  stripped absolute path spec from " + shown_name + "\n");
    raise(1);
  }
  bool dots = false;
  for (size_t at = 0; at < name.size();) {
    size_t end = std::min(name.find('/', at), name.size());
    std::string_view part = name.substr(at, end - at);
    bool last = end == name.size();
    at = end + 1;
    if (part.empty() || part == ".") continue;
    if (part == ".." && !o_.strip_dots) {
      dots = true;
      continue;
    }
    if (o_.junk && !last) continue;
    std::string clean;
    for (char c : part)
      if (o_.control || (static_cast<unsigned char>(c) >= 32 && c != 127)) clean += c;
    out += (out.empty() ? "" : "/") + clean;
  }
  if (dots) {
    note("warning:  skipped \"../\" path component(s) in " + shown_name + "\n");
    raise(1);
  }
  if (out.empty()) return "";
  return o_.directory.empty() ? out : join_path(o_.directory, out);
}

bool Unzip::make_directories(const std::string& path) {
  for (size_t slash = path.find('/', 1); slash != path.npos; slash = path.find('/', slash + 1)) {
    std::string part = path.substr(0, slash);
    if (p_.mkdir(part)) continue;
    auto st = p_.stat(part);
    if (st && st->is_dir()) continue;
    say("checkdir error:  " + part + " exists but is not directory\n                 unable to process " +
        (o_.directory.empty() ? path : path.substr(o_.directory.size() + 1)) + ".\n");
    raise(2);
    return false;
  }
  return true;
}

// The prompt about a file that is there. False: not this member.
bool Unzip::ask(std::string& path, bool& skip) {
  while (true) {
    say("replace " + path + "? [y]es, [n]o, [A]ll, [N]one, [r]ename: ");
    auto answer = read_answer(p_, 0);
    if (!answer) {
      say(" NULL\n(EOF or read error, treating as \"[N]one\" ...)\n");
      raise(1);
      o_.overwrite = UnzipOptions::Never;
      skip = true;
      return true;
    }
    switch (answer->empty() ? '\0' : (*answer)[0]) {
      case 'A': o_.overwrite = UnzipOptions::Always; return true;
      case 'y':
      case 'Y': return true;
      case 'N':
        o_.overwrite = UnzipOptions::Never;
        skip = true;
        return true;
      case 'n': skip = true; return true;
      case 'r':
      case 'R': {
        std::string name;
        while (name.empty()) {
          say("new name: ");
          auto typed = read_answer(p_, 0);
          if (!typed) {
            skip = true;
            return true;
          }
          name = *typed;
        }
        ZipEntry renamed;
        renamed.name = name;
        path = target_name(renamed);
        if (path.empty() || !make_directories(path)) {
          skip = true;
          return true;
        }
        if (p_.lstat(path)) continue;
        return true;
      }
      default: say("error:  invalid response [" + *answer + "]\n");
    }
  }
}

bool Unzip::choose_target(const ZipEntry& e, std::string& path, bool& skip) {
  skip = false;
  auto st = p_.lstat(path);
  if (!st) {
    skip = o_.freshen;
    return true;
  }
  if (st->is_dir()) {
    say("error:  cannot delete old " + path + "\n        Is a directory\n");
    raise(1);
    return false;
  }
  if (o_.update && st->mtime.sec >= e.seconds(zone_)) {
    skip = true;
    return true;
  }
  if (o_.overwrite == UnzipOptions::Never) skip = true;
  if (skip || o_.overwrite == UnzipOptions::Always || o_.backups) return true;
  if (st->is_symlink()) say(path + " exists and is a symbolic link.\n");
  return ask(path, skip);
}

void Unzip::make_directory(const ZipEntry& e, const std::string& path) {
  auto st = p_.lstat(path);
  if (st && st->is_dir()) return;
  if (o_.freshen) return;
  if (st && st->is_symlink()) {
    if (auto target = p_.stat(path); target && target->is_dir()) return;
  }
  if (!make_directories(path)) return;
  auto done = p_.mkdir(path);
  if (!done) {
    say("checkdir error:  cannot create " + path + "\n                 " + std::string(message(done.error())) + "\n                 unable to process " +
        e.name + ".\n");
    return raise(2);
  }
  announce("creating", path + "/", true);
  directories_.emplace_back(path, &e);
}

void Unzip::extract(const ZipEntry& e) {
  using O = UnzipOptions;
  bool to_files = o_.mode == O::Extract;
  if (e.is_dir() && o_.mode != O::Test && !to_files) return;
  asked_++;
  if (e.method != 0 && e.method != 8 && e.method != 12) {
    if (o_.quiet < 2) say("   skipping: " + padded(e.name) + "  unsupported compression method " + std::to_string(e.method) + "\n");
    unsupported_ = true;
    return;
  }
  if (e.encrypted() && !o_.has_password) {
    say("   skipping: " + padded(e.name) + "  unable to get password\n");
    no_password_ = true;
    return;
  }
  if (e.encrypted() && !password_fits(e)) {
    if (!o_.quiet && o_.mode != O::Pipe) say("   skipping: " + padded(e.name) + "  incorrect password\n");
    locked_++;
    return;
  }
  std::string path = e.name;
  int fd = -1;
  if (to_files) {
    if (o_.junk && e.is_dir()) return;
    path = target_name(e);
    if (path.empty()) return;
    if (e.is_dir()) return make_directory(e, path);
    bool skip;
    if (!choose_target(e, path, skip) || skip || !make_directories(path)) return;
    if (o_.backups) back_up(path);
    (void)p_.unlink(path);
    // A link has a file in its place until the end.
    auto opened = p_.open(path, kOpenWrite | kOpenCreate | kOpenExclusive);
    if (!opened) {
      say("error:  cannot create " + path + "\n        " + std::string(message(opened.error())) + "\n");
      return raise(50);
    }
    fd = *opened;
  } else if (o_.mode != O::Test) {
    fd = 1;
  }
  const char* verb = o_.mode == O::Test           ? "testing"
                     : e.is_symlink() && to_files ? "linking"
                     : e.method == 0              ? "extracting"
                     : e.method == 8              ? "inflating"
                                                  : "bunzipping";
  if (o_.mode != O::Pipe) announce(verb, path, false);
  if (o_.text == 1 && !o_.binary && !o_.quiet && o_.mode != O::Test && o_.mode != O::Pipe) out_.write(e.is_text() ? "[text]  " : "[binary]");
  if (o_.mode == O::PipeNamed && !o_.quiet) out_.put('\n');
  if (fd == 1) out_.flush();
  std::string target;
  bool link = to_files && e.is_symlink();
  bool good = decode(e, path, fd, link ? &target : nullptr);
  tested_++;
  if (o_.mode == O::PipeNamed && !o_.quiet) out_.put('\n');
  if (fd > 2) {
    if (auto st = p_.fstat(fd); st && link && good) links_.push_back({path, target, &e, st->dev, st->ino});
    (void)p_.close(fd);
    if (!link) set_attributes(e, path);
  }
  if (!good || o_.mode == O::PipeNamed || o_.mode == O::Pipe || o_.quiet) return;
  if (o_.mode == O::Test) out_.write(" OK\n");
  else if (e.is_symlink()) {
    out_.write("-> " + target + " \n");
  } else {
    out_.put('\n');
  }
}

// The data of a member, to fd (or nowhere, or a text). False after a message.
bool Unzip::decode(const ZipEntry& e, const std::string& shown, int fd, std::string* text) {
  auto fail = [&](const std::string& what, int status) {
    if (o_.quiet || o_.mode == UnzipOptions::Pipe) say(padded(shown) + " ");
    else out_.flush();
    say(" " + what + "\n");
    raise(status);
    return false;
  };
  auto at = zip_data_offset(p_, fd_, dir_, e);
  if (!at) return fail("bad zipfile offset (local header sig):  " + std::to_string(e.offset), 2);
  (void)p_.lseek(fd_, static_cast<int64_t>(*at), Whence::Set);
  Input in(p_, fd_, name_, false);
  std::optional<ZipCipher> cipher;
  uint64_t left = e.packed;
  if (e.encrypted()) {
    cipher.emplace(o_.password);
    std::string_view head = in.block(12).substr(0, std::min<uint64_t>(left, 12));
    for (char c : head) (void)cipher->decrypt(c);
    left -= head.size();
    in.consume(head.size());
  }
  std::unique_ptr<Codec> codec = e.method == 8 ? make_inflate() : e.method == 12 ? make_bunzip2() : nullptr;
  ChargedMemory memory(p_);
  if (codec) memory.at_least(codec->memory());
  Buffer plain = make_buffer(kBlockBytes), clear = make_buffer(kBlockBytes);
  uint32_t crc = 0;
  bool after_return = false;
  CodecStatus status = CodecStatus::More;
  std::string_view have;
  while (status == CodecStatus::More) {
    if (have.empty()) {
      have = in.block().substr(0, std::min<uint64_t>(left, kBlockBytes));
      left -= have.size();
      in.consume(have.size());
      if (cipher) {
        for (size_t i = 0; i < have.size(); i++) clear[i] = cipher->decrypt(have[i]);
        have = {clear.get(), have.size()};
      }
    }
    bool last = left == 0 || have.empty();
    std::span<char> room(plain.get(), kBlockBytes);
    std::string_view made;
    if (codec) {
      status = run_codec(*codec, have, room, last);
      made = {plain.get(), kBlockBytes - room.size()};
      memory.at_least(codec->memory());
    } else {
      made = std::exchange(have, {});
      if (last) status = CodecStatus::End;
    }
    crc = crc32_update(crc, made);
    p_.tick(1 + static_cast<uint32_t>(made.size() / 1024));
    std::string lines;
    if (converts(e) && !text && fd >= 0) {
      lines = unix_lines(made, &after_return);
      if (status == CodecStatus::End && lines.ends_with('\032')) lines.pop_back();
      made = lines;
    }
    if (text) {
      if (text->size() + made.size() > 65536) return fail("symbolic link too long", 2);
      *text += made;
    } else if (fd >= 0 && !made.empty()) {
      if (auto done = p_.write(fd, made); !done) return fail("write error: " + std::string(message(done.error())), 50);
    }
  }
  if (status != CodecStatus::End) return fail(status == CodecStatus::Truncated ? "unexpected end of file" : "invalid compressed data to inflate", 2);
  if (crc == e.crc) return true;
  char line[80];
  std::snprintf(line, sizeof line, "bad CRC %08x  (should be %08x)", crc, e.crc);
  return fail(line, 2);
}

// The last of the twelve bytes before the data tells a wrong password from a right one.
bool Unzip::password_fits(const ZipEntry& e) {
  auto at = zip_data_offset(p_, fd_, dir_, e);
  char head[12];
  auto n = at && e.packed >= 12 ? p_.pread(fd_, head, *at) : Result<size_t>(Errno::INVAL);
  if (!n || *n < 12) return true;   // damaged: told by what reads it
  ZipCipher cipher(o_.password);
  char last = 0;
  for (char c : head) last = cipher.decrypt(c);
  return static_cast<uint8_t>(last) == static_cast<uint8_t>(e.flags & 8 ? e.dos_time >> 8 : e.crc >> 24);
}

void Unzip::set_attributes(const ZipEntry& e, const std::string& path) {
  if (auto m = e.unix_mode(); m && *m) {
    Mode mode = *m & (o_.keep_special ? 07777u : 0777u);
    (void)p_.chmod(path, mode & ~(o_.keep_special ? 0u : p_.umask()));
  }
  if (o_.no_directory_times > 1) return;
  Timespec t{e.seconds(zone_), 0};
  (void)p_.utimens(path, &t, &t, false);
}

void Unzip::extract_all() {
  using O = UnzipOptions;
  if (o_.mode == O::Extract && !o_.directory.empty()) {
    if (auto done = p_.mkdir(o_.directory); !done && done.error() != Errno::EXIST) {
      say("checkdir:  cannot create extraction directory: " + o_.directory + "\n           " + std::string(message(done.error())) + "\n");
      return raise(2);
    }
  }
  bool any = false;
  for (const auto& e : dir_.entries) {
    p_.tick();
    if (!wanted(e)) continue;
    any = true;
    extract(e);
  }
  finish();
  bool filtered = !o_.names.empty() || !o_.excluded.empty();
  for (size_t i = 0; i < o_.names.size(); i++) {
    if (found_[i]) continue;
    say("caution: filename not matched:  " + o_.names[i] + "\n");
    raise(11);
  }
  for (size_t i = 0; i < o_.excluded.size(); i++)
    if (!found_excluded_[i]) say("caution: excluded filename not matched:  " + o_.excluded[i] + "\n");
  if (!any && status_ < 11) raise(11);
  if (unsupported_) raise(81);
  else if (locked_) raise(locked_ == asked_ ? 82 : 1);   // some could be read: no more than a warning
  else if (no_password_) raise(5);
  if (o_.mode != O::Test || o_.quiet > 1) return;
  if (tested_ == 0 && locked_) out_.write("Caution:  zero files tested in " + name_ + ".\n");
  else if (status_ > 1) out_.write("At least one error was detected in " + name_ + ".\n");
  else if (!filtered && !locked_) out_.write("No errors detected in compressed data of " + name_ + ".\n");
  else out_.write("No errors detected in " + name_ + " for the " + std::to_string(tested_) + " file" + (tested_ == 1 ? "" : "s") + " tested.\n");
  if (locked_) out_.write(std::to_string(locked_) + (locked_ == 1 ? " file" : " files") + " skipped because of incorrect password.\n");
}

// Links, then directories from the innermost outwards.
void Unzip::finish() {
  if (!links_.empty() && !o_.quiet) out_.write("finishing deferred symbolic links:\n");
  for (const auto& l : links_) {
    if (!o_.quiet) out_.write("  " + padded(l.path) + " -> " + l.target + "\n");
    // Only in place of what was put there for it.
    auto st = p_.lstat(l.path);
    if (!st || !st->is_regular() || st->dev != l.dev || st->ino != l.ino) continue;
    (void)p_.unlink(l.path);
    auto done = p_.symlink(l.target, l.path);
    if (!done) {
      say("symlink error: " + std::string(message(done.error())) + "\n");
      raise(2);
    }
    p_.tick();
  }
  for (size_t i = directories_.size(); i-- > 0;) {
    const auto& [path, e] = directories_[i];
    auto st = p_.lstat(path);
    if (!st || !st->is_dir()) continue;
    auto m = e->unix_mode();
    if (m && *m) (void)p_.chmod(path, *m & 0777 & ~p_.umask());
    if (o_.no_directory_times) continue;
    Timespec t{e->seconds(zone_), 0};
    (void)p_.utimens(path, &t, &t, false);
  }
}

}  // namespace nacre
