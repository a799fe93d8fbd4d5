/// The long format of ls: a row of columns before each name.
#include <algorithm>

#include "algo/unicode.h"
#include "commands/ls/layout.h"
#include "commands/mode.h"

namespace nacre::ls {
namespace {

std::string spaces(size_t n) { return std::string(n, ' '); }

std::string right(const std::string& s, size_t width) { return spaces(width > s.size() ? width - s.size() : 0) + s + " "; }

/// Names stand left, numbers of accounts without a name right.
std::string account(const std::string& s, size_t width, bool number) {
  size_t pad = width - std::min(width, text_width(s, true));
  return number ? spaces(pad) + s + " " : s + spaces(pad) + " ";
}

bool is_device(const Stat& st) { return st.type == FileType::CharDevice || st.type == FileType::BlockDevice; }

}  // namespace

Layout::Row Layout::row(const Entry& e) {
  Row r{};
  if (!e.known) {
    r.mode = mode_text(e.st).substr(0, 1) + "?????????";
    if (e.failed && e.st.is_regular()) r.mode[0] = e.listed ? 'd' : '-';
    r.links = r.owner = r.group = r.author = r.size = "?";
    return r;
  }
  const User* user = o_.numeric ? nullptr : accounts_.user(e.st.uid);
  r.owner = r.author = user ? user->name : std::to_string(e.st.uid);
  r.owner_number = r.author_number = !user;
  const Group* group = o_.numeric ? nullptr : accounts_.group(e.st.gid);
  r.group = group ? group->name : std::to_string(e.st.gid);
  r.group_number = !group;
  r.mode = mode_text(e.st);
  r.links = std::to_string(e.st.nlink);
  if (is_device(e.st)) {
    r.major = std::to_string(e.st.rdev_major);
    r.minor = std::to_string(e.st.rdev_minor);
  } else {
    r.size = o_.sizes.text(e.st.size);
  }
  return r;
}

std::string Layout::time_text(const Entry& e) {
  if (!e.known) {
    size_t width = text_width(format_time(o_.old_time, zone_.local(0), 0, 0), true);
    return right("?", width);
  }
  const Timespec& t = time_of(e.st);
  if (now_ < t) now_ = p_.now();   // a file that was written since
  // Half a year as GNU counts it: that of the Gregorian calendar.
  bool recent = t.sec > now_.sec - 31556952 / 2 && t <= now_;
  return format_time(recent ? o_.recent_time : o_.old_time, zone_.local(t.sec), t.sec, t.nsec) + " ";
}

void Layout::print_long(const std::vector<Entry>& v, const Widths& w, bool some_quoted) {
  std::vector<Row> rows;
  size_t links = 0, owner = 0, group = 0, author = 0, size = 0, major = 0, minor = 0;
  auto widen = [](size_t& width, const std::string& s) { width = std::max(width, text_width(s, true)); };
  for (const auto& e : v) {
    const Row& r = rows.emplace_back(row(e));
    if (e.known) widen(links, r.links);
    widen(owner, r.owner);
    widen(group, r.group);
    widen(author, r.author);
    widen(size, r.size);
    widen(major, r.major);
    widen(minor, r.minor);
    if (e.known && is_device(e.st)) size = std::max(size, major + 2 + minor);
    p_.tick();
  }
  for (size_t i = 0; i < v.size(); i++) {
    const Entry& e = v[i];
    const Row& r = rows[i];
    names_.normal_color();
    names_.indent();
    std::string line = frills(e, w) + r.mode + " " + right(r.links, links);
    size_t before = 0;
    bool accounts = o_.owner || o_.group || o_.author || o_.context;
    if (accounts) {
      if (o_.owner) line += account(r.owner, owner, r.owner_number);
      if (o_.group) line += account(r.group, group, r.group_number);
      if (o_.author) line += account(r.author, author, r.author_number);
      if (o_.context) line += "? ";
      before = line.size();   // GNU does not count these in the column of the name
    }
    if (e.known && is_device(e.st)) {
      size_t more = size - std::min(size, major + 2 + minor);
      std::string m = right(r.major, major + more);
      m.back() = ',';
      line += m + " " + right(r.minor, minor);
    } else {
      line += right(r.size, size);
    }
    line += time_text(e);
    names_.write(line);
    size_t column = line.size() - before;
    size_t bytes = names_.write_name(e, some_quoted, column);
    if (e.st.is_symlink() && !e.target.empty()) {
      names_.write(" -> ");
      names_.write_target(e, column + bytes + 4);
      if (e.target_known) {
        if (char c = names_.mark(e.target_st, true)) names_.write({&c, 1});
      }
    } else if (!e.st.is_symlink()) {
      write_mark(e.st, e.known);
    }
    char end = o_.line_end();
    names_.write({&end, 1});
  }
}

}  // namespace nacre::ls
