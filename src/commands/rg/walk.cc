#include "commands/rg/walk.h"

#include <algorithm>

#include "algo/unicode.h"
#include "base/deep_call.h"
#include "commands/paths.h"

namespace nacre {
namespace {

std::string os_error(Errno e) { return std::string(message(e)) + " (os error " + std::to_string(static_cast<int>(e)) + ")"; }

std::string_view without_dot_slash(std::string_view path) {
  while (path.starts_with("./")) path.remove_prefix(2);
  return path;
}

// The value of core.excludesFile, where a git configuration has one.
std::string excludes_file(std::string_view config) {
  for (size_t at = 0; at < config.size();) {
    size_t end = std::min(config.find('\n', at), config.size());
    std::string_view line = config.substr(at, end - at);
    at = end + 1;
    while (!line.empty() && ascii_space(line.front())) line.remove_prefix(1);
    std::string key;
    for (char c : line.substr(0, 12)) key += ascii_lower(c);
    if (key != "excludesfile") continue;
    line.remove_prefix(12);
    while (!line.empty() && ascii_space(line.front())) line.remove_prefix(1);
    if (!line.starts_with('=')) continue;
    line.remove_prefix(1);
    while (!line.empty() && ascii_space(line.front())) line.remove_prefix(1);
    while (!line.empty() && ascii_space(line.back())) line.remove_suffix(1);
    return std::string(line);
  }
  return {};
}

}  // namespace

void RgWalk::error(const std::string& text, bool of_ignore_file) {
  if (!of_ignore_file) failed_ = true;
  if (!o_.messages || (of_ignore_file && !o_.ignore_messages)) return;
  out_.flush();
  write_error(p_, text + "\n");
}

void RgWalk::read_rules(const std::string& file, IgnoreRules& rules) {
  auto text = read_file(p_, file);
  if (!text) {
    if (text.error() != Errno::NOENT && text.error() != Errno::ISDIR) error(file + ": " + os_error(text.error()), true);
    return;
  }
  size_t number = 0;
  for (size_t at = 0; at < text->size();) {
    size_t end = std::min(text->find('\n', at), text->size());
    std::string why;
    number++;
    std::string_view line = std::string_view(*text).substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!rules.add(line, o_.ignore_fold, &why)) error(file + ": line " + std::to_string(number) + ": " + why, true);
    at = end + 1;
  }
}

std::string RgWalk::global_ignore_file() {
  const char* home = p_.getenv("HOME");
  const char* xdg = p_.getenv("XDG_CONFIG_HOME");
  std::string config = xdg && *xdg ? std::string(xdg) : home ? std::string(home) + "/.config" : "";
  std::string file;
  for (const auto& from : {home ? std::string(home) + "/.gitconfig" : "", config.empty() ? "" : config + "/git/config"}) {
    if (from.empty() || !file.empty()) continue;
    if (auto text = read_file(p_, from)) file = excludes_file(*text);
  }
  if (file.empty()) return config.empty() ? "" : config + "/git/ignore";
  if (file.starts_with("~/") && home) file = std::string(home) + file.substr(1);
  return file;
}

std::string RgWalk::prepare() {
  std::string why;
  for (const auto& [glob, fold] : o_.globs)
    if (!overrides_.add(glob, fold || o_.glob_fold, &why)) return why;
  if (!o_.no_ignore_files)
    for (const auto& file : o_.ignore_files) {
      explicit_.emplace_back();
      if (auto st = p_.stat(file); !st) error(file + ": " + os_error(st.error()), true);
      else read_rules(file, explicit_.back());
    }
  if (!o_.no_ignore_global && !o_.no_ignore_vcs)
    if (auto file = global_ignore_file(); !file.empty()) read_rules(file, global_);
  return {};
}

// `entries` says what is there; without it each file is tried.
void RgWalk::read_level(const std::string& dir, Level& level, const std::vector<DirEntry>* entries) {
  auto there = [&](const char* name) {
    if (!entries) return p_.stat(join_path(dir, name)).ok();
    for (const auto& e : *entries)
      if (e.name == name) return true;
    return false;
  };
  auto path = [&](const char* name) { return dir.empty() ? "./" + std::string(name) : join_path(dir, name); };
  if (!o_.no_ignore_dot) {
    if (there(".rgignore")) read_rules(path(".rgignore"), level.rg);
    if (there(".ignore")) read_rules(path(".ignore"), level.dot);
  }
  bool git = !o_.no_ignore_vcs || !o_.no_ignore_exclude;
  level.has_git = git && there(".git");
  if (!o_.no_ignore_vcs && there(".gitignore")) read_rules(path(".gitignore"), level.git);
  if (!o_.no_ignore_exclude && !o_.no_ignore_vcs && level.has_git) read_rules(path(".git/info/exclude"), level.exclude);
}

// What is above the root counts, too.
std::unique_ptr<RgWalk::Level> RgWalk::parents_of(const std::string& root) {
  if (o_.no_ignore_parent) return nullptr;
  auto real = p_.realpath(root);
  if (!real || *real == "/") return nullptr;
  const Level* last = nullptr;
  for (size_t slash = 0; slash != std::string::npos; slash = real->find('/', slash + 1)) {
    auto level = std::make_unique<Level>();
    level->parent = last;
    level->outside = true;
    level->above = real->substr(slash + 1) + "/";
    read_level(slash == 0 ? "/" : real->substr(0, slash), *level, nullptr);
    last = level.get();
    outside_.push_back(std::move(level));
  }
  auto top = std::make_unique<Level>();
  top->parent = last;
  top->outside = true;
  return top;
}

IgnoreMatch RgWalk::ignored(const Level* level, const std::string& path, bool is_dir) const {
  IgnoreMatch rg = IgnoreMatch::None, dot = rg, git = rg, exclude = rg, named = rg;
  bool any_git = !o_.require_git, saw_git = false;
  for (const Level* l = level; l && !any_git; l = l->parent) any_git = l->has_git;
  std::string_view plain = without_dot_slash(path);
  for (const Level* l = level; l; l = l->parent) {
    std::string full;
    std::string_view below = path;
    if (l->outside) {
      // Parents know the path from where they are.
      std::string_view in_root = path;
      if (!root_.empty() && in_root.starts_with(root_)) in_root.remove_prefix(root_.size());
      while (in_root.starts_with('/')) in_root.remove_prefix(1);
      full = l->above + std::string(without_dot_slash(in_root));
      below = full;
    } else {
      below.remove_prefix(std::min(below.size(), l->prefix.size()));
    }
    if (l->any()) {
      if (rg == IgnoreMatch::None) rg = l->rg.match(below, is_dir);
      if (dot == IgnoreMatch::None) dot = l->dot.match(below, is_dir);
      if (any_git && !saw_git && git == IgnoreMatch::None) git = l->git.match(below, is_dir);
      if (any_git && !saw_git && exclude == IgnoreMatch::None) exclude = l->exclude.match(below, is_dir);
    }
    saw_git = saw_git || l->has_git;
  }
  for (auto r = explicit_.rbegin(); r != explicit_.rend() && named == IgnoreMatch::None; ++r) named = r->match(plain, is_dir);
  IgnoreMatch global = any_git ? global_.match(plain, is_dir) : IgnoreMatch::None;
  for (IgnoreMatch m : {rg, dot, git, exclude, global, named})
    if (m != IgnoreMatch::None) return m;
  return IgnoreMatch::None;
}

bool RgWalk::skip(const Level* level, const std::string& path, std::string_view base, bool is_dir) const {
  if (!overrides_.empty()) {
    // The other way around than in ignore files: without ! a glob picks.
    IgnoreMatch m = overrides_.match(without_dot_slash(path), is_dir);
    if (m == IgnoreMatch::Whitelist) return true;
    if (m == IgnoreMatch::Ignore) return false;
    if (overrides_.ignoring() > 0 && !is_dir) return true;
  }
  bool picked = false;
  IgnoreMatch m = ignored(level, path, is_dir);
  if (m == IgnoreMatch::Ignore) return true;
  picked = m == IgnoreMatch::Whitelist;
  m = o_.types.match(base, is_dir);
  if (m == IgnoreMatch::Ignore) return true;
  picked = picked || m == IgnoreMatch::Whitelist;
  return !picked && !o_.hidden && base.starts_with('.');
}

bool RgWalk::entry(const std::string& path, const DirEntry& e, const Level* level, int64_t depth, const std::function<bool(const RgFound&)>& fn) {
  p_.tick(2);
  std::string child = path.empty() ? e.name : join_path(path, e.name);
  FileType type = e.type;
  Stat st;
  st.type = type;
  if (type == FileType::Symlink) {
    if (!o_.follow) return true;
    auto there = p_.stat(child);
    if (!there) {
      if (!skip(level, child, e.name, false))
        error(shown(child) + ": " + (in_one_thread() ? "IO error for operation on " + shown(child) + ": " : "") + os_error(there.error()));
      return true;
    }
    st = *there;
    type = st.type;
  }
  bool is_dir = type == FileType::Directory;
  if (skip(level, child, e.name, is_dir)) return true;
  if (is_dir) return deep_call([&] { return directory(child, level, depth, fn); });
  if (type != FileType::Regular) return true;
  if (o_.max_filesize != UINT64_MAX || o_.one_file_system) {
    auto now = p_.stat(child);
    if (!now) {
      error(child + ": " + os_error(now.error()));
      return true;
    }
    st = *now;
    if (st.size > o_.max_filesize) return true;
  }
  return fn({child, st, false});
}

// Of each directory by itself: one that changed lately comes late with all it holds.
void RgWalk::sort_by_time(const std::string& dir, std::vector<DirEntry>& entries) {
  std::vector<std::pair<Timespec, DirEntry>> timed;
  for (auto& e : entries) {
    auto st = p_.stat(dir.empty() ? e.name : join_path(dir, e.name));
    Timespec when;
    if (st) when = o_.sort == RgOptions::Sort::Modified ? st->mtime : o_.sort == RgOptions::Sort::Accessed ? st->atime : st->btime;
    timed.push_back({when, std::move(e)});
  }
  std::stable_sort(timed.begin(), timed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (size_t i = 0; i < timed.size(); i++) entries[i] = std::move(timed[i].second);
}

bool RgWalk::directory(const std::string& path, const Level* parent, int64_t depth, const std::function<bool(const RgFound&)>& fn) {
  if (o_.max_depth && depth >= *o_.max_depth) return true;
  std::optional<std::pair<uint64_t, uint64_t>> id;
  if (o_.follow || o_.one_file_system) {
    auto st = p_.stat(path.empty() ? "." : path);
    if (st) {
      if (depth == 0) device_ = st->dev;
      if (o_.one_file_system && st->dev != device_) return true;
      if (o_.follow) {
        auto [above, fresh] = open_.insert({{st->dev, st->ino}, shown(path)});
        if (!fresh) {
          error("File system loop found: " + shown(path) + " points to an ancestor " + above->second);
          return true;
        }
      }
      id = {st->dev, st->ino};
    }
  }
  auto entries = p_.list(path.empty() ? "." : path);
  if (!entries) {
    error(path + ": " + os_error(entries.error()));
    return true;
  }
  Level level;
  level.parent = parent;
  level.prefix = path.empty() || path.back() == '/' ? path : path + "/";
  read_level(path, level, &*entries);
  std::sort(entries->begin(), entries->end(), [](const DirEntry& a, const DirEntry& b) { return a.name < b.name; });
  if (by_time()) sort_by_time(path, *entries);
  if (o_.sort_reverse) std::reverse(entries->begin(), entries->end());
  bool go_on = true;
  for (const auto& e : *entries) {
    go_on = entry(path, e, &level, depth + 1, fn);
    if (!go_on) break;
  }
  if (o_.follow && id) open_.erase(*id);
  return go_on;
}

bool RgWalk::walk(const std::string& path, const std::function<bool(const RgFound&)>& fn) {
  auto st = p_.stat(path.empty() ? "." : path);
  if (!st) {
    error(in_one_thread() ? path + ": IO error for operation on " + path + ": " + os_error(st.error()) : path + ": " + os_error(st.error()));
    return true;
  }
  if (!st->is_dir()) {
    return fn({path, *st, true});
  }
  root_ = path;
  auto above = parents_of(path.empty() ? "." : path);
  return directory(path, above ? above->parent : nullptr, 0, fn);
}

}  // namespace nacre
