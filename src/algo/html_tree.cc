#include "algo/html_tree.h"

#include <setjmp.h>

#include <algorithm>
#include <cstdlib>

#include "algo/unicode.h"
#include "base/deep_call.h"
#include "base/run_watch.h"

namespace nacre {

/// Where gumbo's tree lives. Mismatched tags can make a tree far larger than its text, and gumbo
/// knows no limit: when there is too much of it, or the run has to end, allocating jumps out of
/// the parser (C code alone lies between), and all of it is freed at once.
class HtmlTree::Memory {
 public:
  static constexpr size_t kChunk = 60 << 10;   // below what operator new might refuse by an exception
  explicit Memory(size_t limit) : limit_(limit) {}
  ~Memory() {
    for (void* b : big_) std::free(b);
  }

  jmp_buf out;

  static void* allocate(void* self, size_t n) { return static_cast<Memory*>(self)->take(n); }
  static void release(void*, void*) {}

 private:
  void* take(size_t n) {
    n = (n + 15) & ~size_t{15};
    used_ += n;
    if (used_ > limit_ || run_watch.live + static_cast<int64_t>(used_ / 64) > run_watch.ceiling) longjmp(out, 1);
    if (n > kChunk / 4) {
      if (should_stop()) longjmp(out, 1);
      void* p = std::malloc(n);
      if (!p) longjmp(out, 1);
      big_.push_back(p);
      return p;
    }
    if (n > left_) {
      if (should_stop()) longjmp(out, 1);
      chunks_.push_back(std::make_unique_for_overwrite<char[]>(kChunk));
      at_ = chunks_.back().get();
      left_ = kChunk;
    }
    void* p = at_;
    at_ += n;
    left_ -= n;
    return p;
  }

  size_t limit_, used_ = 0, left_ = 0;
  char* at_ = nullptr;
  std::vector<std::unique_ptr<char[]>> chunks_;
  std::vector<void*> big_;
};

HtmlTree::HtmlTree() = default;
HtmlTree::~HtmlTree() = default;

namespace {

/// Null: too large, or the run has to end.
GumboOutput* parse_within(std::string_view html, GumboOptions& how, jmp_buf& out) {
  if (setjmp(out) != 0) return nullptr;
  return gumbo_parse_with_options(&how, html.data(), html.size());
}

/// Whether more elements are open at once than is allowed, by tags alone; those that others close
/// by themselves do not count. Gumbo takes time in the square of this.
bool opens_too_many(std::string_view html) {
  static constexpr std::string_view kFree[] = {"area",   "base",  "br",   "col",   "colgroup", "dd",       "dt", "embed", "hr", "img",
                                               "input",  "li",    "link", "meta",  "option",   "optgroup", "p",  "param", "rp", "rt",
                                               "source", "tbody", "td",   "tfoot", "th",       "thead",    "tr", "track", "wbr"};
  size_t open = 0;
  for (size_t at = 0; (at = html.find('<', at)) != std::string_view::npos;) {
    at++;
    bool closing = at < html.size() && html[at] == '/';
    size_t start = at + closing, end = start;
    while (end < html.size() && (ascii_alnum(html[end]) || html[end] == '-')) end++;
    if (end == start) continue;
    std::string name;
    for (char c : html.substr(start, std::min<size_t>(end - start, 12))) name += ascii_lower(c);
    at = end;
    if (std::find(std::begin(kFree), std::end(kFree), name) != std::end(kFree)) continue;
    if (closing) open -= open > 0;
    else if (++open > kHtmlNesting) return true;
  }
  return false;
}

bool selected(const GumboNode* n, std::string_view want) {
  if (!is_element(n)) return false;
  if (want.starts_with('#')) return attribute(n, "id") == want.substr(1);
  if (want.starts_with('.')) return (" " + std::string(attribute(n, "class")) + " ").find(" " + std::string(want.substr(1)) + " ") != std::string::npos;
  return want == gumbo_normalized_tagname(n->v.element.tag);
}

void find_selected(const GumboNode* n, std::string_view want, size_t depth, std::vector<const GumboNode*>& out, bool& too_deep) {
  if (selected(n, want)) return out.push_back(n);
  if (depth > kHtmlNesting) {
    too_deep = true;
    return;
  }
  each_child(n, [&](const GumboNode* c) { deep_call([&] { find_selected(c, want, depth + 1, out, too_deep); }); });
}

}  // namespace

bool HtmlTree::parse(std::string_view html, std::string* error) {
  if (opens_too_many(html)) {
    *error = "elements are nested too deeply";
    return false;
  }
  memory_ = std::make_unique<Memory>((size_t{16} << 20) + html.size() * kHtmlTreeBytes);
  GumboOptions how = kGumboDefaultOptions;
  how.allocator = Memory::allocate;
  how.deallocator = Memory::release;
  how.userdata = memory_.get();
  how.max_errors = 0;
  GumboOutput* tree = parse_within(html, how, memory_->out);
  if (!tree) {
    *error = "the tree of elements is too large";
    return false;
  }
  root_ = tree->root;
  return true;
}

std::vector<const GumboNode*> HtmlTree::select(std::string_view want, bool* too_deep) const {
  std::vector<const GumboNode*> out;
  find_selected(root_, want, 0, out, *too_deep);
  return out;
}

std::string HtmlTree::title() const {
  std::string title;
  each_child(root_, [&](const GumboNode* head) {
    if (tag_of(head) != GUMBO_TAG_HEAD) return;
    each_child(head, [&](const GumboNode* t) {
      if (tag_of(t) == GUMBO_TAG_TITLE && title.empty())
        each_child(t, [&](const GumboNode* c) {
          if (c->type == GUMBO_NODE_TEXT) title += c->v.text.text;
        });
    });
  });
  return std::string(trimmed(title));
}

}  // namespace nacre
