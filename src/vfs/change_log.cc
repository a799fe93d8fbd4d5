#include "vfs/change_log.h"

#include <algorithm>
#include <map>
#include <set>

namespace nacre {
namespace {

/// The net effect of entries, seen one after the other.
class Net {
 public:
  void create(const std::string& p) {
    if (deleted.erase(p)) {
      modified.insert(p);
      return;
    }
    auto away = std::find_if(renamed.begin(), renamed.end(), [&](const auto& r) { return r.second == p; });
    if (away == renamed.end()) {
      created.insert(p);
      return;
    }
    // Renamed away, and made anew: a copy was made of it, and it was modified.
    created.insert(away->first);
    renamed.erase(away);
    modified.insert(p);
  }
  void modify(const std::string& p) {
    if (!created.count(p)) modified.insert(p);
  }
  void change_mode(const std::string& p) {
    if (!created.count(p)) mode.insert(p);
  }
  void remove(const std::string& p) {
    modified.erase(p);
    mode.erase(p);
    if (created.erase(p)) return;
    auto r = renamed.find(p);
    deleted.insert(r == renamed.end() ? p : r->second);
    if (r != renamed.end()) renamed.erase(r);
  }
  void rename(const std::string& a, const std::string& b, bool over) {
    const bool b_is_new = over && created.erase(b);
    const bool b_is_old = over && !b_is_new;
    if (over) modified.erase(b), mode.erase(b), renamed.erase(b);
    const bool was_new = created.count(a);
    auto earlier = renamed.find(a);
    std::string from = earlier == renamed.end() ? a : earlier->second;
    if (earlier != renamed.end()) renamed.erase(earlier);
    created.erase(a);
    for (auto* set : {&created, &modified, &mode}) move(*set, a, b);
    move_renamed(a, b);
    if (was_new && b_is_old) modified.insert(b);
    else if (was_new) create(b);
    else if (from != b) renamed[b] = from;
    if (!was_new && b_is_old) modified.insert(b);
  }

  std::set<std::string> created, modified, deleted, mode;
  std::map<std::string, std::string> renamed;  // to -> from

 private:
  static bool below(const std::string& p, const std::string& dir) { return p == dir || (p.size() > dir.size() && p[dir.size()] == '/' && p.starts_with(dir)); }
  static void move(std::set<std::string>& set, const std::string& a, const std::string& b) {
    std::vector<std::string> moved;
    for (auto at = set.lower_bound(a); at != set.end() && at->starts_with(a);) {
      if (!below(*at, a)) {
        ++at;
        continue;
      }
      moved.push_back(b + at->substr(a.size()));
      at = set.erase(at);
    }
    set.insert(moved.begin(), moved.end());
  }
  void move_renamed(const std::string& a, const std::string& b) {
    std::map<std::string, std::string> moved;
    for (auto& [to, from] : renamed) moved[below(to, a) ? b + to.substr(a.size()) : to] = from;
    renamed = std::move(moved);
  }
};

}  // namespace

void ChangeLog::drop_unmarked() {
  uint64_t oldest = UINT64_MAX;
  std::erase_if(marks_, [&](const auto& weak) {
    auto mark = weak.lock();
    if (mark) oldest = std::min(oldest, mark->position);
    return !mark;
  });
  const uint64_t drop = std::min<uint64_t>(entries_.size(), oldest > first_ ? oldest - first_ : 0);
  entries_.erase(entries_.begin(), entries_.begin() + static_cast<ptrdiff_t>(drop));
  first_ += drop;
}

std::shared_ptr<const ChangeLog::Mark> ChangeLog::mark() {
  drop_unmarked();
  auto mark = std::make_shared<const Mark>(Mark{first_ + entries_.size()});
  marks_.push_back(mark);
  return mark;
}

void ChangeLog::add(What what, std::string path, std::string to) {
  if (marks_.empty()) return;
  if (what == What::Modified && !entries_.empty() && entries_.back().what == what && entries_.back().path == path) {
    // Already told, unless a mark lies between.
    bool marked = false;
    for (const auto& weak : marks_)
      if (auto mark = weak.lock()) marked |= mark->position == first_ + entries_.size();
    if (!marked) return;
  }
  entries_.push_back({what, std::move(path), std::move(to)});
  if (entries_.size() % 4096 == 0) drop_unmarked();
}

void ChangeLog::changes(const Mark& since, const std::string& prefix, ChangeSet& out) const {
  Net net;
  for (size_t i = since.position > first_ ? since.position - first_ : 0; i < entries_.size(); ++i) {
    const Entry& e = entries_[i];
    switch (e.what) {
      case What::Created: net.create(e.path); break;
      case What::Modified: net.modify(e.path); break;
      case What::Deleted: net.remove(e.path); break;
      case What::Renamed: net.rename(e.path, e.to, false); break;
      case What::RenamedOver: net.rename(e.path, e.to, true); break;
      case What::ModeChanged: net.change_mode(e.path); break;
    }
  }
  auto full = [&](const std::string& p) { return p.empty() && !prefix.empty() ? prefix : prefix + "/" + p; };
  for (const auto& p : net.created) out.created.push_back(full(p));
  for (const auto& p : net.modified) out.modified.push_back(full(p));
  for (const auto& p : net.deleted) out.deleted.push_back(full(p));
  for (const auto& p : net.mode) out.mode_changed.push_back(full(p));
  for (const auto& [to, from] : net.renamed) out.renamed.push_back({full(from), full(to)});
}

}  // namespace nacre
