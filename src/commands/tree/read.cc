#include <algorithm>

#include "algo/unicode.h"
#include "base/deep_call.h"
#include "base/guards.h"
#include "commands/paths.h"
#include "commands/tree/tree.h"

namespace nacre {
namespace {

// As strverscmp(3) where names hold numbers: by their value, those with zeros in front first.
int version_compare(std::string_view a, std::string_view b) {
  size_t i = 0, k = 0;
  while (i < a.size() && k < b.size()) {
    if (!ascii_digit(a[i]) || !ascii_digit(b[k])) {
      if (a[i] != b[k]) return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[k]) ? -1 : 1;
      i++;
      k++;
      continue;
    }
    size_t ai = i, bk = k;
    while (ai < a.size() && ascii_digit(a[ai])) ai++;
    while (bk < b.size() && ascii_digit(b[bk])) bk++;
    std::string_view x = a.substr(i, ai - i), y = b.substr(k, bk - k);
    if (x[0] == '0' || y[0] == '0') {
      // Fractions.
      if (x != y) return x < y ? -1 : 1;
    } else if (x.size() != y.size()) {
      return x.size() < y.size() ? -1 : 1;
    } else if (x != y) {
      return x < y ? -1 : 1;
    }
    i = ai;
    k = bk;
  }
  size_t left = a.size() - i, right = b.size() - k;
  return left == right ? 0 : left < right ? -1 : 1;
}

}  // namespace

TreeReader::TreeReader(Process& p, const TreeOptions& o) : p_(p), o_(o) {
  add(o.include, include_, include_dir_);
  add(o.exclude, exclude_, exclude_dir_);
  if (!o.git_file.empty()) ignores_.enter(o.git_file, "");
}

// Alternatives are parted by |; a slash at the end means directories.
void TreeReader::add(const std::vector<std::string>& texts, std::vector<Glob>& to, std::vector<bool>& dir_only) const {
  uint32_t flags = (o_.ignore_case ? kGlobFoldCase : 0u) | (p_.utf8() ? kGlobUtf8 : 0u) | kGlobPathname;
  for (const auto& text : texts) {
    for (size_t at = 0; at <= text.size();) {
      size_t end = std::min(text.find('|', at), text.size());
      std::string one = text.substr(at, end - at);
      bool dir = one.size() > 1 && one.back() == '/';
      if (dir) one.pop_back();
      to.push_back(Glob::compile(one, flags));
      dir_only.push_back(dir);
      at = end + 1;
    }
  }
}

bool TreeReader::matches(const std::vector<Glob>& patterns, std::string_view name, bool is_dir, const std::vector<bool>& dir_only) const {
  for (size_t i = 0; i < patterns.size(); i++)
    if ((!dir_only[i] || is_dir) && patterns[i].match(name)) return true;
  return false;
}

/// --matchdirs: -P is about directories too.
bool TreeReader::directory_matches(std::string_view name) const { return o_.match_dirs && unfiltered_ == 0 && matches(include_, name, true, include_dir_); }

std::optional<TreeEntry> TreeReader::entry(const std::string& path, const std::string& name) {
  TreeEntry e;
  e.name = name;
  auto st = p_.lstat(path);
  if (!st) return std::nullopt;
  e.st = *st;
  if (st->type == FileType::Symlink) {
    if (auto target = p_.readlink(path)) e.target = *target;
    if (auto there = p_.stat(path)) e.target_st = *there;
  }
  e.is_dir = st->is_dir() || (e.target_st && e.target_st->is_dir());
  if (o_.dirs_only && !e.is_dir) return std::nullopt;
  bool opened = st->is_dir() || (e.is_dir && o_.follow);
  if (!opened && unfiltered_ == 0 && !include_.empty() && !matches(include_, name, e.is_dir, include_dir_)) return std::nullopt;
  if (!exclude_.empty() && matches(exclude_, name, e.is_dir, exclude_dir_)) return std::nullopt;
  return e;
}

bool TreeReader::less(const TreeEntry& a, const TreeEntry& b) const {
  if (o_.dirs_first && a.is_dir != b.is_dir) return (o_.dirs_first > 0) == a.is_dir;
  int order = 0;
  auto by_time = [](Timespec x, Timespec y) { return x.sec != y.sec ? (x.sec < y.sec ? -1 : 1) : 0; };
  switch (o_.sort) {
    case TreeOptions::ByVersion: order = version_compare(a.name, b.name); break;
    case TreeOptions::BySize: order = a.st.size == b.st.size ? 0 : a.st.size > b.st.size ? -1 : 1; break;
    case TreeOptions::ByTime: order = by_time(a.st.mtime, b.st.mtime); break;
    case TreeOptions::ByChange: order = by_time(a.st.ctime, b.st.ctime); break;
    default: break;
  }
  if (order == 0) order = a.name.compare(b.name);
  return o_.reverse ? order > 0 : order < 0;
}

void TreeReader::sort(std::vector<TreeEntry>& entries) const {
  if (o_.sort == TreeOptions::Unsorted) return;
  std::sort(entries.begin(), entries.end(), [&](const TreeEntry& a, const TreeEntry& b) { return less(a, b); });
}

void TreeReader::prune(std::vector<TreeEntry>& entries) const {
  std::erase_if(entries, [&](const TreeEntry& e) { return e.is_dir && e.children.empty() && !e.error && e.note.empty() && !directory_matches(e.name); });
}

void TreeReader::read(TreeEntry& dir, const std::string& path, std::string_view below, size_t level) {
  if (level >= o_.level) return;
  auto st = p_.stat(path);
  if (!st) return;
  if (level == 0) device_ = st->dev;
  if (o_.one_device && device_ && st->dev != *device_) return;
  if (o_.follow) {
    bool fresh = seen_.insert({st->dev, st->ino}).second;
    if (!fresh && dir.st.type == FileType::Symlink) {
      dir.error = "recursive, not followed";
      return;
    }
  }
  auto list = p_.list(path);
  if (!list) {
    dir.error = "error opening dir";
    return;
  }
  dir.opened = true;
  const bool has_ignores = o_.git_ignore;
  if (has_ignores) {
    auto patterns = read_file(p_, join_path(path, ".gitignore"));
    ignores_.enter(patterns ? *patterns : std::string(), std::string(without_trailing_slashes(path)));
  }
  struct Leave {
    TreeIgnores* ignores;
    ~Leave() {
      if (ignores) ignores->leave();
    }
  } leave{has_ignores ? &ignores_ : nullptr};
  // Its path from where the tree begins has to match, not its name.
  const bool all = level > 0 && directory_matches(below);
  Restore<int> unfiltered(unfiltered_, unfiltered_);
  unfiltered_ += all;
  for (const auto& found : *list) {
    if (!o_.all && found.name.starts_with('.')) continue;
    if (o_.style == TreeOptions::Html && found.name == "00Tree.html") continue;   // what the tool itself writes
    p_.tick(4);
    auto e = entry(join_path(path, found.name), found.name);
    if (!e) continue;
    if (has_ignores && ignores_.ignores(join_path(path, found.name), found.name, e->is_dir)) continue;
    uint64_t bytes = sizeof(TreeEntry) + e->name.size() + e->target.size();
    p_.charge_memory(bytes);
    charged_ += bytes;
    dir.children.push_back(std::move(*e));
  }
  if (dir.children.size() > o_.file_limit) {
    dir.note = std::to_string(dir.children.size()) + " entries exceeds filelimit, not opening dir";
    dir.children.clear();
    return;
  }
  // What is followed first counts, so the order is that of the lines; sums need all that is below before.
  if (!o_.sums && !o_.prune) sort(dir.children);
  for (auto& child : dir.children) {
    if (!child.is_dir || (child.st.type == FileType::Symlink && !o_.follow)) continue;
    const std::string name = below.empty() ? child.name : std::string(below) + "/" + child.name;
    deep_call([&] { read(child, join_path(path, child.name), name, level + 1); });
  }
  if (o_.prune && !o_.dirs_only) prune(dir.children);
  if (o_.sums)
    for (const auto& child : dir.children) dir.st.size += child.st.size;
  if (o_.sums || o_.prune) sort(dir.children);
}

}  // namespace nacre
