/// ls, dir, vdir - list directory contents.
/// Source: GNU coreutils 9.1 manual, "ls invocation"; POSIX XCU ls.
/// Differs: none known; there are neither security contexts nor capabilities.
#include <algorithm>
#include <set>

#include "algo/glob.h"
#include "commands/canonical.h"
#include "commands/command.h"
#include "commands/ls/layout.h"
#include "commands/ls/usage.h"
#include "commands/paths.h"
#include "commands/quoting.h"
#include "commands/sort/orders.h"

namespace nacre::ls {
namespace {

class Lister {
 public:
  Lister(Process& p, const Options& o) : p_(p), o_(o), names_(p, o), layout_(p, o, names_) {
    uint32_t flags = kGlobPeriod | (p.utf8() ? kGlobUtf8 : 0);
    for (const auto& g : o.ignore) ignore_.push_back(Glob::compile(g, flags));
    for (const auto& g : o.hide) hide_.push_back(Glob::compile(g, flags));
    needs_stat_ = o.sort == Sort::Time || o.sort == Sort::Size || o.format == Format::Long || o.context || o.size;
    needs_type_ = o.recursive || names_.colors() || o.mark != Mark::None || o.dirs_first;
    follows_links_ = names_.follows_links() || o.dirs_first;
  }

  int run(std::vector<std::string> arguments) {
    if (arguments.empty() && !o_.directory) {
      pending_.push_back({".", true});
    } else if (arguments.empty()) {
      add_argument(".");
    } else {
      for (const auto& a : arguments) add_argument(a);
    }
    order();
    if (!o_.directory) move_directories("", true);
    bool titled = true, first = true;
    if (!table_.empty()) {
      layout_.print(table_, some_quoted_);
      if (!pending_.empty()) names_.write("\n");
    } else if (arguments.size() <= 1 && pending_.size() == 1) {
      titled = false;
    }
    while (!pending_.empty()) {
      Pending next = std::move(pending_.back());
      pending_.pop_back();
      if (next.leave) active_.erase(next.id);
      else directory(next, titled || o_.recursive, first);
      titled = titled || !next.leave;
    }
    names_.finish();
    return names_.out().finish(status_);
  }

 private:
  using Id = std::pair<uint64_t, uint64_t>;
  struct Pending {
    std::string path;
    bool argument = false;
    bool leave = false;   ///< a mark: the directory `id` and what is below it has been listed
    Id id{};
  };

  void failed(bool serious) { status_ = serious ? 2 : std::max(status_, 1); }
  void fail(Errno e, const char* what, const std::string& name, bool serious) {
    names_.out().flush();
    p_.warn(e, "%s %s", what, quote_file(p_, name).c_str());
    failed(serious);
  }

  void add_argument(const std::string& name) {
    Entry e;
    e.name = e.path = name;
    Follow f = o_.follow;
    auto st = f == Follow::Never ? p_.lstat(name) : p_.stat(name);
    if (f == Follow::ArgumentDirs) {
      bool link = st ? !st->is_dir() : st.error() == Errno::NOENT;
      if (link) st = p_.lstat(name);
    }
    if (!st) return fail(st.error(), "cannot access", name, true);
    e.st = *st;
    e.known = true;
    e.listed = st->is_dir() && !o_.directory;
    finish_entry(e, true);
  }

  bool must_stat(FileType type) const {
    if (needs_stat_ || o_.hyperlink || names_.needs_mode(type)) return true;
    if (type == FileType::Regular && needs_type_ && o_.mark == Mark::Classify) return true;
    return type == FileType::Symlink && (o_.inode || needs_type_) && (o_.follow == Follow::Always || follows_links_);
  }

  void add_file(const std::string& dir, const std::string& name, FileType type, uint64_t inode) {
    Entry e;
    e.name = name;
    e.path = dir == "." ? name : join_path(dir, name);
    e.st.type = type;
    e.st.ino = inode;
    if (must_stat(type) || (o_.inode && !inode)) {
      auto st = o_.follow == Follow::Always ? p_.stat(e.path) : p_.lstat(e.path);
      if (st) e.st = *st;
      else fail(st.error(), "cannot access", e.path, false);
      e.known = bool(st);
      e.failed = !e.known;
    }
    finish_entry(e, false);
  }

  void finish_entry(Entry& e, bool argument) {
    if (e.known && e.st.is_symlink() && (o_.format == Format::Long || follows_links_)) {
      if (auto text = p_.readlink(e.path)) e.target = *text;
      else fail(text.error(), "cannot read symbolic link", e.path, argument);
      if (o_.mark >= Mark::FileType || follows_links_) {
        if (auto target = p_.stat(e.path)) {
          e.target_known = true;
          e.target_st = *target;
        }
      }
    }
    if (o_.hyperlink && (e.known || argument)) {
      if (auto full = canonical_path(p_, e.path, Canonical::Missing)) e.absolute = *full;
    }
    if (names_.measure(e)) some_quoted_ = true;
    table_.push_back(std::move(e));
  }

  bool skipped(const std::string& name) const {
    auto matches = [&](const std::vector<Glob>& globs) { return std::any_of(globs.begin(), globs.end(), [&](const Glob& g) { return g.match(name); }); };
    if (name[0] == '.') {
      if (o_.hidden == Hidden::Skip || (o_.hidden == Hidden::AlmostAll && is_dot_or_dotdot(name))) return true;
    }
    return (o_.hidden == Hidden::Skip && matches(hide_)) || matches(ignore_);
  }

  void clear() {
    table_.clear();
    some_quoted_ = false;
  }

  // False: a directory above on its own path, reached by a link.
  bool enter(const std::string& path, Pending& mark) {
    auto st = p_.stat(path);
    if (!st) {
      fail(st.error(), "cannot determine device and inode of", path, true);
      return false;
    }
    mark.leave = true;
    mark.id = {st->dev, st->ino};
    if (active_.insert(mark.id).second) return true;
    names_.out().flush();
    p_.warn("%s: not listing already-listed directory", quote_name(p_, path).c_str());
    failed(true);
    return false;
  }

  void directory(const Pending& d, bool titled, bool& first) {
    auto list = p_.list(d.path);
    if (!list) return fail(list.error(), "cannot open directory", d.path, d.argument);
    Pending mark;
    if (o_.recursive && !enter(d.path, mark)) return;
    clear();
    if (titled) {
      if (!first) names_.write("\n");
      names_.write_title(d.path);
    }
    first = false;
    // Without an order, lines need not wait for each other.
    bool at_once = o_.format == Format::One && o_.sort == Sort::None && !o_.size && !o_.recursive;
    uint64_t blocks = 0;
    auto add = [&](const std::string& name, FileType type, uint64_t inode) {
      p_.tick();
      if (skipped(name)) return;
      add_file(d.path, name, type, inode);
      blocks += table_.back().st.blocks;
      if (!at_once) return;
      layout_.print(table_, some_quoted_);
      clear();
    };
    add(".", FileType::Directory, 0);
    add("..", FileType::Directory, 0);
    for (const auto& e : *list) add(e.name, e.type, 0);
    order();
    if (o_.recursive) {
      pending_.push_back(std::move(mark));
      move_directories(d.path, false);
    }
    if (o_.format == Format::Long || o_.size) {
      names_.indent();
      names_.write("total " + o_.blocks.text(blocks * 512) + o_.line_end());
    }
    if (!table_.empty()) layout_.print(table_, some_quoted_);
  }

  /// Puts directories among what is still to be listed, in order; those that were named leave the table.
  void move_directories(const std::string& parent, bool argument) {
    for (size_t i = table_.size(); i-- > 0;) {
      const Entry& e = table_[i];
      if (!e.is_dir() || (!argument && is_dot_or_dotdot(e.name))) continue;
      pending_.push_back({argument || e.name[0] == '/' ? e.name : join_path(parent, e.name), argument});
    }
    std::erase_if(table_, [](const Entry& e) { return e.listed; });
  }

  static std::string_view extension(const std::string& name) {
    size_t dot = name.rfind('.');
    return dot == std::string::npos ? std::string_view() : std::string_view(name).substr(dot);
  }

  int compare(const Entry& a, const Entry& b) const {
    auto descending = [](auto x, auto y) { return x == y ? 0 : x > y ? -1 : 1; };
    int c = 0;
    switch (o_.sort) {
      case Sort::Size: c = descending(a.st.size, b.st.size); break;
      case Sort::Time: c = descending(layout_.time_of(a.st), layout_.time_of(b.st)); break;
      case Sort::Version: c = compare_versions(a.name, b.name); break;
      case Sort::Extension: c = extension(a.name).compare(extension(b.name)); break;
      case Sort::Width: c = descending(b.width, a.width); break;
      default: break;
    }
    return c ? c : a.name.compare(b.name);
  }

  void order() {
    if (o_.sort == Sort::None) return;
    std::stable_sort(table_.begin(), table_.end(), [&](const Entry& a, const Entry& b) {
      if (o_.dirs_first && a.leads_to_dir() != b.leads_to_dir()) return a.leads_to_dir();
      int c = compare(a, b);
      return o_.reverse ? c > 0 : c < 0;
    });
  }

  Process& p_;
  const Options& o_;
  Names names_;
  Layout layout_;
  std::vector<Glob> ignore_, hide_;
  bool needs_stat_, needs_type_, follows_links_;
  std::vector<Entry> table_;
  bool some_quoted_ = false;
  std::vector<Pending> pending_;   ///< the next one last
  std::set<Id> active_;            ///< with -R: the directories on the path to the one being listed
  int status_ = 0;
};

int ls_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  if (auto status = read_options(p, o, files)) return *status;
  return Lister(p, o).run(std::move(files));
}

}  // namespace
}  // namespace nacre::ls

namespace nacre {

Command ls_command() { return {{"ls", "dir", "vdir"}, ls::kUsage, ls::ls_main}; }

}  // namespace nacre
