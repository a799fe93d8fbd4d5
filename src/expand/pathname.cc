// Pathname expansion: directory walk guided by the components of a pattern.
// Source: bash manual, "Filename Expansion"; globstar as bash 5.2.
#include <algorithm>

#include "algo/glob.h"
#include "base/deep_call.h"
#include "expand/expander.h"

namespace nacre {
namespace {

/// Splits a pattern at unquoted, ungrouped, unbracketed slashes. Each component
/// remembers how many slashes followed it.
struct Component {
  std::string text;
  std::string slashes;
};

std::vector<Component> components(const std::string& pattern) {
  std::vector<Component> out;
  std::string text;
  for (size_t i = 0; i < pattern.size();) {
    char c = pattern[i];
    if (c == '\\' && i + 1 < pattern.size() && pattern[i + 1] != '/') {
      text += pattern.substr(i, 2);
      i += 2;
    } else if (c == '/' || (c == '\\' && i + 1 < pattern.size())) {
      std::string slashes;
      while (i < pattern.size() && (pattern[i] == '/' || (pattern[i] == '\\' && i + 1 < pattern.size() && pattern[i + 1] == '/'))) {
        if (pattern[i] == '/') slashes += '/';
        i++;
      }
      // Behind a pattern bash writes one slash.
      if (text.find_first_of("*?[(") != text.npos) slashes = "/";
      out.push_back({text, slashes});
      text.clear();
    } else {
      text += c;
      i++;
    }
  }
  if (!text.empty()) out.push_back({text, ""});
  return out;
}

std::string unquote(const std::string& s) {
  std::string out;
  for (size_t i = 0; i < s.size(); i++) {
    if (s[i] == '\\' && i + 1 < s.size()) i++;
    out += s[i];
  }
  return out;
}

class Walk {
 public:
  Walk(Expander& e, std::vector<Component> parts, uint32_t flags) : e_(e), parts_(std::move(parts)), flags_(flags) {
    dotglob_ = e.options()[Option::DotGlob];
    globstar_ = e.options()[Option::GlobStar];
  }

  void run(const std::string& prefix, size_t i) {
    e_.host().tick(1);
    if (i == parts_.size()) {
      if (!prefix.empty()) found_.push_back(prefix);
      return;
    }
    const Component& part = parts_[i];
    bool last = i + 1 == parts_.size() && part.slashes.empty();
    if (globstar_ && part.text == "**") return star_star(prefix, i, last, 0);
    if (!glob_has_magic(part.text, flags_ & kGlobExtended)) {
      std::string path = prefix + unquote(part.text);
      if (part.text.empty()) return run(prefix + part.slashes, i + 1);
      if (last) {
        if (e_.host().path_exists(path)) found_.push_back(path);
      } else if (e_.host().is_directory(path, true)) {
        deep_call([&] { run(path + part.slashes, i + 1); });
      }
      return;
    }
    Glob glob = Glob::compile(part.text, flags_);
    std::vector<DirItem> items;
    if (!e_.host().list_dir(prefix, &items)) return;
    bool wants_dot = part.text[0] == '.' || (part.text.size() > 1 && part.text[0] == '\\' && part.text[1] == '.');
    if (wants_dot || starts_with_dot_group(part.text)) {
      if (!e_.options()[Option::GlobSkipDots]) {
        items.push_back({".", true});
        items.push_back({"..", true});
      }
    }
    for (const DirItem& item : items) {
      e_.host().tick(1);
      if (item.name[0] == '.' && !wants_dot && !dotglob_ && !starts_with_dot_group(part.text)) continue;
      if (!last && !item.maybe_dir) continue;
      if (!glob.match(item.name)) continue;
      std::string path = prefix + item.name;
      if (last) found_.push_back(path);
      else if (e_.host().is_directory(path, true)) deep_call([&] { run(path + part.slashes, i + 1); });
    }
  }

  std::vector<std::string> take() { return std::move(found_); }

 private:
  /// "@(.x|y)": a group may begin with an explicit dot.
  bool starts_with_dot_group(const std::string& text) const {
    if (!(flags_ & kGlobExtended) || text.size() < 3 || text[1] != '(' || std::string_view("?*+@").find(text[0]) == std::string_view::npos) return false;
    return text.find("(.") != text.npos || text.find("|.") != text.npos;
  }

  /// ** : this directory and all below, links not followed.
  void star_star(const std::string& prefix, size_t i, bool last, int depth) {
    const Component& part = parts_[i];
    if (last) {
      if (!prefix.empty() && depth == 0) found_.push_back(prefix);
    } else {
      run(prefix, i + 1);
    }
    std::vector<DirItem> items;
    if (!e_.host().list_dir(prefix, &items)) return;
    for (const DirItem& item : items) {
      e_.host().tick(1);
      if (item.name[0] == '.' && !dotglob_) continue;
      std::string path = prefix + item.name;
      if (last) found_.push_back(path);
      if (!item.maybe_dir || !e_.host().is_directory(path, false)) continue;
      deep_call([&] { star_star(path + (part.slashes.empty() ? "/" : part.slashes), i, last, depth + 1); });
    }
  }

  Expander& e_;
  std::vector<Component> parts_;
  uint32_t flags_;
  bool dotglob_, globstar_;
  std::vector<std::string> found_;
};

}  // namespace

/// Behind the bracket expression at s[at]; at + 1 if it is not closed. A ':' in
/// it, as in [[:alpha:]], separates nothing.
static size_t bracket_end(const std::string& s, size_t at) {
  size_t i = at + 1;
  if (i < s.size() && (s[i] == '!' || s[i] == '^')) i++;
  if (i < s.size() && s[i] == ']') i++;
  while (i < s.size() && s[i] != ']') {
    if (s[i] == '[' && i + 1 < s.size() && (s[i + 1] == ':' || s[i + 1] == '.' || s[i + 1] == '=')) {
      size_t close = s.find(std::string{s[i + 1], ']'}, i + 2);
      if (close != s.npos) {
        i = close + 2;
        continue;
      }
    }
    i++;
  }
  return i < s.size() ? i + 1 : at + 1;
}

/// By bytes. Names that are compared often are compared by a number first: the eight bytes that
/// follow what all of them begin with.
static void sort_names(std::vector<std::string>& names) {
  constexpr size_t kFew = 32;
  if (names.size() <= kFew) return std::sort(names.begin(), names.end());
  size_t common = names[0].size();
  for (const std::string& n : names)
    common = static_cast<size_t>(std::mismatch(n.begin(), n.begin() + static_cast<ptrdiff_t>(std::min(common, n.size())), names[0].begin()).first - n.begin());
  struct Keyed {
    uint64_t key;
    std::string* name;
  };
  std::vector<Keyed> order;
  order.reserve(names.size());
  for (std::string& n : names) {
    uint64_t key = 0;
    for (size_t i = 0; i < 8; i++) key = key << 8 | (common + i < n.size() ? static_cast<uint8_t>(n[common + i]) : 0);
    order.push_back({key, &n});
  }
  std::sort(order.begin(), order.end(), [](const Keyed& a, const Keyed& b) { return a.key != b.key ? a.key < b.key : *a.name < *b.name; });
  std::vector<std::string> sorted;
  sorted.reserve(names.size());
  for (const Keyed& k : order) sorted.push_back(std::move(*k.name));
  names = std::move(sorted);
}

std::vector<std::string> Expander::glob(const std::string& pattern) {
  uint32_t flags = glob_flags() & ~static_cast<uint32_t>(kGlobFoldCase);
  if (options_[Option::NoCaseGlob]) flags |= kGlobFoldCase;
  Walk walk(*this, components(pattern), flags);
  walk.run("", 0);
  std::vector<std::string> found = walk.take();
  sort_names(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  const std::string* ignore = value_of(sym::kGLOBIGNORE);
  if (ignore && !ignore->empty()) {
    struct Ignored {
      Glob glob;
      bool open;   ///< a '*' at the end of the pattern matches all that is left, slashes too
    };
    std::vector<Ignored> globs;
    std::string text;
    auto add = [&] {
      const bool open = text.ends_with('*') && !text.ends_with("\\*");
      if (open) text.pop_back();
      if (open || !text.empty()) globs.push_back({Glob::compile(text, (flags & ~static_cast<uint32_t>(kGlobFoldCase)) | kGlobPathname), open});
      text.clear();
    };
    for (size_t i = 0; i < ignore->size(); i++) {
      char c = (*ignore)[i];
      if (c == '\\' && i + 1 < ignore->size()) {
        text += ignore->substr(i++, 2);
      } else if (c == '[') {
        size_t end = bracket_end(*ignore, i);
        text += ignore->substr(i, end - i);
        i = end - 1;
      } else if (c == ':') {
        add();
      } else {
        text += c;
      }
    }
    add();
    std::erase_if(found, [&](const std::string& path) {
      size_t slash = path.rfind('/');
      std::string_view base = slash == path.npos ? std::string_view(path) : std::string_view(path).substr(slash + 1);
      if (base == "." || base == "..") return true;
      for (const Ignored& x : globs) {
        if (x.glob.match(path)) return true;
        for (size_t n = 0; x.open && n < path.size(); n++) {
          if (x.glob.match(std::string_view(path).substr(0, n))) return true;
        }
      }
      return false;
    });
  }
  return found;
}

}  // namespace nacre
