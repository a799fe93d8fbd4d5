/// --fromfile: a tree of the paths that a file lists, one a line. Nothing is known of them but their names.
#include <algorithm>
#include <unordered_map>

#include "base/deep_call.h"
#include "commands/paths.h"
#include "commands/tree/tree.h"

namespace nacre {
namespace {

struct Listed {
  TreeEntry entry;
  std::vector<std::unique_ptr<Listed>> below;
  std::unordered_map<std::string_view, Listed*> by_name;   ///< names lie in the entries of `below`

  // Followed by its own, so that a deep one does not end in as many nested calls.
  ~Listed() {
    std::vector<std::unique_ptr<Listed>> left = std::move(below);
    while (!left.empty()) {
      std::unique_ptr<Listed> one = std::move(left.back());
      left.pop_back();
      for (auto& child : one->below) left.push_back(std::move(child));
      one->below.clear();
    }
  }
  Listed& at(std::string_view name) {
    if (auto found = by_name.find(name); found != by_name.end()) return *found->second;
    below.push_back(std::make_unique<Listed>());
    Listed& made = *below.back();
    made.entry.name = name;
    made.entry.st.mode = 0;
    by_name.emplace(made.entry.name, &made);
    return made;
  }
};

}  // namespace

void TreeReader::read_paths(TreeEntry& root, Input& in) {
  Listed top;
  std::string_view line;
  while (in.next_line(line)) {
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
    std::string target;
    if (o_.list_links) {
      const size_t arrow = line.find(" -> ");
      if (arrow != line.npos) target = line.substr(arrow + 4), line = line.substr(0, arrow);
    }
    Listed* place = &top;
    p_.tick(static_cast<uint32_t>(1 + line.size() / 64));
    for (size_t from = 0; from < line.size();) {
      const size_t end = std::min(line.find('/', from), line.size());
      const std::string_view name = line.substr(from, end - from);
      const bool last = line.find_first_not_of('/', end) == line.npos;
      from = end + 1;
      if (name.empty()) continue;
      const uint64_t bytes = sizeof(Listed) + 2 * name.size() + 64;
      p_.charge_memory(bytes);
      charged_ += bytes;
      place = &place->at(name);
      const bool directory = end < line.size();
      place->entry.st.type = directory ? FileType::Directory : FileType::Regular;
      place->entry.is_dir = place->entry.is_dir || directory;
      if (last && !target.empty()) {
        place->entry.st.type = FileType::Symlink;
        place->entry.target = target;
      }
    }
  }
  root.listed = true;
  show(top.below, root.children, false, true, 0);
}

// What the options choose. A directory that matches -P under --matchdirs shows what follows it, too, as with the tool.
template <class Node>
void TreeReader::show(std::vector<std::unique_ptr<Node>>& nodes, std::vector<TreeEntry>& to, bool matched, bool top, size_t level) {
  std::sort(nodes.begin(), nodes.end(), [](const auto& a, const auto& b) { return a->entry.name < b->entry.name; });
  for (auto& node : nodes) {
    TreeEntry& e = node->entry;
    p_.tick(4);
    const bool has_below = !node->below.empty();
    e.is_dir = e.is_dir || has_below;
    bool shown = !(o_.dirs_only && !e.is_dir) && (o_.all || top || !e.name.starts_with('.'));
    if (shown && !matched) {
      if (!e.is_dir && !include_.empty() && !matches(include_, e.name, false, include_dir_)) shown = false;
      if (!e.is_dir && !exclude_.empty() && matches(exclude_, e.name, false, exclude_dir_)) shown = false;
      if (e.is_dir && o_.match_dirs && !include_.empty() && matches(include_, e.name, true, include_dir_)) matched = true;
    }
    if (o_.prune && !matched && e.is_dir && !has_below) shown = false;
    if (!shown) continue;
    if (has_below && level + 1 < o_.level) deep_call([&] { show(node->below, e.children, matched, false, level + 1); });
    to.push_back(std::move(e));
  }
  sort(to);
}

}  // namespace nacre
