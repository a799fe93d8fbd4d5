#include "commands/wget/page_links.h"

#include <algorithm>

#include "algo/unicode.h"
#include "base/utf8.h"
#include "commands/wget/local_name.h"

namespace nacre {
namespace {

bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}
bool contains(std::string_view text, std::string_view word) {
  for (size_t at = 0; at + word.size() <= text.size(); at++)
    if (same(text.substr(at, word.size()), word)) return true;
  return false;
}

std::string without_entities(std::string_view s) {
  static constexpr std::pair<std::string_view, std::string_view> kNames[] = {{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"nbsp", " "}};
  std::string out;
  for (size_t i = 0; i < s.size(); i++) {
    if (s[i] != '&') {
      out += s[i];
      continue;
    }
    size_t end = i + 1;
    if (end < s.size() && s[end] == '#') {
      const bool hex = end + 1 < s.size() && ascii_lower(s[end + 1]) == 'x';
      size_t from = end + 1 + hex;
      end = from;
      uint32_t code = 0;
      for (; end < s.size() && code < 0x110000; end++) {
        const char c = ascii_lower(s[end]);
        const int digit = c >= '0' && c <= '9' ? c - '0' : hex && c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0) break;
        code = code * (hex ? 16 : 10) + static_cast<uint32_t>(digit);
      }
      if (end > from && code > 0 && code < 0x110000) {
        utf8::append(out, code);
        i = end - (end >= s.size() || s[end] != ';');
        continue;
      }
      out += '&';
      continue;
    }
    while (end < s.size() && ascii_lower(s[end]) >= 'a' && ascii_lower(s[end]) <= 'z') end++;
    const std::string_view name = s.substr(i + 1, end - i - 1);
    const auto* known = std::find_if(std::begin(kNames), std::end(kNames), [&](const auto& n) { return n.first == name; });
    if (known == std::end(kNames)) {
      out += '&';
      continue;
    }
    out += known->second;
    i = end - (end >= s.size() || s[end] != ';');
  }
  return out;
}

std::string trimmed_url(std::string_view s) {
  while (!s.empty() && ascii_space(s.front())) s.remove_prefix(1);
  while (!s.empty() && ascii_space(s.back())) s.remove_suffix(1);
  std::string out;
  for (char c : s)
    if (c != '\n' && c != '\r') out += c;
  return out;
}

bool has_scheme(std::string_view s) {
  const size_t colon = s.find_first_of(":/?#");
  return colon != s.npos && colon > 0 && s[colon] == ':';
}

PageLink made(const std::string& text, size_t at, size_t size, const std::string& base, const ResolveUrl& resolve) {
  PageLink link;
  link.text = text;
  const size_t hash = text.find('#');
  if (hash != text.npos) link.fragment = text.substr(hash);
  const std::string reference = text.substr(0, hash);
  link.relative = !has_scheme(text);
  link.url = reference.empty() ? base.substr(0, base.find('#')) : resolve(base, url_encoded(reference));
  link.at = at;
  link.size = size;
  return link;
}

struct Attribute {
  std::string_view name;
  std::string value;
  size_t at, size;   ///< with quotes
};

struct Place {
  std::string_view tag, attribute;
  bool inlined;
};
constexpr Place kPlaces[] = {
    {"a", "href", false},          {"applet", "code", true},   {"area", "href", false},    {"audio", "src", true},    {"bgsound", "src", true},
    {"body", "background", true},  {"embed", "href", false},   {"embed", "src", true},     {"fig", "src", true},      {"frame", "src", true},
    {"iframe", "src", true},       {"img", "href", true},      {"img", "lowsrc", true},    {"img", "src", true},      {"input", "src", true},
    {"layer", "src", true},        {"object", "data", true},   {"overlay", "src", true},   {"script", "src", true},   {"source", "src", true},
    {"table", "background", true}, {"td", "background", true}, {"th", "background", true}, {"video", "poster", true}, {"video", "src", true}};

class Scanner {
 public:
  Scanner(std::string_view page, const std::string& url, const ResolveUrl& resolve) : page_(page), base_(url), resolve_(resolve) {}

  PageLinks run() {
    for (size_t at = page_.find('<'); at != page_.npos; at = page_.find('<', at)) {
      if (page_.substr(at, 4) == "<!--") {
        const size_t end = page_.find("-->", at + 4);
        at = end == page_.npos ? page_.size() : end + 3;
        continue;
      }
      at = tag(at + 1);
    }
    return std::move(out_);
  }

 private:
  static bool is_name(char c) {
    return (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == ':' || c == '.';
  }

  // Behind the tag that begins here.
  size_t tag(size_t at) {
    const size_t begin = at;
    while (at < page_.size() && is_name(page_[at])) at++;
    if (at == begin) return at;
    std::string name;
    for (char c : page_.substr(begin, at - begin)) name += ascii_lower(c);
    std::vector<Attribute> attributes;
    while (at < page_.size() && page_[at] != '>') {
      if (page_[at] == '<') break;   // a tag that was never closed
      if (!is_name(page_[at])) {
        at++;
        continue;
      }
      const size_t from = at;
      while (at < page_.size() && is_name(page_[at])) at++;
      Attribute a{page_.substr(from, at - from), "", at, 0};
      size_t next = at;
      while (next < page_.size() && ascii_space(page_[next])) next++;
      if (next < page_.size() && page_[next] == '=') {
        next++;
        while (next < page_.size() && ascii_space(page_[next])) next++;
        at = value(next, a);
      }
      attributes.push_back(std::move(a));
    }
    if (at < page_.size() && page_[at] == '>') at++;
    links(name, attributes);
    if (name != "style") return at;
    size_t end = at;
    while (end < page_.size() && !same(page_.substr(end, 7), "</style")) end++;
    css_links(page_.substr(at, end - at), at, base_, resolve_, out_.links);
    return end;
  }

  size_t value(size_t at, Attribute& a) {
    a.at = at;
    if (at >= page_.size()) return at;
    const char quote = page_[at];
    size_t end;
    if (quote == '"' || quote == '\'') {
      end = page_.find(quote, at + 1);
      if (end == page_.npos) end = page_.size();
      a.value = without_entities(page_.substr(at + 1, end - at - 1));
      end = std::min(end + 1, page_.size());
    } else {
      end = at;
      while (end < page_.size() && !ascii_space(page_[end]) && page_[end] != '>') end++;
      a.value = without_entities(page_.substr(at, end - at));
    }
    a.size = end - at;
    return end;
  }

  const Attribute* find(const std::vector<Attribute>& attributes, std::string_view name) const {
    for (const auto& a : attributes)
      if (same(a.name, name)) return &a;
    return nullptr;
  }
  PageLink& add(const Attribute& a, std::string_view tag, bool inlined) {
    PageLink link = made(trimmed_url(a.value), a.at, a.size, base_, resolve_);
    link.tag = tag;
    link.inlined = inlined;
    return out_.links.emplace_back(std::move(link));
  }

  void links(const std::string& tag, const std::vector<Attribute>& attributes) {
    for (const auto& place : kPlaces)
      if (place.tag == tag)
        if (const auto* a = find(attributes, place.attribute)) add(*a, place.tag, place.inlined);
    if (tag == "base") {
      if (const auto* a = find(attributes, "href")) {
        PageLink& link = add(*a, "base", false);
        link.base = true;
        if (!link.url.empty()) base_ = link.url;
      }
    } else if (tag == "form") {
      if (const auto* a = find(attributes, "action")) add(*a, "form", false).action = true;
    } else if (tag == "link") {
      const auto* rel = find(attributes, "rel");
      if (const auto* a = find(attributes, "href")) add(*a, "link", rel && (contains(rel->value, "stylesheet") || contains(rel->value, "icon")));
    } else if (tag == "meta") {
      meta(attributes);
    }
    for (const auto& a : attributes) {
      if (same(a.name, "style") && a.size > 1) css_links(page_.substr(a.at, a.size), a.at, base_, resolve_, out_.links);
      if (same(a.name, "srcset") && (tag == "img" || tag == "source")) srcset(a, tag == "img" ? "img" : "source");
    }
  }

  // <meta http-equiv=refresh content="5; URL=x">, <meta name=robots content=nofollow>
  void meta(const std::vector<Attribute>& attributes) {
    const auto* content = find(attributes, "content");
    const auto* name = find(attributes, "name");
    const auto* equiv = find(attributes, "http-equiv");
    if (!content) return;
    if (name && same(name->value, "robots") && (contains(content->value, "nofollow") || contains(content->value, "none"))) out_.no_follow = true;
    if (!equiv || !same(equiv->value, "refresh")) return;
    const std::string& text = content->value;
    size_t at = text.find(';');
    if (at == text.npos) return;
    at++;
    while (at < text.size() && ascii_space(text[at])) at++;
    if (!same(std::string_view(text).substr(at, 4), "url=")) return;
    PageLink link = made(trimmed_url(std::string_view(text).substr(at + 4)), content->at, content->size, base_, resolve_);
    link.tag = "meta";
    link.seconds_size = at + 4;
    out_.links.push_back(std::move(link));
  }

  // "a.png 1x, b.png 2x"; where they stand is known when no entity is in the way.
  void srcset(const Attribute& a, std::string_view tag) {
    const std::string_view raw = page_.substr(a.at, a.size);
    if (raw.size() < 2 || (raw[0] != '"' && raw[0] != '\'') || raw.find('&') != raw.npos) return;
    for (size_t at = 1; at + 1 < raw.size();) {
      while (at + 1 < raw.size() && (ascii_space(raw[at]) || raw[at] == ',')) at++;
      size_t end = at;
      while (end + 1 < raw.size() && !ascii_space(raw[end])) end++;
      size_t stop = end;
      while (stop > at && raw[stop - 1] == ',') stop--;
      if (stop > at) {
        PageLink link = made(std::string(raw.substr(at, stop - at)), a.at + at, stop - at, base_, resolve_);
        link.tag = tag;
        link.inlined = link.in_css = true;
        out_.links.push_back(std::move(link));
      }
      if (stop == end)
        while (end + 1 < raw.size() && raw[end] != ',') end++;   // how wide, how dense
      at = end;
    }
  }

  std::string_view page_;
  std::string base_;
  const ResolveUrl& resolve_;
  PageLinks out_;
};

}  // namespace

PageLinks html_links(std::string_view page, const std::string& url, const ResolveUrl& resolve) { return Scanner(page, url, resolve).run(); }

void css_links(std::string_view text, size_t offset, const std::string& base, const ResolveUrl& resolve, std::vector<PageLink>& out) {
  auto blank = [&](size_t& at) {
    while (at < text.size() && ascii_space(text[at])) at++;
  };
  auto add = [&](size_t from, size_t end) {
    PageLink link = made(trimmed_url(text.substr(from, end - from)), offset + from, end - from, base, resolve);
    link.tag = "style";
    link.inlined = link.in_css = true;
    out.push_back(std::move(link));
  };
  for (size_t at = 0; at < text.size();) {
    if (text.substr(at, 2) == "/*") {
      const size_t end = text.find("*/", at + 2);
      at = end == text.npos ? text.size() : end + 2;
      continue;
    }
    const bool import = same(text.substr(at, 7), "@import");
    const bool url = same(text.substr(at, 4), "url(");
    if (!import && !url) {
      at++;
      continue;
    }
    at += import ? 7 : 4;
    blank(at);
    if (at >= text.size()) return;
    if (text[at] == '"' || text[at] == '\'') {
      const size_t end = std::min(text.find(text[at], at + 1), text.size());
      add(at + 1, end);
      at = end;
    } else if (url) {
      size_t end = std::min(text.find(')', at), text.size());
      const size_t next = end;
      while (end > at && ascii_space(text[end - 1])) end--;
      add(at, end);
      at = next;
    }
  }
}

}  // namespace nacre
