#include "commands/diff/files.h"

#include <algorithm>
#include <cstring>

#include "base/deep_call.h"
#include "commands/paths.h"
#include "commands/quoting.h"

namespace nacre {
namespace {

std::string join(const std::string& dir, const std::string& name) { return dir.ends_with('/') ? dir + name : dir + "/" + name; }

const char* kind_of(const Stat& st) {
  switch (st.type) {
    case FileType::Directory: return "directory";
    case FileType::Symlink: return "symbolic link";
    case FileType::Fifo: return "fifo";
    case FileType::Socket: return "socket";
    case FileType::CharDevice: return "character special file";
    case FileType::BlockDevice: return "block special file";
    default: return st.size ? "regular file" : "regular empty file";
  }
}

bool looks_binary(std::string_view text) { return text.substr(0, 32768).find('\0') != text.npos; }

}  // namespace

DiffFiles::DiffFiles(Process& p, const DiffOptions& options, Output& out, std::string switches)
    : p_(p), o_(options), out_(out), printer_(p, options, out), switches_(std::move(switches)) {
  for (const auto& pattern : o_.exclude) exclude_.push_back(Glob::compile(pattern, p.utf8() ? uint32_t{kGlobUtf8} : 0));
}

void DiffFiles::trouble(Errno e, const std::string& name) {
  out_.flush();
  p_.warn(e, "%s", name.c_str());
  status_ = 2;
}

void DiffFiles::trouble(const std::string& message) {
  out_.flush();
  p_.warn("%s", message.c_str());
  status_ = 2;
}

std::string DiffFiles::label(const DiffSide& s, size_t index) const { return index < o_.labels.size() ? o_.labels[index] : s.name; }

bool DiffFiles::examine(DiffSide& s, bool may_lack, Found found) {
  if (found == Found::Regular) {
    // It will be read: opening it first is one look-up less. What goes wrong is said below.
    if (auto fd = p_.open(s.name, kOpenRead)) s.input = std::make_unique<Input>(p_, *fd, s.name);
  }
  auto st = s.input ? p_.fstat(s.input->fd()) : s.name == "-" ? p_.fstat(0) : o_.no_dereference ? p_.lstat(s.name) : p_.stat(s.name);
  if (st) {
    s.st = *st;
    s.there = true;
    if (s.name == "-") s.st.mtime = p_.now();   // whatever it is that is read
    return true;
  }
  if (may_lack && st.error() == Errno::NOENT) return true;
  trouble(st.error(), s.name);
  return false;
}

bool DiffFiles::load(DiffSide& s) {
  if (!s.there) return true;
  if (!s.input) s.input = open_input(p_, s.name);
  if (s.input) s.text = s.input->all();
  if (!s.input || report_read_error(p_, *s.input)) {
    status_ = 2;
    return false;
  }
  if (o_.strip_cr) {
    for (size_t i = 0; i < s.text.size(); i++) {
      if (s.text[i] == '\r' && i + 1 < s.text.size() && s.text[i + 1] == '\n') continue;
      s.stripped += s.text[i];
    }
    s.text = s.stripped;
    s.input.reset();
  }
  return true;
}

void DiffFiles::top(std::string a, std::string b) {
  auto is_dir = [&](const std::string& f) {
    auto st = f == "-" ? p_.fstat(0) : o_.no_dereference ? p_.lstat(f) : p_.stat(f);
    return st && st->is_dir();
  };
  bool dirs[2] = {is_dir(a), is_dir(b)};
  auto exists = [&](const std::string& f) { return f == "-" || p_.stat(f); };
  if (dirs[0] != dirs[1] && exists(a) && exists(b)) {
    const std::string& file = dirs[0] ? b : a;
    if (file == "-") return trouble("cannot compare '-' to a directory");
    std::string& there = dirs[0] ? a : b;
    there = join(there, std::string(base_name(file)));
    // -N is about what lies in directories, not about what is asked for.
    auto st = o_.no_dereference ? p_.lstat(there) : p_.stat(there);
    if (!st) return trouble(st.error(), there);
  }
  pair(a, b, true, Found::Yes, Found::Yes);
}

void DiffFiles::pair(const std::string& a, const std::string& b, bool top, Found in_a, Found in_b) {
  const bool a_there = in_a != Found::No, b_there = in_b != Found::No;
  if (!a_there || !b_there) {
    bool fill = o_.new_file || (o_.first_new_file && b_there);
    if (!fill) return only_in(a_there ? a : b);
  }
  DiffSide s[2];
  s[0].name = a;
  s[1].name = b;
  bool fine = examine(s[0], (o_.new_file || o_.first_new_file) || !a_there, in_a);
  fine &= examine(s[1], o_.new_file || !b_there, in_b);
  if (!fine) return;
  if (!s[0].there && !s[1].there) {
    trouble(Errno::NOENT, a);
    return trouble(Errno::NOENT, b);
  }
  auto is_dir = [](const DiffSide& x) { return x.there && x.st.is_dir(); };
  auto plain = [](const DiffSide& x) { return !x.there || x.st.type == FileType::Regular || x.st.type == FileType::Symlink; };
  bool shows_all = o_.style == DiffStyle::SideBySide || o_.style == DiffStyle::Groups;
  bool one_file = s[0].there && s[1].there && (a == b || (s[0].st.dev == s[1].st.dev && s[0].st.ino == s[1].st.ino));
  if (one_file && !shows_all) {
    if (o_.report_same && !is_dir(s[0])) out_.write("Files " + label(s[0], 0) + " and " + label(s[1], 1) + " are identical\n");
    return;
  }
  if (is_dir(s[0]) && is_dir(s[1])) return directories(s[0], s[1], top);
  if (is_dir(s[0]) || is_dir(s[1]) || (!top && !(plain(s[0]) && plain(s[1])))) return not_files(s[0], s[1], top);
  if (o_.no_dereference && ((s[0].there && s[0].st.type == FileType::Symlink) || (s[1].there && s[1].st.type == FileType::Symlink))) return links(s[0], s[1]);
  if (load(s[0]) && load(s[1])) files(s[0], s[1], top);
}

void DiffFiles::only_in(const std::string& path) {
  size_t slash = path.find_last_of('/');
  std::string dir = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  out_.write("Only in " + dir + ": " + path.substr(slash + 1) + "\n");
  differ();
}

void DiffFiles::not_files(const DiffSide& a, const DiffSide& b, bool top) {
  if (a.there && b.there) {
    out_.write("File " + label(a, 0) + " is a " + kind_of(a.st) + " while file " + label(b, 1) + " is a " + kind_of(b.st) + "\n");
    return differ();
  }
  const DiffSide& there = a.there ? a : b;
  if (there.st.is_dir() && o_.recursive) return directories(a, b, top);
  only_in(there.name);
}

void DiffFiles::links(const DiffSide& a, const DiffSide& b) {
  if (!a.there || !b.there || a.st.type != b.st.type) {
    if (!a.there || !b.there) return only_in(a.there ? a.name : b.name);
    return not_files(a, b, false);
  }
  auto x = p_.readlink(a.name), y = p_.readlink(b.name);
  if (!x) return trouble(x.error(), a.name);
  if (!y) return trouble(y.error(), b.name);
  if (*x == *y) {
    if (o_.report_same) out_.write("Files " + label(a, 0) + " and " + label(b, 1) + " are identical\n");
    return;
  }
  out_.write("Symbolic links " + a.name + " and " + b.name + " differ\n");
  differ();
}

std::vector<DiffFiles::Entry> DiffFiles::entries(const DiffSide& s) {
  std::vector<Entry> names;
  if (!s.there) return names;
  auto list = p_.list(s.name);
  if (!list) {
    trouble(list.error(), s.name);
    return names;
  }
  for (const auto& e : *list) {
    bool left_out = std::any_of(exclude_.begin(), exclude_.end(), [&](const Glob& g) { return g.match(e.name); });
    if (!left_out) names.push_back({e.name, e.type == FileType::Regular ? Found::Regular : Found::Yes});
  }
  std::sort(names.begin(), names.end(), [](const Entry& x, const Entry& y) { return x.name < y.name; });
  return names;
}

void DiffFiles::directories(const DiffSide& a, const DiffSide& b, bool top) {
  if (o_.style == DiffStyle::Groups) return trouble("-D option not supported with directories");
  if (!top && !o_.recursive) {
    out_.write("Common subdirectories: " + label(a, 0) + " and " + label(b, 1) + "\n");
    return;
  }
  auto folded = [&](const std::string& s) { return o_.fold_names ? lower(s, p_.utf8()) : s; };
  auto before = [&](const std::string& x, const std::string& y) {
    std::string fx = folded(x), fy = folded(y);
    return fx != fy ? fx < fy : x < y;
  };
  std::vector<Entry> names[2] = {entries(a), entries(b)};
  for (auto& list : names) {
    if (o_.fold_names) std::sort(list.begin(), list.end(), [&](const Entry& x, const Entry& y) { return before(x.name, y.name); });
    // -S is for the top directories only.
    if (top && o_.start_file && !o_.start_file->empty()) std::erase_if(list, [&](const Entry& e) { return before(e.name, *o_.start_file); });
  }
  for (size_t i = 0, j = 0; i < names[0].size() || j < names[1].size();) {
    const Entry* left = i < names[0].size() ? &names[0][i] : nullptr;
    const Entry* right = j < names[1].size() ? &names[1][j] : nullptr;
    if (left && right) {
      const int order = o_.fold_names ? folded(left->name).compare(folded(right->name)) : left->name.compare(right->name);
      if (order > 0) left = nullptr;
      if (order < 0) right = nullptr;
    }
    std::string x = join(a.name, (left ? left : right)->name), y = join(b.name, (right ? right : left)->name);
    i += left != nullptr;
    j += right != nullptr;
    p_.tick();
    deep_call([&] {
      pair(x, y, false, left ? left->found : Found::No, right ? right->found : Found::No);
      return 0;
    });
  }
}

void DiffFiles::missing_newline(const DiffSide& s, size_t index) {
  if (s.text.empty() || s.text.ends_with('\n')) return;
  trouble(label(s, index) + ": No newline at end of file\n");
}

void DiffFiles::paginate(Comparison& c, const std::string& title) {
  out_.flush();
  auto pipe = p_.pipe();
  if (!pipe) return trouble(pipe.error(), "pipe");
  SpawnOptions options;
  options.stdin_fd = pipe->read_end;
  options.close_fds = {pipe->read_end, pipe->write_end};
  auto pid = p_.spawn({"/usr/bin/pr", "-h", title}, options);
  (void)p_.close(pipe->read_end);
  if (!pid) {
    (void)p_.close(pipe->write_end);
    return trouble(pid.error(), "/usr/bin/pr");
  }
  {
    Output pages(p_, pipe->write_end, 2);
    DiffPrinter(p_, o_, pages).print(c, "");
    pages.flush();
  }
  (void)p_.close(pipe->write_end);
  auto waited = p_.wait(*pid);
  const int status = waited && *waited ? (*waited)->status.shell_status() : 126;
  if (status) trouble("subsidiary program '/usr/bin/pr' failed (exit status " + std::to_string(status) + ")");
}

void DiffFiles::files(DiffSide& a, DiffSide& b, bool top) {
  bool shows_all = o_.style == DiffStyle::SideBySide || o_.style == DiffStyle::Groups, equal = a.text == b.text;
  if (equal && !o_.report_same && (!shows_all || o_.brief)) return;
  const std::string both = label(a, 0) + " and " + label(b, 1);
  auto identical = [&] {
    if (o_.report_same) out_.write("Files " + both + " are identical\n");
  };
  if (equal && (!shows_all || o_.brief)) return identical();
  if (!equal && !o_.text && (looks_binary(a.text) || looks_binary(b.text))) {
    if (o_.merge_assist) out_.put(' ');
    out_.write((o_.brief ? "Files " : "Binary files ") + both + " differ\n");
    return differ();
  }
  Comparison c(p_, o_, a, b);
  bool any = std::any_of(c.changes().begin(), c.changes().end(), [](const DiffChange& x) { return !x.ignore; });
  if (any) differ();
  if (any && o_.brief) {
    out_.write("Files " + both + " differ\n");
    return;
  }
  if (!o_.brief) {
    const std::string command = "diff" + switches_ + " " + diff_name(label(a, 0)) + " " + diff_name(label(b, 1));
    if (o_.paginate && (any || shows_all)) paginate(c, command);
    else printer_.print(c, top ? "" : command + "\n");
    if (o_.style == DiffStyle::Ed || o_.style == DiffStyle::ForwardEd) {
      missing_newline(a, 0);
      missing_newline(b, 1);
    }
  }
  if (!any) identical();
}

}  // namespace nacre
