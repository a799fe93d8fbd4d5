#include "commands/wget/convert.h"

#include <algorithm>

namespace nacre {
namespace {

// A name of a file as a link: what would end it or mean something by its number.
std::string as_link(std::string_view name, bool adjusted) {
  std::string out;
  for (char c : name) {
    if (c == '%') out += "%25";
    else if (c == '#') out += "%23";
    else if (c == '?' && adjusted) out += "%3F";
    else if (c == ';') out += "%3B";
    else out += c;
  }
  return out;
}

std::string in_attribute(std::string_view s) {
  std::string out;
  for (char c : s) {
    if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '"') out += "&quot;";
    else if (c == ' ') out += "&#32;";
    else out += c;
  }
  return out;
}

// From one file to another.
std::string relative_name(std::string_view from, std::string_view to) {
  size_t common = 0;
  for (size_t i = 0; i < std::min(from.size(), to.size()) && from[i] == to[i]; i++)
    if (from[i] == '/') common = i + 1;
  std::string out;
  for (size_t at = from.find('/', common); at != from.npos; at = from.find('/', at + 1)) out += "../";
  return out + std::string(to.substr(common));
}

}  // namespace

std::optional<std::string> converted_page(std::string_view page, const PageLinks& links, const std::string& file,
                                          const std::map<std::string, std::string>& files, ConvertStyle style) {
  std::string out;
  size_t done = 0;
  std::vector<const PageLink*> order;
  for (const auto& link : links.links) order.push_back(&link);
  std::sort(order.begin(), order.end(), [](const PageLink* a, const PageLink* b) { return a->at < b->at; });
  for (const PageLink* link : order) {
    if (link->at < done) continue;
    std::string text;
    const auto known = link->url.empty() || link->action ? files.end() : files.find(link->url);
    if (link->base) text = "";
    else if (known != files.end() && style.only_file) {
      const std::string& name = known->second;
      const size_t slash = name.rfind('/'), old = link->text.substr(0, link->text.find('#')).rfind('/');
      text = (old == std::string::npos ? "" : link->text.substr(0, old + 1)) + as_link(slash == name.npos ? name : name.substr(slash + 1), style.adjusted) +
             link->fragment;
    } else if (known != files.end()) {
      text = as_link(relative_name(file, known->second), style.adjusted) + link->fragment;
    } else if (link->relative && !link->url.empty()) {
      text = link->url + link->fragment;
    } else {
      continue;
    }
    out += page.substr(done, link->at - done);
    const std::string_view old = page.substr(link->at, link->size);
    if (link->in_css) {
      out += text;
    } else {
      const char quote = !old.empty() && (old[0] == '"' || old[0] == '\'') ? old[0] : '"';
      out += quote;
      if (link->seconds_size) {
        const size_t from = old[0] == quote;
        out += old.substr(from, std::min(old.size() - from, link->seconds_size));
      }
      out += in_attribute(text) + quote;
    }
    done = link->at + link->size;
  }
  if (done == 0) return std::nullopt;
  return out += page.substr(done);
}

}  // namespace nacre
