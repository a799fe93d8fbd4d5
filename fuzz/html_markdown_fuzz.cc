// HTML to Markdown with every option: the first byte says which.
#include "algo/html_markdown.h"
#include "driver.h"

FUZZ_TARGET(text) {
  unsigned flags = nacre::fuzz::take_byte(text);
  nacre::MarkdownOptions o;
  if (flags & 1) o.base_url = "http://h.org/x/y?z#f";
  if (flags & 2) o.wrap = flags >> 3;
  if (flags & 4) o.select = flags & 8 ? ".a" : "p";
  o.links = flags & 16;
  o.images = flags & 32;
  o.body_only = flags & 64;
  o.title = flags & 128;
  std::string out, error;
  if (!nacre::html_to_markdown(text.substr(0, 4000), o, &out, &error) && error.empty()) __builtin_trap();
}
