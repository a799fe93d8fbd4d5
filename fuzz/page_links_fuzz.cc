// wget: the links of any page stand in it, in order or not, and a page with its links converted is made of what it was.
#include <cstdlib>

#include "commands/wget/convert.h"
#include "commands/wget/filter.h"
#include "driver.h"

FUZZ_TARGET(text) {
  using namespace nacre;
  const std::string base = "http://h/d/p.html";
  const ResolveUrl resolve = [](const std::string& from, const std::string& to) { return to.find(':') == to.npos ? from.substr(0, 11) + to : to; };
  std::map<std::string, std::string> files = {{base, "h/d/p.html"}};
  const PageLinks found = html_links(text, base, resolve);
  for (const auto& link : found.links) {
    if (link.at + link.size > text.size()) abort();
    files.emplace(link.url, wget_local_name(WgetOptions(), link.url));
    if (wget_local_name(WgetOptions(), link.url).find("/../") != std::string::npos) abort();
  }
  (void)converted_page(text, found, "h/d/p.html", files, {false, true});
  PageLinks style;
  css_links(text, 0, base, resolve, style.links);
  (void)converted_page(text, style, "h/d/p.html", files, {true, false});
  (void)RobotRules(text).allows(text);
}
