/// page_links: the links of a page: where they stand in its text and where they lead.
/// Pure functions of bytes. Source: wget(1) 1.21, "Recursive Retrieval Options"; HTML 4 and 5, attributes that hold URLs; CSS 2.1, url().
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace nacre {

struct PageLink {
  std::string text;          ///< as it is written, without entities
  std::string url;           ///< absolute, without its fragment; "" if it leads nowhere that can be fetched
  std::string fragment;      ///< with its '#'
  size_t at = 0, size = 0;   ///< of the value in the page, with its quotes in an attribute
  std::string_view tag;      ///< "a", "img"; "style" for those of CSS
  bool relative = false;     ///< written without a scheme
  bool inlined = false;      ///< part of the page: images, style sheets, scripts, frames
  bool base = false;         ///< <base href>
  bool action = false;       ///< of a form: never followed
  bool in_css = false;       ///< in url() or @import
  size_t seconds_size = 0;   ///< of what stands before it in the content of a refresh
};

struct PageLinks {
  std::vector<PageLink> links;
  bool no_follow = false;    ///< <meta name=robots content=nofollow>
};

/// Resolves a reference against an absolute URL; "" if it cannot be fetched.
using ResolveUrl = std::function<std::string(const std::string& base, const std::string& reference)>;

PageLinks html_links(std::string_view page, const std::string& url, const ResolveUrl& resolve);
/// Adds those of a style sheet whose text begins at `offset` of the page.
void css_links(std::string_view text, size_t offset, const std::string& base, const ResolveUrl& resolve, std::vector<PageLink>& out);

}  // namespace nacre
