#include <algorithm>

#include "commands/patch/session.h"
#include "commands/paths.h"

namespace nacre {
namespace {

std::string range_text(size_t first, size_t count, bool unified) {
  if (unified) {
    if (count == 1) return std::to_string(first);
    return std::to_string(count == 0 ? first - 1 : first) + "," + std::to_string(count);
  }
  if (count == 0) return std::to_string(first - 1);
  if (count == 1) return std::to_string(first);
  return std::to_string(first) + "," + std::to_string(first + count - 1);
}

// One half of a hunk of context; its lines changed where both halves have a part.
void context_half(const PatchHunk& hunk, bool old_half, std::string& out) {
  const auto& lines = hunk.lines;
  for (size_t i = 0; i < lines.size();) {
    if (lines[i].kind == ' ') {
      out += "  " + lines[i++].text;
      continue;
    }
    size_t end = i;
    bool gone = false, come = false;
    for (; end < lines.size() && lines[end].kind != ' '; end++) (lines[end].kind == '-' ? gone : come) = true;
    for (; i < end; i++) {
      if ((lines[i].kind == '-') != old_half) continue;
      out += gone && come ? "! " : old_half ? "- " : "+ ";
      out += lines[i].text;
    }
  }
}

}  // namespace

void PatchSession::reject_header(const PatchHeader& h, bool unified) {
  size_t a = reverse_ ? 1 : 0, b = 1 - a;
  auto name = [&](size_t i) { return h.name[i] ? *h.name[i] : !h.raw_name[i].empty() ? h.raw_name[i] : std::string("/dev/null"); };
  if (h.name[kPatchIndex] && !h.name[0] && !h.name[1]) rejects_ += "Index: " + *h.name[kPatchIndex] + "\n";
  if (!h.name[0] && !h.name[1] && h.raw_name[0].empty()) {
    rejects_ += std::string(unified ? "--- " : "*** ") + "/dev/null\n" + (unified ? "+++ " : "--- ") + "/dev/null\n";
    return;
  }
  rejects_ += (unified ? "--- " : "*** ") + name(a) + h.time_text[a] + "\n";
  rejects_ += (unified ? "+++ " : "--- ") + name(b) + h.time_text[b] + "\n";
}

void PatchSession::reject(const PatchHeader& h, const PatchHunk& hunk, int64_t offset) {
  bool unified = o_.unified_rejects.value_or(h.type == PatchType::Unified);
  if (rejects_.empty()) reject_header(h, unified);
  auto moved = [&](size_t line) { return static_cast<size_t>(static_cast<int64_t>(line) + offset); };
  size_t old_first = moved(hunk.old_first), new_first = moved(hunk.new_first);
  if (unified) {
    rejects_ += "@@ -" + range_text(old_first, hunk.old_count, true) + " +" + range_text(new_first, hunk.new_count, true) + " @@" + hunk.function + "\n";
    for (const auto& l : hunk.lines) rejects_ += l.kind + l.text;
    return;
  }
  bool modern = h.type != PatchType::Context;
  rejects_ += "***************" + hunk.function + "\n*** " + range_text(old_first, hunk.old_count, false) + (modern ? " ****\n" : "\n");
  context_half(hunk, true, rejects_);
  rejects_ += "--- " + range_text(new_first, hunk.new_count, false) + (modern ? " ----\n" : " -----\n");
  context_half(hunk, false, rejects_);
}

void PatchSession::make_dirs(const std::string& name) {
  for (size_t slash = name.find('/', 1); slash != std::string::npos; slash = name.find('/', slash + 1)) {
    if (auto made = p_.mkdir(name.substr(0, slash)); !made && made.error() != Errno::EXIST) return;
  }
}

// The whole file, anew: links to it keep what they had.
bool PatchSession::store(const std::string& name, std::string_view text, uint32_t mode) {
  auto fd = p_.open(name, kOpenWrite | kOpenCreate | kOpenTruncate, mode);
  if (!fd && fd.error() == Errno::NOENT) {
    make_dirs(name);
    fd = p_.open(name, kOpenWrite | kOpenCreate | kOpenTruncate, mode);
  }
  if (!fd) fatal("Can't create file " + quoted(name) + " : " + std::string(message(fd.error())));
  auto done = p_.write(*fd, text);
  (void)p_.close(*fd);
  if (!done) fatal("write error : " + std::string(message(done.error())));
  return true;
}

void PatchSession::remove_file(const std::string& name) {
  if (o_.verbose) say("Removing file " + quoted(name) + "\n");
  if (auto done = p_.unlink(name); !done && done.error() != Errno::NOENT)
    fatal("Can't remove file " + quoted(name) + " : " + std::string(message(done.error())));
  // Directories that are empty now go, too.
  for (std::string_view dir = dir_name(name); dir != "." && dir != "/"; dir = dir_name(dir))
    if (!p_.rmdir(dir)) return;
}

// The file as it was; `keep`: a copy, because the file stays in place.
void PatchSession::back_up(const std::string& name, bool keep) {
  if (!backed_up_.insert(name).second) return;
  BackupOptions b = o_.backup;
  if (b.kind == BackupOptions::None) b.kind = BackupOptions::Existing;
  b.suffix = o_.suffix.value_or(".orig");
  std::string to;
  bool there = static_cast<bool>(p_.lstat(name));
  if (!o_.prefix.empty() || !o_.base_prefix.empty()) {
    std::string dir(name.substr(0, name.size() - base_name(name).size()));
    to = o_.prefix + dir + o_.base_prefix + std::string(base_name(name)) + o_.suffix.value_or("");
    make_dirs(to);
    if (there) (void)p_.rename(name, to);
  } else if (there) {
    auto made = make_backup(p_, b, name);
    if (!made) p_.exit(2);
    to = *made;
  } else {
    to = name + *b.suffix;
  }
  // Nothing was there: an empty file says so.
  if (!there) store(to, "", 0);
  if (!keep || !there) return;
  if (auto text = read_file(p_, to); text && in_stat_) store(name, *text, in_stat_->mode & 0777);
}

void PatchSession::set_times(const PatchHeader& h) {
  size_t from = reverse_ ? 1 : 0, to = 1 - from;
  if (!h.time[to] || h.time[to]->sec == 0) return;
  auto refuse = [&](const char* why) {
    if (!o_.silent) say("Not setting time of file " + quoted(*out_name_) + " (" + why + " mismatch)\n");
  };
  if (!o_.force && !mismatch_ && in_stat_ && h.time[from] && (h.time[from]->sec != in_stat_->mtime.sec || h.time[from]->nsec != in_stat_->mtime.nsec))
    return refuse("time");
  if (!o_.force && (mismatch_ || failed_)) return refuse("contents");
  Timespec time = *h.time[to];
  (void)p_.utimens(*out_name_, &time, &time, false);
}

void PatchSession::write_result(const PatchHeader& h, HunkApplier& file) {
  const std::string& name = *out_name_;
  std::string& text = file.output();
  if (o_.out_file) {
    if (name == "-") {
      (void)p_.write(1, text);
    } else if (!o_.dry_run) {
      if (o_.backups && p_.lstat(name)) back_up(name, false);
      store(name, text, 0666);
    }
    return;
  }
  size_t to = reverse_ ? 0 : 1;
  bool backup = o_.backups || (o_.backup_if_mismatch.value_or(!p_.getenv("POSIXLY_CORRECT")) && (mismatch_ || failed_));
  bool goes = h.absent[to] == 2 && (o_.remove_empty || !o_.posix);
  if (text.empty() && (o_.remove_empty || goes)) {
    if (o_.dry_run) return;
    if (backup) back_up(name, false);
    return remove_file(name);
  }
  if (goes) {
    mismatch_ = failed_any_ = true;
    if (!o_.silent) say("Not deleting file " + quoted(name) + " as content differs from patch\n");
  }
  if (o_.dry_run) return;
  uint32_t mode = h.mode[to] ? *h.mode[to] & 0777 : in_stat_ ? in_stat_->mode & 07777 : 0666 & ~p_.umask();
  bool same = !h.rename && !h.copy && in_stat_ && text == file.text();
  if (backup && (in_stat_ || !same)) back_up(name, false);
  // A read-only file is replaced, not written to.
  if (auto st = p_.lstat(name); st && !(h.copy && name == *in_name_)) {
    if (!same) (void)p_.unlink(name);   // a symbolic link, too: what it leads to stays as it is
  }
  if (!same || !p_.lstat(name)) store(name, text, 0666);
  (void)p_.chmod(name, mode);
  if (h.rename && name != *in_name_) remove_file(*in_name_);
  if (o_.set_time || o_.set_utc) set_times(h);
}

}  // namespace nacre
