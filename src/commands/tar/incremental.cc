#include "commands/tar/incremental.h"

#include <algorithm>

#include "base/deep_call.h"
#include "commands/paths.h"
#include "commands/quoting.h"

namespace nacre {

TarIncremental::TarIncremental(Tar& tar) : tar_(tar), p_(tar.p), o_(tar.o.create), start_(p_.now()), since_{INT64_MIN, 0} {
  if (o_.newer) since_ = *o_.newer;
}

// The absolute name, with neither "." nor doubled slashes: a name of the last dump is looked up by it.
std::string TarIncremental::key(const std::string& path) const {
  const std::string full = path.starts_with('/') ? path : join_path(tar_.o.last_dir, path);
  std::string out;
  for (size_t at = 0; at < full.size();) {
    const size_t end = std::min(full.find('/', at), full.size());
    const std::string_view part = std::string_view(full).substr(at, end - at);
    if (!part.empty() && part != ".") (out += '/') += part;
    at = end + 1;
  }
  return out;
}

TarIncremental::Old* TarIncremental::old_at(const std::string& path) {
  auto it = by_key_.find(key(path));
  return it == by_key_.end() ? nullptr : it->second;
}
TarIncremental::Old* TarIncremental::old_of(const Stat& st) {
  auto it = by_inode_.find({tar_.o.check_device ? st.dev : 0, st.ino});
  return it == by_inode_.end() ? nullptr : it->second;
}

// An old directory is found at another place; those that were in it go with it.
void TarIncremental::renamed(Old& old, const std::string& path) {
  tar_.warn_about("rename-directory", tar_.shown(path, true) + ": Directory has been renamed from " + quote(p_, old.shown), true);
  moves_.push_back({&old, path});
  for (auto& other : old_) {
    if (!other.name.starts_with(old.name + "/") || !other.shown.starts_with(old.shown + "/")) continue;
    other.shown = path + other.shown.substr(old.shown.size());
    p_.tick();
  }
}

// Compares a directory with what was known of it. Null: it is left out.
TarIncremental::Found* TarIncremental::note(const std::string& path, const Stat& st, std::optional<Children> forced, bool top) {
  if (auto it = found_.find(path); it != found_.end()) return &it->second;
  Found found;
  found.st = st;
  Old* here = old_at(path);
  Old* same = old_of(st);
  if (here && (!tar_.o.check_device || here->dev == st.dev) && here->ino == st.ino) {
    found.before = here;
  } else if (same) {
    if (same->shown != path) {
      renamed(*same, path);
      found.before = same;
    }
  } else if (here) {
    tar_.warn_about("rename-directory", tar_.shown(path, true) + ": Directory has been renamed", true);
    found.children = Children::All;
  } else {
    tar_.warn_about("new-directory", tar_.shown(path, true) + ": Directory is new", true);
    if (tar_.o.snapshot) found.children = Children::All;
  }
  if (o_.one_file_system && !top && st.dev != device_) {
    tar_.warn_about("xdev", tar_.shown(path, true) + ": directory is on a different filesystem; not dumped");
    found.children = Children::Skipped;
  } else if (forced) {
    found.children = *forced;
  }
  if (tar_.has_tag(path, path, o_.tags_all, o_.exclude_caches_all, "directory not dumped")) return nullptr;
  if (tar_.has_tag(path, path, o_.tags_under, o_.exclude_caches_under, "contents not dumped")) found.children = Children::None;
  else if (auto tag = tar_.has_tag(path, path, o_.tags, o_.exclude_caches, "contents not dumped")) found.only = *tag;
  return &found_.emplace(path, std::move(found)).first->second;
}

char TarIncremental::letter_of(const std::string& path, const std::string& name, Found& found, bool recurse, size_t excludes, std::vector<std::string>& below) {
  const std::string child = join_path(path, name);
  if (tar_.excluded(child, excludes) || ignores_.match(child)) return 'N';
  auto st = o_.dereference ? p_.stat(child) : p_.lstat(child);
  if (!st) {
    tar_.error(child, "stat", st.error());
    return 'N';
  }
  if (st->is_dir()) {
    std::optional<Children> forced;
    if (!recurse) forced = Children::Skipped;
    else if (found.children == Children::All) forced = Children::All;
    if (auto entries = p_.list(child); !entries) {
      tar_.error(child, "open", entries.error());
      return 'N';
    }
    if (!note(child, *st, forced, false) || !recurse) return 'N';
    below.push_back(child);
    return 'D';
  }
  if (o_.one_file_system && st->dev != device_) return 'N';
  if (found.children == Children::None) return 'N';
  if (found.children == Children::All || !found.before) return 'Y';
  bool known = false;
  each_dumpdir_entry(found.before->dumpdir, [&](char, std::string_view old) { return !(known = old == name); });
  return known && unchanged(*st) ? 'N' : 'Y';
}

void TarIncremental::scan(const std::string& path, Found& found, bool recurse, size_t excludes, bool gather) {
  found.dumpdir.clear();
  std::vector<std::string> below;
  if (!o_.ignore_files.empty()) ignores_.enter(p_, path, o_.ignore_files);
  if (found.children != Children::Skipped) {
    std::vector<std::string> names;
    if (auto entries = p_.list(path)) {
      for (const auto& d : *entries) names.push_back(d.name);
    } else {
      tar_.error(path, "open", entries.error());
    }
    std::sort(names.begin(), names.end());
    for (const auto& name : names) {
      p_.tick(4);
      if (!found.only.empty() && name != found.only) continue;
      const char letter = letter_of(path, name, found, recurse, excludes, below);
      ((found.dumpdir += letter) += name) += '\0';
    }
  }
  if (gather) gathered_[path] = {found.dumpdir + '\0', excludes};
  for (const auto& child : below) deep_call([&] { scan(child, found_.at(child), recurse, excludes, gather); });
  if (!o_.ignore_files.empty()) ignores_.leave();
}

void TarIncremental::collect(const TarName& name) {
  const std::string path(without_trailing_slashes(name.text));
  auto st = o_.dereference ? p_.stat(path) : p_.lstat(path);
  if (!st) tar_.error(path, "stat", st.error());
  gathered_[path].excludes = name.excludes;
  if (!st || !st->is_dir()) return;
  device_ = st->dev;
  if (found_.contains(path)) return;
  if (Found* found = note(path, *st, std::nullopt, true)) scan(path, *found, name.recurse, name.excludes, true);
  else gathered_.erase(path);
}

std::string TarIncremental::contents(const std::string& path, const Stat& st) {
  Found* found = note(path, st, Children::All, true);
  if (!found) return "";
  if (found->dumpdir.empty()) scan(path, *found, true, SIZE_MAX, false);
  return found->dumpdir;
}

// What stands where a directory shall go is moved first; where they go in a circle, by way of a temporary name.
void TarIncremental::store(Move& move, std::string& into) {
  static const std::string kTemporary(1, '\0');   // no directory is called that
  auto put = [&](char letter, const std::string& name) { ((into += letter) += name == kTemporary ? "" : name) += '\0'; };
  auto go = [&](Old& old, const std::string& to) {
    const std::string from = old.current;
    for (auto& other : old_)
      if (other.current.starts_with(from + "/")) other.current = to + other.current.substr(from.size());
    old.current = to;
  };
  move.state = Move::Begun;
  for (auto& other : moves_) {
    if (&other == &move || other.old->current != move.to) continue;
    if (other.state == Move::Waiting) {
      deep_call([&] { store(other, into); });
    } else if (other.state == Move::Begun) {
      put('X', std::string(dir_name(other.old->current)));
      put('R', other.old->current);
      put('T', "");
      go(*other.old, kTemporary);
    }
    p_.tick();
  }
  put('R', move.old->current);
  put('T', move.to);
  go(*move.old, move.to);
  move.state = Move::Done;
}

void TarIncremental::store_renames() {
  if (moves_.empty()) return;
  std::string renames;
  for (auto& move : moves_)
    if (move.state == Move::Waiting) store(move, renames);
  for (auto& [name, gathered] : gathered_) {
    if (!gathered.dumpdir) continue;
    gathered.dumpdir->pop_back();
    *gathered.dumpdir += renames + '\0';
    return;
  }
}

}  // namespace nacre
