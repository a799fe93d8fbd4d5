/// html_tree: a page as browsers read it, by gumbo, within limits that gumbo does not know: how
/// deep elements nest, what their tree takes, and the end of the run.
/// Source: HTML Living Standard, 13.2; gumbo.h.
#pragma once
#include <gumbo.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nacre {

constexpr size_t kHtmlNesting = 500;
/// What the tree may take for each byte of HTML, besides 16 MiB.
constexpr size_t kHtmlTreeBytes = 100;

inline bool is_element(const GumboNode* n) { return n->type == GUMBO_NODE_ELEMENT || n->type == GUMBO_NODE_TEMPLATE; }
inline GumboTag tag_of(const GumboNode* n) { return is_element(n) ? n->v.element.tag : GUMBO_TAG_UNKNOWN; }

inline std::string_view attribute(const GumboNode* n, const char* name) {
  const GumboAttribute* a = is_element(n) ? gumbo_get_attribute(&n->v.element.attributes, name) : nullptr;
  return a ? std::string_view(a->value) : std::string_view();
}
inline bool has_attribute(const GumboNode* n, const char* name) { return is_element(n) && gumbo_get_attribute(&n->v.element.attributes, name); }

/// fn(child) for each child of an element or a document.
template <class F>
void each_child(const GumboNode* n, F&& fn) {
  const GumboVector* v = n->type == GUMBO_NODE_DOCUMENT ? &n->v.document.children : is_element(n) ? &n->v.element.children : nullptr;
  if (!v) return;
  for (unsigned i = 0; i < v->length; i++) fn(static_cast<const GumboNode*>(v->data[i]));
}

/// The nodes live as long as it does.
class HtmlTree {
 public:
  HtmlTree();
  ~HtmlTree();
  /// False and *error: too deep or too large.
  bool parse(std::string_view html, std::string* error);
  const GumboNode* root() const { return root_; }
  /// "tag", "#id" or ".class": the outermost elements of that kind.
  std::vector<const GumboNode*> select(std::string_view want, bool* too_deep) const;
  std::string title() const;

 private:
  class Memory;
  std::unique_ptr<Memory> memory_;
  const GumboNode* root_ = nullptr;
};

}  // namespace nacre
